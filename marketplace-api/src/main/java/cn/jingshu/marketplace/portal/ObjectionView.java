package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One objection with what was said. Fields: of a message {@code message} and {@code text}, of an answer {@code verdict},
 * {@code answer}, and what corrected it, of the other steps a field of the step's name.
 *
 * @param aboutHref the page of what it is about
 * @param eventId the call whose answer it is about; null: none in particular
 * @param due the last day of the term that runs, or of the answer's when it was answered; null: none runs
 * @param left the working days left; null: no term runs
 * @param messageId the id of the reader's next message, so that sending it twice sends it once
 * @param may what the reader may do
 */
public record ObjectionView(UUID id, String reference, String about, String aboutHref, Bilingual name, Bilingual fault, Bilingual state, String css,
        Bilingual raiser, Bilingual answerer, Instant raisedAt, @Nullable UUID eventId, boolean eventVisible, @Nullable LocalDate due,
        @Nullable Bilingual left, List<Load> loads, boolean loadsVisible, @Nullable UUID correctedLoad, @Nullable UUID correctedBatch,
        List<Said> said, UUID messageId, May may, Form form) {
    public ObjectionView {
        loads = List.copyOf(loads);
        said = List.copyOf(said);
    }

    /** A load that stood in a table when the objection was raised. */
    public record Load(UUID id, String table, String resource) {}

    /** What a side said and did. */
    public record Said(Bilingual side, Bilingual step, Instant at, String text) {}

    /** What the reader may do; {@code mustCorrect}: an answer can only be a correction. */
    public record May(boolean say, boolean answer, boolean mustCorrect, boolean escalate, boolean decide, boolean withdraw) {}
}
