package cn.jingshu.products.health.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChinaParTest {
    private static double shown(double percent) {
        return Math.round(percent * 10) / 10.0;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tenYearRiskIsTheOfficialCalculators(boolean male) throws IOException {
        List<OfficialCase> cases = OfficialCase.readAll().stream().filter(one -> one.reading().male() == male).toList();
        assertThat(cases).hasSize(106);
        double sum = 0;
        for (OfficialCase one : cases) {
            double error = Math.abs(ChinaPar.tenYearPercent(one.reading()) - one.tenYear());
            sum += error;
            assertThat(error).as("%s", one).isLessThan(0.1);
            assertThat(ChinaPar.tenYearBand(ChinaPar.tenYearPercent(one.reading())).code())
                    .as("%s", one).isEqualTo(ChinaPar.tenYearBand(one.tenYear()).code());
            assertThat(shown(ChinaPar.tenYearPercent(one.reading().ideal()))).as("ideal of %s", one).isCloseTo(one.idealTenYear(), within(0.11));
        }
        assertThat(sum / cases.size()).isLessThan(0.03);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void lifetimeRiskIsTheOfficialCalculatorsAndEndsWhereItEnds(boolean male) throws IOException {
        double sum = 0;
        int count = 0;
        for (OfficialCase one : OfficialCase.readAll().stream().filter(c -> c.reading().male() == male).toList()) {
            var lifetime = ChinaPar.lifetimePercent(one.reading());
            assertThat(lifetime.isPresent()).isEqualTo(one.lifetime() != null);
            if (one.lifetime() != null && one.idealLifetime() != null) {
                double error = Math.abs(lifetime.orElseThrow() - one.lifetime());
                assertThat(error).as("%s", one).isLessThan(0.15);
                assertThat(ChinaPar.lifetimeBand(lifetime.orElseThrow()).code()).isEqualTo(ChinaPar.lifetimeBand(one.lifetime()).code());
                assertThat(ChinaPar.lifetimePercent(one.reading().ideal()).orElseThrow()).isCloseTo(one.idealLifetime(), within(0.15));
                sum += error;
                count++;
            }
        }
        assertThat(sum / count).isLessThan(0.03);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void answersLeftOutOfTheFitAreMetAsWell(boolean male) throws IOException {
        List<OfficialCase> cases = OfficialCase.readAll().stream().filter(one -> one.reading().male() == male).toList();
        double[] tenYear = ChinaParRecovery.leftOutTenYear(cases, ChinaParRecovery.printed(male ? "men" : "women"), 35, 74);
        assertThat(tenYear[0]).isLessThan(0.05);
        assertThat(tenYear[1]).isLessThan(0.15);
        double[] lifetime = ChinaParRecovery.leftOutLifetime(cases, ChinaParRecovery.lifetimeNames(male));
        assertThat(lifetime[0]).isLessThan(0.05);
        assertThat(lifetime[1]).isLessThan(0.2);
    }

    @ParameterizedTest
    @CsvSource({"true,40,140", "true,60,140", "false,40,140", "false,60,140"})
    void moreOfWhatHarmsNeverLowersTheRisk(boolean male, double age, double systolic) {
        var base = new ChinaParReading(male, age, systolic, false, 200, 45, 85, false, false, false, false, false);
        double risk = ChinaPar.tenYearPercent(base);
        assertThat(ChinaPar.tenYearPercent(new ChinaParReading(male, age, systolic + 10, false, 200, 45, 85, false, false, false, false, false))).isGreaterThan(risk);
        assertThat(ChinaPar.tenYearPercent(new ChinaParReading(male, age, systolic, true, 200, 45, 85, false, false, false, false, false))).isGreaterThan(risk);
        assertThat(ChinaPar.tenYearPercent(new ChinaParReading(male, age, systolic, false, 240, 45, 85, false, false, false, false, false))).isGreaterThan(risk);
        assertThat(ChinaPar.tenYearPercent(new ChinaParReading(male, age, systolic, false, 200, 60, 85, false, false, false, false, false))).isLessThan(risk);
        assertThat(ChinaPar.tenYearPercent(new ChinaParReading(male, age, systolic, false, 200, 45, 85, true, true, true, false, false))).isGreaterThan(risk);
        assertThat(ChinaPar.tenYearPercent(new ChinaParReading(male, age + 10, systolic, false, 200, 45, 85, false, false, false, false, false))).isGreaterThan(risk);
        assertThat(risk).isBetween(0.0, 100.0);
    }

    /** 中国心血管病风险评估和管理指南 2019: 5 and 10 % for ten years, 32.8 % for a lifetime. */
    @Test
    void bandsBeginWhereTheGuidelineSays() {
        assertThat(ChinaPar.tenYearBand(4.94).code()).isEqualTo("LOW");
        assertThat(ChinaPar.tenYearBand(4.95).code()).isEqualTo("MEDIUM");
        assertThat(ChinaPar.tenYearBand(9.94).code()).isEqualTo("MEDIUM");
        assertThat(ChinaPar.tenYearBand(10.0).code()).isEqualTo("HIGH");
        assertThat(ChinaPar.lifetimeBand(32.7).code()).isEqualTo("NOT_HIGH");
        assertThat(ChinaPar.lifetimeBand(32.8).code()).isEqualTo("HIGH");
    }

    @Test
    void womenAreNotAskedWhatTheirEquationDoesNotRead() {
        var woman = People.known(false, 50);
        assertThat(new ChinaPar(false).needs(woman)).doesNotContain(Input.URBAN, Input.FAMILY_ASCVD);
        assertThat(new ChinaPar(false).needs(People.known(true, 50))).contains(Input.URBAN, Input.FAMILY_ASCVD);
    }

    @Test
    void agesOutsideTheFitAreAnsweredAndMarked() {
        assertThat(new ChinaPar(false).assess(People.known(true, 30))).isInstanceOfSatisfying(Outcome.Scored.class, s -> assertThat(s.validated()).isFalse());
        assertThat(new ChinaPar(false).assess(People.known(true, 50))).isInstanceOfSatisfying(Outcome.Scored.class, s -> assertThat(s.validated()).isTrue());
        assertThat(new ChinaPar(true).assess(People.known(true, 60))).isInstanceOf(Outcome.OutOfRange.class);
        assertThat(new ChinaPar(false).assess(People.known(true, 86))).isInstanceOf(Outcome.OutOfRange.class);
    }
}
