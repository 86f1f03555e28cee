package cn.jingshu.marketplace.objection;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An objection as it stands.
 *
 * @param number by which people call it
 * @param organisation whose objection it is
 * @param event the call whose answer it is about; null: none in particular
 * @param answerer the organisation that has to answer; null: the bureau
 * @param dueOn the last day of the answer's term as it was when it was answered; null: it is not answered
 * @param correctedLoad the load that corrected it; null: none was named
 * @param correctedBatch the batch of the catalogue that corrected it; null: none was named
 * @param loads what stood in the tables of the resources concerned when it was raised
 */
public record Objection(UUID id, long number, UUID organisation, UUID raisedBy, Instant raisedAt, About about, @Nullable UUID event, Fault fault,
        String statement, @Nullable UUID answerer, Status status, @Nullable LocalDate dueOn, @Nullable UUID answeredBy,
        @Nullable Instant answeredAt, @Nullable String answer, @Nullable UUID correctedLoad, @Nullable UUID correctedBatch,
        @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String decision, List<Load> loads) {
    public Objection {
        loads = List.copyOf(loads);
    }

    /** What it is about. */
    public sealed interface About {
        /** A resource in the version of a batch. */
        record OfResource(String resource, UUID batch) implements About {}

        /** What a product answers, in a version of it. */
        record OfProduct(String product, int version) implements About {}

        /** A resource's id or a product's code. */
        default String code() {
            return switch (this) {
                case OfResource(var resource, var _) -> resource;
                case OfProduct(var product, var _) -> product;
            };
        }
    }

    /** What is the matter. */
    public enum Fault {
        WRONG,
        INCOMPLETE,
        OUTDATED
    }

    /** Where it stands. */
    public enum Status {
        /** Waits for the answer. */
        OPEN,
        /** Answered: it was wrong and is corrected. */
        CORRECTED,
        /** Answered: it is right, with the reason. */
        NOT_WRONG,
        /** Whose objection it is does not agree: the bureau decides. */
        ESCALATED,
        /** The bureau decided that it is wrong: it has to be corrected. */
        UPHELD,
        /** The bureau decided that it is right. */
        DISMISSED,
        WITHDRAWN;

        /** Whether an answer is waited for. */
        public boolean waitsForAnswer() {
            return this == OPEN || this == UPHELD;
        }

        /** Whether nothing more can follow. */
        public boolean isOver() {
            return this == DISMISSED || this == WITHDRAWN;
        }
    }

    /** Which side speaks. */
    public enum Side {
        RAISER,
        ANSWERER,
        BUREAU
    }

    /** What was done with a message. */
    public enum Step {
        RAISED,
        MESSAGE,
        CORRECTED,
        NOT_WRONG,
        ESCALATED,
        UPHELD,
        DISMISSED,
        WITHDRAWN
    }

    /** What one side said, and did with it. */
    public record Message(UUID id, Side side, Step step, UUID person, Instant at, String text) {}

    /** The load that stood in a table. */
    public record Load(UUID load, String table, String resource) {}

    /** As people call it. */
    public String reference() {
        return "YY-" + number;
    }
}
