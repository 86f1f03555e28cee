package cn.jingshu.marketplace.billing.statement;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.Charges;
import cn.jingshu.marketplace.billing.MonthBills;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.billing.account.Balance;
import cn.jingshu.marketplace.governance.PolicyParameters;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.metering.event.BillingPeriod;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Issues statements: the month's charges come onto the account, what was paid ahead is used, and what the consumer is told
 * is stored with its digest and number. One transaction each, so a crash leaves some issued and the rest to do.
 */
@Singleton
final class StatementIssue implements MonthBills {
    private static final String BOOKED_MONTHS = """
            SELECT period FROM market.billing_period
             WHERE period <= ? AND status IN ('POSTED', 'SETTLED', 'CLOSED')
             ORDER BY period
            """;
    /** Whose account moved since its last statement: it is told so, though it used nothing. */
    private static final String MOVED = """
            SELECT organisation_id
              FROM market.account_movement m
             GROUP BY organisation_id
            HAVING max(m.number) > (SELECT coalesce(max(s.last_movement), 0) FROM market.statement s
                                     WHERE s.organisation_id = m.organisation_id)
             ORDER BY organisation_id
            """;
    private static final String ISSUED = """
            SELECT organisation_id FROM market.statement WHERE period = ?
            """;
    private static final String LATER = """
            SELECT id FROM market.statement WHERE organisation_id = ? AND period >= ? LIMIT 1
            """;
    private static final String LAST_MOVEMENT = """
            SELECT coalesce(max(last_movement), 0) AS number FROM market.statement WHERE organisation_id = ?
            """;
    private static final String NEXT_NUMBER = """
            SELECT coalesce(max(number), 0) + 1 AS number FROM market.statement WHERE organisation_id = ? AND year = ?
            """;
    private static final String ADD = """
            INSERT INTO market.statement
                   (id, organisation_id, period, year, number, issued_at, due_on, opening_fen, charges_fen, vat_fen,
                    closing_fen, last_movement, content, sha256)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String PAYMENT_DAYS = "billing.payment-days";

    private final Database database;
    private final Charges charges;
    private final Accounts accounts;
    private final StatementParts parts;
    private final Organisations organisations;
    private final PolicyParameters parameters;
    private final List<Issued> followers;
    private final Clock clock;

    /** Done in the transaction that issues a statement. */
    interface Issued {
        void issued(Transaction t, UUID statementId, Statement statement) throws SQLException;
    }

    StatementIssue(Database database, Charges charges, Accounts accounts, StatementParts parts,
            Organisations organisations, PolicyParameters parameters, List<Issued> followers, Clock clock) {
        this.database = database;
        this.charges = charges;
        this.accounts = accounts;
        this.parts = parts;
        this.organisations = organisations;
        this.parameters = parameters;
        this.followers = followers;
        this.clock = clock;
    }

    @Override
    public int issueUntil(YearMonth month) {
        int issued = 0;
        for (YearMonth each : database.inTransaction(
                t -> t.list(BOOKED_MONTHS, row -> YearMonth.from(row.day("period")), month.atDay(1)))) {
            List<Charge> charged = charges.listOf(each);
            Set<UUID> whose = new LinkedHashSet<>();
            charged.forEach(charge -> whose.add(charge.key().organisationId()));
            whose.addAll(database.inTransaction(t -> t.list(MOVED, row -> row.uuid("organisation_id"))));
            database.inTransaction(t -> t.list(ISSUED, row -> row.uuid("organisation_id"), each.atDay(1)))
                    .forEach(whose::remove);
            for (UUID organisationId : whose) {
                List<Charge> own = charged.stream()
                        .filter(charge -> charge.key().organisationId().equals(organisationId))
                        .toList();
                issued += issue(organisationId, each, own) ? 1 : 0;
            }
        }
        return issued;
    }

    /** @return false: this month or a later one was issued before, and nothing was changed */
    private boolean issue(UUID organisationId, YearMonth month, List<Charge> charged) {
        Organisation consumer = organisations.find(organisationId)
                .orElseThrow(() -> new IllegalStateException("charges of the unknown organisation " + organisationId));
        Instant now = clock.instant();
        int days = parameters.getAt(PAYMENT_DAYS, now).decimal().intValueExact();
        LocalDate dueOn = LocalDate.ofInstant(now, BillingPeriod.ZONE).plusDays(days);
        return database.inTransaction(t -> {
            Accounts.lock(t, organisationId);
            if (t.find(LATER, row -> row.uuid("id"), organisationId, month.atDay(1)).isPresent()) {
                return false;
            }
            accounts.bill(t, organisationId, month, Money.sum(charged.stream().map(Charge::amount).toList()));
            long told = lastMovement(t, organisationId);
            Balance opening = Accounts.balanceIn(t, organisationId, told);
            int number = t.find(NEXT_NUMBER, row -> row.integer("number"), organisationId, month.getYear()).orElseThrow();
            Statement statement = parts.put(consumer, month, new StatementParts.Issue(number, now, dueOn), charged, opening,
                    Accounts.listAfter(t, organisationId, told));
            UUID id = idOf(organisationId, month);
            String content = StatementJson.write(statement);
            t.change(ADD, id, organisationId, month.atDay(1), month.getYear(), number, now, dueOn, opening.net().fen(),
                    statement.charged().fen(), statement.vat().fen(), statement.closing().net().fen(),
                    statement.closing().lastMovement(), content, digest(content));
            for (Issued follower : followers) {
                follower.issued(t, id, statement);
            }
            return true;
        });
    }

    static long lastMovement(Transaction t, UUID organisationId) throws SQLException {
        return t.find(LAST_MOVEMENT, row -> row.number("number"), organisationId).orElse(0L);
    }

    /** A consumer has one statement a month, so its id is made of the two. */
    static UUID idOf(UUID organisationId, YearMonth month) {
        return UUID.nameUUIDFromBytes(("statement " + month + " " + organisationId).getBytes(StandardCharsets.UTF_8));
    }

    static byte[] digest(String content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
