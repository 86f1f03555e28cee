package cn.jingshu.marketplace.consent;

import cn.jingshu.marketplace.pricing.Purpose;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.UUID;

/**
 * What one person agreed to, separately (单独同意): that one recipient may be answered about them by one product, for one
 * scenario and purpose, on {@code [startsAt, endsAt)}. A consent for one recipient never serves another. Source:
 * 《个人信息保护法》第十四条、第二十三条、第二十九条.
 *
 * @param operations operations agreed to; empty: every operation of the product
 * @param noticeVersion which notice the person was given before
 * @param evidence number or digest of what the person signed; nothing that identifies them
 */
public record Consent(UUID id, SubjectToken subject, UUID recipientId, UUID scenarioId, Purpose purpose,
        String product, Set<String> operations, String noticeVersion, String evidence, Instant startsAt,
        Instant endsAt) {

    public Consent {
        operations = Set.copyOf(operations);
        startsAt = startsAt.truncatedTo(ChronoUnit.MICROS); // as PostgreSQL keeps it, so that the same is equal
        endsAt = endsAt.truncatedTo(ChronoUnit.MICROS);
        if (noticeVersion.isBlank() || evidence.isBlank() || !endsAt.isAfter(startsAt)) {
            throw new IllegalArgumentException(
                    "consent from " + startsAt + " to " + endsAt + ": notice, evidence and window are needed");
        }
    }
}
