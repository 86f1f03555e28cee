package cn.jingshu.marketplace.edge.http;

import io.netty.handler.codec.http.HttpHeaders;

/**
 * One request for a product and the way back. Everything may be called from any thread; what is written goes out in
 * the order written.
 */
interface HttpExchange {
    /** The verb as sent: {@code GET}, {@code POST} … */
    String verb();

    /** The path as sent, percent-encoded, without the query. */
    String rawPath();

    /** The query as sent, percent-encoded, without the question mark; empty when there is none. */
    String rawQuery();

    HttpHeaders headers();

    /** The whole body; empty when there is none. */
    byte[] body();

    /** Sends the whole answer. Only the first answer of an exchange counts. */
    void respond(int status, HttpHeaders headers, byte[] body);

    /** As above, with a head that was written as bytes; it is the exchange's from now on. */
    void respond(int status, AnswerHead head, byte[] body);

    /** Begins an answer whose end is not known yet. */
    void startStream(int status, HttpHeaders headers);

    /** Sends a piece of a begun stream; {@code flushed} runs on success, never when the caller has gone. */
    void write(byte[] piece, Runnable flushed);

    void endStream();

    /** Closes the connection now; what has not left yet is dropped. */
    void cutOff();

    /** Runs {@code task} on the exchange's own thread after {@code delay}, unless the exchange is over by then. */
    void later(java.time.Duration delay, Runnable task);

    /** {@code gone} runs once if the caller closes the connection before the answer is whole. */
    void onGone(Runnable gone);
}
