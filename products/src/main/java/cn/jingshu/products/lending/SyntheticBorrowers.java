package cn.jingshu.products.lending;

import cn.jingshu.products.domain.DomainNeeds.RowSink;
import cn.jingshu.products.domain.DomainNeeds.SyntheticData;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.identifier.Uscc;
import cn.jingshu.products.records.HousingTables;
import cn.jingshu.products.sandbox.TestSubject;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Made-up people and enterprises with contributions, accounts, real estate and proceedings. All numbers are of area 420899, which is
 * given to nobody. Months end in a fixed one, so the rows are the same whenever they are made.
 */
final class SyntheticBorrowers implements SyntheticData {
    static final LocalDate NEWEST = LocalDate.of(2026, 10, 1);
    private static final String AREA = "420899";
    private static final int PEOPLE = 80;
    private static final int ENTERPRISES = 50;

    @Override
    public void write(RowSink sink, long seed) {
        Random random = new Random(seed);
        Writer rows = new Writer(sink, seed);
        for (TestSubject subject : List.of(TestSubject.APPROVE, TestSubject.REFER, TestSubject.SLOW)) {
            person(rows, subject);
            enterprise(rows, subject);
        }
        for (int i = 0; i < PEOPLE; i++) {
            person(rows, random, ResidentId.complete(AREA, LocalDate.of(1962, 1, 1).plusDays(random.nextInt(365 * 42)), 100 + i).number());
        }
        for (int i = 0; i < ENTERPRISES; i++) {
            enterprise(rows, random, Uscc.complete("91", AREA, "DEM%05d".formatted(i + 1 + Math.floorMod(seed, 90_000L))).code());
        }
    }

    private static void person(Writer rows, TestSubject subject) {
        String id = subject.person().number();
        rows.contributions(id, 24, 0, 1_200_000);
        rows.deposits(id, 24, 288_000, 9_600_000);
        if (subject != TestSubject.REFER) {
            rows.row(LendingTables.TALENT, Map.of("person", id, "class", "D", "from_day", "2024-06-01"));
        } else {
            rows.proceeding(LendingTables.PERSONAL_LITIGATION, "person", id, "2026-03-02", null, 8_000_000);
            rows.proceeding(LendingTables.PERSONAL_ENFORCEMENT, "person", id, "2024-05-06", "2025-09-30", 3_000_000);
        }
    }

    private static void enterprise(Writer rows, TestSubject subject) {
        String code = subject.enterprise().code();
        boolean refer = subject == TestSubject.REFER;
        rows.row(LendingTables.ENTERPRISE, values("enterprise", code, "state", "ACTIVE", "established_on", refer ? "2024-11-01" : "2014-05-20",
                "capital_fen", "500000000", "industry", "C3411"));
        rows.row(LendingTables.ANNUAL_REPORT, values("enterprise", code, "report_year", "2025",
                "revenue_fen", refer ? null : "4200000000", "profit_fen", refer ? null : "350000000"));
        rows.employer(code, 36, refer ? 2 : 0, 620_000, refer ? 36 : 30);
        if (refer) {
            rows.row(LendingTables.ABNORMAL_ENTERPRISE, values("enterprise", code, "listed_on", "2026-07-08", "removed_on", null));
            rows.proceeding(LendingTables.ENTERPRISE_LITIGATION, "enterprise", code, "2026-04-11", null, 60_000_000);
        } else {
            rows.employerDeposits(code, 12, 36, 620_000);
            rows.row(LendingTables.QUALIFICATION, values("enterprise", code, "kind", "HIGH_TECH", "from_day", "2023-12-08", "until_day", null));
            rows.row(LendingTables.INTELLECTUAL_PROPERTY, values("right_id", "ZL-" + code, "enterprise", code, "kind", "INVENTION",
                    "granted_on", "2021-03-16", "until_day", null));
            rows.unit(code, "COMMERCIAL", 900_000_000, 0, false);
        }
    }

    private static void person(Writer rows, Random random, String id) {
        boolean insured = random.nextInt(10) < 8;
        long base = 380_000L + 10_000L * random.nextInt(150);
        if (insured) {
            rows.contributions(id, 24, random.nextInt(4) == 0 ? random.nextInt(10) : 0, base);
        }
        if (insured && random.nextInt(10) < 7) {
            rows.deposits(id, 6 + random.nextInt(19), base * 2 / 10, base * random.nextInt(20));
        }
        if (random.nextInt(12) == 0) {
            rows.row(LendingTables.TALENT, Map.of("person", id, "class", "E", "from_day", "2023-01-01"));
        }
        for (int home = random.nextInt(4) - 1; home > 0; home--) {
            rows.unit(id, "RESIDENTIAL", 40_000_000L + 1_000_000L * random.nextInt(120), random.nextInt(2) * 20_000_000L, random.nextInt(30) == 0);
        }
        if (random.nextInt(8) == 0) {
            rows.proceeding(LendingTables.PERSONAL_LITIGATION, "person", id, "2023-02-01", random.nextInt(3) == 0 ? null : "2024-01-15", 2_000_000);
        }
        if (random.nextInt(16) == 0) {
            rows.proceeding(LendingTables.PERSONAL_ENFORCEMENT, "person", id, "2022-05-01", random.nextInt(3) == 0 ? null : "2023-08-15", 1_500_000);
        }
    }

    private static void enterprise(Writer rows, Random random, String code) {
        int staff = 2 + random.nextInt(80);
        long base = 420_000L + 10_000L * random.nextInt(60);
        rows.row(LendingTables.ENTERPRISE, values("enterprise", code, "state", random.nextInt(20) == 0 ? "REVOKED" : "ACTIVE",
                "established_on", LocalDate.of(2005, 1, 1).plusDays(random.nextInt(7_500)).toString(), "capital_fen", "100000000",
                "industry", null));
        if (random.nextInt(10) < 9) {
            boolean publishes = random.nextBoolean();
            long revenue = staff * base * 12 * (3 + random.nextInt(4));
            rows.row(LendingTables.ANNUAL_REPORT, values("enterprise", code, "report_year", "2025",
                    "revenue_fen", publishes ? Long.toString(revenue) : null,
                    "profit_fen", publishes ? Long.toString(revenue / 100 * (random.nextInt(20) - 4)) : null));
        }
        rows.employer(code, staff, random.nextInt(5) == 0 ? random.nextInt(6) : 0, base, staff + random.nextInt(9) - 4);
        if (random.nextInt(10) < 6) {
            rows.employerDeposits(code, 12, staff, base);
        }
        if (random.nextInt(12) == 0) { // of the listed half have been removed, and do not count
            rows.row(LendingTables.ABNORMAL_ENTERPRISE, values("enterprise", code, "listed_on", "2025-07-08",
                    "removed_on", random.nextBoolean() ? "2026-01-10" : null));
        }
        if (random.nextInt(6) == 0) {
            rows.row(LendingTables.QUALIFICATION, values("enterprise", code, "kind", "TECHNOLOGY_SME", "from_day", "2025-04-01", "until_day", null));
        }
        if (random.nextInt(8) == 0) {
            rows.proceeding(LendingTables.ENTERPRISE_LITIGATION, "enterprise", code, "2023-02-01", random.nextBoolean() ? null : "2024-01-15", 30_000_000);
        }
        if (random.nextInt(4) == 0) {
            rows.unit(code, "COMMERCIAL", 200_000_000L + 10_000_000L * random.nextInt(100), random.nextInt(2) * 150_000_000L, false);
        }
    }

    private static Map<String, @Nullable String> values(@Nullable String... pairs) {
        Map<String, @Nullable String> values = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            values.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return values;
    }

    /** Rows of one seed: what needs an id of its own is numbered within it. */
    private static final class Writer {
        private final RowSink sink;
        private final String prefix;
        private int number;

        Writer(RowSink sink, long seed) {
            this.sink = sink;
            this.prefix = "SY" + seed + "-";
        }

        void row(ResourceTable table, Map<String, @Nullable String> values) {
            sink.row(table, values);
        }

        void contributions(String person, int months, int missed, long baseFen) {
            for (int m = 0; m < months; m++) {
                boolean paid = m < 2 || m >= 2 + missed;
                row(LendingTables.PERSONAL_CONTRIBUTION, Map.of("person", person, "month", NEWEST.minusMonths(m).toString(),
                        "base_fen", Long.toString(baseFen), "paid", Boolean.toString(paid)));
            }
        }

        void deposits(String person, int months, long depositFen, long balanceFen) {
            for (int m = 0; m < months; m++) {
                row(LendingTables.PROVIDENT_FUND, Map.of("person", person, "month", NEWEST.minusMonths(m).toString(),
                        "deposit_fen", Long.toString(depositFen), "balance_fen", Long.toString(Math.max(0, balanceFen - m * depositFen))));
            }
        }

        void employer(String code, int staffNow, int arrears, long baseFen, int staffBefore) {
            for (int m = 0; m < 12; m++) {
                long staff = Math.max(1, staffNow + (long) (staffBefore - staffNow) * m / 11);
                long due = staff * baseFen * 24 / 100;
                row(LendingTables.EMPLOYER_CONTRIBUTION, Map.of("enterprise", code, "month", NEWEST.minusMonths(m).toString(),
                        "insured", Long.toString(staff), "base_fen", Long.toString(staff * baseFen), "due_fen", Long.toString(due),
                        "paid_fen", Long.toString(m < arrears ? due / 2 : due)));
            }
        }

        void employerDeposits(String code, int months, int staff, long baseFen) {
            for (int m = 0; m < months; m++) {
                row(LendingTables.EMPLOYER_PROVIDENT_FUND, Map.of("enterprise", code, "month", NEWEST.minusMonths(m).toString(),
                        "employees", Integer.toString(staff), "deposit_fen", Long.toString(staff * baseFen / 5)));
            }
        }

        void proceeding(ResourceTable table, String subject, String id, String filed, @Nullable String closed,
                long amountFen) {
            row(table, values("case_id", prefix + ++number, subject, id, "against", "true", "filed_on", filed, "closed_on", closed,
                    "amount_fen", Long.toString(amountFen)));
        }

        void unit(String owner, String use, long appraisedFen, long securedFen, boolean seized) {
            int n = ++number;
            // Parcels are numbered by the seed too: rows of several seeds lie side by side in a demonstration.
            String unit = "%s%03d001GB%05dF%08d".formatted(AREA, Math.floorMod(prefix.hashCode(), 1_000), n, n);
            row(HousingTables.HOUSE, values("unit_code", unit, "district", "420802", "address", "演示路" + n + "号", "area_m2", "110.5",
                    "built_year", "2012", "use", use, "rentable", "true"));
            row(HousingTables.REAL_ESTATE, values("unit_code", unit, "owner", owner, "share", "1", "registered_on", "2015-03-01",
                    "appraised_fen", Long.toString(appraisedFen)));
            if (securedFen > 0) {
                row(HousingTables.MORTGAGE, values("mortgage_id", prefix + "M" + n, "unit_code", unit, "registered_on", "2018-04-02",
                        "released_on", null, "secured_fen", Long.toString(securedFen)));
            }
            if (seized) {
                row(HousingTables.SEIZURE, values("seizure_id", prefix + "S" + n, "unit_code", unit, "from_day", "2026-01-05", "until_day", null));
            }
        }
    }
}
