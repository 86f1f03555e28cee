package cn.jingshu.products.lending;

import cn.jingshu.products.domain.DataDomain;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Starts the product when the edges ask for their products: bad settings fail the start, not the first call. */
@Factory
@Requires(beans = DataDomain.class)
final class LendingFactory {
    /** A demonstration holds nobody's data, so it needs no licence; with a database of its own an installation is none. */
    @Singleton
    LendingProduct lendingProduct(LendingSettings settings, DataDomain domain, Clock clock,
            @Value("${jingshu.demo:false}") boolean demo, @Value("${jingshu.datasource.url:}") String externalDatabase) {
        return LendingProduct.open(settings, domain, clock, demo && externalDatabase.isBlank());
    }
}
