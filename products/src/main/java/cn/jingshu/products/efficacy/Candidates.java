package cn.jingshu.products.efficacy;

import cn.jingshu.products.efficacy.v1.Sex;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;

/**
 * Who may belong to one of some cohorts by what the database can see: sex, year of birth, and that something was dispensed within the
 * window. It leaves out nobody who enters, and is not exact: drugs and diagnoses are sealed at rest.
 *
 * @param males which of true and false for a male are asked for
 * @param bornFrom first year of birth
 * @param bornTo last year of birth
 * @param from first day of something dispensed
 * @param to day before which it was
 */
record Candidates(List<Boolean> males, int bornFrom, int bornTo, LocalDate from, LocalDate to) {
    Candidates {
        males = List.copyOf(males);
    }

    /** @param cohorts at least one */
    static Candidates of(Collection<CohortDefinition> cohorts) {
        List<Boolean> males = List.of(true, false).stream()
                .filter(male -> cohorts.stream().anyMatch(cohort -> cohort.sex() != (male ? Sex.FEMALE : Sex.MALE))).toList();
        return new Candidates(males,
                cohorts.stream().mapToInt(cohort -> cohort.from().getYear() - cohort.ageTo() + 1).min().orElseThrow(),
                cohorts.stream().mapToInt(cohort -> cohort.to().minusMonths(1).getYear() - cohort.ageFrom()).max().orElseThrow(),
                cohorts.stream().map(cohort -> cohort.from().atDay(1)).min(LocalDate::compareTo).orElseThrow(),
                cohorts.stream().map(cohort -> cohort.to().atDay(1)).max(LocalDate::compareTo).orElseThrow());
    }

    /** From when what is known of them counts. */
    LocalDate since() {
        return from.minusMonths(CohortDefinition.LOOK_BACK_MONTHS);
    }
}
