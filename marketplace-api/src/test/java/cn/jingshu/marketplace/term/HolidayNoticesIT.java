package cn.jingshu.marketplace.term;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.marketplace.term.WorkingDays.Basis;
import cn.jingshu.marketplace.term.WorkingDays.Kind;
import cn.jingshu.marketplace.term.WorkingDays.Special;
import cn.jingshu.marketplace.term.WorkingDays.YearNotice;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The calendar that comes with the installation, and how the bureau enters another year. */
class HolidayNoticesIT {
    private static final UUID ORGANISATION = UUID.fromString("01936f5e-0000-7000-8000-0000000000a1");
    private static final UUID ONE = UUID.fromString("01936f5e-0000-7000-8000-000000000001");
    private static final UUID TWO = UUID.fromString("01936f5e-0000-7000-8000-000000000002");
    private static final UUID CLERK = UUID.fromString("01936f5e-0000-7000-8000-000000000003");

    private final DataSource dataSource = MarketDatabase.create();
    private final HolidayNotices notices = new HolidayNotices(new Database(dataSource),
            Clock.fixed(Instant.parse("2026-11-30T04:00:00Z"), ZoneOffset.UTC));

    HolidayNoticesIT() {
        MarketDatabase.execute(dataSource, "INSERT INTO market.organisation (id, uscc, name_zh, name_en, kinds, status, synthetic, joined_at)"
                + " VALUES ('" + ORGANISATION + "', '11420800DEM000014E', '数据局', 'Bureau', ARRAY['AUTHORITY'], 'ACTIVE', true, now())");
        person(ONE, "one", "REGULATOR");
        person(TWO, "two", "REGULATOR");
        person(CLERK, "clerk", "AUDITOR");
    }

    private void person(UUID id, String name, String role) {
        MarketDatabase.execute(dataSource, "INSERT INTO market.person (id, organisation_id, sign_in_name, display_name, password_hash, roles, created_at)"
                + " VALUES ('" + id + "', '" + ORGANISATION + "', '" + name + "', '" + name + "', '$argon2id$none', ARRAY['" + role + "'], now())");
    }

    private static long worked(WorkingDays days, int year) {
        return LocalDate.of(year, 1, 1).datesUntil(LocalDate.of(year + 1, 1, 1)).filter(days::isWorked).count();
    }

    @Test
    void theNoticesOf2025And2026AreThereToTheDay() {
        WorkingDays days = notices.calendar();
        assertThat(days.basisOf(2025)).isEqualTo(Basis.NOTICE);
        assertThat(days.basisOf(2026)).isEqualTo(Basis.NOTICE);
        // 365 days less 104 of weekends, less 13 days off by law, less those that fall on weekends and are given on working days instead
        assertThat(worked(days, 2025)).isEqualTo(248);
        assertThat(worked(days, 2026)).isEqualTo(248);
        for (String worked : List.of("2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11", "2026-01-04", "2026-02-14", "2026-02-28",
                "2026-05-09", "2026-09-20", "2026-10-10")) {
            assertThat(days.isWorked(LocalDate.parse(worked))).as(worked).isTrue();
        }
        for (String off : List.of("2025-01-28", "2025-02-04", "2025-06-02", "2025-10-08", "2026-01-02", "2026-02-16", "2026-02-23", "2026-06-19", "2026-09-25",
                "2026-10-07")) {
            assertThat(days.isWorked(LocalDate.parse(off))).as(off).isFalse();
        }
        assertThat(days.after(LocalDate.of(2026, 2, 12), 2)).as("over the Spring Festival")
                .isEqualTo(new WorkingDays.Due(LocalDate.of(2026, 2, 14), new java.util.TreeSet<>()));
        assertThat(days.after(LocalDate.of(2026, 9, 30), 3).on()).isEqualTo(LocalDate.of(2026, 10, 10));
        assertThat(notices.listAll()).allSatisfy(each -> assertThat(each.source()).contains("新华社"));
    }

    @Test
    void theDaysOffByLawStandInUntilTheNoticeIsOut() {
        WorkingDays days = notices.calendar();
        for (int year = 2027; year <= 2032; year++) {
            assertThat(days.basisOf(year)).isEqualTo(Basis.STATUTORY);
            // 13 days, of which two feasts may fall on one
            assertThat(days.specialsOf(year).size()).as("%d", year).isBetween(12, 13);
        }
        assertThat(days.basisOf(2033)).isEqualTo(Basis.WEEKENDS);
        assertThat(days.isWorked(LocalDate.of(2027, 2, 8))).as("the third day of the Spring Festival").isFalse();
        assertThat(days.isWorked(LocalDate.of(2027, 2, 9))).isTrue();
        WorkingDays.Due due = days.after(LocalDate.of(2026, 12, 24), 10);
        assertThat(due.on()).isEqualTo(LocalDate.of(2027, 1, 8));
        assertThat(due.withoutNotice()).containsExactly(2027);
    }

    private static YearNotice of2027() {
        return new YearNotice(2027, IntStream.rangeClosed(1, 3).mapToObj(day -> new Special(LocalDate.of(2027, 1, day), Kind.OFF, "元旦", "New Year"))
                .toList());
    }

    @Test
    void aNoticeChangesDatesOnceASecondPersonHasSignedIt() {
        UUID id = UUID.randomUUID();
        assertThat(notices.record(id, of2027(), "关于2027年部分节假日安排的通知", LocalDate.of(2026, 11, 5), "国务院公报", CLERK))
                .isEqualTo(new Change.Refused(Change.Fault.NAMES_UNKNOWN));
        assertThat(notices.record(id, of2027(), "关于2027年部分节假日安排的通知", LocalDate.of(2026, 11, 5), "国务院公报", ONE)).isEqualTo(new Change.Done(false));
        assertThat(notices.record(id, of2027(), "关于2027年部分节假日安排的通知", LocalDate.of(2026, 11, 5), "国务院公报", ONE)).isEqualTo(new Change.Done(true));
        assertThat(notices.record(id, of2027(), "另一个标题", LocalDate.of(2026, 11, 5), "国务院公报", ONE)).isEqualTo(new Change.Refused(Change.Fault.ID_TAKEN));
        assertThat(notices.calendar().basisOf(2027)).as("nobody else has compared it").isEqualTo(Basis.STATUTORY);
        assertThat(notices.confirm(id, ONE)).isEqualTo(new Change.Refused(Change.Fault.SAME_PERSON));
        assertThat(notices.confirm(id, CLERK)).isEqualTo(new Change.Refused(Change.Fault.UNKNOWN));
        assertThat(notices.confirm(id, TWO)).isEqualTo(new Change.Done(false));
        assertThat(notices.confirm(id, TWO)).isEqualTo(new Change.Done(true));
        WorkingDays days = notices.calendar();
        assertThat(days.basisOf(2027)).isEqualTo(Basis.NOTICE);
        assertThat(days.isWorked(LocalDate.of(2027, 2, 8))).as("the notice says the whole year").isTrue();
        assertThat(days.after(LocalDate.of(2026, 12, 31), 1).isProvisional()).isFalse();
        assertThat(MarketDatabase.texts(dataSource, "SELECT action FROM market.audit_log ORDER BY sequence")).contains("holidays.record", "holidays.confirm");
    }

    @Test
    void anAmendedYearIsANewNotice() {
        UUID id = UUID.randomUUID();
        YearNotice amended = new YearNotice(2026, List.of(new Special(LocalDate.of(2026, 12, 30), Kind.OFF, "元旦", "New Year")));
        assertThat(notices.record(id, amended, "修订", LocalDate.of(2026, 11, 28), "国务院公报", ONE)).isEqualTo(new Change.Done(false));
        assertThat(notices.confirm(id, TWO)).isEqualTo(new Change.Done(false));
        assertThat(notices.calendar().isWorked(LocalDate.of(2026, 12, 30))).isFalse();
        assertThat(notices.calendar().isWorked(LocalDate.of(2026, 10, 1))).as("the earlier notice of the year holds no longer").isTrue();
        assertThatThrownBy(() -> MarketDatabase.execute(dataSource, "UPDATE market.holiday_notice SET title = 'x' WHERE id = '" + id + "'"))
                .isInstanceOf(DatabaseException.class);
        assertThatThrownBy(() -> MarketDatabase.execute(dataSource, "DELETE FROM market.holiday_notice_day")).isInstanceOf(DatabaseException.class);
    }
}
