package cn.jingshu.marketplace.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.metering.MeteringSchema;
import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoredCallsIT {
    private static final Duration LIFE = Duration.ofHours(24);
    private static final Duration ABANDONED = Duration.ofSeconds(60);
    private static final ByteString REQUEST = ByteString.copyFrom(new byte[32]);
    private static final ByteString OTHER = ByteString.copyFromUtf8("x".repeat(32));
    private static final ByteString ANSWER = ByteString.copyFromUtf8("张三 owes 5");

    private final DemoMarket market = new DemoMarket();
    private final StoredCalls calls = nodeOf(market.database, "node-a");
    private final Caller bank = new Caller(DemoMarket.subscription("BANK", "echo-paid"), false);
    private final IdempotencyKey key = new IdempotencyKey("first");

    /** A node that begins a life of its own. */
    private StoredCalls begin(String nodeId) {
        StoredCalls begun = nodeOf(market.database, nodeId);
        begun.beginLife();
        return begun;
    }

    private StoredCalls nodeOf(Database database, String nodeId) {
        return new StoredCalls(new PostgresCallStore(database), new AnswerSeal(market.pepper, new SecureRandom()),
                new NodeLife(nodeId, UUID.randomUUID()), market.clock, LIFE, ABANDONED);
    }

    @BeforeEach
    void begin() {
        MeteringSchema.migrate(market.dataSource); // whoever takes a call over asks whether it is recorded
        calls.beginLife();
    }

    private Claim.Ours ours(Claim claim) {
        assertThat(claim).isInstanceOf(Claim.Ours.class);
        return (Claim.Ours) claim;
    }

    private Claim.Ours claimed() {
        return ours(calls.claim(bank, key, REQUEST, UUID.randomUUID()));
    }

    @Test
    void theSameCallIsAnsweredFromWhatWasKept() {
        Claim.Ours first = claimed();
        assertThat(calls.claim(bank, key, REQUEST, UUID.randomUUID())).isInstanceOf(Claim.Running.class);
        calls.answered(bank, key, first, ANSWER);
        assertThat(calls.claim(bank, key, REQUEST, UUID.randomUUID())).isEqualTo(new Claim.Answered(first.eventId(), ANSWER));
    }

    private Claim stream(StoredCalls node, IdempotencyKey with) {
        return node.claimStream(bank, with, REQUEST, UUID.randomUUID(), node.now());
    }

    @Test
    void aTakeOverThatIsForgottenIsRunByNobodyAndKeepsItsEvent() {
        Claim.Ours dead = ours(stream(calls, key));
        StoredCalls next = begin("node-a");
        UUID lost = UUID.randomUUID();
        Instant at = next.now();
        assertThat(next.claimStream(bank, key, REQUEST, lost, at)).as("its COMMIT is not heard of").isInstanceOf(Claim.Ours.class);
        assertThat(stream(next, key)).isInstanceOf(Claim.Running.class);
        next.forgetClaim(bank, key, lost, at.minusSeconds(1));
        begin("node-b").forgetClaim(bank, key, lost, at);
        assertThat(stream(next, key)).as("that was another's").isInstanceOf(Claim.Running.class);
        next.forgetClaim(bank, key, lost, at);
        market.turnClockBy(Duration.ofMillis(1));
        Claim.Ours again = ours(stream(next, key));
        assertThat(again.eventId()).isEqualTo(dead.eventId());
        assertThat(again.takenOver()).isTrue();
        next.forgetClaim(bank, key, lost, at); // said twice, since its answer was lost too
        assertThat(stream(next, key)).isInstanceOf(Claim.Running.class);
    }

    @Test
    void aStreamRunsUntilItEndsOrItsNodeBeginsAnotherLifeHoweverLong() {
        Claim.Ours first = ours(stream(calls, key));
        market.turnClockBy(ABANDONED.multipliedBy(10));
        assertThat(stream(calls, key)).isInstanceOf(Claim.Running.class);
        calls.answered(bank, key, first, ANSWER); // its first minute is recorded
        assertThat(stream(calls, key)).isInstanceOf(Claim.Running.class);
        calls.ended(bank, key, first);
        assertThat(stream(calls, key)).isEqualTo(new Claim.Answered(first.eventId(), ANSWER));

        IdempotencyKey late = new IdempotencyKey("late");
        Claim.Ours idle = ours(stream(calls, late));
        market.turnClockBy(LIFE.plusHours(1));
        Claim.Ours moved = calls.move(bank, late, idle); // its first item comes a day after it was opened
        assertThat(moved.eventId()).isEqualTo(idle.eventId());
        assertThat(moved.occurredAt()).isEqualTo(idle.occurredAt().plus(LIFE).plus(Duration.ofHours(1)));
        assertThat(stream(calls, late)).as("and its key lives on").isInstanceOf(Claim.Running.class);
        calls.forgetClaim(bank, late, UUID.randomUUID(), calls.now()); // of another claim
        assertThat(stream(calls, late)).isInstanceOf(Claim.Running.class);
        calls.forgetClaim(bank, late, idle.eventId(), idle.claimedAt());
        assertThat(stream(calls, late)).isInstanceOf(Claim.Ours.class);

        IdempotencyKey cutOff = new IdempotencyKey("cut-off");
        Claim.Ours before = ours(stream(calls, cutOff));
        StoredCalls next = begin("node-a");
        Claim.Ours after = ours(stream(next, cutOff));
        assertThat(after.eventId()).isEqualTo(before.eventId());
        assertThat(after.takenOver()).isTrue();
    }

    @Test
    void anotherRequestUnderTheSameKeyIsTold() {
        Claim.Ours first = claimed();
        assertThat(calls.claim(bank, key, OTHER, UUID.randomUUID())).isEqualTo(new Claim.OtherRequest());
        calls.answered(bank, key, first, ANSWER);
        assertThat(calls.claim(bank, key, OTHER, UUID.randomUUID())).isEqualTo(new Claim.OtherRequest());
    }

    @Test
    void aKeyNamesACallOfItsCallerOnly() {
        calls.answered(bank, key, claimed(), ANSWER);
        assertThat(calls.claim(new Caller(bank.subscriptionId(), true), key, REQUEST, UUID.randomUUID()))
                .isInstanceOf(Claim.Ours.class);
        assertThat(calls.claim(new Caller(DemoMarket.subscription("INSTITUTE", "echo-public"), false), key, REQUEST,
                UUID.randomUUID())).isInstanceOf(Claim.Ours.class);
    }

    @Test
    void aCallGivenUpBeginsAnew() {
        Claim.Ours first = claimed();
        calls.giveUp(bank, key, first);
        UUID next = UUID.randomUUID();
        assertThat(ours(calls.claim(bank, key, OTHER, next)).eventId()).isEqualTo(next);
    }

    @Test
    void aKeptAnswerIsNotGivenUp() {
        Claim.Ours first = claimed();
        calls.answered(bank, key, first, ANSWER);
        calls.giveUp(bank, key, first);
        assertThat(calls.claim(bank, key, REQUEST, UUID.randomUUID())).isInstanceOf(Claim.Answered.class);
    }

    @Test
    void aRunWhoseNodeDiedIsTakenOverUnderTheSameEvent() {
        Claim.Ours dead = claimed();
        market.turnClockBy(ABANDONED.minusMillis(1));
        assertThat(calls.claim(bank, key, REQUEST, UUID.randomUUID())).isInstanceOf(Claim.Running.class);
        market.turnClockBy(Duration.ofMillis(1));
        Claim.Ours second = ours(calls.claim(bank, key, REQUEST, UUID.randomUUID()));
        assertThat(second.eventId()).isEqualTo(dead.eventId());
        assertThat(second.occurredAt()).isEqualTo(dead.occurredAt());
        assertThat(calls.claim(bank, key, REQUEST, UUID.randomUUID())).isInstanceOf(Claim.Running.class);
        calls.giveUp(bank, key, dead); // it was slow, not dead, and gives up too late: nothing is freed
        assertThat(calls.claim(bank, key, REQUEST, UUID.randomUUID())).isInstanceOf(Claim.Running.class);
        calls.answered(bank, key, second, ANSWER);
        assertThat(calls.claim(bank, key, REQUEST, UUID.randomUUID())).isInstanceOf(Claim.Answered.class);
    }

    private void change(String sql, Object... arguments) {
        var _ = market.database.inTransaction(t -> t.change(sql, arguments));
    }

    /** What node-a says of its journal, now by its own clock, and heard so many seconds ago. */
    private void says(long nextSequence, int secondsAgo) {
        change("DELETE FROM metering.usage_live_node WHERE node_id = 'node-a'");
        change("""
                INSERT INTO metering.usage_live_node (node_id, from_sequence, next_sequence, recorded_until, heard_at)
                VALUES ('node-a', 1, ?, ?, clock_timestamp() - ? * INTERVAL '1 second')
                """, nextSequence, market.clock.instant(), secondsAgo);
    }

    private void waits(UUID subscriptionId, long hour) {
        change("DELETE FROM metering.usage_live WHERE node_id = 'node-a'");
        change("""
                INSERT INTO metering.usage_live (node_id, part, products, operations, purpose_classes, units, outcomes, sandboxes,
                       kind, hour, subscription_id, calls, quantity, answer_bytes)
                VALUES ('node-a', metering.usage_part(?), '{echo}', '{Echo}', '{INDUSTRY}', '{CALL}', '{ANSWERED}', '{false}',
                        '{1}', ARRAY[CAST(? AS integer)], ARRAY[?], '{1}', '{1}', '{1}')
                """, subscriptionId, hour, subscriptionId);
    }

    /** A run that took a call over asks whether the run before it may be on the bill. */
    @Test
    void whetherACallMayBeRecordedIsToldByWhatItsNodeSays() {
        StoredCalls other = begin("node-b");
        Claim.Ours dead = claimed();
        long hour = dead.occurredAt().getEpochSecond() / 3_600;
        assertThat(calls.mayBeRecorded(bank, dead)).as("it is the first run itself").isFalse();
        market.turnClockBy(ABANDONED);
        Claim.Ours again = ours(other.claim(bank, key, REQUEST, UUID.randomUUID()));
        assertThat(again.takenOver()).isTrue();
        assertThat(again.recorded()).isFalse();
        assertThat(other.mayBeRecorded(bank, again)).as("nobody is known who could hold it").isFalse();
        says(1, 10);
        assertThat(other.mayBeRecorded(bank, again)).as("its node has fallen silent").isTrue();
        says(1, 0);
        assertThat(other.mayBeRecorded(bank, again)).as("its node is there, and has shipped everything").isFalse();
        market.turnClockBy(Duration.ofSeconds(1));
        begin("node-a");
        assertThat(other.mayBeRecorded(bank, again)).as("its node has begun again and not spoken").isTrue();
        says(2, 0);
        waits(bank.subscriptionId(), hour);
        assertThat(other.mayBeRecorded(bank, again)).as("something of that hour waits to be shipped").isTrue();
        waits(bank.subscriptionId(), hour - 1);
        assertThat(other.mayBeRecorded(bank, again)).as("something of another hour waits").isFalse();
        waits(DemoMarket.subscription("INSTITUTE", "echo-public"), hour);
        assertThat(other.mayBeRecorded(bank, again)).as("something of another subscription waits").isFalse();
        change("DELETE FROM metering.usage_live_node WHERE node_id = 'node-a'"); // as a crash of PostgreSQL does
        assertThat(other.mayBeRecorded(bank, again)).as("its node has begun again and is not heard").isTrue();
        change("INSERT INTO metering.quota_settlement (node_id, next_sequence, settled_at) VALUES ('node-a', 1, ?)", market.clock.instant().plusMillis(1));
        assertThat(other.mayBeRecorded(bank, again)).as("what its life before recorded is stored").isFalse();
    }

    /** Its node may have recorded the event before it died: whoever runs the call again does so under that event. */
    @Test
    void aRunThatTookACallOverAndGivesUpFreesTheKeyAtOnceAndKeepsTheEvent() {
        Claim.Ours dead = claimed();
        market.turnClockBy(ABANDONED);
        Claim.Ours second = ours(calls.claim(bank, key, REQUEST, UUID.randomUUID()));
        assertThat(dead.takenOver()).isFalse();
        assertThat(second.takenOver()).isTrue();
        calls.giveUp(bank, key, second);
        assertThat(calls.claim(bank, key, OTHER, UUID.randomUUID())).isEqualTo(new Claim.OtherRequest());
        Claim.Ours third = ours(calls.claim(bank, key, REQUEST, UUID.randomUUID()));
        assertThat(third.eventId()).isEqualTo(dead.eventId());
        assertThat(third.occurredAt()).isEqualTo(dead.occurredAt());
        calls.giveUp(bank, key, second); // a run that has ended gives nothing up, though no time has passed
        calls.giveUp(bank, key, third);
        assertThat(ours(calls.claim(bank, key, REQUEST, UUID.randomUUID())).eventId()).isEqualTo(dead.eventId());
    }

    @Test
    void aRunThatMayHaveRecordedItsEventFreesTheKeyAtOnceAndKeepsTheEvent() {
        Claim.Ours first = claimed();
        calls.letGo(bank, key, first);
        Claim.Ours second = ours(calls.claim(bank, key, REQUEST, UUID.randomUUID()));
        assertThat(second.eventId()).isEqualTo(first.eventId());
        assertThat(second.takenOver()).isTrue();
        calls.answered(bank, key, second, ANSWER);
        calls.letGo(bank, key, second);
        assertThat(calls.claim(bank, key, REQUEST, UUID.randomUUID())).isInstanceOf(Claim.Answered.class);
    }

    @Test
    void whatANodeLeftRunningIsTakenOverAtOnceWhenItIsStartedAgain() {
        Claim.Ours dead = claimed();
        StoredCalls other = begin("node-b");
        assertThat(other.claim(bank, key, REQUEST, UUID.randomUUID())).isInstanceOf(Claim.Running.class);
        StoredCalls again = begin("node-a");
        Claim.Ours second = ours(other.claim(bank, key, REQUEST, UUID.randomUUID()));
        assertThat(second.eventId()).isEqualTo(dead.eventId());
        assertThat(again.claim(bank, key, REQUEST, UUID.randomUUID())).isInstanceOf(Claim.Running.class);
        other.answered(bank, key, second, ANSWER);
        assertThat(again.claim(bank, key, REQUEST, UUID.randomUUID())).isInstanceOf(Claim.Answered.class);
    }

    @Test
    void aRunOfALaterLifeIsNotTakenForOneOfAnEarlierLife() {
        Claim.Ours dead = claimed();
        StoredCalls again = begin("node-a");
        Claim.Ours second = ours(again.claim(bank, key, REQUEST, UUID.randomUUID()));
        assertThat(second.claimedAt()).isEqualTo(dead.claimedAt()); // the clock stands still: only the life tells them apart
        calls.giveUp(bank, key, dead);
        calls.letGo(bank, key, dead);
        assertThat(again.claim(bank, key, REQUEST, UUID.randomUUID())).isInstanceOf(Claim.Running.class);
    }

    @Test
    void afterItsTimeAKeyIsNewAgainAndWhatWasKeptIsDeleted() {
        calls.answered(bank, key, claimed(), ANSWER);
        calls.answered(bank, new IdempotencyKey("second"),
                ours(calls.claim(bank, new IdempotencyKey("second"), REQUEST, UUID.randomUUID())), ANSWER);
        market.turnClockBy(LIFE.minusMillis(1));
        assertThat(calls.claim(bank, key, REQUEST, UUID.randomUUID())).isInstanceOf(Claim.Answered.class);
        assertThat(calls.forgetExpired()).isZero();
        market.turnClockBy(Duration.ofMillis(1));
        UUID fresh = UUID.randomUUID();
        assertThat(ours(calls.claim(bank, key, OTHER, fresh)).eventId()).isEqualTo(fresh);
        assertThat(calls.forgetExpired()).isEqualTo(1);
    }

    @Test
    void ofManyRunsAtOnceOneIsOurs() throws Exception {
        List<Callable<Claim>> racing = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            racing.add(() -> calls.claim(bank, key, REQUEST, UUID.randomUUID()));
        }
        try (ExecutorService runs = Executors.newFixedThreadPool(8)) {
            List<Claim> claims = new ArrayList<>();
            for (Future<Claim> run : runs.invokeAll(racing)) {
                claims.add(run.get());
            }
            assertThat(claims).filteredOn(Claim.Ours.class::isInstance).hasSize(1);
            assertThat(claims).filteredOn(Claim.Running.class::isInstance).hasSize(15);
        }
    }

    @Test
    void theDatabaseHoldsNeitherTheKeyNorTheAnswer() {
        calls.answered(bank, new IdempotencyKey("a-secret-of-the-caller"),
                ours(calls.claim(bank, new IdempotencyKey("a-secret-of-the-caller"), REQUEST, UUID.randomUUID())), ANSWER);
        String row = String.join("", MarketDatabase.texts(market.dataSource, """
                SELECT encode(convert_to(c::text, 'UTF8'), 'escape') || encode(key_hash, 'escape') || encode(answer, 'escape')
                  FROM market.idempotent_call c
                """));
        assertThat(row).isNotEmpty().doesNotContain("a-secret-of-the-caller", "owes 5");
    }

    @Test
    void aStoredAnswerThatWasChangedIsNotGiven() {
        calls.answered(bank, key, claimed(), ANSWER);
        MarketDatabase.execute(market.dataSource, """
                UPDATE market.idempotent_call SET answer = set_byte(answer, 20, get_byte(answer, 20) # 1)
                """);
        assertThatThrownBy(() -> calls.claim(bank, key, REQUEST, UUID.randomUUID()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void withoutADatabaseNothingIsClaimed() {
        StoredCalls away = nodeOf(new Database(MarketDatabase.away()), "node-a");
        assertThatThrownBy(away::beginLife).isInstanceOf(DatabaseException.class);
        assertThatThrownBy(() -> away.claim(bank, key, REQUEST, UUID.randomUUID())).isInstanceOf(DatabaseException.class);
    }
}
