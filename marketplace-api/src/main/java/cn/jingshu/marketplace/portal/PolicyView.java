package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of policy. Fields of a proposal: {@code name}, {@code value}, {@code effectiveOn}, {@code citation}, {@code ground}; of a decision:
 * {@code approved}, {@code decision}.
 *
 * @param mayPropose the reader is of the bureau
 * @param choices the numbers there are, each with the form of its values
 */
public record PolicyView(Reading<List<Row>> numbers, List<Proposal> proposals, boolean mayPropose, List<ResourcesView.Choice> choices, Form form) {
    public PolicyView {
        proposals = List.copyOf(proposals);
        choices = List.copyOf(choices);
    }

    /** A number with everything that held and will hold, the newest first. */
    public record Row(String name, List<Dated> values) {
        public Row {
            values = List.copyOf(values);
        }
    }

    /** A value from a day on. */
    public record Dated(String value, LocalDate from, String citation, Bilingual state, String css) {}

    /** @param mayDecide it waits, and the reader is another person of the bureau */
    public record Proposal(UUID id, String name, String value, LocalDate effectiveOn, String citation, String ground, Instant proposedAt, Bilingual state,
            String css, @Nullable String decision, boolean mayDecide) {}
}
