package cn.jingshu.marketplace.party;

import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/**
 * A person who signs in for one organisation.
 *
 * @param signInName lower case, unique in the market
 */
public record Person(UUID id, UUID organisationId, String signInName, String displayName, Set<Role> roles) {
    public Person {
        roles = Set.copyOf(roles);
        if (!signInName.equals(normalise(signInName)) || signInName.isEmpty()) {
            throw new IllegalArgumentException("sign-in name is not in lower case or empty");
        }
    }

    /** The form in which a typed sign-in name is stored and looked up. */
    public static String normalise(String typed) {
        return typed.strip().toLowerCase(Locale.ROOT);
    }
}
