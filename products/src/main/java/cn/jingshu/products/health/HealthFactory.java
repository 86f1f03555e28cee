package cn.jingshu.products.health;

import cn.jingshu.products.domain.DataDomain;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;

/** Opens the product's data when the edges ask for their products: bad settings fail the start, not the first call. */
@Factory
@Requires(beans = DataDomain.class)
final class HealthFactory {
    @Singleton
    HealthProduct healthProduct(DataDomain domain, HealthSettings settings) {
        return new HealthProduct(domain, settings);
    }
}
