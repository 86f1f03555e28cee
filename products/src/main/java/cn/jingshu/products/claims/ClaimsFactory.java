package cn.jingshu.products.claims;

import cn.jingshu.products.domain.DataDomain;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;

/** Makes the product where there is a data domain. */
@Factory
@Requires(beans = DataDomain.class)
final class ClaimsFactory {
    @Singleton
    ClaimsProduct claimsProduct(DataDomain domain, ClaimsSettings settings) {
        return new ClaimsProduct(domain, settings);
    }
}
