package cn.jingshu.products.efficacy;

import cn.jingshu.products.efficacy.survival.FollowUp;
import cn.jingshu.products.efficacy.v1.OutcomeKind;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A person who entered a cohort, as analyses need them.
 *
 * @param token the domain's token of the person
 * @param age in the year of entry
 * @param enteredOn first day of the drug
 * @param followUp days until the outcome or the end
 * @param covariates what was known before entry, in the order of {@link #COVARIATES}
 */
record Member(String token, boolean male, int age, LocalDate enteredOn, FollowUp followUp, List<Double> covariates) {
    /** A covariate: its name, whether it is yes or no, and the diagnoses behind it. */
    record Covariate(String name, boolean binary, Set<String> prefixes) {}

    /**
     * Age, sex, care taken and conditions known before; the conditions are those of the Charlson index that matter for chronic
     * disease, by ICD-10 (Quan et al. 2005, Med Care 43:1130), and hypertension.
     */
    static final List<Covariate> COVARIATES = List.of(
            new Covariate("age", false, Set.of()),
            new Covariate("male", true, Set.of()),
            new Covariate("days_since_window_start", false, Set.of()),
            new Covariate("log_visits_12_months", false, Set.of()),
            new Covariate("log_drugs_12_months", false, Set.of()),
            new Covariate("stay_12_months", true, Set.of()),
            new Covariate("hypertension", true, Set.of("I10", "I11", "I12", "I13", "I15")),
            new Covariate("diabetes", true, Set.of("E10", "E11", "E12", "E13", "E14")),
            new Covariate("ischaemic_heart_disease", true, Set.of("I20", "I21", "I22", "I23", "I24", "I25")),
            new Covariate("heart_failure", true, Set.of("I50")),
            new Covariate("cerebrovascular_disease", true, Set.of("I60", "I61", "I62", "I63", "I64", "I65", "I66", "I67", "I69", "G45")),
            new Covariate("chronic_pulmonary_disease", true, Set.of("J40", "J41", "J42", "J43", "J44", "J45", "J46", "J47")),
            new Covariate("renal_disease", true, Set.of("N17", "N18", "N19", "N03", "N05")),
            new Covariate("liver_disease", true, Set.of("K70", "K71", "K72", "K73", "K74", "K76", "B18")),
            new Covariate("cancer", true, Set.of("C")));

    Member {
        covariates = List.copyOf(covariates);
    }

    /** The outcome that is looked for. */
    record Outcome(OutcomeKind kind, Set<String> prefixes, int months) {
        Outcome {
            prefixes = Set.copyOf(prefixes);
        }

        /** What is asked of those who entered by some definitions, of whom each but the last is counted before it: equal for the same question. */
        String text(List<CohortDefinition> entered) {
            return "outcome " + kind.name() + " " + String.join(",", new TreeSet<>(prefixes)) + " within " + months + " of "
                    + entered.stream().map(CohortDefinition::text).collect(Collectors.joining(" then "));
        }
    }

    /**
     * The member a person is, followed from {@code enteredOn}. Empty: the person had the outcome within twelve months before and
     * so cannot have it anew, or nothing was recorded after entry.
     *
     * @param dataUntil day after which the domain knows nothing
     */
    static Optional<Member> of(Person person, LocalDate enteredOn, CohortDefinition cohort, Outcome outcome, LocalDate dataUntil) {
        LocalDate end = enteredOn.plusMonths(outcome.months());
        LocalDate last = end.isAfter(dataUntil) ? dataUntil : end;
        if (!last.isAfter(enteredOn) || hadBefore(person, enteredOn, outcome)) {
            return Optional.empty();
        }
        LocalDate died = person.stays().stream().filter(Person.Stay::died).map(Person.Stay::dischargedOn)
                .filter(day -> day.isAfter(enteredOn)).min(LocalDate::compareTo).orElse(LocalDate.MAX);
        LocalDate happened = firstAfter(person, enteredOn, outcome);
        LocalDate cut = died.isBefore(last) ? died : last;
        boolean event = !happened.isAfter(cut);
        long days = ChronoUnit.DAYS.between(enteredOn, event ? happened : cut);
        return Optional.of(new Member(person.token(), person.male(), enteredOn.getYear() - person.birthYear(), enteredOn,
                new FollowUp(days, event), known(person, enteredOn, cohort)));
    }

    private static boolean hadBefore(Person person, LocalDate on, Outcome outcome) {
        return outcome.kind() == OutcomeKind.DIAGNOSIS && person.diagnoses().stream().anyMatch(
                d -> within(d.on(), on.minusMonths(12), on) && CohortDefinition.startsWithOne(d.code(), outcome.prefixes()));
    }

    private static LocalDate firstAfter(Person person, LocalDate on, Outcome outcome) {
        var days = switch (outcome.kind()) {
            case DIAGNOSIS, UNRECOGNIZED -> person.diagnoses().stream()
                    .filter(d -> CohortDefinition.startsWithOne(d.code(), outcome.prefixes())).map(Person.Diagnosis::on);
            case ADMISSION -> person.stays().stream().map(Person.Stay::admittedOn);
            case DEATH_IN_HOSPITAL -> person.stays().stream().filter(Person.Stay::died).map(Person.Stay::dischargedOn);
        };
        return days.filter(day -> day.isAfter(on)).min(LocalDate::compareTo).orElse(LocalDate.MAX);
    }

    private static List<Double> known(Person person, LocalDate on, CohortDefinition cohort) {
        LocalDate year = on.minusMonths(12);
        Predicate<LocalDate> recent = day -> within(day, year, on.minusDays(1));
        double visits = person.diagnoses().stream().filter(d -> recent.test(d.on())).count();
        double drugs = person.dispensings().stream().filter(d -> recent.test(d.on())).map(Person.Dispensing::drug).distinct().count();
        boolean stayed = person.stays().stream().anyMatch(s -> recent.test(s.admittedOn()));
        LocalDate back = on.minusMonths(CohortDefinition.LOOK_BACK_MONTHS);
        return COVARIATES.stream().map(covariate -> switch (covariate.name()) {
            case "age" -> (double) on.getYear() - person.birthYear();
            case "male" -> person.male() ? 1.0 : 0.0;
            case "days_since_window_start" -> (double) ChronoUnit.DAYS.between(cohort.from().atDay(1), on);
            case "log_visits_12_months" -> Math.log1p(visits);
            case "log_drugs_12_months" -> Math.log1p(drugs);
            case "stay_12_months" -> stayed ? 1.0 : 0.0;
            default -> person.diagnoses().stream().anyMatch(d -> within(d.on(), back, on)
                    && CohortDefinition.startsWithOne(d.code(), covariate.prefixes())) ? 1.0 : 0.0;
        }).toList();
    }

    private static boolean within(LocalDate day, LocalDate first, LocalDate last) {
        return !day.isBefore(first) && !day.isAfter(last);
    }
}
