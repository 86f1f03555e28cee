package cn.jingshu.ledger.journal;

import cn.jingshu.ledger.LedgerStoreException;
import cn.jingshu.ledger.Transaction;
import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.money.Money;
import java.sql.Connection;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Entries reserved before they are booked (预留), for instance of a prepaid balance: reserve, then post or void, else it expires by the clock.
 * Idempotent by the entry's id, which is also the id it is booked under. The database refuses to book what was voided, has expired
 * or differs from what was reserved, whoever asks.
 */
public final class PendingEntries {
    private static final String UNKNOWN_ACCOUNTS = """
            SELECT w.code
              FROM unnest(CAST(? AS text[])) AS w(code)
              LEFT JOIN ledger.account a ON a.code = w.code
             WHERE a.postable IS NOT TRUE
             ORDER BY w.code
             LIMIT 1
            """;
    private static final String INSERT = """
            INSERT INTO ledger.pending (entry_id, effective_on, reason, description, reserved_at, expires_at, content_sha256)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (entry_id) DO NOTHING
            """;
    private static final String INSERT_LINE = """
            INSERT INTO ledger.pending_line (entry_id, line, account_code, side, amount_fen, product, provider, merchant, consumer,
                                             purpose_class, business_line, price_version, service_period)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String IS_BOOKED = """
            SELECT 1 FROM ledger.entry WHERE entry_id = ?
            """;
    private static final String FIND = """
            SELECT q.entry_id, q.effective_on, q.reason, q.description, CAST(NULL AS uuid) AS reverses, CAST(0 AS bigint) AS number,
                   q.reserved_at AS booked_at, q.content_sha256, q.content_sha256 AS chain_sha256, p.account_code, p.side, p.amount_fen,
                   p.product, p.provider, p.merchant, p.consumer, p.purpose_class, p.business_line, p.price_version,
                   p.service_period
              FROM ledger.pending q
              JOIN ledger.pending_line p ON p.entry_id = q.entry_id
             WHERE q.entry_id = ?
             ORDER BY p.line
            """;
    private static final String FIND_STATE = """
            SELECT q.reserved_at, q.expires_at, q.content_sha256, v.voided_at, e.booked_at
              FROM ledger.pending q
              LEFT JOIN ledger.pending_void v ON v.entry_id = q.entry_id
              LEFT JOIN ledger.entry e ON e.entry_id = q.entry_id
             WHERE q.entry_id = ?
            """;
    private static final String INSERT_VOID = """
            INSERT INTO ledger.pending_void (entry_id, voided_at, reason)
            VALUES (?, ?, ?)
            ON CONFLICT (entry_id) DO NOTHING
            """;
    private static final String SUM_RESERVED = """
            SELECT CAST(coalesce(sum(p.amount_fen), 0) AS bigint) AS reserved_fen
              FROM ledger.pending_line p
              JOIN ledger.pending q ON q.entry_id = p.entry_id
             WHERE starts_with(p.account_code, ?) AND p.side = ? AND q.expires_at > ?
               AND (CAST(? AS date) IS NULL OR q.effective_on <= CAST(? AS date))
               AND (CAST(? AS timestamptz) IS NULL OR q.reserved_at <= CAST(? AS timestamptz))
               AND (CAST(? AS text) IS NULL OR p.product = ?)
               AND (CAST(? AS text) IS NULL OR p.provider = ?)
               AND (CAST(? AS text) IS NULL OR p.merchant = ?)
               AND (CAST(? AS text) IS NULL OR p.consumer = ?)
               AND (CAST(? AS text) IS NULL OR p.purpose_class = ?)
               AND (CAST(? AS text) IS NULL OR p.business_line = ?)
               AND (CAST(? AS text) IS NULL OR p.price_version = ?)
               AND (CAST(? AS date) IS NULL
                    OR coalesce(p.service_period, CAST(date_trunc('month', q.effective_on) AS date)) = CAST(? AS date))
               AND NOT EXISTS (SELECT 1 FROM ledger.pending_void v WHERE v.entry_id = q.entry_id AND (CAST(? AS timestamptz) IS NULL OR v.voided_at <= CAST(? AS timestamptz)))
               AND NOT EXISTS (SELECT 1 FROM ledger.entry e WHERE e.entry_id = q.entry_id AND (CAST(? AS timestamptz) IS NULL OR e.booked_at <= CAST(? AS timestamptz)))
            """;
    private static final String RESERVED_BY_CONSUMER = """
            SELECT p.consumer, CAST(sum(p.amount_fen) AS bigint) AS reserved_fen
              FROM ledger.pending_line p
              JOIN ledger.pending q ON q.entry_id = p.entry_id
             WHERE p.account_code = ? AND p.side = ? AND p.consumer IS NOT NULL AND q.expires_at > ?
               AND NOT EXISTS (SELECT 1 FROM ledger.pending_void v WHERE v.entry_id = q.entry_id)
               AND NOT EXISTS (SELECT 1 FROM ledger.entry e WHERE e.entry_id = q.entry_id)
             GROUP BY p.consumer
            """;
    /** One who reserves waits for another who reserves of the same balance; bookings are not held up. */
    private static final String HOLD_BALANCE = """
            SELECT pg_advisory_xact_lock(hashtextextended(?, 27))
            """;
    private static final String NOT_AS_RESERVED = "JL017";

    private final DataSource dataSource;
    private final Journal journal;
    private final Clock clock;

    /** @param clock says what has expired; the journal's own says when an entry was booked and should be the same */
    public PendingEntries(DataSource dataSource, Journal journal, Clock clock) {
        this.dataSource = dataSource;
        this.journal = journal;
        this.clock = clock;
    }

    /**
     * A balance that must not be overdrawn by reservations.
     *
     * @param side where the balance stands: {@link Side#CREDIT} for prepayments; reservations on the other side use it up
     * @param about whose balance; null components match any
     */
    public record Cover(AccountCode account, Side side, Dimensions about) {}

    /** Reserves {@code entry} until {@code expiresAt}; a month that is closed meanwhile is found out when it is booked. */
    public PendingResult reserve(JournalEntry entry, Instant expiresAt) {
        return reserve(entry, expiresAt, null);
    }

    /** Reserves {@code entry} if the balance, less what is reserved of it, covers it; else {@link Rejection#BALANCE_TOO_LOW}. */
    public PendingResult reserveWithin(JournalEntry entry, Instant expiresAt, Cover cover) {
        return reserve(entry, expiresAt, cover);
    }

    /** As {@link #reserve(JournalEntry, Instant)}, in the caller's transaction. */
    public PendingResult reserve(Connection connection, JournalEntry entry, Instant expiresAt) throws SQLException {
        return reserve(connection, reservable(entry), expiresAt, null);
    }

    /**
     * Books what is reserved, in the caller's transaction, under its id and with its content.
     *
     * @throws SQLException also when somebody voids it, or it expires, at that very moment
     */
    public PostResult post(Connection connection, UUID entryId) throws SQLException {
        Optional<PendingEntry> found = find(connection, entryId);
        if (found.isEmpty()) {
            return unknown(entryId);
        }
        Optional<PostResult> over = overAt(found.get(), clock.instant());
        return over.isPresent() ? over.get() : journal.postAll(connection, List.of(found.get().entry())).getFirst();
    }

    private static PostResult unknown(UUID entryId) {
        return new PostResult.Rejected(Rejection.PENDING_UNKNOWN, "entry " + entryId + " is not reserved");
    }

    /** Books what is reserved, under its id and with its content. */
    public PostResult post(UUID entryId) {
        Optional<PendingEntry> found = find(entryId);
        if (found.isEmpty()) {
            return unknown(entryId);
        }
        PendingEntry pending = found.get();
        Optional<PostResult> over = overAt(pending, clock.instant());
        if (over.isPresent()) {
            return over.get();
        }
        try {
            return journal.post(pending.entry());
        } catch (LedgerStoreException refused) {
            if (!refused.sqlState().equals(NOT_AS_RESERVED)) {
                throw refused;
            }
            // Voided between the look and the booking, or the journal's clock found it expired.
            return find(entryId).flatMap(now -> overAt(now, now.expiresAt())).orElseThrow(() -> refused);
        }
    }

    private static Optional<PostResult> overAt(PendingEntry pending, Instant moment) {
        UUID id = pending.entry().entryId();
        return switch (pending.stateAt(moment)) {
            case PENDING, POSTED -> Optional.empty(); // what is booked is answered by the journal: already posted
            case VOIDED -> Optional.of(new PostResult.Rejected(Rejection.PENDING_VOIDED, "entry " + id + " was voided at " + pending.voidedAt()));
            case EXPIRED ->
                Optional.of(new PostResult.Rejected(Rejection.PENDING_EXPIRED, "entry " + id + " expired at " + pending.expiresAt()));
        };
    }

    /**
     * Ends a reservation that is not booked; one that expired may be voided too.
     *
     * @param reason for people, 1 to 500 characters
     */
    public PendingResult voidPending(UUID entryId, String reason) {
        try {
            return Transaction.run(dataSource, connection -> voidPending(connection, entryId, reason));
        } catch (LedgerStoreException refused) {
            if (refused.sqlState().equals(NOT_AS_RESERVED)) { // booked between the look and the void
                return posted(entryId);
            }
            throw refused;
        }
    }

    /** As {@link #voidPending(UUID, String)}, in the caller's transaction, which fails if it is booked at that very moment. */
    public PendingResult voidPending(Connection connection, UUID entryId, String reason) throws SQLException {
        if (reason.isBlank() || reason.length() > 500 || reason.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("entry " + entryId + ": the reason is not 1 to 500 characters");
        }
        Optional<PendingEntry> found = find(connection, entryId);
        if (found.isEmpty()) {
            return new PendingResult.Rejected(Rejection.PENDING_UNKNOWN, "entry " + entryId + " is not reserved");
        }
        if (found.get().postedAt() != null) {
            return posted(entryId);
        }
        Instant now = now();
        try (PreparedStatement insert = connection.prepareStatement(INSERT_VOID)) {
            insert.setObject(1, entryId);
            insert.setObject(2, now.atOffset(ZoneOffset.UTC));
            insert.setString(3, reason);
            if (insert.executeUpdate() == 1) {
                return new PendingResult.Voided(now, false);
            }
        }
        Instant before = find(connection, entryId).map(PendingEntry::voidedAt).orElseThrow();
        return new PendingResult.Voided(before, true);
    }

    private static PendingResult posted(UUID entryId) {
        return new PendingResult.Rejected(Rejection.PENDING_POSTED, "entry " + entryId + " is booked: reverse it");
    }

    /** The reservation with this id, however it stands; empty: nothing was reserved under it. */
    public Optional<PendingEntry> find(UUID entryId) {
        return Transaction.read(dataSource, connection -> find(connection, entryId));
    }

    /**
     * The reservation with this id as it stood for who knew the books at {@code at}: what was voided or booked later is not yet, and one of a later voucher date, or
     * that was made later, is not there.
     */
    public Optional<PendingEntry> find(UUID entryId, ReadPoint at) {
        LocalDate asOf = at.asOf();
        Instant known = at.asKnownAt();
        return find(entryId)
                .filter(pending -> asOf == null || !pending.entry().effectiveOn().isAfter(asOf))
                .filter(pending -> known == null || !pending.reservedAt().isAfter(known))
                .map(pending -> known == null ? pending : new PendingEntry(pending.entry(), pending.reservedAt(), pending.expiresAt(),
                        upTo(known, pending.voidedAt()), upTo(known, pending.postedAt())));
    }

    private static @Nullable Instant upTo(Instant known, @Nullable Instant moment) {
        return moment == null || moment.isAfter(known) ? null : moment;
    }

    /**
     * {@link #reserved(AccountCode, Side, Dimensions)} as it stood for who knew the books at {@code at}.
     *
     * @param at reservations of a voucher date up to its day, made and not voided, booked or expired at its moment
     */
    public Money reserved(AccountCode account, Side side, Dimensions about, ReadPoint at) {
        Instant now = now();
        return Transaction.read(dataSource, connection -> sumReserved(connection, account, side, about, at, now));
    }

    /** What is reserved on one side of an account and its sub-accounts now; null components of {@code about} match any. */
    public Money reserved(AccountCode account, Side side, Dimensions about) {
        return reserved(account, side, about, ReadPoint.LATEST);
    }

    /** What is reserved now on one side of an account, by consumer, as the caller's transaction sees it; what names no consumer is left out. */
    public Map<String, Money> reservedByConsumer(Connection connection, AccountCode account, Side side) throws SQLException {
        try (PreparedStatement sum = connection.prepareStatement(RESERVED_BY_CONSUMER)) {
            sum.setString(1, account.value());
            sum.setString(2, side.name());
            sum.setObject(3, now().atOffset(ZoneOffset.UTC));
            try (ResultSet rows = sum.executeQuery()) {
                Map<String, Money> reserved = new HashMap<>();
                while (rows.next()) {
                    reserved.put(rows.getString("consumer"), new Money(rows.getLong("reserved_fen")));
                }
                return reserved;
            }
        }
    }

    private PendingResult reserve(JournalEntry entry, Instant expiresAt, @Nullable Cover cover) {
        JournalEntry checked = reservable(entry);
        return Transaction.run(dataSource, connection -> reserve(connection, checked, expiresAt, cover));
    }

    private static JournalEntry reservable(JournalEntry entry) {
        if (entry.reason() == EntryReason.REVERSAL || entry.reason().isSettlement()) {
            throw new IllegalArgumentException("entry " + entry.entryId() + ": " + entry.reason() + " is not reserved");
        }
        return entry;
    }

    private PendingResult reserve(Connection connection, JournalEntry entry, Instant expiresAt, @Nullable Cover cover) throws SQLException {
        DigestedEntry digested = DigestedEntry.of(entry);
        Instant now = now();
        Instant expires = expiresAt.truncatedTo(ChronoUnit.MICROS);
        if (cover != null) {
            hold(connection, cover);
        }
        Optional<PendingResult> before = findBefore(connection, digested);
        if (before.isPresent()) {
            return before.get();
        }
        if (!expires.isAfter(now)) {
            return new PendingResult.Rejected(Rejection.PENDING_EXPIRED, "entry " + entry.entryId() + " would expire at " + expires);
        }
        Optional<String> unknown = findUnknownAccount(connection, entry);
        if (unknown.isPresent()) {
            return new PendingResult.Rejected(Rejection.UNKNOWN_ACCOUNT, "entry " + entry.entryId() + ": account " + unknown.get());
        }
        if (cover != null) {
            Money free = free(connection, cover, now);
            Money needed = use(entry, cover);
            if (needed.compareTo(free) > 0) {
                return new PendingResult.Rejected(Rejection.BALANCE_TOO_LOW,
                        "entry " + entry.entryId() + ": needs " + needed + ", " + free + " are free");
            }
        }
        if (!insert(connection, digested, now, expires)) {
            return findBefore(connection, digested).orElseThrow(); // somebody reserved it at the same moment
        }
        return new PendingResult.Reserved(now, expires, false);
    }

    private static Optional<PendingResult> findBefore(Connection connection, DigestedEntry digested) throws SQLException {
        UUID id = digested.entry().entryId();
        try (PreparedStatement select = connection.prepareStatement(FIND_STATE)) {
            select.setObject(1, id);
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    return Optional.of(Arrays.equals(row.getBytes("content_sha256"), digested.sha256())
                            ? new PendingResult.Reserved(moment(row, "reserved_at"), moment(row, "expires_at"), true)
                            : new PendingResult.Rejected(Rejection.ID_REUSED_WITH_OTHER_CONTENT, "entry " + id + " is reserved with other content"));
                }
            }
        }
        try (PreparedStatement select = connection.prepareStatement(IS_BOOKED)) {
            select.setObject(1, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new PendingResult.Rejected(Rejection.PENDING_POSTED, "entry " + id + " is booked without having been reserved"))
                        : Optional.empty();
            }
        }
    }

    private static Optional<String> findUnknownAccount(Connection connection, JournalEntry entry) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(UNKNOWN_ACCOUNTS)) {
            select.setArray(1, connection.createArrayOf("text",
                    entry.postings().stream().map(posting -> posting.account().value()).distinct().toArray()));
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getString("code")) : Optional.empty();
            }
        }
    }

    private static boolean insert(Connection connection, DigestedEntry digested, Instant now, Instant expires) throws SQLException {
        JournalEntry entry = digested.entry();
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setObject(1, entry.entryId());
            insert.setObject(2, entry.effectiveOn());
            insert.setString(3, entry.reason().name());
            insert.setString(4, entry.description());
            insert.setObject(5, now.atOffset(ZoneOffset.UTC));
            insert.setObject(6, expires.atOffset(ZoneOffset.UTC));
            insert.setBytes(7, digested.sha256());
            if (insert.executeUpdate() == 0) {
                return false;
            }
        }
        try (PreparedStatement insert = connection.prepareStatement(INSERT_LINE)) {
            int line = 0;
            for (Posting posting : entry.postings()) {
                line++;
                Dimensions about = posting.dimensions();
                YearMonth servicePeriod = about.servicePeriod();
                insert.setObject(1, entry.entryId());
                insert.setInt(2, line);
                insert.setString(3, posting.account().value());
                insert.setString(4, posting.side().name());
                insert.setLong(5, posting.amount().fen());
                insert.setString(6, about.product());
                insert.setString(7, about.provider());
                insert.setString(8, about.merchant());
                insert.setString(9, about.consumer());
                insert.setString(10, about.purposeClass());
                insert.setString(11, about.businessLine());
                insert.setString(12, about.priceVersion());
                insert.setObject(13, servicePeriod == null ? null : servicePeriod.atDay(1), Types.DATE);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        return true;
    }

    private static void hold(Connection connection, Cover cover) throws SQLException {
        try (PreparedStatement hold = connection.prepareStatement(HOLD_BALANCE)) {
            hold.setString(1, cover.toString());
            hold.execute();
        }
    }

    /** What the balance has that no reservation wants: booked on its side, less booked and reserved on the other. */
    private static Money free(Connection connection, Cover cover, Instant now) throws SQLException {
        AccountBalance booked = Balances.balance(connection, cover.account(), cover.about(), ReadPoint.LATEST);
        Money balance = cover.side() == Side.CREDIT ? booked.creditBalance() : booked.debitBalance();
        return balance.minus(sumReserved(connection, cover.account(), cover.side().opposite(), cover.about(), ReadPoint.LATEST, now));
    }

    private static Money use(JournalEntry entry, Cover cover) {
        List<Money> uses = new ArrayList<>();
        for (Posting posting : entry.postings()) {
            if (posting.side() != cover.side() && posting.account().value().startsWith(cover.account().value())) {
                uses.add(posting.amount());
            }
        }
        return Money.sum(uses);
    }

    private static Money sumReserved(Connection connection, AccountCode account, Side side, Dimensions about, ReadPoint at,
            Instant now) throws SQLException {
        try (PreparedStatement sum = connection.prepareStatement(SUM_RESERVED)) {
            sum.setString(1, account.value());
            sum.setString(2, side.name());
            @Nullable OffsetDateTime known = at.asKnownAt() == null ? null : at.asKnownAt().atOffset(ZoneOffset.UTC);
            sum.setObject(3, known == null ? now.atOffset(ZoneOffset.UTC) : known);
            sum.setObject(4, at.asOf(), Types.DATE);
            sum.setObject(5, at.asOf(), Types.DATE);
            sum.setObject(6, known, Types.TIMESTAMP_WITH_TIMEZONE);
            sum.setObject(7, known, Types.TIMESTAMP_WITH_TIMEZONE);
            int place = 8;
            for (@Nullable String value : Arrays.asList(about.product(), about.provider(), about.merchant(), about.consumer(),
                    about.purposeClass(), about.businessLine(), about.priceVersion())) {
                sum.setString(place++, value);
                sum.setString(place++, value);
            }
            YearMonth servicePeriod = about.servicePeriod();
            sum.setObject(place++, servicePeriod == null ? null : servicePeriod.atDay(1), Types.DATE);
            sum.setObject(place++, servicePeriod == null ? null : servicePeriod.atDay(1), Types.DATE);
            for (int i = 0; i < 4; i++) {
                sum.setObject(place++, known, Types.TIMESTAMP_WITH_TIMEZONE);
            }
            try (ResultSet row = sum.executeQuery()) {
                row.next();
                return new Money(row.getLong("reserved_fen"));
            }
        }
    }

    /** As {@link #find(UUID)}, as the caller's transaction sees it. */
    public Optional<PendingEntry> find(Connection connection, UUID entryId) throws SQLException {
        try (PreparedStatement entry = connection.prepareStatement(FIND);
                PreparedStatement state = connection.prepareStatement(FIND_STATE)) {
            entry.setObject(1, entryId);
            state.setObject(1, entryId);
            try (ResultSet lines = entry.executeQuery(); ResultSet row = state.executeQuery()) {
                List<BookedEntry> found = EntryRows.list(lines);
                if (found.isEmpty() || !row.next()) {
                    return Optional.empty();
                }
                return Optional.of(new PendingEntry(found.getFirst().entry(), moment(row, "reserved_at"), moment(row, "expires_at"),
                        momentOrNull(row, "voided_at"), momentOrNull(row, "booked_at")));
            }
        }
    }

    private static Instant moment(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant momentOrNull(ResultSet row, String column) throws SQLException {
        OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? null : moment.toInstant();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
