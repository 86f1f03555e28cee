package cn.jingshu.products.efficacy;

import cn.jingshu.products.domain.DataSession;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Reads people page by page with what the domain knows of each. The database picks the candidates; drugs and diagnoses are sealed at
 * rest, so who of them was given what is found here. No more than a page of people is in memory at once.
 */
final class PersonPages {
    private static final int PAGE = 1_000;
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private static final String PEOPLE = """
            SELECT p.person, p.male, p.birth_year FROM insured_person p
             WHERE p.person > ? AND p.male = ANY (?) AND p.birth_year BETWEEN ? AND ?
               AND EXISTS (SELECT 1 FROM insurance_spending s
                            WHERE s.person = p.person AND s.spent_on >= ? AND s.spent_on < ? AND s.days_supplied IS NOT NULL)
             ORDER BY p.person LIMIT ?
            """;
    private static final String DISPENSINGS = """
            SELECT person, spent_on, item_name FROM insurance_spending
             WHERE person = ANY (?) AND spent_on >= ? AND days_supplied IS NOT NULL
             ORDER BY spent_on, item_id
            """;
    private static final String VISITS = """
            SELECT person, visited_on, diagnosis_code FROM outpatient_visit
             WHERE person = ANY (?) AND visited_on >= ?
             ORDER BY visited_on, visit_id
            """;
    private static final String STAYS = """
            SELECT person, admitted_on, discharged_on, diagnosis_code, further_diagnoses, died FROM discharge
             WHERE person = ANY (?) AND admitted_on >= ?
             ORDER BY admitted_on, stay_id
            """;
    private static final String DATA_UNTIL = """
            SELECT greatest((SELECT max(visited_on) FROM outpatient_visit), (SELECT max(discharged_on) FROM discharge)) AS until
            """;
    private static final String DRUGS = """
            SELECT generic_name, holder, on_market FROM market_drug ORDER BY approval_number
            """;

    private record Head(String token, boolean male, int birthYear) {}

    private record Of<T>(String token, T value) {}

    private record Admission(Person.Stay stay, List<Person.Diagnosis> diagnoses) {}

    /** A drug on the market regulator's list, its name in normal form. */
    record MarketDrug(String name, String holder, boolean onMarket) {}

    private final DataSession session;

    PersonPages(DataSession session) {
        this.session = session;
    }

    /** The last day of which visits or stays are known, to which people can be followed; empty: there are no data. */
    Optional<LocalDate> dataUntil() {
        return session.find(DATA_UNTIL, row -> row.findDate("until")).flatMap(day -> day);
    }

    List<MarketDrug> drugs() {
        return session.select(DRUGS, row -> new MarketDrug(
                DrugNames.drug(row.text("generic_name")), row.text("holder"), row.bool("on_market")));
    }

    /**
     * Gives every insured person who is a candidate to {@code visitor}, in the order of their tokens, with what is known of them
     * from {@link Candidates#since()}.
     *
     * @param drugs names in normal form; dispensings of anything else are left out
     */
    void each(Candidates candidates, Set<String> drugs, Consumer<Person> visitor) {
        String after = "";
        List<Head> page;
        do {
            page = session.select(PEOPLE,
                    row -> new Head(row.text("person"), row.bool("male"), (int) row.integer("birth_year")), after,
                    candidates.males(), candidates.bornFrom(), candidates.bornTo(), candidates.from(), candidates.to(), PAGE);
            if (!page.isEmpty()) {
                people(page, candidates.since(), drugs).forEach(visitor);
                after = page.getLast().token();
            }
        } while (page.size() == PAGE);
    }

    private List<Person> people(List<Head> page, LocalDate since, Set<String> drugs) {
        List<String> tokens = page.stream().map(Head::token).toList();
        Map<String, List<Person.Dispensing>> dispensings = byPerson(session.select(DISPENSINGS,
                row -> new Of<>(row.text("person"), new Person.Dispensing(row.date("spent_on"), DrugNames.drug(row.sealed("item_name")))),
                tokens, since).stream().filter(of -> drugs.contains(of.value().drug())).toList());
        Map<String, List<Person.Diagnosis>> diagnoses = byPerson(session.select(VISITS,
                row -> new Of<>(row.text("person"),
                        new Person.Diagnosis(row.date("visited_on"), DrugNames.diagnosis(row.sealed("diagnosis_code")))),
                tokens, since));
        Map<String, List<Person.Stay>> stays = new HashMap<>();
        session.select(STAYS, row -> new Of<>(row.text("person"), admission(row.date("admitted_on"), row.date("discharged_on"),
                row.bool("died"), row.sealed("diagnosis_code") + " " + row.findSealed("further_diagnoses").orElse(""))), tokens, since)
                .forEach(of -> {
                    stays.computeIfAbsent(of.token(), _ -> new ArrayList<>()).add(of.value().stay());
                    diagnoses.computeIfAbsent(of.token(), _ -> new ArrayList<>()).addAll(of.value().diagnoses());
                });
        diagnoses.values().forEach(list -> list.sort(Comparator.comparing(Person.Diagnosis::on)));
        return page.stream().map(head -> new Person(head.token(), head.male(), head.birthYear(),
                dispensings.getOrDefault(head.token(), Collections.emptyList()),
                diagnoses.getOrDefault(head.token(), Collections.emptyList()),
                stays.getOrDefault(head.token(), Collections.emptyList()))).toList();
    }

    /** A stay and its diagnoses, which count from the day of admission. */
    private static Admission admission(LocalDate admittedOn, LocalDate dischargedOn, boolean died, String codes) {
        List<Person.Diagnosis> diagnoses = BLANKS.splitAsStream(codes.strip()).filter(code -> !code.isEmpty())
                .map(code -> new Person.Diagnosis(admittedOn, DrugNames.diagnosis(code))).toList();
        return new Admission(new Person.Stay(admittedOn, dischargedOn, died), diagnoses);
    }

    private static <T> Map<String, List<T>> byPerson(List<Of<T>> rows) {
        Map<String, List<T>> byPerson = new HashMap<>();
        rows.forEach(of -> byPerson.computeIfAbsent(of.token(), _ -> new ArrayList<>()).add(of.value()));
        return byPerson;
    }
}
