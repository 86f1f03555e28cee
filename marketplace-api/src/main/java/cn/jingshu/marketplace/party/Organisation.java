package cn.jingshu.marketplace.party;

import cn.jingshu.products.identifier.Uscc;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An organisation that takes part in the market.
 *
 * @param verifiedBy how the name behind the code was checked; null: not checked
 * @param synthetic true: made up for the demo city
 */
public record Organisation(UUID id, Uscc uscc, String nameZh, String nameEn, Set<OrganisationKind> kinds, Status status,
        @Nullable Verification verifiedBy, boolean synthetic, Instant joinedAt) {

    private static final int NAME_MAX = 200;

    public Organisation {
        kinds = Set.copyOf(kinds);
    }

    /**
     * One as somebody enters it, active from {@code joinedAt} on.
     *
     * @throws IllegalArgumentException if a name is blank or longer than 200 characters, it plays no part, or the operator would be a merchant
     */
    public static Organisation entered(UUID id, Uscc uscc, String nameZh, String nameEn, Set<OrganisationKind> kinds,
            @Nullable Verification verifiedBy, Instant joinedAt) {
        for (String name : List.of(nameZh, nameEn)) {
            if (name.isBlank() || name.length() > NAME_MAX) {
                throw new IllegalArgumentException("a name has 1 to " + NAME_MAX + " characters, not " + name.length());
            }
        }
        if (kinds.isEmpty() || kinds.containsAll(Set.of(OrganisationKind.OPERATOR, OrganisationKind.MERCHANT))) {
            throw new IllegalArgumentException("kinds " + kinds + ": at least one, and the operator is no merchant");
        }
        return new Organisation(id, uscc, nameZh.strip(), nameEn.strip(), kinds, Status.ACTIVE, verifiedBy, false, joinedAt);
    }

    /** Whether code, names, kinds and verification are those of another; status and when it joined are not looked at. */
    boolean hasFactsOf(Organisation other) {
        return uscc.equals(other.uscc) && nameZh.equals(other.nameZh) && nameEn.equals(other.nameEn) && kinds.equals(other.kinds)
                && verifiedBy == other.verifiedBy;
    }

    /** Whether the organisation may act at all. */
    public enum Status {
        ACTIVE,
        /** Stopped by the bureau: every call and every decision of it is refused. */
        SUSPENDED,
        /** Has left the market for good (退出); its records stay. */
        ENDED
    }

    /** How much is known of the name behind a credit code. */
    public enum Verification {
        /** Both check characters are right; nobody has looked further. Enough to buy, and shown as such. */
        CHECK_DIGITS,
        /** A person of the operator has seen the licence document. */
        DOCUMENT,
        /** The market regulator's register names the organisation. */
        REGISTER
    }

    /** Whether it may buy without a decision by hand: active, and its code has been checked in some way. */
    public boolean mayBuy() {
        return status == Status.ACTIVE && verifiedBy != null && kinds.contains(OrganisationKind.CONSUMER);
    }
}
