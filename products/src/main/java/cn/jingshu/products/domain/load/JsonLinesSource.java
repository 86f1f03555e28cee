package cn.jingshu.products.domain.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records of a JSON Lines file: one flat object a line. A line is at most 4 MiB of characters; numbers keep the digits they have. */
public final class JsonLinesSource implements RecordSource {
    private static final int MOST_CHARACTERS = 4 << 20;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(CsvSource.MOST_CHARACTERS).maxNestingDepth(4).maxNumberLength(1_000).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final BoundedText text;
    private final String name;
    private final long total;
    private final StringBuilder line = new StringBuilder();
    private long lines;
    private boolean ended;

    private JsonLinesSource(BoundedText text, String name, long total) {
        this.text = text;
        this.name = name;
        this.total = total;
    }

    /** A file that can be opened again. */
    public static Opening of(SourceFile file) {
        TextEncoding encoding = file.requireText();
        return new Opening() {
            @Override
            public String description() {
                return "file " + file.name() + " (JSON Lines, " + encoding.charset() + ")";
            }

            @Override
            public String digest() {
                return file.sha256();
            }

            @Override
            public RecordSource from(String position) throws IOException {
                JsonLinesSource source = new JsonLinesSource(
                        new BoundedText(Files.newInputStream(file.path()), encoding, file.name()), file.name(), file.size());
                boolean done = false;
                try {
                    for (long skip = CsvSource.skip(position); skip > 0 && source.readLine(); skip--) {
                        source.lines++;
                    }
                    done = true;
                    return source;
                } finally {
                    if (!done) {
                        source.close();
                    }
                }
            }
        };
    }

    @Override
    public List<String> columns() {
        return List.of();
    }

    private boolean readLine() throws IOException {
        line.setLength(0);
        if (ended) {
            return false;
        }
        for (int character = text.read(); character != '\n'; character = text.read()) {
            if (character < 0) {
                ended = true;
                return !line.isEmpty();
            }
            if (line.length() >= MOST_CHARACTERS) {
                throw new UnfitSourceException("文件 " + name + " 第 " + (lines + 1) + " 行超过 4 MiB。",
                        "Line " + (lines + 1) + " of " + name + " is longer than 4 MiB.");
            }
            line.append((char) character);
        }
        return true;
    }

    @Override
    public @Nullable SourceRecord next() throws IOException {
        while (readLine()) {
            lines++;
            String json = line.toString().strip();
            if (!json.isEmpty()) {
                return record(lines, json);
            }
        }
        return null;
    }

    /** @throws IOException never of the file: the line is in memory */
    static SourceRecord record(long number, String json) throws IOException {
        Map<String, @Nullable String> values = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return SourceRecord.broken(number, RejectReason.NOT_AN_OBJECT);
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value == JsonToken.START_OBJECT || value == JsonToken.START_ARRAY) {
                    return SourceRecord.broken(number, RejectReason.NESTED);
                }
                String read = value == JsonToken.VALUE_NULL ? null : parser.getText();
                if (read != null && read.indexOf('\0') >= 0) {
                    return SourceRecord.broken(number, RejectReason.HAS_NUL);
                }
                values.put(field, read == null || read.isEmpty() ? null : read);
            }
            return parser.nextToken() == null
                    ? new SourceRecord(number, values, null)
                    : SourceRecord.broken(number, RejectReason.NOT_AN_OBJECT);
        } catch (JsonProcessingException wrong) {
            String said = wrong.getOriginalMessage();
            return SourceRecord.broken(number, said != null && said.startsWith("Duplicate field") ? RejectReason.NAME_TWICE : RejectReason.NOT_JSON);
        }
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
        return Long.toString(lines);
    }

    @Override
    public void close() throws IOException {
        text.close();
    }
}
