package cn.jingshu.products.domain;

import static cn.jingshu.products.domain.Trees.LIVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.domain.ResealRecord.State;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** A change of the sealing key that dies on its way, again and again. */
class ResealIT {
    private static final byte[] SECRET = "a secret of the tests, and of nothing else".getBytes(StandardCharsets.UTF_8);
    private static final SealedValues.Key NEXT = new SealedValues.Key(7, "the next key of the tests, long enough".getBytes(StandardCharsets.UTF_8));
    private static final String ILLNESSES = "SELECT illness FROM tree WHERE illness IS NOT NULL";

    private static JdbcDataDomain domain(TestDomain domain, DataSource owner, boolean oldKeyToo) {
        return new JdbcDataDomain(owner, List.of(), domain.url(), new DomainKeys(SECRET, List.of(NEXT), oldKeyToo, SubjectTokens.Hash.HMAC_SM3,
                SealedValues.Algorithm.AES_256_GCM), DomainGrants.everything(), List::of, DomainSettings.USUAL, Clock.systemUTC());
    }

    private static ResealRecord ended(JdbcDataDomain domain) {
        return ((ResealRecord.Outcome.Ended) domain.reseal("a test", ResealProgress.NONE, 1)).record();
    }

    private static List<String> illnesses(TestDomain domain, boolean oldKeyToo) {
        try (JdbcDataDomain opened = domain(domain, domain.owner(), oldKeyToo)) {
            return JdbcDataDomainIT.await(opened.open(Trees.needs()), LIVE, s -> s.select(ILLNESSES, row -> row.sealed("illness")));
        }
    }

    /** Fails at the given commit: before it, or when it is done and the answer is lost. */
    private static DataSource failing(DataSource through, int commit, boolean before) {
        AtomicInteger commits = new AtomicInteger();
        return (DataSource) Proxy.newProxyInstance(ResealIT.class.getClassLoader(), new Class<?>[] {DataSource.class}, (_, method, arguments) -> {
            Object result = called(through, method, arguments);
            return !(result instanceof Connection real) ? result : Proxy.newProxyInstance(ResealIT.class.getClassLoader(),
                    new Class<?>[] {Connection.class}, (_, each, given) -> {
                        boolean now = each.getName().equals("commit") && commits.incrementAndGet() == commit;
                        if (now && before) {
                            throw new SQLException("the connection is gone", "08006");
                        }
                        Object answer = called(real, each, given);
                        if (now) {
                            throw new SQLException("the connection is gone", "08006");
                        }
                        return answer;
                    });
        });
    }

    private static Object called(Object on, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        }
    }

    @Test
    void whereverItDiesTheNextRunGoesOnAndNothingIsCountedTwice() {
        try (TestDomain domain = TestDomain.start()) {
            domain.open(Trees.needs());
            domain.loadLive(Trees.needs(), 7);
            List<String> before = illnesses(domain, true);
            int deaths = 0;
            ResealRecord record = null;
            for (int commit = 2; record == null; commit += 1 + commit / 2) {
                assertThat(commit).as("it ends at some time").isLessThan(2_000);
                try (JdbcDataDomain dying = domain(domain, failing(domain.owner(), commit, deaths % 2 == 0), true)) {
                    record = ended(dying);
                } catch (DomainException died) {
                    assertThat(died.reason()).isEqualTo(DomainException.Reason.UNAVAILABLE);
                    if (deaths++ == 6) {
                        assertThat(illnesses(domain, true)).as("both keys' values open meanwhile").containsExactlyInAnyOrderElementsOf(before);
                    }
                }
            }
            assertThat(deaths).isGreaterThan(6);
            assertThat(record.state()).isEqualTo(State.DONE);
            assertThat(record.sealed()).as("live and twin, trees and their one nest each").isEqualTo(2L * before.size() + 2);
            assertThat(record.runs()).isGreaterThan(6);
            assertThat(record.broken()).isZero();
            assertThat(illnesses(domain, false)).as("without the old key").containsExactlyInAnyOrderElementsOf(before);
        }
    }

    /** As when a process ends in the middle of its work. */
    private static final class Died extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void aRunWhoseConnectionsAreKilledIsGoneOnWith() {
        try (TestDomain domain = TestDomain.start()) {
            domain.open(Trees.needs());
            domain.loadLive(Trees.needs(), 7);
            List<String> before = illnesses(domain, true);
            try (JdbcDataDomain changed = domain(domain, domain.owner(), true)) {
                AtomicInteger steps = new AtomicInteger();
                assertThatThrownBy(() -> changed.reseal("a test", (place, at, of, sealed) -> {
                    if (steps.incrementAndGet() == 10) {
                        throw new Died();
                    }
                }, 1)).isInstanceOf(Died.class);
                ResealRecord left = changed.resealings(1).getFirst();
                assertThat(left.state()).isEqualTo(State.RUNNING);
                assertThat(changed.sealedBy()).anyMatch(kept -> !kept.current()).anyMatch(ResealRecord.Kept::current);

                // Whoever loses the connection that holds its turn does no harm: each step is whole by itself.
                AtomicInteger killed = new AtomicInteger();
                ResealRecord done = ((ResealRecord.Outcome.Ended) changed.reseal("a test", (place, at, of, sealed) -> {
                    if (killed.incrementAndGet() == 20) {
                        TestDomain.run(domain.superuser(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
                    }
                }, 1)).record();
                assertThat(done.id()).isEqualTo(left.id());
                assertThat(done.runs()).isEqualTo(2);
                assertThat(done.sealed()).isEqualTo(2L * before.size() + 2);
                assertThat(done.state()).isEqualTo(State.DONE);
                assertThat(changed.resealings(10)).containsExactly(done);
            }
            assertThat(illnesses(domain, false)).containsExactlyInAnyOrderElementsOf(before);
        }
    }

    @Test
    void aSecondProcessIsTurnedAwayAndAValueThatDoesNotOpenIsSaid() {
        try (TestDomain domain = TestDomain.start()) {
            domain.open(Trees.needs());
            domain.loadLive(Trees.needs(), 7);
            domain.execute("UPDATE domain.tree SET illness = substring(illness, 1, 20) WHERE tree_id = 'T7-7'");
            domain.execute("UPDATE domain.tree SET illness = '\\x0000' WHERE tree_id = 'T7-14'");
            try (JdbcDataDomain changed = domain(domain, domain.owner(), true); JdbcDataDomain other = domain(domain, domain.owner(), true)) {
                AtomicInteger busy = new AtomicInteger();
                ResealRecord record = ((ResealRecord.Outcome.Ended) changed.reseal("a test", (place, at, of, sealed) -> {
                    if (other.reseal("another", ResealProgress.NONE) instanceof ResealRecord.Outcome.Busy) {
                        busy.incrementAndGet();
                    }
                })).record();
                assertThat(busy.get()).isPositive();
                assertThat(record.state()).isEqualTo(State.INCOMPLETE);
                assertThat(record.broken()).isEqualTo(2);
                assertThat(record.left()).isEqualTo(2);
                assertThat(changed.sealedBy()).filteredOn(kept -> !kept.current()).extracting(ResealRecord.Kept::values, ResealRecord.Kept::keyId)
                        .containsExactlyInAnyOrder(org.assertj.core.groups.Tuple.tuple(1L, 0), org.assertj.core.groups.Tuple.tuple(1L, null));
            }
        }
    }

    @Test
    void whatALoadHasStagedAndTablesNoProductOpenedHereAreSealedAnewToo() {
        try (TestDomain domain = TestDomain.start()) {
            domain.open(Trees.needs());
            domain.loadLive(Trees.needs(), 7);
            domain.execute("CREATE SCHEMA IF NOT EXISTS domain_staging");
            domain.execute("CREATE TABLE domain_staging.tree AS SELECT * FROM domain.tree");
            domain.execute("CREATE TABLE domain_staging.nothing (other bytea)");
            try (JdbcDataDomain changed = domain(domain, domain.owner(), true)) { // opens no product
                ResealRecord record = ended(changed);
                assertThat(record.state()).isEqualTo(State.DONE);
                assertThat(changed.sealedBy()).extracting(ResealRecord.Kept::place).contains("domain_staging.tree.illness", "domain.nest.finder",
                        "twin_garden_v1.nest.finder", "twin_garden_v1.tree.illness");
                assertThat(changed.sealedBy()).allMatch(ResealRecord.Kept::current);
            }
        }
    }
}
