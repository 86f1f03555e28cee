package cn.jingshu.marketplace.edge.grpc;

import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Waits for the one message of a unary call and for its end, and hands it on; a call with none or with more is refused. */
final class UnaryListener extends ServerCall.Listener<Message> {
    private final ServerCall<Message, Message> call;
    private final Consumer<Message> whole;
    private @Nullable Message request;
    private boolean refused;

    UnaryListener(ServerCall<Message, Message> call, Consumer<Message> whole) {
        this.call = call;
        this.whole = whole;
        call.request(2); // the second one would be one too many, and is to be seen
    }

    @Override
    public void onMessage(Message message) {
        if (request != null) {
            refuse("more than one message in a unary call");
        }
        request = message;
    }

    @Override
    public void onHalfClose() {
        Message message = request;
        if (message == null) {
            refuse("a unary call without a message");
        } else if (!refused) {
            whole.accept(message);
        }
    }

    private void refuse(String why) {
        if (!refused) {
            refused = true;
            call.close(Status.INTERNAL.withDescription(why), new Metadata());
        }
    }
}
