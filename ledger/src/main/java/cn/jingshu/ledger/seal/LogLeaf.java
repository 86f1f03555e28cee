package cn.jingshu.ledger.seal;

import cn.jingshu.ledger.bundle.Digests;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.YearMonth;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one leaf of the log says, in lines of text that anybody can write again from the books: the leaf's hash is that of a zero
 * byte and these bytes in UTF-8, the last line end included.
 */
public sealed interface LogLeaf {
    /** What a leaf is about; a leaf's first line names it. */
    enum Kind {
        ENTRY,
        USAGE_BATCH;

        /** @param form of the text, from 1 */
        private String heading(int form) {
            return "jingshu leaf " + form + " " + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    Kind kind();

    /** The gapless series it belongs to: the month of an entry, the node of a usage batch. */
    String chain();

    /** Its place in the chain, from 1. */
    long number();

    /** The lines; {@link #parse} reads them. */
    String toText();

    default NodeHash hash(LogHash by) {
        return by.leaf(toText().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A booked entry.
     *
     * @param bookedAt in whole microseconds
     * @param contentSha256 64 hexadecimal digits over everything the entry says
     * @param chainSha256 64 hexadecimal digits of its link in the month's chain
     */
    record Entry(UUID entryId, YearMonth month, long number, Instant bookedAt, String contentSha256, String chainSha256)
            implements LogLeaf {
        public Entry {
            requireDigest(contentSha256);
            requireDigest(chainSha256);
        }

        @Override
        public Kind kind() {
            return Kind.ENTRY;
        }

        @Override
        public String chain() {
            return month.toString();
        }

        @Override
        public String toText() {
            return lines(kind().heading(1), "id " + entryId, "month " + month, "number " + number, "booked " + bookedAt,
                    "content " + contentSha256, "chain " + chainSha256);
        }

        private static Entry parse(List<String> lines) {
            return new Entry(UUID.fromString(after("id ", lines.get(1))), YearMonth.parse(after("month ", lines.get(2))),
                    Long.parseLong(after("number ", lines.get(3))), Instant.parse(after("booked ", lines.get(4))),
                    after("content ", lines.get(5)), after("chain ", lines.get(6)));
        }
    }

    /**
     * Usage events that one transaction took from a node's journal into the database.
     *
     * @param number of the batch among the node's
     * @param firstSequence place of its first event in the node's journal
     * @param nextSequence the place behind its last
     * @param events stored by it; fewer than places if some had been stored before
     * @param shippedAt in whole microseconds
     * @param eventsSha256 64 hexadecimal digits over the events it stored, in their order
     * @param sums what they add up to; null: shipped before sums were kept
     */
    record UsageBatch(String nodeId, long number, long firstSequence, long nextSequence, long events, Instant shippedAt,
            String eventsSha256, @Nullable BatchSums sums) implements LogLeaf {
        private static final String NONE = "none";
        private static final Pattern NODE = Pattern.compile("[^\\s\\p{Cntrl}]{1,255}");

        public UsageBatch {
            if (!NODE.matcher(nodeId).matches()) {
                throw new IllegalArgumentException("not the id of a node: " + nodeId);
            }
            requireDigest(eventsSha256);
        }

        @Override
        public Kind kind() {
            return Kind.USAGE_BATCH;
        }

        @Override
        public String chain() {
            return nodeId;
        }

        @Override
        public String toText() {
            String text = lines(kind().heading(sums == null ? 1 : 2), "node " + nodeId, "number " + number, "first " + firstSequence,
                    "next " + nextSequence, "events " + events, "shipped " + shippedAt, "content " + eventsSha256);
            return sums == null ? text : text + lines("earliest " + (sums.earliest() == null ? NONE : sums.earliest()), "sums " + sums.sha256());
        }

        private static UsageBatch parse(List<String> lines, boolean withSums) {
            return new UsageBatch(after("node ", lines.get(1)), Long.parseLong(after("number ", lines.get(2))),
                    Long.parseLong(after("first ", lines.get(3))), Long.parseLong(after("next ", lines.get(4))),
                    Long.parseLong(after("events ", lines.get(5))), Instant.parse(after("shipped ", lines.get(6))),
                    after("content ", lines.get(7)),
                    withSums ? BatchSums.parse(after("earliest ", lines.get(8)), after("sums ", lines.get(9))) : null);
        }
    }

    /**
     * What the events of a usage batch outside the sandbox add up to.
     *
     * @param earliest month with such an event; null: there is none
     * @param sha256 64 hexadecimal digits over the sums as text: {@link #of}
     */
    record BatchSums(@Nullable YearMonth earliest, String sha256) {
        public BatchSums {
            requireDigest(sha256);
        }

        /**
         * @param lines one for each month, subscription, product, operation, purpose and unit, and the units, separated by tabs and each ended by a
         *     line feed, in their order; the month of the first is the earliest
         */
        public static BatchSums of(String lines) {
            return new BatchSums(lines.isEmpty() ? null : YearMonth.parse(lines.substring(0, lines.indexOf('\t'))),
                    HexFormat.of().formatHex(Digests.sha256().digest(lines.getBytes(StandardCharsets.UTF_8))));
        }

        private static BatchSums parse(String earliest, String sha256) {
            return new BatchSums(earliest.equals(UsageBatch.NONE) ? null : YearMonth.parse(earliest), sha256);
        }
    }

    /** Reads {@link #toText}. @throws IllegalArgumentException if it is none, or could have been written otherwise */
    static LogLeaf parse(String text) {
        List<String> lines = List.of(text.split("\n", -1));
        try {
            LogLeaf read = lines.getFirst().equals(Kind.ENTRY.heading(1)) ? Entry.parse(lines)
                    : lines.getFirst().equals(Kind.USAGE_BATCH.heading(1)) ? UsageBatch.parse(lines, false)
                    : lines.getFirst().equals(Kind.USAGE_BATCH.heading(2)) ? UsageBatch.parse(lines, true)
                    : refuse(text);
            return read.toText().equals(text) ? read : refuse(text);
        } catch (IndexOutOfBoundsException | java.time.DateTimeException e) {
            throw new IllegalArgumentException("not a leaf: " + text, e);
        }
    }

    private static LogLeaf refuse(String text) {
        throw new IllegalArgumentException("not a leaf: " + text);
    }

    private static String after(String name, String line) {
        if (!line.startsWith(name)) {
            throw new IllegalArgumentException("not a leaf: " + line + " where \"" + name + "\" was expected");
        }
        return line.substring(name.length());
    }

    private static String lines(String... lines) {
        return String.join("\n", lines) + "\n";
    }

    private static void requireDigest(String hex) {
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("not 64 hexadecimal digits: " + hex);
        }
    }
}
