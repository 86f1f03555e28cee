package cn.jingshu.marketplace.gate;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The limits a call was measured against, the same whether it was admitted or refused.
 *
 * @param streams null: the call opens no stream, or the streams were not counted yet
 */
public record LimitFacts(LimitFact rate, LimitFact month, @Nullable LimitFact streams) {

    /** The same with the streams of the subscription, of which {@code most} are open already. */
    public LimitFacts withAllStreamsOpen(int most) {
        return new LimitFacts(rate, month, new LimitFact(LimitFact.Kind.STREAMS, most, 0, 0L, 0));
    }

    /** Every limit there is, in a fixed order. */
    public List<LimitFact> list() {
        return streams == null ? List.of(rate, month) : List.of(rate, month, streams);
    }

    /** The limit that {@code refusal} says was reached; empty: it is not about one of these. */
    public Optional<LimitFact> violatedIn(Refusal refusal) {
        return LimitFact.Kind.violatedIn(refusal)
                .flatMap(kind -> list().stream().filter(limit -> limit.kind() == kind).findFirst());
    }
}
