package cn.jingshu.products.underwriting;

import cn.jingshu.products.domain.DataDomain;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;

/** Makes the product where there is a data domain. */
@Factory
@Requires(beans = DataDomain.class)
final class UnderwritingFactory {
    @Singleton
    UnderwritingProduct underwritingProduct(DataDomain domain) {
        return new UnderwritingProduct(domain);
    }
}
