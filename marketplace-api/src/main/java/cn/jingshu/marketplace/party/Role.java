package cn.jingshu.marketplace.party;

import java.util.Set;

/** What a person may do for the organisation they belong to. */
public enum Role {
    /** Manages the organisation's people, subscriptions and keys. */
    OWNER,
    /** Issues and rotates keys, reads usage. */
    DEVELOPER,
    /** 市数据局 reviewer: approves registrations and uses, sets ceilings, suspends. */
    REGULATOR,
    /** 发改部门 officer: signs permitted revenue and prices. */
    PRICE_OFFICER,
    /** 财政部门 officer: sees what is remitted. */
    TREASURY_OFFICER,
    /** Runs the market for the operator: registers products, proposes prices. */
    OPERATIONS,
    /** Grants and suspends the provider's resources. */
    PROVIDER_OFFICER,
    /** Sees what the merchant's products earn. */
    MERCHANT_OFFICER,
    /** Reads everything, decides nothing. */
    AUDITOR;

    /** Whether a person of an organisation of these kinds may hold the role. */
    public boolean fits(Set<OrganisationKind> kinds) {
        return switch (this) {
            case OWNER, DEVELOPER -> true;
            case REGULATOR -> kinds.contains(OrganisationKind.AUTHORITY);
            case PRICE_OFFICER -> kinds.contains(OrganisationKind.PRICE_AUTHORITY);
            case TREASURY_OFFICER -> kinds.contains(OrganisationKind.TREASURY);
            case OPERATIONS -> kinds.contains(OrganisationKind.OPERATOR);
            case PROVIDER_OFFICER -> kinds.contains(OrganisationKind.PROVIDER);
            case MERCHANT_OFFICER -> kinds.contains(OrganisationKind.MERCHANT);
            case AUDITOR ->
                kinds.contains(OrganisationKind.AUTHORITY) || kinds.contains(OrganisationKind.TREASURY);
        };
    }
}
