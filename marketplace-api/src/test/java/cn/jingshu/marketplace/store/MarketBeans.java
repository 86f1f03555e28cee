package cn.jingshu.marketplace.store;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.RuntimeBeanDefinition;
import io.micronaut.inject.qualifiers.PrimaryQualifier;
import java.time.Clock;
import java.util.Map;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The market's beans over a database of {@link MarketDatabase}, repositories and shared transactions included. */
public final class MarketBeans implements AutoCloseable {
    private final ApplicationContext context;

    /** @param clock what every bean takes the time from */
    public MarketBeans(DataSource dataSource, Clock clock) {
        PGSimpleDataSource postgres = (PGSimpleDataSource) dataSource;
        this.context = ApplicationContext.builder()
                .deduceEnvironment(false)
                .properties(Map.of(
                        "micronaut.metrics.enabled", false, // they measure a whole node
                        "datasources.default.url", postgres.getURL(),
                        "datasources.default.username", String.valueOf(postgres.getUser()),
                        "datasources.default.password", "",
                        "datasources.default.dialect", "POSTGRES",
                        "datasources.default.connection-timeout", 1_000,
                        "datasources.default.initialization-fail-timeout", -1,
                        // One for a transaction and one for a transaction inside it.
                        "datasources.default.maximum-pool-size", 2))
                .beanDefinitions(RuntimeBeanDefinition.builder(Clock.class, () -> clock)
                        .singleton(true)
                        .qualifier(PrimaryQualifier.instance())
                        .build())
                .start();
    }

    public <T> T get(Class<T> type) {
        return context.getBean(type);
    }

    /** Gives the connections back: no database is copied or renamed while someone is connected to it. */
    @Override
    public void close() {
        context.close();
    }
}
