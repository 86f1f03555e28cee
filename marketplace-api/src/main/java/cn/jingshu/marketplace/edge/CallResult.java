package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.Admission;
import cn.jingshu.marketplace.gate.LimitFacts;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.products.spi.Answer.Violation;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How a call ended, for the edge to translate. */
public sealed interface CallResult<E> {

    /** Answered, or told that what the caller holds has not changed, and recorded; the payload may be sent now. */
    record Answered<E>(E payload, Admission.Admitted admitted) implements CallResult<E> {}

    /** Answered before, to an earlier run of the same call, and neither counted nor billed again. */
    record Replayed<E>(E payload, UUID eventId) implements CallResult<E> {}

    /**
     * Refused by the gate, the contract, the product or the meter.
     *
     * @param zh what happened in this case, for people; the refusal's own sentence when nothing more is known
     * @param retryAfter when it may be worth trying again; null: not known
     * @param limits what the call was measured against; null: it was refused before any limit was asked
     * @param admitted the admission when the gate had let the call through; null: the gate refused
     */
    record Refused<E>(
            Refusal refusal,
            String zh,
            String en,
            List<Violation> violations,
            @Nullable Duration retryAfter,
            @Nullable LimitFacts limits,
            Admission.@Nullable Admitted admitted)
            implements CallResult<E> {
        public Refused {
            violations = List.copyOf(violations);
        }

        /** Of a call the gate had let through, with that admission's limits. */
        static <E> Refused<E> after(Admission.Admitted admitted, Refusal refusal, String zh, String en,
                List<Violation> violations, @Nullable Duration retryAfter) {
            return new Refused<>(refusal, zh, en, violations, retryAfter, admitted.limits(), admitted);
        }

        /** The same, of a call that is recorded under this admission. */
        Refused<E> of(Admission.Admitted recorded) {
            return new Refused<>(refusal, zh, en, violations, retryAfter, limits, recorded);
        }

        /** As above, about which nothing more is known than the refusal's own sentence. */
        static <E> Refused<E> after(Admission.Admitted admitted, Refusal refusal) {
            return after(admitted, refusal, refusal.zh(), refusal.en(), List.of(), null);
        }
    }
}
