package cn.jingshu.ledger.export;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A text of any length as rows of {@code id, part, text}, each short enough for a spreadsheet's cell. */
public final class TextParts {
    /** A cell holds 32,767 characters, the guarding apostrophe among them. */
    static final int LONGEST = 30_000;

    private TextParts() {}

    /** Writes {@code text} in parts numbered from 1; joined they are the text again. */
    public static void write(TableSink sink, UUID id, String text) throws IOException {
        int number = 1;
        for (String part : of(text)) {
            sink.row(id, number++, part);
        }
    }

    /** The parts of {@code text} in their order; of an empty text none. */
    static List<String> of(String text) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int to = Math.min(text.length(), from + LONGEST);
            if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
                to--; // a character in two halves stays whole, or UTF-8 could not write it
            }
            parts.add(text.substring(from, to));
            from = to;
        }
        return parts;
    }
}
