package cn.jingshu.marketplace.simulation;

import cn.jingshu.marketplace.edge.CallResult;
import cn.jingshu.marketplace.edge.ProductCall;
import cn.jingshu.marketplace.edge.StreamPath;
import cn.jingshu.marketplace.gate.Admission;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.gate.Stated;
import cn.jingshu.marketplace.library.v1.Book;
import cn.jingshu.marketplace.library.v1.WatchReturnsRequest;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.RequestReading;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.StreamItem;
import cn.jingshu.products.spi.StreamRefusal;
import com.google.protobuf.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The callers of streams, the product that answers them, and what must be of each stream: what is recorded of it is what it was
 * sent, a minute for all items of one, recorded before the first of them leaves; it ends with its right; what it was sent is
 * never lost again.
 *
 * <p>What a minute is, is known here apart from the product: the first begins when the stream is asked for, and each
 * later one with the first item that comes when the one before is over. A minute in which no item came is none.
 */
final class Streams {
    static final String OPERATION = "WatchReturns";

    /** What is sold as a minute: shorter, so that a run sees many. */
    static final Duration MINUTE = Duration.ofSeconds(1);

    /** Streams that one subscription may have open at a node. */
    static final int MOST_OPEN = 3;

    private static final Duration RETRIES_FOR = Duration.ofSeconds(30);

    /** A right that ends by the clock ends at the next reading of the facts, or is not noticed while none succeeds. */
    private static final Duration BY_THE_CLOCK = MarketNode.POLL_EVERY.plusSeconds(2);

    /** One stream a caller wants, however often it opens it. */
    private static final class Wanted {
        final long number;
        final City.Key key;
        final Purpose stated;
        final @Nullable String scenario;
        final @Nullable String district;
        final @Nullable String idempotencyKey;
        final Instant since;
        /** Events of first minutes; at most one where it says which stream it is. */
        final Set<UUID> firstMinutes = new HashSet<>();
        Instant replayedAt = Instant.MAX;

        Wanted(long number, City.Key key, Purpose stated, @Nullable String scenario, @Nullable String district,
                @Nullable String idempotencyKey, Instant since) {
            this.number = number;
            this.key = key;
            this.stated = stated;
            this.scenario = scenario;
            this.district = district;
            this.idempotencyKey = idempotencyKey;
            this.since = since;
        }

        City.Asked at(Instant moment) {
            return new City.Asked(key, OPERATION, null, stated, scenario, district, moment);
        }
    }

    /** When a stream was judged, and the decisions its node may have judged by. */
    private record Judged(City.Asked asked, List<City.Facts> facts) {
        boolean allows(@Nullable Refusal refusal) {
            return City.allows(asked, facts, refusal);
        }
    }

    /** One time that a stream is opened, at one node. */
    final class Open implements StreamPath.Sink {
        private final Wanted wanted;
        private final MarketNode node;
        private final MarketNode.Run run;
        private final String requestId;
        private final Judged asked;
        private final boolean ready;
        private Judged sold;
        private @Nullable Judged looked;
        private @Nullable AutoCloseable caller;
        private Flow.@Nullable Subscriber<? super StreamItem<Book>> subscriber;
        private boolean opened;
        /** Nothing is asked of its product any more. */
        private boolean letGo;
        private boolean cancelled;
        private boolean ended;
        private boolean productFailed;
        private int alarms;
        private boolean taken;

        private Instant minuteBegan;
        private boolean minuteSold;
        /** Minutes in which an item came, and those of which one was sent. */
        private int minutes;
        private int minutesSent;
        private int items;
        /** The first minute was recorded, and that was stored, before it was opened. */
        private boolean paidBefore;
        private @Nullable UUID lastRecorded;
        private final Set<UUID> recorded = new HashSet<>();
        private final Set<UUID> billed = new HashSet<>();

        private Open(Wanted wanted, MarketNode node, String requestId) {
            this.wanted = wanted;
            this.node = node;
            this.run = node.run();
            this.requestId = requestId;
            this.minuteBegan = simulation.timeline().now();
            this.asked = new Judged(wanted.at(minuteBegan), simulation.seenBy(node));
            this.sold = asked;
            this.ready = run.access.ready();
        }

        boolean sandbox() {
            return wanted.key.secret().sandbox();
        }

        City.Subscribed subscription() {
            return wanted.key.subscription();
        }

        /** Whether it is to be paid for. */
        boolean paid() {
            return asked.asked().paid();
        }

        void alarm() {
            alarms++;
        }

        void takes() {
            taken = true;
        }

        private boolean runs() {
            return opened && !letGo && !over();
        }

        private boolean over() {
            return cancelled || ended || !run.process.alive();
        }

        @Override
        public void opened(Admission.Admitted admitted) {
            if (!run.process.alive()) {
                return;
            }
            opened = true;
            require(ready, "opened by a node that had not read the facts: " + this);
            require(asked.allows(null), "opened although a decision at least a second old forbids it: " + this);
            require(!asked.asked().at().isAfter(wanted.replayedAt), "opened anew although it was told before that it had been: " + this);
            paidBefore = wanted.idempotencyKey != null && simulation.isStored(admitted.eventId());
            if (paidBefore) {
                wanted.firstMinutes.add(admitted.eventId()); // whoever recorded it may have died before it knew
                simulation.happened("a stream that was paid is opened", this);
            }
            if (wanted.idempotencyKey == null) {
                long beside = opens.values().stream()
                        .filter(each -> each.run == run && each.runs() && each.wanted.idempotencyKey == null
                                && each.subscription().equals(subscription()))
                        .count();
                require(beside <= MOST_OPEN, beside + " streams of one subscription are open: " + this);
            }
            simulation.happened("a stream is opened", this);
        }

        @Override
        public void replayed(UUID eventId) {
            if (!run.process.alive()) {
                return;
            }
            require(wanted.idempotencyKey != null, "replayed without a key: " + this);
            require(simulation.isRecorded(eventId), "a stream is told as metered whose event is recorded nowhere: " + this);
            require(wanted.firstMinutes.contains(eventId), "a stream is told as metered under another event: " + this);
            if (wanted.replayedAt.equals(Instant.MAX)) {
                wanted.replayedAt = simulation.timeline().now();
            }
            simulation.happened("a stream is not opened again", this);
        }

        /** The product has an item. */
        private void emit() {
            Flow.Subscriber<? super StreamItem<Book>> to = subscriber;
            if (letGo || to == null || !run.process.alive()) {
                return;
            }
            Random random = simulation.random();
            int how = random.nextInt(100);
            if (how < 3) {
                to.onComplete();
                return;
            }
            if (how < 6) {
                productFailed = true;
                to.onError(items == 0 && random.nextBoolean() ? notFound() : new IllegalStateException("meant"));
                return;
            }
            items++;
            comes(simulation.timeline().now());
            simulation.inContextOf(this, () -> to.onNext(
                    new StreamItem<>("i" + items, Book.newBuilder().setBookId("book " + items).build())));
        }

        private void comes(Instant now) {
            if (!now.isBefore(minuteBegan.plus(MINUTE))) {
                minuteBegan = now;
                minuteSold = false;
                sold = new Judged(wanted.at(now), simulation.seenBy(node));
            }
            if (!minuteSold) {
                minuteSold = true;
                minutes++;
            }
            require(minutes <= minutesSent + 1, "an item of the " + minutes + ". minute came before one of the minute before was sent: " + this);
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
                    leaves(sent);
                }
            };
        }

        private void leaves(Runnable sent) {
            if (!run.process.alive()) {
                return;
            }
            require(opened && !cancelled && !ended, "an item after the end: " + this);
            int sold = recorded.size() + (paidBefore ? 1 : 0);
            require(sold >= minutes, "an item of the " + minutes + ". minute is sent and " + sold + " are recorded: " + this);
            require(this.sold.allows(null), "a minute is sold although a decision at least a second old forbids it: " + this);
            require(stands(), "an item is sent although a right ended at least a second ago: " + this);
            if (minutesSent < minutes) {
                minutesSent = minutes;
                if (minutes > 1) {
                    simulation.happened("a later minute of a stream", this);
                }
            }
            UUID event = lastRecorded;
            if (event != null && !simulation.isStored(event)) {
                node.unstored.add(event); // from now on it must be found
            }
            simulation.happened("an item is sent", this);
            Duration reads = simulation.random().nextInt(25) == 0 ? simulation.upTo(3_000) : simulation.upTo(30);
            simulation.plan(run.process, "item taken", reads, sent);
        }

        @Override
        public void ended(CallResult.@Nullable Refused<Void> refused) {
            if (!run.process.alive()) {
                return;
            }
            require(!ended, "ended twice: " + this);
            ended = true;
            if (refused == null) {
                simulation.happened("a stream ends", this);
                retry(this, 0.5);
                return;
            }
            refused(refused);
            simulation.happened("stream: " + refused.refusal().name(), this);
            retry(this, 0.6);
        }

        private void refused(CallResult.Refused<Void> refused) {
            Refusal refusal = refused.refusal();
            if (refusal == Refusal.NODE_NOT_READY) {
                require(!ready, "a node that has read the facts is not ready: " + this);
                return;
            }
            if (City.isOfTheFacts(refusal) && refused.limits() == null) {
                boolean money = City.isOfMoney(refusal); // which is asked for each minute, and not while it runs
                Judged last = looked;
                require(asked.allows(refusal) || sold.allows(refusal) || (!money && last != null && last.allows(refusal)),
                        refusal + " although the decisions of the last second say otherwise: " + this);
                require(opened || !taken, refusal + " after something was taken for it: " + this);
                require(alarms <= (MarketSimulation.ALARMING.contains(refusal) ? 1 : 0), alarms + " alarms about " + refusal + ": " + this);
                if (opened && last != null && !money) {
                    simulation.happened("a stream ends with its right", this);
                }
                return;
            }
            require(alarms == 0, "an alarm about " + refusal + ": " + this);
            switch (refusal) {
                case INTERNAL, NOT_FOUND -> require(productFailed, refusal + " although the product answered: " + this);
                case BUDGET_USED_UP -> require(paid() && simulation.hasBudget(subscription().organisationId()),
                        "a budget is used up that nobody set: " + this);
                case TOO_MANY_STREAMS -> {
                    long beside = opens.values().stream()
                            .filter(each -> each != this && each.run == run && each.opened && each.subscription().equals(subscription()))
                            .count();
                    require(beside >= MOST_OPEN, "too many streams with " + beside + " opened: " + this);
                }
                default -> { }
            }
        }

        /** Whether every right stands by some decision of the last second. */
        private boolean stands() {
            Instant now = simulation.timeline().now();
            Instant at = simulation.hasReadSince(node, now.minus(BY_THE_CLOCK)) ? now.minus(BY_THE_CLOCK) : asked.asked().at();
            return City.stands(wanted.at(at.isBefore(asked.asked().at()) ? asked.asked().at() : at), simulation.seenBy(node));
        }

        /** A record of a minute is durable. */
        private void recorded(UsageEvent event) {
            if (event.outcome() != Outcome.ANSWERED) {
                return;
            }
            require(event.quantity() == 1, "a minute that costs " + event.quantity() + " units: " + this);
            recorded.add(event.eventId());
            lastRecorded = event.eventId();
            if (minutes == 1 && wanted.idempotencyKey != null) {
                wanted.firstMinutes.add(event.eventId());
                require(wanted.firstMinutes.size() == 1, "one idempotency key is metered first as " + wanted.firstMinutes + ": " + this);
            }
        }

        /** An event of it is in a journal or stored. */
        private void found(UsageEvent event) {
            require(event.sandbox() == sandbox() && event.subscriptionId().equals(subscription().id()),
                    "event " + event.eventId() + " is of another caller: " + this);
            if (event.quantity() == 0) {
                return;
            }
            require(event.outcome() == Outcome.ANSWERED, event.outcome() + " is billed: " + this);
            billed.add(event.eventId());
            // What was recorded and not sent, because it ended just then, is the one minute more.
            require(billed.size() <= minutes, billed.size() + " minutes are billed of " + minutesSent
                    + " in which something was sent: " + this);
        }

        @Override
        public String toString() {
            return "stream " + wanted.number + " as " + requestId + " at node " + node;
        }
    }

    private final MarketSimulation simulation;
    private final City city;
    private final Map<String, Open> opens = new LinkedHashMap<>();
    private final Map<String, Open> known = new HashMap<>();
    private long wanted;
    private long asks;

    Streams(MarketSimulation simulation, City city) {
        this.simulation = simulation;
        this.city = city;
    }

    private void require(boolean holds, String what) {
        simulation.require(holds, what);
    }

    private static StreamRefusal notFound() {
        return new StreamRefusal((Answer.Refused<?>) Answer.notFound("没有", "there is none"));
    }

    /** A caller wants a stream. */
    void want() {
        Random random = simulation.random();
        City.Key key = city.anyKey();
        for (int i = 0; i < 6 && !key.subscription().covers(OPERATION); i++) {
            key = city.anyKey();
        }
        Purpose stated = key.subscription().purpose();
        String district = random.nextInt(3) == 0 ? City.DISTRICTS.getFirst() : null;
        String scenario = random.nextInt(5) == 0 ? City.SCENARIOS.getFirst() : null;
        long number = ++wanted;
        open(new Wanted(number, key, stated, scenario, district, random.nextBoolean() ? "stream-" + number : null,
                simulation.timeline().now()));
    }

    private void open(Wanted what) {
        MarketNode node = simulation.anyNode();
        if (!node.serves()) {
            return;
        }
        String requestId = "s" + ++asks;
        Open open = new Open(what, node, requestId);
        opens.put(requestId, open);
        known.put(requestId, open);
        ContractMethod method = node.contracts().findMethod("jingshu.library.v1.LibraryService/" + OPERATION).orElseThrow();
        ProductCall call = new ProductCall(method, what.key.secret().reveal(),
                Stated.of(what.stated.name(), what.scenario, what.district, null), what.idempotencyKey, requestId, "REST");
        simulation.inContextOf(open, () -> open.caller = open.run.streams.open(
                call, new RequestReading.Read(WatchReturnsRequest.newBuilder().setBooks(1).build()), open));
        simulation.timeline().after(Duration.ofMillis(200).plus(simulation.upTo(9_000)), () -> simulation.stepOf("a caller goes", () -> close(open)));
        if (what.idempotencyKey != null && simulation.random().nextInt(10) == 0) {
            again(what, simulation.upTo(1_500)); // it is asked for twice
        }
    }

    private void retry(Open open, double probability) {
        if (open.wanted.idempotencyKey != null && simulation.random().nextDouble() < probability) {
            again(open.wanted, simulation.upTo(4_000));
        }
    }

    private void again(Wanted what, Duration wait) {
        simulation.timeline().after(wait, () -> {
            if (simulation.calls() && simulation.timeline().now().isBefore(what.since.plus(RETRIES_FOR))) {
                simulation.stepOf("a stream again", () -> open(what));
            }
        });
    }

    /** The caller goes away. */
    private void close(Open open) {
        AutoCloseable caller = open.caller;
        if (open.over() || caller == null) {
            return;
        }
        open.cancelled = true;
        try {
            caller.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("closing a stream throws what it cannot", e);
        }
        simulation.happened("a caller goes", open);
    }

    /** What the product answers a stream with: items one by one, whenever one is asked for, after some time. */
    Flow.Publisher<StreamItem<Book>> publish(CallFacts facts) {
        Open open = find(facts.requestId());
        return subscriber -> {
            open.subscriber = subscriber;
            subscriber.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {
                    int patience = simulation.random().nextInt(20);
                    simulation.plan(open.run.process, "product of a stream",
                            simulation.upTo(patience < 14 ? 400 : patience < 19 ? 1_500 : 4_000), open::emit);
                }

                @Override
                public void cancel() {
                    open.letGo = true;
                }
            });
        };
    }

    private Open find(String requestId) {
        Open open = known.get(requestId);
        if (open == null) {
            throw simulation.broken("a stream nobody opened: " + requestId);
        }
        return open;
    }

    /** The stream an event is of; null: it is of a call. */
    @Nullable Open of(UsageEvent event) {
        return event.operation().equals(OPERATION) ? find(event.requestId()) : null;
    }

    /** A node has recorded an event of a stream. */
    void recorded(UsageEvent event) {
        find(event.requestId()).recorded(event);
    }

    /** An event of a stream is in a journal or stored. */
    void found(Open open, UsageEvent event) {
        open.found(event);
    }

    /** A node looks whether rights of its streams have ended. */
    void looks(MarketNode node) {
        Instant now = simulation.timeline().now();
        List<City.Facts> facts = simulation.seenBy(node);
        for (Open open : opens.values()) {
            if (open.node == node && !open.letGo && !open.over()) { // one that waits for its first minute is judged as well
                open.looked = new Judged(open.wanted.at(now), facts);
            }
        }
    }

    /** No stream runs a right of which has ended. */
    void check() {
        opens.values().removeIf(Open::over);
        for (Open open : opens.values()) {
            require(!open.runs() || open.stands(), "a stream runs although a right ended at least a second ago: " + open);
        }
    }

    void died(MarketNode node) {
        for (Open open : List.copyOf(opens.values())) {
            if (open.node == node && !open.cancelled && !open.ended) {
                retry(open, 0.8);
            }
        }
    }

    /** Every caller goes. */
    void closeAll() {
        List.copyOf(opens.values()).forEach(this::close);
    }

    /** Forgets what has come to its end. */
    void clear() {
        known.values().forEach(open -> require(open.over(), "nobody was ever told of " + open));
        opens.clear();
        known.clear();
    }
}
