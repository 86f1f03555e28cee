package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.journal.JournalWriter;
import cn.jingshu.ledger.period.Periods;
import cn.jingshu.ledger.settlement.PolicyRates;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.store.Database;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Closes a month and dies on the way, as a process that is killed there would. */
public final class ClosingThatDies {
    private final RunningNode node;

    public ClosingThatDies(RunningNode node) {
        this.node = node;
    }

    /** What a killed process would never get to. */
    public static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Died() {
            super("died on purpose", null, false, false);
        }
    }

    /** Dies when the step whose name begins with {@code step} is about to begin. */
    public void beforeStep(YearMonth month, String step) {
        closing(node.get(Clock.class)).close(month, what -> {
            if (what.startsWith(step)) {
                throw new Died();
            }
        });
    }

    /**
     * Dies while the charges are booked: the first group is committed, the others are not.
     *
     * @param booked how many charges are in the first group
     */
    public void withinBooking(YearMonth month, int booked) {
        try {
            beforeStep(month, "booking");
        } catch (Died died) {
            node.get(JournalWriter.class).bookAll(node.get(Charges.class).listOf(month).stream()
                    .filter(charge -> !charge.amount().isZero()).limit(booked).map(MonthClose::entryOf).toList());
            throw died;
        }
    }

    /** Dies after the books are shut, before the close is marked as finished. */
    public void beforeTheEnd(YearMonth month) {
        closing(new Clock() {
            @Override
            public Instant instant() {
                throw new Died(); // of a close that had begun, the only question left is when it ended
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        }).close(month, _ -> {});
    }

    private MonthClose closing(Clock clock) {
        return new MonthClose(node.get(Database.class), node.get(MonthUsage.class), node.get(Charges.class),
                node.get(Settling.class), node.get(JournalWriter.class), node.get(SettlementBook.class), node.get(Periods.class),
                () -> node.get(PolicyRates.class), node.get(MonthBills.class), clock);
    }
}
