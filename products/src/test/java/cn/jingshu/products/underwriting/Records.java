package cn.jingshu.products.underwriting;

import cn.jingshu.products.underwriting.Application.Declared;
import cn.jingshu.products.underwriting.HealthRecord.Examination;
import cn.jingshu.products.underwriting.HealthRecord.LaboratoryValue;
import cn.jingshu.products.underwriting.HealthRecord.Stay;
import cn.jingshu.products.underwriting.HealthRecord.Visit;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** Writes health records for tests. */
final class Records {
    static final LocalDate DAY = LocalDate.of(2026, 11, 1);
    static final LocalDate BIRTH = LocalDate.of(1980, 1, 1);

    private final List<Stay> stays = new ArrayList<>();
    private final List<Visit> visits = new ArrayList<>();
    private final List<LocalDate> operations = new ArrayList<>();
    private final List<Examination> examinations = new ArrayList<>();
    private final List<LaboratoryValue> laboratory = new ArrayList<>();
    private LocalDate birth = BIRTH;

    static Records empty() {
        return new Records();
    }

    /** Two visits a year for five years and an examination with everything in range. */
    static Records unremarkable() {
        Records records = new Records();
        for (int i = 0; i < 10; i++) {
            records.visit(30 + 180 * i, false, "J06.9");
        }
        return records.examined(100, 125, 80, 5.2, 4.7, 66.47, false);
    }

    Records born(LocalDate day) {
        birth = day;
        return this;
    }

    Records visit(int daysAgo, boolean emergency, String code) {
        visits.add(new Visit(DAY.minusDays(daysAgo), emergency, List.of(code)));
        return this;
    }

    Records stay(int daysAgo, String... codes) {
        stays.add(new Stay(DAY.minusDays(daysAgo + 5L), DAY.minusDays(daysAgo), List.of(codes)));
        return this;
    }

    Records operation(int daysAgo) {
        operations.add(DAY.minusDays(daysAgo));
        return this;
    }

    /** Height is 170 cm. */
    Records examined(int daysAgo, double systolic, double diastolic, double glucose, double cholesterol, double weight, boolean smoker) {
        examinations.add(new Examination(DAY.minusDays(daysAgo), 170.0, weight, systolic, diastolic, glucose, cholesterol, 1.4, 2.8, 1.2, smoker));
        return this;
    }

    Records value(int daysAgo, String code, double amount, String unit) {
        laboratory.add(new LaboratoryValue(DAY.minusDays(daysAgo), code, amount, unit));
        return this;
    }

    HealthRecord record() {
        return new HealthRecord(birth, true, stays, visits, operations, examinations, laboratory);
    }

    static Application application(PolicyKind kind) {
        return new Application(kind, 10_000_000, Declared.NOTHING, null);
    }
}
