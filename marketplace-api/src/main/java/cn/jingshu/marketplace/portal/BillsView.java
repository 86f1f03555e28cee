package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An organisation's account: where it stands, its bills, its budget, and what it was told.
 *
 * @param stops why its paid calls are refused just now; empty: they are not
 * @param mayBudget whether who looks may set the budget
 * @param form the budget as it was entered
 */
public record BillsView(YearMonth month, Standing standing, List<Bilingual> stops, List<Bill> bills, List<Told> told,
        boolean mayBudget, Form form) {
    public BillsView {
        stops = List.copyOf(stops);
        bills = List.copyOf(bills);
        told = List.copyOf(told);
    }

    /**
     * Where the account stands.
     *
     * @param spentFen what this month has cost so far
     * @param leftFen what may still be used before the credit is used up; null: no limit was agreed
     * @param budgetFen null: no budget is set
     * @param hard whether paid calls beyond the budget are refused
     */
    public record Standing(long owedFen, long prepaidFen, long spentFen, @Nullable Long leftFen, boolean prepaidOnly,
            @Nullable Long budgetFen, boolean hard) {}

    /** A statement in the list. */
    public record Bill(YearMonth month, String reference, long chargedFen, LocalDate dueOn, long openFen, DunningState state) {}

    /** @param amountFen null: it is about no amount */
    public record Told(ToldKind kind, String about, @Nullable Long amountFen, Instant at) {}
}
