package cn.jingshu.products.underwriting;

import cn.jingshu.products.statistics.StoredModel;
import cn.jingshu.products.underwriting.Application.Declared;
import cn.jingshu.products.underwriting.Assessment.Interval;
import cn.jingshu.products.underwriting.Assessment.Reason;
import cn.jingshu.products.underwriting.CardiacFeatures.ChestPain;
import cn.jingshu.products.underwriting.CardiacFeatures.Perfusion;
import cn.jingshu.products.underwriting.CardiacFeatures.RestingEcg;
import cn.jingshu.products.underwriting.CardiacFeatures.StSlope;
import cn.jingshu.products.underwriting.CardiacFeatures.WorkUp;
import cn.jingshu.products.underwriting.UnderwritingGuide.Weights;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rates an application: three models each compare the applicant with an unremarkable person of the same age and sex, the guide
 * weighs them for the policy type, and the product is the rating. A function of its arguments alone.
 *
 * <p>{@code rating = 100 · (care · serious · operation)^w1 · cardiac^w2 · cost^w3}, where {@code care} and {@code cardiac} are
 * ratios of odds and {@code cost} is a ratio of expected costs, each held within bounds, so that no single model can carry a
 * rating alone. What a model needs and does not get leaves its factor at one.
 */
public final class Underwriter {
    private static final double LEAST_ODDS = Math.log(0.5);
    private static final double MOST_ODDS = Math.log(6);
    private static final double MOST_COST = Math.log(4);
    /** The line is nearly flat at the young end and below zero just under 18: ratios are formed above this, dollars of the textbook. */
    private static final double LEAST_COST = 1_500;
    private static final double WIDE = 0.35;
    private static final int YOUNGEST = 18;
    private static final int OLDEST = 85;

    private final StoredModel care;
    private final StoredModel cardiac;
    private final StoredModel workUp;
    private final StoredModel cost;

    Underwriter(StoredModel care, StoredModel cardiac, StoredModel workUp, StoredModel cost) {
        this.care = care;
        this.cardiac = cardiac;
        this.workUp = workUp;
        this.cost = cost;
    }

    /** With the models of this version. */
    public static Underwriter load() {
        return new Underwriter(StoredModel.load("underwriting", "care-1"), StoredModel.load("underwriting", "cardiac-1"),
                StoredModel.load("underwriting", "cardiac-workup-1"), StoredModel.load("underwriting", "expected-cost-1"));
    }

    /** The model whose drift callers can ask for. */
    StoredModel care() {
        return care;
    }

    /** Every model of a rating. */
    List<StoredModel> models() {
        return List.of(care, cardiac, workUp, cost);
    }

    /** Each model with its weight for a policy type. */
    List<Used> used(UnderwritingGuide guide, PolicyKind kind) {
        Weights w = guide.of(kind);
        return List.of(new Used(care, w.care()), new Used(cardiac, w.cardiac()), new Used(workUp, w.cardiac()), new Used(cost, w.cost()));
    }

    record Used(StoredModel model, double weight) {}

    /**
     * Rates an application on a day.
     *
     * @param current false: the sources are older than they should be, or their quality is too low
     */
    public Assessment assess(HealthRecord record, Application application, LocalDate on, boolean current) {
        UnderwritingGuide guide = UnderwritingGuide.at(on);
        String version = String.join(" ", guide.version(), care.id(),
                application.workUp() == null ? cardiac.id() : workUp.id(), cost.id());
        List<ReferralRule> referrals = new ArrayList<>();
        List<Reason> reasons = new ArrayList<>();
        if (!current) {
            referrals.add(ReferralRule.SOURCE_NOT_CURRENT);
            reasons.add(new Reason(ReasonCode.SOURCE_NOT_CURRENT, 0));
        }
        if (record.empty()) {
            referrals.add(ReferralRule.NOTHING_KNOWN);
            reasons.add(new Reason(ReasonCode.NO_RECORDS, 0));
            return new Assessment(Band.UNDETERMINED, 100, null, reasons, referrals, null, version);
        }
        CareFeatures features = CareFeatures.of(record, on);
        double rating = 100 * Math.exp(weigh(features, application, guide, reasons));
        double[] row = features.vector();
        Interval interval = Interval.around(care.linear(row), care.standardErrorOfLinear(row));
        boolean wellKnown = features.historyYears() >= 1 && features.measuresTaken() >= 3;
        Band band = Band.of(rating, wellKnown);
        gaps(features, application, guide, band, interval, reasons, referrals);
        if (reasons.stream().noneMatch(r -> r.code().effect() == ReasonCode.Effect.RAISES)) {
            reasons.add(new Reason(ReasonCode.RECORDS_UNREMARKABLE, Math.min(0, Math.log(rating / 100))));
        }
        if (features.measuresTaken() >= 3 && features.outOfRange() == 0) {
            reasons.add(new Reason(ReasonCode.MEASURES_IN_RANGE, 0));
        }
        reasons.sort(Comparator.comparingDouble((Reason r) -> -Math.abs(r.logFactor())).thenComparing(Reason::code));
        return new Assessment(band, rating, interval, reasons, referrals, loading(application.kind(), band, rating), version);
    }

    /** What all factors together add to the log of the rating; the reasons are noted on the way. */
    private double weigh(CareFeatures f, Application application, UnderwritingGuide guide, List<Reason> reasons) {
        Weights w = guide.of(application.kind());
        double sum = w.care() * careFactor(f, w.care(), reasons);
        if (f.seriousGroups() > 0) {
            double factor = Math.log(guide.seriousFactor()) * Math.sqrt(f.seriousGroups());
            reasons.add(new Reason(ReasonCode.WEIGHTY_HISTORY, w.care() * factor));
            sum += w.care() * factor;
        }
        if (f.daysSinceOperation() != null && f.daysSinceOperation() <= 365) {
            double factor = Math.log(guide.operationFactor());
            reasons.add(new Reason(ReasonCode.OPERATION_HISTORY, w.care() * factor));
            sum += w.care() * factor;
        }
        double heart = w.cardiac() * cardiacFactor(f, application.workUp());
        if (application.workUp() != null && heart > 0.05) {
            reasons.add(new Reason(ReasonCode.SUBMITTED_EXAMINATION, heart));
        }
        double living = w.cost() * costFactor(f, application.declared());
        if (living > 0.05) {
            reasons.add(new Reason(ReasonCode.LIFESTYLE, living));
        }
        return sum + heart + living;
    }

    /** The log of the odds of inpatient or emergency care against those of the unremarkable person. */
    private double careFactor(CareFeatures f, double weight, List<Reason> reasons) {
        double[] row = f.vector();
        double[] usual = f.unremarkable().vector();
        double factor = Math.clamp(care.linear(row) - care.linear(usual), LEAST_ODDS, MOST_ODDS);
        note(reasons, ReasonCode.INPATIENT_CARE, weight * part(row, usual, "log_stays", "stay_recency"));
        note(reasons, ReasonCode.CARE_ABOVE_PEERS, weight * part(row, usual, "log_visits_last_year"));
        note(reasons, ReasonCode.EMERGENCY_CARE, weight * part(row, usual, "log_emergencies_two_years", "emergency_share"));
        note(reasons, f.lastingGroups() > 1 ? ReasonCode.SEVERAL_LASTING_CONDITIONS : ReasonCode.LASTING_CONDITION,
                weight * part(row, usual, "lasting_groups"));
        note(reasons, ReasonCode.MEASURES_OUT_OF_RANGE, weight * part(row, usual, "measures_out_of_range"));
        return factor;
    }

    private double part(double[] row, double[] usual, String... features) {
        double sum = 0;
        for (String feature : features) {
            int j = CareFeatures.NAMES.indexOf(feature);
            sum += care.coefficients().get(j + 1) * (row[j] - usual[j]);
        }
        return sum;
    }

    private static void note(List<Reason> reasons, ReasonCode code, double logFactor) {
        if (logFactor > 0.05) { // less is noise
            reasons.add(new Reason(code, logFactor));
        }
    }

    /** What a model was asked about. */
    static final class Asked {
        private final StoredModel model;
        private final double[] row;

        private Asked(StoredModel model, double[] row) {
            this.model = model;
            this.row = row;
        }

        StoredModel model() {
            return model;
        }

        double[] row() {
            return row;
        }
    }

    /** The rows the models of a rating are asked about, those of {@link #assess} for the same arguments; none where nothing is on record. */
    List<Asked> asked(HealthRecord record, Application application, LocalDate on) {
        if (record.empty()) {
            return List.of();
        }
        CareFeatures features = CareFeatures.of(record, on);
        List<Asked> asked = new ArrayList<>(List.of(new Asked(care, features.vector())));
        askedOfHeart(features, application.workUp()).ifPresent(asked::add);
        askedOfCost(features, application.declared()).ifPresent(asked::add);
        return asked;
    }

    /** Empty where pressure or cholesterol are not known and no work-up was handed in. */
    private Optional<Asked> askedOfHeart(CareFeatures f, @Nullable WorkUp handedIn) {
        boolean measured = f.systolic() != null && f.totalCholesterol() != null;
        if (!measured && handedIn == null) {
            return Optional.empty();
        }
        double[] own = cardiacRow(measured ? f : f.unremarkable());
        return Optional.of(handedIn == null ? new Asked(cardiac, own) : new Asked(workUp, CardiacFeatures.full(own, handedIn)));
    }

    /** The log of the odds of the cardiac model against those of the unremarkable person; zero where it is not asked. */
    private double cardiacFactor(CareFeatures f, @Nullable WorkUp handedIn) {
        double[] usual = cardiacRow(f.unremarkable());
        double[] reference = handedIn == null ? usual : CardiacFeatures.full(usual, unremarkable(f.age()));
        return askedOfHeart(f, handedIn)
                .map(asked -> Math.clamp(asked.model().linear(asked.row()) - asked.model().linear(reference), LEAST_ODDS, MOST_ODDS))
                .orElse(0.0);
    }

    private static double[] cardiacRow(CareFeatures f) {
        double pressure = Objects.requireNonNull(f.systolic());
        double cholesterol = Objects.requireNonNull(f.totalCholesterol()) * CardiacFeatures.CHOLESTEROL_MG_DL;
        // The data find less disease with high fasting glucose, a freak of who was referred: glucose counts in the measures, not here.
        return CardiacFeatures.records(f.age(), f.male(), pressure, cholesterol, false);
    }

    /** A work-up without findings; the greatest heart rate is 208 - 0.7 times the age (Tanaka et al. 2001, JACC 37:153). */
    private static WorkUp unremarkable(int age) {
        return new WorkUp(ChestPain.NON_ANGINAL, RestingEcg.NORMAL, 208 - 0.7 * age, false, 0, StSlope.RISING, 0, Perfusion.NORMAL);
    }

    /** Empty where body mass or smoking are not known. */
    private Optional<Asked> askedOfCost(CareFeatures f, Declared declared) {
        Double mass = f.bodyMassIndex() != null ? f.bodyMassIndex() : declared.bodyMassIndex();
        boolean smokes = Boolean.TRUE.equals(f.smoker()) || Boolean.TRUE.equals(declared.smoker());
        boolean told = f.smoker() != null || declared.smoker() != null;
        return mass == null || !told ? Optional.empty()
                : Optional.of(new Asked(cost, ExpectedCost.row(f.age(), Math.clamp(mass, 15, 55), f.male(), smokes)));
    }

    /** The log of the expected cost against that of the unremarkable person, never below zero; zero where the model is not asked. */
    private double costFactor(CareFeatures f, Declared declared) {
        double usual = Math.max(cost.estimate(ExpectedCost.row(f.age(), 23, f.male(), false)), LEAST_COST);
        return askedOfCost(f, declared)
                .map(asked -> Math.clamp(Math.log(Math.max(cost.estimate(asked.row()), LEAST_COST) / usual), 0, MOST_COST))
                .orElse(0.0);
    }

    private static void gaps(CareFeatures f, Application application, UnderwritingGuide guide, Band band, Interval interval,
            List<Reason> reasons, List<ReferralRule> referrals) {
        if (band == Band.HIGH || band == Band.DECLINE_REVIEW) {
            referrals.add(ReferralRule.BAND_NEEDS_REVIEW);
        }
        if (f.historyYears() < 1) {
            reasons.add(new Reason(ReasonCode.LITTLE_HISTORY, 0));
            referrals.add(ReferralRule.NOTHING_KNOWN);
        }
        if (f.measuresTaken() == 0) {
            reasons.add(new Reason(ReasonCode.MEASURES_MISSING, 0));
        }
        if (f.seriousGroups() > 0) {
            referrals.add(ReferralRule.WEIGHTY_HISTORY);
        }
        if (differs(f, application.declared())) {
            reasons.add(new Reason(ReasonCode.DECLARATION_DIFFERS, 0));
            referrals.add(ReferralRule.DECLARATION_DIFFERS);
        }
        if (application.sumInsuredFen() >= guide.of(application.kind()).referralSumFen()) {
            referrals.add(ReferralRule.LARGE_SUM);
        }
        if (interval.width() > WIDE) {
            referrals.add(ReferralRule.UNCERTAIN);
        }
        if (f.age() < YOUNGEST || f.age() > OLDEST) {
            reasons.add(new Reason(ReasonCode.OUTSIDE_EXPERIENCE, 0));
            referrals.add(ReferralRule.OUTSIDE_EXPERIENCE);
        }
    }

    /** True: something was denied that is on record. One answer for all questions together, so that none is answered singly. */
    private static boolean differs(CareFeatures f, Declared declared) {
        boolean stay = f.daysSinceStay() != null && f.daysSinceStay() <= 730;
        return (Boolean.FALSE.equals(declared.hospitalStayTwoYears()) && stay)
                || (Boolean.FALSE.equals(declared.longTermCondition()) && f.lastingGroups() > 0)
                || (Boolean.FALSE.equals(declared.operationFiveYears()) && f.operations() > 0)
                || (Boolean.FALSE.equals(declared.smoker()) && Boolean.TRUE.equals(f.smoker()));
    }

    /** Medical insurance alone: what the rating lies above 110, rounded up to 25 and at most 150; nothing where a decline is under review. */
    private static @Nullable Integer loading(PolicyKind kind, Band band, double rating) {
        if (kind != PolicyKind.MEDICAL || band == Band.DECLINE_REVIEW) {
            return null;
        }
        return (int) Math.min(150, 25 * Math.ceil(Math.max(0, rating - 110) / 50));
    }
}
