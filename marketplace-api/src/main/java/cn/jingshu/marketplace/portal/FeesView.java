package cn.jingshu.marketplace.portal;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The public page of fees: every price beside its ceiling, and the permitted revenue above them all.
 *
 * @param permittedFen permitted revenue of {@code year} in fen; null: not fixed yet
 */
public record FeesView(int year, @Nullable Long permittedFen, LocalDate publishedOn, Reading<List<Fee>> fees) {
    /** One plan's price. */
    public record Fee(String productCode, Bilingual product, ProductView.Price price) {}
}
