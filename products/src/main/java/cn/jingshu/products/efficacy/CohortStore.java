package cn.jingshu.products.efficacy;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.Row;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The product's own state: cohorts as definitions, analyses as what was answered. */
final class CohortStore {
    private static final String ADD_COHORT = """
            INSERT INTO cohort (cohort_id, protocol_id, ethics_approval_id, sponsor, definition, size, usable, methods_version,
                                data_as_of, defined_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String COHORT = """
            SELECT cohort_id, protocol_id, ethics_approval_id, sponsor, definition, size, usable, defined_at
              FROM cohort WHERE cohort_id = ?
            """;
    private static final String ADD_ANALYSIS = """
            INSERT INTO analysis (analysis_id, cohort_id, operation, analysed_at, package, digest) VALUES (?, ?, ?, ?, ?, ?)
            """;
    private static final String ANALYSES = """
            SELECT CAST(analysis_id AS text) AS analysis_id, operation, analysed_at, package, digest FROM analysis WHERE cohort_id = ? ORDER BY analysed_at, analysis_id
            """;
    private static final String ANALYSIS = """
            SELECT CAST(analysis_id AS text) AS analysis_id, operation, analysed_at, package, digest FROM analysis WHERE analysis_id = ?
            """;

    /**
     * A cohort as it is kept.
     *
     * @param definition the request that defined it, as ProtoJSON
     * @param size members when it was defined; never told below the least size
     */
    record Cohort(String cohortId, String protocolId, String ethicsApprovalId, String sponsor, String definition, long size,
            boolean usable, Instant definedAt) {}

    /**
     * An analysis as it is kept.
     *
     * @param contents the package as JSON text
     * @param digest SHA-256 of the package's text, hexadecimal
     */
    record Analysis(String analysisId, String operation, Instant analysedAt, String contents, String digest) {}

    private final DataSession session;

    CohortStore(DataSession session) {
        this.session = session;
    }

    void add(Cohort cohort, String methodsVersion, @Nullable Instant dataAsOf) {
        session.change(ADD_COHORT, UUID.fromString(cohort.cohortId()), cohort.protocolId(), cohort.ethicsApprovalId(), cohort.sponsor(),
                cohort.definition(), cohort.size(), cohort.usable(), methodsVersion, dataAsOf, cohort.definedAt());
    }

    /** @param id what a caller sent; anything that is no id finds nothing */
    Optional<Cohort> findCohort(String id) {
        return uuid(id).flatMap(uuid -> session.find(COHORT, row -> new Cohort(id, row.text("protocol_id"),
                row.text("ethics_approval_id"), row.text("sponsor"), row.text("definition"), row.integer("size"), row.bool("usable"),
                row.instant("defined_at")), uuid));
    }

    void add(String cohortId, Analysis analysis) {
        session.change(ADD_ANALYSIS, UUID.fromString(analysis.analysisId()), UUID.fromString(cohortId), analysis.operation(),
                analysis.analysedAt(), analysis.contents(), analysis.digest());
    }

    List<Analysis> listAnalyses(String cohortId) {
        return session.select(ANALYSES, CohortStore::analysis, UUID.fromString(cohortId));
    }

    Optional<Analysis> findAnalysis(String id) {
        return uuid(id).flatMap(uuid -> session.find(ANALYSIS, CohortStore::analysis, uuid));
    }

    private static Analysis analysis(Row row) {
        return new Analysis(row.text("analysis_id"), row.text("operation"), row.instant("analysed_at"), row.text("package"), row.text("digest"));
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return text.length() == 36 ? Optional.of(UUID.fromString(text)) : Optional.empty();
        } catch (IllegalArgumentException wrong) {
            return Optional.empty(); // no id of ours
        }
    }
}
