package cn.jingshu.products.health.risk;

import java.util.List;
import java.util.Optional;

/** A published score. {@link #assess} holds the person against its needs and ranges before {@link #score} reckons. */
public abstract class RiskScore {
    private final Facts facts;

    protected RiskScore(Facts facts) {
        this.facts = facts;
    }

    /** What a score's value is. */
    public enum Scale {
        /** Probability in percent. */
        PERCENT,
        /** Sum of points. */
        POINTS
    }

    /**
     * What is to be known of a score.
     *
     * @param code stable: {@code CHINA_PAR_10Y}
     * @param version of the published score and of what stands here
     * @param horizonYears years ahead it speaks of; 0: a lifetime, or the present
     * @param greatest greatest value it can have
     * @param disclaimer text that goes with every value of it; empty: none
     */
    public record Facts(String code, String nameZh, String nameEn, String version, String citation, Scale scale,
            int horizonYears, double greatest, String validityZh, String validityEn, String disclaimer) {}

    public final Facts facts() {
        return facts;
    }

    /** What it needs to know of this person. */
    protected abstract List<Input> needs(Inputs person);

    /** The values it takes. */
    protected abstract List<Outcome.Bound> bounds(Inputs person);

    /** Reckons; all it needs is known and within its bounds. */
    protected abstract Outcome.Scored score(Inputs person);

    /** Why it is not for this person, asked first. */
    protected Optional<Outcome.NotApplicable> refusal(Inputs person) {
        return Optional.empty();
    }

    /** The refusal of scores for people who have no cardiovascular disease yet. */
    protected static Optional<Outcome.NotApplicable> primaryPreventionOnly(Inputs person) {
        return person.isKnown(Input.ESTABLISHED_ASCVD)
                ? Optional.of(new Outcome.NotApplicable(
                        "本评分用于尚未患动脉粥样硬化性心血管病的人;记录中已有此类诊断,请遵医嘱。",
                        "For people without atherosclerotic cardiovascular disease; the records hold such a diagnosis: follow your doctor."))
                : Optional.empty();
    }

    /** What the score says of this person, or why it says nothing. */
    public final Outcome assess(Inputs person) {
        var refusal = refusal(person);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        List<Input> missing = needs(person).stream().filter(input -> !person.has(input)).toList();
        if (!missing.isEmpty()) {
            return new Outcome.MissingInputs(missing);
        }
        List<Outcome.Bound> outside = bounds(person).stream()
                .filter(bound -> person.value(bound.input()) < bound.least() || person.value(bound.input()) > bound.greatest())
                .toList();
        return outside.isEmpty() ? score(person) : new Outcome.OutOfRange(outside);
    }

    /** The inputs a score of this person rests on. */
    public final List<Input> inputsOf(Inputs person) {
        return needs(person).stream().filter(person::has).toList();
    }
}
