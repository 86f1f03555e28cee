package cn.jingshu.products.transit;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import java.time.Clock;

/** Starts the product with the application, so that bad settings fail the start and not the first call. */
@Factory
final class TransitFactory {
    @Context
    @Bean(preDestroy = "close")
    TransitProduct transitProduct(TransitSettings settings, Clock clock) {
        return TransitProduct.start(settings, clock);
    }
}
