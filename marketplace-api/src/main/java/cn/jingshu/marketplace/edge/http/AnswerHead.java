package cn.jingshu.marketplace.edge.http;

import cn.jingshu.marketplace.edge.AsciiText;
import cn.jingshu.marketplace.edge.TraceParent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an answer's head, written one after the other as the bytes they are sent as. A map of headers, which the
 * codec walks and copies name by name and value by value, costs more than all rules of the gate.
 *
 * <p>The codec of HTTP/1 is shown one field: the name of the first, and as its value everything from there to the end of the
 * last. So only who writes to that codec may be given it; {@link #asHeaders} is for everybody else. Nothing is checked: whoever
 * adds a field has seen to it that it holds no line break.
 */
final class AnswerHead extends EmptyHttpHeaders {
    private static final int EXPECTED_BYTES = 640;
    private static final String COLON = ": ";
    private static final String END_OF_LINE = "\r\n";
    private static final String FIRST = "X-Request-Id";

    /** What every answer of a product says of itself: whose it is, and that it is what it says. */
    private static final String ALWAYS = String.join(END_OF_LINE,
            "X-Content-Type-Options: nosniff", "Cache-Control: private, no-cache", "Vary: Authorization, X-API-Key", "");

    private final AsciiText text;

    private AnswerHead(AsciiText text) {
        this.text = text;
    }

    /** Begins the head of an answer that goes out now to a request with these headers: its date, and what every answer says. */
    static AnswerHead to(HttpHeaders asked, String requestId) {
        AsciiText text = new AsciiText(EXPECTED_BYTES);
        text.append(FIRST).append(COLON).append(requestId).append(END_OF_LINE).append(DateField.line()).append(ALWAYS);
        AnswerHead head = new AnswerHead(text);
        String trace = TraceParent.accept(asked.get(RestEdge.TRACE_PARENT));
        return trace == null ? head : head.field("traceparent: ", trace);
    }

    /** @param name with a colon and a space behind it */
    AnswerHead field(String name, String value) {
        text.append(name).append(value).append(END_OF_LINE);
        return this;
    }

    /** @param name with a colon and a space behind it */
    AnswerHead field(String name, long value) {
        text.append(name).append(value).append(END_OF_LINE);
        return this;
    }

    /** Begins a field whose value is written to the text; {@link #end} ends it. */
    AsciiText begin(String name) {
        return text.append(name);
    }

    void end() {
        text.append(END_OF_LINE);
    }

    /** The same fields one by one. */
    HttpHeaders asHeaders() {
        HttpHeaders headers = RestEdge.HEADERS.newHeaders();
        for (String line : text.toString().split(END_OF_LINE, -1)) {
            int colon = line.indexOf(COLON);
            if (colon > 0) {
                headers.add(line.substring(0, colon), line.substring(colon + COLON.length()));
            }
        }
        return headers;
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public Iterator<Map.Entry<CharSequence, CharSequence>> iteratorCharSequence() {
        int value = FIRST.length() + COLON.length();
        return List.<Map.Entry<CharSequence, CharSequence>>of(Map.entry(
                        new AsciiString(text.array(), 0, FIRST.length(), false),
                        new AsciiString(text.array(), value, text.length() - END_OF_LINE.length() - value, false)))
                .iterator();
    }

    // Whoever compares heads means the very same one.
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
