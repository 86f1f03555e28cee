package cn.jingshu.marketplace.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.plan.Plan;
import cn.jingshu.marketplace.store.MarketBeans;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class CatalogueIT {
    private final DemoMarket market = new DemoMarket();

    @AutoClose
    private final MarketBeans beans = market.beans();

    private final Registrations registrations = new Registrations(market.database, market.clock);
    private final ProviderGrants grants = new ProviderGrants(market.database, market.clock);
    private final Catalogue catalogue = beans.get(Catalogue.class);

    /** Annex 2 of the plan: 11 providers, 57 resources. */
    @Test
    void theFirstBatchIsWholeAndTheLawBlocksTwoOfIt() {
        List<DataResource> resources = catalogue.listResources();
        assertThat(resources).hasSize(57);
        assertThat(resources.stream().collect(Collectors.groupingBy(DataResource::providerCode, Collectors.counting())))
                .containsExactlyInAnyOrderEntriesOf(java.util.Map.ofEntries(java.util.Map.entry("A2.1", 8L),
                        java.util.Map.entry("A2.2", 9L), java.util.Map.entry("A2.3", 3L),
                        java.util.Map.entry("A2.4", 6L), java.util.Map.entry("A2.5", 5L),
                        java.util.Map.entry("A2.6", 5L), java.util.Map.entry("A2.7", 4L),
                        java.util.Map.entry("A2.8", 7L), java.util.Map.entry("A2.9", 3L),
                        java.util.Map.entry("A2.10", 3L), java.util.Map.entry("A2.11", 4L)));
        assertThat(resources.stream().filter(r -> r.blockedBy() != null).map(DataResource::id))
                .containsExactly("A2.10.2", "A2.10.3");
        assertThat(resources.stream().filter(r -> r.providerCode().equals("A2.8")))
                .allMatch(r -> r.updateCycle() == DataResource.UpdateCycle.REAL_TIME
                        && r.kind() == DataResource.Kind.THING);
    }

    @Test
    void aProductIsListedWithItsResourcesPlansAndPrices() {
        assertThat(catalogue.findProduct("transit")).hasValueSatisfying(entry -> {
            assertThat(entry.resources()).extracting(DataResource::id)
                    .containsExactly("A2.8.1", "A2.8.2", "A2.8.3", "A2.8.4", "A2.8.5", "A2.8.6", "A2.8.7");
            assertThat(entry.plans()).extracting(Plan::code)
                    .containsExactlyInAnyOrder("transit-public", "transit-standard");
            assertThat(entry.prices().ceilings()).hasSize(1);
        });
        assertThat(catalogue.listProducts()).hasSize(2);
    }

    @Test
    void aSuspendedProductLeavesTheCatalogueAndComesBack() {
        UUID transit = DemoMarket.id("registration", "transit");
        assertThat(registrations.suspend(transit, DemoMarket.person("AUTHORITY"), "alert")).isTrue();
        assertThat(catalogue.findProduct("transit")).isEmpty();
        assertThat(registrations.restore(transit, DemoMarket.person("AUTHORITY"), "rectified")).isTrue();
        assertThat(catalogue.findProduct("transit")).isPresent();
    }

    @Test
    void aRegistrationEndsAfterItsTerm() {
        market.turnClockBy(Duration.ofDays(3 * 365));
        assertThat(catalogue.listProducts()).isEmpty();
    }

    @Test
    void aProductIsApprovedByAnotherPersonOfTheBureau() {
        Instant now = market.clock.instant();
        UUID id = UUID.randomUUID();
        registrations.register(new Registration(id, "rental", 1, "真实房屋租赁", "Genuine rental", "R-TEST-1", now,
                now.plus(Duration.ofDays(365)), DemoMarket.organisation("OPERATOR"),
                DemoMarket.organisation("TOOLS_MERCHANT"), Registration.Status.REGISTERED, null, List.of("A2.10.1")),
                DemoMarket.person("AUTHORITY"));
        assertThat(catalogue.findProduct("rental")).isEmpty();
        assertThat(registrations.approve(id, DemoMarket.person("OPERATOR")))
                .isEqualTo(Registrations.Approval.NOT_A_REGULATOR);
        assertThat(registrations.approve(id, DemoMarket.person("AUTHORITY")))
                .isEqualTo(Registrations.Approval.SAME_PERSON);
    }

    private ProviderGrants.Outcome grant(String resource, String party) {
        Instant now = market.clock.instant();
        return grants.grant(ProviderGrants.ProviderGrant.given(UUID.randomUUID(), resource, "transit",
                java.util.Set.of("*"), now, now.plus(Duration.ofDays(1))), DemoMarket.person(party));
    }

    @Test
    void onlyItsOwnProviderGrantsAResource() {
        assertThat(grant("A2.8.4", "BUS_GROUP")).isEqualTo(ProviderGrants.Outcome.GRANTED);
        assertThat(grant("A2.1.1", "BUS_GROUP")).isEqualTo(ProviderGrants.Outcome.NOT_ITS_PROVIDER);
        assertThat(grant("A2.8.4", "AUTHORITY")).isEqualTo(ProviderGrants.Outcome.NOT_ITS_PROVIDER);
    }

    @Test
    void whatTheLawBlocksNobodyCanGrantNotEvenItsProvider() {
        UUID officer = UUID.randomUUID();
        new cn.jingshu.marketplace.party.People(market.database, DemoMarket.PASSWORDS, market.clock).add(
                new cn.jingshu.marketplace.party.Person(officer, DemoMarket.organisation("PUBLIC_SECURITY"), "police",
                        "数据专员", java.util.Set.of(cn.jingshu.marketplace.party.Role.PROVIDER_OFFICER)),
                "a password of the test".toCharArray(), null);
        Instant now = market.clock.instant();
        for (String resource : List.of("A2.10.2", "A2.10.3")) {
            assertThat(grants.grant(ProviderGrants.ProviderGrant.given(UUID.randomUUID(), resource, "transit",
                            java.util.Set.of("*"), now, now.plus(Duration.ofDays(1))), officer))
                    .isEqualTo(ProviderGrants.Outcome.BLOCKED_BY_LAW);
        }
    }
}
