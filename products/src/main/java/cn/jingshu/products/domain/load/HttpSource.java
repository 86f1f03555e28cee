package cn.jingshu.products.domain.load;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records of an interface that answers pages of JSON, each naming the next by a cursor: {@code {"items": [{…}], "next": "…"}}. A page is at most
 * 16 MiB; redirects are not followed; a source that answers 304 to the entity tag of its first page has not changed.
 *
 * <p>An address an operator has typed is asked as it is ({@link PageClient#of}); one people enter at run time behind the guard of upstream products
 * ({@code GuardedPages}).
 */
public final class HttpSource implements RecordSource {
    private static final int MOST_BYTES = 16 << 20;
    private static final int MOST_PAGES = 1_000_000;
    private static final int TRIES = 3;
    private static final ObjectMapper JSON = JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(20).maxStringLength(CsvSource.MOST_CHARACTERS).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES).build();

    private final PageClient client;
    private final Interface from;
    private final RecordDigest digest = new RecordDigest();
    private final Deque<JsonNode> ahead = new ArrayDeque<>();
    private String pageCursor;
    private @Nullable String nextCursor;
    private long withinPage;
    private long records;
    private long bytes;
    private long pages;
    private boolean ended;
    private @Nullable String entityTag;

    /**
     * An interface and how its pages are made.
     *
     * @param name for the record, without address or secret: {@code housing-bureau/leases}
     * @param address of the first page, http or https
     * @param headers sent with every request, a key among them; never shown
     * @param cursorParameter name of the query parameter that says where a page begins
     * @param items name of the list in a page
     * @param next name of the next page's cursor; a page without one, or with an empty one, is the last
     * @param tagOfWhole true: the entity tag of the first page changes whenever any page does
     */
    public record Interface(String name, URI address, Map<String, String> headers, String cursorParameter, String items, String next,
            boolean tagOfWhole) {
        public Interface {
            headers = Map.copyOf(headers);
            if (!("https".equals(address.getScheme()) || "http".equals(address.getScheme())) || address.getHost() == null) {
                throw new IllegalArgumentException("an interface has an address of http or https");
            }
        }

        @Override
        public String toString() {
            return "Interface[" + name + "]"; // a key may be among the headers, or in the address
        }
    }

    private HttpSource(PageClient client, Interface from, String position) {
        this.client = client;
        this.from = from;
        this.pageCursor = "";
        if (!position.isEmpty()) {
            String[] kept = position.split(" ", 3);
            records = Long.parseLong(kept[0]);
            withinPage = Long.parseLong(kept[1]);
            pageCursor = kept[2];
            digest.miss();
        }
        nextCursor = pageCursor;
    }

    /** A client that follows no redirect. */
    public static HttpClient newClient() {
        return HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).connectTimeout(Duration.ofSeconds(10)).build();
    }

    /** A configured interface that can be opened again. */
    public static Opening of(HttpClient client, Interface from) {
        return of(PageClient.of(client), from);
    }

    /** The same, asked for by another client. */
    public static Opening of(PageClient client, Interface from) {
        return new Opening() {
            @Override
            public String description() {
                return "interface " + from.name();
            }

            @Override
            public @Nullable String definition() {
                return RecordDigest.ofTexts(from.address().toString(), from.cursorParameter(), from.items(), from.next());
            }

            @Override
            public @Nullable String digest() {
                return null;
            }

            @Override
            public boolean isUnchanged(String entityTag) throws IOException {
                PageClient.Reply answer = send(client, from.address(), entityTag, from);
                answer.body().close();
                return answer.status() == 304;
            }

            @Override
            public RecordSource from(String position) {
                return new HttpSource(client, from, position);
            }
        };
    }

    @Override
    public @Nullable String entityTag() {
        return from.tagOfWhole() ? entityTag : null;
    }

    @Override
    public List<String> columns() {
        return List.of();
    }

    @Override
    public @Nullable SourceRecord next() throws IOException {
        while (ahead.isEmpty() && !ended) {
            fetch();
        }
        JsonNode item = ahead.poll();
        if (item == null) {
            return null;
        }
        withinPage++;
        records++;
        if (!item.isObject()) {
            return SourceRecord.broken(records, RejectReason.NOT_AN_OBJECT);
        }
        Map<String, @Nullable String> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : item.properties()) {
            JsonNode value = field.getValue();
            if (value.isContainerNode()) {
                return SourceRecord.broken(records, RejectReason.NESTED);
            }
            String text = value.isNull() ? null : value.isBigDecimal() ? value.decimalValue().toPlainString() : value.asText();
            if (text != null && text.indexOf('\0') >= 0) {
                return SourceRecord.broken(records, RejectReason.HAS_NUL);
            }
            values.put(field.getKey(), text == null || text.isEmpty() ? null : text);
        }
        digest.take(values);
        return new SourceRecord(records, values, null);
    }

    private void fetch() throws IOException {
        String cursor = nextCursor;
        if (cursor == null) {
            ended = true;
            return;
        }
        if (++pages > MOST_PAGES) {
            throw new UnfitSourceException("接口 " + from.name() + " 的分页没有尽头。", "The interface " + from.name() + " has no last page.");
        }
        boolean resumed = cursor.equals(pageCursor) && withinPage > 0 && pages == 1;
        JsonNode page = read(cursor);
        JsonNode items = page.get(from.items());
        if (items == null || !items.isArray()) {
            throw new UnfitSourceException("接口 " + from.name() + " 的回答没有列表 " + from.items() + "。",
                    "A page of " + from.name() + " has no list " + from.items() + ".");
        }
        JsonNode next = page.get(from.next());
        String following = next == null || next.isNull() || next.asText().isEmpty() ? null : next.asText();
        if (following != null && following.equals(cursor)) {
            throw new UnfitSourceException("接口 " + from.name() + " 的下一页仍是本页。", "A page of " + from.name() + " names itself as the next.");
        }
        pageCursor = cursor;
        nextCursor = following;
        long skip = resumed ? withinPage : 0;
        withinPage = skip;
        for (JsonNode item : items) {
            if (skip-- <= 0) {
                ahead.add(item);
            }
        }
    }

    private JsonNode read(String cursor) throws IOException {
        URI address = from.address();
        if (!cursor.isEmpty()) {
            String query = address.getRawQuery();
            address = URI.create(address.toString().replaceAll("[?#].*$", "") + "?" + (query == null ? "" : query + "&")
                    + from.cursorParameter() + "=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8).replace("+", "%20"));
        }
        PageClient.Reply answer = send(client, address, null, from);
        try (InputStream body = answer.body()) {
            if (answer.status() != 200) {
                throw new SourceAwayException("接口 " + from.name() + " 应答 " + answer.status(),
                        "the interface " + from.name() + " answered " + answer.status(), null);
            }
            if (cursor.isEmpty()) {
                entityTag = answer.entityTag();
            }
            byte[] json = body.readNBytes(MOST_BYTES + 1);
            if (json.length > MOST_BYTES) {
                throw new UnfitSourceException("接口 " + from.name() + " 的一页超过 16 MiB。", "A page of " + from.name() + " is larger than 16 MiB.");
            }
            bytes += json.length;
            try (JsonParser parser = JSON.createParser(json)) {
                JsonNode page = JSON.readTree(parser);
                return page == null ? JSON.nullNode() : page;
            } catch (JsonProcessingException wrong) {
                throw new UnfitSourceException("接口 " + from.name() + " 的回答不是 JSON。", "A page of " + from.name() + " is not JSON.");
            }
        }
    }

    private static PageClient.Reply send(PageClient client, URI address, @Nullable String entityTag, Interface from) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>(from.headers());
        if (entityTag != null) {
            headers.put("If-None-Match", entityTag);
        }
        for (int attempt = 1; ; attempt++) {
            try {
                PageClient.Reply answer = client.get(address, headers);
                if (answer.status() < 500 || attempt == TRIES) {
                    return answer;
                }
                answer.body().close();
            } catch (PageClient.InterruptedByCallerException stopped) {
                throw new SourceAwayException("读取接口 " + from.name() + " 被中止", "the interface " + from.name() + " was left", stopped);
            } catch (SourceAwayException said) {
                throw said; // whoever asks for the pages has ended it
            } catch (IOException failure) {
                if (attempt == TRIES) {
                    throw new SourceAwayException("接口 " + from.name() + " 无法访问:" + failure.getClass().getSimpleName(),
                            "the interface " + from.name() + " cannot be reached: " + failure.getClass().getSimpleName(), null);
                }
            }
        }
    }

    @Override
    public long bytesRead() {
        return bytes;
    }

    @Override
    public long bytesTotal() {
        return -1;
    }

    @Override
    public String position() {
        return records == 0 ? "" : records + " " + withinPage + " " + pageCursor;
    }

    @Override
    public @Nullable String digest() {
        return digest.hex();
    }

    @Override
    public void close() {
        ahead.clear();
    }
}
