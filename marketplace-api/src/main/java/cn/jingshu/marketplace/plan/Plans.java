package cn.jingshu.marketplace.plan;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.metering.limit.RateLimit;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
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

    /** Changes a plan's monthly quota for everyone on it, at once. */
    public void changeQuota(UUID planId, long monthlyQuotaUnits, UUID decidedBy) {
        database.inTransaction(t -> {
            int changed = t.change(SET_QUOTA, monthlyQuotaUnits, planId);
            AuditLog.append(t, clock, decidedBy, "plan.quota", "plan", planId,
                    Map.of("monthlyQuotaUnits", Long.toString(monthlyQuotaUnits)));
            return changed;
        });
    }

    /** Stops offering a plan; false: it was withdrawn before or does not exist. */
    public boolean withdraw(UUID planId, UUID decidedBy) {
        return database.inTransaction(t -> {
            boolean withdrawn = t.change(WITHDRAW, clock.instant(), planId) == 1;
            if (withdrawn) {
                AuditLog.append(t, clock, decidedBy, "plan.withdraw", "plan", planId, Map.of());
            }
            return withdrawn;
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
