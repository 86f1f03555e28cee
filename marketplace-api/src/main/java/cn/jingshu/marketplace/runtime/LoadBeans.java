package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.source.SourceSettings;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.LoadStore;
import cn.jingshu.products.domain.load.LoadHistory;
import cn.jingshu.products.domain.load.LoadTables;
import cn.jingshu.products.domain.load.Loader;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;

/** How data come into the domain. */
@Factory
final class LoadBeans {
    @Singleton
    LoadStore loadStore(OwnerConnections owner, DomainAccess access) {
        return new LoadStore(owner.dataSource(), access.keys());
    }

    @Singleton
    LoadHistory loadHistory(LoadStore store, Clock clock) {
        return new LoadHistory(store, clock);
    }

    @Singleton
    Loader loader(LoadStore store, LoadHistory history, JdbcDataDomain domain, Clock clock) {
        return new Loader(store, history, clock, domain::readNewestLoads);
    }

    /** Where sources may lie that are loaded by themselves: hosts of their own, not those merchants' upstreams may ask. */
    @Singleton
    SourceSettings sourceSettings(DataDirectory data, @Value("${jingshu.sources.hosts:}") String hosts,
            @Value("${jingshu.sources.inner-hosts:}") String inner, @Value("${jingshu.sources.secrets:}") String secrets) {
        return new SourceSettings(NodeBeans.listed(hosts), NodeBeans.listed(inner),
                secrets.isBlank() ? data.root().resolve("secrets").resolve("sources") : Path.of(secrets));
    }

    /** What products read is known once all of them are there. */
    @Singleton
    LoadTables loadTables(JdbcDataDomain domain, BeanProvider<Contracts> contracts) {
        return new LoadTables(() -> {
            contracts.get();
            return domain.tables();
        });
    }
}
