package cn.jingshu.marketplace.portal;

/** JSON set in lines for reading. Every token stays as it was sent; only spaces between tokens are added. */
final class JsonLines {
    private JsonLines() {}

    static String of(String json) {
        StringBuilder lines = new StringBuilder(json.length() * 3 / 2);
        int depth = 0;
        boolean inText = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (inText) {
                lines.append(c);
                if (c == '\\' && i + 1 < json.length()) {
                    lines.append(json.charAt(++i));
                } else if (c == '"') {
                    inText = false;
                }
                continue;
            }
            switch (c) {
                case '"' -> {
                    inText = true;
                    lines.append(c);
                }
                case '{', '[' -> {
                    boolean empty = i + 1 < json.length() && (json.charAt(i + 1) == '}' || json.charAt(i + 1) == ']');
                    lines.append(c);
                    if (empty) {
                        lines.append(json.charAt(++i));
                    } else {
                        begin(lines, ++depth);
                    }
                }
                case '}', ']' -> {
                    begin(lines, --depth);
                    lines.append(c);
                }
                case ',' -> {
                    lines.append(c);
                    begin(lines, depth);
                }
                case ':' -> lines.append(": ");
                case ' ', '\n', '\r', '\t' -> { }
                default -> lines.append(c);
            }
        }
        return lines.toString();
    }

    private static void begin(StringBuilder lines, int depth) {
        lines.append('\n').append("  ".repeat(Math.max(0, depth)));
    }
}
