package cn.jingshu.products.lending;

import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.records.HousingTables;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the product reads of each table, and how people call it. Health and medical insurance are not among it, and never are. */
final class LendingResources {
    /** What is said of a resource in an answer. */
    record Named(ResourceTable table, String zh, String en) {}

    static final Named CONTRIBUTIONS = new Named(LendingTables.PERSONAL_CONTRIBUTION, "人员缴费数据", "personal contributions");
    static final Named FUND = new Named(LendingTables.PROVIDENT_FUND, "个人缴存数据", "personal provident-fund deposits");
    static final Named LITIGATION = new Named(LendingTables.PERSONAL_LITIGATION, "个人涉诉记录", "personal litigation records");
    static final Named ENFORCEMENT = new Named(LendingTables.PERSONAL_ENFORCEMENT, "个人执行记录", "personal enforcement records");
    static final Named TALENT = new Named(LendingTables.TALENT, "人才认定", "talent recognition");
    static final Named REAL_ESTATE = new Named(HousingTables.REAL_ESTATE, "不动产基本信息数据", "real-estate basics");
    static final Named MORTGAGE = new Named(HousingTables.MORTGAGE, "抵押登记成果数据", "mortgage registration");
    static final Named SEIZURE = new Named(HousingTables.SEIZURE, "查封登记成果数据", "seizure registration");
    static final Named HOUSE = new Named(HousingTables.HOUSE, "房屋信息数据", "house information");
    static final List<Named> ESTATE = List.of(REAL_ESTATE, MORTGAGE, SEIZURE, HOUSE);

    static final List<Named> ENTERPRISE = List.of(
            new Named(LendingTables.ENTERPRISE, "企业基本信息数据", "enterprise basic information"),
            new Named(LendingTables.ANNUAL_REPORT, "企业年报基本信息数据", "enterprise annual-report basics"),
            new Named(LendingTables.DISHONEST_ENTERPRISE, "严重违法失信企业信息数据", "seriously dishonest enterprises"),
            new Named(LendingTables.ABNORMAL_ENTERPRISE, "列入经营异常名录信息数据", "abnormal-operation list"),
            new Named(LendingTables.EMPLOYER_CONTRIBUTION, "单位征缴数据", "employer contributions"),
            new Named(LendingTables.EMPLOYER_PROVIDENT_FUND, "单位缴存数据", "employer provident-fund deposits"),
            new Named(LendingTables.INTELLECTUAL_PROPERTY, "知识产权", "intellectual property"),
            new Named(LendingTables.QUALIFICATION, "企业经营资质", "enterprise qualifications"),
            new Named(LendingTables.ENTERPRISE_LITIGATION, "企业涉诉信息", "enterprise litigation"),
            new Named(LendingTables.ENTERPRISE_ENFORCEMENT, "企业执行信息", "enterprise enforcement"),
            REAL_ESTATE, MORTGAGE, SEIZURE, HOUSE);

    private LendingResources() {}

    /** The columns read, by table. */
    static Map<ResourceTable, List<String>> reads() {
        Map<ResourceTable, List<String>> reads = new LinkedHashMap<>();
        reads.put(LendingTables.ENTERPRISE, List.of("enterprise", "state", "established_on"));
        reads.put(LendingTables.ANNUAL_REPORT, List.of("enterprise", "report_year", "revenue_fen", "profit_fen"));
        reads.put(LendingTables.DISHONEST_ENTERPRISE, List.of("enterprise", "listed_on", "removed_on"));
        reads.put(LendingTables.ABNORMAL_ENTERPRISE, List.of("enterprise", "listed_on", "removed_on"));
        reads.put(LendingTables.PERSONAL_CONTRIBUTION, List.of("person", "month", "base_fen", "paid"));
        reads.put(LendingTables.EMPLOYER_CONTRIBUTION, List.of("enterprise", "month", "insured", "base_fen", "due_fen", "paid_fen"));
        reads.put(LendingTables.PROVIDENT_FUND, List.of("person", "month", "deposit_fen", "balance_fen"));
        reads.put(LendingTables.EMPLOYER_PROVIDENT_FUND, List.of("enterprise", "month"));
        reads.put(LendingTables.TALENT, List.of("person", "from_day", "until_day"));
        reads.put(LendingTables.INTELLECTUAL_PROPERTY, List.of("enterprise", "granted_on", "until_day"));
        reads.put(LendingTables.QUALIFICATION, List.of("enterprise", "kind", "from_day", "until_day"));
        reads.put(LendingTables.PERSONAL_LITIGATION, List.of("person", "against", "closed_on"));
        reads.put(LendingTables.PERSONAL_ENFORCEMENT, List.of("person", "against", "closed_on"));
        reads.put(LendingTables.ENTERPRISE_LITIGATION, List.of("enterprise", "against", "closed_on"));
        reads.put(LendingTables.ENTERPRISE_ENFORCEMENT, List.of("enterprise", "against", "closed_on"));
        reads.put(HousingTables.HOUSE, List.of("unit_code", "use"));
        reads.put(HousingTables.REAL_ESTATE, List.of("unit_code", "owner", "share", "appraised_fen"));
        reads.put(HousingTables.MORTGAGE, List.of("unit_code", "released_on", "secured_fen"));
        reads.put(HousingTables.SEIZURE, List.of("unit_code", "until_day"));
        return reads;
    }
}
