package cn.jingshu.products.prescription;

import cn.jingshu.products.domain.DataDomain;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;

/** Opens the product where there is a data domain. */
@Factory
@Requires(beans = DataDomain.class)
final class PrescriptionFactory {
    @Singleton
    PrescriptionProduct prescriptionProduct(DataDomain domain, PrescriptionSettings settings) {
        return new PrescriptionProduct(domain, settings);
    }
}
