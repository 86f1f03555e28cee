package cn.jingshu.products.underwriting;

import cn.jingshu.products.domain.DomainNeeds.RowSink;
import cn.jingshu.products.domain.DomainNeeds.SyntheticData;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.records.HealthTables;
import cn.jingshu.products.sandbox.TestSubject;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Makes up the health records of {@value #PEOPLE} people of a city like Jingmen and of the test subjects, up to {@link #DAY}.
 * Identity numbers stand in the area 420899, which is given to nobody.
 */
final class SyntheticApplicants implements SyntheticData {
    /** The day the made-up records end, and on which the sandbox stands. */
    static final LocalDate DAY = LocalDate.of(2026, 11, 1);

    static final int PEOPLE = 240;

    private static final String AREA = "420899";
    private static final List<String> INSTITUTIONS = List.of("JM-H01", "JM-H02", "JM-H03", "JM-C11", "JM-C12", "JM-C13");
    private static final List<String> LASTING = List.of("I10", "E11.9", "E78.5", "I25.1", "J44.9", "M17.0", "N18.3", "K76.0", "C50.9", "G40.9");
    private static final List<String> PASSING = List.of("J06.9", "J20.9", "K29.7", "S93.4", "L30.9", "H10.9", "M54.5", "N39.0");

    @Override
    public void write(RowSink sink, long seed) {
        var writer = new Writer(sink, seed);
        writer.approved();
        writer.referred();
        writer.quiet(TestSubject.SLOW.person().number());
        for (int i = 0; i < PEOPLE; i++) {
            writer.someone(i);
        }
    }

    private static final class Writer {
        private final RowSink sink;
        private final Random random;
        private int row;

        Writer(RowSink sink, long seed) {
            this.sink = sink;
            this.random = new Random(seed);
        }

        /** APPROVE: seen once a year, all in range, never in hospital. */
        void approved() {
            quiet(TestSubject.APPROVE.person().number());
        }

        void quiet(String person) {
            visit(person, DAY.minusDays(200), false, "J06.9");
            visit(person, DAY.minusDays(900), false, "J06.9");
            visit(person, DAY.minusDays(1500), false, "L30.9");
            examination(person, DAY.minusDays(150), true, 1980, 172, 66, 118, 76, 5.0, 4.4, 1.4, 2.5, 1.1, false);
        }

        /** REFER: stays, emergencies, several lasting conditions and an operation, all of late. */
        void referred() {
            String person = TestSubject.REFER.person().number();
            for (int i = 0; i < 14; i++) {
                visit(person, DAY.minusDays(20 + 25L * i), i % 4 == 0, LASTING.get(i % 4));
            }
            stay(person, DAY.minusDays(120), 9, "I25.1", "I10 E11.9");
            stay(person, DAY.minusDays(400), 6, "N18.3", "I10");
            operation(person, DAY.minusDays(118));
            examination(person, DAY.minusDays(60), false, 1980, 165, 84, 158, 96, 8.4, 6.6, 0.9, 4.5, 2.9, true);
            laboratory(person, DAY.minusDays(60), "4548-4", 8.1, "%");
            laboratory(person, DAY.minusDays(60), "33914-3", 48, "mL/min/{1.73_m2}");
        }

        void someone(int number) {
            LocalDate birth = DAY.minusYears(18 + random.nextInt(60)).minusDays(random.nextInt(365));
            boolean male = random.nextBoolean();
            String person = ResidentId.complete(AREA, birth, 2 * (100 + number % 300) + (male ? 1 : 0)).number();
            int age = DAY.getYear() - birth.getYear();
            double frailty = Math.exp(random.nextGaussian() * 0.6) * (0.4 + age / 60.0);
            int lasting = Math.min(4, (int) (frailty * random.nextDouble() * 1.8));
            int from = random.nextInt(LASTING.size());
            int visits = (int) (frailty * 8 * random.nextDouble()) + lasting * 6;
            for (int i = 0; i < visits; i++) {
                String code = lasting > 0 && random.nextInt(3) > 0 ? LASTING.get((from + random.nextInt(lasting)) % LASTING.size())
                        : PASSING.get(random.nextInt(PASSING.size()));
                visit(person, DAY.minusDays(1 + random.nextInt(1800)), random.nextInt(12) == 0, code);
            }
            int stays = random.nextDouble() < frailty / 4 ? 1 + random.nextInt(2) : 0;
            for (int i = 0; i < stays; i++) {
                LocalDate admitted = DAY.minusDays(40 + random.nextInt(1700));
                stay(person, admitted, 2 + random.nextInt(12), LASTING.get((from + i) % LASTING.size()), null);
                if (random.nextInt(3) == 0) {
                    operation(person, admitted.plusDays(1));
                }
            }
            double bad = lasting * 0.35;
            for (int years = 0; years < 3; years++) {
                if (random.nextInt(3) > 0) {
                    examination(person, DAY.minusDays(30 + 365L * years + random.nextInt(200)), male, birth.getYear(),
                            male ? 170 + random.nextGaussian() * 6 : 159 + random.nextGaussian() * 5,
                            (male ? 68 : 57) * (1 + 0.12 * random.nextGaussian() + 0.1 * bad),
                            (int) (116 + age * 0.25 + 10 * random.nextGaussian() + 14 * bad),
                            (int) (74 + 7 * random.nextGaussian() + 6 * bad),
                            4.9 + 0.5 * random.nextGaussian() + 1.2 * bad, 4.7 + 0.8 * random.nextGaussian(),
                            1.35 + 0.2 * random.nextGaussian(), 2.7 + 0.6 * random.nextGaussian(),
                            Math.exp(0.2 + 0.4 * random.nextGaussian()), male && random.nextInt(2) == 0);
                }
            }
        }

        private void visit(String person, LocalDate on, boolean emergency, String code) {
            put(HealthTables.OUTPATIENT_VISIT, "visit_id", Map.of("person", person, "institution", institution(),
                    "emergency", Boolean.toString(emergency), "visited_on", on.toString(), "diagnosis_code", code));
        }

        private void stay(String person, LocalDate admitted, int days, String main, @Nullable String further) {
            Map<String, @Nullable String> values = new HashMap<>(Map.of("person", person, "institution", institution(),
                    "admitted_on", admitted.toString(), "discharged_on", admitted.plusDays(days).toString(), "diagnosis_code", main,
                    "total_fen", Long.toString(days * 130_000L + 250_000), "insured_fen", Long.toString(days * 80_000L + 150_000), "died", "false"));
            values.put("further_diagnoses", further);
            put(HealthTables.DISCHARGE, "stay_id", values);
        }

        private void operation(String person, LocalDate on) {
            put(HealthTables.OPERATION, "operation_id", Map.of("person", person, "institution", institution(),
                    "operated_on", on.toString(), "operation_code", "36.06"));
        }

        private void laboratory(String person, LocalDate on, String code, double amount, String unit) {
            put(HealthTables.LABORATORY_RESULT, "result_id", Map.of("person", person, "taken_on", on.toString(), "test_code", code,
                    "amount", decimal(amount), "unit", unit));
        }

        private void examination(String person, LocalDate on, boolean male, int birthYear, double height, double weight, int systolic,
                int diastolic, double glucose, double cholesterol, double hdl, double ldl, double triglycerides, boolean smoker) {
            Map<String, @Nullable String> values = new HashMap<>(Map.of("person", person, "examined_on", on.toString(),
                    "male", Boolean.toString(male), "birth_year", Integer.toString(birthYear), "height_cm", decimal(height),
                    "weight_kg", decimal(weight), "systolic_mmhg", Integer.toString(systolic), "diastolic_mmhg", Integer.toString(diastolic),
                    "fasting_glucose_mmol_l", decimal(glucose), "total_cholesterol_mmol_l", decimal(cholesterol)));
            values.put("hdl_mmol_l", decimal(hdl));
            values.put("ldl_mmol_l", decimal(ldl));
            values.put("triglycerides_mmol_l", decimal(triglycerides));
            values.put("smoker", Boolean.toString(smoker));
            put(HealthTables.EXAMINATION, "examination_id", values);
        }

        private void put(ResourceTable table, String key, Map<String, ? extends @Nullable String> values) {
            Map<String, @Nullable String> all = new HashMap<>(values);
            all.put(key, "UW-%06d".formatted(row++)); // the prefix keeps rows of several products apart
            sink.row(table, all);
        }

        private String institution() {
            return INSTITUTIONS.get(random.nextInt(INSTITUTIONS.size()));
        }

        private static String decimal(double value) {
            return String.format(Locale.ROOT, "%.1f", Math.max(value, 0.3));
        }
    }
}
