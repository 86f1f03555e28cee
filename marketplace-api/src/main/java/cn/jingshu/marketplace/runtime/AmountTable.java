package cn.jingshu.marketplace.runtime;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Names with units and yuan under one another on a terminal, however long the names, in Chinese or in Latin letters. */
final class AmountTable {
    /** A table of short names alone is still as wide as this, so that two tables under one another look alike. */
    private static final int NARROWEST = 40;

    private final List<Line> lines = new ArrayList<>();

    private record Line(String name, String units, String yuan, String note) {}

    /** A line of the table; {@code units} and {@code note} may be empty. */
    void add(String name, String units, String yuan, String note) {
        lines.add(new Line(name, units, yuan, note));
    }

    void add(String name, long units, String yuan, String note) {
        add(name, String.format(Locale.ROOT, "%,d", units), yuan, note);
    }

    void printTo(PrintWriter out) {
        int nameColumns = lines.stream().mapToInt(line -> columnsOf(line.name())).max().orElse(0);
        int unitColumns = lines.stream().mapToInt(line -> line.units().length()).max().orElse(0);
        int yuanColumns = lines.stream().mapToInt(line -> line.yuan().length()).max().orElse(0);
        for (Line line : lines) {
            int gap = Math.max(NARROWEST, nameColumns) - columnsOf(line.name());
            String text = line.name() + " ".repeat(gap) + "  " + right(line.units(), unitColumns)
                    + (unitColumns == 0 ? "" : "  ") + right(line.yuan(), yuanColumns)
                    + (line.note().isEmpty() ? "" : "  " + line.note());
            out.println(text);
        }
    }

    private static String right(String text, int columns) {
        return " ".repeat(columns - text.length()) + text;
    }

    /** Columns a text takes on a terminal: two for a wide character, none for a mark that sits on the one before. */
    static int columnsOf(String text) {
        return text.codePoints().map(AmountTable::columnsOf).sum();
    }

    private static int columnsOf(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
            default -> isWide(codePoint) ? 2 : 1;
        };
    }

    private static boolean isWide(int codePoint) {
        return switch (Character.UnicodeScript.of(codePoint)) {
            case HAN, HIRAGANA, KATAKANA, HANGUL, BOPOMOFO, YI -> !isHalfwidth(codePoint);
            // Ideographic space and punctuation, fullwidth forms, pictures.
            default -> (codePoint >= 0x3000 && codePoint <= 0x303e) || (codePoint >= 0xff01 && codePoint <= 0xff60)
                    || (codePoint >= 0xffe0 && codePoint <= 0xffe6) || (codePoint >= 0x1f300 && codePoint <= 0x1faff);
        };
    }

    private static boolean isHalfwidth(int codePoint) {
        return codePoint >= 0xff61 && codePoint <= 0xffdc;
    }
}
