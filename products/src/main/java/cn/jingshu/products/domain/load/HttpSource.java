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
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Records of an interface that answers pages of JSON, each naming the next by a cursor: {@code {"items": [{…}], "next": "…"}}. A page is at most
 * 16 MiB; redirects are not followed; a source that answers 304 to the entity tag of its first page, or to when that was changed last, has not changed. Where
 * a {@link Continuation} is stated, later loads ask for what is new alone.
 *
 * <p>An address an operator has typed is asked as it is ({@link PageClient#of}); one people enter at run time behind the guard of upstream products
 * ({@code GuardedPages}).
 */
public final class HttpSource implements RecordSource {
    private static final int MOST_BYTES = 16 << 20;
    private static final int MOST_PAGES = 1_000_000;
    private static final int TRIES = 3;

    /** Clocks and zones of sources differ from ours by less. */
    private static final Duration AHEAD = Duration.ofDays(1);
    /** What {@code Last-Modified} says, and no entity tag looks like (RFC 9110). */
    private static final Pattern HTTP_DATE = Pattern.compile("[A-Z][a-z]{2}, [0-9]{2} .*GMT");
    private static final ObjectMapper JSON = JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(20).maxStringLength(CsvSource.MOST_CHARACTERS).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES).build();

    private final PageClient client;
    private final Interface from;
    private final String began;
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
    private @Nullable String laterCursor;
    private @Nullable NewestValue newest;

    /**
     * An interface and how its pages are made.
     *
     * @param name for the record, without address or secret: {@code housing-bureau/leases}
     * @param address of the first page, http or https
     * @param headers sent with every request, a key among them; never shown
     * @param cursorParameter name of the query parameter that says where a page begins
     * @param items name of the list in a page
     * @param next name of the next page's cursor; a page without one, or with an empty one, is the last
     * @param tagOfWhole true: the entity tag of the first page, or its {@code Last-Modified}, changes whenever any page does
     * @param continuation how later loads read on; null: each reads the whole
     */
    public record Interface(String name, URI address, Map<String, String> headers, String cursorParameter, String items, String next,
            boolean tagOfWhole, @Nullable Continuation continuation) {
        /** One of which each load reads the whole. */
        public Interface(String name, URI address, Map<String, String> headers, String cursorParameter, String items, String next, boolean tagOfWhole) {
            this(name, address, headers, cursorParameter, items, next, tagOfWhole, null);
        }

        public Interface {
            headers = Map.copyOf(headers);
            if (tagOfWhole && continuation != null) {
                throw new IllegalArgumentException("an interface that is read on has no entity tag of its whole");
            }
            if (!("https".equals(address.getScheme()) || "http".equals(address.getScheme())) || address.getHost() == null) {
                throw new IllegalArgumentException("an interface has an address of http or https");
            }
        }

        @Override
        public String toString() {
            return "Interface[" + name + "]"; // a key may be among the headers, or in the address
        }
    }

    /** @param began the bookmark it begins behind; empty: at the beginning */
    private HttpSource(PageClient client, Interface from, String began, String position) {
        this.client = client;
        this.from = from;
        this.began = began;
        boolean since = from.continuation() instanceof Continuation.Since;
        this.pageCursor = since ? "" : began;
        this.newest = since && !began.isEmpty() ? NewestValue.read(began).orElseThrow() : null;
        if (!position.isEmpty()) {
            String[] kept = position.split(" ", 3);
            records = Long.parseLong(kept[0]);
            withinPage = Long.parseLong(kept[1]);
            if (since) {
                int length = Integer.parseInt(kept[2].substring(0, kept[2].indexOf(' ')));
                String behind = kept[2].substring(kept[2].indexOf(' ') + 1);
                newest = length == 0 ? null : NewestValue.read(behind.substring(0, length)).orElseThrow();
                pageCursor = behind.substring(length);
            } else {
                pageCursor = kept[2];
            }
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
        return new Pages(client, from, "");
    }

    /** @param began the bookmark it begins behind; empty: at the beginning */
    private record Pages(PageClient client, Interface from, String began) implements Opening {
        @Override
        public String description() {
            return "interface " + from.name();
        }

        @Override
        public @Nullable String definition() {
            return switch (from.continuation()) {
                case null -> RecordDigest.ofTexts(from.address().toString(), from.cursorParameter(), from.items(), from.next());
                case Continuation.ByCursor(var field) -> RecordDigest.ofTexts(from.address().toString(), from.cursorParameter(), from.items(), from.next(),
                        "by cursor", field == null ? "" : field);
                case Continuation.Since(var parameter, var field, var overlap) -> RecordDigest.ofTexts(from.address().toString(), from.cursorParameter(),
                        from.items(), from.next(), "since", parameter, field, overlap.toString());
            };
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
        public @Nullable Continuation continuation() {
            return from.continuation();
        }

        @Override
        public Opening behind(String bookmark) {
            if (from.continuation() == null) {
                throw new UnsupportedOperationException("each load of " + description() + " reads the whole");
            }
            return new Pages(client, from, bookmark);
        }

        @Override
        public RecordSource from(String position) {
            return new HttpSource(client, from, began, position);
        }
    }

    /**
     * The bookmark is the newest value among records that were taken: what was rejected is asked for again as long as nothing newer was taken. A value that is
     * still to come is none: behind it everything that changes until then would be passed by.
     */
    @Override
    public void accepted(SourceRecord record, Instant now) {
        if (!(from.continuation() instanceof Continuation.Since(_, var field, var overlap))) {
            return;
        }
        String text = record.values().get(field);
        NewestValue value = text == null ? null : NewestValue.read(text).orElse(null);
        NewestValue before = newest;
        if (value == null || value.isAfter(now.plus(AHEAD))) {
            return; // it was loaded; where to read on is told by the others
        }
        if ((before != null && before.form() != value.form()) || (value.form() == NewestValue.Form.NUMBER && !overlap.isZero())) {
            throw new UnfitSourceException("接口 " + from.name() + " 的字段 " + field + " 前后形式不一,或为数字却设有回看时长。", "The field " + field + " of " + from.name()
                    + " is written in two forms, or is a number though an overlap is set.");
        }
        if (before == null || value.compareTo(before) > 0) {
            newest = value;
        }
    }

    @Override
    public @Nullable String bookmark() {
        if (!ended) {
            return null;
        }
        return switch (from.continuation()) {
            case null -> null;
            case Continuation.Since _ -> newest == null ? null : newest.text();
            case Continuation.ByCursor _ -> {
                String later = laterCursor != null ? laterCursor : pageCursor;
                yield later.isEmpty() ? null : later;
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
        if (from.continuation() instanceof Continuation.ByCursor(var field)) {
            JsonNode later = field == null ? null : page.get(field);
            laterCursor = later == null || later.isNull() || later.asText().isEmpty() ? null : later.asText();
            if (items.isEmpty() && cursor.equals(following)) {
                following = null; // whoever has read all is told to ask again from here
            }
        }
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
        if (!began.isEmpty() && from.continuation() instanceof Continuation.Since(var parameter, _, var overlap)) {
            address = with(address, parameter, NewestValue.read(began).orElseThrow().asked(overlap));
        }
        if (!cursor.isEmpty()) {
            address = with(address, from.cursorParameter(), cursor);
        }
        PageClient.Reply answer = send(client, address, null, from);
        try (InputStream body = answer.body()) {
            if (answer.status() == 410 && !began.isEmpty()) {
                throw new UnfitSourceException("接口 " + from.name() + " 已不认识上次读到的位置(410);请下令整体重读。", "The interface " + from.name()
                        + " does not know any more where the last load ended (410): order the whole to be read anew.");
            }
            if (answer.status() != 200) {
                throw new SourceAwayException("接口 " + from.name() + " 应答 " + answer.status(),
                        "the interface " + from.name() + " answered " + answer.status(), null);
            }
            if (cursor.isEmpty() && began.isEmpty()) {
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

    private static URI with(URI address, String parameter, String value) {
        String query = address.getRawQuery();
        return URI.create(address.toString().replaceAll("[?#].*$", "") + "?" + (query == null ? "" : query + "&") + parameter + "="
                + URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"));
    }

    private static PageClient.Reply send(PageClient client, URI address, @Nullable String entityTag, Interface from) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>(from.headers());
        if (entityTag != null) {
            headers.put(HTTP_DATE.matcher(entityTag).matches() ? "If-Modified-Since" : "If-None-Match", entityTag);
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
        if (records == 0) {
            return "";
        }
        NewestValue value = newest;
        String kept = !(from.continuation() instanceof Continuation.Since) ? "" : value == null ? "0 " : value.text().length() + " " + value.text();
        return records + " " + withinPage + " " + kept + pageCursor;
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
