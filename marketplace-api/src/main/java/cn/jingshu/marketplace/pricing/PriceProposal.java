package cn.jingshu.marketplace.pricing;

import cn.jingshu.ledger.tariff.Tariff;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A ceiling or a price that is to become part of the price book.
 *
 * @param operation the operation's name, or {@link PriceBook#EVERY_OPERATION}
 * @param effectiveFrom when it is to begin; still in the future when it is signed
 * @param citation the decision it rests on; never blank
 */
public record PriceProposal(
        UUID id, Subject subject, String product, String operation, Instant effectiveFrom, String citation) {
    public PriceProposal {
        effectiveFrom = effectiveFrom.truncatedTo(ChronoUnit.MICROS); // as PostgreSQL keeps it, so that the same is equal
        if (citation.isBlank()) {
            throw new IllegalArgumentException("a price cites the decision it rests on");
        }
    }

    /** What is set. */
    public sealed interface Subject {
        /** The most that may be charged (上限收费标准): set by the bureau, for it holds the data (授权主体). */
        record Ceiling(cn.jingshu.ledger.tariff.Ceiling limit) implements Subject {}

        /**
         * The price itself (具体收费标准): set by the operator, at or below the ceiling.
         *
         * @param plan whose subscribers alone it is for; null: everyone
         * @param trial whether it is a trial price (试行收费标准)
         */
        record Price(Purpose purpose, Tariff tariff, @Nullable String plan, boolean trial) implements Subject {}
    }

    /** Whether it has been signed yet. */
    public enum Status {
        OPEN,
        SIGNED,
        REFUSED,
        /** Taken back by whoever proposed it. */
        WITHDRAWN
    }

    /**
     * A proposal and how far it has come.
     *
     * @param proposedBy who wrote it as it stands
     * @param decidedBy null, with {@code decidedAt} and {@code ground}: open
     * @param ground what the signature cites, or why there is none
     */
    public record Kept(PriceProposal proposal, UUID proposedBy, Instant proposedAt, Status status,
            @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String ground) {}
}
