package cn.jingshu.marketplace.runtime;

/** The start cannot go on; the message is one sentence for the person at the terminal and says what to do. */
public final class StartFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StartFailure(String sentence) {
        super(sentence);
    }

    public StartFailure(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
