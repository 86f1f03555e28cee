package cn.jingshu.marketplace.runtime;

import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.LoadStore;
import cn.jingshu.products.domain.load.LoadHistory;
import cn.jingshu.products.domain.load.LoadTables;
import cn.jingshu.products.domain.load.Loader;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
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

    /** What products read is known once all of them are there. */
    @Singleton
    LoadTables loadTables(JdbcDataDomain domain, BeanProvider<Contracts> contracts) {
        return new LoadTables(() -> {
            contracts.get();
            return domain.tables();
        });
    }
}
