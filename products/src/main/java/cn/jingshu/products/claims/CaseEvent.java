package cn.jingshu.products.claims;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * Something that happened to a case; never changed once added.
 *
 * @param number from 1, without a gap
 * @param at to the microsecond
 * @param body canonical JSON
 * @param sha256 of this event and the digest of the one before
 * @param sm3 the same by SM3
 */
public record CaseEvent(int number, Instant at, Kind kind, String body, String sha256, String sm3) {
    /** What happens to cases. */
    public enum Kind {
        OPENED,
        SCREENED,
        RELEASE_APPROVED,
        HOSPITAL_CLUES_TOLD,
        TASK_ASSIGNED,
        EVIDENCE_RECORDED,
        TASK_COMPLETED,
        CLOSED
    }

    /** The first event of a case. */
    static CaseEvent first(Instant at, Map<String, ?> body) {
        return chained(1, at, Kind.OPENED, CanonicalJson.of(body), "", "");
    }

    /** The event after this one. */
    CaseEvent next(Instant at, Kind kind, Map<String, ?> body) {
        return chained(number + 1, at, kind, CanonicalJson.of(body), sha256, sm3);
    }

    private static CaseEvent chained(int number, Instant at, Kind kind, String body, String sha256Before, String sm3Before) {
        Instant exact = at.truncatedTo(ChronoUnit.MICROS); // what the database keeps
        String content = number + "\n" + exact + "\n" + kind + "\n" + body;
        return new CaseEvent(number, exact, kind, body, Digests.sha256(sha256Before + "\n" + content), Digests.sm3(sm3Before + "\n" + content));
    }

    /** True: this is what the event would be, after the one with these digests. */
    boolean follows(String sha256Before, String sm3Before) {
        return equals(chained(number, at, kind, body, sha256Before, sm3Before));
    }

    /** The body as values. */
    Map<String, Object> values() {
        return CanonicalJson.parse(body);
    }
}
