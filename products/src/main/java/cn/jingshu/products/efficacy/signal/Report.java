package cn.jingshu.products.efficacy.signal;

/**
 * One event told of one case together with one product. A case with several products or events makes one report of each pair;
 * a repeated report counts once.
 *
 * @param caseId the case: a spontaneous report, or a person in longitudinal records
 * @param product drug
 * @param event what happened
 * @param stratum group within which the expectation is made, such as a sex and an age band; a case is in one stratum only
 */
public record Report(String caseId, String product, String event, String stratum) {}
