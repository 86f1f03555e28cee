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
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The journal (日记账): takes balanced entries, books each id once, numbers them without a gap in their month, and
 * never changes what it booked. Safe for any number of threads and nodes on one database.
 */
public final class Journal {

    /** Whoever holds a month numbers its entries. */
    private static final String HOLD_MONTHS = """
            SELECT period, last_number, last_booked_at, last_chain_sha256
              FROM ledger.hold_months(CAST(? AS date[]))
            """;

    private static final String FIND_BOOKED = """
            SELECT entry_id, period, number, booked_at, content_sha256
              FROM ledger.entry
             WHERE entry_id = ANY (CAST(? AS uuid[]))
            """;

    private static final String BOOKED_IDS = """
            SELECT entry_id FROM ledger.entry WHERE entry_id = ANY (CAST(? AS uuid[]))
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

    private static final String COPY_ENTRIES = """
            COPY ledger.entry (entry_id, period, number, effective_on, booked_at, reason, description, reverses, lines,
                               amount_fen, content_sha256, chain_sha256)
            FROM STDIN (FORMAT binary)
            """;

    private static final String COPY_POSTINGS = """
            COPY ledger.posting (period, line, number, amount_fen, account_code, side, product, provider, merchant, consumer,
                                 purpose_class, business_line, price_version, service_period)
            FROM STDIN (FORMAT binary)
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

    /** Accounts of the chart and whether they may be posted to; the chart only grows, and by migrations alone. */
    private final Map<AccountCode, Boolean> knownAccounts = new ConcurrentHashMap<>();

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
        return postDigested(entries.stream().map(DigestedEntry::of).toList());
    }

    /** {@link #postAll(List)} of entries whose digests are known. */
    List<PostResult> postDigested(List<DigestedEntry> entries) {
        if (entries.isEmpty()) {
            return List.of();
        }
        for (int attempt = 1; ; attempt++) {
            boolean again = attempt > 1;
            try {
                return Transaction.run(dataSource, connection -> postDigested(connection, entries, again));
            } catch (LedgerStoreException failure) {
                // An id is booked already, before or meanwhile in another month, with which no lock was shared; now it is looked for.
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

    /** An open month while its row is locked. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Month(long lastNumber, @Nullable Instant lastBookedAt, byte[] chain) {}

    /** An entry accepted for booking, with its number and its place in the chain. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Numbered(JournalEntry entry, long number, byte[] digest, byte[] chain) {}

    /** What is known of an id that is booked. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Booked(YearMonth period, long number, Instant bookedAt, byte[] digest) {}

    /**
     * {@link #postAll(List)} inside a transaction the caller has begun and will commit; an id booked at the same
     * moment in another month then fails the transaction instead of being found.
     */
    public List<PostResult> postAll(Connection connection, List<JournalEntry> entries) throws SQLException {
        return postDigested(connection, entries.stream().map(DigestedEntry::of).toList(), true);
    }

    /**
     * @param look whether to look first for what is booked already. Most entries are new, so it is left to the key of the entries to tell:
     *     the transaction then fails with a unique violation
     */
    private List<PostResult> postDigested(Connection connection, List<DigestedEntry> digested, boolean look) throws SQLException {
        if (digested.isEmpty()) {
            return List.of();
        }
        List<JournalEntry> entries = digested.stream().map(DigestedEntry::entry).toList();
        Map<AccountCode, Boolean> accounts = findAccounts(connection, entries);
        Map<YearMonth, Month> openMonths = holdMonths(connection, entries);
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

        Standing standing = new Standing(openMonths, accounts, originals, reversed, bookedAt);
        Decision decision = decide(digested, standing, look ? findBooked(connection, entries) : Map.of());
        if (!look && decision.hasRejections()) { // what looks wrong now may have been right, and booked, before
            decision = decide(digested, standing, findBooked(connection, entries));
        }
        if (!decision.accepted().isEmpty()) {
            copyEntries(connection, decision.accepted(), bookedAt);
            copyPostings(connection, decision.accepted());
        }
        return List.copyOf(decision.results());
    }

    /** How the books stand while the months of some entries are held. */
    private record Standing(
            Map<YearMonth, Month> openMonths,
            Map<AccountCode, Boolean> accounts,
            Map<UUID, BookedEntry> originals,
            Set<UUID> reversed,
            Instant bookedAt) {}

    /** The answer to each entry, and those to be booked. */
    private record Decision(List<PostResult> results, List<Numbered> accepted) {
        boolean hasRejections() {
            return results.stream().anyMatch(PostResult.Rejected.class::isInstance);
        }
    }

    private static Decision decide(List<DigestedEntry> digested, Standing standing, Map<UUID, Booked> bookedBefore) {
        Instant bookedAt = standing.bookedAt();
        Map<UUID, Booked> booked = new HashMap<>(bookedBefore);
        Set<UUID> reversed = new HashSet<>(standing.reversed());
        Map<YearMonth, Long> lastNumbers = new HashMap<>();
        Map<YearMonth, byte[]> chains = new HashMap<>();
        standing.openMonths().forEach((period, month) -> {
            lastNumbers.put(period, month.lastNumber());
            chains.put(period, month.chain());
        });
        Map<UUID, JournalEntry> acceptedById = new HashMap<>();
        List<Numbered> accepted = new ArrayList<>();
        List<PostResult> results = new ArrayList<>();
        for (DigestedEntry given : digested) {
            JournalEntry entry = given.entry();
            Booked earlier = booked.get(entry.entryId());
            if (earlier != null) {
                results.add(Arrays.equals(earlier.digest(), given.sha256())
                        ? new PostResult.AlreadyPosted(earlier.period(), earlier.number(), earlier.bookedAt())
                        : new PostResult.Rejected(
                                Rejection.ID_REUSED_WITH_OTHER_CONTENT,
                                "entry " + entry.entryId() + " is number " + earlier.number() + " of "
                                        + earlier.period() + " with other content"));
                continue;
            }
            PostResult.Rejected fault =
                    findFault(entry, standing.openMonths(), standing.accounts(), standing.originals(), acceptedById, reversed);
            if (fault != null) {
                results.add(fault);
                continue;
            }
            long number = lastNumbers.merge(entry.period(), 1L, Long::sum);
            byte[] chain = EntryChain.link(
                    Objects.requireNonNull(chains.get(entry.period()), "an open month has a chain"), given.sha256(), number, bookedAt);
            chains.put(entry.period(), chain);
            accepted.add(new Numbered(entry, number, given.sha256(), chain));
            acceptedById.put(entry.entryId(), entry);
            booked.put(entry.entryId(), new Booked(entry.period(), number, bookedAt, given.sha256()));
            if (entry.reverses() != null) {
                reversed.add(entry.reverses());
            }
            results.add(new PostResult.Posted(entry.period(), number, bookedAt));
        }
        return new Decision(results, accepted);
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

    private static Map<YearMonth, Month> holdMonths(Connection connection, List<JournalEntry> entries) throws SQLException {
        Set<YearMonth> months = new TreeSet<>();
        for (JournalEntry entry : entries) {
            months.add(entry.period());
        }
        Map<YearMonth, Month> open = new TreeMap<>();
        try (PreparedStatement hold = connection.prepareStatement(HOLD_MONTHS)) {
            hold.setArray(1, connection.createArrayOf("date", months.stream().map(month -> Date.valueOf(month.atDay(1))).toArray()));
            try (ResultSet rows = hold.executeQuery()) {
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

    private static Map<UUID, Booked> findBooked(Connection connection, List<JournalEntry> entries) throws SQLException {
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
                                    rows.getBytes("content_sha256")));
                }
            }
        }
        return booked;
    }

    /** Whether each account named may be posted to; one the chart does not have is left out. */
    private Map<AccountCode, Boolean> findAccounts(Connection connection, List<JournalEntry> entries) throws SQLException {
        Set<String> unknown = new HashSet<>();
        for (JournalEntry entry : entries) {
            for (Posting posting : entry.postings()) {
                if (!knownAccounts.containsKey(posting.account())) {
                    unknown.add(posting.account().value());
                }
            }
        }
        if (!unknown.isEmpty()) {
            try (PreparedStatement find = connection.prepareStatement(FIND_ACCOUNTS)) {
                find.setArray(1, connection.createArrayOf("text", unknown.toArray()));
                try (ResultSet rows = find.executeQuery()) {
                    while (rows.next()) {
                        knownAccounts.put(new AccountCode(rows.getString("code")), rows.getBoolean("postable"));
                    }
                }
            }
        }
        return knownAccounts;
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

    private static void copyEntries(Connection connection, List<Numbered> accepted, Instant bookedAt)
            throws SQLException {
        CopyRows rows = new CopyRows(256 * accepted.size());
        for (Numbered numbered : accepted) {
            JournalEntry entry = numbered.entry();
            rows.row(12)
                    .uuid(entry.entryId())
                    .date(entry.period().atDay(1))
                    .int8(numbered.number())
                    .date(entry.effectiveOn())
                    .timestamptz(bookedAt)
                    .text(entry.reason().name())
                    .text(entry.description())
                    .uuid(entry.reverses())
                    .int4(entry.postings().size())
                    .int8(entry.amount().fen())
                    .bytea(numbered.digest())
                    .bytea(numbered.chain());
        }
        rows.send(connection, COPY_ENTRIES);
    }

    private static void copyPostings(Connection connection, List<Numbered> accepted) throws SQLException {
        CopyRows rows = new CopyRows(512 * accepted.size());
        for (Numbered numbered : accepted) {
            LocalDate period = numbered.entry().period().atDay(1);
            int line = 0;
            for (Posting posting : numbered.entry().postings()) {
                line++;
                Dimensions about = posting.dimensions();
                YearMonth servicePeriod = about.servicePeriod();
                rows.row(14)
                        .date(period)
                        .int4(line)
                        .int8(numbered.number())
                        .int8(posting.amount().fen())
                        .text(posting.account().value())
                        .text(posting.side().name())
                        .text(about.product())
                        .text(about.provider())
                        .text(about.merchant())
                        .text(about.consumer())
                        .text(about.purposeClass())
                        .text(about.businessLine())
                        .text(about.priceVersion())
                        .date(servicePeriod == null ? null : servicePeriod.atDay(1));
            }
        }
        rows.send(connection, COPY_POSTINGS);
    }

    private static Array uuids(Connection connection, Collection<UUID> ids) throws SQLException {
        return connection.createArrayOf("uuid", ids.toArray());
    }
}
