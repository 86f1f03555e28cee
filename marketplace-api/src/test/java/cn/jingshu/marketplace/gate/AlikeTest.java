package cn.jingshu.marketplace.gate;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.gate.AccessFacts.Subscribed;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.subscription.AuthorisedUse;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AlikeTest {
    private static Subscribed subscribed(int number, String operation) {
        Instant from = Instant.parse("2026-11-01T00:00:00Z");
        AuthorisedUse use = new AuthorisedUse(new UUID(1, number), Purpose.INDUSTRY, new UUID(2, 2),
                Set.of(operation, "ListStops"), Set.of(), from, from.plus(Duration.ofDays(30)));
        return new Subscribed(new UUID(3, number), new UUID(4, 4), Subscription.Status.ACTIVE, String.valueOf(new char[] {'b', 'u', 's'}),
                String.valueOf(new char[] {'b', '1'}), Purpose.INDUSTRY, use, new RateLimit(200, Duration.ofSeconds(1)), 1_000);
    }

    @Test
    void subscriptionsStayAsTheyAreAndShareWhatIsEqual() {
        Alike alike = new Alike();
        Subscribed one = subscribed(1, "ListVehicles").sharing(alike);
        Subscribed other = subscribed(2, "ListVehicles").sharing(alike);
        assertThat(one).isEqualTo(subscribed(1, "ListVehicles"));
        assertThat(other).isEqualTo(subscribed(2, "ListVehicles"));
        assertThat(other.product()).isSameAs(one.product());
        assertThat(other.plan()).isSameAs(one.plan());
        assertThat(other.rate()).isSameAs(one.rate());
        AuthorisedUse oneUse = java.util.Objects.requireNonNull(one.use());
        AuthorisedUse otherUse = java.util.Objects.requireNonNull(other.use());
        assertThat(otherUse.operations()).isSameAs(oneUse.operations());
        assertThat(otherUse.startsAt()).isSameAs(oneUse.startsAt());
        assertThat(otherUse.scenarioId()).isSameAs(oneUse.scenarioId());
        assertThat(subscribed(3, "GetTrack").sharing(alike)).isEqualTo(subscribed(3, "GetTrack"));
    }

    @Test
    void aSubscriptionForWhichNothingIsApprovedStaysSo() {
        Subscribed without = new Subscribed(new UUID(3, 1), new UUID(4, 4), Subscription.Status.PENDING, "bus", "b1",
                Purpose.INDUSTRY, null, new RateLimit(1, Duration.ofSeconds(1)), 1);
        assertThat(without.sharing(new Alike())).isEqualTo(without);
    }
}
