package cn.jingshu.products.contract;

import cn.jingshu.products.spi.Answer.Violation;
import com.google.api.HttpBody;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;

/**
 * Translates between HTTP and the messages of a contract (ProtoJSON, {@code google.api.http}), and holds every request
 * against its contract. It has no state, knows no product and never throws for what a caller sent.
 */
public final class Transcoder {
    private Transcoder() {}

    /**
     * Reads the request of an HTTP call.
     *
     * @param matched the method and what the path gave
     * @param rawQuery the query as it came, percent-encoded, without the question mark; empty: none
     * @param body the body as it came; empty: none
     */
    public static RequestReading read(RouteMatch.Matched matched, String rawQuery, byte[] body) {
        return read(matched.method(), matched.binding(), matched.pathVariables(), rawQuery, body);
    }

    static RequestReading read(
            ContractMethod method,
            HttpBinding binding,
            Map<String, String> pathVariables,
            String rawQuery,
            byte[] body) {
        var violations = new Violations();
        Message request = new RequestReader(method, violations).read(binding, pathVariables, rawQuery, body);
        return violations.isEmpty() ? check(method, request) : new RequestReading.Broken(violations.list());
    }

    /**
     * Holds a request against what the contract requires: required fields, bounds, lengths, choices. {@link #read} has
     * done so already; the gRPC edge calls it for what it parsed.
     */
    public static RequestReading check(ContractMethod method, Message request) {
        var violations = new Violations();
        MessageCheck.request(method, request, violations);
        return violations.isEmpty()
                ? new RequestReading.Read(request)
                : new RequestReading.Broken(violations.list());
    }

    /**
     * What of an answer is not as the contract says: bounds, lengths, choices, moments that cannot be written. For answers of sources that are not trusted; what
     * a product of this house answers is its own word. Places and sentences hold no value of the answer.
     *
     * @return at most twenty; empty: all is
     */
    public static List<Violation> checkAnswer(ContractMethod method, Message answer) {
        var violations = new Violations();
        MessageCheck.answer(method, answer, violations);
        return violations.list();
    }

    /**
     * Writes an answer, or one item of a stream, for HTTP; {@code google.api.HttpBody} passes as it is.
     *
     * @throws IllegalStateException if the operation answered another message than its contract says
     */
    public static Payload write(ContractMethod method, Message answer) {
        requireDeclared(method, answer);
        if (!method.answersBytes()) {
            return new Payload(Payload.JSON, new AnswerWriter(method).write(answer));
        }
        var type = answer.getDescriptorForType();
        String contentType = (String) answer.getField(type.findFieldByNumber(HttpBody.CONTENT_TYPE_FIELD_NUMBER));
        ByteString data = (ByteString) answer.getField(type.findFieldByNumber(HttpBody.DATA_FIELD_NUMBER));
        return new Payload(contentType.isEmpty() ? "application/octet-stream" : contentType, data.toByteArray());
    }

    /**
     * The answer as gRPC may send it: without fields the contract does not declare, at any depth.
     *
     * @throws IllegalStateException if the operation answered another message than its contract says
     */
    public static Message strip(ContractMethod method, Message answer) {
        requireDeclared(method, answer);
        return Egress.strip(answer);
    }

    private static void requireDeclared(ContractMethod method, Message answer) {
        if (!answer.getDescriptorForType().getFullName().equals(method.response().getFullName())) {
            throw new IllegalStateException(method + " answered "
                    + answer.getDescriptorForType().getFullName() + ", its contract says "
                    + method.response().getFullName());
        }
    }
}
