package cn.jingshu.products.spi;

import com.google.protobuf.Message;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** One method of a contract and how it is answered. Implementations are called from many threads and never block. */
public sealed interface Operation {
    /** The method's simple name in the contract, for instance {@code ListVehicles}. */
    String method();

    /** The request message with nothing set: from it the edges parse what the caller sent. */
    Message requestPrototype();

    /** One request, one answer. */
    record Unary<Q extends Message, A extends Message>(String method, Q requestPrototype, UnaryHandler<Q, A> handler)
            implements Operation {}

    /** One request, a stream of answers: server streaming on gRPC, server-sent events on REST. */
    record Streaming<Q extends Message, A extends Message>(
            String method, Q requestPrototype, StreamHandler<Q, A> handler) implements Operation {}

    /** How a unary operation answers. A failed stage or a thrown exception is an internal error, which costs what the contract says of it. */
    @FunctionalInterface
    interface UnaryHandler<Q extends Message, A extends Message> {
        CompletionStage<Answer<A>> answer(CallFacts facts, Q request);
    }

    /**
     * How an operation answers whose contract says that it answers aggregates: past guards against small cells and differencing, which
     * what it computes cannot go around. {@code domain.disclosure.Aggregates} makes these, and nothing else does.
     */
    interface AggregateHandler<Q extends Message, A extends Message> extends UnaryHandler<Q, A> {}

    /**
     * How a streaming operation answers. Each subscription to the publisher is one stream; the publisher honours
     * demand, keeps no unbounded buffer and ends a subscriber that cannot keep up. It refuses a request by ending the
     * stream with a {@link StreamRefusal} before the first item; any other error is internal.
     */
    @FunctionalInterface
    interface StreamHandler<Q extends Message, A extends Message> {
        /**
         * The stream that answers {@code request}.
         *
         * @param lastEventId the {@link StreamItem#eventId} the caller saw last; empty: the stream starts afresh
         */
        Flow.Publisher<StreamItem<A>> stream(CallFacts facts, Q request, String lastEventId);
    }
}
