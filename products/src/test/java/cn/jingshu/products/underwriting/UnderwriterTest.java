package cn.jingshu.products.underwriting;

import static cn.jingshu.products.underwriting.Records.DAY;
import static cn.jingshu.products.underwriting.Records.application;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.underwriting.Application.Declared;
import cn.jingshu.products.underwriting.CardiacFeatures.ChestPain;
import cn.jingshu.products.underwriting.CardiacFeatures.Perfusion;
import cn.jingshu.products.underwriting.CardiacFeatures.RestingEcg;
import cn.jingshu.products.underwriting.CardiacFeatures.StSlope;
import cn.jingshu.products.underwriting.CardiacFeatures.WorkUp;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnderwriterTest {
    private static final Underwriter UNDERWRITER = Underwriter.load();
    private static final List<PolicyKind> KINDS = List.of(PolicyKind.values());

    private static Assessment assess(Records records, Application application) {
        return UNDERWRITER.assess(records.record(), application, DAY, true);
    }

    @ParameterizedTest
    @EnumSource(PolicyKind.class)
    void anUnremarkablePersonRatesAHundred(PolicyKind kind) {
        Assessment a = assess(Records.unremarkable(), application(kind));
        assertThat(a.rating()).isCloseTo(100, within(2.0));
        assertThat(a.band()).isEqualTo(Band.STANDARD);
        assertThat(a.referToHuman()).isFalse();
        assertThat(a.reasons()).extracting(Assessment.Reason::code).containsExactlyInAnyOrder(ReasonCode.RECORDS_UNREMARKABLE, ReasonCode.MEASURES_IN_RANGE);
        assertThat(a.modelVersion()).isEqualTo("guide-2026.1 care-1 cardiac-1 expected-cost-1");
    }

    /** More illness or care never rates lower, for any policy type, whatever else is on record. */
    @Test
    void moreIllnessOrCareNeverRatesLower() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        List<String> codes = List.of("I10", "E11.9", "C50.9", "J06.9", "N18.3", "M17.0", "K76.0", "F32.1", "I25.1", "G40.9");
        for (int round = 0; round < 400; round++) {
            int visits = random.nextInt(20);
            int stays = random.nextInt(3);
            long inner = random.nextLong();
            UnaryOperator<Records> base = r -> {
                var same = new Random(inner);
                for (int i = 0; i < visits; i++) {
                    r.visit(1 + same.nextInt(1_800), same.nextInt(5) == 0, codes.get(same.nextInt(codes.size())));
                }
                for (int i = 0; i < stays; i++) {
                    r.stay(1 + same.nextInt(1_800), codes.get(same.nextInt(codes.size())));
                }
                return r.examined(50, 110 + same.nextInt(20), 75, 5, 4.2 + same.nextDouble(), 60 + same.nextInt(10), false);
            };
            PolicyKind kind = KINDS.get(round % 5);
            double before = assess(base.apply(Records.empty()), application(kind)).rating();
            String as = "seed " + seed + " round " + round;
            String code = codes.get(random.nextInt(codes.size()));
            assertThat(assess(base.apply(Records.empty()).stay(200, code), application(kind)).rating()).as(as).isGreaterThanOrEqualTo(before - 1e-9);
            assertThat(assess(base.apply(Records.empty()).visit(200, true, code), application(kind)).rating()).as(as).isGreaterThanOrEqualTo(before - 1e-9);
            assertThat(assess(base.apply(Records.empty()).operation(200), application(kind)).rating()).as(as).isGreaterThanOrEqualTo(before - 1e-9);
            assertThat(assess(base.apply(Records.empty()).value(9, "4548-4", 8, "%"), application(kind)).rating()).as(as).isGreaterThanOrEqualTo(before - 1e-9);
            assertThat(assess(base.apply(Records.empty()).examined(5, 165, 100, 8, 6.9, 90, true), application(kind)).rating()).as(as)
                    .isGreaterThanOrEqualTo(before - 1e-9);
        }
    }

    @Test
    void theRatingIsTheStatedProduct() {
        Records records = Records.unremarkable().stay(100, "I25.1").operation(99);
        Assessment a = assess(records, application(PolicyKind.CANCER)); // no cardiac model, cost neutral
        CareFeatures f = CareFeatures.of(records.record(), DAY);
        double odds = UNDERWRITER.care().linear(f.vector()) - UNDERWRITER.care().linear(f.unremarkable().vector());
        UnderwritingGuide guide = UnderwritingGuide.at(DAY);
        double expected = 100 * Math.exp(0.7 * (odds + Math.log(guide.seriousFactor()) + Math.log(guide.operationFactor())));
        assertThat(a.rating()).isCloseTo(expected, within(1e-9));
    }

    @Test
    void cancerInsuranceKnowsNoCardiacModel() {
        Records high = Records.unremarkable().examined(10, 138, 88, 5.2, 6.1, 66.47, false);
        assertThat(assess(high, application(PolicyKind.CANCER)).rating())
                .isCloseTo(assess(Records.unremarkable(), application(PolicyKind.CANCER)).rating(), within(1e-9));
        assertThat(assess(high, application(PolicyKind.CRITICAL_ILLNESS)).rating())
                .isGreaterThan(assess(Records.unremarkable(), application(PolicyKind.CRITICAL_ILLNESS)).rating() + 5);
    }

    @Test
    void aWorkUpHandedInIsWeighed() {
        var bad = new WorkUp(ChestPain.NONE, RestingEcg.HYPERTROPHY, 110, true, 2.5, StSlope.FLAT, 2, Perfusion.REVERSIBLE);
        var good = new WorkUp(ChestPain.NON_ANGINAL, RestingEcg.NORMAL, 208 - 0.7 * 46, false, 0, StSlope.RISING, 0, Perfusion.NORMAL);
        Assessment worse = assess(Records.unremarkable(), new Application(PolicyKind.CRITICAL_ILLNESS, 100, Declared.NOTHING, bad));
        Assessment same = assess(Records.unremarkable(), new Application(PolicyKind.CRITICAL_ILLNESS, 100, Declared.NOTHING, good));
        assertThat(worse.find(ReasonCode.SUBMITTED_EXAMINATION)).isPresent();
        assertThat(worse.band()).isGreaterThanOrEqualTo(Band.ELEVATED);
        assertThat(worse.modelVersion()).contains("cardiac-workup-1");
        assertThat(same.rating()).isCloseTo(100, within(2.0));
    }

    @Test
    void everyAdverseBandIsReferred() {
        var random = new Random(5);
        int adverse = 0;
        for (int i = 0; i < 300; i++) {
            Records records = Records.unremarkable().examined(5, 120 + random.nextInt(60), 90, 5 + random.nextInt(5), 7, 60 + random.nextInt(60), random.nextBoolean());
            for (int k = random.nextInt(40); k > 0; k--) {
                records.visit(1 + random.nextInt(700), random.nextInt(3) == 0, "E11.9");
            }
            for (int k = random.nextInt(4); k > 0; k--) {
                records.stay(1 + random.nextInt(1_000), "I25.1", "N18.3");
            }
            Assessment a = assess(records, application(KINDS.get(i % 5)));
            if (a.band() == Band.HIGH || a.band() == Band.DECLINE_REVIEW) {
                adverse++;
                assertThat(a.referrals()).contains(ReferralRule.BAND_NEEDS_REVIEW);
            }
            if (a.band() == Band.DECLINE_REVIEW) {
                assertThat(a.loadingPercent()).isNull();
            }
            assertThat(a.reasons()).isNotEmpty();
            assertThat(a.rating()).isBetween(20.0, 6_000.0);
        }
        assertThat(adverse).as("the cases reach the bands they are about").isGreaterThan(20);
    }

    @Test
    void nothingOnRecordIsSaidAndReferred() {
        Assessment a = assess(Records.empty(), application(PolicyKind.MEDICAL));
        assertThat(a.band()).isEqualTo(Band.UNDETERMINED);
        assertThat(a.interval()).isNull();
        assertThat(a.loadingPercent()).isNull();
        assertThat(a.reasons()).extracting(Assessment.Reason::code).containsExactly(ReasonCode.NO_RECORDS);
        assertThat(a.referrals()).containsExactly(ReferralRule.NOTHING_KNOWN);
    }

    @Test
    void aShortHistoryIsNeverLowAndIsReferred() {
        Assessment a = assess(Records.empty().examined(30, 110, 70, 4.8, 4.0, 62, false), application(PolicyKind.CRITICAL_ILLNESS));
        assertThat(a.band()).isEqualTo(Band.STANDARD);
        assertThat(a.referrals()).contains(ReferralRule.NOTHING_KNOWN);
        assertThat(a.find(ReasonCode.LITTLE_HISTORY)).isPresent();
    }

    @Test
    void theRulesOfReferral() {
        Records plain = Records.unremarkable();
        assertThat(assess(plain, new Application(PolicyKind.CRITICAL_ILLNESS, 49_999_999, Declared.NOTHING, null)).referrals()).isEmpty();
        assertThat(assess(plain, new Application(PolicyKind.CRITICAL_ILLNESS, 50_000_000, Declared.NOTHING, null)).referrals())
                .containsExactly(ReferralRule.LARGE_SUM);
        assertThat(UNDERWRITER.assess(plain.record(), application(PolicyKind.OTHER), DAY, false).referrals()).containsExactly(ReferralRule.SOURCE_NOT_CURRENT);
        assertThat(assess(Records.unremarkable().born(LocalDate.of(2010, 1, 1)), application(PolicyKind.OTHER)).referrals())
                .contains(ReferralRule.OUTSIDE_EXPERIENCE);
        assertThat(assess(Records.unremarkable().visit(20, false, "C50.9"), application(PolicyKind.OTHER)).referrals()).contains(ReferralRule.WEIGHTY_HISTORY);
    }

    @Test
    void aDenialThatTheRecordContradictsIsReferredAsOneFact() {
        Records records = Records.unremarkable().stay(100, "K29.7").operation(300).visit(5, false, "I10");
        var denies = new Declared(false, null, null, null, null, null);
        var deniesOther = new Declared(null, false, null, null, null, null);
        Assessment one = assess(records, new Application(PolicyKind.OTHER, 100, denies, null));
        Assessment other = assess(records, new Application(PolicyKind.OTHER, 100, deniesOther, null));
        assertThat(one.referrals()).contains(ReferralRule.DECLARATION_DIFFERS);
        assertThat(one.reasons()).as("which answer it was is not told").isEqualTo(other.reasons());
        var admits = new Declared(true, true, true, null, null, null);
        assertThat(assess(records, new Application(PolicyKind.OTHER, 100, admits, null)).referrals()).doesNotContain(ReferralRule.DECLARATION_DIFFERS);
    }

    @Test
    void declaredSmokingAndBodyMassStandInForMissingMeasures() {
        Records visits = Records.empty().visit(30, false, "J06.9").visit(200, false, "J06.9").visit(1_500, false, "J06.9");
        Assessment silent = assess(visits, application(PolicyKind.MEDICAL));
        Assessment smoker = assess(visits, new Application(PolicyKind.MEDICAL, 100, new Declared(null, null, null, true, 170.0, 95.0), null));
        assertThat(silent.find(ReasonCode.MEASURES_MISSING)).isPresent();
        assertThat(smoker.find(ReasonCode.LIFESTYLE)).isPresent();
        assertThat(smoker.rating()).isGreaterThan(silent.rating() * 1.3);
        assertThat(Objects.requireNonNull(smoker.loadingPercent())).isPositive().satisfies(p -> assertThat(p % 25).isZero());
    }

    @Test
    void theIntervalIsRoundedOutwardsAndHoldsTheEstimate() {
        for (int stays = 0; stays < 5; stays++) {
            Records records = Records.unremarkable();
            for (int i = 0; i < stays; i++) {
                records.stay(50 + 200 * i, "I10");
            }
            Assessment.Interval interval = Objects.requireNonNull(assess(records, application(PolicyKind.MEDICAL)).interval());
            double estimate = UNDERWRITER.care().estimate(CareFeatures.of(records.record(), DAY).vector());
            assertThat(estimate).isBetween(interval.low(), interval.high());
            assertThat(interval.low() * 20).isCloseTo(Math.rint(interval.low() * 20), within(1e-9));
            assertThat(interval.high() * 20).isCloseTo(Math.rint(interval.high() * 20), within(1e-9));
            assertThat(interval.low()).isBetween(0.0, 1.0);
            assertThat(interval.high()).isBetween(0.0, 1.0);
        }
    }

    @Test
    void weightsOutOfTheirRangeCannotBeBuilt() {
        assertThatThrownBy(() -> new UnderwritingGuide.Weights(1.2, 0, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
