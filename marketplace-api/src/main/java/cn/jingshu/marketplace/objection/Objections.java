package cn.jingshu.marketplace.objection;

import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.objection.Objection.About;
import cn.jingshu.marketplace.objection.Objection.Side;
import cn.jingshu.marketplace.objection.Objection.Status;
import cn.jingshu.marketplace.objection.Objection.Step;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.marketplace.term.Deadlines;
import cn.jingshu.marketplace.term.Term;
import cn.jingshu.metering.usage.Usage;
import cn.jingshu.products.domain.load.LoadHistory;
import cn.jingshu.products.domain.load.LoadRecord;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Objections (数据异议) and what becomes of them. Anyone who is signed in raises one for their organisation; the provider of a resource
 * or the merchant of a product answers within its term; what stays in dispute the bureau decides, by a person who neither raised,
 * answered nor escalated it. Nothing that was said is changed or taken back.
 */
@Singleton
public final class Objections {
    /** Open objections an organisation may have at a time, so that one consumer cannot bury a provider. */
    static final int MOST_OPEN = 50;

    /** Messages of one objection, beside its steps. */
    static final int MOST_MESSAGES = 200;

    /** Characters of a statement, message or reason. */
    public static final int MOST_TEXT = 2_000;

    private static final String ADD = """
            INSERT INTO market.objection
                   (id, organisation_id, raised_by, raised_at, resource_id, batch_id, product_code, product_version, event_id, fault,
                    statement, answerer_id, status)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'OPEN')
            ON CONFLICT ON CONSTRAINT objection_pk DO NOTHING
            """;
    private static final String ADD_LOAD = """
            INSERT INTO market.objection_load (objection_id, load_id, table_name, resource_id) VALUES (?, ?, ?, ?)
            """;
    private static final String ADD_MESSAGE = """
            INSERT INTO market.objection_message (id, objection_id, side, step, person_id, at, text)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT objection_message_pk DO NOTHING
            """;
    private static final String ANSWER = """
            UPDATE market.objection
               SET status = ?, due_on = coalesce(due_on, ?), answered_by = ?, answered_at = ?, answer = ?, corrected_load = ?, corrected_batch = ?
             WHERE id = ?
            """;
    private static final String ESCALATE = """
            UPDATE market.objection SET status = 'ESCALATED', escalated_at = ? WHERE id = ?
            """;
    private static final String DECIDE = """
            UPDATE market.objection SET status = ?, decided_by = ?, decided_at = ?, decision = ? WHERE id = ?
            """;
    private static final String WITHDRAW = """
            UPDATE market.objection SET status = 'WITHDRAWN' WHERE id = ?
            """;
    private static final String BY_ID = """
            SELECT id, number, organisation_id, raised_by, raised_at, resource_id, batch_id, product_code, product_version, event_id,
                   fault, statement, answerer_id, status, due_on, answered_by, answered_at, answer, corrected_load, corrected_batch,
                   decided_by, decided_at, decision
              FROM market.objection
             WHERE id = ?
            """;
    private static final String LOCKED = """
            SELECT id, number, organisation_id, raised_by, raised_at, resource_id, batch_id, product_code, product_version, event_id,
                   fault, statement, answerer_id, status, due_on, answered_by, answered_at, answer, corrected_load, corrected_batch,
                   decided_by, decided_at, decision
              FROM market.objection
             WHERE id = ?
               FOR UPDATE
            """;
    private static final String VISIBLE = """
            SELECT id, number, organisation_id, raised_by, raised_at, resource_id, batch_id, product_code, product_version, event_id,
                   fault, statement, answerer_id, status, due_on, answered_by, answered_at, answer, corrected_load, corrected_batch,
                   decided_by, decided_at, decision
              FROM market.objection
             WHERE CAST(? AS uuid) IS NULL OR organisation_id = ? OR answerer_id = ?
             ORDER BY (status IN ('OPEN', 'UPHELD', 'ESCALATED')) DESC, raised_at DESC, number DESC
             LIMIT ?
            """;
    private static final String LOADS = """
            SELECT load_id, table_name, resource_id FROM market.objection_load WHERE objection_id = ? ORDER BY table_name, load_id
            """;
    private static final String MESSAGES = """
            SELECT id, side, step, person_id, at, text FROM market.objection_message WHERE objection_id = ? ORDER BY number
            """;
    private static final String MESSAGE = """
            SELECT id, side, step, person_id, at, text FROM market.objection_message WHERE id = ? AND objection_id = ?
            """;
    private static final String MESSAGES_OF = """
            SELECT count(*) AS said FROM market.objection_message WHERE objection_id = ? AND step = 'MESSAGE'
            """;
    private static final String ESCALATED_BY = """
            SELECT person_id FROM market.objection_message WHERE objection_id = ? AND step = 'ESCALATED' AND person_id = ?
            """;
    private static final String OPEN_OF = """
            SELECT count(*) AS open FROM market.objection WHERE organisation_id = ? AND status IN ('OPEN', 'UPHELD', 'ESCALATED')
            """;
    /** The version of a resource that is listed today, with the provider's organisation. */
    private static final String RESOURCE = """
            SELECT e.batch_id, e.withdrawn, v.organisation_id
              FROM market.catalogue_entry e
              JOIN market.catalogue_batch b ON b.id = e.batch_id
              JOIN market.data_provider v ON v.code = e.provider_code
             WHERE e.resource_id = ? AND b.status = 'PUBLISHED' AND b.applies_from <= ?
             ORDER BY b.applies_from DESC, b.number DESC
             LIMIT 1
            """;
    private static final String PRODUCT = """
            SELECT id, product_version, merchant_id
              FROM market.registration
             WHERE product_code = ? AND approved_at IS NOT NULL AND status <> 'CANCELLED'
             ORDER BY product_version DESC
             LIMIT 1
            """;
    private static final String RESOURCES_OF_PRODUCT = """
            SELECT resource_id FROM market.registration_resource WHERE registration_id = ? ORDER BY resource_id
            """;
    private static final String RESOURCES_OF_VERSION = """
            SELECT x.resource_id
              FROM market.registration_resource x
              JOIN market.registration g ON g.id = x.registration_id
             WHERE g.product_code = ? AND g.product_version = ?
             ORDER BY x.resource_id
            """;
    private static final String CALLER = """
            SELECT organisation_id FROM market.subscription WHERE id = ?
            """;
    private static final String CORRECTING_BATCH = """
            SELECT 1 AS yes
              FROM market.catalogue_entry e
              JOIN market.catalogue_batch b ON b.id = e.batch_id
             WHERE b.id = ? AND e.resource_id = ANY (?) AND b.status = 'PUBLISHED' AND b.decided_at >= ?
            """;
    /** Who has a subscription to a product that rests on the data. */
    private static final String USERS = """
            SELECT DISTINCT s.organisation_id
              FROM market.subscription s
              JOIN market.plan p ON p.id = s.plan_id
              JOIN market.registration g ON g.product_code = p.product_code
              LEFT JOIN market.registration_resource x ON x.registration_id = g.id
             WHERE s.status IN ('ACTIVE', 'SUSPENDED') AND (x.resource_id = ? OR g.product_code = ?)
             ORDER BY s.organisation_id
            """;
    private static final String AUTHORITIES = """
            SELECT id FROM market.organisation WHERE kinds @> ARRAY['AUTHORITY'] AND status = 'ACTIVE' ORDER BY id
            """;

    private final Database database;
    private final Usage usage;
    private final LoadHistory loads;
    private final Deadlines deadlines;
    private final Notifications notifications;
    private final Clock clock;

    Objections(Database database, Usage usage, LoadHistory loads, Deadlines deadlines, Notifications notifications, Clock clock) {
        this.database = database;
        this.usage = usage;
        this.loads = loads;
        this.deadlines = deadlines;
        this.notifications = notifications;
        this.clock = clock;
    }

    /** The answer to a step. */
    public sealed interface Outcome {
        /** It stands as asked for; {@code already}: it did before, so nothing was changed, logged or told. */
        record Done(boolean already) implements Outcome {}

        record Refused(Refusal refusal) implements Outcome {}
    }

    /** Why a step is refused; stable text. */
    public enum Refusal {
        UNKNOWN("没有该异议", "there is no such objection"),
        ID_TAKEN("该编号已用于其他内容", "the id was used for something else"),
        NO_SUCH_DATA("目录中没有该资源,或没有该产品", "no such resource is listed, and no such product sold"),
        NO_SUCH_CALL("没有该次调用,或不是贵单位的调用", "there is no such call, or it is not your organisation's"),
        OTHER_CALL("该次调用不是对该产品的调用", "the call was not of that product"),
        OWN_DATA("本单位的数据请直接更正", "your organisation's own data are corrected, not objected to"),
        TOO_MANY("贵单位未办结的异议过多", "too many objections of your organisation are open"),
        PERSONAL_VALUES("请勿填写身份证号、手机号或银行卡号;如需指明对象,请填写调用编号",
                "no numbers of identity cards, mobile telephones or bank cards: name the call instead"),
        NOT_YOURS("不由贵单位办理", "it is not for your organisation to do"),
        NOT_THE_STEP("异议的当前状态不允许此操作", "the objection's state does not allow it"),
        TOO_MANY_MESSAGES("该异议的留言过多", "too much was said about the objection already"),
        MUST_NAME_CORRECTION("主管部门已认定数据有误,须写明作出更正的装载或目录批次",
                "the bureau has found the data wrong: the load or batch that corrected them has to be named"),
        MUST_CORRECT("主管部门已认定数据有误,须更正", "the bureau has found the data wrong: they have to be corrected"),
        NO_SUCH_CORRECTION("没有该次装载或批次,或其早于异议、与之无关",
                "there is no such load or batch, or it is older than the objection or of other data"),
        SAME_PERSON("提出人、答复人、申请裁决人不得作出决定", "who raised, answered or escalated it does not decide");

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

    private static Outcome refused(Refusal refusal) {
        return new Outcome.Refused(refusal);
    }

    /**
     * What is raised.
     *
     * @param resource null: it is about a product
     * @param product null: it is about a resource
     * @param event the call whose answer it is about; null: none in particular
     */
    public record Raised(@Nullable String resource, @Nullable String product, @Nullable UUID event, Objection.Fault fault, String statement) {
        public Raised {
            if ((resource == null) == (product == null)) {
                throw new IllegalArgumentException("a resource or a product");
            }
        }
    }

    private record Concerned(About about, @Nullable UUID answerer, List<String> resources) {}

    /** Raises an objection under an id of the caller's own, for the organisation of {@code by}. */
    public Outcome raise(UUID id, Raised raised, UUID by) {
        if (PersonalValues.areIn(raised.statement())) {
            return refused(Refusal.PERSONAL_VALUES);
        }
        Optional<Called> called = raised.event() == null ? Optional.empty() : called(raised.event());
        if (raised.event() != null && called.isEmpty()) {
            return refused(Refusal.NO_SUCH_CALL);
        }
        Optional<Concerned> concerned = database.inTransaction(t -> concerned(t, raised));
        if (concerned.isEmpty()) {
            return refused(Refusal.NO_SUCH_DATA);
        }
        List<Objection.Load> standing = standing(concerned.get().resources());
        return database.inTransaction(t -> {
            Person person = People.getIn(t, by);
            Optional<Objection> before = find(t, id);
            if (before.isPresent()) {
                return same(before.get(), raised, person) ? new Outcome.Done(true) : refused(Refusal.ID_TAKEN);
            }
            if (called.isPresent()) {
                if (t.find(CALLER, row -> row.uuid("organisation_id"), called.get().subscription()).filter(person.organisationId()::equals).isEmpty()) {
                    return refused(Refusal.NO_SUCH_CALL);
                }
                if (raised.product() != null && !raised.product().equals(called.get().product())) {
                    return refused(Refusal.OTHER_CALL);
                }
            }
            if (person.organisationId().equals(concerned.get().answerer())) {
                return refused(Refusal.OWN_DATA);
            }
            if (t.find(OPEN_OF, row -> row.integer("open"), person.organisationId()).orElse(0) >= MOST_OPEN) {
                return refused(Refusal.TOO_MANY);
            }
            add(t, id, raised, concerned.get(), person);
            for (Objection.Load load : standing) {
                t.change(ADD_LOAD, id, load.load(), load.table(), load.resource());
            }
            Objection objection = find(t, id).orElseThrow(() -> new IllegalStateException("objection " + id + " has vanished"));
            say(t, id, UUID.randomUUID(), Side.RAISER, Step.RAISED, by, raised.statement());
            log(t, by, "objection.raise", objection, Map.of("about", concerned.get().about().code(), "fault", raised.fault().name()));
            tellAnswerer(t, objection, Notifications.Kind.OBJECTION_RAISED, "raised");
            return new Outcome.Done(false);
        });
    }

    private record Called(UUID subscription, String product) {}

    private Optional<Called> called(UUID event) {
        try {
            return usage.findEvent(event).map(each -> new Called(each.event().subscriptionId(), each.event().product()));
        } catch (SQLException away) {
            throw new cn.jingshu.marketplace.store.DatabaseException(away);
        }
    }

    private Optional<Concerned> concerned(Transaction t, Raised raised) throws SQLException {
        String resource = raised.resource();
        String product = raised.product();
        if (resource != null) {
            record Listed(UUID batch, boolean withdrawn, @Nullable UUID provider) {}
            return t.find(RESOURCE, row -> new Listed(row.uuid("batch_id"), row.flag("withdrawn"), row.uuidOrNull("organisation_id")),
                            resource, deadlines.today())
                    .filter(each -> !each.withdrawn())
                    .map(each -> new Concerned(new About.OfResource(resource, each.batch()), each.provider(), List.of(resource)));
        }
        record Sold(UUID id, int version, UUID merchant) {}
        Optional<Sold> sold = t.find(PRODUCT, row -> new Sold(row.uuid("id"), row.integer("product_version"), row.uuid("merchant_id")), product);
        if (sold.isEmpty() || product == null) {
            return Optional.empty();
        }
        return Optional.of(new Concerned(new About.OfProduct(product, sold.get().version()), sold.get().merchant(),
                t.list(RESOURCES_OF_PRODUCT, row -> row.text("resource_id"), sold.get().id())));
    }

    /** What stands now in the tables of {@code resources}: the newest load of each that became its rows. */
    private List<Objection.Load> standing(List<String> resources) {
        if (resources.isEmpty()) {
            return List.of();
        }
        return loads.listStanding(resources).stream().map(each -> new Objection.Load(each.id(), each.table(), each.resource())).toList();
    }

    private static boolean same(Objection before, Raised raised, Person person) {
        String code = raised.resource() == null ? raised.product() : raised.resource();
        return before.about().code().equals(code) && before.fault() == raised.fault() && before.statement().equals(raised.statement())
                && java.util.Objects.equals(before.event(), raised.event()) && before.raisedBy().equals(person.id());
    }

    private void add(Transaction t, UUID id, Raised raised, Concerned concerned, Person person) throws SQLException {
        String resource = null;
        UUID batch = null;
        String product = null;
        Integer version = null;
        switch (concerned.about()) {
            case About.OfResource(var of, var in) -> {
                resource = of;
                batch = in;
            }
            case About.OfProduct(var of, var in) -> {
                product = of;
                version = in;
            }
        }
        t.change(ADD, id, person.organisationId(), person.id(), clock.instant(), resource, batch, product, version, raised.event(),
                raised.fault(), raised.statement(), concerned.answerer());
    }

    /** Says something to the other side; both sides and the bureau may, until it is over. */
    public Outcome say(UUID id, UUID messageId, String text, UUID by) {
        if (PersonalValues.areIn(text)) {
            return refused(Refusal.PERSONAL_VALUES);
        }
        return step(id, by, (t, objection, person) -> {
            Optional<Objection.Message> before = t.find(MESSAGE, Objections::readMessage, messageId, id);
            if (before.isPresent()) {
                return before.get().text().equals(text) && before.get().person().equals(by) ? new Outcome.Done(true) : refused(Refusal.ID_TAKEN);
            }
            if (objection.status().isOver()) {
                return refused(Refusal.NOT_THE_STEP);
            }
            Optional<Side> side = sideOf(objection, person);
            if (side.isEmpty()) {
                return refused(Refusal.NOT_YOURS);
            }
            if (t.find(MESSAGES_OF, row -> row.integer("said"), id).orElse(0) >= MOST_MESSAGES) {
                return refused(Refusal.TOO_MANY_MESSAGES);
            }
            if (!say(t, id, messageId, side.get(), Step.MESSAGE, by, text)) {
                return refused(Refusal.ID_TAKEN);
            }
            log(t, by, "objection.say", objection, Map.of("message", messageId.toString()));
            if (side.get() != Side.RAISER) {
                notifications.tell(t, objection.organisation(), Notifications.Kind.OBJECTION_MESSAGE, objection.reference(), null, messageId.toString());
            }
            if (side.get() != Side.ANSWERER) {
                tellAnswerer(t, objection, Notifications.Kind.OBJECTION_MESSAGE, messageId.toString());
            }
            return new Outcome.Done(false);
        });
    }

    /**
     * An answer.
     *
     * @param corrected true: it was wrong and is corrected; false: it is right
     * @param load the load that corrected it; null: none
     * @param batch the batch of the catalogue that corrected it; null: none
     */
    public record Answer(boolean corrected, String text, @Nullable UUID load, @Nullable UUID batch) {}

    /**
     * Answers; who corrected may name the load or batch that did, and it is looked at. What the bureau found wrong of a resource is
     * corrected by one of them alone; a product may have been wrong in its own reckoning, which neither shows.
     */
    public Outcome answer(UUID id, Answer answer, UUID by) {
        if (PersonalValues.areIn(answer.text())) {
            return refused(Refusal.PERSONAL_VALUES);
        }
        Optional<LoadRecord> load = answer.load() == null ? Optional.empty() : loads.find(answer.load());
        return step(id, by, (t, objection, person) -> {
            if (!answersFor(objection, person)) {
                return refused(Refusal.NOT_YOURS);
            }
            Status status = answer.corrected() ? Status.CORRECTED : Status.NOT_WRONG;
            if (objection.status() == status && by.equals(objection.answeredBy()) && answer.text().equals(objection.answer())) {
                return new Outcome.Done(true);
            }
            if (!objection.status().waitsForAnswer()) {
                return refused(Refusal.NOT_THE_STEP);
            }
            if (objection.status() == Status.UPHELD && !answer.corrected()) {
                return refused(Refusal.MUST_CORRECT);
            }
            boolean named = answer.load() != null || answer.batch() != null;
            if (!named && objection.status() == Status.UPHELD && objection.about() instanceof About.OfResource) {
                return refused(Refusal.MUST_NAME_CORRECTION);
            }
            boolean loadFits = answer.load() == null || (load.isPresent() && corrects(t, load.get(), objection));
            boolean batchFits = answer.batch() == null || !t.list(CORRECTING_BATCH, row -> row.integer("yes"), answer.batch(),
                    resourcesOf(t, objection), objection.raisedAt()).isEmpty();
            if ((named && !answer.corrected()) || !loadFits || !batchFits) {
                return refused(Refusal.NO_SUCH_CORRECTION);
            }
            LocalDate begins = LocalDate.ofInstant(objection.raisedAt(), Deadlines.ZONE);
            t.change(ANSWER, status, deadlines.due(t, Term.OBJECTION, begins).on(), by, clock.instant(), answer.text(), answer.load(),
                    answer.batch(), id);
            say(t, id, UUID.randomUUID(), objection.answerer() == null ? Side.BUREAU : Side.ANSWERER,
                    answer.corrected() ? Step.CORRECTED : Step.NOT_WRONG, by, answer.text());
            log(t, by, "objection.answer", objection, Map.of("status", status.name(),
                    "load", answer.load() == null ? "" : answer.load().toString(), "batch", answer.batch() == null ? "" : answer.batch().toString()));
            notifications.tell(t, objection.organisation(), Notifications.Kind.OBJECTION_ANSWERED, objection.reference(), null,
                    clock.instant().toString());
            if (answer.corrected()) {
                tellUsers(t, objection);
            }
            return new Outcome.Done(false);
        });
    }

    /** Whether a load may have corrected what was objected to; an hour of readings of an interface comes by itself and corrects nothing. */
    private boolean corrects(Transaction t, LoadRecord load, Objection objection) throws SQLException {
        return load.state() == LoadRecord.State.LOADED && load.readings() == null && load.startedAt().isAfter(objection.raisedAt())
                && resourcesOf(t, objection).contains(load.resource());
    }

    private static List<String> resourcesOf(Transaction t, Objection objection) throws SQLException {
        return switch (objection.about()) {
            case About.OfResource(var resource, var _) -> List.of(resource);
            case About.OfProduct(var product, var version) -> t.list(RESOURCES_OF_VERSION, row -> row.text("resource_id"), product, version);
        };
    }

    /** Whose objection it is does not agree with the answer: the bureau is to decide, once. */
    public Outcome escalate(UUID id, String reason, UUID by) {
        if (PersonalValues.areIn(reason)) {
            return refused(Refusal.PERSONAL_VALUES);
        }
        return step(id, by, (t, objection, person) -> {
            if (!person.organisationId().equals(objection.organisation())) {
                return refused(Refusal.NOT_YOURS);
            }
            if (objection.status() == Status.ESCALATED) {
                return new Outcome.Done(true);
            }
            boolean answered = objection.status() == Status.CORRECTED || objection.status() == Status.NOT_WRONG;
            if (!answered || objection.decidedAt() != null) {
                return refused(Refusal.NOT_THE_STEP);
            }
            t.change(ESCALATE, clock.instant(), id);
            say(t, id, UUID.randomUUID(), Side.RAISER, Step.ESCALATED, by, reason);
            log(t, by, "objection.escalate", objection, Map.of());
            tellAnswerer(t, objection, Notifications.Kind.OBJECTION_ESCALATED, "escalated");
            tellBureau(t, objection, Notifications.Kind.OBJECTION_ESCALATED, "escalated");
            return new Outcome.Done(false);
        });
    }

    /** The bureau decides a dispute, by a person who neither raised, answered nor escalated it; what it upholds has to be corrected within the term of an answer. */
    public Outcome decide(UUID id, boolean upheld, String reason, UUID by) {
        if (PersonalValues.areIn(reason)) {
            return refused(Refusal.PERSONAL_VALUES);
        }
        return step(id, by, (t, objection, person) -> {
            if (!person.roles().contains(Role.REGULATOR)) {
                return refused(Refusal.NOT_YOURS);
            }
            Status status = upheld ? Status.UPHELD : Status.DISMISSED;
            if (objection.status() == status && by.equals(objection.decidedBy())) {
                return new Outcome.Done(true);
            }
            if (objection.status() != Status.ESCALATED) {
                return refused(Refusal.NOT_THE_STEP);
            }
            if (by.equals(objection.raisedBy()) || by.equals(objection.answeredBy())
                    || t.find(ESCALATED_BY, row -> row.uuid("person_id"), id, by).isPresent()) {
                return refused(Refusal.SAME_PERSON);
            }
            t.change(DECIDE, status, by, clock.instant(), reason, id);
            say(t, id, UUID.randomUUID(), Side.BUREAU, upheld ? Step.UPHELD : Step.DISMISSED, by, reason);
            log(t, by, "objection.decide", objection, Map.of("status", status.name()));
            notifications.tell(t, objection.organisation(), Notifications.Kind.OBJECTION_DECIDED, objection.reference(), null, "decided");
            tellAnswerer(t, objection, Notifications.Kind.OBJECTION_DECIDED, "decided");
            return new Outcome.Done(false);
        });
    }

    /** Whose objection it is takes it back before it is answered. */
    public Outcome withdraw(UUID id, String reason, UUID by) {
        if (PersonalValues.areIn(reason)) {
            return refused(Refusal.PERSONAL_VALUES);
        }
        return step(id, by, (t, objection, person) -> {
            if (!person.organisationId().equals(objection.organisation())) {
                return refused(Refusal.NOT_YOURS);
            }
            if (objection.status() == Status.WITHDRAWN) {
                return new Outcome.Done(true);
            }
            if (objection.status() != Status.OPEN) {
                return refused(Refusal.NOT_THE_STEP);
            }
            t.change(WITHDRAW, id);
            say(t, id, UUID.randomUUID(), Side.RAISER, Step.WITHDRAWN, by, reason);
            log(t, by, "objection.withdraw", objection, Map.of());
            return new Outcome.Done(false);
        });
    }

    private interface Doing {
        Outcome in(Transaction t, Objection objection, Person person) throws SQLException;
    }

    private Outcome step(UUID id, UUID by, Doing doing) {
        return database.inTransaction(t -> {
            Person person = People.getIn(t, by);
            Optional<Objection> objection = t.find(LOCKED, row -> read(row, List.of()), id);
            if (objection.isEmpty() || !maySee(objection.get(), person)) {
                return refused(Refusal.UNKNOWN);
            }
            return doing.in(t, objection.get(), person);
        });
    }

    private boolean say(Transaction t, UUID id, UUID messageId, Side side, Step step, UUID by, String text) throws SQLException {
        return t.change(ADD_MESSAGE, messageId, id, side, step, by, clock.instant(), text) == 1;
    }

    private void log(Transaction t, UUID by, String action, Objection objection, Map<String, String> detail) throws SQLException {
        AuditLog.append(t, clock, by, action, "objection", objection.id(), detail);
    }

    private void tellAnswerer(Transaction t, Objection objection, Notifications.Kind kind, String occasion) throws SQLException {
        if (objection.answerer() == null) {
            tellBureau(t, objection, kind, occasion);
        } else {
            notifications.tell(t, objection.answerer(), kind, objection.reference(), null, occasion);
        }
    }

    private void tellBureau(Transaction t, Objection objection, Notifications.Kind kind, String occasion) throws SQLException {
        for (UUID bureau : t.list(AUTHORITIES, row -> row.uuid("id"))) {
            notifications.tell(t, bureau, kind, objection.reference(), null, occasion);
        }
    }

    /** Who uses results that rest on the data hears that they were corrected. */
    private void tellUsers(Transaction t, Objection objection) throws SQLException {
        String code = objection.about().code();
        List<UUID> users = new ArrayList<>(t.list(USERS, row -> row.uuid("organisation_id"), code, code));
        users.remove(objection.organisation());
        for (UUID user : users) {
            notifications.tell(t, user, Notifications.Kind.DATA_CORRECTED, code, null, objection.reference() + " " + clock.instant());
        }
    }

    /** Whether a person sees it: either side's people, and who supervises, runs and audits the market. */
    public static boolean maySee(Objection objection, Person person) {
        return seesAll(person) || person.organisationId().equals(objection.organisation())
                || person.organisationId().equals(objection.answerer());
    }

    private static boolean seesAll(Person person) {
        return person.roles().contains(Role.REGULATOR) || person.roles().contains(Role.OPERATIONS) || person.roles().contains(Role.AUDITOR);
    }

    /** Whether it is for a person to answer: an officer of the answering organisation; where there is none, the bureau, but not who raised it. */
    public static boolean answersFor(Objection objection, Person person) {
        if (objection.answerer() == null) {
            return person.roles().contains(Role.REGULATOR) && !person.id().equals(objection.raisedBy());
        }
        return person.organisationId().equals(objection.answerer())
                && (person.roles().contains(Role.PROVIDER_OFFICER) || person.roles().contains(Role.MERCHANT_OFFICER));
    }

    /** For which side a person speaks; empty: they only read. */
    public static Optional<Side> sideOf(Objection objection, Person person) {
        return person.organisationId().equals(objection.organisation()) ? Optional.of(Side.RAISER)
                : objection.answerer() != null && answersFor(objection, person) ? Optional.of(Side.ANSWERER)
                : person.roles().contains(Role.REGULATOR) ? Optional.of(Side.BUREAU) : Optional.empty();
    }

    /** An objection, if the person may see it. */
    public Optional<Objection> find(UUID id, Person reader) {
        return database.inTransaction(t -> find(t, id)).filter(each -> maySee(each, reader));
    }

    private static Optional<Objection> find(Transaction t, UUID id) throws SQLException {
        List<Objection.Load> loads = t.list(LOADS,
                row -> new Objection.Load(row.uuid("load_id"), row.text("table_name"), row.text("resource_id")), id);
        return t.find(BY_ID, row -> read(row, loads), id);
    }

    /** Whether a person asked the bureau to decide it, who then does not decide it. */
    public boolean hasEscalated(UUID id, UUID person) {
        return database.inTransaction(t -> t.find(ESCALATED_BY, row -> row.uuid("person_id"), id, person)).isPresent();
    }

    /** What was said and done, in order. */
    public List<Objection.Message> messagesOf(UUID id) {
        return database.inTransaction(t -> t.list(MESSAGES, Objections::readMessage, id));
    }

    /** At most {@code most} objections a person may see, those that wait first; without their loads. */
    public List<Objection> listFor(Person reader, int most) {
        UUID whose = seesAll(reader) ? null : reader.organisationId();
        return database.inTransaction(t -> t.list(VISIBLE, row -> read(row, List.of()), whose, whose, whose, most));
    }

    private static Objection read(Row row, List<Objection.Load> loads) throws SQLException {
        String resource = row.textOrNull("resource_id");
        About about = resource == null ? new About.OfProduct(row.text("product_code"), row.integer("product_version"))
                : new About.OfResource(resource, row.uuid("batch_id"));
        return new Objection(row.uuid("id"), row.number("number"), row.uuid("organisation_id"), row.uuid("raised_by"), row.instant("raised_at"),
                about, row.uuidOrNull("event_id"), row.constant("fault", Objection.Fault.class), row.text("statement"),
                row.uuidOrNull("answerer_id"), row.constant("status", Status.class), row.dayOrNull("due_on"), row.uuidOrNull("answered_by"),
                row.instantOrNull("answered_at"), row.textOrNull("answer"), row.uuidOrNull("corrected_load"), row.uuidOrNull("corrected_batch"),
                row.uuidOrNull("decided_by"), row.instantOrNull("decided_at"), row.textOrNull("decision"), loads);
    }

    private static Objection.Message readMessage(Row row) throws SQLException {
        return new Objection.Message(row.uuid("id"), row.constant("side", Side.class), row.constant("step", Step.class), row.uuid("person_id"),
                row.instant("at"), row.text("text"));
    }
}
