package cn.jingshu.products.rental;

import cn.jingshu.products.domain.DataDomain;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;

/** Opens the product's way into the domain when the edges ask for their products. */
@Factory
@Requires(beans = DataDomain.class)
final class RentalFactory {
    @Singleton
    RentalProduct rentalProduct(DataDomain domain) {
        return new RentalProduct(domain, RentalRules.OF_2026);
    }
}
