package cn.jingshu.marketplace.pricing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.TariffJson;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.v1.Charging;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Every ceiling and every tariff there ever was. What breaks a rule does not save; what is saved is never changed: a new
 * price is a new row with a later date.
 */
@Singleton
public final class PriceBook {
    /** Stands in place of an operation's name: all operations without a line of their own. */
    public static final String EVERY_OPERATION = "*";

    static final ZoneId CITY = ZoneId.of("Asia/Shanghai");

    private static final String ADD_CEILING = """
            INSERT INTO market.price_ceiling
                   (id, product_code, operation, fen_per_unit, fen_per_month, effective_from, citation, set_by, set_at,
                    signed_by, permitted_revenue_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String ADD_TARIFF = """
            INSERT INTO market.tariff
                   (id, product_code, operation, purpose, plan_code, kind, terms, fen_per_unit, trial, effective_from,
                    published_at, proposed_by, signed_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String ADD_FREE = """
            INSERT INTO market.tariff
                   (id, product_code, operation, purpose, plan_code, kind, terms, trial, effective_from, published_at, said_by_version)
            VALUES (?, ?, ?, ?, ?, ?, ?, false, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT tariff_pk DO NOTHING
            """;
    private static final String CEILINGS = """
            SELECT id, product_code, operation, fen_per_unit, fen_per_month, effective_from, citation
              FROM market.price_ceiling
             WHERE product_code = ?
             ORDER BY operation, effective_from
            """;
    private static final String TARIFFS = """
            SELECT t.id, t.product_code, t.operation, t.purpose, t.plan_code, t.terms, t.trial, t.effective_from, t.published_at, t.said_by_version, u.unit
              FROM market.tariff t
              LEFT JOIN market.tariff_unit u ON u.tariff_id = t.id
             WHERE t.product_code = ?
             ORDER BY t.operation, t.purpose, t.plan_code NULLS FIRST, t.effective_from, t.said_by_version NULLS FIRST
            """;
    private static final String PRODUCTS = """
            SELECT DISTINCT product_code FROM market.tariff ORDER BY product_code
            """;
    private static final String PERMITTED_REVENUE = """
            SELECT id FROM market.permitted_revenue WHERE year = ? AND status = 'SIGNED'
            """;
    private static final String PLAN = """
            SELECT 1 AS yes FROM market.plan WHERE code = ? AND product_code = ? AND purpose = ?
            """;

    private final Database database;
    private final Clock clock;
    private final Provider<Contracts> contracts;

    /** @param contracts what products say of themselves; asked for only where a price is to be saved */
    public PriceBook(Database database, Clock clock, Provider<Contracts> contracts) {
        this.database = database;
        this.clock = clock;
        this.contracts = contracts;
    }

    /**
     * A price as the operator proposes it.
     *
     * @param plan whose subscribers alone it is for; null: everyone
     * @param trial whether it is a trial price (试行收费标准)
     * @param publishedAt when it was made public; null: not yet
     * @param proposedBy a person of the operator
     * @param signedBy a person of the bureau
     */
    public record Proposal(UUID id, String product, String operation, Purpose purpose, Tariff tariff,
            @Nullable String plan, boolean trial, Instant effectiveFrom, @Nullable Instant publishedAt, UUID proposedBy,
            UUID signedBy) {
        /** A price for everyone and for good. */
        public Proposal(UUID id, String product, String operation, Purpose purpose, Tariff tariff, Instant effectiveFrom,
                @Nullable Instant publishedAt, UUID proposedBy, UUID signedBy) {
            this(id, product, operation, purpose, tariff, null, false, effectiveFrom, publishedAt, proposedBy, signedBy);
        }
    }

    /** The answer to a ceiling or a price that is to be saved. */
    public sealed interface Outcome {
        record Saved(UUID id) implements Outcome {}

        /** @param detail the values that break the rule, for instance {@code price 1.60 fen, ceiling 1.50 fen} */
        record Refused(PriceFault fault, String detail) implements Outcome {}
    }

    /** Sets a ceiling at once; {@code setBy} must be a person of the bureau. People go by {@link PriceProposals}. */
    public Outcome setCeiling(PriceCeiling ceiling, UUID setBy) {
        return save(ceiling.id(), t -> setCeiling(t, ceiling, setBy, null));
    }

    /** The same inside a running transaction; {@code signedBy} null: nobody else has signed it. */
    Outcome setCeiling(Transaction t, PriceCeiling ceiling, UUID setBy, @Nullable UUID signedBy) throws SQLException {
        Instant now = clock.instant();
        if (ceiling.citation().isBlank()) {
            return new Outcome.Refused(PriceFault.UNCITED, "citation is empty");
        }
        if (ceiling.effectiveFrom().isBefore(now)) {
            return retroactive(ceiling.effectiveFrom(), now);
        }
        if (!People.getIn(t, setBy).roles().contains(Role.REGULATOR)) {
            return new Outcome.Refused(PriceFault.NOT_A_REGULATOR, "set by " + setBy);
        }
        Optional<UUID> revenue = t.find(PERMITTED_REVENUE, row -> row.uuid("id"),
                ceiling.effectiveFrom().atZone(CITY).getYear());
        boolean operatedAYear = readList(t, ceiling.product()).findTrialEnd()
                .filter(end -> !ceiling.effectiveFrom().isBefore(end)).isPresent();
        if (operatedAYear && revenue.isEmpty()) {
            return new Outcome.Refused(PriceFault.NO_PERMITTED_REVENUE, "effective from " + ceiling.effectiveFrom());
        }
        t.change(ADD_CEILING, ceiling.id(), ceiling.product(), ceiling.operation(), ceiling.highest().fenPerUnit(),
                ceiling.limit().perMonth().fen(), ceiling.effectiveFrom(), ceiling.citation(), setBy, now, signedBy,
                revenue.orElse(null));
        AuditLog.append(t, clock, setBy, "price.ceiling", "price_ceiling", ceiling.id(),
                Map.of("product", ceiling.product(), "operation", ceiling.operation(), "fenPerUnit",
                        plain(ceiling.highest()), "fenPerMonth", Long.toString(ceiling.limit().perMonth().fen()), "citation",
                        ceiling.citation()));
        return new Outcome.Saved(ceiling.id());
    }

    private static Outcome retroactive(Instant effectiveFrom, Instant now) {
        return new Outcome.Refused(PriceFault.RETROACTIVE, "effective from " + effectiveFrom + ", now " + now);
    }

    /** Saves a price, or says which rule it breaks; the first broken rule answers. */
    public Outcome save(Proposal proposal) {
        return save(proposal.id(), t -> save(t, proposal));
    }

    /** The same inside a running transaction, which {@link #dateIsTaken} may end. */
    Outcome save(Transaction t, Proposal proposal) throws SQLException {
        Instant now = clock.instant();
        if (proposal.purpose() == Purpose.PUBLIC_INTEREST && !(proposal.tariff() instanceof Tariff.Free)) {
            return new Outcome.Refused(PriceFault.PUBLIC_INTEREST_IS_FREE,
                    "price " + plain(proposal.tariff().dearestUnit()) + " fen");
        }
        List<Contract> versions = CountedUnits.lockVersions(t, proposal.product(), contracts.get());
        Optional<Said> free = saidAgainst(versions, proposal.plan(), proposal.tariff());
        if (free.isPresent()) {
            return new Outcome.Refused(free.get().fault(), "price of " + proposal.product() + " above 0");
        }
        Optional<String> mixed = mixedUnits(proposal.operation(), proposal.tariff(), versions);
        if (mixed.isPresent()) {
            return new Outcome.Refused(PriceFault.UNITS_MIXED, mixed.get());
        }
        if (proposal.effectiveFrom().isBefore(now)) {
            return retroactive(proposal.effectiveFrom(), now);
        }
        Instant publishedAt = proposal.publishedAt();
        if (publishedAt == null || publishedAt.isAfter(proposal.effectiveFrom()) || publishedAt.isAfter(now)) {
            return new Outcome.Refused(PriceFault.UNPUBLISHED, "published "
                    + (publishedAt == null ? "never" : "at " + publishedAt) + ", effective from "
                    + proposal.effectiveFrom());
        }
        if (!signedByTwo(People.getIn(t, proposal.proposedBy()), People.getIn(t, proposal.signedBy()))) {
            return new Outcome.Refused(PriceFault.NOT_SIGNED_BY_TWO,
                    "proposed by " + proposal.proposedBy() + ", signed by " + proposal.signedBy());
        }
        PriceList before = readList(t, proposal.product());
        Optional<Outcome> broken = againstCondition(t, proposal, before)
                .or(() -> againstFirstYear(proposal, before))
                .or(() -> againstCeiling(proposal, before));
        if (broken.isPresent()) {
            return broken.get();
        }
        add(t, proposal, publishedAt);
        CountedUnits.fix(t, proposal.product(), versions);
        return new Outcome.Saved(proposal.id());
    }

    /** What a product says of itself binds whoever prices it; of several versions the strictest. */
    Optional<PriceFault> againstProduct(String product, @Nullable String plan, Tariff tariff) {
        return saidAgainst(contracts.get().listVersions(product), plan, tariff).map(Said::fault);
    }

    private record Said(PriceFault fault, int version) {}

    private static Optional<Said> saidAgainst(List<Contract> versions, @Nullable String plan, Tariff tariff) {
        if (tariff.costsNothing()) {
            return Optional.empty();
        }
        return said(versions, Charging.FREE_ONLY, PriceFault.PRODUCT_IS_FREE)
                .or(() -> plan == null ? said(versions, Charging.PLANS_ONLY, PriceFault.FREE_BUT_FOR_PLANS) : Optional.empty());
    }

    private static Optional<Said> said(List<Contract> versions, Charging what, PriceFault fault) {
        return versions.stream().filter(each -> each.charging() == what).map(each -> new Said(fault, each.version())).findFirst();
    }

    /** The units that operations of a price by the month count in, if they are several. */
    Optional<String> mixedUnits(String product, String operation, Tariff tariff) {
        return mixedUnits(operation, tariff, contracts.get().listVersions(product));
    }

    private static Optional<String> mixedUnits(String operation, Tariff tariff, List<Contract> versions) {
        SortedSet<String> units = CountedUnits.of(operation, versions);
        return CountedUnits.together(tariff) && units.size() > 1 ? Optional.of("units " + String.join(", ", units)) : Optional.empty();
    }

    /** What a price would count together, by the versions this node knows; null: each operation by itself, or there is none. */
    public @Nullable String unitOf(String product, String operation, Tariff tariff) {
        SortedSet<String> units = CountedUnits.of(operation, contracts.get().listVersions(product));
        if (units.isEmpty() || !CountedUnits.together(tariff)) {
            return null;
        }
        return units.size() == 1 ? units.getFirst() : CountedUnits.MIXED;
    }

    /** Fixes what the prices count that were published before that was kept, or before their product had a version. */
    public void fixUnits() {
        for (String product : database.inTransaction(t -> t.list(PRODUCTS, row -> row.text("product_code")))) {
            database.inTransaction(t -> {
                CountedUnits.fix(t, product, CountedUnits.lockVersions(t, product, contracts.get()));
                return true;
            });
        }
    }

    /** Every price by the month that holds or will hold and whose operations count in several units now: it was stored before, or this program's own product counts anew. */
    public List<PublishedTariff> listMixed() {
        Instant now = clock.instant();
        return database.onSnapshot(t -> {
            List<PublishedTariff> mixed = new ArrayList<>();
            for (String product : t.list(PRODUCTS, row -> row.text("product_code"))) {
                PriceList list = readList(t, product);
                list.tariffs().stream().filter(each -> !list.isOver(each, now) && mixedUnits(product, each.operation(), each.tariff()).isPresent()).forEach(mixed::add);
            }
            return mixed;
        });
    }

    /**
     * A stored price that what its product says of itself forbids now: it was stored before the product said so.
     *
     * @param fault what it breaks
     * @param version the version of the product whose contract says so
     */
    public record Forbidden(PublishedTariff tariff, PriceFault fault, int version) {}

    /** Every stored price that holds or will hold and that a proposal would be refused for; by product. */
    public List<Forbidden> listForbidden() {
        return database.onSnapshot(t -> forbiddenIn(t, clock.instant()));
    }

    private List<Forbidden> forbiddenIn(Transaction t, Instant now) throws SQLException {
        List<Forbidden> forbidden = new ArrayList<>();
        for (String product : t.list(PRODUCTS, row -> row.text("product_code"))) {
            forbidden.addAll(forbidden(readList(t, product), now));
        }
        return forbidden;
    }

    /**
     * Ends every stored price that what its product says of itself forbids: from now on, or from when it would begin, its use is free. Calls before that keep the
     * price they had. Of several nodes that find the same price the first one ends it.
     *
     * @return the prices that were ended now
     */
    public List<Forbidden> endForbidden(Transaction t) throws SQLException {
        Instant now = clock.instant();
        List<Forbidden> ended = new ArrayList<>();
        for (Forbidden each : forbiddenIn(t, now)) {
            PublishedTariff price = each.tariff();
            Tariff free = new Tariff.Free();
            UUID id = UUID.nameUUIDFromBytes(("free by version " + each.version() + " in place of " + price.id()).getBytes(StandardCharsets.UTF_8));
            Instant from = price.effectiveFrom().isAfter(now) ? price.effectiveFrom() : now;
            if (t.change(ADD_FREE, id, price.product(), price.operation(), price.purpose(), price.plan(), TariffJson.kindOf(free), TariffJson.write(free),
                    from, now, each.version()) == 1) {
                AuditLog.append(t, clock, null, "price.end", "tariff", price.id(), Map.of("product", price.product(), "fault", each.fault().name(),
                        "version", Integer.toString(each.version()), "from", from.toString(), "free", id.toString()));
                ended.add(each);
            }
        }
        return ended;
    }

    /** The same of one product's prices. */
    public List<Forbidden> forbidden(PriceList list, Instant now) {
        List<Forbidden> forbidden = new ArrayList<>();
        for (PublishedTariff each : list.tariffs()) {
            if (!list.isOver(each, now)) {
                saidAgainst(contracts.get().listVersions(list.product()), each.plan(), each.tariff())
                        .ifPresent(said -> forbidden.add(new Forbidden(each, said.fault(), said.version())));
            }
        }
        return forbidden;
    }

    private void add(Transaction t, Proposal proposal, Instant publishedAt) throws SQLException {
        Tariff tariff = proposal.tariff();
        String terms = TariffJson.write(tariff);
        @Nullable BigDecimal dearest = tariff instanceof Tariff.Free ? null : tariff.dearestUnit().fenPerUnit();
        t.change(ADD_TARIFF, proposal.id(), proposal.product(), proposal.operation(), proposal.purpose(),
                proposal.plan(), TariffJson.kindOf(tariff), terms, dearest, proposal.trial(), proposal.effectiveFrom(),
                publishedAt, proposal.proposedBy(), proposal.signedBy());
        AuditLog.append(t, clock, proposal.signedBy(), "price.publish", "tariff", proposal.id(),
                Map.of("product", proposal.product(), "operation", proposal.operation(), "purpose",
                        proposal.purpose().name(), "tariff", terms, "plan", proposal.plan() == null ? "" : proposal.plan(),
                        "trial", Boolean.toString(proposal.trial()), "proposedBy", proposal.proposedBy().toString()));
    }

    /**
     * A price of a plan stands beside one for everyone, which it falls back to; a reduction is for subscribers of a plan,
     * which anyone may choose on the same terms, and its list price is one that could be charged.
     */
    private static Optional<Outcome> againstCondition(Transaction t, Proposal proposal, PriceList before) throws SQLException {
        @Nullable String plan = proposal.plan();
        if (plan == null) {
            return proposal.tariff().hasDiscount()
                    ? refused(PriceFault.NO_CONDITION, "a reduction for everyone")
                    : Optional.empty();
        }
        if (t.find(PLAN, row -> row.integer("yes"), plan, proposal.product(), proposal.purpose()).isEmpty()) {
            return refused(PriceFault.NO_CONDITION, "no plan " + plan + " of " + proposal.product() + " for this purpose");
        }
        return before.priceAt(proposal.operation(), proposal.purpose(), proposal.effectiveFrom()).isEmpty()
                ? refused(PriceFault.NO_CONDITION, "no price for everyone at " + proposal.effectiveFrom())
                : Optional.empty();
    }

    private static Optional<Outcome> againstFirstYear(Proposal proposal, PriceList before) {
        return before.findTrialEnd()
                .filter(end -> proposal.trial() && !proposal.effectiveFrom().isBefore(end))
                .map(end -> new Outcome.Refused(PriceFault.FIRST_YEAR_IS_OVER,
                        "effective from " + proposal.effectiveFrom() + ", the first full year ended at " + end));
    }

    private static Optional<Outcome> againstCeiling(Proposal proposal, PriceList before) {
        // The price before its reductions is what the ceiling is for: a reduction hides nothing, wherever it stands.
        Tariff listed = proposal.tariff().listed();
        if (listed.costsNothing()) {
            return Optional.empty();
        }
        Optional<PriceCeiling> ceiling = before.ceilingAt(proposal.operation(), proposal.effectiveFrom());
        if (ceiling.isEmpty()) {
            return proposal.trial() ? Optional.empty() : refused(PriceFault.NO_CEILING, proposal.product() + "/"
                    + proposal.operation() + " at " + proposal.effectiveFrom());
        }
        Ceiling limit = ceiling.get().limit();
        return limit.findBreach(listed).flatMap(breach -> refused(PriceFault.ABOVE_CEILING,
                limit.perMonth().isZero() && listed instanceof Tariff.PerUnit
                        ? "price " + plain(listed.dearestUnit()) + " fen, ceiling " + plain(limit.perUnit()) + " fen"
                        : breach.toString()));
    }

    private static Optional<Outcome> refused(PriceFault fault, String detail) {
        return Optional.of(new Outcome.Refused(fault, detail));
    }

    private static boolean signedByTwo(Person proposer, Person signer) {
        return !proposer.id().equals(signer.id()) && proposer.roles().contains(Role.OPERATIONS)
                && (signer.roles().contains(Role.REGULATOR) || signer.roles().contains(Role.PRICE_OFFICER));
    }

    private Outcome save(UUID id, Database.Work<Outcome> work) {
        try {
            return database.inTransaction(work);
        } catch (DatabaseException e) {
            if (dateIsTaken(e)) {
                return new Outcome.Refused(PriceFault.DATE_TAKEN, "price " + id);
            }
            throw e;
        }
    }

    /** Whether a statement failed because another ceiling or price of the same use begins at the same moment. */
    static boolean dateIsTaken(DatabaseException failure) {
        return failure.violates("price_ceiling_dated") || failure.violates("tariff_dated");
    }

    /** Every ceiling and tariff of one product, past and future. */
    public PriceList priceList(String product) {
        return database.onSnapshot(t -> readList(t, product));
    }

    static PriceList readList(Transaction t, String product) throws SQLException {
        return new PriceList(product, t.list(CEILINGS, PriceBook::readCeiling, product),
                t.list(TARIFFS, PriceBook::readTariff, product));
    }

    /** The lawful tariff for one use of one operation at one moment; empty: nothing may be charged or supplied. */
    public Optional<PublishedTariff> priceAt(String product, String operation, Purpose purpose, Instant moment) {
        return priceList(product).priceAt(operation, purpose, moment);
    }

    /** Reads a row of {@code price_ceiling} with the columns of this class's own queries. */
    public static PriceCeiling readCeiling(Row row) throws SQLException {
        return new PriceCeiling(row.uuid("id"), row.text("product_code"), row.text("operation"),
                new Ceiling(new UnitPrice(row.decimal("fen_per_unit")), new Money(row.number("fen_per_month"))),
                row.instant("effective_from"), row.text("citation"));
    }

    /** Reads a row of {@code tariff} with the columns of this class's own queries. */
    public static PublishedTariff readTariff(Row row) throws SQLException {
        return new PublishedTariff(row.uuid("id"), row.text("product_code"), row.text("operation"),
                row.constant("purpose", Purpose.class), TariffJson.read(row.text("terms")), row.instant("effective_from"),
                row.instant("published_at"), row.textOrNull("plan_code"), row.flag("trial"),
                row.decimalOrNull("said_by_version") == null ? null : row.integer("said_by_version"),
                row.textOrNull("unit"));
    }

    private static String plain(UnitPrice price) {
        return price.fenPerUnit().stripTrailingZeros().toPlainString();
    }
}
