package cn.jingshu.products.domain;

import static cn.jingshu.products.domain.Trees.LIVE;
import static cn.jingshu.products.domain.Trees.SANDBOX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.domain.masking.KAnonymity;
import cn.jingshu.products.domain.masking.MaskedColumn;
import cn.jingshu.products.sandbox.TestSubject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is in a sandbox twin, and what its report says of it; and what a change of keys does. */
class SandboxTwinIT {
    @Test
    void aTwinIsMadeUpAndSaysSoUntilASampleIsAskedFor() {
        try (TestDomain domain = TestDomain.start()) {
            ProductData data = domain.open(Trees.needs());
            domain.loadLive(Trees.needs(), 7);
            TwinReport made = domain.domain().findTwinReport("garden", 1).orElseThrow();
            assertThat(made.synthetic()).isTrue();
            assertThat(made.tables()).extracting(TwinReport.Table::table).containsExactly("nest", "tree");
            assertThat(made.tables()).allMatch(table -> table.risk() == null);
            assertThat(made.tables().getLast().rows()).isEqualTo(2_500);

            TwinReport sampled = domain.domain().sampleTwin("garden", 1, 0.5, 5);
            assertThat(domain.domain().findTwinReport("garden", 1)).contains(sampled);
            assertThat(sampled.synthetic()).isFalse();
            KAnonymity risk = Objects.requireNonNull(
                    sampled.tables().stream().filter(table -> table.table().equals("tree")).findFirst().orElseThrow().risk());
            assertThat(risk.k()).isGreaterThanOrEqualTo(5);
            assertThat(risk.subjects()).isBetween(25L, 75L);
            Set<String> live = new HashSet<>(JdbcDataDomainIT.texts(data, LIVE, "SELECT keeper FROM tree UNION SELECT tree_id FROM tree"));
            List<String> twin = JdbcDataDomainIT.texts(data, SANDBOX, "SELECT keeper FROM tree UNION SELECT tree_id FROM tree");
            assertThat(twin).hasSizeGreaterThan(500);
            twin.removeIf(each -> each.equals(data.token(TestSubject.APPROVE.person().number())));
            assertThat(live).doesNotContainAnyElementsOf(twin);
            String illness = JdbcDataDomainIT.await(data, SANDBOX, s -> s.select("SELECT illness FROM tree WHERE illness IS NOT NULL LIMIT 1",
                    row -> row.sealed("illness"))).getFirst();
            assertThat(illness).startsWith("霉病");
            assertThat(JdbcDataDomainIT.texts(data, SANDBOX, "SELECT tree_id FROM tree WHERE keeper = ?",
                    data.token(TestSubject.APPROVE.person().number()))).as("the test subject").containsExactly("T" + JdbcDataDomain.SANDBOX_SEED + "-0");

            assertThatThrownBy(() -> domain.domain().sampleTwin("garden", 1, 0, 5)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> domain.domain().sampleTwin("garden", 1, 0.5, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> domain.domain().sampleTwin("other", 1, 0.5, 5)).isInstanceOf(IllegalArgumentException.class);
            assertThat(domain.domain().findTwinReport("garden", 1)).as("a failure changes nothing").contains(sampled);
            try (JdbcDataDomain restarted = domain.domain(Clock.systemUTC(), DomainSettings.USUAL)) {
                restarted.open(Trees.needs());
                assertThat(restarted.findTwinReport("garden", 1)).contains(sampled);
            }
        }
    }

    @Test
    void aSampleKeepsToItsTermsOrTheTwinStaysWhatItWas() {
        try (TestDomain domain = TestDomain.start()) {
            ProductData data = domain.open(Trees.needs());
            domain.loadLive(Trees.needs(), 7);
            JdbcDataDomain jdbc = domain.domain();
            assertThat(jdbc.twins()).containsExactly(new JdbcDataDomain.Twin("garden", 1, true, false));
            List<String> before = JdbcDataDomainIT.texts(data, SANDBOX, "SELECT tree_id FROM tree");

            SampleOutcome.Withheld small = (SampleOutcome.Withheld) jdbc.sampleTwin("garden", 1, new TwinRecord.Terms(1_000, 3, 60, 1), false, "a test", null,
                    TwinProgress.NONE);
            TwinRecord measured = Objects.requireNonNull(small.record());
            assertThat(measured.kind()).isEqualTo(TwinRecord.Kind.WITHHELD);
            assertThat(measured.report().k()).isBetween(3L, 59L);
            assertThat(small.zh()).contains("60");
            assertThat(JdbcDataDomainIT.texts(data, SANDBOX, "SELECT tree_id FROM tree")).containsExactlyInAnyOrderElementsOf(before);
            assertThat(jdbc.findTwinRecord("garden", 1).orElseThrow().kind()).isEqualTo(TwinRecord.Kind.SYNTHETIC);

            Set<String> steps = new HashSet<>();
            SampleOutcome.Drawn drawn = (SampleOutcome.Drawn) jdbc.sampleTwin("garden", 1, new TwinRecord.Terms(1_000, 5, 5, 0), false, "a test", "decision 7",
                    (table, step, rows) -> steps.add(table + " " + step));
            assertThat(steps).contains("tree READING", "tree MASKING", "tree WRITTEN", "nest WRITTEN");
            TwinRecord record = drawn.record();
            TwinReport.Table trees = record.report().tables().getLast();
            assertThat(trees.rows()).as("about so many as were asked for").isBetween(600L, 1_400L);
            assertThat(record.report().k()).isGreaterThanOrEqualTo(5);
            assertThat(trees.classes()).isNotEmpty().allMatch(size -> size.subjects() >= 5);
            assertThat(trees.classes().stream().mapToLong(KAnonymity.ClassSize::rows).sum()).isEqualTo(trees.rows());
            assertThat(trees.columns()).extracting(MaskedColumn::how).containsExactly(MaskedColumn.How.ROW_RENAMED, MaskedColumn.How.PSEUDONYM,
                    MaskedColumn.How.DEALT_OUT, MaskedColumn.How.COARSER, MaskedColumn.How.COARSER, MaskedColumn.How.COARSER,
                    MaskedColumn.How.COARSER, MaskedColumn.How.COARSER);
            assertThat(record.approval()).isEqualTo("decision 7");
            assertThat(record.isIntact()).isTrue();
            assertThat(jdbc.findTwinRecord("garden", 1)).contains(record);

            TestDomain.run(domain.owner(), "UPDATE domain_keeping.newest_load SET synthetic = false");
            assertThat(jdbc.twins()).containsExactly(new JdbcDataDomain.Twin("garden", 1, true, true));
            SampleOutcome.Withheld atRisk = (SampleOutcome.Withheld) jdbc.sampleTwin("garden", 1, new TwinRecord.Terms(1_000, 5, 5, 0), true, "a test", null,
                    TwinProgress.NONE);
            assertThat(Objects.requireNonNull(atRisk.record()).report().shareAtRisk()).as("many trees of one keeper together").isPositive();

            assertThat(jdbc.makeUpTwin("garden", 1, "a test").kind()).isEqualTo(TwinRecord.Kind.SYNTHETIC);
            assertThat(JdbcDataDomainIT.texts(data, SANDBOX, "SELECT tree_id FROM tree")).containsExactlyInAnyOrderElementsOf(before);
            assertThat(jdbc.twinRecords("garden", null, 10)).extracting(TwinRecord::kind).containsExactly(TwinRecord.Kind.SYNTHETIC,
                    TwinRecord.Kind.WITHHELD, TwinRecord.Kind.SAMPLED, TwinRecord.Kind.WITHHELD, TwinRecord.Kind.SYNTHETIC);
            assertThatThrownBy(() -> domain.execute("UPDATE domain_keeping.twin_history SET digest = repeat('0', 64)"))
                    .hasMessageContaining("only ever added to");
        }
    }

    /** Rows of real people that are loaded while it is drawn are in no sample that nobody approved for them. */
    @Test
    void realPeopleAreNotSampledUnapprovedWheneverTheyCame() {
        try (TestDomain domain = TestDomain.start()) {
            domain.open(Trees.needs());
            domain.loadLive(Trees.needs(), 7);
            JdbcDataDomain jdbc = domain.domain();
            TwinRecord.Terms terms = new TwinRecord.Terms(1_000, 5, 5, 1);
            SampleOutcome.Withheld between = (SampleOutcome.Withheld) jdbc.sampleTwin("garden", 1, terms, false, "a test", null, (table, step, _) -> {
                if (table.equals("nest") && step == TwinProgress.Step.READING) {
                    TestDomain.run(domain.owner(), "UPDATE domain_keeping.newest_load SET synthetic = false");
                }
            });
            assertThat(between.record()).isNull();
            assertThat(between.en()).contains("another person has to approve it");
            assertThat(jdbc.findTwinRecord("garden", 1).orElseThrow().kind()).as("the twin is what it was").isEqualTo(TwinRecord.Kind.SYNTHETIC);
            assertThat(jdbc.sampleTwin("garden", 1, terms, false, "a test", null, TwinProgress.NONE)).isInstanceOf(SampleOutcome.Withheld.class);
            assertThat(jdbc.sampleTwin("garden", 1, terms, true, "a test", "decision 8", TwinProgress.NONE)).isInstanceOf(SampleOutcome.Drawn.class);
        }
    }

    /** One code leads to one owner in one table, and has many rows in the other; nobody stands out in one table, everybody in both. */
    @Test
    void tablesOfOneTwinFitTogetherAndAreMeasuredTogether() {
        ResourceTable deed = new ResourceTable("deed", "A2.5.1", List.of(
                ResourceTable.Column.of("unit_code", ResourceTable.Type.TEXT, "单元", "unit"),
                ResourceTable.Column.subject("owner", "权利人", "owner"),
                ResourceTable.Column.of("kind", ResourceTable.Type.TEXT, "类型", "kind")), List.of("unit_code", "owner"), List.of());
        ResourceTable lien = new ResourceTable("lien", "A2.5.4", List.of(
                ResourceTable.Column.of("lien_id", ResourceTable.Type.TEXT, "编号", "id"),
                ResourceTable.Column.of("unit_code", ResourceTable.Type.TEXT, "单元", "unit"),
                ResourceTable.Column.subject("debtor", "债务人", "debtor"),
                ResourceTable.Column.of("bank", ResourceTable.Type.TEXT, "银行", "bank")), List.of("lien_id"), List.of());
        DomainNeeds needs = new DomainNeeds("deeds", 1, Map.of(deed, List.of("unit_code", "owner", "kind"),
                lien, List.of("lien_id", "unit_code", "debtor", "bank")), null, (sink, seed) -> {
            for (int i = 0; i < 100; i++) {
                sink.row(deed, Map.of("unit_code", "unit " + i, "owner", "person " + i, "kind", "kind " + i % 10));
                sink.row(lien, Map.of("lien_id", "lien " + i, "unit_code", "unit " + i / 10, "debtor", "person " + i, "bank", "bank " + i / 10));
            }
        });
        try (TestDomain domain = TestDomain.start()) {
            ProductData data = domain.open(needs);
            domain.loadLive(needs, 7);
            TwinReport report = domain.domain().sampleTwin("deeds", 1, 1, 5);
            assertThat(report.tables()).extracting(TwinReport.Table::rows).containsExactly(100L, 100L);
            Set<String> units = new HashSet<>(JdbcDataDomainIT.texts(data, SANDBOX, "SELECT unit_code FROM deed"));
            assertThat(units).hasSize(100).noneMatch(unit -> unit.startsWith("unit "));
            assertThat(units).containsAll(JdbcDataDomainIT.texts(data, SANDBOX, "SELECT unit_code FROM lien"));
            assertThat(JdbcDataDomainIT.texts(data, SANDBOX, "SELECT bank FROM lien")).as("what many share stays").contains("bank 3");
            assertThat(report.tables()).allMatch(table -> Objects.requireNonNull(table.risk()).uniqueHistories() == 0);
            assertThat(report.uniqueTogether()).isEqualTo(1);
            assertThat(report.shareAtRisk()).isEqualTo(1);
            assertThat(domain.domain().findTwinReport("deeds", 1)).as("as it stands on record").contains(report);

            TestDomain.run(domain.owner(), "UPDATE domain_keeping.newest_load SET synthetic = false");
            assertThat(domain.domain().sampleTwin("deeds", 1, new TwinRecord.Terms(100, 5, 5, 0.05), true, "a test", "decision 9", TwinProgress.NONE))
                    .isInstanceOf(SampleOutcome.Withheld.class);
        }
    }

    @Test
    void afterAChangeOfKeysOldValuesOpenAndCanBeSealedAnew() {
        try (TestDomain domain = TestDomain.start()) {
            domain.open(Trees.needs());
            domain.loadLive(Trees.needs(), 7);
            byte[] secret = "a secret of the tests, and of nothing else".getBytes(StandardCharsets.UTF_8);
            SealedValues.Key next = new SealedValues.Key(5, "the next key of the tests, long enough".getBytes(StandardCharsets.UTF_8));
            String sql = "SELECT illness FROM tree WHERE illness IS NOT NULL";
            List<String> before;
            try (JdbcDataDomain changed = new JdbcDataDomain(domain.owner(), List.of(), domain.url(), new DomainKeys(secret, List.of(next), true,
                    SubjectTokens.Hash.HMAC_SM3, SealedValues.Algorithm.SM4_GCM), DomainGrants.everything(), List::of, DomainSettings.USUAL, Clock.systemUTC())) {
                ProductData data = changed.open(Trees.needs());
                before = JdbcDataDomainIT.await(data, LIVE, s -> s.select(sql, row -> row.sealed("illness")));
                assertThat(before).hasSizeGreaterThan(300).allMatch(illness -> illness.startsWith("霉病"));
                ResealRecord record = ended(changed);
                assertThat(record.sealed()).isEqualTo(2L * before.size() + 2);
                assertThat(record.state()).isEqualTo(ResealRecord.State.DONE);
                assertThat(ended(changed).sealed()).isZero();
            }
            try (JdbcDataDomain without = new JdbcDataDomain(domain.owner(), List.of(), domain.url(), new DomainKeys(secret, List.of(next), false,
                    SubjectTokens.Hash.HMAC_SM3, SealedValues.Algorithm.SM4_GCM), DomainGrants.everything(), List::of, DomainSettings.USUAL, Clock.systemUTC())) {
                List<String> after = JdbcDataDomainIT.await(without.open(Trees.needs()), LIVE, s -> s.select(sql, row -> row.sealed("illness")));
                assertThat(after).containsExactlyInAnyOrderElementsOf(before);
            }
        }
    }

    private static ResealRecord ended(JdbcDataDomain domain) {
        return ((ResealRecord.Outcome.Ended) domain.reseal("a test", ResealProgress.NONE)).record();
    }

    /** Two tables have a sealed column of one name: each value opens as its own, under another name too, and computed ones as what they are called. */
    @Test
    void aSealedValueIsOpenedAsWhatItIs() {
        ResourceTable stay = new ResourceTable("stay", "A2.2.4", List.of(ResourceTable.Column.of("id", ResourceTable.Type.TEXT, "编号", "id"),
                ResourceTable.Column.sealed("code", "诊断", "diagnosis")), List.of("id"), List.of());
        ResourceTable visit = new ResourceTable("call", "A2.2.7", List.of(ResourceTable.Column.of("id", ResourceTable.Type.TEXT, "编号", "id"),
                ResourceTable.Column.sealed("code", "诊断", "diagnosis")), List.of("id"), List.of());
        DomainNeeds needs = new DomainNeeds("sealed", 1, Map.of(stay, List.of("id", "code"), visit, List.of("id", "code")), null, (sink, seed) -> {
            sink.row(stay, Map.of("id", "1", "code", "I10"));
            sink.row(visit, Map.of("id", "1", "code", "E11"));
        });
        try (TestDomain domain = TestDomain.start()) {
            ProductData data = domain.open(needs);
            List<String> opened = JdbcDataDomainIT.await(data, SANDBOX, s -> s.select("SELECT a.code AS first, b.code AS second,"
                    + " coalesce(b.code, a.code) AS code FROM stay a JOIN call b ON a.id = b.id",
                    row -> row.sealed("first") + row.sealed("second") + row.sealed("code")));
            assertThat(opened).containsExactly("I10E11E11");
            assertThatThrownBy(() -> JdbcDataDomainIT.await(data, SANDBOX, s -> s.select("SELECT coalesce(code, code) AS other FROM stay",
                    row -> row.sealed("other")))).cause().isInstanceOf(IllegalStateException.class);
        }
    }
}
