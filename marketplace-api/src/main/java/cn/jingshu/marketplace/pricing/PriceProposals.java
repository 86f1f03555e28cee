package cn.jingshu.marketplace.pricing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.TariffJson;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.PriceProposal.Kept;
import cn.jingshu.marketplace.pricing.PriceProposal.Status;
import cn.jingshu.marketplace.pricing.PriceProposal.Subject;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.products.contract.Contracts;
import jakarta.inject.Provider;
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
 * How ceilings and prices get into the price book: a ceiling is written by a person of the bureau, a price by one of the
 * operator, and each is signed by another person, of the bureau or of the price authority. The signature publishes it.
 *
 * @see "发改价格〔2025〕65号: 授权主体制定上限收费标准, 运营机构制定具体收费标准且不得高于上限, 收费标准向社会公示"
 */
@Singleton
public final class PriceProposals {
    private static final String ADD = """
            INSERT INTO market.price_proposal
                   (id, subject, product_code, operation, purpose, plan_code, kind, terms, fen_per_unit, fen_per_month,
                    trial, effective_from, citation, proposed_by, proposed_at, status)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'OPEN')
            ON CONFLICT ON CONSTRAINT price_proposal_pk DO NOTHING
            """;
    private static final String AMEND = """
            UPDATE market.price_proposal
               SET subject = ?, product_code = ?, operation = ?, purpose = ?, plan_code = ?, kind = ?, terms = ?,
                   fen_per_unit = ?, fen_per_month = ?, trial = ?, effective_from = ?, citation = ?, proposed_by = ?,
                   proposed_at = ?
             WHERE id = ?
            """;
    private static final String DECIDE = """
            UPDATE market.price_proposal SET status = ?, decided_by = ?, decided_at = ?, ground = ? WHERE id = ?
            """;
    private static final String PRODUCT = """
            SELECT 1 AS yes FROM market.registration WHERE product_code = ? LIMIT 1
            """;
    private static final String LOCK = """
            SELECT id, subject, product_code, operation, purpose, plan_code, terms, fen_per_unit, fen_per_month, trial,
                   effective_from, citation, proposed_by, proposed_at, status, decided_by, decided_at, ground
              FROM market.price_proposal
             WHERE id = ?
               FOR UPDATE
            """;
    private static final String BY_ID = """
            SELECT id, subject, product_code, operation, purpose, plan_code, terms, fen_per_unit, fen_per_month, trial,
                   effective_from, citation, proposed_by, proposed_at, status, decided_by, decided_at, ground
              FROM market.price_proposal
             WHERE id = ?
            """;
    private static final String PAGE = """
            SELECT id, subject, product_code, operation, purpose, plan_code, terms, fen_per_unit, fen_per_month, trial,
                   effective_from, citation, proposed_by, proposed_at, status, decided_by, decided_at, ground
              FROM market.price_proposal
             WHERE id > ? AND (CAST(? AS text) IS NULL OR status = ?)
             ORDER BY id
             LIMIT ?
            """;

    private final Database database;
    private final PriceBook book;
    private final Clock clock;

    public PriceProposals(Database database, Clock clock, Provider<Contracts> contracts) {
        this.database = database;
        this.book = new PriceBook(database, clock, contracts);
        this.clock = clock;
    }

    /** The answer to a proposal or to a decision about one. */
    public sealed interface Outcome {
        /** It stands as asked for; {@code already}: it did before, so nothing was changed or logged. */
        record Done(boolean already) implements Outcome {}

        record Refused(Change.Fault fault) implements Outcome {}

        /** @param detail the values that break the rule, for instance {@code price 1.60 fen, ceiling 1.50 fen} */
        record Unlawful(PriceFault fault, String detail) implements Outcome {}
    }

    /** Proposes under an id of the caller's own; under one that is open already, see {@link #amend}. */
    public Outcome propose(PriceProposal proposal, UUID proposedBy) {
        return database.inTransaction(t -> {
            Optional<Outcome> objection = objection(t, proposal, proposedBy);
            if (objection.isPresent()) {
                return objection.get();
            }
            Columns c = Columns.of(proposal.subject());
            if (t.change(ADD, proposal.id(), c.subject(), proposal.product(), proposal.operation(), c.purpose(),
                    c.plan(), c.kind(), c.terms(), c.fenPerUnit(), c.fenPerMonth(), c.trial(), proposal.effectiveFrom(),
                    proposal.citation(), proposedBy, clock.instant()) == 0) {
                boolean same = t.find(BY_ID, PriceProposals::read, proposal.id())
                        .filter(before -> before.proposal().equals(proposal)).isPresent();
                return same ? new Outcome.Done(true) : new Outcome.Refused(Change.Fault.ID_TAKEN);
            }
            log(t, proposedBy, "price.propose", proposal);
            return new Outcome.Done(false);
        });
    }

    /** Writes an open proposal anew; whoever does so is the one who proposes it. */
    public Outcome amend(PriceProposal proposal, UUID amendedBy) {
        return onOpen(proposal.id(), (t, before) -> {
            if (before.proposal().equals(proposal)) {
                return new Outcome.Done(true);
            }
            if (!before.proposal().subject().getClass().equals(proposal.subject().getClass())) {
                return new Outcome.Refused(Change.Fault.ID_TAKEN); // a ceiling does not turn into a price
            }
            Optional<Outcome> objection = objection(t, proposal, amendedBy);
            if (objection.isPresent()) {
                return objection.get();
            }
            Columns c = Columns.of(proposal.subject());
            t.change(AMEND, c.subject(), proposal.product(), proposal.operation(), c.purpose(), c.plan(), c.kind(),
                    c.terms(), c.fenPerUnit(), c.fenPerMonth(), c.trial(), proposal.effectiveFrom(), proposal.citation(),
                    amendedBy, clock.instant(), proposal.id());
            log(t, amendedBy, "price.amend", proposal);
            return new Outcome.Done(false);
        });
    }

    /** What speaks against a proposal whatever else is in the price book; the ceiling is asked for at the signature. */
    private Optional<Outcome> objection(Transaction t, PriceProposal proposal, UUID proposedBy) throws SQLException {
        Role maker = switch (proposal.subject()) {
            case Subject.Ceiling(var _) -> Role.REGULATOR;
            case Subject.Price _ -> Role.OPERATIONS;
        };
        if (!People.getIn(t, proposedBy).roles().contains(maker)) {
            PriceFault fault = maker == Role.REGULATOR ? PriceFault.NOT_A_REGULATOR : PriceFault.NOT_SIGNED_BY_TWO;
            return Optional.of(new Outcome.Unlawful(fault, "proposed by " + proposedBy));
        }
        if (proposal.subject() instanceof Subject.Price(var purpose, var tariff, var _, var _)
                && purpose == Purpose.PUBLIC_INTEREST && !(tariff instanceof Tariff.Free)) {
            return Optional.of(new Outcome.Unlawful(PriceFault.PUBLIC_INTEREST_IS_FREE, "price above 0"));
        }
        Optional<PriceFault> free = proposal.subject() instanceof Subject.Price(var _, var tariff, var plan, var _)
                ? book.againstProduct(proposal.product(), plan, tariff) : Optional.empty();
        if (free.isPresent()) {
            return Optional.of(new Outcome.Unlawful(free.get(), "price above 0"));
        }
        Optional<String> mixed = proposal.subject() instanceof Subject.Price(var _, var tariff, var _, var _)
                ? book.mixedUnits(proposal.product(), proposal.operation(), tariff) : Optional.empty();
        if (mixed.isPresent()) {
            return Optional.of(new Outcome.Unlawful(PriceFault.UNITS_MIXED, mixed.get()));
        }
        Instant now = clock.instant();
        if (proposal.effectiveFrom().isBefore(now)) {
            return Optional.of(new Outcome.Unlawful(
                    PriceFault.RETROACTIVE, "effective from " + proposal.effectiveFrom() + ", now " + now));
        }
        return t.find(PRODUCT, row -> row.integer("yes"), proposal.product()).isEmpty()
                ? Optional.of(new Outcome.Refused(Change.Fault.NAMES_UNKNOWN))
                : Optional.empty();
    }

    /**
     * Signs a proposal, which publishes it: from now on it stands in the price book, and every call from its date on is
     * held to it.
     *
     * @param signedBy another person than who proposed it, of the bureau or of the price authority
     * @param citation the document the signature rests on
     */
    public Outcome sign(UUID id, UUID signedBy, String citation) {
        try {
            return onOpen(id, (t, open) -> {
                Person signer = People.getIn(t, signedBy);
                if (open.proposedBy().equals(signedBy)) {
                    return new Outcome.Refused(Change.Fault.SAME_PERSON);
                }
                if (!signer.roles().contains(Role.REGULATOR) && !signer.roles().contains(Role.PRICE_OFFICER)) {
                    return new Outcome.Unlawful(PriceFault.NOT_SIGNED_BY_TWO, "signed by " + signedBy);
                }
                return switch (enter(t, open, signedBy)) {
                    case PriceBook.Outcome.Refused(var fault, var detail) -> new Outcome.Unlawful(fault, detail);
                    case PriceBook.Outcome.Saved(var _) -> decide(t, id, Status.SIGNED, signedBy, "price.sign", citation);
                };
            });
        } catch (DatabaseException e) {
            if (PriceBook.dateIsTaken(e)) {
                return new Outcome.Unlawful(PriceFault.DATE_TAKEN, "price " + id);
            }
            throw e;
        }
    }

    private PriceBook.Outcome enter(Transaction t, Kept open, UUID signedBy) throws SQLException {
        PriceProposal p = open.proposal();
        return switch (p.subject()) {
            case Subject.Ceiling(var limit) -> book.setCeiling(t, new PriceCeiling(p.id(), p.product(),
                    p.operation(), limit, p.effectiveFrom(), p.citation()), open.proposedBy(), signedBy);
            case Subject.Price(var purpose, var tariff, var plan, var trial) -> book.save(t, new PriceBook.Proposal(p.id(),
                    p.product(), p.operation(), purpose, tariff, plan, trial, p.effectiveFrom(), clock.instant(),
                    open.proposedBy(), signedBy));
        };
    }

    /** Turns a proposal down. */
    public Outcome refuse(UUID id, UUID decidedBy, String reason) {
        return onOpen(id, (t, open) -> open.proposedBy().equals(decidedBy)
                ? new Outcome.Refused(Change.Fault.SAME_PERSON)
                : decide(t, id, Status.REFUSED, decidedBy, "price.refuse", reason));
    }

    /** Takes a proposal back; a person of the organisation that proposed it does. */
    public Outcome withdraw(UUID id, UUID withdrawnBy, String reason) {
        return onOpen(id, (t, open) -> {
            UUID theirs = People.getIn(t, open.proposedBy()).organisationId();
            return People.getIn(t, withdrawnBy).organisationId().equals(theirs)
                    ? decide(t, id, Status.WITHDRAWN, withdrawnBy, "price.withdraw", reason)
                    : new Outcome.Refused(Change.Fault.NOT_ITS_PROPOSER);
        });
    }

    private Outcome decide(Transaction t, UUID id, Status status, UUID decidedBy, String action, String ground)
            throws SQLException {
        t.change(DECIDE, status, decidedBy, clock.instant(), ground, id);
        AuditLog.append(t, clock, decidedBy, action, "price_proposal", id, Map.of("ground", ground));
        return new Outcome.Done(false);
    }

    @FunctionalInterface
    private interface Step {
        Outcome on(Transaction t, Kept open) throws SQLException;
    }

    private Outcome onOpen(UUID id, Step step) {
        return database.inTransaction(t -> {
            Optional<Kept> found = t.find(LOCK, PriceProposals::read, id);
            if (found.isEmpty()) {
                return new Outcome.Refused(Change.Fault.UNKNOWN);
            }
            return found.get().status() == Status.OPEN
                    ? step.on(t, found.get())
                    : new Outcome.Refused(Change.Fault.OVER);
        });
    }

    private void log(Transaction t, UUID by, String action, PriceProposal p) throws SQLException {
        Columns c = Columns.of(p.subject());
        BigDecimal fen = c.fenPerUnit();
        AuditLog.append(t, clock, by, action, "price_proposal", p.id(), Map.of("product", p.product(), "operation",
                p.operation(), "fenPerUnit", fen == null ? "free" : fen.stripTrailingZeros().toPlainString(),
                "fenPerMonth", Long.toString(c.fenPerMonth()), "tariff", c.terms() == null ? "" : c.terms(),
                "effectiveFrom", p.effectiveFrom().toString(), "citation", p.citation()));
    }

    public Optional<Kept> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, PriceProposals::read, id));
    }

    /**
     * At most {@code most} proposals behind the id {@code after}, in the order of ids.
     *
     * @param after null: from the first
     * @param status null: of any
     */
    public List<Kept> list(@Nullable UUID after, @Nullable Status status, int most) {
        return database.inTransaction(t -> t.list(
                PAGE, PriceProposals::read, after == null ? new UUID(0, 0) : after, status, status, most));
    }

    /** The columns that say what is set. */
    private record Columns(String subject, @Nullable Purpose purpose, @Nullable String plan, @Nullable String kind,
            @Nullable String terms, @Nullable BigDecimal fenPerUnit, long fenPerMonth, boolean trial) {
        static Columns of(Subject subject) {
            return switch (subject) {
                case Subject.Ceiling(var limit) -> new Columns("CEILING", null, null, null, null,
                        limit.perUnit().fenPerUnit(), limit.perMonth().fen(), false);
                case Subject.Price(var purpose, var tariff, var plan, var trial) -> new Columns("TARIFF", purpose, plan,
                        TariffJson.kindOf(tariff), TariffJson.write(tariff),
                        tariff instanceof Tariff.Free ? null : tariff.dearestUnit().fenPerUnit(), 0, trial);
            };
        }
    }

    private static Kept read(Row row) throws SQLException {
        Subject subject = row.text("subject").equals("CEILING")
                ? new Subject.Ceiling(new Ceiling(
                        new UnitPrice(row.decimal("fen_per_unit")), new Money(row.number("fen_per_month"))))
                : new Subject.Price(row.constant("purpose", Purpose.class), TariffJson.read(row.text("terms")),
                        row.textOrNull("plan_code"), row.flag("trial"));
        return new Kept(new PriceProposal(row.uuid("id"), subject, row.text("product_code"), row.text("operation"),
                        row.instant("effective_from"), row.text("citation")),
                row.uuid("proposed_by"), row.instant("proposed_at"), row.constant("status", Status.class),
                row.uuidOrNull("decided_by"), row.instantOrNull("decided_at"), row.textOrNull("ground"));
    }
}
