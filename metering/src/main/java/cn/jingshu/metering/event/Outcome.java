package cn.jingshu.metering.event;

/** How an admitted call ended; the code is what a usage journal stores and never changes its meaning. */
public enum Outcome {
    /** The product answered with what was asked for. */
    ANSWERED(1),
    /** The product answered that there is no such thing; a hit meter does not bill it. */
    NOT_FOUND(2),
    /** The caller already holds the answer (304). */
    NOT_MODIFIED(3),
    /** The product refused the request as malformed or not answerable. */
    REFUSED(4),
    /** The product failed; the fault is not the caller's. */
    FAILED(5);

    private final byte code;

    Outcome(int code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }

    /** @throws IllegalArgumentException if no outcome has this code */
    static Outcome ofCode(byte code) {
        return switch (code) {
            case 1 -> ANSWERED;
            case 2 -> NOT_FOUND;
            case 3 -> NOT_MODIFIED;
            case 4 -> REFUSED;
            case 5 -> FAILED;
            default -> throw new IllegalArgumentException("outcome code " + code + " is unknown");
        };
    }
}
