package cn.jingshu.ledger.bundle;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The tables of a bundle, each a CSV file (RFC 4180, UTF-8, the first line names the columns) and a sheet of the workbook. */
public enum Table {
    ACCOUNTS("科目表", "account name_zh name_en kind normal_side parent postable"),
    PERIODS("会计期间", "period #last_number last_chain_sha256 closed_at"),
    ENTRIES("会计凭证", "period #number entry_id effective_on booked_at reason description reverses amount_yuan content_sha256"
            + " chain_sha256"),
    POSTINGS("凭证分录", "period #number #line account account_name side amount_yuan product provider merchant consumer"
            + " purpose_class business_line price_version service_period"),
    BALANCES("科目余额", "period account opening_yuan debit_yuan credit_yuan closing_yuan"),
    RATES("政策比率", "rule rate effective_from citation"),
    SETTLEMENTS("结算", "period business_line #revision settled_at sha256 inputs result"),
    KEY_SETS("公钥沿革", "#number note"),
    CHECKPOINTS("检查点", "#number #size #key_set note"),
    LOG("防篡改日志", "#leaf #leaves kind chain #number content sha256 sm3"),
    PARTIES("参与方", "party credit_code name_zh name_en kinds"),
    CEILINGS("上限收费标准", "ceiling product operation ~fen_per_unit month_yuan effective_from citation set_by signed_by"),
    FINDINGS("价格认定", "finding product operation first_month last_month ~fen_per_unit month_yuan citation proposed_by signed_by"),
    TARIFFS("具体收费标准", "tariff product operation purpose plan trial terms effective_from published_at proposed_by signed_by"),
    PERMITTED_REVENUE("最高准许收入", "revenue year platform_yuan processing_yuan staff_yuan acquisition_yuan period_yuan subsidies_yuan"
            + " ~bond_yield ~margin_points ~rate taxes_yuan vat_in_taxes carried_yuan highest_yuan citation proposed_by signed_by"),
    SHARES("分成比例", "share product subject from basis cost_weight demand_weight contribution_weight ~consistency_ratio source proposed_by"
            + " proposed_at approved_by approved_at citation sha256 inputs result"),
    SHARE_PARTIES("分成各方", "share party processing_cost_yuan demand contribution ~half_width portion"),
    USAGE("用量汇总", "period subscription product purpose unit #units #billed_in_other_months #not_billed_yet"),
    USAGE_BATCHES("用量批次", "#leaf node #number month subscription product operation purpose unit #units"),
    USAGE_VOIDS("用量作废", "void event period subscription product operation purpose unit #units approved_by voided_at"),
    CHARGES("账单明细", "period charge usage_period subscription consumer product operation purpose unit tariff terms month_share"
            + " ceiling ~ceiling_fen ceiling_month_yuan #quantity #total_quantity #billed_quantity billed_yuan amount_yuan"
            + " vat_yuan corrects shadow_yuan"),
    REFUNDS("退费", "refund charge granted_on amount_yuan vat_yuan"),
    SPELLS("订阅期间", "subscription product plan from until"),
    STATEMENTS("账单", "period consumer statement reference #number issued_at due_on opening_yuan charges_yuan vat_yuan closing_yuan"
            + " #last_movement sha256"),
    STATEMENT_TEXTS("账单原文", "statement #part text");

    /** What a cell holds: a spreadsheet gets the last three as numbers. */
    public enum Kind {
        TEXT,
        WHOLE,
        YUAN,
        DECIMAL
    }

    public record Column(String name, Kind kind) {}

    private final String nameZh;
    @SuppressWarnings("ImmutableEnumChecker") // of Stream.toList, which nobody changes
    private final List<Column> columns;

    /** @param names of the columns; {@code #}: a whole number, {@code ~}: a number with decimals, {@code …_yuan}: an amount */
    Table(String nameZh, String names) {
        this.nameZh = nameZh;
        this.columns = Arrays.stream(names.split(" ", -1)).map(Table::column).toList();
    }

    private static Column column(String name) {
        return switch (name.charAt(0)) {
            case '#' -> new Column(name.substring(1), Kind.WHOLE);
            case '~' -> new Column(name.substring(1), Kind.DECIMAL);
            default -> new Column(name, name.endsWith("_yuan") ? Kind.YUAN : Kind.TEXT);
        };
    }

    /** For people. */
    public String nameZh() {
        return nameZh;
    }

    /** The sheet, and the file without its ending. */
    public String stem() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String file() {
        return stem() + ".csv";
    }

    public List<Column> columns() {
        return columns;
    }

    /** Whether the books themselves hold it; a bundle has all the others, of the market, or none of them. */
    public boolean isOfTheBooks() {
        return compareTo(PARTIES) < 0;
    }

    /** The form of the bundle it came with, from 1; a bundle of a form has all tables of it and of those before. */
    public int form() {
        return switch (this) {
            case SHARES, SHARE_PARTIES, STATEMENTS, STATEMENT_TEXTS -> 2;
            case USAGE_BATCHES, USAGE_VOIDS, REFUNDS, SPELLS -> 3;
            default -> 1;
        };
    }

    /** The place of a column. @throws IllegalArgumentException if the table has none of that name */
    public int indexOf(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return i;
            }
        }
        throw new IllegalArgumentException(file() + " has no column " + column);
    }
}
