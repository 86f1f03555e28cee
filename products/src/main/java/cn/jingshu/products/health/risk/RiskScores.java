package cn.jingshu.products.health.risk;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All scores the product knows, those fitted in China first. */
public final class RiskScores {
    private final List<RiskScore> all;

    /** @param qrisk3 false: without QRISK3, where its terms do not suit the installation */
    public RiskScores(boolean qrisk3) {
        List<RiskScore> scores = new ArrayList<>(List.of(new ChinaPar(false), new ChinaPar(true), new DiabetesScore(), new Findrisc(),
                new Score2(false), new Score2(true), new PooledCohort(), new Framingham(false), new Framingham(true)));
        if (qrisk3) {
            scores.add(new Qrisk3());
        }
        this.all = List.copyOf(scores);
    }

    /** In the order in which they are shown. */
    public List<RiskScore> all() {
        return all;
    }

    /** The score of that code, if the installation has it. */
    public Optional<RiskScore> find(String code) {
        return all.stream().filter(score -> score.facts().code().equals(code)).findFirst();
    }

    /**
     * What the official China-PAR calculator would say of a person it refuses; empty for other scores and outcomes, and for a
     * range it does not have.
     */
    public static Optional<String> officialMessage(RiskScore score, Inputs person, Outcome outcome) {
        if (!score.facts().code().startsWith("CHINA_PAR")) {
            return Optional.empty();
        }
        return switch (outcome) {
            case Outcome.MissingInputs _ -> Optional.of(ChinaParForm.EMPTY);
            case Outcome.OutOfRange(var bounds) -> bounds.stream()
                    .map(bound -> ChinaParForm.complaint(bound.input(), person.value(bound.input())))
                    .flatMap(Optional::stream)
                    .findFirst();
            case Outcome.Scored _, Outcome.NotApplicable _ -> Optional.empty();
        };
    }
}
