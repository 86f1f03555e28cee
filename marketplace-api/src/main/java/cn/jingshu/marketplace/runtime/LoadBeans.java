package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.catalogue.GrantedColumns;
import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.source.FreshnessRounds;
import cn.jingshu.marketplace.source.SourceSettings;
import cn.jingshu.marketplace.source.UpdateCycles;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.LoadStore;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.load.DatabaseEngines;
import cn.jingshu.products.domain.load.KeptArchives;
import cn.jingshu.products.domain.load.LoadHistory;
import cn.jingshu.products.domain.load.LoadTables;
import cn.jingshu.products.domain.load.Loader;
import cn.jingshu.products.transit.TransitSettings;
import cn.jingshu.products.transit.feed.FeedKind;
import cn.jingshu.products.transit.keeping.Timetables;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** How data come into the domain. */
@Factory
final class LoadBeans {
    @Singleton
    LoadStore loadStore(OwnerConnections owner, DomainAccess access) {
        return new LoadStore(owner.dataSource(), access.keys());
    }

    @Singleton
    LoadHistory loadHistory(LoadStore store, Clock clock, TransitSettings transit, UpdateCycles cycles) {
        return new LoadHistory(store, clock, table -> FeedKind.named(table.name()).map(kind -> kind.usualRules(transit.staleAfter())),
                table -> cycleOf(table, cycles));
    }

    /** A feed's readings say their age themselves, and no row is kept of them. */
    private static Optional<Duration> cycleOf(ResourceTable table, UpdateCycles cycles) {
        if (FeedKind.named(table.name()).isPresent()) {
            return Optional.empty();
        }
        try {
            return cycles.freshFor(table.resource()).map(UpdateCycles.FreshFor::whole);
        } catch (DatabaseException away) {
            throw new DomainException(DomainException.Reason.UNAVAILABLE, "the catalogue and the numbers of policy cannot be read", away);
        }
    }

    @Singleton
    Loader loader(LoadStore store, LoadHistory history, JdbcDataDomain domain, Clock clock) {
        return new Loader(store, history, clock, domain::readNewestLoads);
    }

    /** Where sources may lie that are loaded by themselves: hosts of their own, not those merchants' upstreams may ask. */
    @Singleton
    SourceSettings sourceSettings(DataDirectory data, @Value("${jingshu.sources.hosts:}") String hosts,
            @Value("${jingshu.sources.inner-hosts:}") String inner,
            @Value("${jingshu.sources.plain-hosts:}") String plain, @Value("${jingshu.sources.secrets:}") String secrets,
            @Value("${jingshu.sources.folders:}") String folders, @Value("${jingshu.sources.databases:}") String databases,
            @Value("${jingshu.sources.drivers:}") String drivers) {
        return new SourceSettings(NodeBeans.listed(hosts), NodeBeans.listed(inner), NodeBeans.listed(plain),
                secrets.isBlank() ? data.root().resolve("secrets").resolve("sources") : Path.of(secrets),
                NodeBeans.listed(folders), data.root().resolve("source-copies"),
                DatabaseEngines.of(NodeBeans.listed(databases), drivers.isBlank() ? data.root().resolve("drivers") : Path.of(drivers)));
    }

    /** The timetable of public transport, and what of it the product may use. */
    @Singleton
    Timetables timetables(LoadStore store, LoadHistory history, Loader loader, GrantedColumns grants) {
        return new Timetables(new KeptArchives(store), history, loader, () -> grantedTo("transit", grants));
    }

    private static Set<String> grantedTo(String product, GrantedColumns grants) {
        try {
            return grants.now().inForce().stream().filter(grant -> grant.product().equals(product)).map(ProviderGrants.ProviderGrant::resource)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (DatabaseException away) {
            throw new DomainException(DomainException.Reason.UNAVAILABLE, "the grants of providers cannot be read", away);
        }
    }

    /** What products read is known once all of them are there. */
    @Singleton
    LoadTables loadTables(JdbcDataDomain domain, BeanProvider<Contracts> contracts) {
        return new LoadTables(() -> {
            contracts.get();
            return domain.tables();
        }, FeedKind.tables());
    }

    /** The catalogue, a number of policy or the clock may have moved what is stale: looked over hourly. */
    @Bean(preDestroy = "close")
    @Singleton
    FreshnessRounds freshnessRounds(LoadHistory history, LoadTables tables, JdbcDataDomain domain) {
        return new FreshnessRounds(history, tables, domain);
    }
}
