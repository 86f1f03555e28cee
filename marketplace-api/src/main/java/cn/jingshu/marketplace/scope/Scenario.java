package cn.jingshu.marketplace.scope;

import cn.jingshu.marketplace.pricing.Purpose;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.UUID;

/**
 * What data are used for (应用场景), reviewed once as a whole (一场景一审核); open on {@code [startsAt, endsAt)}.
 *
 * @param code what a caller may state in {@code Jingshu-Scenario}: {@code travel-apps}
 * @param products codes of the products it may use; never empty
 * @param purposes purposes it may serve; never empty
 */
public record Scenario(UUID id, String code, String nameZh, String nameEn, String description, Source source,
        Stage stage, Set<String> products, Set<Purpose> purposes, Instant startsAt, Instant endsAt) {

    public Scenario {
        products = Set.copyOf(products);
        purposes = Set.copyOf(purposes);
        startsAt = startsAt.truncatedTo(ChronoUnit.MICROS); // as PostgreSQL keeps it, so that the same is equal
        endsAt = endsAt.truncatedTo(ChronoUnit.MICROS);
        if (!code.matches("[a-z][a-z0-9-]{1,63}") || products.isEmpty() || purposes.isEmpty()
                || !endsAt.isAfter(startsAt)) {
            throw new IllegalArgumentException("scenario " + code + " for " + products + " and " + purposes + " from "
                    + startsAt + " to " + endsAt + ": code, products, purposes and window are needed");
        }
    }

    /** Who thought of it. Source: the plan's 自上而下引导 and 自下而上征集. */
    public enum Source {
        TOP_DOWN,
        BOTTOM_UP
    }

    /** How widely it is used: first as a pilot (试点示范), then to a standard, then everywhere. */
    public enum Stage {
        PILOT,
        STANDARDISED,
        ROLLED_OUT
    }

    /** A scenario with what was decided about it. */
    public record Reviewed(Scenario scenario, Standing standing) {
        /** Whether calls for this product and purpose may be bound to it at {@code moment}. */
        public boolean allows(String product, Purpose purpose, Instant moment) {
            return standing.inForceAt(moment) && !moment.isBefore(scenario.startsAt())
                    && moment.isBefore(scenario.endsAt()) && scenario.products().contains(product)
                    && scenario.purposes().contains(purpose);
        }
    }
}
