package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.marketplace.visitor.Visitor;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whose facts a visitor may read. What is not one's own is answered as if it did not exist. */
@Singleton
public final class Rights {
    private static final Role[] BOOK_READERS = {
        Role.OPERATIONS, Role.AUDITOR, Role.REGULATOR, Role.PRICE_OFFICER, Role.TREASURY_OFFICER
    };

    /** Who sees every single call: who runs the market, who audits it and who supervises it. */
    private static final Role[] CALL_READERS = {Role.OPERATIONS, Role.AUDITOR, Role.REGULATOR};

    private final Subscriptions subscriptions;

    Rights(Subscriptions subscriptions) {
        this.subscriptions = subscriptions;
    }

    /** The subscriptions a visitor may see the usage of: a key its own, a person those of their organisation. */
    List<Subscription> subscriptionsOf(Visitor visitor) {
        return switch (visitor) {
            case Visitor.Nobody() -> throw new ManagementProblem(Refusal.KEY_MISSING);
            case Visitor.Key(var _, var subscription) -> List.of(subscription);
            case Visitor.SignedIn(var person, var _) -> subscriptions.listOf(person.organisationId());
        };
    }

    /** The organisation whose bill is asked for: one's own, or for readers of the books any. */
    UUID organisationOf(Visitor visitor, @Nullable UUID asked) {
        UUID own = switch (visitor) {
            case Visitor.Nobody() -> throw new ManagementProblem(Refusal.KEY_MISSING);
            case Visitor.Key(var _, var subscription) -> subscription.organisationId();
            case Visitor.SignedIn(var person, var _) -> person.organisationId();
        };
        if (asked == null || asked.equals(own)) {
            return own;
        }
        if (mayReadBooks(visitor)) {
            return asked;
        }
        throw new ManagementProblem(Refusal.NOT_FOUND);
    }

    /** The subscriptions whose single calls a visitor may see; empty: everybody's. */
    public Optional<Set<UUID>> callsOf(Visitor visitor) {
        if (visitor instanceof Visitor.SignedIn signedIn && signedIn.hasAny(CALL_READERS)) {
            return Optional.empty();
        }
        return Optional.of(subscriptionsOf(visitor).stream().map(Subscription::id).collect(Collectors.toUnmodifiableSet()));
    }

    /** As {@link #callsOf(Visitor)}, of one organisation or one subscription only; null: of any. */
    Optional<Set<UUID>> callsOf(Visitor visitor, @Nullable UUID organisation, @Nullable UUID subscription) {
        Optional<Set<UUID>> visible = callsOf(visitor);
        if (organisation == null && subscription == null) {
            return visible;
        }
        Set<UUID> asked = Stream.concat(
                        organisation == null
                                ? Stream.of()
                                : subscriptions.listOf(organisation).stream().map(Subscription::id),
                        Stream.ofNullable(organisation == null ? subscription : null))
                .filter(id -> subscription == null || id.equals(subscription))
                .filter(id -> visible.isEmpty() || visible.get().contains(id))
                .collect(Collectors.toUnmodifiableSet());
        if (asked.isEmpty()) {
            throw new ManagementProblem(Refusal.NOT_FOUND);
        }
        return Optional.of(asked);
    }

    /** The person who asks, when they have one of these roles; keys decide nothing. */
    static Person require(Visitor visitor, Role... roles) {
        if (visitor instanceof Visitor.Nobody) {
            throw new ManagementProblem(Refusal.NOT_SIGNED_IN);
        }
        if (visitor instanceof Visitor.SignedIn signedIn && signedIn.hasAny(roles)) {
            return signedIn.person();
        }
        throw new ManagementProblem(Refusal.FORBIDDEN);
    }

    /** Lets people on, whatever their roles, and no programs. */
    static void requireSignedIn(Visitor visitor) {
        switch (visitor) {
            case Visitor.Nobody() -> throw new ManagementProblem(Refusal.NOT_SIGNED_IN);
            case Visitor.Key(var _, var _) -> throw new ManagementProblem(Refusal.FORBIDDEN);
            case Visitor.SignedIn(var _, var _) -> {}
        }
    }

    /** Whether a visitor may read the books of the whole market. */
    public static boolean mayReadBooks(Visitor visitor) {
        return visitor instanceof Visitor.SignedIn signedIn && signedIn.hasAny(BOOK_READERS);
    }

    /** Who reads the facts of governance: those who decide about some of them, and the auditor. */
    static final Role[] GOVERNANCE_READERS = {
        Role.REGULATOR, Role.OPERATIONS, Role.PROVIDER_OFFICER, Role.PRICE_OFFICER, Role.AUDITOR
    };

    /** Lets on readers of the books and those who have a part in what is split; whose part they see is asked elsewhere. */
    static void requireParty(Visitor visitor) {
        if (!mayReadBooks(visitor)) {
            require(visitor, Role.MERCHANT_OFFICER, Role.PROVIDER_OFFICER);
        }
    }

    static void requireBooks(Visitor visitor) {
        if (visitor instanceof Visitor.Nobody) {
            throw new ManagementProblem(Refusal.NOT_SIGNED_IN);
        }
        if (!mayReadBooks(visitor)) {
            throw new ManagementProblem(Refusal.FORBIDDEN);
        }
    }
}
