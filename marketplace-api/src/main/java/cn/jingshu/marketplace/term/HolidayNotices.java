package cn.jingshu.marketplace.term;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.marketplace.term.WorkingDays.Special;
import cn.jingshu.marketplace.term.WorkingDays.YearNotice;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The State Council's notices of holidays (国务院办公厅关于…部分节假日安排的通知): entered by one person of the bureau, compared with the
 * published text and signed by another. Until then a notice changes no date.
 */
@Singleton
public final class HolidayNotices {
    private static final String ADD = """
            INSERT INTO market.holiday_notice (id, year, title, issued_on, source, recorded_by, recorded_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT holiday_notice_pk DO NOTHING
            """;
    private static final String ADD_DAY = """
            INSERT INTO market.holiday_notice_day (notice_id, day, kind, name_zh, name_en) VALUES (?, ?, ?, ?, ?)
            """;
    private static final String CONFIRM = """
            UPDATE market.holiday_notice SET confirmed_by = ?, confirmed_at = ? WHERE id = ? AND confirmed_at IS NULL
            """;
    private static final String BY_ID = """
            SELECT id, year, title, issued_on, source, recorded_by, recorded_at, confirmed_by, confirmed_at
              FROM market.holiday_notice
             WHERE id = ?
            """;
    private static final String ALL = """
            SELECT id, year, title, issued_on, source, recorded_by, recorded_at, confirmed_by, confirmed_at
              FROM market.holiday_notice
             ORDER BY year DESC, recorded_at DESC, id
            """;
    private static final String DAYS = """
            SELECT day, kind, name_zh, name_en FROM market.holiday_notice_day WHERE notice_id = ? ORDER BY day
            """;
    /** Of several about one year the one signed last. */
    private static final String DAYS_IN_FORCE = """
            SELECT n.year, d.day, d.kind, d.name_zh, d.name_en
              FROM (SELECT DISTINCT ON (year) id, year
                      FROM market.holiday_notice
                     WHERE confirmed_at IS NOT NULL
                     ORDER BY year, confirmed_at DESC, id) AS n
              JOIN market.holiday_notice_day d ON d.notice_id = n.id
             ORDER BY n.year, d.day
            """;
    private static final String STATUTORY = """
            SELECT day, name_zh, name_en FROM market.statutory_day ORDER BY day
            """;

    private final Database database;
    private final Clock clock;

    public HolidayNotices(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * A notice.
     *
     * @param title as it was published
     * @param source where the text was read
     * @param recordedBy null: it came with the installation
     * @param confirmedBy null: nobody else has compared it yet, or it came with the installation
     * @param confirmedAt null: it changes no date yet
     */
    public record Notice(UUID id, YearNotice says, String title, LocalDate issuedOn, String source, @Nullable UUID recordedBy,
            Instant recordedAt, @Nullable UUID confirmedBy, @Nullable Instant confirmedAt) {
        public boolean inForce() {
            return confirmedAt != null;
        }
    }

    /** The calendar as it is known now. */
    public WorkingDays calendar() {
        return database.inTransaction(HolidayNotices::calendarIn);
    }

    /** The same, inside a transaction. */
    public static WorkingDays calendarIn(Transaction t) throws SQLException {
        Map<Integer, List<Special>> years = new LinkedHashMap<>();
        record Said(int year, Special special) {}
        for (Said said : t.list(DAYS_IN_FORCE, row -> new Said(row.integer("year"), special(row)))) {
            years.computeIfAbsent(said.year(), _ -> new ArrayList<>()).add(said.special());
        }
        List<YearNotice> notices = years.entrySet().stream().map(each -> new YearNotice(each.getKey(), each.getValue())).toList();
        return new WorkingDays(notices, t.list(STATUTORY,
                row -> new Special(row.day("day"), WorkingDays.Kind.OFF, row.text("name_zh"), row.text("name_en"))));
    }

    /** Enters a notice under an id of the caller's own. */
    public Change record(UUID id, YearNotice says, String title, LocalDate issuedOn, String source, UUID by) {
        return database.inTransaction(t -> {
            if (!People.getIn(t, by).roles().contains(Role.REGULATOR)) {
                return new Change.Refused(Change.Fault.NAMES_UNKNOWN);
            }
            if (t.change(ADD, id, says.year(), title, issuedOn, source, by, clock.instant()) == 0) {
                Notice before = find(t, id).orElseThrow(() -> new IllegalStateException("holiday notice " + id + " has vanished"));
                boolean same = sorted(before.says()).equals(sorted(says)) && before.title().equals(title)
                        && before.issuedOn().equals(issuedOn) && before.source().equals(source) && by.equals(before.recordedBy());
                return same ? new Change.Done(true) : new Change.Refused(Change.Fault.ID_TAKEN);
            }
            for (Special day : says.days()) {
                t.change(ADD_DAY, id, day.day(), day.kind(), day.nameZh(), day.nameEn());
            }
            AuditLog.append(t, clock, by, "holidays.record", "holiday_notice", id,
                    Map.of("year", Integer.toString(says.year()), "title", title, "days", Integer.toString(says.days().size())));
            return new Change.Done(false);
        });
    }

    private static List<Special> sorted(YearNotice notice) {
        return notice.days().stream().sorted((a, b) -> a.day().compareTo(b.day())).toList();
    }

    /** Another person of the bureau has compared it with the published text: from now on dates are reckoned by it. */
    public Change confirm(UUID id, UUID by) {
        return database.inTransaction(t -> {
            Optional<Notice> notice = find(t, id);
            if (notice.isEmpty() || !People.getIn(t, by).roles().contains(Role.REGULATOR)) {
                return new Change.Refused(Change.Fault.UNKNOWN);
            }
            if (by.equals(notice.get().recordedBy())) {
                return new Change.Refused(Change.Fault.SAME_PERSON);
            }
            if (t.change(CONFIRM, by, clock.instant(), id) == 0) {
                return new Change.Done(true);
            }
            AuditLog.append(t, clock, by, "holidays.confirm", "holiday_notice", id,
                    Map.of("year", Integer.toString(notice.get().says().year())));
            return new Change.Done(false);
        });
    }

    public Optional<Notice> find(UUID id) {
        return database.inTransaction(t -> find(t, id));
    }

    private static Optional<Notice> find(Transaction t, UUID id) throws SQLException {
        List<Special> days = t.list(DAYS, HolidayNotices::special, id);
        return t.find(BY_ID, row -> read(row, days), id);
    }

    /** All of them, the latest years first. */
    public List<Notice> listAll() {
        return database.inTransaction(t -> {
            List<Notice> notices = new ArrayList<>();
            for (UUID id : t.list(ALL, row -> row.uuid("id"))) {
                find(t, id).ifPresent(notices::add);
            }
            return List.copyOf(notices);
        });
    }

    private static Special special(Row row) throws SQLException {
        return new Special(row.day("day"), row.constant("kind", WorkingDays.Kind.class), row.text("name_zh"), row.text("name_en"));
    }

    private static Notice read(Row row, List<Special> days) throws SQLException {
        return new Notice(row.uuid("id"), new YearNotice(row.integer("year"), days), row.text("title"), row.day("issued_on"),
                row.text("source"), row.uuidOrNull("recorded_by"), row.instant("recorded_at"), row.uuidOrNull("confirmed_by"),
                row.instantOrNull("confirmed_at"));
    }
}
