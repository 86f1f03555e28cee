package cn.jingshu.products.lending;

import static cn.jingshu.products.domain.ResourceTable.Column.of;
import static cn.jingshu.products.domain.ResourceTable.Column.personal;
import static cn.jingshu.products.domain.ResourceTable.Column.subject;
import static cn.jingshu.products.domain.ResourceTable.Protection.PERSONAL;
import static cn.jingshu.products.domain.ResourceTable.Protection.SENSITIVE_PERSONAL;
import static cn.jingshu.products.domain.ResourceTable.Type.BOOLEAN;
import static cn.jingshu.products.domain.ResourceTable.Type.DATE;
import static cn.jingshu.products.domain.ResourceTable.Type.INTEGER;
import static cn.jingshu.products.domain.ResourceTable.Type.TEXT;

import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Identifier;
import java.util.List;

/**
 * What the estimates read beside real estate: registers of 市市场监管局 (A2.1), contributions of 市人社局 (A2.6), the provident fund
 * (A2.7), qualifications of 市科技局 (A2.9), litigation of 市司法局 (A2.11). Months are their first day.
 */
public final class LendingTables {
    private LendingTables() {}

    /** 企业基本信息. */
    public static final ResourceTable ENTERPRISE = new ResourceTable("enterprise", "A2.1.1", List.of(
            enterprise(),
            of("state", TEXT, "登记状态:ACTIVE、REVOKED、CANCELLED", "ACTIVE, REVOKED or CANCELLED"),
            of("established_on", DATE, "成立日期", "day of establishment"),
            of("capital_fen", INTEGER, "注册资本(分)", "registered capital, fen").optional(),
            of("industry", TEXT, "行业代码(GB/T 4754)", "industry, GB/T 4754").optional()),
            List.of("enterprise"), List.of());

    /** 企业年报基本信息: amounts are there if the enterprise chose to publish them. */
    public static final ResourceTable ANNUAL_REPORT = new ResourceTable("enterprise_annual_report", "A2.1.4", List.of(
            enterprise(),
            of("report_year", INTEGER, "年报年度", "year reported on"),
            of("revenue_fen", INTEGER, "营业总收入(分)", "revenue, fen").optional(),
            of("profit_fen", INTEGER, "利润总额(分),可为负", "profit before tax, fen, may be below zero").optional()),
            List.of("enterprise", "report_year"), List.of(List.of("report_year")));

    /** 严重违法失信企业: after its removal an entry is not served. */
    public static final ResourceTable DISHONEST_ENTERPRISE = listing("dishonest_enterprise", "A2.1.5");

    /** 列入经营异常名录: after its removal an entry is not served. */
    public static final ResourceTable ABNORMAL_ENTERPRISE = listing("abnormal_enterprise", "A2.1.6");

    /** 人员缴费: what was paid for a person in a month. */
    public static final ResourceTable PERSONAL_CONTRIBUTION = new ResourceTable("personal_contribution", "A2.6.1", List.of(
            person(),
            of("month", DATE, "费款所属月", "month, its first day"),
            personal("base_fen", INTEGER, SENSITIVE_PERSONAL, "缴费基数(分)", "base of the contribution, fen"),
            personal("paid", BOOLEAN, PERSONAL, "已缴", "whether it was paid")),
            List.of("person", "month"), List.of(List.of("month")));

    /** 单位征缴: what an employer owed and paid in a month. */
    public static final ResourceTable EMPLOYER_CONTRIBUTION = new ResourceTable("employer_contribution", "A2.6.2", List.of(
            enterprise(),
            of("month", DATE, "费款所属月", "month, its first day"),
            of("insured", INTEGER, "参保人数", "people insured"),
            of("base_fen", INTEGER, "缴费基数合计(分)", "bases in all, fen"),
            of("due_fen", INTEGER, "应缴(分)", "due, fen"),
            of("paid_fen", INTEGER, "实缴(分)", "paid, fen")),
            List.of("enterprise", "month"), List.of(List.of("month")));

    /** 个人缴存: a person's provident-fund account at the end of a month. */
    public static final ResourceTable PROVIDENT_FUND = new ResourceTable("personal_provident_fund", "A2.7.1", List.of(
            person(),
            of("month", DATE, "缴存月", "month, its first day"),
            personal("deposit_fen", INTEGER, SENSITIVE_PERSONAL, "月缴存额(分)", "deposit of the month, person and employer, fen"),
            personal("balance_fen", INTEGER, SENSITIVE_PERSONAL, "账户余额(分)", "balance, fen")),
            List.of("person", "month"), List.of(List.of("month")));

    /** 单位缴存: an employer's provident-fund deposits of a month. */
    public static final ResourceTable EMPLOYER_PROVIDENT_FUND = new ResourceTable("employer_provident_fund", "A2.7.2", List.of(
            enterprise(),
            of("month", DATE, "缴存月", "month, its first day"),
            of("employees", INTEGER, "缴存人数", "people deposited for"),
            of("deposit_fen", INTEGER, "缴存额(分)", "deposited, fen")),
            List.of("enterprise", "month"), List.of(List.of("month")));

    /** 人才认定. */
    public static final ResourceTable TALENT = new ResourceTable("talent", "A2.9.1", List.of(
            person(),
            personal("class", TEXT, PERSONAL, "人才类别", "class of talent"),
            personal("from_day", DATE, PERSONAL, "认定日期", "day of recognition"),
            personal("until_day", DATE, PERSONAL, "有效期止", "last day; empty: no end").optional()),
            List.of("person", "class", "from_day"), List.of());

    /** 知识产权. */
    public static final ResourceTable INTELLECTUAL_PROPERTY = new ResourceTable("intellectual_property", "A2.9.2", List.of(
            of("right_id", TEXT, "权利编号", "id of the right"),
            enterprise(),
            of("kind", TEXT, "INVENTION、UTILITY_MODEL、DESIGN、TRADEMARK、SOFTWARE", "INVENTION, UTILITY_MODEL, DESIGN, TRADEMARK or SOFTWARE"),
            of("granted_on", DATE, "授权日期", "day granted"),
            of("until_day", DATE, "有效期止", "last day; empty: no end").optional()),
            List.of("right_id"), List.of(List.of("enterprise")));

    /** 企业经营资质. */
    public static final ResourceTable QUALIFICATION = new ResourceTable("enterprise_qualification", "A2.9.3", List.of(
            enterprise(),
            of("kind", TEXT, "HIGH_TECH、SPECIALISED_NEW、TECHNOLOGY_SME、OTHER", "HIGH_TECH, SPECIALISED_NEW, TECHNOLOGY_SME or OTHER"),
            of("from_day", DATE, "认定日期", "day of recognition"),
            of("until_day", DATE, "有效期止", "last day; empty: no end").optional()),
            List.of("enterprise", "kind", "from_day"), List.of());

    /** 个人涉诉. */
    public static final ResourceTable PERSONAL_LITIGATION = proceeding("personal_litigation", "A2.11.1", person());
    /** 个人执行. */
    public static final ResourceTable PERSONAL_ENFORCEMENT = proceeding("personal_enforcement", "A2.11.2", person());
    /** 企业涉诉. */
    public static final ResourceTable ENTERPRISE_LITIGATION = proceeding("enterprise_litigation", "A2.11.3", enterprise());
    /** 企业执行. */
    public static final ResourceTable ENTERPRISE_ENFORCEMENT = proceeding("enterprise_enforcement", "A2.11.4", enterprise());

    private static Column person() {
        return subject("person", "公民身份号码", "identity number").identifying(Identifier.RESIDENT);
    }

    private static Column enterprise() {
        return subject("enterprise", "统一社会信用代码", "unified social credit code").identifying(Identifier.ENTERPRISE);
    }

    private static ResourceTable listing(String name, String resource) {
        return new ResourceTable(name, resource, List.of(
                enterprise(),
                of("listed_on", DATE, "列入日期", "day listed"),
                of("removed_on", DATE, "移出日期", "day removed; empty: still listed").optional()),
                List.of("enterprise", "listed_on"), List.of());
    }

    private static ResourceTable proceeding(String name, String resource, Column subject) {
        return new ResourceTable(name, resource, List.of(
                of("case_id", TEXT, "案件标识", "id of the case"),
                subject,
                personal("against", BOOLEAN, PERSONAL, "为被告或被执行人", "true: as defendant or judgment debtor"),
                personal("filed_on", DATE, PERSONAL, "立案日期", "day filed"),
                personal("closed_on", DATE, PERSONAL, "结案日期", "day closed; empty: open").optional(),
                personal("amount_fen", INTEGER, PERSONAL, "标的额(分)", "amount in dispute, fen").optional()),
                List.of("case_id", subject.name()), List.of(List.of(subject.name())));
    }
}
