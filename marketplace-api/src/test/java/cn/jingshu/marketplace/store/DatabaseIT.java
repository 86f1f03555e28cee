package cn.jingshu.marketplace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cn.jingshu.marketplace.catalogue.Catalogue;
import cn.jingshu.marketplace.governance.PolicyParameters;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DatabaseIT {
    private static final String ADD = """
            INSERT INTO market.policy_parameter (name, effective_from, value, citation)
            SELECT ?, TIMESTAMP WITH TIME ZONE '2027-01-01 00:00+08', '1', ? FROM set_config('market.numbers_of', 'release', true)
            """;
    private static final String COUNT = "SELECT count(*) AS n FROM market.policy_parameter WHERE name LIKE 'test.%'";
    private static final String SETTINGS = """
            SELECT current_setting('transaction_isolation') AS isolation,
                   current_setting('transaction_read_only') AS read_only
            """;

    private final DataSource dataSource = MarketDatabase.create();

    @AutoClose
    private final MarketBeans beans = new MarketBeans(dataSource, Clock.systemUTC());

    private final PolicyParameters parameters = beans.get(PolicyParameters.class);

    /** Both ways in which a transaction is begun. */
    enum Kind {
        PLAIN,
        SHARED
    }

    private Database database(Kind kind) {
        return switch (kind) {
            case PLAIN -> new Database(dataSource);
            case SHARED -> beans.get(Database.class);
        };
    }

    private static int add(Transaction t, String name) throws SQLException {
        return t.change(ADD, name, "测试");
    }

    private static long count(Database database) {
        return database.inTransaction(t -> t.find(COUNT, row -> row.number("n"))).orElseThrow();
    }

    private static List<String> settings(Transaction t) throws SQLException {
        return t.find(SETTINGS, row -> List.of(row.text("isolation"), row.text("read_only"))).orElseThrow();
    }

    private long seenByTheRepository() {
        return parameters.listAll().stream().filter(parameter -> parameter.name().startsWith("test.")).count();
    }

    @ParameterizedTest
    @EnumSource
    void workThatThrowsLeavesNothing(Kind kind) {
        Database database = database(kind);
        assertThatThrownBy(() -> database.inTransaction(t -> {
                    add(t, "test.one");
                    throw new IllegalStateException("changed my mind");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("changed my mind");
        assertThat(count(database)).isZero();
        int added = database.inTransaction(t -> add(t, "test.one"));
        assertThat(added).isEqualTo(1);
        assertThat(count(database)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedStatementNamesItsConstraint(Kind kind) {
        Database database = database(kind);
        DatabaseException refused = catchThrowableOfType(DatabaseException.class,
                () -> database.inTransaction(t -> add(t, "test.one") + t.change(ADD, "test.two", "")));
        assertThat(refused.violates("policy_parameter_cited")).isTrue();
        assertThat(count(database)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aTransactionInsideAnotherIsOneOfItsOwn(Kind kind) {
        Database database = database(kind);
        assertThatThrownBy(() -> database.inTransaction(t -> {
                    add(t, "test.outer");
                    assertThat(count(database)).isZero();
                    database.inTransaction(inner -> add(inner, "test.inner"));
                    throw new IllegalStateException("the outer one only");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(count(database)).isEqualTo(1);

        database.inTransaction(t -> {
            assertThatThrownBy(() -> database.inTransaction(inner -> inner.change(ADD, "test.inner.two", "")))
                    .isInstanceOf(DatabaseException.class);
            return add(t, "test.outer");
        });
        assertThat(count(database)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsTakenBackStaysAwayAndWhatFollowsStands(Kind kind) {
        Database database = database(kind);
        database.inTransaction(t -> {
            add(t, "test.one");
            t.rollback();
            return add(t, "test.two");
        });
        assertThat(count(database)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aSnapshotDoesNotMoveAndWritesNothing(Kind kind) {
        Database database = database(kind);
        database.onSnapshot(t -> {
            long before = t.find(COUNT, row -> row.number("n")).orElseThrow();
            database.inTransaction(inner -> add(inner, "test.meanwhile"));
            assertThat(t.find(COUNT, row -> row.number("n"))).contains(before);
            assertThat(settings(t)).containsExactly("repeatable read", "on");
            return before;
        });
        assertThat(count(database)).isEqualTo(1);
        assertThatThrownBy(() -> database.onSnapshot(t -> add(t, "test.one"))).isInstanceOf(DatabaseException.class);
        for (int i = 0; i < 4; i++) { // more often than there are connections in the pool
            List<String> found = database.inTransaction(DatabaseIT::settings);
            assertThat(found).containsExactly("read committed", "off");
        }
    }

    @Test
    void aRepositoryJoinsTheTransactionItIsCalledIn() {
        Database database = database(Kind.SHARED);
        assertThatThrownBy(() -> database.inTransaction(t -> {
                    add(t, "test.one");
                    assertThat(seenByTheRepository()).isEqualTo(1);
                    throw new IllegalStateException("changed my mind");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(seenByTheRepository()).isZero();
    }

    @Test
    void aRepositoryReadsTheSnapshotItIsCalledIn() {
        Database database = database(Kind.SHARED);
        database.onSnapshot(t -> {
            assertThat(seenByTheRepository()).isZero();
            database.inTransaction(inner -> add(inner, "test.meanwhile"));
            assertThat(seenByTheRepository()).isZero();
            assertThat(settings(t)).containsExactly("repeatable read", "on");
            return t;
        });
        assertThat(seenByTheRepository()).isEqualTo(1);
    }

    @Test
    void aRepositoryLeavesItsConnectionAsFound() {
        Database database = database(Kind.SHARED);
        for (int i = 0; i < 4; i++) {
            assertThat(seenByTheRepository()).isEqualTo(i);
            String name = "test." + i;
            int added = database.inTransaction(t -> add(t, name));
            assertThat(added).isEqualTo(1);
        }
    }

    @Test
    void aRepositoryFailsAsTheDatabaseDoes() {
        Catalogue catalogue = beans.get(Catalogue.class);
        MarketDatabase.execute(dataSource, "ALTER TABLE market.data_resource RENAME TO data_resource_away");
        assertThatThrownBy(catalogue::listResources)
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("market.data_resource");
    }

    @Test
    void aDatabaseThatIsAwayFailsBothAlike() {
        try (MarketBeans away = new MarketBeans(MarketDatabase.away(), Clock.systemUTC())) {
            assertThatThrownBy(() -> away.get(Database.class).inTransaction(DatabaseIT::settings))
                    .isInstanceOf(DatabaseException.class);
            assertThatThrownBy(() -> away.get(PolicyParameters.class).listAll()).isInstanceOf(DatabaseException.class);
        }
    }
}
