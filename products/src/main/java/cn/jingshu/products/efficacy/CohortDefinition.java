package cn.jingshu.products.efficacy;

import cn.jingshu.products.efficacy.v1.DefineCohortRequest;
import cn.jingshu.products.efficacy.v1.Sex;
import cn.jingshu.products.spi.Answer.Violation;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Who belongs to a cohort: people whose first day of one of the drugs lies in a window, after months without any of them (the
 * new-user design; Ray 2003, Am J Epidemiol 158:915). Ages come in steps of five years and windows in months, so that
 * definitions cannot be moved along until they differ by one person.
 *
 * @param drugs generic names in normal form; at least one
 * @param diagnoses ICD-10 prefixes of which one was diagnosed within {@link #LOOK_BACK_MONTHS} up to the first day; empty: any
 * @param ageFrom least age in the year of the first day
 * @param ageTo age below which
 * @param from first month of the first day
 * @param to month before which the first day lies
 * @param washoutMonths months without one of the drugs before the first day
 */
record CohortDefinition(Set<String> drugs, Set<String> diagnoses, int ageFrom, int ageTo, Sex sex, YearMonth from, YearMonth to,
        int washoutMonths) {
    /** How far back diagnoses count as an indication or a condition known before. */
    static final int LOOK_BACK_MONTHS = 36;
    static final int AGE_STEP = 5;
    private static final int USUAL_WASHOUT_MONTHS = 6;
    private static final int LONGEST_WINDOW_MONTHS = 120;
    private static final Pattern ICD10 = Pattern.compile("[A-Z][0-9][0-9A-Z](?:[0-9A-Z]{0,3})");

    CohortDefinition {
        drugs = Set.copyOf(drugs);
        diagnoses = Set.copyOf(diagnoses);
    }

    /** What is wrong with a request; empty: nothing. */
    static List<Violation> violations(DefineCohortRequest request) {
        List<Violation> violations = new ArrayList<>();
        for (int i = 0; i < request.getDrugsCount(); i++) {
            if (request.getDrugs(i).isBlank()) {
                violations.add(new Violation("drugs[" + i + "]", "药品名为空", "is blank"));
            }
        }
        diagnosesFault("diagnoses", request.getDiagnosesList()).ifPresent(violations::add);
        int from = request.hasAgeFrom() ? request.getAgeFrom() : 0;
        int to = request.hasAgeTo() ? request.getAgeTo() : 125;
        if (from % AGE_STEP != 0 || to % AGE_STEP != 0 || from >= to) {
            violations.add(new Violation("ageFrom", "年龄须为 5 的倍数且下限小于上限", "ages are multiples of 5, the lower below the upper"));
        }
        Optional<YearMonth> first = month(request.getFromMonth());
        Optional<YearMonth> last = month(request.getToMonth());
        if (first.isEmpty()) {
            violations.add(new Violation("fromMonth", "须为 YYYY-MM", "must be YYYY-MM"));
        }
        if (last.isEmpty()) {
            violations.add(new Violation("toMonth", "须为 YYYY-MM", "must be YYYY-MM"));
        }
        if (first.isPresent() && last.isPresent()) {
            long months = ChronoUnit.MONTHS.between(first.get(), last.get());
            if (months < 1 || months > LONGEST_WINDOW_MONTHS) {
                violations.add(new Violation("toMonth", "时间窗须为 1 至 120 个月", "the window is 1 to 120 months long"));
            }
        }
        return violations;
    }

    /** The first prefix that is none of ICD-10, as a violation of {@code field}. */
    static Optional<Violation> diagnosesFault(String field, List<String> prefixes) {
        for (int i = 0; i < prefixes.size(); i++) {
            if (!ICD10.matcher(DrugNames.diagnosis(prefixes.get(i))).matches()) {
                return Optional.of(new Violation(field + "[" + i + "]", "须为 ICD-10 编码前缀(至少三位)",
                        "must be a prefix of an ICD-10 code, three characters or more"));
            }
        }
        return Optional.empty();
    }

    /** Of a request without violations. */
    static CohortDefinition of(DefineCohortRequest request) {
        return new CohortDefinition(
                new HashSet<>(request.getDrugsList().stream().map(DrugNames::drug).toList()),
                new HashSet<>(request.getDiagnosesList().stream().map(DrugNames::diagnosis).toList()),
                request.hasAgeFrom() ? request.getAgeFrom() : 0, request.hasAgeTo() ? request.getAgeTo() : 125, request.getSex(),
                YearMonth.parse(request.getFromMonth()), YearMonth.parse(request.getToMonth()),
                request.hasWashoutMonths() ? request.getWashoutMonths() : USUAL_WASHOUT_MONTHS);
    }

    /** The definition as one text: equal for equal definitions, however a request worded them. */
    String text() {
        return String.join(",", new TreeSet<>(drugs)) + "|" + String.join(",", new TreeSet<>(diagnoses)) + "|" + ageFrom + "-" + ageTo + "|" + sex.name() + "|" + from + "-" + to
                + "|" + washoutMonths;
    }

    /** The same with other drugs: who would have entered with them. */
    CohortDefinition withDrugs(Set<String> others) {
        return new CohortDefinition(others, diagnoses, ageFrom, ageTo, sex, from, to, washoutMonths);
    }

    /** The first day on which a person enters; empty: never. */
    Optional<LocalDate> entry(Person person) {
        if ((sex == Sex.MALE && !person.male()) || (sex == Sex.FEMALE && person.male())) {
            return Optional.empty();
        }
        LocalDate begin = from.atDay(1);
        LocalDate end = to.atDay(1);
        LocalDate before = null;
        for (Person.Dispensing dispensing : person.dispensings()) { // by day
            if (!drugs.contains(dispensing.drug())) {
                continue;
            }
            LocalDate on = dispensing.on();
            boolean washedOut = before == null || before.plusMonths(washoutMonths).isBefore(on);
            if (!on.isBefore(begin) && on.isBefore(end) && washedOut) {
                return admits(person, on) ? Optional.of(on) : Optional.empty();
            }
            before = on;
        }
        return Optional.empty();
    }

    private boolean admits(Person person, LocalDate on) {
        int age = on.getYear() - person.birthYear();
        return age >= ageFrom && age < ageTo && (diagnoses.isEmpty() || person.diagnoses().stream().anyMatch(
                d -> !d.on().isAfter(on) && !d.on().isBefore(on.minusMonths(LOOK_BACK_MONTHS)) && startsWithOne(d.code(), diagnoses)));
    }

    static boolean startsWithOne(String code, Set<String> prefixes) {
        return prefixes.stream().anyMatch(code::startsWith);
    }

    private static Optional<YearMonth> month(String text) {
        try {
            return text.length() == 7 ? Optional.of(YearMonth.parse(text)) : Optional.empty();
        } catch (DateTimeParseException wrong) {
            return Optional.empty(); // the answer to a question, not a failure
        }
    }
}
