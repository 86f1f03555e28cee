package cn.jingshu.products.spi;

/** How a stream says that it refuses: a publisher knows no other end than completion or an error. */
public final class StreamRefusal extends RuntimeException {
    private final transient Answer.Refused<?> refused;

    /** A refusal that the edges answer like a unary operation's. */
    public StreamRefusal(Answer.Refused<?> refused) {
        super(refused.fault() + ": " + refused.en(), null, false, false);
        this.refused = refused;
    }

    /** What is refused and why. */
    public Answer.Refused<?> refused() {
        return refused;
    }
}
