package cn.jingshu.marketplace.edge.grpc;

import cn.jingshu.marketplace.edge.Credentials;
import cn.jingshu.marketplace.edge.ProductCall;
import cn.jingshu.marketplace.edge.RateLimitFields;
import cn.jingshu.marketplace.edge.RequestIds;
import cn.jingshu.marketplace.edge.RetirementFields;
import cn.jingshu.marketplace.edge.TraceParent;
import cn.jingshu.marketplace.gate.Admission;
import cn.jingshu.marketplace.gate.LimitFacts;
import cn.jingshu.marketplace.gate.Stated;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.spi.Retirement;
import io.grpc.Metadata;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a call's metadata said, and what the metadata of its answer say. */
record CallMetadata(
        Credentials credentials,
        Stated stated,
        @Nullable String idempotencyKey,
        String requestId,
        @Nullable String traceParent,
        String lastEventId) {

    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    private static final Metadata.Key<String> API_KEY = key("x-api-key");
    private static final Metadata.Key<String> PURPOSE = key(Stated.PURPOSE);
    private static final Metadata.Key<String> SCENARIO = key(Stated.SCENARIO);
    private static final Metadata.Key<String> DISTRICT = key(Stated.DISTRICT);
    private static final Metadata.Key<String> CONSENT = key(Stated.CONSENT);
    private static final Metadata.Key<String> IDEMPOTENCY_KEY = key("idempotency-key");
    private static final Metadata.Key<String> IDEMPOTENCY_REPLAYED = key("idempotency-replayed");
    private static final Metadata.Key<String> REQUEST_ID = key("x-request-id");
    private static final Metadata.Key<String> TRACE_PARENT = key("traceparent");
    private static final Metadata.Key<String> LAST_EVENT_ID = key("last-event-id");
    private static final Metadata.Key<String> EVENT_ID = key("jingshu-event-id");
    private static final Metadata.Key<String> STALE = key("jingshu-stale");
    private static final Metadata.Key<String> DEPRECATION = key(RetirementFields.DEPRECATION);
    private static final Metadata.Key<String> SUNSET = key(RetirementFields.SUNSET);
    private static final Metadata.Key<String> RATE_LIMIT = key("ratelimit");
    private static final Metadata.Key<String> RATE_LIMIT_POLICY = key("ratelimit-policy");

    static CallMetadata of(Metadata metadata) {
        return new CallMetadata(
                Credentials.of(all(metadata, AUTHORIZATION), all(metadata, API_KEY)),
                Stated.of(metadata.get(PURPOSE), metadata.get(SCENARIO), metadata.get(DISTRICT), metadata.get(CONSENT)),
                metadata.get(IDEMPOTENCY_KEY),
                RequestIds.accept(metadata.get(REQUEST_ID)),
                TraceParent.accept(metadata.get(TRACE_PARENT)),
                Objects.requireNonNullElse(metadata.get(LAST_EVENT_ID), ""));
    }

    private static Iterable<String> all(Metadata metadata, Metadata.Key<String> key) {
        return Objects.requireNonNullElse(metadata.getAll(key), List.of());
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** The call, as every edge hands it on. */
    ProductCall callOf(ContractMethod method) {
        return new ProductCall(method, credentials.only(), stated, idempotencyKey, requestId, "GRPC");
    }

    /** The metadata of an answer or a refusal: what is known of its limits and its event. */
    Metadata answer(@Nullable LimitFacts limits, Admission.@Nullable Admitted admitted) {
        Metadata metadata = new Metadata();
        metadata.put(REQUEST_ID, requestId);
        if (traceParent != null) {
            metadata.put(TRACE_PARENT, traceParent);
        }
        if (limits != null) {
            metadata.put(RATE_LIMIT_POLICY, RateLimitFields.policy(limits));
            metadata.put(RATE_LIMIT, RateLimitFields.state(limits));
        }
        if (admitted != null) {
            metadata.put(EVENT_ID, admitted.eventId().toString());
        }
        return metadata;
    }

    /** {@code metadata}, which say of a version that is on its way out since when and until when. */
    static Metadata retiring(ContractMethod method, Metadata metadata) {
        Retirement retirement = method.retirement();
        if (retirement != null) {
            metadata.put(DEPRECATION, RetirementFields.deprecation(retirement));
            RetirementFields.sunset(retirement).ifPresent(date -> metadata.put(SUNSET, date));
        }
        return metadata;
    }

    /** Says of an answer that its data are older or less complete than its contract promises. */
    static Metadata stale(Metadata metadata) {
        metadata.put(STALE, "true");
        return metadata;
    }

    /** The metadata of an answer given before. */
    Metadata replayed(UUID eventId) {
        Metadata metadata = answer(null, null);
        metadata.put(EVENT_ID, eventId.toString());
        metadata.put(IDEMPOTENCY_REPLAYED, "true");
        return metadata;
    }
}
