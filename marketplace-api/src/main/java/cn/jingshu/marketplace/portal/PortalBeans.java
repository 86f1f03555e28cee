package cn.jingshu.marketplace.portal;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;

/** The parts of the portal that know nothing of the framework. */
@Factory
final class PortalBeans {

    @Singleton
    Pages pages() {
        return new Pages();
    }

    @Singleton
    Assets assets() {
        return new Assets();
    }
}
