package cn.jingshu.products.prescription;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.prescription.LongPrescriptionRules.Evidence;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the domain knows of one patient, read for one disease and one drug. */
final class PatientRecords {
    /** How far back a diagnosis counts as made before. */
    private static final int SEEN_MONTHS = 24;
    private static final int DRUG_DAYS = 180;
    private static final int LEAST_DAYS_OF_USE = 28;
    private static final int FOLLOW_UP_DAYS = 180;
    private static final int EMERGENCY_DAYS = 30;
    /** A drug handed out within these days counts as taken now, unless its days are over for longer than a week. */
    private static final int GRACE_DAYS = 7;

    private static final String INSURED = "SELECT birth_year, district, insured FROM insured_person WHERE person = ?";
    private static final String VISITS = """
            SELECT visited_on, emergency, diagnosis_code FROM outpatient_visit
             WHERE person = ? AND visited_on >= ? AND visited_on <= ? ORDER BY visited_on
            """;
    private static final String DRUGS = """
            SELECT spent_on, item_name, days_supplied FROM insurance_spending
             WHERE person = ? AND spent_on >= ? AND spent_on <= ? AND days_supplied IS NOT NULL ORDER BY spent_on, item_id
            """;
    private static final String FOLLOW_UP = """
            SELECT systolic_mmhg, diastolic_mmhg FROM hypertension_follow_up
             WHERE person = ? AND followed_up_on >= ? AND followed_up_on <= ? ORDER BY followed_up_on DESC, follow_up_id DESC LIMIT 1
            """;
    private static final String LAST_DAY = "SELECT max(spent_on) AS last_day FROM insurance_spending";

    private record Person(int birthYear, String district, boolean insured) {}

    private record Visit(LocalDate on, boolean emergency, String code) {}

    private record Handed(LocalDate on, String drug, int days) {}

    private final DataSession session;

    PatientRecords(DataSession session) {
        this.session = session;
    }

    /** The last day of the data: the sandbox's made-up people live until then. */
    Optional<LocalDate> lastDay() {
        return session.find(LAST_DAY, row -> row.findDate("last_day")).flatMap(day -> day);
    }

    /** What speaks for or against a long prescription on a day; empty: nothing is known of the patient. */
    Optional<Evidence> evidence(String person, String drug, String diagnosis, LocalDate today, LongPrescriptionRules rules) {
        Optional<Person> known = session.find(INSURED,
                row -> new Person((int) row.integer("birth_year"), row.text("district"), row.bool("insured")), person);
        return known.map(who -> {
            List<Visit> visits = session.select(VISITS,
                    row -> new Visit(row.date("visited_on"), row.bool("emergency"), code(row.sealed("diagnosis_code"))),
                    person, today.minusMonths(SEEN_MONTHS), today);
            List<LocalDate> days = handed(person, today).stream().filter(h -> h.drug().equals(DrugKinds.normal(drug))).map(Handed::on).toList();
            String category = category(diagnosis);
            boolean before = days.stream().distinct().count() >= 2 && !days.getFirst().isAfter(today.minusDays(LEAST_DAYS_OF_USE));
            return new Evidence(rules.urbanDistricts().contains(who.district()), who.insured(),
                    visits.stream().anyMatch(v -> !v.emergency() && v.code().startsWith(category)),
                    before, before ? coverage(person, drug, today) : 0, controlled(person, category, who.birthYear(), today),
                    visits.stream().anyMatch(v -> v.emergency() && !v.on().isBefore(today.minusDays(EMERGENCY_DAYS))));
        });
    }

    /** Names of the drugs the patient takes on a day, without {@code except}. */
    List<String> takenOn(LocalDate today, String person, String except) {
        return handed(person, today).stream()
                .filter(h -> !h.on().plusDays(h.days() + (long) GRACE_DAYS).isBefore(today)).map(Handed::drug)
                .filter(drug -> !drug.equals(DrugKinds.normal(except))).distinct().toList();
    }

    private List<Handed> handed(String person, LocalDate today) {
        return session.select(DRUGS,
                row -> new Handed(row.date("spent_on"), DrugKinds.normal(row.sealed("item_name")), (int) row.integer("days_supplied")),
                person, today.minusDays(DRUG_DAYS), today);
    }

    /** Days covered by what was handed out, over the days from the first time within the period; what is left over is used up first. */
    private double coverage(String person, String drug, LocalDate today) {
        List<Handed> own = handed(person, today).stream().filter(h -> h.drug().equals(DrugKinds.normal(drug))).toList();
        LocalDate first = own.getFirst().on();
        int period = (int) ChronoUnit.DAYS.between(first, today) + 1;
        BitSet covered = new BitSet(period);
        int next = 0;
        for (Handed handed : own) {
            int from = Math.max(next, (int) ChronoUnit.DAYS.between(first, handed.on()));
            next = from + handed.days();
            covered.set(Math.min(from, period), Math.min(next, period));
        }
        return (double) covered.cardinality() / period;
    }

    /** By the newest follow-up of a managed patient with high blood pressure; true: it is, or is not followed. */
    private boolean controlled(String person, String category, int birthYear, LocalDate today) {
        if (!category.startsWith("I1")) {
            return true;
        }
        record Pressure(long systolic, long diastolic) {}
        Optional<Pressure> newest = session.find(FOLLOW_UP,
                row -> new Pressure(row.integer("systolic_mmhg"), row.integer("diastolic_mmhg")), person, today.minusDays(FOLLOW_UP_DAYS), today);
        int limit = today.getYear() - birthYear >= 65 ? 150 : 140;
        return newest.map(p -> p.systolic() < limit && p.diastolic() < 90).orElse(true);
    }

    /** An ICD-10 code without its dot, in upper case. */
    static String code(String code) {
        return code.strip().replace(".", "").toUpperCase(Locale.ROOT);
    }

    private static String category(String diagnosis) {
        String code = code(diagnosis);
        return code.substring(0, Math.min(3, code.length()));
    }
}
