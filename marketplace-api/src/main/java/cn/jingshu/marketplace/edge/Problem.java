package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.LimitFact;
import cn.jingshu.marketplace.gate.LimitFacts;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.products.spi.Answer.Violation;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A refusal as HTTP tells it: {@code application/problem+json} after RFC 9457, in English with the Chinese text beside
 * it.
 *
 * @param instance the path that was called
 * @param limits what the call was measured against; null: it was refused before any limit was asked
 */
public record Problem(
        Refusal refusal,
        String detailZh,
        String detailEn,
        String instance,
        String requestId,
        List<Violation> violations,
        @Nullable LimitFacts limits) {
    public static final String CONTENT_TYPE = "application/problem+json";

    /** Where every code is explained; the anchor is the code. */
    private static final String TYPE_BASE = "/docs/refusals#";

    private static final JsonFactory JSON = new JsonFactory();

    public Problem {
        violations = List.copyOf(violations);
    }

    /** The problem of a refusal about which nothing more is known than its own sentence. */
    public static Problem of(Refusal refusal, String instance, String requestId) {
        return new Problem(refusal, refusal.zh(), refusal.en(), instance, requestId, List.of(), null);
    }

    public byte[] toJson() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("type", TYPE_BASE + refusal.code().toLowerCase(Locale.ROOT));
            json.writeStringField("title", refusal.en());
            json.writeStringField("titleZh", refusal.zh());
            json.writeNumberField("status", refusal.httpStatus());
            json.writeStringField("detail", detailEn);
            json.writeStringField("detailZh", detailZh);
            json.writeStringField("instance", instance);
            json.writeStringField("code", refusal.code());
            json.writeStringField("requestId", requestId);
            @Nullable String basis = refusal.legalBasis();
            if (basis != null) {
                json.writeStringField("legalBasis", basis);
            }
            Optional<LimitFact.Kind> violated = LimitFact.Kind.violatedIn(refusal);
            if (violated.isPresent()) {
                // The member's name is the draft's of the RateLimit fields; the value is the policy's name in them.
                json.writeArrayFieldStart("violated-policies");
                json.writeString(violated.get().policy());
                json.writeEndArray();
            }
            if (!violations.isEmpty()) {
                json.writeArrayFieldStart("violations");
                for (Violation violation : violations) {
                    json.writeStartObject();
                    json.writeStringField("field", violation.field());
                    json.writeStringField("detail", violation.en());
                    json.writeStringField("detailZh", violation.zh());
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException("bytes in memory take everything", impossible);
        }
        return bytes.toByteArray();
    }
}
