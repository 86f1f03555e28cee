package cn.jingshu.products.transit;

import cn.jingshu.products.transit.keeping.Timetables;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Starts the product when the edges ask for their products: bad settings fail the start, not the first call. */
@Factory
final class TransitFactory {
    @Singleton
    @Bean(preDestroy = "close")
    TransitProduct transitProduct(TransitSettings settings, Clock clock, BeanProvider<Timetables> timetables) {
        return TransitProduct.start(settings, clock, timetables.isPresent() ? timetables.get() : null);
    }
}
