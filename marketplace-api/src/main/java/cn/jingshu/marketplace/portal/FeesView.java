package cn.jingshu.marketplace.portal;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The public page of fees: every price beside its ceiling, and the permitted revenue above them all.
 *
 * @param permittedFen permitted revenue of {@code year} in fen; null: not fixed yet
 * @param tariffs every published tariff, in force or to come
 */
public record FeesView(
        int year, @Nullable Long permittedFen, LocalDate publishedOn, Reading<List<Fee>> fees, List<Published> tariffs) {
    /** One plan's price. */
    public record Fee(String productCode, Bilingual product, ProductView.Price price) {}

    /**
     * A published tariff, in force or to come.
     *
     * @param operation empty: every operation without a line of its own
     * @param plan whose subscribers alone it is for; empty: everyone
     * @param ceiling null: free, or on trial without one
     */
    public record Published(Bilingual product, String operation, String plan, PurposeClass purpose, Bilingual tariff,
            @Nullable Bilingual ceiling, boolean trial, LocalDate publishedOn, LocalDate effectiveFrom) {}
}
