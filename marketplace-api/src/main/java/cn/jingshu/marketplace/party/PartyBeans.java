package cn.jingshu.marketplace.party;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;

/** How dear a password is and how signing in is guarded. */
@Factory
final class PartyBeans {
    @Singleton
    PasswordCost passwordCost() {
        return PasswordCost.DEFAULT;
    }

    @Singleton
    SignInSettings signInSettings() {
        return SignInSettings.DEFAULT;
    }
}
