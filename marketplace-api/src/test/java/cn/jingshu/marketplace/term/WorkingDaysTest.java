package cn.jingshu.marketplace.term;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.marketplace.term.WorkingDays.Basis;
import cn.jingshu.marketplace.term.WorkingDays.Kind;
import cn.jingshu.marketplace.term.WorkingDays.Special;
import cn.jingshu.marketplace.term.WorkingDays.YearNotice;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Terms in working days, over calendars made up by chance. */
class WorkingDaysTest {
    private static final LocalDate FIRST = LocalDate.of(2024, 1, 1);

    /** A calendar, and the same days said plainly. */
    private record Calendar(WorkingDays days, Map<LocalDate, Boolean> worked) {}

    private static Calendar random(Random random) {
        List<YearNotice> notices = new ArrayList<>();
        List<Special> statutory = new ArrayList<>();
        Map<LocalDate, Boolean> plain = new HashMap<>();
        for (int year = 2024; year <= 2030; year++) {
            boolean noticed = random.nextInt(3) > 0;
            Map<LocalDate, Special> specials = new HashMap<>();
            for (int i = 0; i < 25; i++) {
                LocalDate day = LocalDate.ofYearDay(year, 1 + random.nextInt(365));
                boolean weekend = day.getDayOfWeek().compareTo(DayOfWeek.SATURDAY) >= 0;
                specials.put(day, new Special(day, weekend && noticed && random.nextBoolean() ? Kind.WORKED : Kind.OFF, "节", "feast"));
            }
            specials.put(LocalDate.of(year, 10, 1), new Special(LocalDate.of(year, 10, 1), Kind.OFF, "国庆节", "National Day"));
            if (noticed) {
                notices.add(new YearNotice(year, List.copyOf(specials.values())));
            } else {
                statutory.addAll(specials.values());
            }
            for (LocalDate day = LocalDate.of(year, 1, 1); day.getYear() == year; day = day.plusDays(1)) {
                Special special = specials.get(day);
                plain.put(day, special == null ? day.getDayOfWeek().compareTo(DayOfWeek.SATURDAY) < 0 : special.kind() == Kind.WORKED);
            }
        }
        return new Calendar(new WorkingDays(notices, statutory), plain);
    }

    @Test
    void aTermEndsOnItsLastWorkingDayAndNoEarlier() {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            Calendar calendar = random(random);
            LocalDate start = FIRST.plusDays(random.nextInt(1_500));
            int n = 1 + random.nextInt(60);
            WorkingDays.Due due = calendar.days().after(start, n);

            assertThat(calendar.worked().get(due.on())).as("seed %d: the last day is worked", seed).isTrue();
            long counted = start.plusDays(1).datesUntil(due.on().plusDays(1)).filter(day -> calendar.worked().getOrDefault(day, false)).count();
            assertThat(counted).as("seed %d: the days of the term", seed).isEqualTo(n);
            assertThat(calendar.days().between(start, due.on())).as("seed %d", seed).isEqualTo(n);
            assertThat(calendar.days().between(due.on(), start)).as("seed %d: backwards", seed).isEqualTo(-n);
            int m = 1 + random.nextInt(30);
            assertThat(calendar.days().after(due.on(), m).on()).as("seed %d: one term after another", seed)
                    .isEqualTo(calendar.days().after(start, n + m).on());
            assertThat(calendar.days().after(start.plusDays(1), n).on()).as("seed %d: later begun is not earlier over", seed)
                    .isAfterOrEqualTo(due.on());
            assertThat(due.withoutNotice()).as("seed %d: years without a notice", seed).allMatch(year ->
                    calendar.days().basisOf(year) != Basis.NOTICE && year >= start.plusDays(1).getYear() && year <= due.on().plusDays(8).getYear());
            assertThat(due.isProvisional()).as("seed %d", seed).isEqualTo(start.plusDays(1).datesUntil(due.on().plusDays(1))
                    .anyMatch(day -> calendar.days().basisOf(day.getYear()) != Basis.NOTICE
                            || calendar.days().basisOf(day.plusDays(8).getYear()) != Basis.NOTICE));
        }
    }

    @Test
    void theNewYearsHolidayMayBeginTheYearBefore() {
        LocalDate eve = LocalDate.of(2022, 12, 31);
        WorkingDays days = new WorkingDays(List.of(
                new YearNotice(2022, List.of(new Special(LocalDate.of(2022, 10, 3), Kind.OFF, "国庆节", "National Day"))),
                new YearNotice(2023, List.of(new Special(eve.minusDays(1), Kind.OFF, "元旦", "New Year"), new Special(eve, Kind.WORKED, "元旦", "New Year")))),
                List.of());
        assertThat(days.isWorked(eve)).isTrue();
        assertThat(days.isWorked(eve.minusDays(1))).isFalse();
        assertThat(days.after(LocalDate.of(2022, 12, 29), 1)).isEqualTo(new WorkingDays.Due(eve, new TreeSet<>()));
    }

    @Test
    void theLastDaysOfAYearRestOnTheNextYearsNotice() {
        YearNotice of2026 = new YearNotice(2026, List.of(new Special(LocalDate.of(2026, 10, 1), Kind.OFF, "国庆节", "National Day")));
        WorkingDays days = new WorkingDays(List.of(of2026), List.of());
        assertThat(days.after(LocalDate.of(2026, 12, 22), 1)).isEqualTo(new WorkingDays.Due(LocalDate.of(2026, 12, 23), new TreeSet<>()));
        assertThat(days.after(LocalDate.of(2026, 12, 23), 1)).isEqualTo(new WorkingDays.Due(LocalDate.of(2026, 12, 24), new TreeSet<>(List.of(2027))));
        assertThat(days.after(LocalDate.of(2026, 12, 30), 1).withoutNotice()).containsExactly(2027);
        YearNotice of2027 = new YearNotice(2027, List.of(new Special(LocalDate.of(2026, 12, 24), Kind.OFF, "元旦", "New Year")));
        WorkingDays known = new WorkingDays(List.of(of2026, of2027), List.of());
        assertThat(known.after(LocalDate.of(2026, 12, 23), 1)).as("it did change, and is certain now")
                .isEqualTo(new WorkingDays.Due(LocalDate.of(2026, 12, 25), new TreeSet<>()));
    }

    @Test
    void withoutAnyRecordWeekendsAloneAreLeftOutAndItIsSaid() {
        WorkingDays days = new WorkingDays(List.of(), List.of());
        WorkingDays.Due due = days.after(LocalDate.of(2040, 12, 28), 3);
        assertThat(due.on()).isEqualTo(LocalDate.of(2041, 1, 2));
        assertThat(due.withoutNotice()).containsExactly(2040, 2041);
        assertThat(days.basisOf(2040)).isEqualTo(Basis.WEEKENDS);
    }

    @Test
    void whatCannotBeIsNotBuilt() {
        LocalDate monday = LocalDate.of(2026, 11, 30);
        assertThatThrownBy(() -> new Special(monday, Kind.WORKED, "节", "feast")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new YearNotice(2027, List.of(new Special(monday, Kind.OFF, "节", "feast")))).hasMessageContaining("2026-11-30");
        assertThatThrownBy(() -> new YearNotice(2026, List.of())).hasMessageContaining("days off");
        YearNotice year = new YearNotice(2026, List.of(new Special(monday, Kind.OFF, "节", "feast")));
        assertThatThrownBy(() -> new WorkingDays(List.of(year, year), List.of())).hasMessageContaining("2026");
        WorkingDays days = new WorkingDays(List.of(year), List.of());
        assertThatThrownBy(() -> days.after(monday, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> days.after(monday, WorkingDays.MOST + 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
