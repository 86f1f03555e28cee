package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.products.spi.CallerRef;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The gate's answer to one call (准入判定); every refusal is an ordinary answer, so none is an exception. */
public sealed interface Admission {
    /**
     * The call may be answered, once its usage event is recorded under {@code eventId}.
     *
     * @param purpose the approved purpose: what decides whether the call costs anything
     * @param sandbox a test key: counted, never billed, answered from the sandbox twin
     * @param unitsTaken units taken from the month's quota, which {@link Gate#settle} squares with what was used; zero:
     *     none, for a test key or a free call let through while the quota could not be asked
     * @param budget what was taken of the consumer's budget; null: it has none, or the call is free
     */
    record Admitted(UUID eventId, Instant occurredAt, UUID subscriptionId, UUID organisationId, UUID keyId,
            Purpose purpose, boolean sandbox, LimitFacts limits, long unitsTaken, @Nullable OfBudget budget) implements Admission {

        /**
         * What a call takes of a budget; all in thousandths of a fen.
         *
         * @param limit the budget of the month
         * @param perUnit the most a unit costs; above zero
         * @param perCall what it may cost besides, of which nothing is due if it costs no unit
         * @param taken so far
         */
        record OfBudget(long limit, long perUnit, long perCall, long taken) {
            OfBudget with(long more) {
                return new OfBudget(limit, perUnit, perCall, Math.addExact(taken, more));
            }

            /** What so many units may cost. */
            long of(long units) {
                return units == 0 ? 0 : Math.addExact(Math.multiplyExact(perUnit, units), perCall);
            }
        }

        /** The same admission, to be recorded under another event. */
        public Admitted under(UUID anotherEventId) {
            return new Admitted(anotherEventId, occurredAt, subscriptionId, organisationId, keyId, purpose, sandbox,
                    limits, unitsTaken, budget);
        }

        /** The same admission with more money taken. */
        Admitted with(OfBudget more) {
            return new Admitted(eventId, occurredAt, subscriptionId, organisationId, keyId, purpose, sandbox, limits, unitsTaken, more);
        }

        /**
         * The same admission with more units taken.
         *
         * @param remaining units left of the month, as far as this node knows
         */
        Admitted with(long allUnitsTaken, long remaining) {
            LimitFact month = limits.month();
            LimitFact now = new LimitFact(month.kind(), month.quota(), month.windowSeconds(), remaining, month.resetSeconds());
            return new Admitted(eventId, occurredAt, subscriptionId, organisationId, keyId, purpose, sandbox,
                    new LimitFacts(limits.rate(), now, limits.streams()), allUnitsTaken, budget);
        }

        /** Who calls, as the product may know it. */
        public CallerRef caller() {
            return new CallerRef(organisationId);
        }
    }

    /**
     * The call is not answered.
     *
     * @param subscriptionId whose call it was; null: the key is none of ours
     * @param retryAfter how long until the same call may pass; null: not by waiting
     * @param limits what it was measured against; null: refused before any limit was asked
     */
    record Refused(Refusal refusal, @Nullable UUID subscriptionId, @Nullable Duration retryAfter,
            @Nullable LimitFacts limits) implements Admission, Judgement {}
}
