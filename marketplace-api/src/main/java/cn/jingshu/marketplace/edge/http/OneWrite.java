package cn.jingshu.marketplace.edge.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpServerCodec;
import org.jspecify.annotations.Nullable;

/**
 * Puts the body of an answer behind the head that the codec has just written, into the same buffer. By itself the codec hands
 * a head and a body on as two buffers with a promise each, which are copied, counted and written apart. Stands right behind the
 * codec, before whatever encrypts.
 */
final class OneWrite extends ChannelOutboundHandlerAdapter {
    /** Larger bodies go their own way: copying them costs more than a buffer, bytes. */
    static final int MOST_BYTES = 4096;

    private byte @Nullable [] body;

    /** Beside the HTTP/1 codec of a connection; null: it has none. */
    static @Nullable OneWrite besideCodecOf(ChannelPipeline pipeline) {
        ChannelHandlerContext codec = pipeline.context(HttpServerCodec.class);
        if (codec == null) {
            return null;
        }
        OneWrite added = new OneWrite();
        pipeline.addBefore(codec.name(), "jingshu-one-write", added);
        return added;
    }

    /** The body of the head that is written next, on the same thread and at once. */
    void bodyOfNext(byte[] bytes) {
        body = bytes;
    }

    /** Whether the head has not come: it could not be written. Then the body is forgotten. */
    boolean isLeftOver() {
        boolean left = body != null;
        body = null;
        return left;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        byte[] behind = body;
        if (behind != null && message instanceof ByteBuf head) {
            body = null;
            head.writeBytes(behind);
        }
        var _ = context.write(message, promise); // the promise tells
    }
}
