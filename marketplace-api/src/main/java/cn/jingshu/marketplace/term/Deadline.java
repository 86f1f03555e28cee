package cn.jingshu.marketplace.term;

import java.time.LocalDate;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that is still to be done within a term.
 *
 * @param subject what the term runs for: the id of an application, batch, change, registration or objection
 * @param reference what people know it by, for instance a resource's id or an objection's number
 * @param responsible the organisation that has to do it; null: the bureau
 * @param begins the day, in Asia/Shanghai, after which the first working day counts
 * @param extendedBy working days it was extended by; 0: none
 * @param workingDaysLeft working days after today up to the last; below zero: working days since
 */
public record Deadline(Term term, UUID subject, String reference, String nameZh, String nameEn, @Nullable UUID responsible,
        LocalDate begins, int workingDays, int extendedBy, WorkingDays.Due due, int workingDaysLeft, boolean overdue, String citation,
        Extension extension) {

    /** Whether more time was asked for. */
    public enum Extension {
        /** It may be: nobody has asked. */
        POSSIBLE,
        ASKED,
        GRANTED,
        REFUSED,
        /** This term is never extended. */
        NONE
    }

    /** Who has to do it; empty: the bureau. */
    public Optional<UUID> whose() {
        return Optional.ofNullable(responsible);
    }
}
