package cn.jingshu.products.underwriting;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.statistics.PopulationStability;
import cn.jingshu.products.statistics.StoredModel;
import cn.jingshu.products.underwriting.ReasonCode.Strength;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The product's own state: assessments that can be explained, what an application was first declared with, counts of inputs. */
final class Assessments {
    private static final String FIRST_ASKED = """
            INSERT INTO application (application_digest, declaration_digest, first_asked_on) VALUES (?, ?, ?)
            ON CONFLICT (application_digest) DO NOTHING
            """;
    private static final String DECLARED = "SELECT declaration_digest FROM application WHERE application_digest = ?";
    private static final String KEEP = """
            INSERT INTO assessment (assessment_id, caller, subject_digest, assessed_at, policy_type, band, reasons, referrals, model_version)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String FIND = """
            SELECT assessed_at, policy_type, band, reasons, referrals, model_version
              FROM assessment WHERE assessment_id = ? AND caller = ? AND subject_digest = ?
            """;
    /** One statement in the order of the inputs, so that two calls cannot wait for each other crosswise. */
    private static final String COUNT = """
            INSERT INTO input_count (model, input, bin, counted_on, cases)
            SELECT ?, i.input, i.bin, ?, 1 FROM unnest(CAST(? AS text[]), CAST(? AS integer[])) AS i (input, bin)
             ORDER BY i.input
            ON CONFLICT ON CONSTRAINT input_count_pk DO UPDATE SET cases = input_count.cases + 1
            """;
    private static final String COUNTED = """
            SELECT input, bin, CAST(sum(cases) AS bigint) AS cases FROM input_count
             WHERE model = ? AND counted_on > ? AND counted_on <= ? GROUP BY input, bin
            """;

    private Assessments() {}

    /** A reason as it is kept. */
    record KeptReason(ReasonCode code, Strength strength) {}

    /** An assessment as it is kept. */
    record Kept(Instant assessedAt, PolicyKind kind, Band band, List<KeptReason> reasons, List<ReferralRule> referrals, String modelVersion) {}

    /** How far one input has moved; {@code index} is its population stability index. */
    record Drift(String input, double index) {}

    /** Counts of inputs and how far each has moved; no drift is reckoned from too few cases. */
    record Drifts(long cases, List<Drift> inputs) {}

    /** False: the application was declared otherwise before. The first declaration stays. */
    static boolean declaredAsBefore(DataSession session, String application, String declaration, LocalDate on) {
        session.change(FIRST_ASKED, application, declaration, on);
        return session.find(DECLARED, r -> r.text("declaration_digest"), application).orElseThrow().equals(declaration);
    }

    /** @param subject keyed digest of this assessment's id and the applicant */
    static void keep(DataSession session, UUID id, CallerRef caller, String subject, Instant at, PolicyKind kind, Assessment assessment) {
        session.change(KEEP, id, caller.text(), subject, at, kind.name(), assessment.band().name(),
                assessment.reasons().stream().map(r -> r.code() + ":" + r.strength()).collect(Collectors.joining(" ")),
                assessment.referrals().stream().map(Enum::name).collect(Collectors.joining(" ")),
                assessment.modelVersion());
    }

    /** The caller's assessment of that person with that id; empty also where it is another caller's or another person's. */
    static Optional<Kept> find(DataSession session, UUID id, CallerRef caller, String subject) {
        return session.find(FIND, r -> new Kept(r.instant("assessed_at"), PolicyKind.valueOf(r.text("policy_type")), Band.valueOf(r.text("band")),
                words(r.text("reasons")).stream().map(Assessments::reason).toList(),
                words(r.text("referrals")).stream().map(ReferralRule::valueOf).toList(), r.text("model_version")), id, caller.text(), subject);
    }

    /** Counts the inputs of one assessment by the bins of the model's training data. */
    static void count(DataSession session, StoredModel model, double[] row, LocalDate on) {
        List<String> inputs = model.features().stream().map(StoredModel.Feature::name).toList();
        List<Integer> bins = IntStream.range(0, row.length).mapToObj(j -> model.features().get(j).distribution().bin(row[j])).toList();
        session.change(COUNT, model.id(), on, inputs, bins);
    }

    /** The drift over the days up to {@code on}. */
    static Drifts drifts(DataSession session, StoredModel model, LocalDate on, int days, long fewest) {
        record Count(String input, int bin, long cases) {}
        List<Count> counts = session.select(COUNTED,
                r -> new Count(r.text("input"), (int) r.integer("bin"), r.integer("cases")), model.id(), on.minusDays(days), on);
        List<Drift> drifts = new ArrayList<>();
        long cases = 0;
        for (StoredModel.Feature feature : model.features()) {
            PopulationStability training = feature.distribution();
            long[] byBin = new long[training.shares().size()];
            counts.stream().filter(c -> c.input().equals(feature.name())).forEach(c -> byBin[c.bin()] += c.cases());
            cases = Arrays.stream(byBin).sum();
            if (cases >= fewest) {
                drifts.add(new Drift(feature.name(), training.index(byBin)));
            }
        }
        return new Drifts(cases >= fewest ? cases : 0, drifts);
    }

    private static List<String> words(String joined) {
        return joined.isEmpty() ? List.of() : List.of(joined.split(" ", -1));
    }

    private static KeptReason reason(String word) {
        String[] parts = word.split(":", 2);
        return new KeptReason(ReasonCode.valueOf(parts[0]), Strength.valueOf(parts[1]));
    }
}
