package cn.jingshu.ledger.journal;

import cn.jingshu.ledger.LedgerStoreException;
import cn.jingshu.ledger.Transaction;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * The journal (日记账): takes balanced entries, books each id once, numbers them without a gap in their month, and
 * never changes what it booked. Safe for any number of threads and nodes on one database.
 */
public final class Journal {

    private static final String BOOKED_IDS = """
            SELECT entry_id FROM ledger.entry WHERE entry_id = ANY (CAST(? AS uuid[]))
            """;

    private static final String SELECT_BY_ID = """
            SELECT e.entry_id, e.effective_on, e.reason, e.description, e.reverses, e.number, e.booked_at,
                   e.content_sha256, e.chain_sha256, p.account_code, p.side, p.amount_fen, p.product, p.provider, p.merchant,
                   p.consumer, p.purpose_class, p.business_line, p.price_version, p.service_period
              FROM ledger.entry e
              JOIN ledger.posting p ON p.period = e.period AND p.number = e.number
             WHERE e.entry_id = ANY (CAST(? AS uuid[]))
             ORDER BY e.period, e.number, p.line
            """;

    private static final String SELECT_PAGE = """
            SELECT e.entry_id, e.effective_on, e.reason, e.description, e.reverses, e.number, e.booked_at,
                   e.content_sha256, e.chain_sha256, p.account_code, p.side, p.amount_fen, p.product, p.provider, p.merchant,
                   p.consumer, p.purpose_class, p.business_line, p.price_version, p.service_period
              FROM ledger.entry e
              JOIN ledger.posting p ON p.period = e.period AND p.number = e.number
             WHERE e.period = ? AND e.number > ? AND e.number <= ?
             ORDER BY e.number, p.line
            """;

    private static final String SELECT_PAGE_AT = """
            SELECT e.entry_id, e.effective_on, e.reason, e.description, e.reverses, e.number, e.booked_at,
                   e.content_sha256, e.chain_sha256, p.account_code, p.side, p.amount_fen, p.product, p.provider, p.merchant,
                   p.consumer, p.purpose_class, p.business_line, p.price_version, p.service_period
              FROM ledger.entry e
              JOIN ledger.posting p ON p.period = e.period AND p.number = e.number
             WHERE e.period = ? AND e.number = ANY (ARRAY(
                       SELECT n.number
                         FROM ledger.entry n
                        WHERE n.period = ? AND n.number > ?
                          AND (CAST(? AS date) IS NULL OR n.effective_on <= CAST(? AS date))
                          AND (CAST(? AS timestamptz) IS NULL OR n.booked_at <= CAST(? AS timestamptz))
                        ORDER BY n.number
                        LIMIT ?))
             ORDER BY e.number, p.line
            """;

    private static final String SELECT_BY_DATE = """
            SELECT e.entry_id, e.effective_on, e.reason, e.description, e.reverses, e.number, e.booked_at,
                   e.content_sha256, e.chain_sha256, p.account_code, p.side, p.amount_fen, p.product, p.provider, p.merchant,
                   p.consumer, p.purpose_class, p.business_line, p.price_version, p.service_period
              FROM ledger.entry e
              JOIN ledger.posting p ON p.period = e.period AND p.number = e.number
             WHERE e.period >= ? AND e.period < ?
             ORDER BY e.effective_on, e.number, p.line
            """;

    private static final String UNIQUE_VIOLATION = "23505";
    private static final int ATTEMPTS = 5;
    private static final int FETCHED_ROWS = 2_000;

    private final DataSource dataSource;
    private final Clock clock;

    /** @param clock says when an entry was booked */
    public Journal(DataSource dataSource, Clock clock) {
        this.dataSource = dataSource;
        this.clock = clock;
    }

    /** Books one entry; see {@link #postAll}. */
    public PostResult post(JournalEntry entry) {
        return postAll(List.of(entry)).getFirst();
    }

    /**
     * Books the entries in their order, in one transaction, which is one round trip to the database. An entry that is rejected is left out and the
     * others are booked; an entry given twice is booked once.
     *
     * @return one result per entry, in the same order
     * @throws LedgerStoreException if the database is gone; then nothing was booked, or everything: ask again
     */
    public List<PostResult> postAll(List<JournalEntry> entries) {
        return postDigested(entries.stream().map(DigestedEntry::of).toList());
    }

    /** {@link #postAll(List)} of entries whose digests are known. */
    List<PostResult> postDigested(List<DigestedEntry> entries) {
        if (entries.isEmpty()) {
            return List.of();
        }
        BookingCall call = new BookingCall(entries);
        for (int attempt = 1; ; attempt++) {
            try {
                return Transaction.ofOneStatement(dataSource, connection -> call.on(connection, clock.instant()));
            } catch (LedgerStoreException failure) {
                // An id was booked meanwhile in another month, with which no lock was shared; now it is found.
                if (!failure.sqlState().equals(UNIQUE_VIOLATION) || attempt == ATTEMPTS) {
                    throw failure;
                }
            }
        }
    }

    /** The entry with this id; empty if it is not booked. */
    public Optional<BookedEntry> findEntry(UUID entryId) {
        return Transaction.read(dataSource, connection -> selectById(connection, Set.of(entryId)).values().stream()
                .findFirst());
    }

    /** {@link #findEntry(UUID)} of what was in effect and known at {@code at}; empty also if it is of a later date, or was booked later. */
    public Optional<BookedEntry> findEntry(UUID entryId, ReadPoint at) {
        return findEntry(entryId).filter(booked -> at.includes(booked.entry().effectiveOn(), booked.bookedAt()));
    }

    /** Which of these entries are booked. */
    public Set<UUID> findBooked(Set<UUID> entryIds) {
        return Transaction.read(dataSource, connection -> {
            Set<UUID> booked = new HashSet<>();
            try (PreparedStatement find = connection.prepareStatement(BOOKED_IDS)) {
                find.setArray(1, uuids(connection, entryIds));
                try (ResultSet rows = find.executeQuery()) {
                    while (rows.next()) {
                        booked.add(rows.getObject("entry_id", UUID.class));
                    }
                }
            }
            return booked;
        });
    }

    /** {@link #findEntry(UUID)} inside a transaction the caller has begun. */
    public static Optional<BookedEntry> findEntry(Connection connection, UUID entryId) throws SQLException {
        return selectById(connection, Set.of(entryId)).values().stream().findFirst();
    }

    /** The entry with this number of this month; empty if there is none. */
    public Optional<BookedEntry> findEntry(YearMonth period, long number) {
        return listEntries(period, number - 1, 1).stream().findFirst();
    }

    /** {@link #findEntry(YearMonth, long)} of what was in effect and known at {@code at}. */
    public Optional<BookedEntry> findEntry(YearMonth period, long number, ReadPoint at) {
        return findEntry(period, number).filter(booked -> at.includes(booked.entry().effectiveOn(), booked.bookedAt()));
    }

    /**
     * A page of a month's entries by number.
     *
     * @param afterNumber the last number of the page before; 0 for the first page
     * @param limit from 1 to 10,000
     */
    public List<BookedEntry> listEntries(YearMonth period, long afterNumber, int limit) {
        requirePage(afterNumber, limit);
        return Transaction.read(dataSource, connection -> {
            try (PreparedStatement select = connection.prepareStatement(SELECT_PAGE)) {
                select.setObject(1, period.atDay(1));
                select.setLong(2, afterNumber);
                // Numbers have no gaps, so the end of the page is known beforehand.
                select.setLong(3, Math.addExact(afterNumber, limit));
                try (ResultSet rows = select.executeQuery()) {
                    return EntryRows.list(rows);
                }
            }
        });
    }

    /** {@link #listEntries(YearMonth, long, int)} of what was in effect and known at {@code at}. */
    public List<BookedEntry> listEntries(YearMonth period, long afterNumber, int limit, ReadPoint at) {
        requirePage(afterNumber, limit);
        Object known = at.asKnownAt() == null ? null : at.asKnownAt().atOffset(ZoneOffset.UTC);
        return Transaction.read(dataSource, connection -> {
            try (PreparedStatement select = connection.prepareStatement(SELECT_PAGE_AT)) {
                select.setObject(1, period.atDay(1));
                select.setObject(2, period.atDay(1));
                select.setLong(3, afterNumber);
                select.setObject(4, at.asOf(), Types.DATE);
                select.setObject(5, at.asOf(), Types.DATE);
                select.setObject(6, known, Types.TIMESTAMP_WITH_TIMEZONE);
                select.setObject(7, known, Types.TIMESTAMP_WITH_TIMEZONE);
                select.setInt(8, limit);
                try (ResultSet rows = select.executeQuery()) {
                    return EntryRows.list(rows);
                }
            }
        });
    }

    private static void requirePage(long afterNumber, int limit) {
        if (limit < 1 || limit > 10_000 || afterNumber < 0) {
            throw new IllegalArgumentException("page of " + limit + " entries after number " + afterNumber);
        }
    }

    /**
     * Hands every entry of the months {@code from} to {@code through} to {@code reader}, by voucher date and number, in
     * constant memory and as the books stood when {@code connection}'s transaction began.
     *
     * @param connection inside {@link Transaction#read}
     */
    public static void forEachEntry(
            Connection connection, YearMonth from, YearMonth through, Consumer<BookedEntry> reader)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_BY_DATE)) {
            select.setFetchSize(FETCHED_ROWS);
            select.setObject(1, from.atDay(1));
            select.setObject(2, through.plusMonths(1).atDay(1));
            try (ResultSet rows = select.executeQuery()) {
                EntryRows.forEach(rows, reader);
            }
        }
    }

    /** {@link #forEachEntry} by month and number, the order of the chains. */
    public static void forEachNumbered(
            Connection connection, YearMonth from, YearMonth through, Consumer<BookedEntry> reader)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_PAGE)) {
            select.setFetchSize(FETCHED_ROWS);
            for (YearMonth month = from; !month.isAfter(through); month = month.plusMonths(1)) {
                select.setObject(1, month.atDay(1));
                select.setLong(2, 0);
                select.setLong(3, Long.MAX_VALUE);
                try (ResultSet rows = select.executeQuery()) {
                    EntryRows.forEach(rows, reader);
                }
            }
        }
    }

    /**
     * {@link #postAll(List)} inside a transaction the caller has begun and will commit; an id booked at the same
     * moment in another month then fails the transaction instead of being found.
     */
    public List<PostResult> postAll(Connection connection, List<JournalEntry> entries) throws SQLException {
        return entries.isEmpty() ? List.of() : new BookingCall(entries.stream().map(DigestedEntry::of).toList()).on(connection, clock.instant());
    }

    private static Map<UUID, BookedEntry> selectById(Connection connection, Collection<UUID> ids)
            throws SQLException {
        Map<UUID, BookedEntry> found = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT_BY_ID)) {
            select.setArray(1, uuids(connection, ids));
            try (ResultSet rows = select.executeQuery()) {
                EntryRows.forEach(rows, booked -> found.put(booked.entry().entryId(), booked));
            }
        }
        return found;
    }

    private static Array uuids(Connection connection, Collection<UUID> ids) throws SQLException {
        return connection.createArrayOf("uuid", ids.toArray());
    }
}
