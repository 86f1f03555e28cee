package cn.jingshu.products.claims;

import cn.jingshu.products.domain.DomainNeeds.RowSink;
import cn.jingshu.products.domain.DomainNeeds.SyntheticData;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.records.HealthTables;
import cn.jingshu.products.sandbox.TestSubject;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes up stays, visits and operations of {@value #PEOPLE} people in twelve hospitals during 2026, and of the test subjects. */
final class SyntheticStays implements SyntheticData {
    static final int PEOPLE = 260;
    /** APPROVE's one stay: the example of the documentation claims it. */
    static final LocalDate APPROVED_ADMISSION = LocalDate.of(2026, 5, 4);

    private static final String AREA = "420899";
    private static final LocalDate YEAR = LocalDate.of(2026, 1, 1);
    private static final List<String> HOSPITALS = List.of("JM-H01", "JM-H02", "JM-H03", "JM-H04", "JM-H05", "JM-H06",
            "JM-H07", "JM-H08", "JM-H09", "JM-H10", "JM-H11", "JM-H12");
    private static final List<String> CODES = List.of("J18.9", "K35.8", "I63.9", "S72.0", "K80.2", "E11.9");

    @Override
    public void write(RowSink sink, long seed) {
        var writer = new Writer(sink, seed);
        String approved = TestSubject.APPROVE.person().number();
        writer.stay(approved, "JM-H01", APPROVED_ADMISSION, 7, 1_230_000, false);
        writer.visit(approved, "JM-H01", APPROVED_ADMISSION.minusDays(3));
        writer.refer(TestSubject.REFER.person().number());
        writer.stay(TestSubject.SLOW.person().number(), "JM-H02", YEAR.plusDays(60), 5, 900_000, false);
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

        /** REFER: overlaps at two hospitals, a repeat, a readmission, visits and an operation elsewhere, a charge beyond all. */
        void refer(String person) {
            stay(person, "JM-H03", LocalDate.of(2026, 3, 2), 9, 1_400_000, false);
            stay(person, "JM-H04", LocalDate.of(2026, 3, 8), 6, 1_100_000, false);
            stay(person, "JM-H03", LocalDate.of(2026, 4, 1), 5, 700_000, false);
            stay(person, "JM-H03", LocalDate.of(2026, 4, 1), 5, 700_000, false);
            stay(person, "JM-H05", LocalDate.of(2026, 7, 1), 4, 48_000_000, false);
            visit(person, "JM-C13", LocalDate.of(2026, 3, 5));
            operation(person, "JM-H06", LocalDate.of(2026, 7, 3));
        }

        void someone(int number) {
            LocalDate birth = LocalDate.of(1946 + random.nextInt(60), 1 + random.nextInt(12), 1 + random.nextInt(28));
            String person = ResidentId.complete(AREA, birth, 400 + number).number();
            int stays = 1 + random.nextInt(2);
            for (int i = 0; i < stays; i++) {
                int days = 3 + random.nextInt(10);
                LocalDate admitted = YEAR.plusDays(10 + 150L * i + random.nextInt(100));
                long fen = Math.round(days * 130_000 * Math.exp(0.25 * random.nextGaussian()));
                String hospital = HOSPITALS.get(number % HOSPITALS.size());
                stay(person, hospital, admitted, days, fen, number % 97 == 0 && i == stays - 1);
                visit(person, hospital, admitted.minusDays(2));
            }
        }

        void stay(String person, String hospital, LocalDate admitted, int days, long fen, boolean died) {
            put(HealthTables.DISCHARGE, "stay_id", Map.of("person", person, "institution", hospital, "admitted_on", admitted.toString(),
                    "discharged_on", admitted.plusDays(days).toString(), "diagnosis_code", CODES.get(random.nextInt(CODES.size())),
                    "total_fen", Long.toString(fen), "insured_fen", Long.toString(fen * 6 / 10), "died", Boolean.toString(died)));
        }

        void visit(String person, String institution, LocalDate on) {
            put(HealthTables.OUTPATIENT_VISIT, "visit_id", Map.of("person", person, "institution", institution, "emergency", "false",
                    "visited_on", on.toString(), "diagnosis_code", CODES.get(random.nextInt(CODES.size()))));
        }

        private void operation(String person, String institution, LocalDate on) {
            put(HealthTables.OPERATION, "operation_id", Map.of("person", person, "institution", institution, "operated_on", on.toString(),
                    "operation_code", "47.01"));
        }

        private void put(ResourceTable table, String key, Map<String, String> values) {
            Map<String, @Nullable String> all = new HashMap<>(values);
            all.put(key, "CL-%06d".formatted(row++)); // the prefix keeps rows of several products apart
            sink.row(table, all);
        }
    }
}
