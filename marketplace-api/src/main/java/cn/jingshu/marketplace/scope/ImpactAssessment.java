package cn.jingshu.marketplace.scope;

import cn.jingshu.marketplace.pricing.Purpose;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.UUID;

/**
 * The assessment of what answering about people does to them (个人信息保护影响评估), valid on
 * {@code [startsAt, endsAt)}. Source: 《个人信息保护法》第五十五条、第五十六条.
 *
 * @param report number of the report, which is kept for at least three years
 */
public record ImpactAssessment(UUID id, String product, Set<Purpose> purposes, String report, String conclusion,
        Instant startsAt, Instant endsAt) {

    public ImpactAssessment {
        purposes = Set.copyOf(purposes);
        startsAt = startsAt.truncatedTo(ChronoUnit.MICROS); // as PostgreSQL keeps it, so that the same is equal
        endsAt = endsAt.truncatedTo(ChronoUnit.MICROS);
        if (purposes.isEmpty() || report.isBlank() || conclusion.isBlank() || !endsAt.isAfter(startsAt)) {
            throw new IllegalArgumentException("impact assessment of " + product + " for " + purposes + " from "
                    + startsAt + " to " + endsAt + ": purposes, report, conclusion and window are needed");
        }
    }

    /** An assessment with what was decided about it. */
    public record Reviewed(ImpactAssessment assessment, Standing standing) {
        /** Whether it permits answers for this purpose at {@code moment}. */
        public boolean covers(Purpose purpose, Instant moment) {
            return standing.inForceAt(moment) && !moment.isBefore(assessment.startsAt())
                    && moment.isBefore(assessment.endsAt()) && assessment.purposes().contains(purpose);
        }
    }
}
