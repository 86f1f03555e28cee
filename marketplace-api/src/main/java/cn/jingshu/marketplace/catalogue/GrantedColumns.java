package cn.jingshu.marketplace.catalogue;

import cn.jingshu.marketplace.catalogue.ProviderGrants.ProviderGrant;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.DomainGrants;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the grants of providers let products read in the data domain. A grant names a column of the domain as {@code table.column}, all of a table
 * as {@code table.*}, all of the resource as {@code *}; what it names of a contract ({@code Message.field}) is the gate's to judge.
 */
@Singleton
public final class GrantedColumns implements DomainGrants {
    private final ProviderGrants grants;
    private final Clock clock;

    public GrantedColumns(ProviderGrants grants, Clock clock) {
        this.grants = grants;
        this.clock = clock;
    }

    /**
     * The grants as they are at one moment.
     *
     * @param inForce those that hold then
     * @param until when the next of them begins or ends by itself; empty: none will
     */
    public record Standing(Set<ProviderGrant> inForce, Optional<Instant> until) {}

    /** How the grants stand now. @throws DatabaseException if PostgreSQL is away */
    public Standing now() {
        Instant now = clock.instant();
        Set<ProviderGrant> inForce = new HashSet<>();
        List<ProviderGrant> standing = grants.listStanding();
        standing.stream().filter(grant -> grant.inForceAt(now)).forEach(inForce::add);
        return new Standing(Set.copyOf(inForce), standing.stream()
                .flatMap(grant -> Stream.of(grant.startsAt(), grant.endsAt()))
                .filter(moment -> moment.isAfter(now))
                .min(Comparator.naturalOrder()));
    }

    @Override
    public InForce inForce() {
        Set<ProviderGrant> inForce;
        try {
            inForce = now().inForce();
        } catch (DatabaseException away) {
            throw new DomainException(DomainException.Reason.UNAVAILABLE, "the grants of providers cannot be read", away);
        }
        return (product, resource, table, column) -> inForce.stream().anyMatch(grant -> grant.product().equals(product)
                && grant.resource().equals(resource)
                && (grant.covers(table + "." + column) || grant.columns().contains(table + "." + ProviderGrants.EVERY_COLUMN)));
    }
}
