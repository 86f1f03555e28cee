package cn.jingshu.products.health;

import static cn.jingshu.products.records.HealthTables.EXAMINATION;
import static cn.jingshu.products.records.HealthTables.HYPERTENSION_FOLLOW_UP;
import static cn.jingshu.products.records.HealthTables.LABORATORY_RESULT;
import static cn.jingshu.products.records.HealthTables.OUTPATIENT_VISIT;

import cn.jingshu.products.domain.DomainNeeds;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.sandbox.TestSubject;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Made-up people with five years of records up to {@link #TODAY}: {@link TestSubject#APPROVE} is well in everything,
 * {@link TestSubject#REFER} has pressures, glucose and lipids that rise beyond their bounds, {@link TestSubject#SLOW} is like
 * anyone, and some forty others have one of three ways of life. Area 420899 is given to nobody.
 */
final class SyntheticHealth implements DomainNeeds.SyntheticData {
    /** The day a sandbox call speaks of: its records never grow old, so documents that quote them stay true. */
    static final LocalDate TODAY = LocalDate.of(2026, 10, 31);

    private static final String AREA = "420899";
    private static final int OTHERS = 40;
    private static final int YEARS = 6;
    private static final String HOSPITAL = "H42089900001";

    @Override
    public void write(DomainNeeds.RowSink sink, long seed) {
        Random random = new Random(seed);
        new Life(sink, random, TestSubject.APPROVE.person(), 0).write();
        new Life(sink, random, TestSubject.REFER.person(), 2).write();
        new Life(sink, random, TestSubject.SLOW.person(), 1).write();
        for (int i = 0; i < OTHERS; i++) {
            LocalDate birth = LocalDate.of(1946 + random.nextInt(55), 1 + random.nextInt(12), 1 + random.nextInt(28));
            new Life(sink, random, ResidentId.complete(AREA, birth, 100 + i), i % 3).write();
        }
    }

    /** One person's five years; the worse the way of life (0 to 2), the higher the values and their rise. */
    private static final class Life {
        private final DomainNeeds.RowSink sink;
        private final Random random;
        private final ResidentId person;
        private final int burden;
        private int rows;

        Life(DomainNeeds.RowSink sink, Random random, ResidentId person, int burden) {
            this.sink = sink;
            this.random = random;
            this.person = person;
            this.burden = burden;
        }

        void write() {
            LocalDate day = LocalDate.of(TODAY.getYear() - YEARS + 1, 4, 1).plusDays(random.nextInt(60));
            for (int year = 0; year < YEARS; year++) {
                examination(day.plusYears(year).plusDays(random.nextInt(30)), year);
                laboratory(day.plusYears(year).plusMonths(4).plusDays(random.nextInt(20)), year + 0.4);
            }
            if (burden == 2) {
                for (LocalDate visit = day.plusYears(1).plusMonths(5); visit.isBefore(TODAY); visit = visit.plusDays(84 + random.nextInt(14))) {
                    followUp(visit, (visit.toEpochDay() - day.toEpochDay()) / 365.25);
                }
                visit(day.plusYears(1).plusMonths(5), "I10.x00");
                visit(day.plusYears(2), "E78.500");
            } else {
                visit(day.plusYears(2), "J06.900");
            }
        }

        /** A value that begins at {@code first}, rises by {@code rise} a year and scatters; both by the way of life. */
        private double drift(double[] first, double[] rise, double years, double scatter) {
            return first[burden] + rise[burden] * years + random.nextGaussian() * scatter;
        }

        private double systolic(double years) {
            return drift(new double[] {115, 122, 137}, new double[] {0.2, 0.8, 4.2}, years, 2.5);
        }

        private double glucose(double years) {
            return drift(new double[] {4.9, 5.3, 5.8}, new double[] {0.02, 0.06, 0.28}, years, 0.09);
        }

        private double ldl(double years) {
            return drift(new double[] {2.3, 2.9, 3.2}, new double[] {0, 0.05, 0.22}, years, 0.07);
        }

        private void examination(LocalDate day, double years) {
            Map<String, @Nullable String> row = row("examination_id");
            double upper = systolic(years);
            double height = person.male() ? 171 : 159;
            double bmi = drift(new double[] {22.3, 23.9, 26.1}, new double[] {0, 0.15, 0.5}, years, 0.12);
            double hdl = drift(new double[] {1.55, 1.35, 1.1}, new double[] {0, 0, -0.01}, years, 0.03);
            double ldl = ldl(years);
            double triglycerides = Math.max(0.5, drift(new double[] {1.0, 1.4, 2.0}, new double[] {0, 0.03, 0.08}, years, 0.1));
            row.put("examined_on", day.toString());
            row.put("male", String.valueOf(person.male()));
            row.put("birth_year", String.valueOf(person.birthDate().getYear()));
            row.put("height_cm", figure(height, 1));
            row.put("weight_kg", figure(bmi * height * height / 10_000, 1));
            row.put("waist_cm", figure((person.male() ? 3.5 : 3.25) * bmi + (burden == 2 ? 2 : 0), 0));
            row.put("systolic_mmhg", figure(upper, 0));
            row.put("diastolic_mmhg", figure(upper * 0.6 + 6, 0));
            row.put("fasting_glucose_mmol_l", figure(glucose(years), 1));
            row.put("total_cholesterol_mmol_l", figure(ldl + hdl + triglycerides / 2.2, 2));
            row.put("hdl_mmol_l", figure(hdl, 2));
            row.put("ldl_mmol_l", figure(ldl, 2));
            row.put("triglycerides_mmol_l", figure(triglycerides, 2));
            row.put("smoker", String.valueOf(burden == 2 && person.male()));
            sink.row(EXAMINATION, row);
        }

        /** Glucose comes from one laboratory in mg/dL and from another in mmol/L, as in life. */
        private void laboratory(LocalDate day, double years) {
            if (day.isAfter(TODAY)) {
                return;
            }
            result(day, "4548-4", figure(drift(new double[] {5.1, 5.4, 5.8}, new double[] {0, 0.02, 0.2}, years, 0.05), 1), "%");
            double glucose = glucose(years);
            boolean milligrams = random.nextBoolean();
            result(day, milligrams ? "1558-6" : "14771-0", milligrams ? figure(glucose * 18.016, 0) : figure(glucose, 1), milligrams ? "mg/dL" : "mmol/L");
            result(day, "69419-0", figure(ldl(years), 2), "mmol/L");
        }

        private void result(LocalDate day, String test, String amount, String unit) {
            Map<String, @Nullable String> row = row("result_id");
            row.put("taken_on", day.toString());
            row.put("test_code", test);
            row.put("amount", amount);
            row.put("unit", unit);
            sink.row(LABORATORY_RESULT, row);
        }

        private void followUp(LocalDate day, double years) {
            Map<String, @Nullable String> row = row("follow_up_id");
            double upper = systolic(years);
            row.put("followed_up_on", day.toString());
            row.put("systolic_mmhg", figure(upper, 0));
            row.put("diastolic_mmhg", figure(upper * 0.6 + 6, 0));
            row.put("treated", "true");
            sink.row(HYPERTENSION_FOLLOW_UP, row);
        }

        private void visit(LocalDate day, String diagnosis) {
            Map<String, @Nullable String> row = row("visit_id");
            row.put("institution", HOSPITAL);
            row.put("emergency", "false");
            row.put("visited_on", day.toString());
            row.put("diagnosis_code", diagnosis);
            sink.row(OUTPATIENT_VISIT, row);
        }

        private Map<String, @Nullable String> row(String key) {
            Map<String, @Nullable String> row = new HashMap<>();
            row.put(key, "health-" + Integer.toHexString(person.number().hashCode()) + "-" + rows++);
            row.put("person", person.number());
            return row;
        }

        private static String figure(double value, int decimals) {
            return String.format(Locale.ROOT, "%." + decimals + "f", value);
        }
    }
}
