package cn.jingshu.products.claims;

/** What a clue is about. A clue is a reason to look, never a finding of fraud. */
public enum ClueKind {
    /** Two stays of one person that share at least one night: each begins before the other ends. Counted in pairs. */
    OVERLAPPING_STAYS("住院时间重叠", "Stays overlap"),
    /** The same at two providers. Counted in pairs. */
    OVERLAP_AT_TWO_PROVIDERS("同期在两家机构住院", "Stays overlap at two providers"),
    /** A claim of the same person, provider, day of admission and day of discharge as one before. Counted without the first. */
    REPEATED_STAY("同人同机构同日期重复", "The same person, provider and days again"),
    /** The discharge lies before the admission. */
    DISCHARGE_BEFORE_ADMISSION("出院早于入院", "Discharged before admitted"),
    /** The next stay of a person began 0 to 30 days after the one before it ended. */
    READMISSION_WITHIN_30_DAYS("出院后30天内再入院", "Admitted again within 30 days"),
    /** Something was done after the day of death. */
    SERVICE_AFTER_DEATH("死亡后仍有诊疗", "A service after death"),
    /** A visit at one place on a day strictly inside a stay at another, or visits at three places or more on one day. */
    TWO_PLACES_ON_ONE_DAY("同日出现在多地", "At several places on one day"),
    /** The charge for a day is more than three and a half robust deviations above that of peers. */
    CHARGE_FAR_FROM_PEERS("日均费用显著高于同类", "Charge a day far above peers"),
    /** A provider whose usual charge a day is that far above those of other providers. */
    PROVIDER_OUTLIER("机构费用水平显著偏离", "The provider's charges lie far above others'"),
    /** What is claimed is not on record: no stay with these days at that provider. */
    CLAIM_WITHOUT_RECORD("理赔事项查无对应记录", "What is claimed is not on record"),
    /** A stay on record like the claimed one costs at least a tenth less. */
    CLAIMED_MORE_THAN_RECORDED("理赔金额高于记录", "More is claimed than is on record");

    private final String zh;
    private final String en;

    ClueKind(String zh, String en) {
        this.zh = zh;
        this.en = en;
    }

    public String zh() {
        return zh;
    }

    public String en() {
        return en;
    }
}
