package cn.jingshu.ledger.log;

/** The log, the books it seals and its checkpoints contradict each other; the message says where. Nothing is sealed over it. */
public final class LogBrokenException extends RuntimeException {
    public LogBrokenException(String message) {
        super(message);
    }

    public LogBrokenException(String message, Throwable cause) {
        super(message, cause);
    }
}
