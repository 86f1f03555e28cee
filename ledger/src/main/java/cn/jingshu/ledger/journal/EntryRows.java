package cn.jingshu.ledger.journal;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.money.Money;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Turns rows of entry joined with posting, ordered so that the lines of an entry follow each other, into entries. */
final class EntryRows {

    private EntryRows() {}

    /** What the columns of {@code ledger.entry} hold, without its postings. */
    private record Head(
            UUID entryId,
            LocalDate effectiveOn,
            EntryReason reason,
            String description,
            @Nullable UUID reverses,
            long number,
            Instant bookedAt,
            String contentSha256,
            String chainSha256) {

        BookedEntry with(List<Posting> postings) {
            return new BookedEntry(
                    new JournalEntry(entryId, effectiveOn, reason, description, reverses, postings),
                    number,
                    bookedAt,
                    contentSha256,
                    chainSha256);
        }
    }

    /** Hands each entry to {@code reader} as soon as its last line was read; holds one entry at a time. */
    static void forEach(ResultSet rows, Consumer<BookedEntry> reader) throws SQLException {
        Head head = null;
        List<Posting> postings = new ArrayList<>();
        while (rows.next()) {
            UUID entryId = rows.getObject("entry_id", UUID.class);
            if (head != null && !head.entryId().equals(entryId)) {
                reader.accept(head.with(postings));
                head = null;
                postings.clear();
            }
            if (head == null) {
                head = new Head(
                        entryId,
                        rows.getObject("effective_on", LocalDate.class),
                        EntryReason.valueOf(rows.getString("reason")),
                        rows.getString("description"),
                        rows.getObject("reverses", UUID.class),
                        rows.getLong("number"),
                        rows.getObject("booked_at", OffsetDateTime.class).toInstant(),
                        HexFormat.of().formatHex(rows.getBytes("content_sha256")),
                        HexFormat.of().formatHex(rows.getBytes("chain_sha256")));
            }
            postings.add(posting(rows));
        }
        if (head != null) {
            reader.accept(head.with(postings));
        }
    }

    /** The posting of the row the cursor is on. */
    static Posting posting(ResultSet row) throws SQLException {
        LocalDate servicePeriod = row.getObject("service_period", LocalDate.class);
        return new Posting(
                new AccountCode(row.getString("account_code")),
                Side.valueOf(row.getString("side")),
                new Money(row.getLong("amount_fen")),
                new Dimensions(
                        row.getString("product"),
                        row.getString("provider"),
                        row.getString("merchant"),
                        row.getString("consumer"),
                        row.getString("purpose_class"),
                        row.getString("business_line"),
                        row.getString("price_version"),
                        servicePeriod == null ? null : YearMonth.from(servicePeriod)));
    }

    static List<BookedEntry> list(ResultSet rows) throws SQLException {
        List<BookedEntry> entries = new ArrayList<>();
        forEach(rows, entries::add);
        return entries;
    }
}
