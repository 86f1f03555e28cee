package cn.jingshu.products.kind.upstream;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;

/** What came of asking a source. Nothing of it reaches a caller but what the contract declares. */
public sealed interface SourceReply {
    /** A JSON body, read but not yet looked at. */
    record Json(ByteString body) implements SourceReply {}

    /** A message of the contract's type, not yet looked at. */
    record Proto(Message message) implements SourceReply {}

    /** The source says that there is no such thing. */
    record NotFound() implements SourceReply {}

    /** The source says that the request is wrong. */
    record Invalid() implements SourceReply {}

    /** It is away, too slow, or answers what is no answer; {@code why} is for the log and names no value. */
    record Broken(String why) implements SourceReply {}
}
