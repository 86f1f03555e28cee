package cn.jingshu.marketplace.term;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.products.domain.JdbcDataDomain;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What waits to be done within a term, and the terms that were extended. A date is reckoned when it is asked for, never stored. */
@Singleton
public final class Deadlines {
    /** Days begin where the city is. */
    public static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    /** Of a change {@code c}: it is open until a batch that states the resource anew is handed to review. */
    static final String CHANGE_IS_OPEN = """
            NOT EXISTS (
                       SELECT 1
                         FROM market.catalogue_entry e
                         JOIN market.catalogue_batch b ON b.id = e.batch_id
                        WHERE e.resource_id = c.resource_id AND b.status IN ('SUBMITTED', 'PUBLISHED') AND e.drafted_by IS NOT NULL
                          AND CAST(e.drafted_at AT TIME ZONE 'Asia/Shanghai' AS date) >= c.happened_on)
            """;

    /** Everything open, with the day its term begins. */
    private static final String OPEN = """
            SELECT 'USE_APPLICATION' AS term, s.id AS subject, o.name_zh AS reference, o.name_zh || ' · ' || p.name_zh AS name_zh,
                   o.name_en || ' · ' || p.name_en AS name_en, CAST(NULL AS uuid) AS responsible,
                   CAST(s.applied_at AT TIME ZONE 'Asia/Shanghai' AS date) AS begins
              FROM market.subscription s
              JOIN market.organisation o ON o.id = s.organisation_id
              JOIN market.plan p ON p.id = s.plan_id
             WHERE s.status = 'PENDING'
            UNION ALL
            SELECT 'USE_APPLICATION', c.id, o.name_zh, o.name_zh || ' · ' || p.name_zh, o.name_en || ' · ' || p.name_en, NULL,
                   CAST(c.asked_at AT TIME ZONE 'Asia/Shanghai' AS date)
              FROM market.plan_change c
              JOIN market.subscription s ON s.id = c.subscription_id
              JOIN market.organisation o ON o.id = s.organisation_id
              JOIN market.plan p ON p.id = c.to_plan_id
             WHERE c.status = 'PENDING'
            UNION ALL
            SELECT 'CATALOGUE_REVIEW', b.id, b.title_zh, b.title_zh, b.title_en, NULL,
                   CAST(b.submitted_at AT TIME ZONE 'Asia/Shanghai' AS date)
              FROM market.catalogue_batch b
             WHERE b.status = 'SUBMITTED'
            UNION ALL
            SELECT 'CATALOGUE_UPDATE', c.id, c.resource_id, r.name_zh, r.name_en, v.organisation_id, c.happened_on
              FROM market.catalogue_change c
              JOIN market.data_resource r ON r.id = c.resource_id
              JOIN market.data_provider v ON v.code = r.provider_code
             WHERE\s""" + CHANGE_IS_OPEN + """
            UNION ALL
            SELECT 'REGISTRATION_ACCEPTANCE', g.id, g.product_code, g.name_zh, g.name_en, NULL,
                   CAST(g.registered_at AT TIME ZONE 'Asia/Shanghai' AS date)
              FROM market.registration g
             WHERE g.approved_at IS NULL AND g.status = 'REGISTERED'
               AND NOT EXISTS (SELECT 1 FROM market.registration_acceptance a WHERE a.registration_id = g.id)
            UNION ALL
            SELECT 'REGISTRATION_REVIEW', g.id, g.product_code, g.name_zh, g.name_en, NULL,
                   CAST(a.decided_at AT TIME ZONE 'Asia/Shanghai' AS date)
              FROM market.registration g
              JOIN market.registration_acceptance a ON a.registration_id = g.id AND a.accepted
             WHERE g.approved_at IS NULL AND g.status = 'REGISTERED'
            UNION ALL
            SELECT 'DELIVERY', p.id, p.resource_id, r.name_zh || ' · ' || p.product_code, r.name_en || ' · ' || p.product_code, v.organisation_id,
                   CAST(greatest(p.granted_at, p.starts_at) AT TIME ZONE 'Asia/Shanghai' AS date)
              FROM market.provider_grant p
              JOIN unnest(CAST(? AS text[]), CAST(? AS text[])) AS missing (product_code, resource_id)
                ON missing.product_code = p.product_code AND missing.resource_id = p.resource_id
              JOIN market.data_resource r ON r.id = p.resource_id
              JOIN market.data_provider v ON v.code = r.provider_code
             WHERE p.suspended_at IS NULL AND p.withdrawn_at IS NULL AND p.starts_at <= ? AND p.ends_at > ?
            UNION ALL
            SELECT 'PERSONAL_REQUEST', q.id, 'GR-' || q.number, coalesce(r.name_zh, q.product_code), coalesce(r.name_en, q.product_code), q.answerer_id,
                   CAST(q.raised_at AT TIME ZONE 'Asia/Shanghai' AS date)
              FROM market.personal_request q
              LEFT JOIN market.data_resource r ON r.id = q.resource_id
             WHERE q.status = 'OPEN'
            UNION ALL
            SELECT CASE WHEN j.status = 'ESCALATED' THEN 'OBJECTION_DECISION' ELSE 'OBJECTION' END, j.id, 'YY-' || j.number,
                   coalesce(r.name_zh, g.name_zh), coalesce(r.name_en, g.name_en),
                   CASE WHEN j.status = 'ESCALATED' THEN NULL ELSE j.answerer_id END,
                   CAST(CASE j.status WHEN 'ESCALATED' THEN j.escalated_at WHEN 'UPHELD' THEN j.decided_at ELSE j.raised_at END
                        AT TIME ZONE 'Asia/Shanghai' AS date)
              FROM market.objection j
              LEFT JOIN market.data_resource r ON r.id = j.resource_id
              LEFT JOIN market.registration g ON g.product_code = j.product_code AND g.product_version = j.product_version
             WHERE j.status IN ('OPEN', 'UPHELD', 'ESCALATED')
            """;
    private static final String EXTENSIONS = """
            SELECT term, subject_id, working_days, reason, asked_by, granted
              FROM market.term_extension
            """;
    private static final String ASK = """
            INSERT INTO market.term_extension (term, subject_id, working_days, reason, asked_by, asked_at)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT term_extension_pk DO NOTHING
            """;
    private static final String ASKED = """
            SELECT term, subject_id, working_days, reason, asked_by, granted
              FROM market.term_extension
             WHERE term = ? AND subject_id = ?
               FOR UPDATE
            """;
    private static final String DECIDE = """
            UPDATE market.term_extension SET granted = ?, decided_by = ?, decided_at = ? WHERE term = ? AND subject_id = ?
            """;

    private final Database database;
    private final Terms terms;
    private final JdbcDataDomain domain;
    private final Clock clock;

    Deadlines(Database database, Terms terms, JdbcDataDomain domain, Clock clock) {
        this.database = database;
        this.terms = terms;
        this.domain = domain;
        this.clock = clock;
    }

    /**
     * More time that was asked for.
     *
     * @param granted null: not decided
     */
    public record Asked(Term term, UUID subject, int workingDays, String reason, UUID askedBy, @Nullable Boolean granted) {}

    private record Open(Term term, UUID subject, String reference, String nameZh, String nameEn, @Nullable UUID responsible,
            LocalDate begins) {}

    /** Today where the city is. */
    public LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZONE);
    }

    /** Everything that is to be done within a term, what is due first. */
    public List<Deadline> listOpen() {
        Terms.Table lengths = terms.read();
        List<JdbcDataDomain.Missing> missing = domain.missing();
        return database.inTransaction(t -> {
            WorkingDays days = HolidayNotices.calendarIn(t);
            Map<UUID, Asked> asked = new HashMap<>();
            t.list(EXTENSIONS, Deadlines::readAsked).forEach(each -> asked.put(each.subject(), each));
            LocalDate today = today();
            Instant now = clock.instant();
            return t.list(OPEN, Deadlines::readOpen, missing.stream().map(JdbcDataDomain.Missing::product).toList(),
                            missing.stream().map(JdbcDataDomain.Missing::resource).toList(), now, now).stream()
                    .map(each -> deadline(each, lengths, days, asked.get(each.subject()), today))
                    .sorted(Comparator.comparing((Deadline each) -> each.due().on()).thenComparing(Deadline::term)
                            .thenComparing(Deadline::reference))
                    .toList();
        });
    }

    private static Deadline deadline(Open open, Terms.Table lengths, WorkingDays days, @Nullable Asked asked, LocalDate today) {
        Terms.Length length = lengths.lengthOf(open.term(), open.begins());
        int extended = asked != null && Boolean.TRUE.equals(asked.granted()) ? asked.workingDays() : 0;
        WorkingDays.Due due = days.after(open.begins(), length.workingDays() + extended);
        Deadline.Extension extension = lengths.extensionOf(open.term(), open.begins()).isEmpty() ? Deadline.Extension.NONE
                : asked == null ? Deadline.Extension.POSSIBLE
                : asked.granted() == null ? Deadline.Extension.ASKED
                : asked.granted() ? Deadline.Extension.GRANTED : Deadline.Extension.REFUSED;
        return new Deadline(open.term(), open.subject(), open.reference(), open.nameZh(), open.nameEn(), open.responsible(), open.begins(),
                length.workingDays(), extended, due, days.between(today, due.on()), today.isAfter(due.on()), length.citation(), extension);
    }

    /** What one thing's term is; empty: none runs. */
    public Optional<Deadline> find(Term term, UUID subject) {
        return listOpen().stream().filter(each -> each.term() == term && each.subject().equals(subject)).findFirst();
    }

    /** The last day of a term that begins on {@code begins} and is not extended. */
    public WorkingDays.Due due(Transaction t, Term term, LocalDate begins) throws SQLException {
        return HolidayNotices.calendarIn(t).after(begins, terms.read().lengthOf(term, begins).workingDays());
    }

    /** Which extensions were asked for and wait. */
    public List<Asked> listAsked() {
        return database.inTransaction(t -> t.list(EXTENSIONS, Deadlines::readAsked)).stream()
                .filter(each -> each.granted() == null).toList();
    }

    /** Whether {@code person} answers for what a deadline is about. */
    public static boolean answersFor(Person person, Deadline deadline) {
        if (person.roles().contains(Role.REGULATOR)) {
            return true;
        }
        return deadline.responsible() != null && deadline.responsible().equals(person.organisationId())
                && (person.roles().contains(Role.PROVIDER_OFFICER) || person.roles().contains(Role.MERCHANT_OFFICER));
    }

    /** Asks for more time, once and before it is over, with the reason. */
    public Change askExtension(Term term, UUID subject, int workingDays, String reason, UUID by) {
        Optional<Deadline> deadline = find(term, subject);
        return database.inTransaction(t -> {
            Person person = People.getIn(t, by);
            if (deadline.isEmpty() || !answersFor(person, deadline.get())) {
                return new Change.Refused(Change.Fault.UNKNOWN);
            }
            if (workingDays < 1 || terms.read().extensionOf(term, deadline.get().begins())
                    .filter(most -> workingDays <= most.workingDays()).isEmpty()) {
                return new Change.Refused(Change.Fault.TERM_TOO_LONG);
            }
            Optional<Asked> before = t.find(ASKED, Deadlines::readAsked, term, subject);
            if (before.isPresent()) {
                boolean same = before.get().workingDays() == workingDays && before.get().reason().equals(reason)
                        && before.get().askedBy().equals(by);
                return same ? new Change.Done(true) : new Change.Refused(Change.Fault.OVER);
            }
            if (deadline.get().overdue()) {
                return new Change.Refused(Change.Fault.OVER);
            }
            if (t.change(ASK, term, subject, workingDays, reason, by, clock.instant()) == 0) {
                return new Change.Refused(Change.Fault.OVER);
            }
            AuditLog.append(t, clock, by, "term.ask", "term", subject,
                    Map.of("term", term.name(), "workingDays", Integer.toString(workingDays), "reason", reason));
            return new Change.Done(false);
        });
    }

    /** Another person of the bureau grants or refuses more time. */
    public Change decideExtension(Term term, UUID subject, boolean granted, UUID by) {
        return database.inTransaction(t -> {
            Optional<Asked> asked = t.find(ASKED, Deadlines::readAsked, term, subject);
            if (asked.isEmpty() || !People.getIn(t, by).roles().contains(Role.REGULATOR)) {
                return new Change.Refused(Change.Fault.UNKNOWN);
            }
            if (asked.get().askedBy().equals(by)) {
                return new Change.Refused(Change.Fault.SAME_PERSON);
            }
            if (asked.get().granted() != null) {
                return Objects.equals(asked.get().granted(), granted) ? new Change.Done(true) : new Change.Refused(Change.Fault.OVER);
            }
            t.change(DECIDE, granted, by, clock.instant(), term, subject);
            AuditLog.append(t, clock, by, granted ? "term.extend" : "term.keep", "term", subject, Map.of("term", term.name()));
            return new Change.Done(false);
        });
    }

    private static Open readOpen(Row row) throws SQLException {
        return new Open(row.constant("term", Term.class), row.uuid("subject"), row.text("reference"), row.text("name_zh"),
                row.text("name_en"), row.uuidOrNull("responsible"), row.day("begins"));
    }

    private static Asked readAsked(Row row) throws SQLException {
        String granted = row.textOrNull("granted");
        return new Asked(row.constant("term", Term.class), row.uuid("subject_id"), row.integer("working_days"), row.text("reason"),
                row.uuid("asked_by"), granted == null ? null : granted.startsWith("t"));
    }
}
