package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.metering.usage.StoredEvent;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Optional;
import java.util.UUID;

/**
 * Why one call is, or is not, on a bill, from the facts that bill it.
 *
 * @param usageMonth the month it occurred in, Asia/Shanghai
 * @param billMonth the bill it is or will be on; for what is on none, the month it occurred in
 * @param price the price in force when it occurred; empty: none was, which the gate does not admit
 * @param ceiling the highest price allowed then; empty: free use, or none was set
 * @param rated the close that rated it; empty: none yet
 * @param charge the line it is in; empty: none yet, or it is in none
 * @param voided its void, approved or still asked for; empty: none
 * @param takenBack the line below zero that took it back after it was billed; empty: none, or not yet
 */
public record Explanation(
        StoredEvent stored,
        Verdict verdict,
        YearMonth usageMonth,
        YearMonth billMonth,
        Optional<Price> price,
        Optional<PriceCeiling> ceiling,
        Optional<MonthClose.State> rated,
        Optional<Charge> charge,
        Optional<EventVoid> voided,
        Optional<Charge> takenBack) {

    /**
     * A price as a line of a bill names it.
     *
     * @param version its id in the price book; empty: free by its purpose, which is no price
     * @param perUnit what a unit costs; where not every unit costs the same, the most it can cost on average
     */
    public record Price(Optional<UUID> version, UnitPrice perUnit, Instant effectiveFrom) {}

    /** Why it is or is not billed. */
    public enum Verdict {
        /** On the bill of its own month. */
        BILLED,
        /** On the bill of a later month: it reached the meter after its own had been rated. */
        CORRECTED,
        /** Its month is open, or it arrived late and the next close has not come yet. */
        TO_BE_BILLED,
        /** Of a public-interest subscription. */
        FREE_PURPOSE,
        /** Made with a sandbox key. */
        SANDBOX,
        /** Refused by the product or failed. */
        NOT_ANSWERED,
        /** What was asked for does not exist. */
        NOTHING_FOUND,
        /** The caller held the answer already (304). */
        NOT_MODIFIED,
        /** Answered without a billable unit: the data were stale, or the contract bills nothing for such an answer. */
        NO_UNITS,
        /** Taken back; if it had been billed, a later line takes it back there too. */
        VOID
    }
}
