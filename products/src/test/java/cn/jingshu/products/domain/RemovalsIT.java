package cn.jingshu.products.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.SteppingClock;
import cn.jingshu.products.domain.Kept.Removal;
import cn.jingshu.products.domain.Kept.Words;
import cn.jingshu.products.domain.RemovalRecord.Cause;
import cn.jingshu.products.domain.RetentionRules.Erasure;
import cn.jingshu.products.domain.RetentionRules.Holds;
import cn.jingshu.products.domain.RetentionRules.Rule;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.sandbox.TestSubject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What products keep goes when its time is over, and not a day before; what went is on record, and nothing else went. */
class RemovalsIT {
    /** Noon in the city. */
    private static final Instant NOW = Instant.parse("2026-11-30T04:00:00Z");
    private static final Words WORDS = new Words("看树", "visits of trees");
    private static final UUID REQUEST = UUID.fromString("00000000-0000-7000-8000-000000000001");

    private final SteppingClock clock = new SteppingClock(NOW);
    private final Rules rules = new Rules();
    private TestDomain domain;

    /** Of a visit the tree stands for whom it is about, and its first letter for whose it is. */
    private static Kept visits(Period least, List<Removal> removals) {
        return new Kept("visit", "retention.garden.visit", WORDS, WORDS, WORDS, least, true, true, Kept.BY_TOKEN, """
                SELECT CAST(v.id AS text) AS key, v.visited_at AS since, left(v.tree, 1) AS caller, v.tree AS subject, v.tree = 'open' AS open
                  FROM visit v
                """, removals);
    }

    private static final Removal VISIT = new Removal("visit", "DELETE FROM visit WHERE id = ANY (CAST(CAST(? AS text[]) AS bigint[]))");

    private static DomainNeeds needs(Kept kept) {
        DomainNeeds trees = Trees.needs();
        return new DomainNeeds(trees.product(), trees.version(), trees.reads(), trees.state(), trees.synthetic(), List.of(kept));
    }

    private static final class Rules implements RetentionRules {
        private @Nullable Rule rule = new Rule(Period.ofYears(1), Instant.EPOCH, "a law");
        private Holds holds = Holds.NONE;
        private List<Erasure> erasures = List.of();
        private Runnable asked = () -> { };

        @Override
        public Optional<Rule> findRule(String name, Instant at) {
            if (!name.equals("retention.garden.visit")) {
                return Optional.empty();
            }
            asked.run();
            return Optional.ofNullable(rule);
        }

        @Override
        public Holds holds(String product, Kept kept) {
            return kept.kind().equals("visit") ? holds : Holds.NONE;
        }

        @Override
        public List<Erasure> erasures(String product, String kind) {
            return kind.equals("visit") ? erasures : List.of();
        }
    }

    @BeforeEach
    void begin() {
        domain = TestDomain.start(clock);
        domain.open(needs(visits(Period.ZERO, List.of(VISIT))));
    }

    @AfterEach
    void end() {
        domain.close();
    }

    private void visit(String tree, String at) {
        domain.execute("INSERT INTO state_garden.visit (tree, visited_at) VALUES ('" + tree + "', '" + at + "')");
    }

    private long remove() {
        return domain.domain().removeDue(rules, "node 1", 2);
    }

    private List<String> trees() {
        return texts("SELECT tree FROM state_garden.visit ORDER BY tree");
    }

    private List<String> texts(String sql) {
        try (Connection connection = domain.owner().getConnection(); PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            List<String> found = new ArrayList<>();
            while (row.next()) {
                found.add(row.getString(1));
            }
            return found;
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private long recorded() {
        return domain.domain().removals(null, 100).stream().mapToLong(RemovalRecord::rows).sum();
    }

    @Test
    void aRowIsKeptTheDayBeforeAndGoneTheDayAfter() {
        visit("oak", "2025-11-30 12:00+08");
        clock.set(NOW.minus(Duration.ofDays(1)));
        assertThat(remove()).isZero();
        assertThat(trees()).containsExactly("oak");
        clock.set(NOW.minusMillis(1));
        assertThat(remove()).as("a year is over at its last moment").isZero();

        clock.set(NOW.plus(Duration.ofDays(1)));
        assertThat(remove()).isEqualTo(1);
        assertThat(trees()).isEmpty();
        RemovalRecord record = domain.domain().removals(null, 10).getFirst();
        assertThat(record).isEqualTo(new RemovalRecord(record.number(), "garden", false, "visit", "visit", 1, Cause.TERM, "P1Y", Instant.EPOCH, null,
                NOW.plus(Duration.ofDays(1)), "node 1"));

        assertThat(remove()).as("a second time there is nothing").isZero();
        assertThat(domain.domain().removals(null, 10)).hasSize(1);
        assertThatThrownBy(() -> domain.execute("DELETE FROM domain_keeping.removal")).hasMessageContaining("only ever added to");
    }

    @Test
    void nothingElseGoesWithIt() {
        String counts = """
                SELECT (SELECT count(*) FROM domain.tree) || ' ' || (SELECT count(*) FROM twin_garden_v1.tree) || ' '
                       || (SELECT count(*) FROM domain_keeping.twin_history) || ' ' || (SELECT count(*) FROM domain_keeping.product_role)
                """;
        domain.loadLive(Trees.needs(), 7);
        domain.execute("INSERT INTO state_garden_sandbox.visit (tree, visited_at) VALUES ('old', '2020-01-01'), ('new', '2026-11-01')");
        domain.execute("INSERT INTO state_garden.disclosure_asker (asker, asked_at) VALUES ('x', '2000-01-01')");
        visit("oak", "2020-01-01");
        visit("young", "2026-11-01");
        visit("open", "2020-01-01");
        List<String> before = texts(counts);

        assertThat(remove()).as("one live, one of the sandbox").isEqualTo(2);
        assertThat(trees()).containsExactly("open", "young");
        assertThat(texts("SELECT tree FROM state_garden_sandbox.visit")).containsExactly("new");
        assertThat(texts("SELECT asker FROM state_garden.disclosure_asker")).as("no rule, nothing goes").containsExactly("x");
        assertThat(texts(counts)).isEqualTo(before);
        assertThat(domain.domain().removals(null, 10)).extracting(RemovalRecord::sandbox).containsExactlyInAnyOrder(true, false);

        KeptStanding standing = domain.domain().keptStandings().stream()
                .filter(each -> each.kind().equals("visit") && !each.sandbox()).findFirst().orElseThrow();
        assertThat(standing).isEqualTo(new KeptStanding("garden", false, "visit", 2, 1, 0, 0, Instant.parse("2020-01-01T00:00:00Z"), NOW));
    }

    @Test
    void aCrashBetweenBatchesLosesNothing() {
        for (int i = 0; i < 9; i++) {
            visit("T" + i, "2020-01-0" + (i + 1));
        }
        int[] batches = {0};
        rules.asked = () -> {
            if (++batches[0] == 3) {
                throw new IllegalStateException("the node died");
            }
        };
        assertThatThrownBy(this::remove).hasMessage("the node died");
        assertThat(trees()).hasSize(5);
        assertThat(recorded()).as("what went is on record").isEqualTo(4);

        rules.asked = () -> { };
        assertThat(remove()).isEqualTo(5);
        assertThat(recorded()).isEqualTo(9);
        assertThat(domain.domain().removals(null, 100)).hasSize(5);
    }

    @Test
    void aBatchStandsWholeOrNotAtAll() {
        domain.close();
        domain = TestDomain.start(clock);
        domain.open(needs(visits(Period.ZERO, List.of(VISIT,
                new Removal("nest", "DELETE FROM no_such_table WHERE id = ANY (CAST(? AS text[]))")))));
        visit("oak", "2020-01-01");
        assertThatThrownBy(this::remove).isInstanceOf(DomainException.class);
        assertThat(trees()).as("the first statement is taken back").containsExactly("oak");
        assertThat(recorded()).isZero();
    }

    @Test
    void aRowThatChangesMeanwhileStays() {
        visit("oak", "2020-01-01");
        rules.asked = () -> domain.execute("UPDATE state_garden.visit SET visited_at = '2026-11-29'");
        assertThatThrownBy(this::remove).isInstanceOf(DomainException.class);
        assertThat(trees()).containsExactly("oak");
        rules.asked = () -> { };
        assertThat(remove()).isZero();
    }

    @Test
    void whatIsHeldStaysUntilItIsReleased() {
        visit("apple", "2020-01-01");
        visit("birch", "2020-01-02");
        visit("cedar", "2020-01-03");
        visit("date", "2020-01-04");
        String id = texts("SELECT id FROM state_garden.visit WHERE tree = 'cedar'").getFirst();
        rules.holds = new Holds(true, List.of(), false, List.of(), List.of());
        assertThat(remove()).isZero();
        KeptStanding standing = domain.domain().keptStandings().stream()
                .filter(each -> each.kind().equals("visit") && !each.sandbox()).findFirst().orElseThrow();
        assertThat(standing.due()).isEqualTo(4);
        assertThat(standing.held()).isEqualTo(4);

        rules.holds = new Holds(false, List.of("a"), false, List.of("birch"), List.of(id));
        assertThat(remove()).isEqualTo(1);
        assertThat(trees()).containsExactly("apple", "birch", "cedar");
        rules.holds = Holds.NONE;
        assertThat(remove()).isEqualTo(3);
    }

    @Test
    void whoPlacesAHoldIsWaitedFor() throws SQLException {
        visit("oak", "2020-01-01");
        try (Connection placing = domain.owner().getConnection(); Statement statement = placing.createStatement()) {
            placing.setAutoCommit(false);
            statement.execute(RetentionRules.TURN);
            assertThat(remove()).as("the round passes").isZero();
            placing.rollback();
        }
        assertThat(remove()).isEqualTo(1);
    }

    @Test
    void aRuleBelowWhatTheLawAsksForDoesNotHold() {
        domain.close();
        domain = TestDomain.start(clock);
        domain.open(needs(visits(Period.ofYears(3), List.of(VISIT))));
        rules.rule = new Rule(Period.ofDays(1), Instant.EPOCH, "a mistake");
        visit("oak", "2023-12-01 12:00+08");
        visit("yew", "2023-11-29 12:00+08");
        assertThat(remove()).isEqualTo(1);
        assertThat(trees()).containsExactly("oak");
    }

    @Test
    void withoutARuleNothingGoes() {
        visit("oak", "2000-01-01");
        rules.rule = null;
        assertThat(remove()).isZero();
        assertThat(trees()).containsExactly("oak");
    }

    @Test
    void whatAPersonAskedToEraseGoesBeforeItsTime() {
        ResidentId person = TestSubject.APPROVE.person();
        Map<String, String> keys = domain.domain().subjectKeys("garden", person);
        assertThat(keys).containsOnlyKeys("visit");
        String subject = Objects.requireNonNull(keys.get("visit"));
        assertThat(subject).doesNotContain(person.number());
        visit(subject, "2026-11-01");
        visit(subject, "2026-11-29");
        visit("other", "2026-11-01");
        rules.erasures = List.of(new Erasure(REQUEST, subject, Instant.parse("2026-11-15T00:00:00Z")));
        rules.holds = new Holds(false, List.of(), false, List.of(subject), List.of());
        assertThat(remove()).as("held").isZero();

        rules.holds = Holds.NONE;
        assertThat(remove()).isEqualTo(1);
        assertThat(texts("SELECT CAST(visited_at AT TIME ZONE 'UTC' AS date) FROM state_garden.visit WHERE tree <> 'other'"))
                .as("what came after the request is not meant").containsExactly("2026-11-29");
        assertThat(trees()).contains("other");
        assertThat(domain.domain().removals(null, 10)).singleElement().satisfies(record -> {
            assertThat(record.cause()).isEqualTo(Cause.ERASURE);
            assertThat(record.request()).isEqualTo(REQUEST);
            assertThat(record.toString()).as("nothing personal").doesNotContain(subject);
        });
        assertThat(remove()).isZero();
    }

    @Test
    void recordsOfTwinsGoWhenNothingRestsOnThem() {
        rules.rule = null;
        RetentionRules all = new RetentionRules() {
            @Override
            public Optional<Rule> findRule(String name, Instant at) {
                return name.startsWith("retention.domain.") ? Optional.of(new Rule(Period.ofDays(90), Instant.EPOCH, "a law")) : Optional.empty();
            }

            @Override
            public Holds holds(String product, Kept kept) {
                return Holds.NONE;
            }

            @Override
            public List<Erasure> erasures(String product, String kind) {
                return List.of();
            }
        };
        DomainNeeds trial = new DomainNeeds("trial", 1, Map.of(Trees.NEST, List.of("bird")), null, (sink, seed) -> { });
        domain.open(trial);
        domain.giveUp(trial);
        domain.execute("""
                INSERT INTO domain_keeping.twin_history (product, version, kind, made_at, rows_asked, k, least_k, most_unique, by_whom, report, digest)
                VALUES ('gone', 1, 'SAMPLED', TIMESTAMPTZ '2021-03-01 00:00Z', 10, 5, 5, 0, 'a test', '{}', repeat('0', 64))
                """);
        assertThat(domain.domain().removeDue(all, "node 1")).as("the sample of 2021 is over three years old").isEqualTo(1);
        assertThat(texts("SELECT product FROM domain_keeping.twin_history ORDER BY product")).containsExactly("garden", "trial");

        clock.set(NOW.plus(Duration.ofDays(89)));
        assertThat(domain.domain().removeDue(all, "node 1")).isZero();
        clock.set(NOW.plus(Duration.ofDays(91)));
        assertThat(domain.domain().removeDue(all, "node 1")).as("the trial's").isEqualTo(1);
        assertThat(texts("SELECT product FROM domain_keeping.twin_history")).as("that of the twin that stands stays").containsExactly("garden");
        assertThatThrownBy(() -> domain.execute("DELETE FROM domain_keeping.twin_history")).hasMessageContaining("what a twin holds");
        domain.execute("""
                INSERT INTO domain_keeping.twin_history (product, version, kind, made_at, rows_asked, k, least_k, most_unique, by_whom, report, digest)
                VALUES ('gone', 1, 'SAMPLED', now() - interval '35 months', 10, 5, 5, 0, 'a test', '{}', repeat('0', 64))
                """);
        assertThatThrownBy(() -> domain.execute("DELETE FROM domain_keeping.twin_history WHERE product = 'gone'"))
                .hasMessageContaining("kept for three years");
    }
}
