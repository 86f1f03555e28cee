package cn.jingshu.products.lending.estimate;

import org.jspecify.annotations.Nullable;

/**
 * A unit of real estate, or a share of one.
 *
 * @param share above 0, at most 1
 * @param residential null: its use is not on record
 * @param appraisedFen of the whole unit; null: not appraised
 * @param securedFen debts secured on it now
 */
public record OwnedUnit(double share, @Nullable Boolean residential, @Nullable Long appraisedFen, long securedFen, boolean seized) {
    /** What the owner's share would still secure at a loan-to-value, fen; nothing of what is seized or not appraised. */
    long collateralFen(double loanToValue) {
        if (seized || appraisedFen == null) {
            return 0;
        }
        return Math.max(0, (long) ((appraisedFen * loanToValue - securedFen) * share));
    }
}
