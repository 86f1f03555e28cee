package cn.jingshu.marketplace.pricing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.health.v1.HealthProto;
import cn.jingshu.products.prescription.v1.PrescriptionProto;
import cn.jingshu.products.rental.v1.RentalProto;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The demo city has a ceiling of 1.50 fen and a price of 1.20 fen on transit, since it opened. */
class PriceBookIT {
    private static final Instant TOMORROW = DemoMarket.OPENED.plus(Duration.ofDays(1));

    private final DemoMarket market = new DemoMarket();
    private static final Contracts CONTRACTS = Contracts.described(List.of(
            Objects.requireNonNull(HealthProto.getDescriptor().findServiceByName("HealthService")),
            Objects.requireNonNull(PrescriptionProto.getDescriptor().findServiceByName("PrescriptionService")),
            Objects.requireNonNull(RentalProto.getDescriptor().findServiceByName("RentalService"))));

    private final PriceBook book = new PriceBook(market.database, market.clock, () -> CONTRACTS);
    private final UUID operator = DemoMarket.person("OPERATOR");
    private final UUID bureau = DemoMarket.person("AUTHORITY");

    private PriceBook.Proposal proposal(String operation, Purpose purpose, Tariff tariff, Instant from,
            @Nullable Instant publishedAt, UUID proposedBy, UUID signedBy) {
        return new PriceBook.Proposal(
                UUID.randomUUID(), "transit", operation, purpose, tariff, from, publishedAt, proposedBy, signedBy);
    }

    private PriceBook.Proposal price(String fen) {
        return proposal("*", Purpose.INDUSTRY, new Tariff.PerUnit(UnitPrice.ofFen(fen)), TOMORROW, DemoMarket.OPENED,
                operator, bureau);
    }

    private void refusedWith(PriceFault fault, PriceBook.Outcome outcome) {
        assertThat(outcome).isInstanceOfSatisfying(PriceBook.Outcome.Refused.class,
                refused -> assertThat(refused.fault()).isEqualTo(fault));
        assertThat(book.priceList("transit").tariffs()).hasSize(1);
    }

    private PriceBook.Outcome ceiling(String operation, String fen, Instant from, String citation, UUID by) {
        return book.setCeiling(
                new PriceCeiling(UUID.randomUUID(), "transit", operation, UnitPrice.ofFen(fen), from, citation), by);
    }

    @Test
    void aPriceAtItsCeilingIsSavedAndAppliesFromItsDate() {
        assertThat(book.save(price("1.50"))).isInstanceOf(PriceBook.Outcome.Saved.class);
        assertThat(book.priceAt("transit", "ListVehicles", Purpose.INDUSTRY, TOMORROW.minusNanos(1_000)))
                .hasValueSatisfying(t -> assertThat(t.tariff()).isEqualTo(new Tariff.PerUnit(UnitPrice.ofFen("1.2"))));
        assertThat(book.priceAt("transit", "ListVehicles", Purpose.INDUSTRY, TOMORROW))
                .hasValueSatisfying(t -> assertThat(t.tariff()).isEqualTo(new Tariff.PerUnit(UnitPrice.ofFen("1.5"))));
    }

    @Test
    void aPriceAboveItsCeilingIsRefusedWithBothFigures() {
        PriceBook.Outcome outcome = book.save(price("1.500001"));
        refusedWith(PriceFault.ABOVE_CEILING, outcome);
        assertThat(outcome.toString()).contains("1.500001 fen").contains("1.5 fen");
    }

    @Test
    void aPriceWithoutACeilingIsRefused() {
        PriceBook.Proposal other = new PriceBook.Proposal(UUID.randomUUID(), "rental", "*", Purpose.INDUSTRY,
                new Tariff.PerUnit(UnitPrice.ofFen("1")), TOMORROW, DemoMarket.OPENED, operator, bureau);
        refusedWith(PriceFault.NO_CEILING, book.save(other));
    }

    @Test
    void anyPriceForThePublicInterestIsRefusedAndNoneIsNeeded() {
        refusedWith(PriceFault.PUBLIC_INTEREST_IS_FREE, book.save(proposal("*", Purpose.PUBLIC_INTEREST,
                new Tariff.PerUnit(UnitPrice.ofFen("0.000001")), TOMORROW, DemoMarket.OPENED, operator, bureau)));
        assertThat(book.priceAt("transit", "ListVehicles", Purpose.PUBLIC_INTEREST, TOMORROW))
                .hasValueSatisfying(t -> assertThat(t.tariff()).isEqualTo(new Tariff.Free()));
    }

    private PriceBook.Outcome saved(String product, @Nullable String plan, Purpose purpose, Tariff tariff) {
        return book.save(new PriceBook.Proposal(UUID.randomUUID(), product, "*", purpose, tariff, plan, false, TOMORROW, DemoMarket.OPENED,
                operator, bureau));
    }

    private static PriceFault faultOf(PriceBook.Outcome outcome) {
        return ((PriceBook.Outcome.Refused) outcome).fault();
    }

    private PriceProposals.Outcome proposed(String product, @Nullable String plan, Tariff tariff) {
        return new PriceProposals(market.database, market.clock, () -> CONTRACTS).propose(new PriceProposal(UUID.randomUUID(),
                new PriceProposal.Subject.Price(Purpose.INDUSTRY, tariff, plan, true), product, "*", TOMORROW, "依据"), operator);
    }

    @Test
    void aResidentsHealthPortraitCostsNothingWhateverTheUse() {
        Tariff least = new Tariff.PerUnit(UnitPrice.ofFen("0.000001"));
        assertThat(faultOf(saved("health", null, Purpose.INDUSTRY, least))).isEqualTo(PriceFault.PRODUCT_IS_FREE);
        assertThat(faultOf(saved("health", "hospitals", Purpose.INDUSTRY, least))).isEqualTo(PriceFault.PRODUCT_IS_FREE);
        assertThat(faultOf(saved("health", null, Purpose.INDUSTRY, new Tariff.Flat(new Money(1))))).isEqualTo(PriceFault.PRODUCT_IS_FREE);
        assertThat(proposed("health", null, least)).isInstanceOfSatisfying(PriceProposals.Outcome.Unlawful.class,
                refused -> assertThat(refused.fault()).isEqualTo(PriceFault.PRODUCT_IS_FREE));
        assertThat(saved("health", null, Purpose.INDUSTRY, new Tariff.Free())).isInstanceOf(PriceBook.Outcome.Saved.class);
        assertThat(book.priceList("health").tariffs()).hasSize(1);
    }

    @Test
    void aPrescriptionIsFreeForThePatientAndMayCostAnInstitutionThatChoosesAPlan() {
        Tariff fee = new Tariff.PerUnit(UnitPrice.ofFen("1"));
        assertThat(faultOf(saved("prescription", null, Purpose.INDUSTRY, fee))).isEqualTo(PriceFault.FREE_BUT_FOR_PLANS);
        assertThat(proposed("prescription", null, fee)).isInstanceOfSatisfying(PriceProposals.Outcome.Unlawful.class,
                refused -> assertThat(refused.fault()).isEqualTo(PriceFault.FREE_BUT_FOR_PLANS));
        assertThat(faultOf(saved("prescription", "hospitals", Purpose.INDUSTRY, fee))).as("no such plan: what the product says is kept")
                .isEqualTo(PriceFault.NO_CONDITION);
        assertThat(proposed("prescription", "hospitals", fee)).as("not registered here: what the product says is kept")
                .isInstanceOf(PriceProposals.Outcome.Refused.class);
        assertThat(saved("prescription", null, Purpose.INDUSTRY, new Tariff.Free())).isInstanceOf(PriceBook.Outcome.Saved.class);
    }

    /** Rental counts calls and rows. */
    @Test
    void aPriceByTheMonthOverSeveralUnitsIsNeitherProposedNorSaved() {
        for (Tariff together : List.<Tariff>of(new Tariff.Flat(new Money(100)), new Tariff.Packages(new Money(10), 1_000),
                new Tariff.BasePlusUsage(new Money(100), new Tariff.PerUnit(UnitPrice.ofFen("1"))))) {
            assertThat(proposed("rental", null, together)).isInstanceOfSatisfying(PriceProposals.Outcome.Unlawful.class, refused -> {
                assertThat(refused.fault()).isEqualTo(PriceFault.UNITS_MIXED);
                assertThat(refused.detail()).contains("CALL, ROW");
            });
            assertThat(faultOf(saved("rental", null, Purpose.INDUSTRY, together))).isEqualTo(PriceFault.UNITS_MIXED);
            assertThat(faultOf(book.save(new PriceBook.Proposal(UUID.randomUUID(), "rental", "VerifyListing", Purpose.INDUSTRY, together, TOMORROW,
                    DemoMarket.OPENED, operator, bureau)))).as("of one operation").isEqualTo(PriceFault.NO_CEILING);
        }
        assertThat(faultOf(saved("rental", null, Purpose.INDUSTRY, new Tariff.PerUnit(UnitPrice.ofFen("1"))))).as("each operation by itself").isEqualTo(PriceFault.NO_CEILING);
    }

    @Test
    void aPriceStoredBeforeItsProductSaidThatItIsFreeIsFound() {
        PriceBook before = new PriceBook(market.database, market.clock, () -> Contracts.of(List.of()));
        UUID stored = UUID.randomUUID();
        Tariff fee = new Tariff.PerUnit(UnitPrice.ofFen("1"));
        PriceBook.Proposal trial = new PriceBook.Proposal(stored, "health", "*", Purpose.INDUSTRY, fee, null, true, TOMORROW, DemoMarket.OPENED, operator, bureau);
        assertThat(before.save(trial)).isInstanceOf(PriceBook.Outcome.Saved.class);
        assertThat(before.listForbidden()).as("nobody said so yet").isEmpty();
        assertThat(book.listForbidden()).singleElement().satisfies(each -> {
            assertThat(each.tariff().id()).isEqualTo(stored);
            assertThat(each.fault()).isEqualTo(PriceFault.PRODUCT_IS_FREE);
        });
        assertThat(book.save(new PriceBook.Proposal(UUID.randomUUID(), "health", "*", Purpose.INDUSTRY, new Tariff.Free(), TOMORROW.plusSeconds(60),
                DemoMarket.OPENED, operator, bureau))).isInstanceOf(PriceBook.Outcome.Saved.class);
        assertThat(book.listForbidden()).as("until a lawful one holds").hasSize(1);
        PriceBook later = new PriceBook(market.database, Clock.fixed(TOMORROW.plusSeconds(60), ZoneOffset.UTC), () -> CONTRACTS);
        assertThat(later.listForbidden()).isEmpty();
    }

    @Test
    void aPriceForThePastIsRefused() {
        refusedWith(PriceFault.RETROACTIVE, book.save(proposal("*", Purpose.INDUSTRY, new Tariff.Free(),
                DemoMarket.OPENED.minusMillis(1), DemoMarket.OPENED.minusMillis(1), operator, bureau)));
    }

    @Test
    void aPriceThatIsNotPublishedBeforeItAppliesIsRefused() {
        refusedWith(PriceFault.UNPUBLISHED, book.save(proposal("*", Purpose.INDUSTRY, new Tariff.Free(), TOMORROW, null,
                operator, bureau)));
        refusedWith(PriceFault.UNPUBLISHED, book.save(proposal("*", Purpose.INDUSTRY, new Tariff.Free(), TOMORROW,
                TOMORROW.plusSeconds(1), operator, bureau)));
    }

    @Test
    void aPriceIsSignedByTheOperatorAndByAnotherPersonOfTheBureau() {
        refusedWith(PriceFault.NOT_SIGNED_BY_TWO, book.save(proposal("*", Purpose.INDUSTRY, new Tariff.Free(), TOMORROW,
                DemoMarket.OPENED, operator, operator)));
        refusedWith(PriceFault.NOT_SIGNED_BY_TWO, book.save(proposal("*", Purpose.INDUSTRY, new Tariff.Free(), TOMORROW,
                DemoMarket.OPENED, bureau, operator)));
        refusedWith(PriceFault.NOT_SIGNED_BY_TWO, book.save(proposal("*", Purpose.INDUSTRY, new Tariff.Free(), TOMORROW,
                DemoMarket.OPENED, operator, DemoMarket.person("BANK"))));
    }

    @Test
    void twoPricesCannotBeginAtTheSameMoment() {
        book.save(price("1.40"));
        assertThat(book.save(price("1.30"))).isInstanceOfSatisfying(PriceBook.Outcome.Refused.class,
                refused -> assertThat(refused.fault()).isEqualTo(PriceFault.DATE_TAKEN));
    }

    @Test
    void aCeilingIsCitedNotRetroactiveAndSetByTheBureau() {
        assertThat(ceiling("*", "2", TOMORROW, " ", bureau).toString()).contains("UNCITED");
        assertThat(ceiling("*", "2", DemoMarket.OPENED.minusSeconds(1), "依据", bureau).toString())
                .contains("RETROACTIVE");
        assertThat(ceiling("*", "2", TOMORROW, "依据", operator).toString()).contains("NOT_A_REGULATOR");
        assertThat(book.priceList("transit").ceilings()).hasSize(1);
    }

    @Test
    void anOperationsOwnCeilingAndPriceComeBeforeTheProducts() {
        ceiling("Feed", "9", TOMORROW, "依据", bureau);
        assertThat(book.save(proposal("Feed", Purpose.INDUSTRY, new Tariff.PerUnit(UnitPrice.ofFen("8")), TOMORROW,
                DemoMarket.OPENED, operator, bureau))).isInstanceOf(PriceBook.Outcome.Saved.class);
        assertThat(book.priceAt("transit", "Feed", Purpose.INDUSTRY, TOMORROW))
                .hasValueSatisfying(t -> assertThat(t.tariff().dearestUnit()).isEqualTo(UnitPrice.ofFen("8")));
        assertThat(book.priceAt("transit", "ListStops", Purpose.INDUSTRY, TOMORROW))
                .hasValueSatisfying(t -> assertThat(t.tariff().dearestUnit()).isEqualTo(UnitPrice.ofFen("1.2")));
    }

    @Test
    void aLowerCeilingEndsAHigherPriceFromItsDate() {
        ceiling("*", "1.19", TOMORROW, "依据", bureau);
        assertThat(book.priceAt("transit", "ListStops", Purpose.INDUSTRY, TOMORROW.minusMillis(1))).isPresent();
        assertThat(book.priceAt("transit", "ListStops", Purpose.INDUSTRY, TOMORROW)).isEmpty();
    }

    @Test
    void theDatabaseItselfRefusesWhatTheBookRefuses() {
        assertThat(constraintOf("INDUSTRY", "'PER_UNIT', 1.51", "now()")).isEqualTo("tariff_within_ceiling");
        assertThat(constraintOf("PUBLIC_INTEREST", "'PER_UNIT', 1", "now()"))
                .isEqualTo("tariff_public_interest_is_free");
        assertThat(constraintOf("INDUSTRY", "'FREE', NULL", "now() + INTERVAL '3 days'"))
                .isEqualTo("tariff_published_before_it_applies");
    }

    private String constraintOf(String purpose, String kindAndPrice, String publishedAt) {
        DatabaseException refused = catchThrowableOfType(DatabaseException.class,
                () -> MarketDatabase.execute(market.dataSource, """
                        INSERT INTO market.tariff (id, product_code, operation, purpose, terms, kind, fen_per_unit,
                                                   effective_from, published_at, proposed_by, signed_by)
                        VALUES (gen_random_uuid(), 'transit', '*', '%s', '{"kind":"FREE"}', %s, now() + INTERVAL '2 days', %s, '%s', '%s')
                        """.formatted(purpose, kindAndPrice, publishedAt, operator, bureau)));
        return refused.constraint().orElseThrow();
    }

    private PriceBook.Outcome save(String operation, Tariff tariff, @Nullable String plan, boolean trial, Instant from) {
        return book.save(new PriceBook.Proposal(UUID.randomUUID(), "transit", operation, Purpose.INDUSTRY, tariff, plan,
                trial, from, DemoMarket.OPENED, operator, bureau));
    }

    private static final Tariff MONTHLY =
            new Tariff.BasePlusUsage(Money.ofYuan("100"), new Tariff.PerUnit(UnitPrice.ofFen("0.5")));

    @Test
    void aFixedAmountNeedsACeilingThatAllowsOne() {
        assertThat(save("Feed", MONTHLY, null, false, TOMORROW)).isInstanceOfSatisfying(PriceBook.Outcome.Refused.class,
                refused -> {
                    assertThat(refused.fault()).isEqualTo(PriceFault.ABOVE_CEILING);
                    assertThat(refused.detail()).isEqualTo("0 units cost 10000 fen, the ceiling allows 0 fen");
                });
        Instant from = TOMORROW.plus(Duration.ofDays(1));
        assertThat(book.setCeiling(new PriceCeiling(UUID.randomUUID(), "transit", "Feed",
                new Ceiling(UnitPrice.ofFen("0.5"), Money.ofYuan("100")), from, "依据"), bureau))
                .isInstanceOf(PriceBook.Outcome.Saved.class);
        assertThat(save("Feed", MONTHLY, null, false, from)).isInstanceOf(PriceBook.Outcome.Saved.class);
        assertThat(book.priceAt("transit", "Feed", Purpose.INDUSTRY, from))
                .hasValueSatisfying(kept -> assertThat(kept.tariff()).isEqualTo(MONTHLY));
    }

    @Test
    void aReductionIsForSubscribersOfAPlanAndHidesNothing() {
        Tariff tenth = new Tariff.Discounted(Portion.percent(10), new Tariff.PerUnit(UnitPrice.ofFen("1")));
        refusedWith(PriceFault.NO_CONDITION, save("*", tenth, null, false, TOMORROW));
        refusedWith(PriceFault.NO_CONDITION, save("*", tenth, "no-such-plan", false, TOMORROW));
        String plan = "transit-standard";
        refusedWith(PriceFault.ABOVE_CEILING, save("*",
                new Tariff.Discounted(Portion.percent(90), new Tariff.PerUnit(UnitPrice.ofFen("2"))), plan, false, TOMORROW));
        // Nor inside something else: 7.5 times the ceiling, nine tenths off.
        Tariff deep = new Tariff.Discounted(Portion.percent(90), new Tariff.PerUnit(UnitPrice.ofFen("15")));
        for (Tariff wrapped : List.of(new Tariff.BasePlusUsage(Money.ZERO, deep), new Tariff.Minimum(Money.ZERO, deep),
                new Tariff.Included(1, new Tariff.BasePlusUsage(Money.ZERO, deep)),
                new Tariff.Discounted(Portion.percent(90), deep), new Tariff.Discounted(Portion.WHOLE, deep))) {
            refusedWith(PriceFault.NO_CONDITION, save("*", wrapped, null, false, TOMORROW));
            refusedWith(PriceFault.ABOVE_CEILING, save("*", wrapped, plan, false, TOMORROW));
        }
        assertThat(save("*", tenth, plan, false, TOMORROW)).isInstanceOf(PriceBook.Outcome.Saved.class);
        PriceList list = book.priceList("transit");
        assertThat(list.priceAt("ListRoutes", Purpose.INDUSTRY, plan, TOMORROW))
                .hasValueSatisfying(kept -> assertThat(kept.tariff()).isEqualTo(tenth));
        assertThat(list.priceAt("ListRoutes", Purpose.INDUSTRY, TOMORROW))
                .hasValueSatisfying(kept -> assertThat(kept.tariff()).isInstanceOf(Tariff.PerUnit.class));
    }

    @Test
    void aTrialPriceEndsWithTheFirstFullYear() {
        PriceList before = book.priceList("transit");
        Instant end = before.findTrialEnd().orElseThrow();
        Tariff trial = new Tariff.PerUnit(UnitPrice.ofFen("1.1"));
        refusedWith(PriceFault.FIRST_YEAR_IS_OVER, save("*", trial, null, true, end));
        assertThat(save("*", trial, null, true, TOMORROW)).isInstanceOf(PriceBook.Outcome.Saved.class);
        PriceList list = book.priceList("transit");
        assertThat(list.priceAt("ListRoutes", Purpose.INDUSTRY, end.minusSeconds(1)))
                .hasValueSatisfying(kept -> assertThat(kept.trial()).isTrue());
        assertThat(list.priceAt("ListRoutes", Purpose.INDUSTRY, end)).isEmpty();
    }

    @Test
    void whatWasDecidedCannotBeRewritten() {
        for (String table : new String[] {"tariff", "price_ceiling", "audit_log", "policy_parameter"}) {
            for (String rewrite : new String[] {"DELETE FROM market." + table, "TRUNCATE market." + table + " CASCADE"}) {
                assertThat(catchThrowableOfType(
                                DatabaseException.class, () -> MarketDatabase.execute(market.dataSource, rewrite)))
                        .satisfies(refused -> assertThat(refused.violates(table + "_append_only")).isTrue());
            }
        }
    }
}
