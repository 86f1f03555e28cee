package cn.jingshu.products.contract;

import cn.jingshu.products.spi.Answer.Violation;
import com.google.protobuf.Message;
import java.util.List;

/** What came of reading a request; a bad one is the caller's fault and an ordinary answer. */
public sealed interface RequestReading {
    /** The request, within all limits of the contract. */
    record Read(Message request) implements RequestReading {}

    /**
     * The request breaks the contract: 400 INVALID_REQUEST over HTTP, INVALID_ARGUMENT on gRPC.
     *
     * @param violations what is wrong, at least one and at most 20
     */
    record Broken(List<Violation> violations) implements RequestReading {
        public Broken {
            violations = List.copyOf(violations);
        }
    }
}
