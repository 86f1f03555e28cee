package cn.jingshu.products.efficacy;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.Row;
import cn.jingshu.products.spi.CallerRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One caller's part of the product's own state: cohorts as definitions, analyses as what was answered. Others' are not there. */
final class CohortStore {
    private static final String ADD_COHORT = """
            INSERT INTO cohort (cohort_id, caller, protocol_id, ethics_approval_id, sponsor, definition, size, usable, methods_version,
                                data_as_of, defined_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String COHORT = """
            SELECT cohort_id, protocol_id, ethics_approval_id, sponsor, definition, size, usable, defined_at
              FROM cohort WHERE caller = ? AND cohort_id = ?
            """;
    private static final String ADD_ANALYSIS = """
            INSERT INTO analysis (analysis_id, cohort_id, operation, analysed_at, package, digest) VALUES (?, ?, ?, ?, ?, ?)
            """;
    private static final String ANALYSES = """
            SELECT CAST(a.analysis_id AS text) AS analysis_id, a.operation, a.analysed_at, a.package, a.digest
              FROM analysis a JOIN cohort c ON c.cohort_id = a.cohort_id
             WHERE c.caller = ? AND a.cohort_id = ? ORDER BY a.analysed_at, a.analysis_id
            """;
    private static final String ANALYSIS = """
            SELECT CAST(a.analysis_id AS text) AS analysis_id, a.operation, a.analysed_at, a.package, a.digest
              FROM analysis a JOIN cohort c ON c.cohort_id = a.cohort_id
             WHERE c.caller = ? AND a.analysis_id = ?
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
    private final String caller;

    CohortStore(DataSession session, CallerRef caller) {
        this.session = session;
        this.caller = caller.text();
    }

    void add(Cohort cohort, String methodsVersion, @Nullable Instant dataAsOf) {
        session.change(ADD_COHORT, UUID.fromString(cohort.cohortId()), caller, cohort.protocolId(), cohort.ethicsApprovalId(), cohort.sponsor(),
                cohort.definition(), cohort.size(), cohort.usable(), methodsVersion, dataAsOf, cohort.definedAt());
    }

    /** @param id what a caller sent; anything that is no id finds nothing */
    Optional<Cohort> findCohort(String id) {
        return uuid(id).flatMap(uuid -> session.find(COHORT, row -> new Cohort(id, row.text("protocol_id"),
                row.text("ethics_approval_id"), row.text("sponsor"), row.text("definition"), row.integer("size"), row.bool("usable"),
                row.instant("defined_at")), caller, uuid));
    }

    void add(String cohortId, Analysis analysis) {
        session.change(ADD_ANALYSIS, UUID.fromString(analysis.analysisId()), UUID.fromString(cohortId), analysis.operation(),
                analysis.analysedAt(), analysis.contents(), analysis.digest());
    }

    List<Analysis> listAnalyses(String cohortId) {
        return session.select(ANALYSES, CohortStore::analysis, caller, UUID.fromString(cohortId));
    }

    Optional<Analysis> findAnalysis(String id) {
        return uuid(id).flatMap(uuid -> session.find(ANALYSIS, CohortStore::analysis, caller, uuid));
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
