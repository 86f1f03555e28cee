package cn.jingshu.marketplace.portal;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The resource catalogue with its search and filters.
 *
 * @param chosen what each filter stands on; empty text: on everything
 * @param mayReview the reader drafts or publishes batches
 * @param mayLoads the reader sees loads
 */
public record ResourcesView(Chosen chosen, List<Choice> providers, List<Choice> kinds, Reading<List<Row>> resources, boolean mayReview,
        boolean mayLoads) {
    public ResourcesView {
        providers = List.copyOf(providers);
        kinds = List.copyOf(kinds);
    }

    /** What was asked for. */
    public record Chosen(String search, String provider, String kind, String blocked) {
        public boolean isNothing() {
            return search.isEmpty() && provider.isEmpty() && kind.isEmpty() && blocked.isEmpty();
        }
    }

    /** A value of a filter. */
    public record Choice(String code, Bilingual name) {}

    /**
     * A resource in the list.
     *
     * @param blockedBy null: the law does not block it
     */
    public record Row(String id, Bilingual name, Bilingual provider, Bilingual kind, Bilingual cycle, Bilingual grade, @Nullable String blockedBy,
            LocalDate from) {}
}
