package cn.jingshu.marketplace.party;

import java.util.Set;

/** What a person may do for the organisation they belong to. */
public enum Role {
    /** Manages the organisation's people, subscriptions and keys. */
    OWNER(Set.of(OrganisationKind.values())),
    /** Issues and rotates keys, reads usage. */
    DEVELOPER(Set.of(OrganisationKind.values())),
    /** 市数据局 reviewer: approves registrations and uses, sets ceilings, suspends. */
    REGULATOR(Set.of(OrganisationKind.AUTHORITY)),
    /** 发改部门 officer: signs permitted revenue and prices. */
    PRICE_OFFICER(Set.of(OrganisationKind.PRICE_AUTHORITY)),
    /** 财政部门 officer: sees what is remitted. */
    TREASURY_OFFICER(Set.of(OrganisationKind.TREASURY)),
    /** Runs the market for the operator: registers products, proposes prices. */
    OPERATIONS(Set.of(OrganisationKind.OPERATOR)),
    /** Grants and suspends the provider's resources. */
    PROVIDER_OFFICER(Set.of(OrganisationKind.PROVIDER)),
    /** Sees what the merchant's products earn. */
    MERCHANT_OFFICER(Set.of(OrganisationKind.MERCHANT)),
    /** Reads everything, decides nothing. */
    AUDITOR(Set.of(OrganisationKind.AUTHORITY, OrganisationKind.TREASURY));

    private final Set<OrganisationKind> kinds;

    Role(Set<OrganisationKind> kinds) {
        this.kinds = kinds;
    }

    /** Whether a person of an organisation of these kinds may hold the role. */
    public boolean fits(Set<OrganisationKind> organisationKinds) {
        return organisationKinds.stream().anyMatch(kinds::contains);
    }
}
