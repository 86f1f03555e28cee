package cn.jingshu.products.domain;

import cn.jingshu.products.domain.JdbcDataDomain.NewestLoad;
import cn.jingshu.products.spi.CallFacts;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A product's way in: the connections of its two roles. */
final class JdbcProductData implements ProductData, AutoCloseable {
    private final String product;
    private final Set<String> tables;
    private final DomainKeys keys;
    private final RoleConnections live;
    private final RoleConnections sandbox;
    private final Function<String, Optional<NewestLoad>> loads;
    private final Instant openedAt;

    JdbcProductData(DomainNeeds needs, DomainKeys keys, RoleConnections live, RoleConnections sandbox,
            Function<String, Optional<NewestLoad>> loads, Clock clock) {
        this.product = needs.product();
        this.tables = needs.reads().keySet().stream().map(ResourceTable::name).collect(Collectors.toUnmodifiableSet());
        this.keys = keys;
        this.live = live;
        this.sandbox = sandbox;
        this.loads = loads;
        this.openedAt = clock.instant();
    }

    @Override
    public <T> CompletionStage<T> within(CallFacts facts, Function<DataSession, T> work) {
        return (facts.sandbox() ? sandbox : live).within(work);
    }

    @Override
    public String token(String identifier) {
        return keys.tokens().of(identifier);
    }

    @Override
    public Freshness freshness(CallFacts facts, String table) {
        if (!tables.contains(table)) {
            throw new IllegalArgumentException("product " + product + " does not read table " + table);
        }
        if (facts.sandbox()) {
            return new Freshness(openedAt, false, false, null); // a twin is as new as its node says
        }
        return loads.apply(table)
                .map(load -> new Freshness(load.loadedAt(), load.staleFrom() != null && !facts.occurredAt().isBefore(load.staleFrom()),
                        load.degraded(), load.qualityScore()))
                .orElseGet(() -> new Freshness(null, true, false, null));
    }

    @Override
    public void close() {
        live.close();
        sandbox.close();
    }
}
