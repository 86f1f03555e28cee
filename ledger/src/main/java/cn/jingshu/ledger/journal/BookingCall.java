package cn.jingshu.ledger.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Some entries as the arrays that {@code ledger.book} takes, made before any lock is held. What is booked, and what is rejected for which reason, is
 * decided there and nowhere else.
 */
final class BookingCall {
    private static final String BOOK = """
            SELECT place, outcome, period, number, booked_at, account_code
              FROM ledger.book(?, ?, CAST(? AS uuid[]), CAST(? AS date[]), CAST(? AS date[]), ?, ?, CAST(? AS uuid[]), ?, ?, ?,
                               ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS date[]))
            """;

    private static final String[] SETTLEMENT_REASONS =
            Arrays.stream(EntryReason.values()).filter(EntryReason::isSettlement).map(EntryReason::name).toArray(String[]::new);

    private final List<JournalEntry> entries;

    // One of each entry.
    private final String[] ids;
    private final String[] months;
    private final String[] days;
    private final String[] reasons;
    private final String[] descriptions;
    private final @Nullable String[] reversed;
    private final int[] lines;
    private final long[] amounts;
    private final byte[][] digests;

    // One of each posting.
    private final int[] entryOf;
    private final int[] lineNumbers;
    private final long[] fens;
    private final String[] accounts;
    private final String[] sides;
    private final @Nullable String[] products;
    private final @Nullable String[] providers;
    private final @Nullable String[] merchants;
    private final @Nullable String[] consumers;
    private final @Nullable String[] purposeClasses;
    private final @Nullable String[] businessLines;
    private final @Nullable String[] priceVersions;
    private final @Nullable String[] servicePeriods;

    /** @param given at least one */
    BookingCall(List<DigestedEntry> given) {
        entries = given.stream().map(DigestedEntry::entry).toList();
        int size = entries.size();
        ids = new String[size];
        months = new String[size];
        days = new String[size];
        reasons = new String[size];
        descriptions = new String[size];
        reversed = new @Nullable String[size];
        lines = new int[size];
        amounts = new long[size];
        digests = new byte[size][];
        int postings = entries.stream().mapToInt(entry -> entry.postings().size()).sum();
        entryOf = new int[postings];
        lineNumbers = new int[postings];
        fens = new long[postings];
        accounts = new String[postings];
        sides = new String[postings];
        products = new @Nullable String[postings];
        providers = new @Nullable String[postings];
        merchants = new @Nullable String[postings];
        consumers = new @Nullable String[postings];
        purposeClasses = new @Nullable String[postings];
        businessLines = new @Nullable String[postings];
        priceVersions = new @Nullable String[postings];
        servicePeriods = new @Nullable String[postings];
        int at = 0;
        for (int i = 0; i < size; i++) {
            JournalEntry entry = entries.get(i);
            UUID reverses = entry.reverses();
            ids[i] = entry.entryId().toString();
            months[i] = entry.period().atDay(1).toString();
            days[i] = entry.effectiveOn().toString();
            reasons[i] = entry.reason().name();
            descriptions[i] = entry.description();
            reversed[i] = reverses == null ? null : reverses.toString();
            lines[i] = entry.postings().size();
            amounts[i] = entry.amount().fen();
            digests[i] = given.get(i).sha256();
            for (int line = 1; line <= lines[i]; line++) {
                put(at++, i + 1, line, entry.postings().get(line - 1));
            }
        }
    }

    private void put(int at, int entry, int line, Posting posting) {
        Dimensions about = posting.dimensions();
        YearMonth servicePeriod = about.servicePeriod();
        entryOf[at] = entry;
        lineNumbers[at] = line;
        fens[at] = posting.amount().fen();
        accounts[at] = posting.account().value();
        sides[at] = posting.side().name();
        products[at] = about.product();
        providers[at] = about.provider();
        merchants[at] = about.merchant();
        consumers[at] = about.consumer();
        purposeClasses[at] = about.purposeClass();
        businessLines[at] = about.businessLine();
        priceVersions[at] = about.priceVersion();
        servicePeriods[at] = servicePeriod == null ? null : servicePeriod.atDay(1).toString();
    }

    /**
     * Books them.
     *
     * @param now when it is, by the node's clock
     * @return one result per entry, in their order
     */
    List<PostResult> on(Connection connection, Instant now) throws SQLException {
        try (PreparedStatement book = connection.prepareStatement(BOOK)) {
            int at = 1;
            book.setObject(at++, now.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
            book.setArray(at++, connection.createArrayOf("text", SETTLEMENT_REASONS));
            book.setArray(at++, connection.createArrayOf("uuid", ids));
            book.setArray(at++, connection.createArrayOf("date", months));
            book.setArray(at++, connection.createArrayOf("date", days));
            book.setArray(at++, connection.createArrayOf("text", reasons));
            book.setArray(at++, connection.createArrayOf("text", descriptions));
            book.setArray(at++, connection.createArrayOf("uuid", reversed));
            book.setObject(at++, lines);
            book.setObject(at++, amounts);
            book.setObject(at++, digests);
            book.setObject(at++, entryOf);
            book.setObject(at++, lineNumbers);
            book.setObject(at++, fens);
            for (@Nullable String[] texts : List.of(
                    accounts, sides, products, providers, merchants, consumers, purposeClasses, businessLines, priceVersions)) {
                book.setArray(at++, connection.createArrayOf("text", texts));
            }
            book.setArray(at, connection.createArrayOf("date", servicePeriods));
            try (ResultSet rows = book.executeQuery()) {
                PostResult[] results = new PostResult[entries.size()];
                while (rows.next()) {
                    int place = rows.getInt("place") - 1;
                    results[place] = result(rows, entries.get(place));
                }
                return List.of(results);
            }
        }
    }

    private static PostResult result(ResultSet row, JournalEntry entry) throws SQLException {
        String outcome = row.getString("outcome");
        YearMonth period = YearMonth.from(row.getObject("period", LocalDate.class));
        long number = row.getLong("number");
        return switch (outcome) {
            case "POSTED" -> new PostResult.Posted(period, number, moment(row));
            case "ALREADY_POSTED" -> new PostResult.AlreadyPosted(period, number, moment(row));
            default -> {
                Rejection code = Rejection.valueOf(outcome);
                yield new PostResult.Rejected(code, "entry " + entry.entryId() + switch (code) {
                    case ID_REUSED_WITH_OTHER_CONTENT -> " is number " + number + " of " + period + " with other content";
                    case PERIOD_CLOSED -> ": period " + period;
                    case UNKNOWN_ACCOUNT, ACCOUNT_NOT_POSTABLE -> ": account " + row.getString("account_code");
                    default -> ": reverses " + entry.reverses();
                });
            }
        };
    }

    private static Instant moment(ResultSet row) throws SQLException {
        return row.getObject("booked_at", OffsetDateTime.class).toInstant();
    }
}
