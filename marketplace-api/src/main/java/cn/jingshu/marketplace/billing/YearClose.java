package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.period.PeriodState;
import cn.jingshu.ledger.period.Periods;
import cn.jingshu.ledger.settlement.SettleResult;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.ledger.settlement.SettlementDetail;
import cn.jingshu.ledger.settlement.SettlementInputs;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.ledger.settlement.StoredSettlement;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.store.Database;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Closes a year (年度决算): settles its net profit for good and books the difference to its months. Closing again changes
 * nothing, unless what it rests on has changed; then a revision books the difference to the one before. What a review
 * cycle earned too much goes on its memo account here, and comes off it as permitted revenues deduct it.
 *
 * @see "企业所得税法 Art. 54: income tax is prepaid by month or quarter and settled by the year, within five months of its end"
 */
@Singleton
public final class YearClose {
    private final Database database;
    private final SettlementBook settlements;
    private final Settling settling;
    private final MonthClose months;
    private final Periods periods;
    private final OverRecoveries overRecoveries;
    private final Clock clock;

    YearClose(Database database, SettlementBook settlements, Settling settling, MonthClose months, Periods periods,
            OverRecoveries overRecoveries, Clock clock) {
        this.database = database;
        this.settlements = settlements;
        this.settling = settling;
        this.months = months;
        this.periods = periods;
        this.overRecoveries = overRecoveries;
        this.clock = clock;
    }

    /** What became of a wish to close a year. */
    public sealed interface Outcome {
        /** @param before true: it had been closed on the same facts, and nothing was changed */
        record Closed(Year year, StoredSettlement settlement, boolean before) implements Outcome {}

        /** The year stays as it was; {@code reason} is a sentence for the person who asked. */
        record Refused(Year year, String reason) implements Outcome {}
    }

    /**
     * Closes {@code year}, all months of which have to be closed.
     *
     * @param closedBy null: whoever works at the command line
     */
    public Outcome close(Year year, @Nullable UUID closedBy, MonthClose.Progress progress) {
        progress.step("looking at the months");
        YearMonth december = year.atMonth(12);
        if (months.findState(december).filter(state -> state.status() == MonthClose.Status.CLOSED).isEmpty()) {
            return new Outcome.Refused(year, december + " is not closed: close the months first.");
        }
        List<PeriodState> known = periods.listPeriods();
        for (PeriodState month : known) {
            if (month.period().getYear() == year.getValue() && month.closing() == null) {
                return new Outcome.Refused(year, month.period() + " is open in the books: close the months first.");
            }
        }
        SettlementPeriod period = SettlementPeriod.year(year);
        Optional<StoredSettlement> before = settlements.findSettlement(period, Dimensions.AUTHORISED_OPERATION);
        if (before.isPresent() && rests(before.get().inputs(), settling.inputs(period, before.get().inputs().bookedOn()))) {
            return kept(year, new Outcome.Closed(year, before.get(), true));
        }
        LocalDate bookedOn = firstOpenDay(known, december);
        progress.step("settling the net profit of " + year + ", booked on " + bookedOn);
        return switch (settlements.settle(settling.inputs(period, bookedOn))) {
            case SettleResult.Settled(var settlement) -> {
                database.inTransaction(t -> {
                    AuditLog.append(t, clock, closedBy, "year.close", "settlement", year,
                            Map.of("revision", Integer.toString(settlement.revision()), "sha256", settlement.sha256()));
                    return settlement;
                });
                yield kept(year, new Outcome.Closed(year, settlement, false));
            }
            case SettleResult.AlreadySettled(var settlement) -> kept(year, new Outcome.Closed(year, settlement, true));
            case SettleResult.Refused(var fault, var detail) ->
                new Outcome.Refused(year, "The net profit cannot be settled: " + fault + ": " + detail);
        };
    }

    /** Whether a settlement still rests on what it was made of; one that was made in the second form is no other for that alone. */
    private static boolean rests(SettlementInputs before, SettlementInputs now) {
        SettlementDetail detail = before.detail();
        return before.equals(detail != null && detail.vatByMonth().isEmpty() ? now.ofTheSecondForm() : now);
    }

    /** What was earned too much is kept with the close of every year; one that stopped before it is completed by its repetition. */
    private Outcome kept(Year year, Outcome.Closed closed) {
        return overRecoveries.book().<Outcome>map(detail -> new Outcome.Refused(year, "The year is settled, but its over-recovery cannot be booked: " + detail))
                .orElse(closed);
    }

    /** The books of the year are shut, so the difference is booked on the first day that is not. */
    private static LocalDate firstOpenDay(List<PeriodState> known, YearMonth december) {
        return known.stream()
                .filter(month -> month.closing() != null)
                .map(PeriodState::period)
                .max(YearMonth::compareTo)
                .filter(last -> last.isAfter(december))
                .orElse(december)
                .plusMonths(1)
                .atDay(1);
    }
}
