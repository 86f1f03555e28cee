package cn.jingshu.marketplace.objection;

import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.consent.SubjectToken;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.marketplace.term.Deadlines;
import cn.jingshu.marketplace.term.Term;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.RetentionRules;
import cn.jingshu.products.domain.load.LoadHistory;
import cn.jingshu.products.domain.load.LoadRecord;
import cn.jingshu.products.health.HealthSettings;
import cn.jingshu.products.health.session.IdentityProofs;
import cn.jingshu.products.identifier.ResidentId;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What people ask about their own data (个人权利请求, PIPL Art. 44–50): that it be corrected, completed, erased, or explained. Who asks has proved who they are
 * to the city's identity provider, or stood at the bureau's window, where a person of the bureau enters the paper. The identity number is used to make
 * tokens and is not kept; the person learns what came of it by the request's number and a code that only they were given.
 */
@Singleton
public final class PersonalRequests {
    /** Characters of a statement or answer. */
    public static final int MOST_TEXT = 2_000;

    /** Open requests one person may have at a time. */
    static final int MOST_OPEN = 20;

    /** For whom a proof of identity must be made: one made for a session of the health product raises nothing. */
    public static final String AUDIENCE = "jingshu.requests";

    private static final String CODE_USE = "code of a personal request";
    private static final String CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private static final int CODE_LENGTH = 12;
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private static final String ADD = """
            INSERT INTO market.personal_request (id, subject_token, wish, product_code, resource_id, statement, way, evidence, entered_by, raised_at,
                   answerer_id, status)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'OPEN')
            ON CONFLICT ON CONSTRAINT personal_request_pk DO NOTHING
            """;
    private static final String ADD_SUBJECT = "INSERT INTO market.personal_request_subject (request_id, kind, subject) VALUES (?, ?, ?)";
    private static final String OPEN_OF = "SELECT count(*) AS open FROM market.personal_request WHERE subject_token = ? AND status = 'OPEN'";
    /** Two requests of one person at one moment do not both find room. */
    private static final String TURN_OF = "SELECT pg_advisory_xact_lock(hashtextextended('personal request ' || encode(?, 'hex'), 0))";
    private static final String LOCKED = """
            SELECT id, number, subject_token, wish, product_code, resource_id, statement, way, evidence, entered_by, raised_at, answerer_id, status, due_on,
                   answer, corrected_load, answered_by, answered_at, told_at
              FROM market.personal_request
             WHERE id = ?
               FOR UPDATE
            """;
    private static final String BY_NUMBER = """
            SELECT id, number, subject_token, wish, product_code, resource_id, statement, way, evidence, entered_by, raised_at, answerer_id, status, due_on,
                   answer, corrected_load, answered_by, answered_at, told_at
              FROM market.personal_request
             WHERE number = ?
            """;
    private static final String VISIBLE = """
            SELECT id, number, subject_token, wish, product_code, resource_id, statement, way, evidence, entered_by, raised_at, answerer_id, status, due_on,
                   answer, corrected_load, answered_by, answered_at, told_at
              FROM market.personal_request
             WHERE CAST(? AS uuid) IS NULL OR answerer_id = ?
             ORDER BY (status = 'OPEN') DESC, raised_at DESC, number DESC
             LIMIT ?
            """;
    private static final String ANSWER = """
            UPDATE market.personal_request
               SET status = ?, due_on = ?, answer = ?, corrected_load = ?, answered_by = ?, answered_at = ?
             WHERE id = ?
            """;
    private static final String TELL = "UPDATE market.personal_request SET told_by = ?, told_at = ? WHERE id = ?";
    private static final String PROVIDER = """
            SELECT v.organisation_id
              FROM market.data_resource r
              JOIN market.data_provider v ON v.code = r.provider_code
             WHERE r.id = ?
            """;
    private static final String MERCHANT = """
            SELECT merchant_id FROM market.registration
             WHERE product_code = ? AND approved_at IS NOT NULL
             ORDER BY product_version DESC
             LIMIT 1
            """;

    private final Database database;
    private final Pepper pepper;
    private final JdbcDataDomain domain;
    private final LoadHistory loads;
    private final Deadlines deadlines;
    private final Notifications notifications;
    private final IdentityProofs proofs;
    private final Clock clock;

    PersonalRequests(Database database, Pepper pepper, JdbcDataDomain domain, LoadHistory loads, Deadlines deadlines, Notifications notifications,
            HealthSettings health, Clock clock) {
        this.database = database;
        this.pepper = pepper;
        this.domain = domain;
        this.loads = loads;
        this.deadlines = deadlines;
        this.notifications = notifications;
        String issuer = health.identityIssuer();
        String key = health.identityKey();
        this.proofs = issuer == null || issuer.isBlank() || key == null ? IdentityProofs.none() : IdentityProofs.of(issuer, key, AUDIENCE);
        this.clock = clock;
    }

    /** What a person wants done. */
    public enum Wish {
        /** 更正 (PIPL Art. 46). */
        CORRECT,
        /** 补充 (Art. 46). */
        COMPLETE,
        /** 删除 (Art. 47); what a law tells to keep stays until its term. */
        ERASE,
        /** 查阅、说明 (Art. 24, 45, 48). */
        EXPLAIN
    }

    /** How it came. */
    public enum Way {
        /** By who proved who they are. */
        PROVED,
        /** On paper, at the bureau's window. */
        WINDOW
    }

    /** Where it stands. */
    public enum Status {
        OPEN,
        GRANTED,
        REFUSED
    }

    /** Why a step is refused; stable text. */
    public enum Refusal {
        UNKNOWN("没有该请求,或查询码不符", "there is no such request, or the code is not its own"),
        ID_TAKEN("该编号已用于其他内容", "the id was used for something else"),
        NO_PROVIDER("本平台尚未接入城市统一身份认证,请到数据主管部门窗口办理",
                "this installation knows no identity provider: please go to the data bureau's window"),
        NOT_PROVED("身份证明无效、已过期或不是本人的", "the proof of identity is not good, has expired or is another person's"),
        PROOF_USED("该身份证明已使用过", "the proof of identity was used before"),
        NO_SUCH_DATA("没有该资源或产品", "there is no such resource or product"),
        NOT_OPEN_HERE("本节点未开放该产品,无法查明其保存的您的信息,请稍后再试或到数据主管部门窗口办理",
                "this node does not have the product open and cannot tell what it keeps of you: please try again later, or go to the data bureau's window"),
        PERSONAL_VALUES("请勿填写身份证号、手机号或银行卡号", "no numbers of identity cards, mobile telephones or bank cards"),
        NO_EVIDENCE("须填写申请材料的 SHA-256 摘要(64 位小写十六进制)", "the SHA-256 of the paper is needed, 64 lower-case hexadecimal digits"),
        TOO_MANY("未办结的请求过多", "too many requests are open"),
        NOT_YOURS("不由贵单位办理", "it is not for your organisation to do"),
        SAME_PERSON("登记人不得答复", "who entered it does not answer it"),
        NOT_THE_STEP("请求的当前状态不允许此操作", "the request's state does not allow it"),
        NO_SUCH_LOAD("没有该次装载,或其早于请求、与之无关", "there is no such load, or it is older than the request or of other data");

        private final String zh;
        private final String en;

        Refusal(String zh, String en) {
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

    /** What came of raising one. */
    public sealed interface Raising {
        /**
         * It stands.
         *
         * @param code with the number, it opens what came of it; told to the person alone, and the same whenever the same request is sent again
         * @param due the last day of the answer
         */
        record Raised(String reference, String code, LocalDate due, boolean already) implements Raising {}

        record Refused(Refusal refusal) implements Raising {}
    }

    /** What came of another step. */
    public sealed interface Outcome {
        record Done(boolean already) implements Outcome {}

        record Refused(Refusal refusal) implements Outcome {}
    }

    /**
     * What is asked.
     *
     * @param product null: it is about a resource
     * @param resource null: it is about a product
     */
    public record Asked(Wish wish, @Nullable String product, @Nullable String resource, String statement) {
        public Asked {
            if ((resource == null) == (product == null)) {
                throw new IllegalArgumentException("a resource or a product");
            }
        }
    }

    /**
     * A request; the person is nowhere in it.
     *
     * @param enteredBy null: the person did it
     * @param answerer null: the bureau
     * @param dueOn the last day as it was when it was answered; null: not answered
     */
    public record Request(UUID id, String reference, Wish wish, @Nullable String product, @Nullable String resource, String statement, Way way,
            @Nullable UUID enteredBy, Instant raisedAt, @Nullable UUID answerer, Status status, @Nullable LocalDate dueOn, @Nullable String answer,
            @Nullable UUID load, @Nullable UUID answeredBy, @Nullable Instant answeredAt, @Nullable Instant toldAt) {
        /** The code of what it is about. */
        public String about() {
            return Objects.requireNonNull(resource == null ? product : resource);
        }
    }

    private record Stored(Request request, SubjectToken subject, String evidence) {}

    /** Whether this installation can find out by itself who a person is. */
    public boolean knowsProvider() {
        return !(proofs.verify("", ResidentId.parse("11010519491231002X").orElseThrow(), clock.instant()) instanceof IdentityProofs.Verdict.NoProvider);
    }

    /** Raises one for who proved who they are, under an id of the caller's own. */
    public Raising raise(UUID id, Asked asked, ResidentId person, String proof) {
        return switch (proofs.verify(proof, person, clock.instant())) {
            case IdentityProofs.Verdict.NoProvider _ -> new Raising.Refused(Refusal.NO_PROVIDER);
            case IdentityProofs.Verdict.Worthless _ -> new Raising.Refused(Refusal.NOT_PROVED);
            case IdentityProofs.Verdict.Proved(var proofId, var _) -> raise(id, asked, person, Way.PROVED, sha256(proofId), null);
        };
    }

    /** Enters the paper of somebody who stood at the window; {@code by} is of the bureau. */
    public Raising enter(UUID id, Asked asked, ResidentId person, String evidence, UUID by) {
        String digest = evidence.toLowerCase(Locale.ROOT);
        return DIGEST.matcher(digest).matches() ? raise(id, asked, person, Way.WINDOW, digest, by) : new Raising.Refused(Refusal.NO_EVIDENCE);
    }

    private Raising raise(UUID id, Asked asked, ResidentId person, Way way, String evidence, @Nullable UUID by) {
        if (PersonalValues.areIn(asked.statement())) {
            return new Raising.Refused(Refusal.PERSONAL_VALUES);
        }
        SubjectToken subject = SubjectToken.of(pepper, person.number());
        String product = asked.product();
        Map<String, String> keys = product == null ? Map.of() : domain.subjectKeys(product, person);
        try {
            return database.inTransaction(t -> {
                if (by != null && !People.getIn(t, by).roles().contains(Role.REGULATOR)) {
                    return new Raising.Refused(Refusal.NOT_YOURS);
                }
                t.list(TURN_OF, _ -> true, (Object) subject.bytes());
                t.list(RetentionRules.TURN, _ -> true);
                Optional<Stored> before = t.find(LOCKED, PersonalRequests::read, id);
                if (before.isPresent()) {
                    Stored is = before.get();
                    Request r = is.request();
                    boolean same = is.subject().equals(subject) && is.evidence().equals(evidence) && Objects.equals(r.enteredBy(), by)
                            && new Asked(r.wish(), r.product(), r.resource(), r.statement()).equals(asked);
                    return same ? raised(t, r, true) : new Raising.Refused(Refusal.ID_TAKEN);
                }
                Optional<Optional<UUID>> answerer = answerer(t, asked);
                if (answerer.isEmpty()) {
                    return new Raising.Refused(Refusal.NO_SUCH_DATA);
                }
                // At the window nobody is sent away: the bureau has the paper and asks whoever keeps it.
                if (way == Way.PROVED && product != null && domain.isKeptElsewhere(product)) {
                    return new Raising.Refused(Refusal.NOT_OPEN_HERE);
                }
                if (t.find(OPEN_OF, row -> row.number("open"), (Object) subject.bytes()).orElse(0L) >= MOST_OPEN) {
                    return new Raising.Refused(Refusal.TOO_MANY);
                }
                if (t.change(ADD, id, subject.bytes(), asked.wish(), product, asked.resource(), asked.statement(), way, evidence, by, clock.instant(),
                        answerer.get().orElse(null)) == 0) {
                    return new Raising.Refused(Refusal.ID_TAKEN);
                }
                for (Map.Entry<String, String> each : keys.entrySet()) {
                    t.change(ADD_SUBJECT, id, each.getKey(), each.getValue());
                }
                Request request = t.find(LOCKED, PersonalRequests::read, id).orElseThrow().request();
                AuditLog.append(t, clock, by, "personal-request.raise", "personal_request", id,
                        Map.of("wish", asked.wish().name(), "about", request.about(), "way", way.name()));
                UUID whose = request.answerer();
                if (whose != null) {
                    notifications.tell(t, whose, Notifications.Kind.OBJECTION_RAISED, request.reference(), null, id.toString());
                }
                return raised(t, request, false);
            });
        } catch (DatabaseException e) {
            if (e.violates("personal_request_proof_once")) {
                return new Raising.Refused(Refusal.PROOF_USED);
            }
            throw e;
        }
    }

    private Raising raised(Transaction t, Request request, boolean already) throws SQLException {
        LocalDate begins = LocalDate.ofInstant(request.raisedAt(), Deadlines.ZONE);
        return new Raising.Raised(request.reference(), codeOf(request.id()), deadlines.due(t, Term.PERSONAL_REQUEST, begins).on(), already);
    }

    /** Empty: there is nothing of that name; empty within: the bureau answers. */
    private static Optional<Optional<UUID>> answerer(Transaction t, Asked asked) throws SQLException {
        String resource = asked.resource();
        return resource == null ? t.find(MERCHANT, row -> Optional.of(row.uuid("merchant_id")), asked.product())
                : t.find(PROVIDER, row -> Optional.ofNullable(row.uuidOrNull("organisation_id")), resource);
    }

    /** The code of a request: keyed, so that nobody without the installation's secret makes one. */
    private String codeOf(UUID id) {
        byte[] bytes = pepper.token(CODE_USE, id.toString());
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < CODE_LENGTH; i++) {
            code.append(CODE_LETTERS.charAt((bytes[i] & 0xff) % CODE_LETTERS.length()));
        }
        return code.toString();
    }

    /** What came of a request, for who knows its number and code. */
    public Optional<Request> findOutcome(String reference, String code) {
        String digits = reference.strip().toUpperCase(Locale.ROOT).replaceFirst("^GR-", "");
        if (!digits.matches("[0-9]{1,15}")) {
            return Optional.empty();
        }
        String given = code.strip().toUpperCase(Locale.ROOT);
        return database.inTransaction(t -> t.find(BY_NUMBER, PersonalRequests::read, Long.parseLong(digits)))
                .map(Stored::request)
                .filter(each -> MessageDigest.isEqual(codeOf(each.id()).getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8)));
    }

    /** The last day of what is open or was answered. */
    public LocalDate dueOf(Request request) {
        LocalDate answered = request.dueOn();
        return answered != null ? answered
                : database.inTransaction(t -> deadlines.due(t, Term.PERSONAL_REQUEST, LocalDate.ofInstant(request.raisedAt(), Deadlines.ZONE))).on();
    }

    /** Those a person has to do with, what is open first: all for the bureau and the auditor, their organisation's for providers and merchants. */
    public List<Request> listFor(Person reader, int most) {
        boolean all = reader.roles().contains(Role.REGULATOR) || reader.roles().contains(Role.AUDITOR);
        UUID whose = all ? null : reader.organisationId();
        return database.inTransaction(t -> t.list(VISIBLE, PersonalRequests::read, whose, whose, most)).stream().map(Stored::request).toList();
    }

    /** Whether a person may answer it. */
    public static boolean answersFor(Request request, Person person) {
        UUID answerer = request.answerer();
        return answerer == null ? person.roles().contains(Role.REGULATOR)
                : answerer.equals(person.organisationId())
                        && (person.roles().contains(Role.PROVIDER_OFFICER) || person.roles().contains(Role.MERCHANT_OFFICER));
    }

    public Optional<Request> find(UUID id) {
        return database.inTransaction(t -> t.find(LOCKED, PersonalRequests::read, id)).map(Stored::request);
    }

    /**
     * Answers, with the reason (PIPL Art. 50). A granted erasure takes what the product keeps of the person and no law tells to keep.
     *
     * @param load the load that corrected it; null: none is named
     */
    public Outcome answer(UUID id, boolean granted, String text, @Nullable UUID load, UUID by) {
        if (PersonalValues.areIn(text)) {
            return new Outcome.Refused(Refusal.PERSONAL_VALUES);
        }
        Optional<LoadRecord> corrected = load == null ? Optional.empty() : loads.find(load);
        return database.inTransaction(t -> {
            Optional<Stored> found = t.find(LOCKED, PersonalRequests::read, id);
            Person person = People.getIn(t, by);
            if (found.isEmpty()) {
                return new Outcome.Refused(Refusal.UNKNOWN);
            }
            Request request = found.get().request();
            if (!answersFor(request, person)) {
                return new Outcome.Refused(Refusal.NOT_YOURS);
            }
            if (by.equals(request.enteredBy())) {
                return new Outcome.Refused(Refusal.SAME_PERSON);
            }
            Status status = granted ? Status.GRANTED : Status.REFUSED;
            if (request.status() != Status.OPEN) {
                boolean same = request.status() == status && text.equals(request.answer()) && Objects.equals(load, request.load())
                        && by.equals(request.answeredBy());
                return same ? new Outcome.Done(true) : new Outcome.Refused(Refusal.NOT_THE_STEP);
            }
            if (load != null && corrected.filter(each -> corrects(each, request)).isEmpty()) {
                return new Outcome.Refused(Refusal.NO_SUCH_LOAD);
            }
            LocalDate due = deadlines.due(t, Term.PERSONAL_REQUEST, LocalDate.ofInstant(request.raisedAt(), Deadlines.ZONE)).on();
            t.change(ANSWER, status, due, text, load, by, clock.instant(), id);
            AuditLog.append(t, clock, by, granted ? "personal-request.grant" : "personal-request.refuse", "personal_request", id, Map.of());
            return new Outcome.Done(false);
        });
    }

    private static boolean corrects(LoadRecord load, Request request) {
        return load.state() == LoadRecord.State.LOADED && load.readings() == null && load.startedAt().isAfter(request.raisedAt())
                && (request.resource() == null || request.resource().equals(load.resource()));
    }

    /** That the person was told, on paper or in person; the bureau's. */
    public Outcome tell(UUID id, UUID by) {
        return database.inTransaction(t -> {
            Optional<Stored> found = t.find(LOCKED, PersonalRequests::read, id);
            if (found.isEmpty() || !People.getIn(t, by).roles().contains(Role.REGULATOR)) {
                return new Outcome.Refused(found.isEmpty() ? Refusal.UNKNOWN : Refusal.NOT_YOURS);
            }
            Request request = found.get().request();
            if (request.status() == Status.OPEN) {
                return new Outcome.Refused(Refusal.NOT_THE_STEP);
            }
            if (request.toldAt() != null) {
                return new Outcome.Done(true);
            }
            t.change(TELL, by, clock.instant(), id);
            AuditLog.append(t, clock, by, "personal-request.tell", "personal_request", id, Map.of());
            return new Outcome.Done(false);
        });
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static Stored read(Row row) throws SQLException {
        return new Stored(new Request(row.uuid("id"), "GR-" + row.number("number"), row.constant("wish", Wish.class), row.textOrNull("product_code"),
                row.textOrNull("resource_id"), row.text("statement"), row.constant("way", Way.class), row.uuidOrNull("entered_by"),
                row.instant("raised_at"), row.uuidOrNull("answerer_id"), row.constant("status", Status.class), row.dayOrNull("due_on"),
                row.textOrNull("answer"), row.uuidOrNull("corrected_load"), row.uuidOrNull("answered_by"), row.instantOrNull("answered_at"),
                row.instantOrNull("told_at")), SubjectToken.of(row.bytes("subject_token")), row.text("evidence"));
    }
}
