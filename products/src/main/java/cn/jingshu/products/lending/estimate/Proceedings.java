package cn.jingshu.products.lending.estimate;

/**
 * Lawsuits and enforcement against somebody: open ones, and those that ended within the years adverse information is kept
 * (征信业管理条例 Art. 16). Older ones are not read.
 */
public record Proceedings(int openLitigation, int closedLitigation, int openEnforcement, int closedEnforcement) {
    public boolean none() {
        return openLitigation + closedLitigation + openEnforcement + closedEnforcement == 0;
    }

    /** Counts them: what is open stops or lowers, what is closed lowers less. */
    void rate(Findings findings, double weight) {
        if (openEnforcement > 0) {
            findings.stop(ReasonCode.ENFORCEMENT_OPEN);
        }
        if (openLitigation > 0) {
            findings.review();
        }
        double value = 1 - Math.min(1, 0.8 * closedEnforcement + 0.5 * openLitigation + 0.25 * closedLitigation + openEnforcement);
        ReasonCode worst = openLitigation > 0 ? ReasonCode.LITIGATION_OPEN
                : closedEnforcement > 0 ? ReasonCode.ENFORCEMENT_IN_FIVE_YEARS
                : closedLitigation > 0 ? ReasonCode.LITIGATION_IN_FIVE_YEARS : ReasonCode.NO_ADVERSE_RECORD;
        if (none()) {
            findings.rate(weight, 1, ReasonCode.NO_ADVERSE_RECORD, ReasonCode.NO_ADVERSE_RECORD);
        } else if (openEnforcement > 0 && worst == ReasonCode.NO_ADVERSE_RECORD) {
            findings.rate(weight, 0, ReasonCode.ENFORCEMENT_OPEN, ReasonCode.ENFORCEMENT_OPEN);
        } else {
            // Half a value is still no merit: it is named as what lowers.
            findings.rate(weight, Math.min(value, 0.49), worst, worst);
        }
    }
}
