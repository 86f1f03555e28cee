package cn.jingshu.marketplace.apikey;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The keys of subscriptions: at most two live ones of each kind, so one can be replaced while the other works. */
@Singleton
public final class ApiKeys {
    /** Longest time an old key may go on working beside the one that replaces it. */
    public static final Duration LONGEST_OVERLAP = Duration.ofDays(30);

    private static final String LOCK_SUBSCRIPTION = """
            SELECT status FROM market.subscription WHERE id = ? FOR UPDATE
            """;
    private static final String RETIRE_EXPIRED = """
            UPDATE market.api_key SET retired_at = expires_at
             WHERE subscription_id = ? AND retired_at IS NULL AND expires_at <= ?
            """;
    private static final String FREE_SLOT = """
            SELECT s.slot
              FROM (VALUES (1), (2)) AS s (slot)
             WHERE NOT EXISTS (SELECT 1 FROM market.api_key k
                                WHERE k.subscription_id = ? AND k.sandbox = ? AND k.retired_at IS NULL
                                  AND k.slot = s.slot)
             ORDER BY s.slot
             LIMIT 1
            """;
    private static final String ADD = """
            INSERT INTO market.api_key
                   (id, subscription_id, sandbox, hash, last_four, slot, created_by, created_at, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String BY_ID = """
            SELECT id, subscription_id, sandbox, last_four, created_at, expires_at, revoked_at
              FROM market.api_key
             WHERE id = ?
            """;
    private static final String BY_HASH = """
            SELECT id, subscription_id, sandbox, last_four, created_at, expires_at, revoked_at
              FROM market.api_key
             WHERE hash = ?
            """;
    private static final String OF_SUBSCRIPTION = """
            SELECT id, subscription_id, sandbox, last_four, created_at, expires_at, revoked_at
              FROM market.api_key
             WHERE subscription_id = ?
             ORDER BY created_at, id
            """;
    private static final String LIMIT_LIFE = """
            UPDATE market.api_key SET expires_at = LEAST(expires_at, ?) WHERE id = ?
            """;
    private static final String REVOKE = """
            UPDATE market.api_key SET revoked_at = ?, retired_at = COALESCE(retired_at, ?)
             WHERE id = ? AND revoked_at IS NULL
            """;

    private final Database database;
    private final Pepper pepper;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public ApiKeys(Database database, Pepper pepper, Clock clock) {
        this.database = database;
        this.pepper = pepper;
        this.clock = clock;
    }

    /**
     * What is known of a key after it was shown.
     *
     * @param expiresAt when it stops working; null: when it is revoked
     * @param revokedAt null: not revoked
     */
    public record KeyRecord(UUID id, UUID subscriptionId, boolean sandbox, String lastFour, Instant createdAt,
            @Nullable Instant expiresAt, @Nullable Instant revokedAt) {
        /** Whether the key works at {@code moment}, as far as the key itself is concerned. */
        public boolean liveAt(Instant moment) {
            return revokedAt == null && (expiresAt == null || moment.isBefore(expiresAt));
        }

        /** How a page names it: {@code js_live_…9fK2}. */
        public String shown() {
            return (sandbox ? ApiKey.TEST : ApiKey.LIVE) + "…" + lastFour;
        }
    }

    /** The answer to a request for a key. */
    public sealed interface Issue {
        /** @param key the secret, shown this once */
        record Issued(ApiKey key, KeyRecord record) implements Issue {}

        record Refused(Fault fault) implements Issue {}
    }

    /** Why no key is issued. */
    public enum Fault {
        TWO_LIVE_KEYS("该订阅已有两个有效密钥,请先吊销其中一个", "this subscription has two live keys; revoke one of them first"),
        SUBSCRIPTION_NOT_APPROVED(
                "订阅尚未获批,只能申请测试密钥", "the subscription is not approved yet; only a test key can be issued"),
        SUBSCRIPTION_CLOSED("订阅已停用或终止", "the subscription is suspended, refused or ended"),
        NO_SUCH_SUBSCRIPTION("订阅不存在", "there is no such subscription"),
        NO_SUCH_KEY("密钥不存在", "there is no such key"),
        KEY_NOT_LIVE("密钥已失效,不能轮换", "the key does not work any more and cannot be rotated"),
        OVERLAP_OUT_OF_RANGE("新旧密钥并行时间须在0至30天之间", "the overlap must be between 0 and 30 days");

        private final String zh;
        private final String en;

        Fault(String zh, String en) {
            this.zh = zh;
            this.en = en;
        }

        public String zh() {
            return zh;
        }

        public String en() {
            return en;
        }
    }

    /**
     * Issues a key.
     *
     * @param keyId the new key's id
     * @param issuedBy null: by the installation
     */
    public Issue issue(UUID keyId, UUID subscriptionId, boolean sandbox, @Nullable UUID issuedBy) {
        return database.inTransaction(t -> {
            Optional<Fault> fault = lockFor(t, subscriptionId, sandbox);
            return fault.isPresent()
                    ? new Issue.Refused(fault.get())
                    : add(t, keyId, subscriptionId, sandbox, null, issuedBy, "key.issue");
        });
    }

    /**
     * Replaces a live key by a new one of the same kind, subscription and end.
     *
     * @param overlap how long the old key goes on working beside the new one: zero to {@link #LONGEST_OVERLAP}, and
     *     never beyond its own end
     */
    public Issue rotate(UUID newKeyId, UUID oldKeyId, Duration overlap, UUID rotatedBy) {
        if (overlap.isNegative() || overlap.compareTo(LONGEST_OVERLAP) > 0) {
            return new Issue.Refused(Fault.OVERLAP_OUT_OF_RANGE);
        }
        return database.inTransaction(t -> {
            Optional<KeyRecord> named = t.find(BY_ID, ApiKeys::read, oldKeyId);
            if (named.isEmpty()) {
                return new Issue.Refused(Fault.NO_SUCH_KEY);
            }
            UUID subscriptionId = named.get().subscriptionId();
            Optional<Fault> fault = lockFor(t, subscriptionId, named.get().sandbox());
            if (fault.isPresent()) {
                return new Issue.Refused(fault.get());
            }
            // Read again: only what is seen behind the lock cannot change any more.
            KeyRecord old = t.find(BY_ID, ApiKeys::read, oldKeyId).orElseThrow();
            Instant now = clock.instant();
            if (!old.liveAt(now)) {
                return new Issue.Refused(Fault.KEY_NOT_LIVE);
            }
            if (overlap.isZero()) {
                t.change(REVOKE, now, now, oldKeyId);
            } else {
                t.change(LIMIT_LIFE, now.plus(overlap), oldKeyId);
            }
            // A new key never outlives what the old one was given, so rotating widens no right.
            return add(t, newKeyId, subscriptionId, old.sandbox(), old.expiresAt(), rotatedBy, "key.rotate");
        });
    }

    /** Ends a key at once; false: it was revoked before or does not exist. */
    public boolean revoke(UUID keyId, @Nullable UUID revokedBy, String reason) {
        return database.inTransaction(t -> {
            Instant now = clock.instant();
            boolean revoked = t.change(REVOKE, now, now, keyId) == 1;
            if (revoked) {
                AuditLog.append(t, clock, revokedBy, "key.revoke", "api_key", keyId, Map.of("reason", reason));
            }
            return revoked;
        });
    }

    public Optional<KeyRecord> find(UUID keyId) {
        return database.inTransaction(t -> t.find(BY_ID, ApiKeys::read, keyId));
    }

    /** The key with this text; the database is asked for its keyed hash alone. */
    public Optional<KeyRecord> findLive(ApiKey key) {
        return database.inTransaction(t -> t.find(BY_HASH, ApiKeys::read, pepper.hash(key).bytes()))
                .filter(record -> record.liveAt(clock.instant()));
    }

    /** Every key a subscription ever had, oldest first. */
    public List<KeyRecord> listOf(UUID subscriptionId) {
        return database.inTransaction(t -> t.list(OF_SUBSCRIPTION, ApiKeys::read, subscriptionId));
    }

    /** Takes the subscription's row, so that keys of one subscription are issued one after the other. */
    private Optional<Fault> lockFor(Transaction t, UUID subscriptionId, boolean sandbox) throws SQLException {
        Optional<String> status = t.find(LOCK_SUBSCRIPTION, row -> row.text("status"), subscriptionId);
        if (status.isEmpty()) {
            return Optional.of(Fault.NO_SUCH_SUBSCRIPTION);
        }
        t.change(RETIRE_EXPIRED, subscriptionId, clock.instant());
        return switch (status.get()) {
            case "ACTIVE" -> Optional.empty();
            case "PENDING" -> sandbox ? Optional.empty() : Optional.of(Fault.SUBSCRIPTION_NOT_APPROVED);
            default -> Optional.of(Fault.SUBSCRIPTION_CLOSED);
        };
    }

    private Issue add(Transaction t, UUID keyId, UUID subscriptionId, boolean sandbox, @Nullable Instant expiresAt,
            @Nullable UUID by, String action) throws SQLException {
        Optional<Integer> slot = t.find(FREE_SLOT, row -> row.integer("slot"), subscriptionId, sandbox);
        if (slot.isEmpty()) {
            return refuseThird(t);
        }
        ApiKey key = ApiKey.next(sandbox, random);
        Instant now = clock.instant();
        t.change(ADD, keyId, subscriptionId, sandbox, pepper.hash(key).bytes(), key.lastFour(), slot.get(), by, now,
                expiresAt);
        AuditLog.append(t, clock, by, action, "api_key", keyId, Map.of("subscription", subscriptionId.toString(),
                "kind", sandbox ? "test" : "live"));
        return new Issue.Issued(key,
                new KeyRecord(keyId, subscriptionId, sandbox, key.lastFour(), now, expiresAt, null));
    }

    private static Issue refuseThird(Transaction t) throws SQLException {
        // A rotation may have shortened the old key's life already; a refusal must leave everything as it was.
        t.rollback();
        return new Issue.Refused(Fault.TWO_LIVE_KEYS);
    }

    private static KeyRecord read(Row row) throws SQLException {
        return new KeyRecord(row.uuid("id"), row.uuid("subscription_id"), row.flag("sandbox"), row.text("last_four"),
                row.instant("created_at"), row.instantOrNull("expires_at"), row.instantOrNull("revoked_at"));
    }
}
