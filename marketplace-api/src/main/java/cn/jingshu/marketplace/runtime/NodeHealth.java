package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.gate.AccessRefresh;
import cn.jingshu.metering.journal.UsageJournal;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import jakarta.inject.Singleton;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * Ready: the gate knows its facts, they are renewed, and the journal takes events. A database that is away does not stop calls; facts that grow
 * old while it is there do.
 */
@Singleton
@Readiness
final class NodeHealth implements HealthIndicator {
    private final AccessRefresh access;
    private final UsageJournal journal;

    NodeHealth(AccessRefresh access, UsageJournal journal) {
        this.access = access;
        this.journal = journal;
    }

    @Override
    public Publisher<HealthResult> getResult() {
        boolean up = access.age().isPresent() && !access.isStale() && journal.stats().fault().isEmpty();
        return Mono.just(HealthResult.builder("node", up ? HealthStatus.UP : HealthStatus.DOWN).build());
    }
}
