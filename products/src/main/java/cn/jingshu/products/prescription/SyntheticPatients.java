package cn.jingshu.products.prescription;

import cn.jingshu.products.domain.DomainNeeds;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.records.HealthTables;
import cn.jingshu.products.sandbox.TestSubject;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Makes up 200 chronic patients, the test subjects, and 40 hospitals and pharmacies with what they have. The last day is 2026-11-28. */
final class SyntheticPatients implements DomainNeeds.SyntheticData {
    private static final LocalDate LAST = LocalDate.of(2026, 11, 28);
    private static final int PEOPLE = 200;
    private static final List<String> DRUGS = List.of("氨氯地平", "二甲双胍", "阿托伐他汀", "缬沙坦", "美托洛尔", "格列美脲", "甘精胰岛素", "胺碘酮");
    private static final List<String> DISTRICTS = List.of("420802", "420804", "420822");

    @Override
    public void write(DomainNeeds.RowSink sink, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        new Rows(sink, "approve", TestSubject.APPROVE.person()).patient("420802", true).disease("I10", "氨氯地平", 28, 6).disease("E11.9", "二甲双胍", 28, 6)
                .pressure(128, 78);
        new Rows(sink, "refer", TestSubject.REFER.person()).patient("420804", true).disease("I10", "氨氯地平", 28, 3).pressure(162, 98)
                .handed("胺碘酮", LAST.minusDays(10), 28);
        new Rows(sink, "slow", TestSubject.SLOW.person()).patient("420802", true).disease("I10", "氨氯地平", 28, 6).pressure(130, 80);
        for (int i = 0; i < PEOPLE; i++) {
            LocalDate born = LocalDate.of(1940 + random.nextInt(45), 1 + i / 28 % 12, 1 + i % 28);
            Rows rows = new Rows(sink, "p" + i, ResidentId.complete("420899", born, 900 + i % 50 * 2 % 100))
                    .patient(DISTRICTS.get(random.nextInt(3)), random.nextInt(20) > 0);
            boolean pressure = random.nextBoolean();
            rows.disease(pressure ? "I10" : "E11.9", pressure ? "氨氯地平" : "二甲双胍", 28, random.nextInt(1, 7));
            if (pressure) {
                rows.pressure(115 + random.nextInt(50), 70 + random.nextInt(30));
            }
        }
        for (int i = 1; i <= 40; i++) {
            place(sink, i, i <= 10 ? "HOSPITAL" : "PHARMACY", random);
        }
    }

    private static void place(DomainNeeds.RowSink sink, int number, String kind, SplittableRandom random) {
        for (int d = 0; d < DRUGS.size(); d++) {
            Map<String, @Nullable String> values = new HashMap<>();
            values.put("institution", "%sTEST%04d".formatted(kind.charAt(0), number));
            values.put("name", (kind.equals("HOSPITAL") ? "荆门测试医院" : "荆门测试药房") + number);
            values.put("kind", kind);
            values.put("district", DISTRICTS.get(number % 2));
            values.put("drug_code", "TEST%02d".formatted(d));
            values.put("drug_name", DRUGS.get(d));
            values.put("in_stock", String.valueOf(random.nextInt(5) > 0));
            sink.row(HealthTables.INSTITUTION_DRUG, values);
        }
    }

    /** The rows of one person. */
    private static final class Rows {
        private final DomainNeeds.RowSink sink;
        private final String prefix;
        private final ResidentId person;
        private int count;

        Rows(DomainNeeds.RowSink sink, String prefix, ResidentId person) {
            this.sink = sink;
            this.prefix = prefix;
            this.person = person;
        }

        Rows patient(String district, boolean insured) {
            row(HealthTables.INSURED_PERSON, "male", String.valueOf(person.male()), "birth_year", String.valueOf(person.birthDate().getYear()),
                    "district", district, "insured", String.valueOf(insured));
            return this;
        }

        /** A diagnosis made a year ago and a drug handed out so many times up to the last day. */
        Rows disease(String code, String drug, int days, int times) {
            row(HealthTables.OUTPATIENT_VISIT, "visit_id", id(), "institution", "HTEST0001", "emergency", "false",
                    "visited_on", LAST.minusDays(360).toString(), "diagnosis_code", code);
            for (int i = times; i > 0; i--) {
                handed(drug, LAST.minusDays((long) days * i - 3), days);
            }
            return this;
        }

        Rows handed(String drug, LocalDate on, int days) {
            row(HealthTables.INSURANCE_SPENDING, "item_id", id(), "institution", "PTEST0011", "spent_on", on.toString(), "item_code", "TEST",
                    "item_name", drug, "days_supplied", String.valueOf(days), "amount_fen", "2500");
            return this;
        }

        Rows pressure(int systolic, int diastolic) {
            row(HealthTables.HYPERTENSION_FOLLOW_UP, "follow_up_id", id(), "followed_up_on", LAST.minusDays(20).toString(),
                    "systolic_mmhg", String.valueOf(systolic), "diastolic_mmhg", String.valueOf(diastolic), "treated", "true");
            return this;
        }

        private String id() {
            return "refill-" + prefix + "-" + count++;
        }

        private void row(ResourceTable table, String... pairs) {
            Map<String, @Nullable String> values = new HashMap<>();
            values.put("person", person.number());
            for (int i = 0; i < pairs.length; i += 2) {
                values.put(pairs[i], pairs[i + 1]);
            }
            sink.row(table, values);
        }
    }
}
