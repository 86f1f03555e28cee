package cn.jingshu.marketplace.plan;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.metering.limit.RateLimit;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The plans there are and were. */
@Singleton
public final class Plans {
    private static final String ADD = """
            INSERT INTO market.plan
                   (id, code, product_code, product_version, purpose, name_zh, name_en, monthly_quota_units,
                    rate_capacity, rate_period_millis, effective_from, published_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String ALL = """
            SELECT id, code, product_code, product_version, purpose, name_zh, name_en, monthly_quota_units,
                   rate_capacity, rate_period_millis, effective_from, published_at, withdrawn_at
              FROM market.plan
             ORDER BY product_code, purpose DESC, code
            """;
    private static final String BY_ID = """
            SELECT id, code, product_code, product_version, purpose, name_zh, name_en, monthly_quota_units,
                   rate_capacity, rate_period_millis, effective_from, published_at, withdrawn_at
              FROM market.plan
             WHERE id = ?
            """;
    private static final String BY_CODE = """
            SELECT id, code, product_code, product_version, purpose, name_zh, name_en, monthly_quota_units,
                   rate_capacity, rate_period_millis, effective_from, published_at, withdrawn_at
              FROM market.plan
             WHERE code = ?
            """;
    private static final String SET_QUOTA = """
            UPDATE market.plan SET monthly_quota_units = ? WHERE id = ?
            """;
    private static final String WITHDRAW = """
            UPDATE market.plan SET withdrawn_at = ? WHERE id = ? AND withdrawn_at IS NULL
            """;

    private final Database database;
    private final Clock clock;

    public Plans(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Offers a plan; {@code decidedBy} null: by the installation. */
    public void offer(Plan plan, @Nullable UUID decidedBy) {
        database.inTransaction(t -> {
            t.change(ADD, plan.id(), plan.code(), plan.product(), plan.productVersion(), plan.purpose(), plan.nameZh(),
                    plan.nameEn(), plan.monthlyQuotaUnits(), plan.rate().capacity(), plan.rate().period().toMillis(),
                    plan.effectiveFrom(), plan.publishedAt());
            AuditLog.append(t, clock, decidedBy, "plan.offer", "plan", plan.id(), Map.of("code", plan.code()));
            return plan;
        });
    }

    /**
     * A plan as the operator offers it, from the moment it is entered on.
     *
     * @param code lower-case letters, digits and hyphens
     */
    public record Offer(UUID id, String code, String product, int productVersion, Purpose purpose, String nameZh, String nameEn,
            long monthlyQuotaUnits, RateLimit rate) {
        private static final Pattern CODE = Pattern.compile("[a-z][a-z0-9-]{1,59}");

        /** @throws IllegalArgumentException if it is none */
        public Offer {
            if (!CODE.matcher(code).matches()) {
                throw new IllegalArgumentException("code " + code + ": 2 to 60 lower-case letters, digits and hyphens are expected");
            }
            if (monthlyQuotaUnits < 1) {
                throw new IllegalArgumentException("monthlyQuotaUnits is " + monthlyQuotaUnits + ", allowed: 1 and more");
            }
        }

        private boolean isOf(Plan plan) {
            return plan.equals(at(plan.effectiveFrom(), plan.publishedAt(), plan.withdrawnAt()));
        }

        private Plan at(Instant from, Instant published, @Nullable Instant withdrawn) {
            return new Plan(id, code, product, productVersion, purpose, nameZh, nameEn, monthlyQuotaUnits, rate, from, published, withdrawn);
        }
    }

    /** Offers a plan at once, under an id of the caller's own; the same again changes nothing. */
    public Change offer(Offer offer, UUID decidedBy) {
        Instant now = clock.instant();
        try {
            offer(offer.at(now, now, null), decidedBy);
            return new Change.Done(false);
        } catch (DatabaseException e) {
            if (e.violates("plan_registration_fk")) {
                return new Change.Refused(Change.Fault.NAMES_UNKNOWN);
            }
            if (e.violates("plan_pk") || e.violates("plan_code_unique")) {
                Optional<Plan> there = find(offer.id());
                return there.filter(offer::isOf).isPresent() ? new Change.Done(true)
                        : new Change.Refused(there.isPresent() ? Change.Fault.ID_TAKEN : Change.Fault.CODE_TAKEN);
            }
            throw e;
        }
    }

    /** Changes a plan's monthly quota for everyone on it, at once. */
    public void changeQuota(UUID planId, long monthlyQuotaUnits, UUID decidedBy) {
        database.inTransaction(t -> {
            int changed = t.change(SET_QUOTA, monthlyQuotaUnits, planId);
            AuditLog.append(t, clock, decidedBy, "plan.quota", "plan", planId,
                    Map.of("monthlyQuotaUnits", Long.toString(monthlyQuotaUnits)));
            return changed;
        });
    }

    /** Stops offering a plan; who is subscribed to it stays so. */
    public Change withdraw(UUID planId, UUID decidedBy, String reason) {
        return database.inTransaction(t -> {
            if (t.change(WITHDRAW, clock.instant(), planId) == 1) {
                AuditLog.append(t, clock, decidedBy, "plan.withdraw", "plan", planId, Map.of("reason", reason));
                return new Change.Done(false);
            }
            return findIn(t, planId).isPresent() ? new Change.Done(true) : new Change.Refused(Change.Fault.UNKNOWN);
        });
    }

    public List<Plan> listAll() {
        return database.inTransaction(t -> t.list(ALL, Plans::read));
    }

    public Optional<Plan> find(UUID id) {
        return database.inTransaction(t -> findIn(t, id));
    }

    public Optional<Plan> findByCode(String code) {
        return database.inTransaction(t -> t.find(BY_CODE, Plans::read, code));
    }

    /** The plan with this id, inside a running transaction. */
    public static Optional<Plan> findIn(Transaction t, UUID id) throws SQLException {
        return t.find(BY_ID, Plans::read, id);
    }

    private static Plan read(Row row) throws SQLException {
        return new Plan(row.uuid("id"), row.text("code"), row.text("product_code"), row.integer("product_version"),
                row.constant("purpose", Purpose.class), row.text("name_zh"), row.text("name_en"),
                row.number("monthly_quota_units"),
                new RateLimit(row.number("rate_capacity"), Duration.ofMillis(row.number("rate_period_millis"))),
                row.instant("effective_from"),
                row.instant("published_at"), row.instantOrNull("withdrawn_at"));
    }
}
