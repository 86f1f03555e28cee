package cn.jingshu.marketplace.edge.grpc;

import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Waits for the one message of a unary call and for its end, and hands it on. A second message ends the call before it gets here. */
final class UnaryListener extends ServerCall.Listener<Message> {
    private final ServerCall<Message, Message> call;
    private final Consumer<Message> whole;
    private @Nullable Message request;

    UnaryListener(ServerCall<Message, Message> call, Consumer<Message> whole) {
        this.call = call;
        this.whole = whole;
        call.request(2); // gRPC sees that a second one is too many only if it may come
    }

    @Override
    public void onMessage(Message message) {
        request = message;
    }

    @Override
    public void onHalfClose() {
        Message message = request;
        if (message == null) {
            call.close(Status.INTERNAL.withDescription("a unary call without a message"), new Metadata());
        } else {
            whole.accept(message);
        }
    }
}
