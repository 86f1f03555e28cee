package cn.jingshu.products.efficacy;

import cn.jingshu.products.domain.DataDomain;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;

/** Opens the product where there is a data domain. */
@Factory
@Requires(beans = DataDomain.class)
final class EfficacyFactory {
    @Singleton
    EfficacyProduct efficacyProduct(DataDomain domain) {
        return new EfficacyProduct(domain);
    }
}
