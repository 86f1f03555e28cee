package cn.jingshu.ledger.seal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text with signatures below it (C2SP signed-note v1.0.0).
 *
 * @param text what is signed, with its last line end
 * @param signatures lines as they stand, whoever made them
 */
public record SignedNote(String text, List<Line> signatures) {
    /** A signature line names its key; only who knows the key can say what it is worth. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Line(String name, byte[] keyId, byte[] signature) {}

    private static final String DASH = "\u2014 ";
    private static final int MOST_SIGNATURES = 100;
    private static final int MOST_CHARS = 1 << 20;

    public SignedNote {
        signatures = List.copyOf(signatures);
    }

    /** @throws IllegalArgumentException if the text does not end its last line, has an empty line at its end or a control character */
    public static SignedNote sign(String text, List<Sealer> sealers) {
        requireText(text);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new SignedNote(text, sealers.stream()
                .map(sealer -> new Line(sealer.key().name(), sealer.key().id(), sealer.sign(bytes)))
                .toList());
    }

    private static void requireText(String text) {
        if (text.length() > MOST_CHARS || !text.endsWith("\n") || text.contains("\n\n") || text.startsWith("\n")
                || text.chars().anyMatch(c -> c < ' ' && c != '\n')) {
            throw new IllegalArgumentException("not the text of a note");
        }
    }

    /** Reads {@link #toString}. @throws IllegalArgumentException if it is no note */
    public static SignedNote parse(String note) {
        int blank = note.lastIndexOf("\n\n");
        if (note.length() > MOST_CHARS || blank < 0 || !note.endsWith("\n")) {
            throw new IllegalArgumentException("not a signed note");
        }
        String text = note.substring(0, blank + 1);
        requireText(text);
        List<Line> signatures = new ArrayList<>();
        for (String line : note.substring(blank + 2).split("\n", -1)) {
            if (!line.isEmpty()) {
                signatures.add(line(line));
            }
        }
        if (signatures.isEmpty() || signatures.size() > MOST_SIGNATURES) {
            throw new IllegalArgumentException("a note with " + signatures.size() + " signatures");
        }
        if (signatures.stream().map(line -> line.name() + HexFormat.of().formatHex(line.keyId())).distinct().count()
                != signatures.size()) {
            throw new IllegalArgumentException("a key signs a note once");
        }
        SignedNote read = new SignedNote(text, signatures);
        if (!read.toString().equals(note)) {
            throw new IllegalArgumentException("a signed note is written in one way only");
        }
        return read;
    }

    private static Line line(String line) {
        int space = line.lastIndexOf(' ');
        if (!line.startsWith(DASH) || space <= DASH.length()) {
            throw new IllegalArgumentException("not a signature line: " + line);
        }
        byte[] bytes = Base64.getDecoder().decode(line.substring(space + 1));
        if (bytes.length <= SealKey.ID_SIZE) {
            throw new IllegalArgumentException("not a signature line: " + line);
        }
        return new Line(line.substring(DASH.length(), space), Arrays.copyOf(bytes, SealKey.ID_SIZE),
                Arrays.copyOfRange(bytes, SealKey.ID_SIZE, bytes.length));
    }

    /**
     * Whether {@code key} signed the text: there is a line of its name and id, and none of them is wrong. Lines of keys that
     * are not known say nothing.
     */
    public boolean isSignedBy(SealKey key) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        boolean signed = false;
        for (Line line : signatures) {
            if (line.name().equals(key.name()) && Arrays.equals(line.keyId(), key.id())) {
                if (!key.signed(bytes, line.signature())) {
                    return false;
                }
                signed = true;
            }
        }
        return signed;
    }

    /** Whether it is written the same, signatures included. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SignedNote note && toString().equals(note.toString());
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The note as it is stored and published. */
    @Override
    public String toString() {
        StringBuilder note = new StringBuilder(text).append('\n');
        for (Line line : signatures) {
            byte[] bytes = Arrays.copyOf(line.keyId(), SealKey.ID_SIZE + line.signature().length);
            System.arraycopy(line.signature(), 0, bytes, SealKey.ID_SIZE, line.signature().length);
            note.append(DASH).append(line.name()).append(' ').append(Base64.getEncoder().encodeToString(bytes)).append('\n');
        }
        return note.toString();
    }
}
