package cn.jingshu.marketplace.visitor;

import cn.jingshu.marketplace.apikey.ApiKeys.KeyRecord;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.party.SessionToken;
import cn.jingshu.marketplace.subscription.Subscription;
import java.util.Arrays;

/** Who sent a request to the portal or the management API. */
public sealed interface Visitor {
    /** Nobody known. */
    record Nobody() implements Visitor {}

    /** A person with a session cookie. */
    record SignedIn(Person person, SessionToken token) implements Visitor {
        public boolean hasAny(Role... roles) {
            return Arrays.stream(roles).anyMatch(person.roles()::contains);
        }
    }

    /** A program with a live API key: it may read what concerns its subscription. */
    record Key(KeyRecord key, Subscription subscription) implements Visitor {}
}
