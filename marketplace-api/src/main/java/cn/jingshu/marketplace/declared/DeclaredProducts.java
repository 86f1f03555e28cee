package cn.jingshu.marketplace.declared;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.pricing.CountedUnits;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.kind.DeclaredContract;
import cn.jingshu.products.kind.DescriptorSets;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.kind.Kind;
import cn.jingshu.products.spi.Retirement;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The declared products and what was decided about them. Whether a declaration is right is looked at before it comes here. */
@Singleton
public final class DeclaredProducts {
    private static final String BY_ID = """
            SELECT id, product_code, version, revision, kind, merchant_id, definition, contract, artefact, digest, status, entered_by,
                   entered_at, submitted_by, submitted_at, decided_by, decided_at, ground
              FROM market.declared_product
             WHERE id = ?
            """;
    private static final String OF_MERCHANT = """
            SELECT id, product_code, version, revision, kind, merchant_id, definition, contract, artefact, digest, status, entered_by,
                   entered_at, submitted_by, submitted_at, decided_by, decided_at, ground
              FROM market.declared_product
             WHERE (merchant_id = CAST(? AS uuid) OR CAST(? AS uuid) IS NULL) AND (id > CAST(? AS uuid) OR CAST(? AS uuid) IS NULL)
             ORDER BY id
             LIMIT ?
            """;
    private static final String SERVED = """
            SELECT DISTINCT ON (product_code, version)
                   id, product_code, version, revision, kind, merchant_id, definition, contract, artefact, digest, status, entered_by,
                   entered_at, submitted_by, submitted_at, decided_by, decided_at, ground
              FROM market.declared_product
             WHERE status = 'APPROVED'
             ORDER BY product_code, version, revision DESC
            """;
    private static final String SERVED_IDS = """
            SELECT DISTINCT ON (product_code, version) id, product_code, version
              FROM market.declared_product
             WHERE status = 'APPROVED'
             ORDER BY product_code, version, revision DESC
            """;
    private static final String EVER_SERVED = """
            SELECT DISTINCT ON (product_code, version) contract
              FROM market.declared_product
             WHERE status IN ('APPROVED', 'WITHDRAWN')
             ORDER BY product_code, version, revision DESC
            """;
    private static final String EVER_SERVED_OF_CODE = """
            SELECT DISTINCT ON (version) contract
              FROM market.declared_product
             WHERE product_code = ? AND status IN ('APPROVED', 'WITHDRAWN')
             ORDER BY version, revision DESC
            """;
    private static final String NEWEST_APPROVED = """
            SELECT id, product_code, version, revision, kind, merchant_id, definition, contract, artefact, digest, status, entered_by,
                   entered_at, submitted_by, submitted_at, decided_by, decided_at, ground
              FROM market.declared_product
             WHERE product_code = ? AND version = ? AND status IN ('APPROVED', 'WITHDRAWN')
             ORDER BY revision DESC
             LIMIT 1
            """;
    private static final String OWNERS = """
            SELECT DISTINCT merchant_id FROM market.declared_product WHERE product_code = ?
            """;
    /** One code at a time, so that two merchants cannot take it at once, nor two drafts a revision. */
    private static final String LOCK_CODE = """
            SELECT pg_advisory_xact_lock(hashtextextended('declared:' || ?, 0))
            """;
    /** Before the code: deciding by {@code If-Match} holds the row already, so whoever changes a row takes both in this order. */
    private static final String LOCK_ROW = """
            SELECT id FROM market.declared_product WHERE id = ? FOR UPDATE
            """;
    private static final String NEXT_REVISION = """
            SELECT coalesce(max(revision), 0) + 1 AS revision FROM market.declared_product WHERE product_code = ? AND version = ?
            """;
    private static final String ADD = """
            INSERT INTO market.declared_product (id, product_code, version, revision, kind, merchant_id, definition, contract, artefact, digest,
                                                 status, entered_by, entered_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'DRAFT', ?, ?)
            """;
    private static final String REWRITE = """
            UPDATE market.declared_product
               SET version = ?, revision = ?, kind = ?, definition = ?, contract = ?, artefact = ?, digest = ?, entered_by = ?, entered_at = ?
             WHERE id = ? AND status = 'DRAFT'
            """;
    private static final String SUBMIT = """
            UPDATE market.declared_product SET status = 'SUBMITTED', submitted_by = ?, submitted_at = ? WHERE id = ? AND status = 'DRAFT'
            """;
    private static final String DECIDE = """
            UPDATE market.declared_product
               SET status = ?, decided_by = ?, decided_at = ?, ground = ?
             WHERE id = ? AND status = 'SUBMITTED'
            """;
    /** The same of a version that is served. */
    private static final String LOCK_SERVED = """
            SELECT id FROM market.declared_product WHERE product_code = ? AND version = ? AND status = 'APPROVED' ORDER BY id FOR UPDATE
            """;
    private static final String SERVED_NOW = """
            SELECT id FROM market.declared_product WHERE product_code = ? AND version = ? AND status = 'APPROVED' ORDER BY id
            """;
    private static final String WITHDRAW = """
            UPDATE market.declared_product SET status = 'WITHDRAWN' WHERE product_code = ? AND version = ? AND status = 'APPROVED'
            """;
    private static final String RETIRE = """
            INSERT INTO market.declared_retirement (product_code, version, decided_at, deprecated_at, sunset_at, decided_by)
            VALUES (?, ?, ?, ?, ?, ?)
            """;
    /** Served beside a later version, and nothing said of it yet: in whatever order the two were approved. Decided by who approved last. */
    private static final String RETIRE_REPLACED = """
            INSERT INTO market.declared_retirement (product_code, version, decided_at, deprecated_at, sunset_at, decided_by)
            SELECT DISTINCT p.product_code, p.version, CAST(? AS timestamptz), CAST(? AS timestamptz), CAST(? AS timestamptz),
                   (SELECT l.decided_by FROM market.declared_product l
                     WHERE l.product_code = p.product_code AND l.status = 'APPROVED'
                     ORDER BY l.decided_at DESC, l.version DESC, l.revision DESC
                     LIMIT 1)
              FROM market.declared_product p
             WHERE p.product_code = ? AND p.status = 'APPROVED'
               AND EXISTS (SELECT 1 FROM market.declared_product h
                            WHERE h.product_code = p.product_code AND h.version > p.version AND h.status = 'APPROVED')
               AND NOT EXISTS (SELECT 1 FROM market.declared_retirement r WHERE r.product_code = p.product_code AND r.version = p.version)
            RETURNING version
            """;
    private static final String SERVED_IN_VERSIONS = """
            SELECT product_code FROM market.declared_product WHERE status = 'APPROVED'
             GROUP BY product_code HAVING count(DISTINCT version) > 1
             ORDER BY product_code
            """;
    private static final String SUNSET_DAYS = """
            SELECT value FROM market.policy_parameter WHERE name = 'declared.sunset-days' AND effective_from <= ? ORDER BY effective_from DESC LIMIT 1
            """;
    private static final String RETIREMENTS = """
            SELECT DISTINCT ON (product_code, version) product_code, version, deprecated_at, sunset_at
              FROM market.declared_retirement
             ORDER BY product_code, version, decided_at DESC
            """;

    private final Database database;
    private final Clock clock;

    public DeclaredProducts(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A version of a product. */
    public record Version(String code, int version) {}

    /** One that is served, by its id. */
    record ServedId(UUID id, Version version) {}

    /** What a merchant writes. */
    public record Draft(UUID id, String code, int version, Kind kind, UUID merchantId, String definition, ByteString contract, ByteString artefact) {
        /** SHA-256 of definition and artefact, hexadecimal. */
        public String digest() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(definition.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
                digest.update(artefact.toByteArray());
                return HexFormat.of().formatHex(digest.digest());
            } catch (NoSuchAlgorithmException everyJavaHasIt) {
                throw new IllegalStateException(everyJavaHasIt);
            }
        }
    }

    /** Keeps a draft, new or written anew; the same content again changes nothing. */
    public Change write(Draft draft, UUID writer) {
        try {
            return database.inTransaction(t -> write(t, draft, writer));
        } catch (DatabaseException e) {
            if (e.violates("declared_product_changes_in_steps")) {
                return new Change.Refused(Change.Fault.OVER);
            }
            throw e;
        }
    }

    private Change write(Transaction t, Draft draft, UUID writer) throws SQLException {
        t.find(LOCK_ROW, row -> row.uuid("id"), draft.id());
        t.list(LOCK_CODE, _ -> true, draft.code());
        if (t.list(OWNERS, row -> row.uuid("merchant_id"), draft.code()).stream().anyMatch(owner -> !owner.equals(draft.merchantId()))) {
            return new Change.Refused(Change.Fault.CODE_TAKEN);
        }
        Optional<DeclaredProduct> before = t.find(BY_ID, DeclaredProducts::read, draft.id());
        byte[] artefact = draft.artefact().isEmpty() ? null : draft.artefact().toByteArray();
        if (before.isEmpty()) {
            t.change(ADD, draft.id(), draft.code(), draft.version(), next(t, draft), draft.kind(), draft.merchantId(), draft.definition(),
                    draft.contract().toByteArray(), artefact, draft.digest(), writer, clock.instant());
            audit(t, writer, "declared.write", draft.id(), Map.of("product", draft.code(), "digest", draft.digest()));
            return new Change.Done(false);
        }
        DeclaredProduct known = before.get();
        if (!known.code().equals(draft.code()) || !known.merchantId().equals(draft.merchantId())) {
            return new Change.Refused(Change.Fault.ID_TAKEN);
        }
        if (known.digest().equals(draft.digest())) {
            return new Change.Done(true);
        }
        if (known.status() != DeclaredProduct.Status.DRAFT) {
            return new Change.Refused(Change.Fault.ID_TAKEN);
        }
        t.change(REWRITE, draft.version(), known.version() == draft.version() ? known.revision() : next(t, draft), draft.kind(), draft.definition(),
                draft.contract().toByteArray(), artefact, draft.digest(), writer, clock.instant(), draft.id());
        audit(t, writer, "declared.write", draft.id(), Map.of("product", draft.code(), "digest", draft.digest()));
        return new Change.Done(false);
    }

    private static int next(Transaction t, Draft draft) throws SQLException {
        return t.find(NEXT_REVISION, row -> row.integer("revision"), draft.code(), draft.version()).orElseThrow();
    }

    /** Hands a draft in, as it stands: {@code digest} says what was looked at. */
    public Change submit(UUID id, String digest, UUID submitter) {
        return step(id, DeclaredProduct.Status.SUBMITTED, t -> {
            Optional<DeclaredProduct> draft = t.find(BY_ID, DeclaredProducts::read, id);
            if (draft.filter(each -> each.digest().equals(digest)).isEmpty()) {
                return new Change.Refused(Change.Fault.OVER);
            }
            if (t.change(SUBMIT, submitter, clock.instant(), id) == 0) {
                return new Change.Refused(Change.Fault.OVER);
            }
            audit(t, submitter, "declared.submit", id, Map.of("digest", digest));
            return new Change.Done(false);
        });
    }

    /** Lets it be served; another person than wrote or submitted it. Where two versions are served then, the earlier is on its way out. */
    public Change approve(UUID id, UUID decider, String citation) {
        return decide(id, DeclaredProduct.Status.APPROVED, decider, citation, "declared.approve");
    }

    public Change refuse(UUID id, UUID decider, String reason) {
        return decide(id, DeclaredProduct.Status.REFUSED, decider, reason, "declared.refuse");
    }

    private Change decide(UUID id, DeclaredProduct.Status status, UUID decider, String ground, String action) {
        return step(id, status, t -> {
            t.find(LOCK_ROW, row -> row.uuid("id"), id);
            DeclaredProduct submitted = t.find(BY_ID, DeclaredProducts::read, id).orElseThrow();
            t.list(LOCK_CODE, _ -> true, submitted.code());
            if (decider.equals(submitted.enteredBy()) || decider.equals(submitted.submittedBy())) {
                return new Change.Refused(Change.Fault.SAME_PERSON);
            }
            if (status == DeclaredProduct.Status.APPROVED && submitted.status() == DeclaredProduct.Status.SUBMITTED && breaksWhatIsRelied(t, submitted)) {
                return new Change.Refused(Change.Fault.OVERTAKEN);
            }
            Contract contract = DeclarationDesk.contract(submitted.contract());
            if (status == DeclaredProduct.Status.APPROVED && submitted.status() == DeclaredProduct.Status.SUBMITTED
                    && !CountedUnits.mixedBy(t, contract, clock.instant()).isEmpty()) {
                return new Change.Refused(Change.Fault.UNITS_MIXED);
            }
            if (t.change(DECIDE, status, decider, clock.instant(), ground, id) == 0) {
                return new Change.Refused(Change.Fault.OVER);
            }
            audit(t, decider, action, id, Map.of("ground", ground, "digest", submitted.digest()));
            if (status == DeclaredProduct.Status.APPROVED) {
                CountedUnits.fix(t, submitted.code(), List.of(contract));
                retireReplaced(t, submitted.code(), decider);
            }
            return new Change.Done(false);
        });
    }

    /** Looked at again under the lock: another revision may have been approved since this one was tried out. */
    private static boolean breaksWhatIsRelied(Transaction t, DeclaredProduct submitted) throws SQLException {
        Faults faults = new Faults();
        DeclarationDesk.compare(t.list(EVER_SERVED_OF_CODE, DeclaredProducts::contract, submitted.code()),
                DeclarationDesk.contract(submitted.contract()), faults);
        return !faults.isEmpty();
    }

    /** What a later version replaces is deprecated from now on and ends by the rule that holds now; {@code actor} null: the rule by itself. */
    private void retireReplaced(Transaction t, String code, @Nullable UUID actor) throws SQLException {
        Instant now = clock.instant();
        int days = Integer.parseInt(t.find(SUNSET_DAYS, row -> row.text("value"), now)
                .orElseThrow(() -> new IllegalStateException("no policy number declared.sunset-days at " + now)));
        Instant sunset = now.plus(Duration.ofDays(days));
        for (int version : t.list(RETIRE_REPLACED, row -> row.integer("version"), now, now, sunset, code)) {
            UUID id = t.find(NEWEST_APPROVED, DeclaredProducts::read, code, version).orElseThrow().id();
            audit(t, actor, "declared.retire", id, Map.of("deprecatedAt", now.toString(), "sunsetAt", sunset.toString()));
        }
    }

    /** Says of every version that was replaced before that was said by itself, or by who did not see the other, that it is on its way out. */
    void retireReplaced() {
        for (String code : database.inTransaction(t -> t.list(SERVED_IN_VERSIONS, row -> row.text("product_code")))) {
            database.inTransaction(t -> {
                t.list(LOCK_CODE, _ -> true, code);
                retireReplaced(t, code, null);
                return true;
            });
        }
    }

    private Change step(UUID id, DeclaredProduct.Status wanted, Database.Work<Change> work) {
        return database.inTransaction(t -> {
            Optional<DeclaredProduct> known = t.find(BY_ID, DeclaredProducts::read, id);
            if (known.isEmpty()) {
                return new Change.Refused(Change.Fault.UNKNOWN);
            }
            return known.get().status() == wanted ? new Change.Done(true) : work.in(t);
        });
    }

    /** Stops serving a version at once. */
    public Change withdraw(Version version, UUID decider, String reason) {
        return database.inTransaction(t -> {
            List<UUID> locked = t.list(LOCK_SERVED, row -> row.uuid("id"), version.code(), version.version());
            t.list(LOCK_CODE, _ -> true, version.code());
            Optional<DeclaredProduct> served = t.find(NEWEST_APPROVED, DeclaredProducts::read, version.code(), version.version());
            if (served.isEmpty()) {
                return new Change.Refused(Change.Fault.UNKNOWN);
            }
            if (!t.list(SERVED_NOW, row -> row.uuid("id"), version.code(), version.version()).equals(locked)) {
                return new Change.Refused(Change.Fault.OVERTAKEN); // approved while the locks were taken: whoever withdraws has not seen it
            }
            boolean changed = t.change(WITHDRAW, version.code(), version.version()) > 0;
            if (changed) {
                audit(t, decider, "declared.withdraw", served.get().id(), Map.of("reason", reason));
            }
            return new Change.Done(!changed);
        });
    }

    /** Says that a version is on its way out; said again, the newest counts. */
    public Change retire(Version version, Retirement retirement, UUID decider) {
        return database.inTransaction(t -> {
            t.list(LOCK_CODE, _ -> true, version.code());
            Optional<DeclaredProduct> served = t.find(NEWEST_APPROVED, DeclaredProducts::read, version.code(), version.version());
            if (served.isEmpty()) {
                return new Change.Refused(Change.Fault.UNKNOWN);
            }
            t.change(RETIRE, version.code(), version.version(), clock.instant(), retirement.deprecatedAt(), retirement.sunsetAt(), decider);
            audit(t, decider, "declared.retire", served.get().id(), Map.of("deprecatedAt", retirement.deprecatedAt().toString(),
                    "sunsetAt", String.valueOf(retirement.sunsetAt())));
            return new Change.Done(false);
        });
    }

    public Optional<DeclaredProduct> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, DeclaredProducts::read, id));
    }

    /**
     * In order of their ids, behind {@code after}.
     *
     * @param merchant null: of all
     */
    public List<DeclaredProduct> list(@Nullable UUID merchant, @Nullable UUID after, int limit) {
        return database.inTransaction(t -> t.list(OF_MERCHANT, DeclaredProducts::read, merchant, merchant, after, after, limit));
    }

    /** The contracts of every version of a product that was ever served. */
    List<ByteString> listContracts(String code) {
        return database.inTransaction(t -> t.list(EVER_SERVED_OF_CODE, DeclaredProducts::contract, code));
    }

    /** The prices by the month that would count in several units if this version were served. */
    List<CountedUnits.Mixed> mixedBy(Contract version) {
        return database.inTransaction(t -> CountedUnits.mixedBy(t, version, clock.instant()));
    }

    /** Whether somebody else than {@code merchant} has declared a product of that code. */
    public boolean isTaken(String code, UUID merchant) {
        return database.inTransaction(t -> t.list(OWNERS, row -> row.uuid("merchant_id"), code)).stream().anyMatch(owner -> !owner.equals(merchant));
    }

    /** What every node serves: of each version the newest revision. */
    List<DeclaredProduct> listServed() {
        return database.inTransaction(t -> t.list(SERVED, DeclaredProducts::read));
    }

    /** The same by ids alone, to see whether anything changed. */
    List<ServedId> listServedIds() {
        return database.inTransaction(t -> t.list(SERVED_IDS,
                row -> new ServedId(row.uuid("id"), new Version(row.text("product_code"), row.integer("version")))));
    }

    /** The contracts of everything that was ever served. */
    public List<ByteString> listContracts() {
        return database.inTransaction(t -> t.list(EVER_SERVED, DeclaredProducts::contract));
    }

    /** Which versions are on their way out. */
    public Map<Version, Retirement> retirements() {
        return database.inTransaction(t -> t.list(RETIREMENTS, row -> Map.entry(
                        new Version(row.text("product_code"), row.integer("version")),
                        new Retirement(row.instant("deprecated_at"), row.instantOrNull("sunset_at")))))
                .stream().collect(java.util.stream.Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private void audit(Transaction t, @Nullable UUID actor, String action, UUID id, Map<String, String> detail) throws SQLException {
        AuditLog.append(t, clock, actor, action, "declared_product", id, detail);
    }

    /** A contract as it is kept, but that stale answers and failed calls are free: contracts of before do not all say so (decisions 0061 and 0076). */
    private static ByteString contract(Row row) throws SQLException {
        return DeclaredContract.failedIsFree(DeclaredContract.staleIsFree(DescriptorSets.parse(row.bytes("contract")))).toByteString();
    }

    private static DeclaredProduct read(Row row) throws SQLException {
        FileDescriptorSet kept = DescriptorSets.parse(row.bytes("contract"));
        byte[] artefact = row.bytesOrNull("artefact");
        Instant submittedAt = row.instantOrNull("submitted_at");
        return new DeclaredProduct(row.uuid("id"), row.text("product_code"), row.integer("version"), row.integer("revision"),
                row.constant("kind", Kind.class), row.uuid("merchant_id"), row.text("definition"), contract(row),
                !DeclaredContract.staleIsFree(kept).equals(kept), !DeclaredContract.failedIsFree(kept).equals(kept),
                artefact == null ? ByteString.EMPTY : ByteString.copyFrom(artefact), row.text("digest"),
                row.constant("status", DeclaredProduct.Status.class), row.uuid("entered_by"), row.instant("entered_at"),
                row.uuidOrNull("submitted_by"), submittedAt, row.uuidOrNull("decided_by"), row.instantOrNull("decided_at"),
                row.textOrNull("ground"));
    }
}
