package cn.jingshu.ledger.journal;

import cn.jingshu.ledger.LedgerStoreException;
import cn.jingshu.ledger.Transaction;
import cn.jingshu.ledger.account.AccountCode;
import java.sql.Array;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The journal (日记账): takes balanced entries, books each id once, numbers them without a gap in their month, and
 * never changes what it booked. Safe for any number of threads and nodes on one database.
 */
public final class Journal {

    /** A month before or in the last closed one is not opened again. */
    private static final String OPEN_MONTHS = """
            INSERT INTO ledger.period (period)
            SELECT wanted.month
              FROM unnest(CAST(? AS date[])) AS wanted(month)
             WHERE NOT EXISTS (SELECT 1 FROM ledger.period p WHERE p.closed_at IS NOT NULL AND p.period >= wanted.month)
             ORDER BY wanted.month
            ON CONFLICT (period) DO NOTHING
            """;

    /** Months are locked in order, so two batches cannot deadlock; whoever holds a month numbers its entries. */
    private static final String LOCK_MONTHS = """
            SELECT period, last_number, last_booked_at, last_chain_sha256
              FROM ledger.period
             WHERE period = ANY (CAST(? AS date[])) AND closed_at IS NULL
             ORDER BY period
               FOR UPDATE
            """;

    private static final String FIND_BOOKED = """
            SELECT entry_id, period, number, booked_at, content_sha256
              FROM ledger.entry
             WHERE entry_id = ANY (CAST(? AS uuid[]))
            """;

    private static final String FIND_ACCOUNTS = """
            SELECT code, postable
              FROM ledger.account
             WHERE code = ANY (CAST(? AS text[]))
            """;

    private static final String FIND_REVERSED = """
            SELECT reverses
              FROM ledger.entry
             WHERE reverses = ANY (CAST(? AS uuid[]))
            """;

    private static final String INSERT_ENTRIES = """
            INSERT INTO ledger.entry (entry_id, period, number, effective_on, booked_at, reason, description, reverses,
                                      lines, amount_fen, content_sha256, chain_sha256)
            SELECT e.entry_id, e.period, e.number, e.effective_on, ?, e.reason, e.description, e.reverses,
                   e.lines, e.amount_fen, e.content_sha256, e.chain_sha256
              FROM unnest(CAST(? AS uuid[]), CAST(? AS date[]), CAST(? AS bigint[]), CAST(? AS date[]), CAST(? AS text[]),
                          CAST(? AS text[]), CAST(? AS uuid[]), CAST(? AS integer[]), CAST(? AS bigint[]), CAST(? AS bytea[]),
                          CAST(? AS bytea[]))
                   AS e(entry_id, period, number, effective_on, reason, description, reverses, lines, amount_fen, content_sha256,
                        chain_sha256)
            """;

    private static final String INSERT_POSTINGS = """
            INSERT INTO ledger.posting (entry_id, line, period, account_code, side, amount_fen, product, provider,
                                        merchant, consumer, purpose_class, business_line, price_version)
            SELECT p.entry_id, p.line, p.period, p.account_code, p.side, p.amount_fen, p.product, p.provider,
                   p.merchant, p.consumer, p.purpose_class, p.business_line, p.price_version
              FROM unnest(CAST(? AS uuid[]), CAST(? AS integer[]), CAST(? AS date[]), CAST(? AS text[]), CAST(? AS text[]),
                          CAST(? AS bigint[]), CAST(? AS text[]), CAST(? AS text[]), CAST(? AS text[]), CAST(? AS text[]),
                          CAST(? AS text[]), CAST(? AS text[]), CAST(? AS text[]))
                   AS p(entry_id, line, period, account_code, side, amount_fen, product, provider,
                        merchant, consumer, purpose_class, business_line, price_version)
            """;

    private static final String SELECT_BY_ID = """
            SELECT e.entry_id, e.effective_on, e.reason, e.description, e.reverses, e.number, e.booked_at,
                   e.content_sha256, e.chain_sha256, p.account_code, p.side, p.amount_fen, p.product, p.provider, p.merchant,
                   p.consumer, p.purpose_class, p.business_line, p.price_version
              FROM ledger.entry e
              JOIN ledger.posting p ON p.entry_id = e.entry_id
             WHERE e.entry_id = ANY (CAST(? AS uuid[]))
             ORDER BY e.period, e.number, p.line
            """;

    private static final String SELECT_PAGE = """
            SELECT e.entry_id, e.effective_on, e.reason, e.description, e.reverses, e.number, e.booked_at,
                   e.content_sha256, e.chain_sha256, p.account_code, p.side, p.amount_fen, p.product, p.provider, p.merchant,
                   p.consumer, p.purpose_class, p.business_line, p.price_version
              FROM ledger.entry e
              JOIN ledger.posting p ON p.entry_id = e.entry_id
             WHERE e.period = ? AND e.number > ? AND e.number <= ?
             ORDER BY e.number, p.line
            """;

    private static final String SELECT_BY_DATE = """
            SELECT e.entry_id, e.effective_on, e.reason, e.description, e.reverses, e.number, e.booked_at,
                   e.content_sha256, e.chain_sha256, p.account_code, p.side, p.amount_fen, p.product, p.provider, p.merchant,
                   p.consumer, p.purpose_class, p.business_line, p.price_version
              FROM ledger.entry e
              JOIN ledger.posting p ON p.entry_id = e.entry_id
             WHERE e.effective_on >= ? AND e.effective_on < ?
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
     * Books the entries in their order, in one transaction. An entry that is rejected is left out and the others are
     * booked; an entry given twice is booked once.
     *
     * @return one result per entry, in the same order
     * @throws LedgerStoreException if the database is gone; then nothing was booked, or everything: ask again
     */
    public List<PostResult> postAll(List<JournalEntry> entries) {
        if (entries.isEmpty()) {
            return List.of();
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return Transaction.run(dataSource, connection -> postAll(connection, entries));
            } catch (LedgerStoreException failure) {
                // The same id was booked meanwhile in another month, so no lock was shared; now it will be found.
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

    /** The entry with this number of this month; empty if there is none. */
    public Optional<BookedEntry> findEntry(YearMonth period, long number) {
        return listEntries(period, number - 1, 1).stream().findFirst();
    }

    /**
     * A page of a month's entries by number.
     *
     * @param afterNumber the last number of the page before; 0 for the first page
     * @param limit from 1 to 10,000
     */
    public List<BookedEntry> listEntries(YearMonth period, long afterNumber, int limit) {
        if (limit < 1 || limit > 10_000 || afterNumber < 0) {
            throw new IllegalArgumentException("page of " + limit + " entries after number " + afterNumber);
        }
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

    /** An open month while its row is locked. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Month(long lastNumber, @Nullable Instant lastBookedAt, byte[] chain) {}

    /** An entry accepted for booking, with its number and its place in the chain. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Numbered(JournalEntry entry, long number, byte[] digest, byte[] chain) {}

    /** What is known of an id that is booked. */
    private record Booked(YearMonth period, long number, Instant bookedAt, String digest) {}

    /**
     * {@link #postAll(List)} inside a transaction the caller has begun and will commit; an id booked at the same
     * moment in another month then fails the transaction instead of being found.
     */
    public List<PostResult> postAll(Connection connection, List<JournalEntry> entries) throws SQLException {
        Map<YearMonth, Month> openMonths = lockMonths(connection, entries);
        Map<UUID, Booked> booked = findBooked(connection, entries);
        Map<AccountCode, Boolean> accounts = findAccounts(connection, entries);
        Map<UUID, BookedEntry> originals = new HashMap<>();
        Set<UUID> reversed = new HashSet<>();
        findReversals(connection, entries, originals, reversed);

        // Never before an entry with a lower number of the same month, even if the clock was set back.
        Instant bookedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
        for (Month month : openMonths.values()) {
            if (month.lastBookedAt() != null && month.lastBookedAt().isAfter(bookedAt)) {
                bookedAt = month.lastBookedAt();
            }
        }

        Map<YearMonth, Long> lastNumbers = new HashMap<>();
        Map<YearMonth, byte[]> chains = new HashMap<>();
        openMonths.forEach((period, month) -> {
            lastNumbers.put(period, month.lastNumber());
            chains.put(period, month.chain());
        });
        Map<UUID, JournalEntry> acceptedById = new HashMap<>();
        List<Numbered> accepted = new ArrayList<>();
        List<PostResult> results = new ArrayList<>();
        for (JournalEntry entry : entries) {
            String digest = EntryDigest.of(entry);
            Booked earlier = booked.get(entry.entryId());
            if (earlier != null) {
                results.add(earlier.digest().equals(digest)
                        ? new PostResult.AlreadyPosted(earlier.period(), earlier.number(), earlier.bookedAt())
                        : new PostResult.Rejected(
                                Rejection.ID_REUSED_WITH_OTHER_CONTENT,
                                "entry " + entry.entryId() + " is number " + earlier.number() + " of "
                                        + earlier.period() + " with other content"));
                continue;
            }
            PostResult.Rejected fault = findFault(entry, openMonths, accounts, originals, acceptedById, reversed);
            if (fault != null) {
                results.add(fault);
                continue;
            }
            long number = lastNumbers.merge(entry.period(), 1L, Long::sum);
            byte[] content = HexFormat.of().parseHex(digest);
            byte[] chain = EntryChain.link(
                    Objects.requireNonNull(chains.get(entry.period()), "an open month has a chain"), content, number, bookedAt);
            chains.put(entry.period(), chain);
            accepted.add(new Numbered(entry, number, content, chain));
            acceptedById.put(entry.entryId(), entry);
            booked.put(entry.entryId(), new Booked(entry.period(), number, bookedAt, digest));
            if (entry.reverses() != null) {
                reversed.add(entry.reverses());
            }
            results.add(new PostResult.Posted(entry.period(), number, bookedAt));
        }
        if (!accepted.isEmpty()) {
            insertEntries(connection, accepted, bookedAt);
            insertPostings(connection, accepted);
        }
        return List.copyOf(results);
    }

    private static PostResult.@Nullable Rejected findFault(
            JournalEntry entry,
            Map<YearMonth, Month> openMonths,
            Map<AccountCode, Boolean> accounts,
            Map<UUID, BookedEntry> originals,
            Map<UUID, JournalEntry> acceptedById,
            Set<UUID> reversed) {
        if (!openMonths.containsKey(entry.period())) {
            return rejected(Rejection.PERIOD_CLOSED, entry, "period " + entry.period());
        }
        for (Posting posting : entry.postings()) {
            Boolean postable = accounts.get(posting.account());
            if (postable == null) {
                return rejected(Rejection.UNKNOWN_ACCOUNT, entry, "account " + posting.account());
            }
            if (!postable) {
                return rejected(Rejection.ACCOUNT_NOT_POSTABLE, entry, "account " + posting.account());
            }
        }
        UUID originalId = entry.reverses();
        if (originalId == null) {
            return null;
        }
        BookedEntry stored = originals.get(originalId);
        JournalEntry original = stored == null ? acceptedById.get(originalId) : stored.entry();
        if (original == null) {
            return rejected(Rejection.REVERSED_ENTRY_UNKNOWN, entry, "reverses " + originalId);
        }
        if (original.reason().isSettlement()) {
            return rejected(Rejection.SETTLEMENT_NOT_REVERSIBLE, entry, "reverses " + originalId);
        }
        if (reversed.contains(originalId)) {
            return rejected(Rejection.ALREADY_REVERSED, entry, "reverses " + originalId);
        }
        if (!original.mirroredPostings().equals(entry.postings())) {
            return rejected(Rejection.REVERSAL_IS_NO_MIRROR, entry, "reverses " + originalId);
        }
        return null;
    }

    private static PostResult.Rejected rejected(Rejection code, JournalEntry entry, String what) {
        return new PostResult.Rejected(code, "entry " + entry.entryId() + ": " + what);
    }

    private static Map<YearMonth, Month> lockMonths(Connection connection, List<JournalEntry> entries)
            throws SQLException {
        Date[] months = entries.stream()
                .map(JournalEntry::period)
                .distinct()
                .sorted()
                .map(Journal::firstDay)
                .toArray(Date[]::new);
        Array wanted = connection.createArrayOf("date", months);
        // Also takes the table lock a close waits for, before any row is locked; without it the two could deadlock.
        try (PreparedStatement open = connection.prepareStatement(OPEN_MONTHS)) {
            open.setArray(1, wanted);
            open.executeUpdate();
        }
        Map<YearMonth, Month> open = new TreeMap<>();
        try (PreparedStatement lock = connection.prepareStatement(LOCK_MONTHS)) {
            lock.setArray(1, wanted);
            try (ResultSet rows = lock.executeQuery()) {
                while (rows.next()) {
                    OffsetDateTime lastBookedAt = rows.getObject("last_booked_at", OffsetDateTime.class);
                    YearMonth period = YearMonth.from(rows.getObject("period", LocalDate.class));
                    byte[] lastChain = rows.getBytes("last_chain_sha256");
                    open.put(period, new Month(
                            rows.getLong("last_number"),
                            lastBookedAt == null ? null : lastBookedAt.toInstant(),
                            lastChain == null ? EntryChain.start(period) : lastChain));
                }
            }
        }
        return open;
    }

    private static Map<UUID, Booked> findBooked(Connection connection, List<JournalEntry> entries)
            throws SQLException {
        Map<UUID, Booked> booked = new HashMap<>();
        try (PreparedStatement find = connection.prepareStatement(FIND_BOOKED)) {
            find.setArray(1, uuids(connection, entries.stream().map(JournalEntry::entryId).toList()));
            try (ResultSet rows = find.executeQuery()) {
                while (rows.next()) {
                    booked.put(
                            rows.getObject("entry_id", UUID.class),
                            new Booked(
                                    YearMonth.from(rows.getObject("period", LocalDate.class)),
                                    rows.getLong("number"),
                                    rows.getObject("booked_at", OffsetDateTime.class).toInstant(),
                                    HexFormat.of().formatHex(rows.getBytes("content_sha256"))));
                }
            }
        }
        return booked;
    }

    private static Map<AccountCode, Boolean> findAccounts(Connection connection, List<JournalEntry> entries)
            throws SQLException {
        String[] codes = entries.stream()
                .flatMap(entry -> entry.postings().stream())
                .map(posting -> posting.account().value())
                .distinct()
                .toArray(String[]::new);
        Map<AccountCode, Boolean> postable = new HashMap<>();
        try (PreparedStatement find = connection.prepareStatement(FIND_ACCOUNTS)) {
            find.setArray(1, connection.createArrayOf("text", codes));
            try (ResultSet rows = find.executeQuery()) {
                while (rows.next()) {
                    postable.put(new AccountCode(rows.getString("code")), rows.getBoolean("postable"));
                }
            }
        }
        return postable;
    }

    private static void findReversals(
            Connection connection,
            List<JournalEntry> entries,
            Map<UUID, BookedEntry> originals,
            Set<UUID> reversed)
            throws SQLException {
        Set<UUID> wanted = new HashSet<>();
        for (JournalEntry entry : entries) {
            if (entry.reverses() != null) {
                wanted.add(entry.reverses());
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        originals.putAll(selectById(connection, wanted));
        try (PreparedStatement find = connection.prepareStatement(FIND_REVERSED)) {
            find.setArray(1, uuids(connection, wanted));
            try (ResultSet rows = find.executeQuery()) {
                while (rows.next()) {
                    reversed.add(rows.getObject("reverses", UUID.class));
                }
            }
        }
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

    private static void insertEntries(Connection connection, List<Numbered> accepted, Instant bookedAt)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_ENTRIES)) {
            insert.setObject(1, bookedAt.atOffset(ZoneOffset.UTC));
            insert.setArray(2, uuids(connection, accepted.stream().map(n -> n.entry().entryId()).toList()));
            insert.setArray(3, connection.createArrayOf(
                    "date", accepted.stream().map(n -> firstDay(n.entry().period())).toArray()));
            insert.setArray(4, connection.createArrayOf("bigint", accepted.stream().map(Numbered::number).toArray()));
            insert.setArray(5, connection.createArrayOf(
                    "date", accepted.stream().map(n -> Date.valueOf(n.entry().effectiveOn())).toArray()));
            insert.setArray(6, connection.createArrayOf(
                    "text", accepted.stream().map(n -> n.entry().reason().name()).toArray()));
            insert.setArray(7, connection.createArrayOf(
                    "text", accepted.stream().map(n -> n.entry().description()).toArray()));
            insert.setArray(8, connection.createArrayOf(
                    "uuid", accepted.stream().map(n -> n.entry().reverses()).toArray()));
            insert.setArray(9, connection.createArrayOf(
                    "integer", accepted.stream().map(n -> n.entry().postings().size()).toArray()));
            insert.setArray(10, connection.createArrayOf(
                    "bigint", accepted.stream().map(n -> n.entry().amount().fen()).toArray()));
            insert.setArray(11, connection.createArrayOf(
                    "bytea", accepted.stream().map(Numbered::digest).toArray(byte[][]::new)));
            insert.setArray(12, connection.createArrayOf(
                    "bytea", accepted.stream().map(Numbered::chain).toArray(byte[][]::new)));
            insert.executeUpdate();
        }
    }

    private static void insertPostings(Connection connection, List<Numbered> accepted) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Numbered numbered : accepted) {
            JournalEntry entry = numbered.entry();
            int line = 0;
            for (Posting posting : entry.postings()) {
                line++;
                Dimensions about = posting.dimensions();
                rows.add(new @Nullable Object[] {
                    entry.entryId(),
                    line,
                    firstDay(entry.period()),
                    posting.account().value(),
                    posting.side().name(),
                    posting.amount().fen(),
                    about.product(),
                    about.provider(),
                    about.merchant(),
                    about.consumer(),
                    about.purposeClass(),
                    about.businessLine(),
                    about.priceVersion()
                });
            }
        }
        List<String> types = List.of(
                "uuid", "integer", "date", "text", "text", "bigint", "text", "text", "text", "text", "text", "text", "text");
        try (PreparedStatement insert = connection.prepareStatement(INSERT_POSTINGS)) {
            for (int column = 0; column < types.size(); column++) {
                int at = column;
                insert.setArray(
                        column + 1,
                        connection.createArrayOf(types.get(column), rows.stream().map(row -> row[at]).toArray()));
            }
            insert.executeUpdate();
        }
    }

    private static Array uuids(Connection connection, Collection<UUID> ids) throws SQLException {
        return connection.createArrayOf("uuid", ids.toArray());
    }

    private static Date firstDay(YearMonth period) {
        return Date.valueOf(period.atDay(1));
    }
}
