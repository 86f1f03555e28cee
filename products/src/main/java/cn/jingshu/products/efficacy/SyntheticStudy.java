package cn.jingshu.products.efficacy;

import cn.jingshu.products.domain.DomainNeeds;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.identifier.Uscc;
import cn.jingshu.products.records.HealthTables;
import cn.jingshu.products.sandbox.TestSubject;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Makes up 1,200 people with diabetes or hypertension, their drugs, visits and stays from 2021 to the middle of 2026. Two effects
 * are put in, so that an integrator sees something: 格列美脲 brings low blood sugar (E16), 卡托普利 a cough (R05); older people are
 * given 格列美脲 more often, so the plain comparison is confounded.
 */
final class SyntheticStudy implements DomainNeeds.SyntheticData {
    private static final int PEOPLE = 1_200;
    private static final LocalDate FIRST = LocalDate.of(2021, 1, 1);
    private static final LocalDate LAST = LocalDate.of(2026, 6, 30);
    private static final LocalDate STARTS = LocalDate.of(2022, 1, 1);
    private static final int START_DAYS = 1_095;
    private static final String OTHER_HOLDER = Uscc.complete("91", "420899", "TEXT9001").code();

    private record Drug(String name, String approval, String holder, boolean onMarket) {}

    private static final List<Drug> DRUGS = List.of(
            new Drug("二甲双胍", "国药准字H99990001", TestSubject.APPROVE.enterprise().code(), true),
            new Drug("格列美脲", "国药准字H99990002", TestSubject.APPROVE.enterprise().code(), true),
            new Drug("卡托普利", "国药准字H99990003", TestSubject.APPROVE.enterprise().code(), true),
            new Drug("氨氯地平", "国药准字H99990004", OTHER_HOLDER, true),
            new Drug("缬沙坦", "国药准字H99990005", TestSubject.REFER.enterprise().code(), true),
            new Drug("阿托伐他汀", "国药准字H99990006", OTHER_HOLDER, true),
            new Drug("二甲双胍", "国药准字H99990007", TestSubject.SLOW.enterprise().code(), true),
            new Drug("丙谷胺", "国药准字H99990008", OTHER_HOLDER, false));

    /** Diagnoses that come to everybody alike, each to a share of the people in a year. */
    private static final List<String> EVERYDAY =
            List.of("J06.9", "K29.5", "M54.5", "N39.0", "H25.9", "R51", "I21.9", "I50.0", "J44.1", "L20.9", "R05", "E16.2");

    @Override
    public void write(DomainNeeds.RowSink sink, long seed) {
        for (Drug drug : DRUGS) {
            sink.row(MarketTables.MARKET_DRUG, Map.of("approval_number", drug.approval(), "generic_name", drug.name(),
                    "holder", drug.holder(), "on_market", String.valueOf(drug.onMarket())));
        }
        for (int i = 0; i < PEOPLE; i++) {
            new Patient(sink, i, new SplittableRandom(seed * 1_000_003 + i)).write();
        }
    }

    /** One made-up person. */
    private static final class Patient {
        private final DomainNeeds.RowSink sink;
        private final SplittableRandom random;
        private final String person;
        private final boolean male;
        private final int birthYear;
        private final int number;
        private LocalDate last = LAST; // of what is known of the person
        private int rows;

        Patient(DomainNeeds.RowSink sink, int number, SplittableRandom random) {
            this.sink = sink;
            this.random = random;
            this.number = number;
            birthYear = 1936 + random.nextInt(50);
            male = random.nextBoolean();
            // nobody else's: the area is given to nobody, and the sequence with the day is this person's own
            LocalDate born = LocalDate.of(birthYear, 1 + number / 100 % 12, 10 + number % 10);
            person = ResidentId.complete("420899", born, 100 + number % 400 * 2 + (male ? 1 : 0)).number();
        }

        void write() {
            row(HealthTables.INSURED_PERSON, "male", String.valueOf(male), "birth_year", String.valueOf(birthYear), "district", "420804",
                    "insured", "true");
            if (random.nextDouble() < 0.3) {
                stay(FIRST.plusDays(random.nextInt(1_980)), random.nextDouble() < 0.15);
            }
            boolean diabetic = random.nextDouble() < 0.6;
            boolean hypertensive = !diabetic || random.nextDouble() < 0.5;
            if (diabetic) {
                visit(FIRST.plusDays(random.nextInt(300)), "E11.9");
                boolean old = birthYear < 1958;
                boolean second = random.nextDouble() < (old ? 0.6 : 0.3);
                LocalDate from = start();
                dispense(from, second ? "格列美脲" : "二甲双胍");
                after(from, "E16.2", second ? 0.25 : 0.03);
                after(from, "K85.9", 0.02); // so rare that it is never told
                after(from, "I21.9", (old ? 0.12 : 0.05) + (second ? 0.02 : 0));
            }
            if (hypertensive) {
                visit(FIRST.plusDays(random.nextInt(300)), "I10");
                LocalDate from = start();
                double choice = random.nextDouble();
                String drug = choice < 0.35 ? "卡托普利" : choice < 0.7 ? "氨氯地平" : "缬沙坦";
                dispense(from, drug);
                after(from, "R05", drug.equals("卡托普利") ? 0.3 : 0.05);
            }
            if (random.nextDouble() < 0.3) {
                dispense(start(), "阿托伐他汀");
            }
            for (int visits = 2 + random.nextInt(4); visits > 0; visits--) {
                visit(FIRST.plusDays(random.nextInt(2_000)), EVERYDAY.get(random.nextInt(EVERYDAY.size())));
            }
        }

        private LocalDate start() {
            return STARTS.plusDays(random.nextInt(START_DAYS));
        }

        private void after(LocalDate from, String code, double share) {
            if (random.nextDouble() < share) {
                visit(from.plusDays(1 + random.nextInt(330)), code);
            }
        }

        private void dispense(LocalDate from, String drug) {
            int times = 1 + random.nextInt(3);
            for (int i = 0; i < times; i++) {
                LocalDate on = from.plusDays(28L * i);
                if (!on.isAfter(last)) {
                    row(HealthTables.INSURANCE_SPENDING, "item_id", id(), "institution", "T420800001", "spent_on", on.toString(),
                            "item_code", "TEST" + Math.floorMod(drug.hashCode(), 10_000), "item_name", drug, "days_supplied", "28",
                            "amount_fen", String.valueOf(1_000 + random.nextInt(9_000)));
                }
            }
        }

        private void visit(LocalDate on, String code) {
            if (!on.isAfter(last)) {
                row(HealthTables.OUTPATIENT_VISIT, "visit_id", id(), "institution", "T420800002", "emergency", "false",
                        "visited_on", on.toString(), "diagnosis_code", code);
            }
        }

        private void stay(LocalDate on, boolean died) {
            LocalDate discharged = on.plusDays(3 + random.nextInt(12));
            last = died ? discharged : last;
            row(HealthTables.DISCHARGE, "stay_id", id(), "institution", "T420800003", "admitted_on", on.toString(),
                    "discharged_on", discharged.toString(), "diagnosis_code", "I50.0", "further_diagnoses", "J44.1",
                    "total_fen", String.valueOf(300_000 + random.nextInt(900_000)), "insured_fen", "200000", "died", String.valueOf(died));
        }

        private String id() {
            return "study-%04d-%03d".formatted(number, rows++);
        }

        private void row(ResourceTable table, String... pairs) {
            Map<String, @Nullable String> values = new HashMap<>();
            values.put("person", person);
            for (int i = 0; i < pairs.length; i += 2) {
                values.put(pairs[i], pairs[i + 1]);
            }
            sink.row(table, values);
        }
    }
}
