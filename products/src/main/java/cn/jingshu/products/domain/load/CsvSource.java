package cn.jingshu.products.domain.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Records of a CSV file with a header (RFC 4180): fields quoted where needed, with line breaks and doubled quotation marks inside quotes;
 * lines end with CR LF, LF or CR. A field is at most 1 MiB of characters and a header at most 1,000 columns, so nothing that a file
 * holds fills the memory. An empty field is empty whether quoted or not.
 */
public final class CsvSource implements RecordSource {
    static final int MOST_CHARACTERS = 1 << 20;
    static final int MOST_COLUMNS = 1_000;

    private final BoundedText text;
    private final String name;
    private final char separator;
    private final long total;
    private final List<String> columns;
    private final StringBuilder field = new StringBuilder();
    private int ahead = -2;
    private long records;

    private CsvSource(InputStream in, TextEncoding encoding, String name, char separator, long total, long skip) throws IOException {
        this.text = new BoundedText(in, encoding, name);
        this.name = name;
        this.separator = separator;
        this.total = total;
        List<@Nullable String> header = fields();
        if (header == null) {
            throw new UnfitSourceException("文件 " + name + " 为空,没有表头。", "The file " + name + " is empty: it has no header.");
        }
        this.columns = named(header);
        for (long i = 0; i < skip; i++) {
            if (fields() == null) {
                throw new UnfitSourceException("文件 " + name + " 已变短,无法续传。", "The file " + name + " has become shorter: it cannot be gone on with.");
            }
            records++;
        }
    }

    /**
     * A file that can be opened again.
     *
     * @param separator between fields, usually a comma
     */
    public static Opening of(SourceFile file, char separator) {
        TextEncoding encoding = file.requireText();
        return new Opening() {
            @Override
            public String description() {
                return "file " + file.name() + " (CSV, " + encoding.charset() + ")";
            }

            @Override
            public String digest() {
                return file.sha256();
            }

            @Override
            public RecordSource from(String position) throws IOException {
                return opened(Files.newInputStream(file.path()), encoding, file.name(), separator, file.size(), skip(position));
            }
        };
    }

    /** Records of a stream that is closed with the source; it cannot be opened again. */
    static CsvSource opened(InputStream in, TextEncoding encoding, String name, char separator, long total, long skip) throws IOException {
        boolean done = false;
        try {
            CsvSource source = new CsvSource(in, encoding, name, separator, total, skip);
            done = true;
            return source;
        } finally {
            if (!done) {
                in.close();
            }
        }
    }

    static long skip(String position) {
        return position.isEmpty() ? 0 : Long.parseLong(position);
    }

    private List<String> named(List<@Nullable String> header) {
        Set<String> seen = new HashSet<>();
        List<String> named = new ArrayList<>();
        for (@Nullable String each : header) {
            String column = each == null ? "" : each.strip();
            if (column.isEmpty()) {
                throw new UnfitSourceException("文件 " + name + " 的表头有空列名(第 " + (named.size() + 1) + " 列)。",
                        "The header of " + name + " has a column without a name, number " + (named.size() + 1) + ".");
            }
            if (!seen.add(column)) {
                throw new UnfitSourceException("文件 " + name + " 的表头有重复列(第 " + (named.size() + 1) + " 列)。",
                        "The header of " + name + " has a name twice: column " + (named.size() + 1) + ".");
            }
            named.add(column);
        }
        return List.copyOf(named);
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public @Nullable SourceRecord next() throws IOException {
        while (true) {
            long line = lineAhead();
            List<@Nullable String> values = fields();
            if (values == null) {
                return null;
            }
            records++;
            if (values.size() == 1 && values.getFirst() == null && columns.size() > 1) {
                continue; // an empty line is no record
            }
            if (values.size() != columns.size()) {
                return SourceRecord.broken(line,
                        values.size() < columns.size() ? RejectReason.TOO_FEW_FIELDS : RejectReason.TOO_MANY_FIELDS);
            }
            Map<String, @Nullable String> named = new LinkedHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                named.put(columns.get(i), values.get(i));
            }
            return new SourceRecord(line, named, null);
        }
    }

    private long lineAhead() throws IOException {
        peek();
        return ahead == '\n' ? text.line() - 1 : text.line();
    }

    private int peek() throws IOException {
        if (ahead == -2) {
            ahead = text.read();
        }
        return ahead;
    }

    private int take() throws IOException {
        int character = peek();
        ahead = -2;
        return character;
    }

    /** The fields of the next record, empty ones as null; null: there is none. */
    private @Nullable List<@Nullable String> fields() throws IOException {
        if (peek() < 0) {
            return null;
        }
        List<@Nullable String> fields = new ArrayList<>();
        while (true) {
            fields.add(field());
            if (fields.size() > MOST_COLUMNS) {
                throw new UnfitSourceException("文件 " + name + " 第 " + text.line() + " 行超过 " + MOST_COLUMNS + " 列。",
                        "Line " + text.line() + " of " + name + " has more than " + MOST_COLUMNS + " columns.");
            }
            int end = take();
            if (end == separator) {
                continue;
            }
            if (end == '\r' && peek() == '\n') {
                take();
            }
            return fields;
        }
    }

    /** One field; the character that ends it is left. */
    private @Nullable String field() throws IOException {
        field.setLength(0);
        if (peek() == '"') {
            quoted();
        } else {
            while (peek() >= 0 && ahead != separator && ahead != '\n' && ahead != '\r') {
                append(take());
            }
        }
        return field.isEmpty() ? null : field.toString();
    }

    private void quoted() throws IOException {
        long opened = text.line();
        take();
        while (true) {
            int character = take();
            if (character < 0) {
                throw new UnfitSourceException("文件 " + name + " 第 " + opened + " 行的引号未闭合。",
                        "A quotation mark of " + name + " opens in line " + opened + " and does not close.");
            }
            if (character != '"') {
                append(character);
            } else if (peek() == '"') {
                append(take());
            } else if (ahead < 0 || ahead == separator || ahead == '\n' || ahead == '\r') {
                return;
            } else {
                throw new UnfitSourceException("文件 " + name + " 第 " + text.line() + " 行:引号后有多余字符。",
                        "In line " + text.line() + " of " + name + " something follows a closing quotation mark.");
            }
        }
    }

    private void append(int character) {
        if (field.length() >= MOST_CHARACTERS) {
            throw new UnfitSourceException("文件 " + name + " 第 " + text.line() + " 行有超过 1 MiB 的字段。",
                    "A field of " + name + " that ends in or behind line " + text.line() + " is longer than 1 MiB: is a quotation mark missing?");
        }
        field.append((char) character);
    }

    @Override
    public long bytesRead() {
        return text.bytes();
    }

    @Override
    public long bytesTotal() {
        return total;
    }

    @Override
    public String position() {
        return Long.toString(records);
    }

    @Override
    public void close() throws IOException {
        text.close();
    }
}
