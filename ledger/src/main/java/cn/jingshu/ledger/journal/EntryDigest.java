package cn.jingshu.ledger.journal;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.YearMonth;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 over everything a caller says in an entry, by which a retry is told from an id used twice. Each text is
 * preceded by its length in bytes (-1: absent), each number is eight bytes, so no two entries write the same bytes.
 * The first form is that of entries none of whose lines names a service period; the second writes it for every line.
 */
final class EntryDigest {

    private static final String FORM = "jingshu entry 1";
    private static final String FORM_WITH_SERVICE_PERIOD = "jingshu entry 2";

    private EntryDigest() {}

    /** As 64 hexadecimal digits. */
    static String of(JournalEntry entry) {
        return HexFormat.of().formatHex(bytesOf(entry));
    }

    /** As 32 bytes. */
    static byte[] bytesOf(JournalEntry entry) {
        boolean withServicePeriod = false;
        for (Posting posting : entry.postings()) {
            withServicePeriod |= posting.dimensions().servicePeriod() != null;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            text(out, withServicePeriod ? FORM_WITH_SERVICE_PERIOD : FORM);
            text(out, entry.entryId().toString());
            text(out, entry.effectiveOn().toString());
            text(out, entry.reason().name());
            text(out, entry.description());
            UUID reverses = entry.reverses();
            text(out, reverses == null ? null : reverses.toString());
            out.writeLong(entry.postings().size());
            for (Posting posting : entry.postings()) {
                text(out, posting.account().value());
                text(out, posting.side().name());
                out.writeLong(posting.amount().fen());
                Dimensions about = posting.dimensions();
                text(out, about.product());
                text(out, about.provider());
                text(out, about.merchant());
                text(out, about.consumer());
                text(out, about.purposeClass());
                text(out, about.businessLine());
                text(out, about.priceVersion());
                if (withServicePeriod) {
                    YearMonth month = about.servicePeriod();
                    text(out, month == null ? null : month.toString());
                }
            }
        } catch (IOException impossibleInMemory) {
            throw new UncheckedIOException(impossibleInMemory);
        }
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static void text(DataOutputStream out, @Nullable String text) throws IOException {
        if (text == null) {
            out.writeInt(-1);
            return;
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }
}
