package cn.jingshu.marketplace.edge.grpc;

import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Transcoder;
import com.google.protobuf.Message;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers with nothing in them but what is declared, as gRPC sends them. A product that gives many callers the very same
 * message, as it may until its data change, has it stripped once; answers about people are never kept.
 */
final class StrippedAnswers {
    private record Stripped(Message message, Message declared) {}

    /** Larger ones are stripped anew rather than held, bytes. */
    private static final int MOST_KEPT = 1 << 20;

    private final ConcurrentHashMap<ContractMethod, Stripped> latest = new ConcurrentHashMap<>();

    @SuppressWarnings("ReferenceEquality") // the same object holds the same; comparing fields would cost what it saves
    Message of(ContractMethod method, Message message) {
        Stripped known = latest.get(method);
        if (known != null && known.message() == message) {
            return known.declared();
        }
        Message declared = Transcoder.strip(method, message);
        if (!method.personal() && declared.getSerializedSize() <= MOST_KEPT) {
            latest.put(method, new Stripped(message, declared));
        }
        return declared;
    }
}
