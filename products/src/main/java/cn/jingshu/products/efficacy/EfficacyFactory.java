package cn.jingshu.products.efficacy;

import cn.jingshu.products.domain.DataDomain;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;

/** Opens the product when the edges ask for their products. */
@Factory
final class EfficacyFactory {
    @Singleton
    EfficacyProduct efficacyProduct(DataDomain domain) {
        return new EfficacyProduct(domain);
    }
}
