package cn.jingshu.marketplace.billing.statement;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.account.AccountMoved;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.billing.account.Notifications.Kind;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.PolicyParameters;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.metering.event.BillingPeriod;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Asks for what is not paid (催收): a bill falls due, is reminded of, gets a last notice, and only then are the paid calls of
 * its consumer suspended. Free use in the public interest never is. Whoever pays is let on again in the same moment.
 *
 * @see "民法典 第五百二十六条, 第五百六十三条第一款第三项: 经催告后在合理期限内仍未履行 (the text was not at hand)"
 */
@Singleton
public final class Dunning implements AccountMoved, StatementIssue.Issued {
    private static final String CONSUMERS = """
            SELECT DISTINCT s.organisation_id
              FROM market.statement s
             WHERE NOT EXISTS (SELECT 1 FROM market.dunning_step d WHERE d.statement_id = s.id AND d.state = 'SETTLED')
             ORDER BY s.organisation_id
            """;
    /** The last step of each statement of a consumer: steps are reached in the order of their days, then of their moments. */
    private static final String STEPS = """
            SELECT DISTINCT ON (d.statement_id) d.statement_id, d.state, d.reached_on
              FROM market.dunning_step d
              JOIN market.statement s ON s.id = d.statement_id
             WHERE s.organisation_id = ?
             ORDER BY d.statement_id, d.at DESC
            """;
    private static final String ADD = """
            INSERT INTO market.dunning_step (statement_id, state, reached_on, at, open_fen) VALUES (?, ?, ?, ?, ?)
            """;
    private static final String SUSPEND = """
            INSERT INTO market.payment_stop (organisation_id, reason, since) VALUES (?, 'OVERDUE', ?)
            ON CONFLICT ON CONSTRAINT payment_stop_pk DO NOTHING
            """;
    private static final String REINSTATE = """
            DELETE FROM market.payment_stop WHERE organisation_id = ? AND reason = 'OVERDUE'
            """;

    private final Database database;
    private final PolicyParameters parameters;
    private final Notifications notifications;
    private final Clock clock;

    Dunning(Database database, PolicyParameters parameters, Notifications notifications, Clock clock) {
        this.database = database;
        this.parameters = parameters;
        this.notifications = notifications;
        this.clock = clock;
    }

    /** How far the asking for a statement has come, in this order; stable text in {@code market.dunning_step}. */
    public enum State {
        /** Issued and not due yet, or nothing was charged. */
        OPEN,
        /** Its day has passed. */
        DUE,
        REMINDED,
        FINAL_NOTICE,
        /** Paid calls are refused until it is paid. */
        SUSPENDED,
        /** Paid. */
        SETTLED
    }

    /**
     * Days between the steps.
     *
     * @param reminder from the due day to the reminder
     * @param finalNotice from the reminder, when it was made, to the last notice
     * @param suspension from the last notice, when it was made, to the suspension
     */
    record Terms(int reminder, int finalNotice, int suspension) {}

    /**
     * Where a statement stands.
     *
     * @param since the day it got there; of {@link State#OPEN} the day it was issued
     * @param open what is unpaid of it
     */
    public record Standing(Statements.Listed statement, State state, LocalDate since, Money open) {}

    /** A step that was taken. */
    public record Step(UUID organisationId, String statement, State state, Money open) {}

    /**
     * The next step of a statement that is not paid, if its day has come. One step at a time: nobody is suspended who was not
     * reminded and warned as many days before as the terms say, however seldom it is looked at.
     *
     * @param since the day {@code state} was reached
     */
    static Optional<State> next(State state, LocalDate since, LocalDate dueOn, LocalDate today, Terms terms) {
        return switch (state) {
            case OPEN -> today.isAfter(dueOn) ? Optional.of(State.DUE) : Optional.empty();
            case DUE -> today.isBefore(dueOn.plusDays(terms.reminder())) ? Optional.empty() : Optional.of(State.REMINDED);
            case REMINDED ->
                today.isBefore(since.plusDays(terms.finalNotice())) ? Optional.empty() : Optional.of(State.FINAL_NOTICE);
            case FINAL_NOTICE ->
                today.isBefore(since.plusDays(terms.suspension())) ? Optional.empty() : Optional.of(State.SUSPENDED);
            case SUSPENDED, SETTLED -> Optional.empty();
        };
    }

    /**
     * Takes every step whose day has come.
     *
     * @param takenBy null: the calendar
     * @return the steps taken now
     */
    public List<Step> run(@Nullable UUID takenBy) {
        List<Step> taken = new ArrayList<>();
        for (UUID organisationId : database.inTransaction(t -> t.list(CONSUMERS, row -> row.uuid("organisation_id")))) {
            taken.addAll(database.inTransaction(t -> {
                Accounts.lock(t, organisationId);
                return advance(t, organisationId, takenBy, true);
            }));
        }
        return taken;
    }

    /** Paid: what is settled now is noted, and paid calls go on when nothing they were suspended for is open any more. */
    @Override
    public void moved(Transaction t, UUID organisationId) throws SQLException {
        advance(t, organisationId, null, false);
    }

    @Override
    public void issued(Transaction t, UUID statementId, Statement statement) throws SQLException {
        UUID organisationId = statement.heading().organisationId();
        notifications.tell(t, organisationId, Kind.STATEMENT_ISSUED, String.valueOf(statement.heading().reference()),
                statement.charged(), "");
        advance(t, organisationId, null, false); // nothing charged, or paid ahead: settled at once
    }

    private List<Step> advance(Transaction t, UUID organisationId, @Nullable UUID takenBy, boolean ask) throws SQLException {
        LocalDate today = LocalDate.ofInstant(clock.instant(), BillingPeriod.ZONE);
        Terms terms = terms();
        List<Step> taken = new ArrayList<>();
        boolean suspended = false;
        for (Standing standing : standingsIn(t, organisationId)) {
            State state = standing.state();
            if (state == State.SETTLED) {
                continue;
            }
            Optional<State> reached = standing.open().isZero()
                    ? Optional.of(State.SETTLED)
                    : ask ? next(state, standing.since(), standing.statement().dueOn(), today, terms) : Optional.empty();
            if (reached.isPresent()) {
                state = reached.get();
                t.change(ADD, standing.statement().id(), state, today, clock.instant(), standing.open().fen());
                taken.add(new Step(organisationId, standing.statement().reference(), state, standing.open()));
                tell(t, standing, state);
                AuditLog.append(t, clock, takenBy, "dunning." + state.name().toLowerCase(Locale.ROOT), "statement",
                        standing.statement().id(), Map.of("openFen", Long.toString(standing.open().fen())));
            }
            suspended |= state == State.SUSPENDED;
        }
        if (suspended) {
            t.change(SUSPEND, organisationId, clock.instant());
        } else if (t.change(REINSTATE, organisationId) > 0) {
            notifications.tell(t, organisationId, Kind.REINSTATED, today.toString(), null, clock.instant().toString());
            AuditLog.append(t, clock, takenBy, "dunning.reinstate", "organisation", organisationId, Map.of());
        }
        return taken;
    }

    private void tell(Transaction t, Standing standing, State state) throws SQLException {
        Statements.Listed statement = standing.statement();
        Kind kind = switch (state) {
            case OPEN, DUE -> Kind.DUE;
            case REMINDED -> Kind.REMINDER;
            case FINAL_NOTICE -> Kind.FINAL_NOTICE;
            case SUSPENDED -> Kind.SUSPENDED;
            case SETTLED -> Kind.SETTLED;
        };
        if (state == State.SETTLED && !statement.charged().isPositive()) {
            return; // there was nothing to pay
        }
        notifications.tell(t, statement.organisationId(), kind, statement.reference(),
                state == State.SETTLED ? statement.charged() : standing.open(), "");
    }

    private Terms terms() {
        return new Terms(days("dunning.reminder-days"), days("dunning.final-notice-days"), days("dunning.suspension-days"));
    }

    private int days(String name) {
        return parameters.getAt(name, clock.instant()).decimal().intValueExact();
    }

    /** Where each statement of a consumer stands, the oldest first. */
    public List<Standing> standings(UUID organisationId) {
        return database.inTransaction(t -> standingsIn(t, organisationId));
    }

    private record Reached(UUID statementId, State state, LocalDate on) {}

    private static List<Standing> standingsIn(Transaction t, UUID organisationId) throws SQLException {
        List<Statements.Listed> statements = Statements.listIn(t, organisationId);
        Map<UUID, Money> open = OpenItems.of(statements, Accounts.balanceIn(t, organisationId).owed());
        List<Reached> reached = t.list(STEPS, row -> new Reached(row.uuid("statement_id"),
                row.constant("state", State.class), row.day("reached_on")), organisationId);
        List<Standing> standings = new ArrayList<>();
        for (Statements.Listed statement : statements) {
            Reached last = reached.stream().filter(each -> each.statementId().equals(statement.id())).findFirst()
                    .orElseGet(() -> new Reached(statement.id(), State.OPEN,
                            LocalDate.ofInstant(statement.issuedAt(), BillingPeriod.ZONE)));
            standings.add(new Standing(statement, last.state(), last.on(), open.getOrDefault(statement.id(), Money.ZERO)));
        }
        return standings;
    }
}
