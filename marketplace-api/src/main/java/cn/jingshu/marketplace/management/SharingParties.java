package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.Set;

/** Under which names a person's organisation shares in what is split, as far as the person's roles let them see it. */
@Singleton
public final class SharingParties {
    private final DataProviders providers;

    SharingParties(DataProviders providers) {
        this.providers = providers;
    }

    /** A merchant's id for its officers, codes of the catalogue for a provider's; none: the person has no business with shares. */
    public Set<String> of(Person person) {
        Set<String> own = new HashSet<>();
        if (person.roles().contains(Role.MERCHANT_OFFICER)) {
            own.add(person.organisationId().toString());
        }
        if (person.roles().contains(Role.PROVIDER_OFFICER)) {
            own.addAll(providers.codesOf(person.organisationId()));
        }
        return Set.copyOf(own);
    }
}
