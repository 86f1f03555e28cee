package cn.jingshu.marketplace.portal;

import java.time.LocalDate;
import java.util.List;

/** How the catalogues of two days differ; fields {@code from}, {@code to}. */
public record ResourceChangesView(LocalDate from, LocalDate to, Reading<List<Difference>> differences, Form form) {

    /**
     * What happened to one resource.
     *
     * @param css of the badge
     */
    public record Difference(String id, Bilingual name, Bilingual happened, String css, List<ResourceView.Change> changes) {
        public Difference {
            changes = List.copyOf(changes);
        }
    }
}
