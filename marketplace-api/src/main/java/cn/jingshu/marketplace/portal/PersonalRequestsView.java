package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where people ask about their own data, and read what came of it. Fields of a request: {@code person}, {@code proof}, what is to be done and
 * about what, and {@code statement}; of a look: {@code number}, {@code code}.
 *
 * @param provider false: this installation knows no identity provider, and requests are made at the window
 * @param slip what was just raised; null: nothing
 * @param outcome what was looked up; null: nothing
 */
public record PersonalRequestsView(boolean provider, List<ResourcesView.Choice> wishes, List<ResourcesView.Choice> products,
        List<ResourcesView.Choice> resources, int days, @Nullable Slip slip, @Nullable Outcome outcome, Form form) {
    public PersonalRequestsView {
        wishes = List.copyOf(wishes);
        products = List.copyOf(products);
        resources = List.copyOf(resources);
    }

    /** What the person keeps: with both, the outcome is opened. */
    public record Slip(String number, String code, LocalDate due) {}

    /** What came of it; {@code answer} null: not yet. */
    public record Outcome(String number, Bilingual wish, Bilingual status, String css, LocalDate due, @Nullable String answer, @Nullable Instant answeredAt,
            boolean erased) {}
}
