package cn.jingshu.metering.usage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * How long usage events are kept (留存): three years from the end of their month at least. Older months may be dropped,
 * here and nowhere else; their hourly totals, voids and counts stay, and bills of such months are read from the totals.
 *
 * @see "按要求建立数据流转台账,留存操作记录不少于3年 (POLICY R-3.4.4c); the longest of the rules in POLICY 5.6 for such records"
 */
public final class Retention {
    /** No event goes sooner, whatever is set. PostgreSQL holds the same number. */
    public static final int LEAST_MONTHS = 36;

    private static final int MOST_MONTHS = 1_200;

    private static final String KEPT = """
        SELECT month,
               metering.usage_kept_until(month, ?) AS kept_until,
               metering.usage_kept_until(month, ?) <= now() AS droppable,
               pg_total_relation_size(to_regclass('metering.usage_event_' || to_char(month, 'YYYY_MM'))) AS bytes
          FROM metering.usage_partition
         WHERE dropped_at IS NULL
         ORDER BY month
        """;

    private static final String DROPPABLE = """
        SELECT month
          FROM metering.usage_partition
         WHERE dropped_at IS NULL AND metering.usage_kept_until(month, ?) <= now()
         ORDER BY month
        """;

    private static final String DROP = "SELECT metering.drop_usage_month(?, ?) AS events";

    private static final String LOCKED = """
        SELECT EXISTS (SELECT 1 FROM pg_event_trigger WHERE evtname = 'usage_retention' AND evtenabled <> 'D') AS locked
        """;

    private final DataSource dataSource;
    private final int keepMonths;

    /**
     * @param keepMonths months an event is kept after the end of its own; 36 to 1,200
     * @throws IllegalArgumentException if that is less than the law allows
     */
    public Retention(DataSource dataSource, int keepMonths) {
        if (keepMonths < LEAST_MONTHS || keepMonths > MOST_MONTHS) {
            throw new IllegalArgumentException(
                    "keepMonths is " + keepMonths + ", allowed: " + LEAST_MONTHS + " to " + MOST_MONTHS);
        }
        this.dataSource = dataSource;
        this.keepMonths = keepMonths;
    }

    /**
     * A month whose events are stored.
     *
     * @param keptUntil first moment at which they may be dropped
     * @param droppable whether that moment has come, by the clock of PostgreSQL
     * @param bytes what they take in PostgreSQL, indexes included
     */
    public record StoredMonth(YearMonth month, Instant keptUntil, boolean droppable, long bytes) {}

    /** Every month whose events are stored, oldest first. */
    public List<StoredMonth> listStored() throws SQLException {
        List<StoredMonth> months = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement list = connection.prepareStatement(KEPT)) {
            list.setInt(1, keepMonths);
            list.setInt(2, keepMonths);
            try (ResultSet row = list.executeQuery()) {
                while (row.next()) {
                    months.add(new StoredMonth(YearMonth.from(row.getObject("month", LocalDate.class)),
                            row.getObject("kept_until", OffsetDateTime.class).toInstant(), row.getBoolean("droppable"),
                            row.getLong("bytes")));
                }
            }
        }
        return List.copyOf(months);
    }

    /** The months whose events may be dropped now, oldest first. */
    public List<YearMonth> listDroppable() throws SQLException {
        List<YearMonth> months = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement list = connection.prepareStatement(DROPPABLE)) {
            list.setInt(1, keepMonths);
            try (ResultSet row = list.executeQuery()) {
                while (row.next()) {
                    months.add(YearMonth.from(row.getObject("month", LocalDate.class)));
                }
            }
        }
        return List.copyOf(months);
    }

    /**
     * Drops the events of a month.
     *
     * @return events dropped; zero: the month has none, or was dropped before
     * @throws SQLException with the constraint {@code usage_retention} if the month must be kept still
     */
    public long drop(YearMonth month) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement drop = connection.prepareStatement(DROP)) {
            drop.setObject(1, month.atDay(1));
            drop.setInt(2, keepMonths);
            try (ResultSet row = drop.executeQuery()) {
                row.next();
                return row.getLong("events");
            }
        }
    }

    /** Whether PostgreSQL itself refuses to lose a month; false where the migration did not run as a superuser. */
    public boolean isLocked() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement locked = connection.prepareStatement(LOCKED);
                ResultSet row = locked.executeQuery()) {
            row.next();
            return row.getBoolean("locked");
        }
    }
}
