package cn.jingshu.marketplace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.edge.CallResult;
import cn.jingshu.marketplace.edge.ProductCall;
import cn.jingshu.marketplace.edge.SteppedStreams;
import cn.jingshu.marketplace.edge.StreamPath;
import cn.jingshu.marketplace.gate.Admission;
import cn.jingshu.marketplace.gate.Gate;
import cn.jingshu.marketplace.gate.Lineage;
import cn.jingshu.marketplace.gate.NoBudgets;
import cn.jingshu.marketplace.gate.QuotaSource;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.gate.SimulatedAccessTables;
import cn.jingshu.marketplace.gate.Stated;
import cn.jingshu.marketplace.gate.SteppedAccess;
import cn.jingshu.marketplace.idempotency.SimulatedCallTable;
import cn.jingshu.marketplace.library.v1.Book;
import cn.jingshu.marketplace.library.v1.WatchReturnsRequest;
import cn.jingshu.metering.event.EventIds;
import cn.jingshu.metering.limit.LimitDecision;
import cn.jingshu.metering.quota.QuotaDecision;
import cn.jingshu.metering.simulation.Fault;
import cn.jingshu.metering.simulation.PlannedTasks;
import cn.jingshu.metering.simulation.SimulatedProcess;
import cn.jingshu.metering.simulation.Timeline;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.RequestReading;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.StreamItem;
import com.google.protobuf.Message;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A stream with a key whose first minutes were empty, and its first item comes while the database is away. */
final class StreamKeyTest {
    private final Timeline timeline = new Timeline(Instant.parse("2026-11-23T04:00:00Z"));
    private final List<Object> told = new ArrayList<>();
    private Flow.@Nullable Subscriber<? super StreamItem<Book>> caller;
    private long unitsTaken;
    private boolean away;

    private final class Product implements SimulatedLibrary.Mood {
        @Override
        public <A extends Message> CompletionStage<Answer<A>> answer(CallFacts facts, Supplier<Answer<A>> answer) {
            return CompletableFuture.completedFuture(answer.get());
        }

        @Override
        public Flow.Publisher<StreamItem<Book>> watch(CallFacts facts) {
            return subscriber -> {
                caller = subscriber;
                subscriber.onSubscribe(new Flow.Subscription() {
                    @Override
                    public void request(long n) {}

                    @Override
                    public void cancel() {}
                });
            };
        }
    }

    private final class Sink implements StreamPath.Sink {
        @Override
        public void opened(Admission.Admitted admitted) {
            told.add("opened");
        }

        @Override
        public void replayed(UUID eventId) {
            told.add("replayed");
        }

        @Override
        public StreamPath.Parcel pack(StreamItem<? extends Message> item) {
            return new StreamPath.Parcel() {
                @Override
                public long bytes() {
                    return item.message().getSerializedSize();
                }

                @Override
                public void send(Runnable sent) {
                    told.add("item");
                }
            };
        }

        @Override
        public void ended(CallResult.@Nullable Refused<Void> refused) {
            told.add(refused == null ? "ended" : refused.refusal());
        }
    }

    private final class Units implements QuotaSource {
        @Override
        public CompletionStage<QuotaDecision> take(UUID subscriptionId, YearMonth period, long limitUnits, long units) {
            unitsTaken += units;
            return CompletableFuture.completedFuture(new QuotaDecision.Taken(1));
        }

        @Override
        public void giveBack(UUID subscriptionId, YearMonth period, long units) {
            unitsTaken -= units;
        }

        @Override
        public void book(UUID subscriptionId, YearMonth period, long units) {
            throw new AssertionError("nothing is used unasked");
        }
    }

    @Test
    void aKeyThatCannotBeKeptForALaterMinuteIsToldAsSuchAndCostsNothing() {
        Pepper pepper = new Pepper(new byte[Pepper.MIN_BYTES]);
        SimulatedProcess process = new SimulatedProcess(_ -> {}, fault -> fault == Fault.DATABASE_AWAY && away);
        SimulatedAccessTables facts = new SimulatedAccessTables(SimulatedAccessTables.Lie.NONE);
        City city = new City(facts, new Random(1), pepper, timeline.now());
        city.newConsumers(timeline.now());
        SteppedAccess access = new SteppedAccess(facts, process, Runnable::run, new Lineage(Map.of()), Duration.ofSeconds(3),
                Duration.ofSeconds(1), timeline.clock());
        assertThat(access.turn()).isTrue();
        EventIds ids = new EventIds(timeline.clock(), () -> 7L);
        Gate gate = new Gate(access.latest(), pepper,
                (_, _) -> CompletableFuture.completedFuture(new LimitDecision.Allowed(1, Duration.ZERO)), new Units(), new NoBudgets(), ids,
                breach -> told.add(breach));
        Contracts contracts = Contracts.of(List.of(new SimulatedLibrary(new Product())));
        SteppedStreams streams = new SteppedStreams(gate, contracts, "node", event -> {
            told.add(event);
            return CompletableFuture.completedFuture(null);
        }, new SimulatedCallTable(SimulatedCallTable.Lie.NONE, _ -> false, _ -> false).storedCalls(process, pepper, new SecureRandom(), "node",
                new UUID(1, 1), timeline.clock(), Duration.ofHours(24), Duration.ofSeconds(30)),
                new PlannedTasks(Runnable::run), _ -> {}, ids, timeline.clock(), 1, Duration.ofMinutes(1));
        ProductCall call = new ProductCall(contracts.findMethod("jingshu.library.v1.LibraryService/WatchReturns").orElseThrow(),
                free(city).secret().reveal(), Stated.NOTHING, "a-key", "r1", "REST");
        var _ = streams.open(call, new RequestReading.Read(WatchReturnsRequest.newBuilder().setBooks(1).build()), new Sink());
        assertThat(told).containsExactly("opened");
        timeline.pass(Duration.ofMinutes(2));
        away = true;
        Flow.Subscriber<? super StreamItem<Book>> open = caller;
        assertThat(open).isNotNull();
        if (open != null) {
            open.onNext(new StreamItem<>("1", Book.getDefaultInstance()));
        }
        assertThat(told).containsExactly("opened", Refusal.IDEMPOTENCY_UNAVAILABLE);
        assertThat(unitsTaken).isZero();
    }

    /** A live key of a subscription that pays nothing. */
    private static City.Key free(City city) {
        while (true) {
            City.Key key = city.anyKey();
            if (city.payer(key.subscription().id()) == null && !key.secret().sandbox()) {
                return key;
            }
        }
    }
}
