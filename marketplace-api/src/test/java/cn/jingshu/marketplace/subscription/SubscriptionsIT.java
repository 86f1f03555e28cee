package cn.jingshu.marketplace.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.plan.Plans;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.MarketDatabase;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SubscriptionsIT {
    private final DemoMarket market = new DemoMarket();
    private final Subscriptions subscriptions = new Subscriptions(market.database, market.clock);
    private final UUID bureau = DemoMarket.person("AUTHORITY");

    private static Subscriptions.Application application(String party, String planCode) {
        return new Subscriptions.Application(UUID.randomUUID(), DemoMarket.organisation(party),
                DemoMarket.id("plan", planCode), "用途说明", DemoMarket.person(party));
    }

    private Subscription done(Subscriptions.Outcome outcome) {
        assertThat(outcome).isInstanceOf(Subscriptions.Outcome.Done.class);
        return ((Subscriptions.Outcome.Done) outcome).subscription();
    }

    private static void refused(Subscriptions.Fault fault, Subscriptions.Outcome outcome) {
        assertThat(outcome).isEqualTo(new Subscriptions.Outcome.Refused(fault));
    }

    @Test
    void useByIndustryIsApprovedByRuleAtOnce() {
        Subscription subscription = done(subscriptions.subscribe(application("BANK", "transit-standard")));
        assertThat(subscription.status()).isEqualTo(Subscription.Status.ACTIVE);
        assertThat(subscriptions.findUse(subscription.id()))
                .hasValueSatisfying(use -> assertThat(use.purpose()).isEqualTo(Purpose.INDUSTRY));
    }

    @Test
    void useInThePublicInterestWaitsForAPersonOfTheBureau() {
        Subscription subscription = done(subscriptions.subscribe(application("BANK", "transit-public")));
        assertThat(subscription.status()).isEqualTo(Subscription.Status.PENDING);
        assertThat(subscriptions.findUse(subscription.id())).isEmpty();
        assertThat(subscriptions.listPending()).extracting(Subscription::id).containsExactly(subscription.id());

        refused(Subscriptions.Fault.NOT_A_REGULATOR,
                subscriptions.approve(subscription.id(), DemoMarket.person("BANK")));
        Subscription approved = done(subscriptions.approve(subscription.id(), Set.of("ListVehicles"),
                DemoMarket.OPENED.plus(Duration.ofDays(30)), bureau));
        assertThat(approved.status()).isEqualTo(Subscription.Status.ACTIVE);
        assertThat(subscriptions.findUse(subscription.id())).hasValueSatisfying(use -> {
            assertThat(use.purpose()).isEqualTo(Purpose.PUBLIC_INTEREST);
            assertThat(use.operations()).containsExactly("ListVehicles");
        });
        refused(Subscriptions.Fault.NOT_PENDING, subscriptions.approve(subscription.id(), bureau));
        assertThat(MarketDatabase.texts(market.dataSource, """
                SELECT action FROM market.audit_log WHERE subject_id = '%s' ORDER BY sequence
                """.formatted(subscription.id()))).containsExactly("subscription.apply", "subscription.approve");
    }

    @Test
    void nobodyDecidesOnTheOwnOrganisationsApplication() {
        MarketDatabase.execute(market.dataSource, """
                UPDATE market.organisation SET kinds = ARRAY['AUTHORITY', 'CONSUMER'] WHERE id = '%s'
                """.formatted(DemoMarket.organisation("AUTHORITY")));
        Subscription own = done(subscriptions.subscribe(application("AUTHORITY", "transit-public")));
        refused(Subscriptions.Fault.SAME_PERSON, subscriptions.approve(own.id(), bureau));
    }

    @Test
    void askingTwiceWithOneIdMakesOneSubscription() {
        Subscriptions.Application once = application("BANK", "transit-standard");
        Subscription first = done(subscriptions.subscribe(once));
        int before = subscriptions.listAll().size();
        refused(Subscriptions.Fault.SUBSCRIBED_ALREADY, subscriptions.subscribe(application("BANK", "transit-standard")));
        assertThat(done(subscriptions.subscribe(once)).id()).isEqualTo(first.id());
        assertThat(subscriptions.listAll()).hasSize(before);
    }

    /** A request is sent again when its answer was lost; meanwhile a plan may be withdrawn. */
    @Test
    void theSameOnceMoreIsAnsweredWithWhatWasEnteredAndAnotherApplicationUnderItsIdIsRefused() {
        Subscriptions.Application once = application("BANK", "transit-standard");
        Subscription first = done(subscriptions.subscribe(once));
        refused(Subscriptions.Fault.ID_TAKEN, subscriptions.subscribe(new Subscriptions.Application(
                once.subscriptionId(), once.organisationId(), once.planId(), "另一用途", once.appliedBy())));
        refused(Subscriptions.Fault.ID_TAKEN, subscriptions.subscribe(new Subscriptions.Application(
                once.subscriptionId(), once.organisationId(), DemoMarket.id("plan", "transit-public"), once.statement(), once.appliedBy())));
        refused(Subscriptions.Fault.ID_TAKEN, subscriptions.subscribe(new Subscriptions.Application(
                once.subscriptionId(), DemoMarket.organisation("INSTITUTE"), once.planId(), once.statement(), DemoMarket.person("INSTITUTE"))));
        refused(Subscriptions.Fault.NOT_OF_THIS_ORGANISATION, subscriptions.subscribe(new Subscriptions.Application(
                once.subscriptionId(), once.organisationId(), once.planId(), once.statement(), DemoMarket.person("INSTITUTE"))));
        new Plans(market.database, market.clock).withdraw(once.planId(), DemoMarket.person("OPERATOR"), "test");
        assertThat(done(subscriptions.subscribe(once)).id()).isEqualTo(first.id());
        refused(Subscriptions.Fault.NO_SUCH_PLAN, subscriptions.subscribe(application("BANK", "transit-standard")));
    }

    @Test
    void whoMayNotSubscribeIsToldWhy() {
        refused(Subscriptions.Fault.ORGANISATION_MAY_NOT_BUY, subscriptions.subscribe(application("OPERATOR", "transit-standard")));
        refused(Subscriptions.Fault.NO_SUCH_PLAN, subscriptions.subscribe(application("BANK", "no-such-plan")));
        Subscriptions.Application asBank = application("BANK", "transit-standard");
        refused(Subscriptions.Fault.NOT_OF_THIS_ORGANISATION, subscriptions.subscribe(new Subscriptions.Application(
                asBank.subscriptionId(), asBank.organisationId(), asBank.planId(), "x", DemoMarket.person("INSTITUTE"))));
        refused(Subscriptions.Fault.STATEMENT_MISSING, subscriptions.subscribe(new Subscriptions.Application(
                asBank.subscriptionId(), asBank.organisationId(), asBank.planId(), "  ", asBank.appliedBy())));
        new Organisations(market.database, market.clock).suspend(asBank.organisationId(), bureau, "test");
        refused(Subscriptions.Fault.ORGANISATION_MAY_NOT_BUY, subscriptions.subscribe(asBank));
    }

    @Test
    void aSuspendedSubscriptionCanBeRestoredAndAnEndedOneCannot() {
        UUID id = DemoMarket.subscription("BANK", "echo-paid");
        assertThat(done(subscriptions.suspend(id, bureau, "alert")).status()).isEqualTo(Subscription.Status.SUSPENDED);
        assertThat(done(subscriptions.restore(id, bureau, "rectified")).status()).isEqualTo(Subscription.Status.ACTIVE);
        assertThat(done(subscriptions.end(id, bureau, "over")).status()).isEqualTo(Subscription.Status.ENDED);
        refused(Subscriptions.Fault.NOT_OPEN, subscriptions.restore(id, bureau, "too late"));
    }

    @Test
    void aRefusedApplicationOpensNothing() {
        Subscription pending = done(subscriptions.subscribe(application("BANK", "echo-public")));
        assertThat(done(subscriptions.refuse(pending.id(), bureau, "no public interest")).status())
                .isEqualTo(Subscription.Status.REFUSED);
        assertThat(subscriptions.findUse(pending.id())).isEmpty();
        refused(Subscriptions.Fault.NOT_OPEN, subscriptions.restore(pending.id(), bureau, "no"));
    }
}
