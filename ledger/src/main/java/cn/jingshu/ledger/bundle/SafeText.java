package cn.jingshu.ledger.bundle;

import org.jspecify.annotations.Nullable;

/**
 * Text in a CSV cell that no spreadsheet takes for a formula: one that begins like a formula, or with an apostrophe, is preceded by
 * an apostrophe. So every cell can be read back to exactly the text it was made of.
 */
public final class SafeText {
    /** What spreadsheets begin a formula with, the full-width forms included; the apostrophe so that the way back is one. */
    private static final String SIGNS = "=+-@\t\r\n＝＋－＠'";

    private SafeText() {}

    /** The cell for a text; null or empty gives an empty cell. */
    public static String guarded(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return "";
        }
        return SIGNS.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }

    /** The text of a cell; an empty cell gives null. */
    public static @Nullable String text(String cell) {
        if (cell.isEmpty()) {
            return null;
        }
        return cell.charAt(0) == '\'' ? cell.substring(1) : cell;
    }
}
