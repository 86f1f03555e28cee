package cn.jingshu.marketplace.pricing;

import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private static final String ADD_CEILING = """
            INSERT INTO market.price_ceiling
                   (id, product_code, operation, fen_per_unit, effective_from, citation, set_by, set_at, signed_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String ADD_TARIFF = """
            INSERT INTO market.tariff
                   (id, product_code, operation, purpose, kind, fen_per_unit, effective_from, published_at,
                    proposed_by, signed_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String CEILINGS = """
            SELECT id, product_code, operation, fen_per_unit, effective_from, citation
              FROM market.price_ceiling
             WHERE product_code = ?
             ORDER BY operation, effective_from
            """;
    private static final String TARIFFS = """
            SELECT id, product_code, operation, purpose, kind, fen_per_unit, effective_from, published_at
              FROM market.tariff
             WHERE product_code = ?
             ORDER BY operation, purpose, effective_from
            """;

    private final Database database;
    private final Clock clock;

    public PriceBook(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * A price as the operator proposes it.
     *
     * @param publishedAt when it was made public; null: not yet
     * @param proposedBy a person of the operator
     * @param signedBy a person of the bureau
     */
    public record Proposal(UUID id, String product, String operation, Purpose purpose, Tariff tariff,
            Instant effectiveFrom, @Nullable Instant publishedAt, UUID proposedBy, UUID signedBy) {}

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
        t.change(ADD_CEILING, ceiling.id(), ceiling.product(), ceiling.operation(), ceiling.highest().fenPerUnit(),
                ceiling.effectiveFrom(), ceiling.citation(), setBy, now, signedBy);
        AuditLog.append(t, clock, setBy, "price.ceiling", "price_ceiling", ceiling.id(),
                Map.of("product", ceiling.product(), "operation", ceiling.operation(), "fenPerUnit",
                        plain(ceiling.highest()), "citation", ceiling.citation()));
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
        Optional<Outcome> broken = againstCeiling(t, proposal);
        if (broken.isPresent()) {
            return broken.get();
        }
        add(t, proposal, publishedAt);
        return new Outcome.Saved(proposal.id());
    }

    private void add(Transaction t, Proposal proposal, Instant publishedAt) throws SQLException {
        String kind = switch (proposal.tariff()) {
            case Tariff.Free() -> "FREE";
            case Tariff.PerUnit(var _) -> "PER_UNIT";
        };
        BigDecimal fenPerUnit = switch (proposal.tariff()) {
            case Tariff.Free() -> null;
            case Tariff.PerUnit(UnitPrice price) -> price.fenPerUnit();
        };
        t.change(ADD_TARIFF, proposal.id(), proposal.product(), proposal.operation(), proposal.purpose(), kind,
                fenPerUnit, proposal.effectiveFrom(), publishedAt, proposal.proposedBy(), proposal.signedBy());
        AuditLog.append(t, clock, proposal.signedBy(), "price.publish", "tariff", proposal.id(),
                Map.of("product", proposal.product(), "operation", proposal.operation(), "purpose",
                        proposal.purpose().name(), "fenPerUnit", plain(proposal.tariff().dearestUnit()), "proposedBy",
                        proposal.proposedBy().toString()));
    }

    private static Optional<Outcome> againstCeiling(Transaction t, Proposal proposal) throws SQLException {
        UnitPrice dearest = proposal.tariff().dearestUnit();
        if (dearest.fenPerUnit().signum() == 0) {
            return Optional.empty();
        }
        Optional<PriceCeiling> ceiling = new PriceList(proposal.product(),
                t.list(CEILINGS, PriceBook::readCeiling, proposal.product()), List.of()).ceilingAt(proposal.operation(), proposal.effectiveFrom());
        if (ceiling.isEmpty()) {
            return Optional.of(new Outcome.Refused(PriceFault.NO_CEILING, proposal.product() + "/"
                    + proposal.operation() + " at " + proposal.effectiveFrom()));
        }
        UnitPrice highest = ceiling.get().highest();
        return dearest.fenPerUnit().compareTo(highest.fenPerUnit()) <= 0
                ? Optional.empty()
                : Optional.of(new Outcome.Refused(PriceFault.ABOVE_CEILING,
                        "price " + plain(dearest) + " fen, ceiling " + plain(highest) + " fen"));
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
        return database.onSnapshot(t -> new PriceList(product, t.list(CEILINGS, PriceBook::readCeiling, product),
                t.list(TARIFFS, PriceBook::readTariff, product)));
    }

    /** The lawful tariff for one use of one operation at one moment; empty: nothing may be charged or supplied. */
    public Optional<PublishedTariff> priceAt(String product, String operation, Purpose purpose, Instant moment) {
        return priceList(product).priceAt(operation, purpose, moment);
    }

    /** Reads a row of {@code price_ceiling} with the columns of this class's own queries. */
    public static PriceCeiling readCeiling(Row row) throws SQLException {
        return new PriceCeiling(row.uuid("id"), row.text("product_code"), row.text("operation"),
                new UnitPrice(row.decimal("fen_per_unit")), row.instant("effective_from"), row.text("citation"));
    }

    /** Reads a row of {@code tariff} with the columns of this class's own queries. */
    public static PublishedTariff readTariff(Row row) throws SQLException {
        Tariff tariff = switch (row.text("kind")) {
            case "FREE" -> new Tariff.Free();
            case "PER_UNIT" -> new Tariff.PerUnit(new UnitPrice(row.decimal("fen_per_unit")));
            default -> throw new IllegalStateException("tariff kind " + row.text("kind"));
        };
        return new PublishedTariff(row.uuid("id"), row.text("product_code"), row.text("operation"),
                row.constant("purpose", Purpose.class), tariff, row.instant("effective_from"),
                row.instant("published_at"));
    }

    private static String plain(UnitPrice price) {
        return price.fenPerUnit().stripTrailingZeros().toPlainString();
    }
}
