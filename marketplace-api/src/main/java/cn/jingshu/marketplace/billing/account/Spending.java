package cn.jingshu.marketplace.billing.account;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.BudgetReckoning;
import cn.jingshu.marketplace.billing.RunningCosts;
import cn.jingshu.marketplace.billing.UnratedUsageException;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.metering.event.BillingPeriod;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a consumer spends against its own budget and against its credit. Both are judged from the usage counted so far and from what
 * nodes say of their journals, however far shipping is behind: what is answered beyond a credit is what was asked between the call that reached
 * it and the refusal, the time of two looks ({@code LiveTotals}, {@link SpendWatch}) and of a renewal of the gates. Beyond a hard budget nothing is
 * answered: calls take of it before they are, and here it is reckoned what they did not cost ({@link BudgetReckoning}).
 */
@Singleton
public final class Spending {
    private static final String TERMS = """
            SELECT credit_limit_fen, budget_fen, budget_hard FROM market.consumer_account WHERE organisation_id = ?
            """;
    private static final String TERMS_OF_ALL = """
            SELECT organisation_id, credit_limit_fen, budget_fen, budget_hard
              FROM market.consumer_account
             WHERE organisation_id = ANY (CAST(? AS uuid[]))
            """;
    private static final String STOPS_OF_ALL = """
            SELECT organisation_id, reason, until
              FROM market.payment_stop
             WHERE organisation_id = ANY (CAST(? AS uuid[])) AND reason <> 'OVERDUE'
            """;
    private static final String SET_LIMIT = """
            INSERT INTO market.consumer_account (organisation_id, credit_limit_fen, terms_set_by, terms_set_at)
            VALUES (?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT consumer_account_pk DO UPDATE
               SET credit_limit_fen = EXCLUDED.credit_limit_fen, terms_set_by = EXCLUDED.terms_set_by,
                   terms_set_at = EXCLUDED.terms_set_at
            """;
    private static final String SET_BUDGET = """
            INSERT INTO market.consumer_account (organisation_id, budget_fen, budget_hard, budget_set_by, budget_set_at)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT consumer_account_pk DO UPDATE
               SET budget_fen = EXCLUDED.budget_fen, budget_hard = EXCLUDED.budget_hard,
                   budget_set_by = EXCLUDED.budget_set_by, budget_set_at = EXCLUDED.budget_set_at
            """;
    private static final String YOUNGEST_RATED = """
            SELECT period FROM market.billing_period ORDER BY period DESC LIMIT 1
            """;
    private static final String STOPS = """
            SELECT reason, until FROM market.payment_stop WHERE organisation_id = ? AND reason <> 'OVERDUE'
            """;
    private static final String STOP = """
            INSERT INTO market.payment_stop (organisation_id, reason, since, until) VALUES (?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT payment_stop_pk DO UPDATE SET since = EXCLUDED.since, until = EXCLUDED.until
            """;
    private static final String CREDIT_CODE = "SELECT uscc FROM market.organisation WHERE id = ?";
    private static final String OPERATORS = """
            SELECT id FROM market.organisation WHERE kinds && ARRAY['OPERATOR'] AND status = 'ACTIVE' ORDER BY id
            """;
    private static final String LIFT = "DELETE FROM market.payment_stop WHERE organisation_id = ? AND reason = ?";

    private final Database database;
    private final Accounts accounts;
    private final RunningCosts costs;
    private final BudgetReckoning reckoning;
    private final Notifications notifications;
    private final Clock clock;

    Spending(Database database, Accounts accounts, RunningCosts costs, BudgetReckoning reckoning, Notifications notifications, Clock clock) {
        this.database = database;
        this.accounts = accounts;
        this.costs = costs;
        this.reckoning = reckoning;
        this.notifications = notifications;
        this.clock = clock;
    }

    /** Why paid calls are refused for what was spent; stable text in {@code market.payment_stop}. */
    public enum Stop {
        PREPAID_USED_UP,
        CREDIT_USED_UP,
        BUDGET_USED_UP
    }

    /**
     * Where a consumer stands.
     *
     * @param spent what this month's calls cost so far, tax included
     * @param held what of the prepayment is held for a pay-back
     * @param unbilled what all calls not billed yet cost so far, earlier months included
     * @param unrated whether some of this month's calls have no lawful price; they are in {@code spent} with the most that was taken for them
     * @param stops why paid calls are refused, with the first moment they no longer are; empty value: until it is lifted
     */
    public record Position(YearMonth month, AccountTerms terms, Balance balance, Money held, Money spent, Money unbilled, boolean unrated,
            Map<Stop, Optional<Instant>> stops) {
        public Position {
            stops = Map.copyOf(stops);
        }

        /** What may still be used before the credit is used up; null: there is no limit. */
        public @Nullable Money left() {
            Money limit = terms.creditLimit();
            return limit == null ? null : limit.minus(balance.net()).minus(held).minus(unbilled);
        }

        /** How much of the budget is spent, in whole percent; null: there is no budget, or it is zero. */
        public @Nullable Long percentOfBudget() {
            Money budget = terms.budget();
            return budget == null || budget.isZero() ? null : Math.multiplyExact(spent.fen(), 100L) / budget.fen();
        }
    }

    /** What an account runs under. */
    public AccountTerms terms(UUID organisationId) {
        return database.inTransaction(t -> termsIn(t, organisationId));
    }

    private static AccountTerms termsIn(Transaction t, UUID organisationId) throws SQLException {
        return t.find(TERMS, Spending::readTerms, organisationId).orElse(AccountTerms.NONE);
    }

    private static AccountTerms readTerms(Row row) throws SQLException {
        return new AccountTerms(money(row, "credit_limit_fen"), money(row, "budget_fen"), row.flag("budget_hard"));
    }

    private static @Nullable Money money(Row row, String column) throws SQLException {
        return row.decimalOrNull(column) == null ? null : Money.ofFen(row.number(column));
    }

    /** The operator agrees to a credit limit; zero makes the account prepaid, null takes the limit away. */
    public void agree(UUID organisationId, @Nullable Money creditLimit, UUID agreedBy, String reason) {
        database.inTransaction(t -> {
            Accounts.lock(t, organisationId);
            AuditLog.append(t, clock, agreedBy, "account.terms", "organisation", organisationId,
                    Map.of("creditLimitFen", creditLimit == null ? "none" : Long.toString(creditLimit.fen()), "reason", reason));
            return t.change(SET_LIMIT, organisationId, creditLimit == null ? null : creditLimit.fen(), agreedBy, clock.instant());
        });
        judge(organisationId);
    }

    /** The consumer sets what it wants to spend a month; null: it no longer says. */
    public void budget(UUID organisationId, @Nullable Money budget, boolean hard, UUID setBy) {
        AccountTerms checked = new AccountTerms(null, budget, hard);
        database.inTransaction(t -> {
            Accounts.lock(t, organisationId);
            if (hard && budget != null) {
                reckoning.reckon(Map.of(organisationId, budget)); // before any node hears of it: nothing is taken of a budget that is not reckoned
            }
            AuditLog.append(t, clock, setBy, "account.budget", "organisation", organisationId,
                    Map.of("budgetFen", budget == null ? "none" : Long.toString(budget.fen()), "hard", Boolean.toString(hard)));
            return t.change(SET_BUDGET, organisationId, budget == null ? null : budget.fen(), checked.hard(), setBy, clock.instant());
        });
        judge(organisationId);
    }

    /** Where a consumer stands now; nothing is changed. */
    public Position position(UUID organisationId) {
        return database.inTransaction(t -> positionIn(t, organisationId));
    }

    /** Holds a consumer's spending against its limits: stops its paid calls, or lets them on again, and warns it. */
    public Position judge(UUID organisationId) {
        return database.inTransaction(t -> {
            Accounts.lock(t, organisationId);
            Position position = positionIn(t, organisationId);
            Money budget = position.terms().budget();
            if (position.terms().hard() && budget != null) {
                reckoning.reckon(Map.of(organisationId, budget));
            }
            Map<Stop, Optional<Instant>> before = new HashMap<>();
            t.list(STOPS, row -> before.put(row.constant("reason", Stop.class), Optional.ofNullable(row.instantOrNull("until"))) == null,
                    organisationId);
            for (Stop gone : before.keySet()) {
                if (!position.stops().containsKey(gone)) {
                    t.change(LIFT, organisationId, gone);
                }
            }
            for (Map.Entry<Stop, Optional<Instant>> wanted : position.stops().entrySet()) {
                if (!wanted.getValue().equals(before.get(wanted.getKey()))) {
                    t.change(STOP, organisationId, wanted.getKey(), clock.instant(), wanted.getValue().orElse(null));
                    notifications.tell(t, organisationId, wanted.getKey() == Stop.BUDGET_USED_UP
                                    ? Notifications.Kind.BUDGET_STOPPED
                                    : Notifications.Kind.CREDIT_STOPPED,
                            position.month().toString(), position.spent(), clock.instant().toString());
                }
            }
            warn(t, organisationId, position);
            return position;
        });
    }

    /**
     * Holds many consumers' spending against their limits. The database is asked as often for hundreds as for one; only whose stops or warnings
     * change is judged by itself, under the lock of its account.
     *
     * @return who cannot be judged, because what it owes for a subscription cannot be reckoned, and why; the others are
     */
    public Map<UUID, UnratedUsageException> judgeAll(Set<UUID> organisationIds) {
        Map<UUID, UnratedUsageException> unrated = new LinkedHashMap<>();
        if (organisationIds.isEmpty()) {
            return unrated;
        }
        Set<UUID> changed;
        try {
            changed = database.inTransaction(t -> changedIn(t, organisationIds));
        } catch (UnratedUsageException one) {
            changed = organisationIds; // whose it is, is found by judging them one by one
        }
        for (UUID each : changed) {
            try {
                judge(each);
            } catch (UnratedUsageException its) {
                unrated.put(each, its);
            }
        }
        return unrated;
    }

    /** Whose stops or warnings are not what they should be. */
    private Set<UUID> changedIn(Transaction t, Set<UUID> organisationIds) throws SQLException {
        Map<UUID, AccountTerms> terms = new HashMap<>();
        t.list(TERMS_OF_ALL, row -> terms.put(row.uuid("organisation_id"), readTerms(row)) == null, organisationIds);
        Map<UUID, Money> hard = new HashMap<>();
        terms.forEach((organisation, own) -> {
            Money budget = own.budget();
            if (own.hard() && budget != null) {
                hard.put(organisation, budget);
            }
        });
        reckoning.reckon(hard);
        Map<UUID, Map<Stop, Optional<Instant>>> stops = new HashMap<>();
        t.list(STOPS_OF_ALL, row -> stops.computeIfAbsent(row.uuid("organisation_id"), _ -> new EnumMap<>(Stop.class))
                .put(row.constant("reason", Stop.class), Optional.ofNullable(row.instantOrNull("until"))) == null, organisationIds);
        Map<UUID, Balance> balances = Accounts.balancesIn(t, organisationIds);
        Map<String, Money> holds = accounts.heldIn(t);
        BillingPeriod now = BillingPeriod.of(clock.instant());
        Map<UUID, RunningCosts.Cost> spent = costs.of(now.month(), organisationIds);
        Map<UUID, RunningCosts.Cost> unbilled = new HashMap<>(spent);
        for (YearMonth month = firstOpen(t, now); month.isBefore(now.month()); month = month.plusMonths(1)) {
            costs.of(month, organisationIds).forEach((organisation, cost) -> unbilled.merge(organisation, cost, RunningCosts.Cost::plus));
        }
        Map<UUID, UUID> warnings = new HashMap<>();
        Set<UUID> changed = new LinkedHashSet<>();
        for (UUID each : organisationIds) {
            AccountTerms own = terms.getOrDefault(each, AccountTerms.NONE);
            Balance balance = balances.getOrDefault(each, Balance.NOTHING);
            RunningCosts.Cost cost = spent.getOrDefault(each, RunningCosts.Cost.NOTHING);
            Money open = unbilled.getOrDefault(each, RunningCosts.Cost.NOTHING).amount();
            Money held = holds.getOrDefault(each.toString(), Money.ZERO);
            Position position = new Position(now.month(), own, balance, held, cost.amount(), open, cost.unrated(),
                    stops(own, balance, held, cost.amount(), open, now.end()));
            if (!position.stops().equals(stops.getOrDefault(each, Map.of()))) {
                changed.add(each);
            }
            for (Warning due : warnings(position)) {
                warnings.put(Notifications.idOf(each, due.kind(), due.about(), due.occasion()), each);
            }
        }
        Set<UUID> told = warnings.isEmpty() ? Set.of() : Notifications.toldOf(t, warnings.keySet());
        warnings.forEach((id, each) -> {
            if (!told.contains(id)) {
                changed.add(each);
            }
        });
        return changed;
    }

    /** What a consumer is to be told of a month. */
    private record Warning(Notifications.Kind kind, String about, @Nullable Money budget, String occasion) {}

    /** At 80 and at 100 percent, once for each budget and month; and that usage has no lawful price, once a month. */
    private static List<Warning> warnings(Position position) {
        List<Warning> due = new ArrayList<>();
        String month = position.month().toString();
        Long percent = position.percentOfBudget();
        Money budget = position.terms().budget();
        if (percent != null && budget != null && percent >= 80) {
            due.add(new Warning(percent < 100 ? Notifications.Kind.BUDGET_80 : Notifications.Kind.BUDGET_100, month, budget, Long.toString(budget.fen())));
        }
        if (position.unrated()) {
            due.add(new Warning(Notifications.Kind.USAGE_WITHOUT_PRICE, month, null, ""));
        }
        return due;
    }

    private void warn(Transaction t, UUID organisationId, Position position) throws SQLException {
        for (Warning due : warnings(position)) {
            notifications.tell(t, organisationId, due.kind(), due.about(), due.budget(), due.occasion());
        }
        if (position.unrated()) { // who sees to prices is told whose usage it is
            String about = position.month() + " " + t.find(CREDIT_CODE, row -> row.text("uscc"), organisationId).orElseThrow();
            for (UUID operator : t.list(OPERATORS, row -> row.uuid("id"))) {
                notifications.tell(t, operator, Notifications.Kind.USAGE_WITHOUT_PRICE, about, null, "");
            }
        }
    }

    /** Months nobody has closed for a year are not looked for: their calls cost nothing until they are rated. */
    private static YearMonth firstOpen(Transaction t, BillingPeriod now) throws SQLException {
        YearMonth open = t.find(YOUNGEST_RATED, row -> YearMonth.from(row.day("period")).plusMonths(1)).orElse(now.month());
        return open.isBefore(now.month().minusMonths(12)) ? now.month().minusMonths(12) : open;
    }

    /** As {@link #position}, in the caller's transaction. */
    public Position positionIn(Transaction t, UUID organisationId) throws SQLException {
        AccountTerms terms = termsIn(t, organisationId);
        BillingPeriod now = BillingPeriod.of(clock.instant());
        Balance balance = Accounts.balanceIn(t, organisationId);
        Money held = accounts.heldIn(t, organisationId);
        RunningCosts.Cost spent = costs.of(now.month(), organisationId);
        Money unbilled = Money.ZERO;
        for (YearMonth month = firstOpen(t, now); !month.isAfter(now.month()); month = month.plusMonths(1)) {
            unbilled = unbilled.plus((month.equals(now.month()) ? spent : costs.of(month, organisationId)).amount());
        }
        return new Position(now.month(), terms, balance, held, spent.amount(), unbilled, spent.unrated(),
                stops(terms, balance, held, spent.amount(), unbilled, now.end()));
    }

    /** Why paid calls are to be refused; a pure function. */
    static Map<Stop, Optional<Instant>> stops(
            AccountTerms terms, Balance balance, Money held, Money spent, Money unbilled, Instant monthEnd) {
        Map<Stop, Optional<Instant>> stops = new EnumMap<>(Stop.class);
        Money limit = terms.creditLimit();
        if (limit != null && balance.net().plus(held).plus(unbilled).compareTo(limit) >= 0) {
            stops.put(terms.isPrepaid() ? Stop.PREPAID_USED_UP : Stop.CREDIT_USED_UP, Optional.empty());
        }
        Money budget = terms.budget();
        if (terms.hard() && budget != null && spent.compareTo(budget) >= 0) {
            stops.put(Stop.BUDGET_USED_UP, Optional.of(monthEnd));
        }
        return stops;
    }
}
