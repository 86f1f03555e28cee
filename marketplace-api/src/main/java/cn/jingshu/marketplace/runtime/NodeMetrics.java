package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.billing.account.RevenueWatch;
import cn.jingshu.marketplace.drift.DriftWatch;
import cn.jingshu.marketplace.edge.Connections;
import cn.jingshu.marketplace.edge.LateLoops;
import cn.jingshu.marketplace.edge.Places;
import cn.jingshu.marketplace.edge.StreamPath;
import cn.jingshu.marketplace.gate.AccessRefresh;
import cn.jingshu.marketplace.seal.Sealing;
import cn.jingshu.marketplace.usagepush.UsagePush;
import cn.jingshu.metering.journal.Shipper;
import cn.jingshu.metering.journal.ShippingState;
import cn.jingshu.metering.journal.UsageJournal;
import cn.jingshu.metering.limit.RateLimits;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** What the node shows of itself: the usage journal, its shipping and the age of what the gate knows. */
@Singleton
final class NodeMetrics {
    private final UsageJournal journal;
    private final Shipper shipper;
    private final AccessRefresh access;
    private final RateLimits limits;
    private final Connections connections;
    private final Places places;
    private final StreamPath streams;
    private final LateLoops late;
    private final UsagePush push;
    private final Sealing sealing;
    private final RevenueWatch revenue;
    private final DriftWatch drift;
    private final Clock clock;

    NodeMetrics(UsageJournal journal, Shipper shipper, AccessRefresh access, RateLimits limits,
            Connections connections, Places places, StreamPath streams, LateLoops late, UsagePush push, Sealing sealing, RevenueWatch revenue, DriftWatch drift, Clock clock) {
        this.journal = journal;
        this.shipper = shipper;
        this.access = access;
        this.limits = limits;
        this.connections = connections;
        this.places = places;
        this.streams = streams;
        this.late = late;
        this.push = push;
        this.sealing = sealing;
        this.revenue = revenue;
        this.drift = drift;
        this.clock = clock;
    }

    /**
     * Called once the node runs: a binder bean would be asked for before the connection pool exists.
     *
     * @param retentionLocked whether PostgreSQL itself refuses to lose a month of usage records, as found at the start
     */
    void bindTo(MeterRegistry registry, boolean retentionLocked) {
        Gauge.builder("jingshu.retention.locked", () -> retentionLocked ? 1 : 0)
                .description("1 while PostgreSQL itself refuses to lose usage records younger than three years")
                .register(registry);
        FunctionCounter.builder("jingshu.journal.events", journal, each -> each.stats().appendedEvents())
                .description("usage events made durable on this node since its journal began")
                .register(registry);
        Gauge.builder("jingshu.journal.unshipped", journal, each -> each.stats().unshippedEvents())
                .description("usage events not in PostgreSQL yet")
                .register(registry);
        Gauge.builder("jingshu.journal.lag.seconds", journal, each -> each.stats().lagAt(clock.instant()).toMillis() / 1000.0)
                .description("how long the oldest unshipped usage event has waited")
                .register(registry);
        Gauge.builder("jingshu.journal.bytes", journal, each -> each.stats().fileBytes())
                .description("length of all journal segments")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("jingshu.journal.broken", journal, each -> each.stats().fault().isPresent() ? 1 : 0)
                .description("1 while events cannot be recorded, so calls are refused")
                .register(registry);
        FunctionCounter.builder("jingshu.shipper.events", shipper, each -> each.stats().shippedEvents())
                .description("usage events stored in PostgreSQL since the node started")
                .register(registry);
        Gauge.builder("jingshu.shipper.failing", shipper,
                        each -> each.stats().state() instanceof ShippingState.Shipping ? 0 : 1)
                .description("1 while shipping is retried, refused or stopped")
                .register(registry);
        Gauge.builder("jingshu.access.age.seconds", access,
                        each -> each.age().map(Duration::toMillis).orElse(-1_000L) / 1000.0)
                .description("since the gate's facts were last read from PostgreSQL; -1: never")
                .register(registry);
        Gauge.builder("jingshu.calls.under.way", places, Places::taken)
                .description("product calls under way, streams apart")
                .register(registry);
        FunctionCounter.builder("jingshu.calls.overloaded", places, Places::refused)
                .description("product calls refused because no place was free for them, or their event loop was late")
                .register(registry);
        Gauge.builder("jingshu.connections.open", connections, Connections::open)
                .description("open connections, over HTTP and gRPC together")
                .register(registry);
        FunctionCounter.builder("jingshu.connections.refused", connections, Connections::refused)
                .description("connections closed at once because there was no room for more")
                .register(registry);
        Gauge.builder("jingshu.streams.open", streams, StreamPath::taken)
                .description("open streams, and such as are just asked for")
                .register(registry);
        FunctionCounter.builder("jingshu.streams.overloaded", streams, StreamPath::refused)
                .description("streams refused because no place was free for them, or their event loop was late")
                .register(registry);
        Gauge.builder("jingshu.event.loops.late", late, LateLoops::count)
                .description("event loops that are behind their time, so that paid calls on them are refused")
                .register(registry);
        Gauge.builder("jingshu.limits.shared", limits, each -> each.stats().shared() ? 1 : 0)
                .description("1 while rate limits are shared through Redis")
                .register(registry);
        Gauge.builder("jingshu.revenue.permitted.portion", revenue, RevenueWatch::portionOfPermitted)
                .description("revenue of this year as a portion of the permitted one; -1: none is signed, or not known yet")
                .register(registry);
        Gauge.builder("jingshu.log.leaves", sealing, each -> each.lastSeen().map(last -> last.checkpoint().size()).orElse(-1L))
                .description("leaves of the append-only log under its last checkpoint; -1: not known now")
                .register(registry);
        Gauge.builder("jingshu.log.checkpoint.age.seconds", sealing, each -> each.lastSeen()
                        .map(last -> Duration.between(last.checkpoint().signedAt(), clock.instant()).toMillis()).orElse(-1_000L) / 1000.0)
                .description("since the last checkpoint was signed; -1: not known now")
                .register(registry);
        Gauge.builder("jingshu.log.failing", sealing, each -> each.fault().isPresent() ? 1 : 0)
                .description("1 while this node cannot seal")
                .register(registry);
        MultiGauge moved = MultiGauge.builder("jingshu.model.drift")
                .description("largest population stability index of a model's inputs over 30 days; from 0.25 on it needs a new look")
                .register(registry);
        drift.whenReckoned(all -> moved.register(DriftWatch.worst(all).stream()
                .map(each -> MultiGauge.Row.of(Tags.of("product", each.product(), "model", each.model()), each.index()))
                .toList(), true));
        if (push.isConfigured()) {
            bindPush(registry);
        }
    }

    private void bindPush(MeterRegistry registry) {
        Gauge.builder("jingshu.usage.push.waiting", push, each -> Optional.ofNullable(each.stats().waiting()).orElse(-1L))
                .description("usage events and voids stored and not taken by the sink; -1: not known now")
                .register(registry);
        Gauge.builder("jingshu.usage.push.lag.seconds", push, each -> each.lag().toMillis() / 1000.0)
                .description("how long ago the oldest event the sink has not taken occurred")
                .register(registry);
        Gauge.builder("jingshu.usage.push.failing", push, each -> each.stats().failing() ? 1 : 0)
                .description("1 while the sink does not take what it is sent")
                .register(registry);
    }
}
