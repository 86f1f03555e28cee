package cn.jingshu.products.health.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RiskScoreTest {
    private final RiskScores scores = new RiskScores(true);

    @Test
    void nothingIsAssumedOfSomeoneOfWhomNothingIsKnown() {
        Inputs nobody = Inputs.of(Map.of());
        for (RiskScore score : scores.all()) {
            assertThat(score.assess(nobody)).as(score.facts().code())
                    .isInstanceOfSatisfying(Outcome.MissingInputs.class, missing -> assertThat(missing.missing()).isNotEmpty());
        }
    }

    @Test
    void eachInputAScoreReadsIsMissedWhenItIsMissing() {
        Inputs whole = People.known(true, 50);
        for (RiskScore score : scores.all()) {
            for (Input input : score.inputsOf(whole)) {
                Map<Input, Given> given = new EnumMap<>(Input.class);
                for (Input other : Input.values()) {
                    if (other != input) {
                        given.put(other, whole.find(other).orElseThrow());
                    }
                }
                if (input != Input.MALE) { // of which other inputs depend
                    assertThat(score.assess(Inputs.of(given))).as("%s without %s", score.facts().code(), input)
                            .isInstanceOfSatisfying(Outcome.MissingInputs.class, missing -> assertThat(missing.missing()).containsExactly(input));
                }
            }
        }
    }

    /** Random bodies, also absurd ones: a value is a probability or a possible number of points, or it is refused. */
    @Test
    void noPersonMakesAScoreLeaveItsScale() {
        Random random = new Random(20261130);
        for (int i = 0; i < 4_000; i++) {
            Map<Input, Given> given = new EnumMap<>(Input.class);
            for (Input input : Input.values()) {
                double value = input.least() + random.nextDouble() * (input.greatest() - input.least());
                given.put(input, Given.answer(input.unit().isEmpty() ? Math.rint(value) : value));
            }
            Inputs person = Inputs.of(given);
            for (RiskScore score : scores.all()) {
                if (score.assess(person) instanceof Outcome.Scored scored) {
                    assertThat(scored.value()).as("%s of round %d", score.facts().code(), i).isBetween(0.0, score.facts().greatest());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1, 1e308})
    void whatNoBodyHasIsNoInput(double value) {
        for (Input input : Input.values()) {
            if (input != Input.TOWNSEND || value > 0 || Double.isNaN(value)) {
                assertThat(input.possible(value)).as("%s", input).isFalse();
            }
        }
        assertThatThrownBy(() -> Inputs.of(Map.of(Input.SYSTOLIC, Given.answer(value)))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void primaryPreventionIsNotForPeopleWhoAreIll() {
        Inputs ill = People.known(true, 60).with(Input.ESTABLISHED_ASCVD, Given.answer(1));
        for (RiskScore score : scores.all()) {
            boolean diabetes = score.facts().code().equals("CHINA_DIABETES_SCORE") || score.facts().code().equals("FINDRISC");
            assertThat(score.assess(ill) instanceof Outcome.NotApplicable).as(score.facts().code()).isEqualTo(!diabetes);
        }
        Inputs diabetic = People.known(true, 60).with(Input.DIABETES, Given.answer(1));
        assertThat(new DiabetesScore().assess(diabetic)).isInstanceOf(Outcome.NotApplicable.class);
        assertThat(new Findrisc().assess(diabetic)).isInstanceOf(Outcome.NotApplicable.class);
        assertThat(new Score2(false).assess(diabetic)).isInstanceOf(Outcome.NotApplicable.class);
    }

    @Test
    void everyScoreSaysWhatItIs() {
        for (RiskScore score : scores.all()) {
            var facts = score.facts();
            assertThat(facts.code()).matches("[A-Z0-9_]+");
            assertThat(facts.nameZh()).isNotBlank();
            assertThat(facts.nameEn()).isNotBlank();
            assertThat(facts.version()).isNotBlank();
            assertThat(facts.citation()).isNotBlank();
            assertThat(facts.validityZh()).isNotBlank();
            assertThat(facts.validityEn()).isNotBlank();
        }
        assertThat(scores.all().stream().map(s -> s.facts().code()).distinct()).hasSize(scores.all().size());
    }

    @Test
    void qrisk3NeverGoesWithoutItsDisclaimerAndCanBeLeftOut() {
        assertThat(scores.find("QRISK3_2017").orElseThrow().facts().disclaimer()).startsWith("The initial version of this file").endsWith("being given the wrong treatment.");
        assertThat(new RiskScores(false).find("QRISK3_2017")).isEmpty();
    }

    /** Lindström and Tuomilehto's bounds; the greatest total of the eight items is 26. */
    @ParameterizedTest
    @CsvSource({"44,false,24.9,79.9,true,true,false,false,0,0", "65,true,30.1,102.1,false,false,true,true,2,26", "45,true,25,94,true,true,false,false,1,9",
        "55,false,30,88,false,true,false,false,0,9", "64,false,30,88.1,false,false,true,false,2,18"})
    void findriscPointsAddUp(double age, boolean male, double bmi, double waist, boolean active, boolean vegetables, boolean drugs, boolean glucose, int family, int total) {
        assertThat(Findrisc.points(age, male, bmi, waist, active, vegetables, drugs, glucose, family)).isEqualTo(total);
    }

    @ParameterizedTest
    @CsvSource({"6,LOW", "7,SLIGHTLY_ELEVATED", "11,SLIGHTLY_ELEVATED", "12,MODERATE", "14,MODERATE", "15,HIGH", "20,HIGH", "21,VERY_HIGH", "26,VERY_HIGH"})
    void findriscBands(int points, String band) {
        assertThat(Findrisc.band(points).code()).isEqualTo(band);
    }

    /** 中国糖尿病风险评分: each step of the table, and 25 points on its cut-off. */
    @ParameterizedTest
    @CsvSource({"24,false,21.9,69,109,false,0", "25,false,22,70,110,false,9", "74,true,30,95,160,true,51", "40,true,24,90,120,false,27", "60,false,29.9,79.9,159,true,38"})
    void diabetesPointsAddUp(double age, boolean male, double bmi, double waist, double systolic, boolean family, int total) {
        assertThat(DiabetesScore.points(age, male, bmi, waist, systolic, family)).isEqualTo(total);
    }
}
