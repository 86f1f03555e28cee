package cn.jingshu.products.claims;

/** The layouts of files of claims that can be read. */
public enum ClaimLayout {
    /** CSV with BeneID, ClaimID, Provider, AdmissionDt, DischargeDt, InscClaimAmtReimbursed; ISO dates, whole units of money. */
    INPATIENT_CSV,
    /** Pipe-separated research identifiable files of CMS: inpatient, outpatient, carrier, Part D, beneficiary; told by their header. */
    CMS_RIF,
    /** CSV with id, amount, age, sex, treatments, types, target: bills as sequences of treatments. */
    LABELLED_BILLS
}
