package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.products.spi.Answer.Violation;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A refusal as HTTP tells it: {@code application/problem+json} after RFC 9457, in English with the Chinese text beside
 * it.
 *
 * @param instance the path that was called
 */
public record Problem(
        Refusal refusal,
        String detailZh,
        String detailEn,
        String instance,
        String requestId,
        List<Violation> violations) {
    public static final String CONTENT_TYPE = "application/problem+json";

    /** Where every code is explained; the anchor is the code. */
    private static final String TYPE_BASE = "/docs/refusals#";

    public Problem {
        violations = List.copyOf(violations);
    }

    /** The problem of a refusal about which nothing more is known than its own sentence. */
    public static Problem of(Refusal refusal, String instance, String requestId) {
        return new Problem(refusal, refusal.zh(), refusal.en(), instance, requestId, List.of());
    }

    public byte[] toJson() {
        StringWriter text = new StringWriter();
        try (JsonWriter json = new JsonWriter(text)) {
            json.beginObject();
            json.name("type").value(TYPE_BASE + refusal.code().toLowerCase(java.util.Locale.ROOT));
            json.name("title").value(refusal.en());
            json.name("titleZh").value(refusal.zh());
            json.name("status").value(refusal.httpStatus());
            json.name("detail").value(detailEn);
            json.name("detailZh").value(detailZh);
            json.name("instance").value(instance);
            json.name("code").value(refusal.code());
            json.name("requestId").value(requestId);
            @Nullable String basis = refusal.legalBasis();
            if (basis != null) {
                json.name("legalBasis").value(basis);
            }
            if (!violations.isEmpty()) {
                json.name("violations").beginArray();
                for (Violation violation : violations) {
                    json.beginObject();
                    json.name("field").value(violation.field());
                    json.name("detail").value(violation.en());
                    json.name("detailZh").value(violation.zh());
                    json.endObject();
                }
                json.endArray();
            }
            json.endObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
