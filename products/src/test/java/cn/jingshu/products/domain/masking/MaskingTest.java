package cn.jingshu.products.domain.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Protection;
import cn.jingshu.products.domain.ResourceTable.Type;
import cn.jingshu.products.domain.masking.KAnonymity.Observed;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MaskingTest {
    private static final ResourceTable VISIT = new ResourceTable("visit", "A2.2.7", List.of(
            Column.of("visit_id", Type.TEXT, "编号", "id"),
            Column.subject("person", "患者", "patient"),
            Column.personal("birth_year", Type.INTEGER, Protection.PERSONAL, "出生年", "year of birth"),
            Column.personal("district", Type.TEXT, Protection.PERSONAL, "区县", "district"),
            Column.personal("visited_on", Type.DATE, Protection.PERSONAL, "日期", "day"),
            Column.personal("amount_fen", Type.INTEGER, Protection.SENSITIVE_PERSONAL, "金额", "amount, fen"),
            Column.sealed("diagnosis", "诊断", "diagnosis").optional(),
            Column.of("institution", Type.TEXT, "机构", "institution")), List.of("visit_id"), List.of());

    private static List<TableRow> visits(long seed, int people, int rows) {
        Random random = new Random(seed);
        List<TableRow> visits = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            int person = random.nextInt(people);
            Map<String, @Nullable String> row = new HashMap<>();
            row.put("visit_id", "V" + i);
            row.put("person", "token " + person);
            row.put("birth_year", Integer.toString(1930 + person % 80));
            row.put("district", List.of("420802", "420804", "420822", "420881").get(person % 4));
            row.put("visited_on", LocalDate.of(2024, 1, 1).plusDays(random.nextInt(700)).toString());
            row.put("amount_fen", Integer.toString(1_000 + random.nextInt(90_000)));
            row.put("diagnosis", i == 0 ? "a very rare illness" : i % 10 == 0 ? null : List.of("I10", "E11", "J45").get(random.nextInt(3)));
            row.put("institution", "H" + random.nextInt(5));
            visits.add(TableRow.of(row));
        }
        return visits;
    }

    private static Masking.Sample sample(long seed, int k) {
        List<TableRow> live = visits(seed, 300, 3_000);
        return new Masking(VISIT, k, new Random(seed), text -> "pseudonym " + Integer.toHexString(text.hashCode())).mask(live, subject -> subject.hashCode() % 2 == 0);
    }

    @Test
    void nobodyStandsInAClassOfFewerThanK() {
        for (long seed = 1; seed <= 5; seed++) {
            Masking.Sample sample = sample(seed, 5);
            assertThat(sample.rows()).hasSizeGreaterThan(1_000);
            Map<List<String>, Set<String>> classes = new HashMap<>();
            for (TableRow row : sample.rows()) {
                classes.computeIfAbsent(Stream.of("birth_year", "district", "visited_on").map(name -> String.valueOf(row.get(name))).toList(),
                        _ -> new HashSet<>()).add(String.valueOf(row.get("person")));
            }
            assertThat(classes.values()).as("seed %d", seed).allMatch(subjects -> subjects.size() >= 5);
            assertThat(sample.measure().k()).isGreaterThanOrEqualTo(5);
            assertThat(sample.measure().populationK()).isGreaterThanOrEqualTo(sample.measure().k());
            assertThat(sample.measure().highestRisk()).isLessThanOrEqualTo(0.2);
            assertThat(sample.leftOut()).isLessThan(sample.rows().size() / 10);
        }
    }

    @Test
    void nothingThatNamesAPersonOrARowIsLeft() {
        Set<String> live = visits(3, 300, 3_000).stream().flatMap(row -> Stream.of(String.valueOf(row.get("person")), String.valueOf(row.get("visit_id"))))
                .collect(Collectors.toSet());
        for (TableRow row : sample(3, 5).rows()) {
            assertThat(live).doesNotContain(String.valueOf(row.get("person")), String.valueOf(row.get("visit_id")));
            assertThat(row.get("diagnosis")).isNotEqualTo("a very rare illness");
            assertThat(row.get("institution")).startsWith("H");
        }
    }

    @Test
    void valuesKeepTheirTypesAndSensitiveOnesAreCoarse() {
        Set<String> amounts = new HashSet<>();
        for (TableRow row : sample(4, 5).rows()) {
            assertThat(LocalDate.parse(String.valueOf(row.get("visited_on"))).getDayOfMonth()).isEqualTo(1);
            assertThat(new BigDecimal(String.valueOf(row.get("birth_year"))).scale()).isZero();
            amounts.add(String.valueOf(row.get("amount_fen")));
        }
        assertThat(amounts).hasSizeBetween(2, 33);
    }

    /** A sensitive text tells nothing of the row it stands in: with the same person and amount another diagnosis stands there as often as chance has it. */
    @Test
    void sensitiveTextsAreDealtOutAnew() {
        List<TableRow> live = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Map<String, @Nullable String> row = new HashMap<>(visits(9, 1, 1).getFirst().values());
            row.put("visit_id", "V" + i);
            row.put("person", "token " + i);
            row.put("institution", i % 2 == 0 ? "even" : "odd");
            row.put("diagnosis", i % 2 == 0 ? "I10" : "E11");
            live.add(TableRow.of(row));
        }
        Masking.Sample sample = new Masking(VISIT, 5, new Random(1), text -> "p" + text).mask(live, _ -> true);
        long together = sample.rows().stream().filter(row -> "even".equals(row.get("institution")) && "I10".equals(row.get("diagnosis"))).count();
        assertThat(together).isBetween(400L, 600L);
    }

    @Test
    void whoHasNoSubjectIsJudgedByTheRow() {
        ResourceTable flat = new ResourceTable("flat", "A2.4.1", List.of(Column.of("unit", Type.TEXT, "单元", "unit"),
                Column.personal("area_m2", Type.DECIMAL, Protection.PERSONAL, "面积", "area, m²")), List.of("unit"), List.of());
        List<TableRow> live = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            live.add(TableRow.of(Map.of("unit", "U" + i, "area_m2", "5" + i % 10 + "." + i)));
        }
        Masking.Sample sample = new Masking(flat, 10, new Random(1), text -> text).mask(live, _ -> true);
        assertThat(sample.measure().k()).isGreaterThanOrEqualTo(10);
        assertThat(sample.rows()).hasSizeGreaterThan(180);
    }

    private static final ResourceTable DEED = new ResourceTable("deed", "A2.5.1", List.of(
            Column.of("deed_id", Type.TEXT, "编号", "id"),
            Column.of("unit_code", Type.TEXT, "单元", "unit"),
            Column.subject("owner", "权利人", "owner"),
            Column.of("kind", Type.TEXT, "类型", "kind"),
            Column.of("appraised_fen", Type.INTEGER, "评估价值", "appraised value, fen"),
            Column.of("died", Type.BOOLEAN, "是否死亡", "died"),
            Column.personal("debt_fen", Type.INTEGER, Protection.SENSITIVE_PERSONAL, "债务", "debt, fen")), List.of("deed_id"), List.of());

    private static List<TableRow> deeds() {
        List<TableRow> deeds = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            Map<String, @Nullable String> row = new HashMap<>();
            row.put("deed_id", "D" + i);
            row.put("unit_code", "unit " + i / 2); // two owners of each
            row.put("owner", "token " + i);
            row.put("kind", i == 0 ? "ODD" : i % 2 == 0 ? "SALE" : "LEASE");
            row.put("appraised_fen", Integer.toString(i == 7 ? 900_000_000 : 1_000_000 + 997 * i));
            row.put("died", Boolean.toString(i % 3 == 0));
            row.put("debt_fen", Integer.toString(i == 9 ? 2_000_000_000 : i == 10 ? -5_000_000 : i < 200 ? 100 * i : 1_000_000 + 100 * i));
            deeds.add(TableRow.of(row));
        }
        return deeds;
    }

    private static Map<String, Set<String>> ownersOf(List<TableRow> rows, List<String> columns) {
        Map<String, Set<String>> owners = new HashMap<>();
        rows.forEach(row -> owners.computeIfAbsent(columns.stream().map(name -> String.valueOf(row.get(name))).toList().toString(), _ -> new HashSet<>())
                .add(String.valueOf(row.get("owner"))));
        return owners;
    }

    @Test
    void aCodeThatLeadsToFewPeopleIsRenamedAndWhatMoreShareIsCountedInTheClasses() {
        Masking.Sample sample = new Masking(DEED, 5, new Random(1), text -> "p" + text.hashCode()).mask(deeds(), _ -> true);
        assertThat(sample.rows()).hasSizeGreaterThan(350);
        assertThat(sample.rows()).noneMatch(row -> String.valueOf(row.get("unit_code")).startsWith("unit ") || "ODD".equals(row.get("kind")));
        assertThat(sample.rows().stream().map(row -> row.get("kind")).collect(Collectors.toSet())).contains("SALE", "LEASE");
        assertThat(ownersOf(sample.rows(), List.of("unit_code")).values()).as("one value has one name").allMatch(owners -> owners.size() <= 2)
                .anyMatch(owners -> owners.size() == 2);
        assertThat(ownersOf(sample.rows(), List.of("kind", "appraised_fen", "died")).values()).allMatch(owners -> owners.size() >= 5);
        assertThat(sample.rows().stream().mapToLong(row -> Long.parseLong(String.valueOf(row.get("appraised_fen")))).max().orElseThrow())
                .isLessThan(1_500_000);
        assertThat(sample.measure().k()).isGreaterThanOrEqualTo(5);
        assertThat(sample.columns()).extracting(MaskedColumn::how).containsExactly(MaskedColumn.How.ROW_RENAMED, MaskedColumn.How.RARE_RENAMED,
                MaskedColumn.How.PSEUDONYM, MaskedColumn.How.RARE_RENAMED, MaskedColumn.How.COARSER, MaskedColumn.How.COARSER,
                MaskedColumn.How.SENSITIVE_COARSER);
    }

    @Test
    void whatHasAPseudonymInAnotherTableHasItHereToo() {
        Masking.Sample sample = new Masking(DEED, 5, new Random(1), text -> "p" + text,
                (column, value) -> column.equals("kind") && value.equals("SALE")).mask(deeds(), _ -> true);
        assertThat(sample.rows().stream().map(row -> row.get("kind")).collect(Collectors.toSet())).contains("LEASE", "pSALE").doesNotContain("SALE");
    }

    @Test
    void numbersThatFewShareAreCutAtTheEndsAndMovedBetween() {
        List<TableRow> live = new ArrayList<>(deeds());
        live.set(250, live.get(250).with("debt_fen", "500000")); // alone in the middle
        Masking.Sample sample = new Masking(DEED, 5, new Random(1), text -> "p" + text).mask(live, _ -> true);
        Map<String, Set<String>> debts = ownersOf(sample.rows(), List.of("debt_fen"));
        assertThat(debts).as("the two heaps alone").hasSize(2);
        assertThat(debts.values()).allMatch(owners -> owners.size() >= 4); // of the 5 of the table some may not be in the sample
        assertThat(sample.rows().stream().mapToLong(row -> Long.parseLong(String.valueOf(row.get("debt_fen")))).summaryStatistics()).satisfies(all -> {
            assertThat(all.getMax()).isLessThan(1_100_000);
            assertThat(all.getMin()).isGreaterThan(-100_000);
        });
    }

    @Test
    void rowsWhoseKeysBecomeOneDoNotBothStay() {
        ResourceTable monthly = new ResourceTable("monthly", "A2.6.1", List.of(Column.subject("owner", "人", "person"),
                Column.of("month", Type.INTEGER, "月", "month")), List.of("owner", "month"), List.of());
        List<TableRow> live = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            live.add(TableRow.of(Map.of("owner", "token " + i % 30, "month", Integer.toString(i))));
        }
        Masking.Sample sample = new Masking(monthly, 5, new Random(1), text -> "p" + text).mask(live, _ -> true);
        assertThat(sample.rows()).isNotEmpty().doesNotHaveDuplicates();
        assertThat(sample.leftOut()).isEqualTo(600 - sample.rows().size());
        assertThat(sample.measure().k()).isGreaterThanOrEqualTo(5);
    }

    @Test
    void rowsOfSeveralTablesTogetherAreMeasured() {
        Histories histories = new Histories();
        assertThat(histories.unique()).isZero();
        for (int i = 0; i < 100; i++) {
            histories.know("token " + i, "first", "person", List.of("class " + i % 10));
            if (i % 2 == 0) {
                histories.show("token " + i);
            }
        }
        assertThat(histories.unique()).as("ten share each class").isZero();
        for (int i = 0; i < 100; i++) {
            histories.know("token " + i, "second", "person", List.of("class " + i / 10));
            histories.know("token " + i, "second", "person", List.of("class " + i / 10));
        }
        assertThat(histories.unique()).as("nobody else has both").isEqualTo(1);
    }

    /** Who owns what hides in a hundred; the mortgages of the dwellings do not. */
    @Test
    void aTableThatNamesNobodyIsMeasuredThroughWhatItIsJoinedBy() {
        ResourceTable deed = new ResourceTable("deed", "A2.5.1", List.of(Column.of("unit_code", Type.TEXT, "单元", "unit"),
                Column.subject("owner", "权利人", "owner")), List.of("unit_code", "owner"), List.of());
        ResourceTable mortgage = new ResourceTable("mortgage", "A2.5.4", List.of(Column.of("mortgage_id", Type.TEXT, "编号", "id"),
                Column.of("unit_code", Type.TEXT, "单元", "unit"), Column.personal("amount", Type.INTEGER, Protection.PERSONAL, "金额", "amount")),
                List.of("mortgage_id"), List.of());
        List<TableRow> deeds = new ArrayList<>();
        List<TableRow> mortgages = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            deeds.add(TableRow.of(Map.of("unit_code", "unit " + i, "owner", "token " + i)));
            for (int m = 0; m <= (i < 50 ? 0 : i - 49); m++) { // fifty have one, each of the others another number of them
                mortgages.add(TableRow.of(Map.of("mortgage_id", "m " + i + "-" + m, "unit_code", "unit " + i, "amount", "1000")));
            }
        }
        Histories apart = new Histories();
        Histories together = new Histories();
        together.joinBy(Set.of("unit_code"));
        for (Histories histories : List.of(apart, together)) {
            for (ResourceTable table : List.of(deed, mortgage)) {
                new Masking(table, 5, new Random(1), text -> "p" + text).mask(table.equals(deed) ? deeds : mortgages, _ -> true, histories);
            }
        }
        assertThat(apart.unique()).as("what was measured before").isZero();
        assertThat(together.unique()).isEqualTo(0.5);
    }

    @Test
    void anEmptyTableGivesAnEmptySample() {
        Masking.Sample sample = new Masking(VISIT, 5, new Random(1), text -> text).mask(List.of(), _ -> true);
        assertThat(sample.rows()).isEmpty();
        assertThat(sample.measure().k()).isZero();
        assertThatThrownBy(() -> new Masking(VISIT, 1, new Random(1), text -> text)).isInstanceOf(IllegalArgumentException.class);
    }

    // The measure -------------------------------------------------------------------------------------------------------------------------

    private static Observed row(String subject, String quasi, String sensitive) {
        return new Observed(subject, List.of(quasi), List.of(sensitive));
    }

    @Test
    void theMeasureCountsSubjectsNotRows() {
        List<Observed> sample = List.of(row("a", "x", "1"), row("a", "x", "2"), row("b", "x", "3"), row("c", "y", "1"), row("d", "y", "1"));
        List<Observed> population = new ArrayList<>(sample);
        population.add(row("e", "x", "1"));
        population.add(row("f", "y", "1"));
        population.add(row("g", "y", "1"));
        KAnonymity measure = KAnonymity.of(sample, population);
        assertThat(measure.rows()).isEqualTo(5);
        assertThat(measure.subjects()).isEqualTo(4);
        assertThat(measure.k()).isEqualTo(2);
        assertThat(measure.populationK()).isEqualTo(3);
        assertThat(measure.l()).as("both of class y have the same").isEqualTo(1);
        assertThat(measure.highestRisk()).isEqualTo(1.0 / 3);
        assertThat(measure.averageRisk()).isEqualTo((3 / 3.0 + 2 / 4.0) / 5);
        assertThat(measure.uniqueHistories()).isZero();
    }

    @Test
    void rowsThatTogetherBelongToOneSubjectAreSaid() {
        List<Observed> rows = List.of(row("a", "x", ""), row("a", "y", ""), row("b", "x", ""), row("c", "x", ""), row("d", "y", ""), row("e", "y", ""));
        KAnonymity measure = KAnonymity.of(rows, rows);
        assertThat(measure.k()).isEqualTo(3);
        assertThat(measure.uniqueHistories()).as("a alone has x and y").isEqualTo(0.2);
    }

    @Test
    void stepsLeadFromTheValueToOneForAll() {
        Column day = Column.of("day", Type.DATE, "日", "day");
        Generalisation days = Generalisation.of(day, List.of("1987-06-05", "2003-02-01"));
        assertThat(Stream.of(0, 1, 2, 3, 4).map(level -> days.at(level, "1987-06-05")).toList())
                .containsExactly("1987-06-05", "1987-06-01", "1987-01-01", "1980-01-01", "2000-01-01");
        Generalisation years = Generalisation.of(Column.of("year", Type.INTEGER, "年", "year"), List.of("1930", "2010"));
        assertThat(Stream.of(0, 1, 2, 3).map(level -> years.at(level, "1987")).toList()).containsExactly("1987", "1985", "1980", "1970");
        Generalisation areas = Generalisation.of(Column.of("area", Type.TEXT, "区", "area"), List.of("420802", "420822"));
        assertThat(Stream.of(0, 1, 2, 3).map(level -> areas.at(level, "420822")).toList()).containsExactly("420822", "420800", "420000", "*");
        Generalisation texts = Generalisation.of(Column.of("text", Type.TEXT, "文", "text").optional(), List.of("a", "b"));
        assertThat(texts.at(1, "a")).isNull();
        assertThat(texts.at(0, null)).isNull();
    }
}
