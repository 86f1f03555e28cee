package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.catalogue.ProviderGrants.ProviderGrant;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.products.domain.DataDomain;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.DomainNeeds;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Type;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a provider grants is what a product can read in the database of a node, and no longer than it is granted. */
class DataDomainIT {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final ResourceTable NOTE = new ResourceTable("stop_note", "A2.8.1", List.of(
            Column.of("stop", Type.TEXT, "站点", "stop"), Column.of("note", Type.TEXT, "备注", "note"),
            Column.of("author", Type.TEXT, "作者", "author")), List.of("stop"), List.of());

    @TempDir
    private static Path folder;

    private static RunningNode node;
    private static ProviderGrants grants;
    private static UUID officer;
    private static ProductData data;

    @BeforeAll
    static void start() {
        node = RunningNode.start(folder, Clock.systemUTC(), Map.of());
        grants = node.get(ProviderGrants.class);
        officer = new Market(node).person("bus-group").id();
        data = node.get(DataDomain.class).open(new DomainNeeds("notes", 1, Map.of(NOTE, List.of("stop", "note")), null,
                (sink, seed) -> sink.row(NOTE, Map.of("stop", "s1", "note", "seed " + seed, "author", "nobody"))));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String read(String column, boolean sandbox) {
        try {
            return data.within(new CallFacts(Instant.now(), "request", sandbox, CallerRef.MARKET),
                            session -> session.find("SELECT " + column + " AS c FROM stop_note", row -> row.text("c")).orElse("nothing"))
                    .toCompletableFuture().join();
        } catch (CompletionException failed) {
            return failed.getCause() instanceof DomainException refused ? refused.reason().name() : failed.toString();
        }
    }

    private static void becomes(String column, String expected) throws Exception {
        Until.holds(SECOND, () -> read(column, false), expected::equals);
    }

    private static UUID grant(Set<String> columns, Duration lasts) {
        UUID id = UUID.randomUUID();
        assertThat(grants.grant(ProviderGrant.given(id, "A2.8.1", "notes", columns, Instant.now().minusSeconds(1), Instant.now().plus(lasts)), officer))
                .isEqualTo(ProviderGrants.Outcome.GRANTED);
        return id;
    }

    @Test
    void aGrantIsARightInTheDatabaseForAsLongAsItStands() throws Exception {
        assertThat(read("note", false)).isEqualTo("NOT_GRANTED");
        assertThat(read("note", true)).as("the twin is nobody's").isEqualTo("seed 20261101");
        UUID narrow = grant(Set.of("stop_note.note"), Duration.ofDays(1));
        becomes("note", "seed 20261102");
        assertThat(read("stop", false)).isEqualTo("NOT_GRANTED");
        grants.suspend(narrow, officer, "test");
        becomes("note", "NOT_GRANTED");
        grants.restore(narrow, officer, "test");
        becomes("note", "seed 20261102");
        UUID wide = grant(Set.of("Stop.name", "stop_note.*"), Duration.ofDays(1));
        becomes("stop", "s1");
        assertThat(read("author", false)).as("what the product did not ask for").isEqualTo("NOT_GRANTED");
        grants.withdraw(wide, officer, "test");
        becomes("stop", "NOT_GRANTED");
        grants.withdraw(narrow, officer, "test");
        becomes("note", "NOT_GRANTED");
        grant(Set.of("*"), Duration.ofSeconds(2));
        becomes("stop", "s1");
        Until.holds(Duration.ofSeconds(3), () -> read("stop", false), "NOT_GRANTED"::equals);
    }

    @Test
    void aProductsRoleSignsInWithItsOwnPasswordAlone() throws SQLException {
        String url = node.postgres().url();
        assertThat(signsIn(url, "js_notes_v1", "")).isFalse();
        assertThat(signsIn(url, "js_notes_v1", "js_notes_v1")).isFalse();
        try (Connection superuser = DriverManager.getConnection(url, "postgres", node.postgres().ownerPassword());
                var statement = superuser.createStatement();
                var row = statement.executeQuery("SELECT count(*) FROM pg_authid WHERE rolname LIKE 'js\\_%' AND rolpassword NOT LIKE 'SCRAM-SHA-256$%'")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getLong(1)).isZero();
        }
    }

    private static boolean signsIn(String url, String role, String password) {
        try (Connection connection = DriverManager.getConnection(url, role, password)) {
            return connection.isValid(1);
        } catch (SQLException refused) {
            return false; // the answer to the question
        }
    }
}
