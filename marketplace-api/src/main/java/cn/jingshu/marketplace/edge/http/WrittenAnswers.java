package cn.jingshu.marketplace.edge.http;

import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Payload;
import cn.jingshu.products.contract.Transcoder;
import com.google.protobuf.Message;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers as bytes, with their tags. A product that gives many callers the very same message, as it may until its data
 * change, has it written once; answers about people are never kept.
 */
final class WrittenAnswers {
    /** An answer and its strong tag. */
    record Written(Message message, Payload payload, String etag) {}

    /** Larger ones, such as downloads, are written anew rather than held, bytes. */
    private static final int MOST_KEPT = 1 << 20;

    private final ConcurrentHashMap<ContractMethod, Written> latest = new ConcurrentHashMap<>();

    @SuppressWarnings("ReferenceEquality") // the same object has the same bytes; comparing fields would cost what it saves
    Written of(ContractMethod method, Message message) {
        Written known = latest.get(method);
        if (known != null && known.message() == message) {
            return known;
        }
        Payload payload = Transcoder.write(method, message);
        Written written = new Written(message, payload, Validators.etagOf(payload.bytes()));
        if (!method.personal() && payload.bytes().length <= MOST_KEPT) {
            latest.put(method, written);
        }
        return written;
    }
}
