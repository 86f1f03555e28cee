package cn.jingshu.ledger.seal;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the log was at one moment, to be signed and kept by others: a log that is later found without it was tampered with.
 *
 * @param origin which log, such as {@code city.example/ledger}
 * @param size leaves
 * @param root over them by SHA-256
 * @param sm3Root over the same leaves by SM3
 * @param signedAt when, by the clock of the house; this and the SM3 root are lines of their own, which readers of the plain
 *     format pass over
 * @see "C2SP tlog-checkpoint v1.0.0"
 */
public record Checkpoint(String origin, long size, NodeHash root, NodeHash sm3Root, Instant signedAt) {
    private static final String SM3 = "sm3 ";
    private static final String TIME = "time ";
    private static final Pattern ORIGIN = Pattern.compile("[^\\s\\p{Cntrl}+]{1,255}", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern SIZE = Pattern.compile("0|[1-9][0-9]{0,17}");

    public Checkpoint {
        if (!ORIGIN.matcher(origin).matches() || size < 0) {
            throw new IllegalArgumentException("no checkpoint: origin " + origin + ", size " + size);
        }
    }

    /** Reads {@link #toText}. @throws IllegalArgumentException if it is none, or could have been written otherwise */
    public static Checkpoint parse(String text) {
        List<String> lines = List.of(text.split("\n", -1));
        if (lines.size() != 6 || !SIZE.matcher(lines.get(1)).matches() || !lines.get(3).startsWith(SM3)
                || !lines.get(4).startsWith(TIME)) {
            throw new IllegalArgumentException("not a checkpoint of this log's form");
        }
        try {
            Checkpoint read = new Checkpoint(lines.get(0), Long.parseLong(lines.get(1)), NodeHash.ofBase64(lines.get(2)),
                    NodeHash.ofBase64(lines.get(3).substring(SM3.length())),
                    Instant.parse(lines.get(4).substring(TIME.length())));
            if (!read.toText().equals(text)) {
                throw new IllegalArgumentException("a checkpoint is written in one way only");
            }
            return read;
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("not the time of a checkpoint: " + lines.get(4), e);
        }
    }

    /** What a note says, whoever signed it; empty: it is no checkpoint. */
    public static Optional<Checkpoint> in(SignedNote note) {
        try {
            return Optional.of(parse(note.text()));
        } catch (IllegalArgumentException otherText) {
            return Optional.empty();
        }
    }

    /** The text that is signed. */
    public String toText() {
        return origin + "\n" + size + "\n" + root.toBase64() + "\n" + SM3 + sm3Root.toBase64() + "\n" + TIME + signedAt + "\n";
    }

    public SignedNote sign(List<Sealer> sealers) {
        return SignedNote.sign(toText(), sealers);
    }
}
