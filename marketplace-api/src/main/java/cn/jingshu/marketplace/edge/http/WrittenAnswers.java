package cn.jingshu.marketplace.edge.http;

import cn.jingshu.marketplace.apikey.Pepper;
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
    record Written(Payload payload, String etag) {}

    /** Larger ones, such as downloads, are written anew rather than held, bytes. */
    private static final int MOST_KEPT = 1 << 20;

    private final EntityTags tags;
    private final ConcurrentHashMap<ContractMethod, Known> latest = new ConcurrentHashMap<>();

    /** @param pepper that of the market, so that tags are the same on every node */
    WrittenAnswers(Pepper pepper) {
        this.tags = new EntityTags(pepper);
    }

    /** An answer that was given, and to what. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Known(Message message, byte[] digest, String path, String query, boolean sandbox, Written written) {
        @SuppressWarnings("ReferenceEquality") // the same object has the same bytes; comparing fields would cost what it saves
        boolean is(Message other) {
            return message == other;
        }

        boolean isTo(String otherPath, String otherQuery, boolean ofSandbox) {
            return sandbox == ofSandbox && path.equals(otherPath) && query.equals(otherQuery);
        }
    }

    /**
     * The answer to a request for {@code path} and {@code query}, as they were sent.
     *
     * @param sandbox whether it is the sandbox twin's
     */
    Written of(ContractMethod method, Message message, String path, String query, boolean sandbox) {
        Known last = latest.get(method);
        Known known = last != null && last.is(message) ? last : null;
        if (known != null && known.isTo(path, query, sandbox)) {
            return known.written();
        }
        Payload payload = known == null ? Transcoder.write(method, message) : known.written().payload();
        byte[] digest = known == null ? EntityTags.digestOf(payload.bytes()) : known.digest();
        Written fresh = new Written(payload, tags.of(digest, path, query, sandbox));
        if (!method.personal() && payload.bytes().length <= MOST_KEPT) {
            latest.put(method, new Known(message, digest, path, query, sandbox, fresh));
        }
        return fresh;
    }
}
