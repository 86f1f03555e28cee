package cn.jingshu.products.contract;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON text strictly after RFC 8259: no comments, no single quotes, no trailing comma, nothing behind the value,
 * no name twice in an object, no half of a surrogate pair, no nesting deeper than {@link #MAX_DEPTH}.
 */
final class JsonText {
    /** Deepest nesting of objects and arrays that is read. */
    static final int MAX_DEPTH = 32;

    /** Longest number that is read, in characters: enough for every exact double, too little to keep a parser busy. */
    private static final int MAX_NUMBER_LENGTH = 400;

    private final String text;
    private int at;

    private JsonText(String text) {
        this.text = text;
    }

    /** What a text is not: JSON. The message says where and why, in both languages. */
    static final class MalformedJsonException extends Exception {
        private final String zh;

        MalformedJsonException(int at, String zh, String en) {
            super("at character " + at + ": " + en, null, false, false);
            this.zh = "第 " + at + " 个字符处:" + zh;
        }

        String zh() {
            return zh;
        }

        String en() {
            return String.valueOf(getMessage());
        }
    }

    static Json parse(String text) throws MalformedJsonException {
        var reader = new JsonText(text);
        reader.skipSpace();
        Json value = reader.value(0);
        reader.skipSpace();
        if (reader.at < text.length()) {
            throw reader.fault("JSON 值之后还有内容", "there is text behind the JSON value");
        }
        return value;
    }

    private Json value(int depth) throws MalformedJsonException {
        if (at >= text.length()) {
            throw fault("JSON 不完整", "the JSON ends too early");
        }
        return switch (text.charAt(at)) {
            case '{' -> object(depth + 1);
            case '[' -> array(depth + 1);
            case '"' -> new Json.Text(string());
            case 't' -> literal("true", new Json.Bool(true));
            case 'f' -> literal("false", new Json.Bool(false));
            case 'n' -> literal("null", Json.Null.NULL);
            default -> number();
        };
    }

    private Json object(int depth) throws MalformedJsonException {
        Map<String, Json> members = new LinkedHashMap<>();
        open(depth);
        if (closes('}')) {
            return new Json.Obj(members);
        }
        while (true) {
            if (at >= text.length() || text.charAt(at) != '"') {
                throw fault("此处应为带双引号的名称", "a name in double quotes is expected");
            }
            String name = string();
            skipSpace();
            expect(':');
            if (members.putIfAbsent(name, value(depth)) != null) {
                throw fault("名称重复:" + name, "the name " + name + " stands twice in one object");
            }
            skipSpace();
            if (closes('}')) {
                return new Json.Obj(members);
            }
            expect(',');
        }
    }

    private Json array(int depth) throws MalformedJsonException {
        List<Json> items = new ArrayList<>();
        open(depth);
        if (closes(']')) {
            return new Json.Arr(items);
        }
        while (true) {
            items.add(value(depth));
            skipSpace();
            if (closes(']')) {
                return new Json.Arr(items);
            }
            expect(',');
        }
    }

    private void open(int depth) throws MalformedJsonException {
        if (depth > MAX_DEPTH) {
            throw fault("嵌套超过 " + MAX_DEPTH + " 层", "nested deeper than " + MAX_DEPTH + " levels");
        }
        at++;
        skipSpace();
    }

    private boolean closes(char bracket) {
        if (at < text.length() && text.charAt(at) == bracket) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char wanted) throws MalformedJsonException {
        if (at >= text.length() || text.charAt(at) != wanted) {
            throw fault("此处应为“" + wanted + "”", "'" + wanted + "' is expected");
        }
        at++;
        skipSpace();
    }

    private Json literal(String word, Json value) throws MalformedJsonException {
        if (!text.startsWith(word, at)) {
            throw fault("无法识别的值", "not a JSON value");
        }
        at += word.length();
        return value;
    }

    private String string() throws MalformedJsonException {
        int start = ++at;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                return text.substring(start, at++);
            }
            if (c == '\\' || c < 0x20) {
                return stringWithEscapes(start);
            }
            at++;
        }
        throw fault("字符串没有结束", "the string is not closed");
    }

    private String stringWithEscapes(int start) throws MalformedJsonException {
        var out = new StringBuilder(text.length() - start < 256 ? text.length() - start : 256).append(text, start, at);
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                requirePairs(out);
                return out.toString();
            }
            if (c < 0x20) {
                throw fault("字符串内有未转义的控制字符", "a control character stands in a string");
            }
            out.append(c == '\\' ? escape() : c);
        }
        throw fault("字符串没有结束", "the string is not closed");
    }

    private char escape() throws MalformedJsonException {
        char c = at < text.length() ? text.charAt(at++) : '\0';
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> hex();
            default -> throw fault("无效的转义", "not an escape JSON knows");
        };
    }

    private char hex() throws MalformedJsonException {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < text.length() && text.charAt(at) < 128 ? Character.digit(text.charAt(at), 16) : -1;
            if (digit < 0) {
                throw fault("\\u 后应有四位十六进制数", "four hexadecimal digits must follow \\u");
            }
            value = value << 4 | digit;
            at++;
        }
        return (char) value;
    }

    private void requirePairs(CharSequence string) throws MalformedJsonException {
        if (string.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw fault("代理对不完整", "half of a surrogate pair stands alone");
        }
    }

    private Json number() throws MalformedJsonException {
        int start = at;
        skip('-');
        if (!skip('0')) {
            digits();
        }
        if (skip('.')) {
            digits();
        }
        if (skip('e') || skip('E')) {
            if (!skip('+')) {
                skip('-');
            }
            digits();
        }
        if (at - start > MAX_NUMBER_LENGTH) {
            throw fault("数字过长", "the number is longer than " + MAX_NUMBER_LENGTH + " characters");
        }
        return new Json.Num(text.substring(start, at));
    }

    private boolean skip(char c) {
        return closes(c);
    }

    private void digits() throws MalformedJsonException {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw fault("无法识别的值", "not a JSON value");
        }
    }

    private void skipSpace() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                return;
            }
            at++;
        }
    }

    private MalformedJsonException fault(String zh, String en) {
        return new MalformedJsonException(at + 1, zh, en);
    }

    static void writePretty(Json value, int indent, StringBuilder out) {
        switch (value) {
            case Json.Obj(var members) when members.isEmpty() -> out.append("{}");
            case Json.Obj(var members) -> {
                String separator = "{";
                for (var member : members.entrySet()) {
                    newLine(out.append(separator), indent + 1);
                    quote(member.getKey(), out);
                    writePretty(member.getValue(), indent + 1, out.append(": "));
                    separator = ",";
                }
                newLine(out, indent);
                out.append('}');
            }
            case Json.Arr(var items) when items.isEmpty() -> out.append("[]");
            case Json.Arr(var items) -> {
                String separator = "[";
                for (Json item : items) {
                    newLine(out.append(separator), indent + 1);
                    writePretty(item, indent + 1, out);
                    separator = ",";
                }
                newLine(out, indent);
                out.append(']');
            }
            case Json.Text(var text) -> quote(text, out);
            case Json.Num(var literal) -> out.append(literal);
            case Json.Bool(var truth) -> out.append(truth);
            case Json.Null _ -> out.append("null");
        }
    }

    private static void newLine(StringBuilder out, int indent) {
        out.append('\n').repeat("  ", indent);
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                default -> {
                    if (c < 0x20) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
