package cn.jingshu.products.domain;

import static cn.jingshu.products.domain.Trees.LIVE;
import static cn.jingshu.products.domain.Trees.SANDBOX;
import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.CallFacts;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a product can do in the domain. */
class JdbcDataDomainIT {
    private static TestDomain domain;
    private static ProductData data;

    @BeforeAll
    static void open() {
        domain = TestDomain.start();
        data = domain.open(Trees.needs());
        domain.loadLive(Trees.needs(), 7);
    }

    @AfterAll
    static void close() {
        domain.close();
    }

    static <T> T await(ProductData data, CallFacts facts, Function<DataSession, T> work) {
        return data.within(facts, work).toCompletableFuture().join();
    }

    /** The first column of every row. */
    static List<String> texts(ProductData data, CallFacts facts, String sql, @Nullable Object... parameters) {
        return await(data, facts, s -> s.select("SELECT r.t AS t FROM (" + sql + ") AS r (t)", row -> row.text("t"), parameters));
    }

    private static <T> T live(Function<DataSession, T> work) {
        return await(data, LIVE, work);
    }

    @Test
    void everyTypeComesBackAsItWentIn() {
        String id = UUID.randomUUID().toString();
        domain.addLive(Trees.TREE, Trees.tree(id, TestSubject.REFER.person().number(), "根腐病", 444));
        String seen = live(session -> session.find(
                "SELECT tree_id, illness, planted_on, height_cm, fruit, seen_at FROM tree WHERE keeper = ? AND tree_id = ?",
                row -> row.text("tree_id") + row.sealed("illness") + row.date("planted_on") + row.integer("height_cm")
                        + row.decimal("height_cm") + row.bool("fruit") + row.instant("seen_at"),
                data.token(TestSubject.REFER.person().number()), id)).orElseThrow();
        assertThat(seen).isEqualTo(id + "根腐病" + LocalDate.of(2001, 3, 20) + "444" + "444" + "true" + Instant.parse("2026-10-01T08:00:00Z"));
    }

    @Test
    void whatMayBeEmptyIsEmpty() {
        domain.addLive(Trees.TREE, Trees.tree("empty", "keeper", null, 1));
        boolean ill = live(s -> s.find("SELECT illness FROM tree WHERE tree_id = ?", row -> row.findSealed("illness").isPresent(), "empty"))
                .orElseThrow();
        assertThat(ill).isFalse();
        fails(IllegalStateException.class, () -> live(s -> s.find("SELECT illness FROM tree WHERE tree_id = ?", row -> row.text("illness"), "empty")));
    }

    @Test
    void everyTypeCanBeAParameterAndAListOfThem() {
        Map<Object, String> casts = Map.of("text", "text", 5L, "bigint", 6, "integer", new BigDecimal("1.50"), "numeric", true, "boolean",
                LocalDate.of(2026, 1, 2), "date", Instant.parse("2026-01-02T03:04:05.678901Z"), "timestamptz", new UUID(1, 2), "uuid");
        casts.forEach((value, type) -> {
            assertThat(holds("CAST(? AS " + type + ") IS NOT NULL", value)).as(type).isTrue();
            assertThat(holds("? = ANY (?)", value, List.of(value))).as(type).isTrue();
            assertThat(holds("CAST(? AS " + type + ") = ANY (?)", value, List.of())).as(type).isFalse();
            assertThat(holds("CAST(? AS " + type + ") IS NULL", (Object) null)).as(type).isTrue();
        });
        byte[] bytes = {1, 0, -1};
        assertThat(holds("? = ANY (?)", bytes, List.of(bytes))).isTrue();
    }

    private static boolean holds(String condition, @Nullable Object... parameters) {
        return live(s -> s.find("SELECT " + condition + " AS holds", row -> row.bool("holds"), parameters)).orElseThrow();
    }

    @Test
    void aSandboxCallIsLedToTheTwinWithTheSameStatement() {
        String sql = "SELECT tree_id FROM tree WHERE keeper = ? ORDER BY tree_id";
        String token = data.token(TestSubject.APPROVE.person().number());
        assertThat(texts(data, SANDBOX, sql, token))
                .containsExactly("T" + JdbcDataDomain.SANDBOX_SEED + "-0");
        assertThat(texts(data, LIVE, sql, token)).containsExactly("T7-0");
    }

    @Test
    void theStateIsOfTheProductAndAPartOfTheTransaction() {
        Instant now = Instant.parse("2026-11-01T10:00:00Z");
        int inserted = live(s -> s.change("INSERT INTO visit (tree, visited_at) VALUES (?, ?)", "T7-0", now));
        assertThat(inserted).isEqualTo(1);
        fails(IllegalStateException.class, () -> live(s -> {
            s.change("INSERT INTO visit (tree, visited_at) VALUES (?, ?)", "T7-1", now);
            throw new IllegalStateException("the work fails");
        }));
        assertThat(texts(data, LIVE, "SELECT tree FROM visit")).containsExactly("T7-0");
        assertThat(texts(data, SANDBOX, "SELECT tree FROM visit")).isEmpty();
    }

    @Test
    void freshnessSaysWhenATableWasLoaded() {
        assertThat(data.freshness(LIVE, "tree").loadedAt()).isNotNull();
        assertThat(data.freshness(LIVE, "tree").stale()).isFalse();
        Assertions.assertThatThrownBy(() -> data.freshness(LIVE, "house")).isInstanceOf(IllegalArgumentException.class);
    }

    static void fails(Class<? extends Throwable> type, ThrowingCallable call) {
        Assertions.assertThatThrownBy(call).isInstanceOf(CompletionException.class).cause().isInstanceOf(type);
    }
}
