package cn.jingshu.marketplace.portal;

import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The calendar of working days. Fields of a notice: its year, {@code title}, {@code issuedOn}, {@code source}, {@code days}; of a
 * reckoning: {@code from}, {@code workingDays}.
 *
 * @param reckoned what was asked for; null: nothing
 * @param mayEnter the reader is of the bureau
 */
public record WorkingDaysView(List<Year> years, List<Notice> notices, LocalDate from, int workingDays, @Nullable Reckoned reckoned, boolean mayEnter,
        Form form) {
    public WorkingDaysView {
        years = List.copyOf(years);
        notices = List.copyOf(notices);
    }

    /** What is known of a year, and what is not as its weekday says. */
    public record Year(int year, Bilingual basis, String css, long workingDays, List<Day> days) {
        public Year {
            days = List.copyOf(days);
        }
    }

    public record Day(LocalDate day, Bilingual kind, Bilingual name) {}

    /** A notice; {@code maySign}: it waits for another person, and the reader is one. */
    public record Notice(UUID id, int year, String title, LocalDate issuedOn, String source, boolean inForce, boolean maySign, List<Day> days) {
        public Notice {
            days = List.copyOf(days);
        }
    }

    /** A date that was reckoned; {@code provisional} null: it is certain. */
    public record Reckoned(LocalDate due, @Nullable Bilingual provisional) {}
}
