package cn.jingshu.marketplace.usagepush;

import cn.jingshu.marketplace.billing.EventVoid;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.usage.StoredEvent;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * One message to a sink: usage events or voids as a batch of CloudEvents 1.0 (JSON batch format).
 *
 * <p>The {@code id} of each is the event's or the void's own, so what comes twice can be told by {@code source} and
 * {@code id}. Left out on purpose, because callers and people write them: the request id and the reason of a void.
 */
final class UsageBatch {
    static final String CONTENT_TYPE = "application/cloudevents-batch+json";
    static final String RECORDED = "cn.jingshu.usage.recorded.v1";
    static final String VOIDED = "cn.jingshu.usage.voided.v1";

    private static final JsonFactory JSON = new JsonFactory();

    private final String messageId;
    private final int size;
    private final byte[] body;

    private UsageBatch(String messageId, int size, byte[] body) {
        this.messageId = messageId;
        this.size = size;
        this.body = body;
    }

    /** Says what is in the message: the same events, the same id. */
    String messageId() {
        return messageId;
    }

    /** How many events there are. */
    int size() {
        return size;
    }

    /** The bytes that are signed and sent; not to be changed. */
    byte[] body() {
        return body;
    }

    private interface Writer<T> {
        void write(JsonGenerator json, T each) throws IOException;
    }

    /** @param events at least one */
    static UsageBatch ofEvents(String source, List<StoredEvent> events) {
        List<UUID> ids = events.stream().map(stored -> stored.event().eventId()).toList();
        return of(ids, events, (json, stored) -> write(json, source, stored));
    }

    /** @param voids at least one */
    static UsageBatch ofVoids(String source, List<EventVoid> voids) {
        return of(voids.stream().map(EventVoid::id).toList(), voids, (json, entry) -> write(json, source, entry));
    }

    private static <T> UsageBatch of(List<UUID> ids, List<T> all, Writer<T> writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(700 * all.size());
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartArray();
            for (T each : all) {
                writer.write(json, each);
            }
            json.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
        UUID content = UUID.nameUUIDFromBytes(ids.toString().getBytes(StandardCharsets.UTF_8));
        return new UsageBatch("msg_" + content, all.size(), bytes.toByteArray());
    }

    private static void write(JsonGenerator json, String source, StoredEvent stored) throws IOException {
        UsageEvent event = stored.event();
        head(json, source, event.eventId(), RECORDED, event.subscriptionId(), event.occurredAt());
        json.writeStringField("eventId", event.eventId().toString());
        json.writeStringField("occurredAt", event.occurredAt().toString());
        json.writeStringField("receivedAt", Objects.requireNonNull(stored.receivedAt(), "what is pushed is stored").toString());
        json.writeStringField("nodeId", event.nodeId());
        json.writeNumberField("sequence", stored.sequence());
        json.writeStringField("subscriptionId", event.subscriptionId().toString());
        json.writeStringField("keyId", event.keyId().toString());
        json.writeStringField("product", event.product());
        json.writeStringField("operation", event.operation());
        json.writeStringField("purpose", event.purposeClass());
        json.writeStringField("outcome", event.outcome().name());
        json.writeStringField("unit", event.unit());
        json.writeNumberField("quantity", event.quantity());
        json.writeNumberField("status", event.status());
        json.writeNumberField("latencyMicros", event.latencyMicros());
        json.writeNumberField("answerBytes", event.answerBytes());
        json.writeBooleanField("sandbox", event.sandbox());
        json.writeStringField("protocol", event.protocol());
        tail(json);
    }

    private static void write(JsonGenerator json, String source, EventVoid entry) throws IOException {
        Instant at = entry.decidedAt();
        head(json, source, entry.id(), VOIDED, entry.subscriptionId(), at == null ? entry.requestedAt() : at);
        json.writeStringField("voidId", entry.id().toString());
        json.writeStringField("eventId", entry.eventId().toString());
        json.writeStringField("occurredAt", entry.occurredAt().toString());
        json.writeStringField("subscriptionId", entry.subscriptionId().toString());
        json.writeStringField("product", entry.product());
        json.writeStringField("operation", entry.operation());
        json.writeStringField("purpose", entry.purpose());
        json.writeStringField("unit", entry.unit());
        json.writeNumberField("quantity", -entry.quantity());
        json.writeBooleanField("sandbox", entry.sandbox());
        tail(json);
    }

    private static void head(JsonGenerator json, String source, UUID id, String type, UUID subscriptionId, Instant time)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("specversion", "1.0");
        json.writeStringField("id", id.toString());
        json.writeStringField("source", source);
        json.writeStringField("type", type);
        json.writeStringField("subject", "subscriptions/" + subscriptionId);
        json.writeStringField("time", time.toString());
        json.writeStringField("datacontenttype", "application/json");
        json.writeObjectFieldStart("data");
    }

    private static void tail(JsonGenerator json) throws IOException {
        json.writeEndObject();
        json.writeEndObject();
    }
}
