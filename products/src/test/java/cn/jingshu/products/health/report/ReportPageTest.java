package cn.jingshu.products.health.report;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.health.guideline.Concern;
import cn.jingshu.products.health.guideline.Measure;
import cn.jingshu.products.health.history.History;
import cn.jingshu.products.health.risk.Inputs;
import cn.jingshu.products.health.risk.Outcome;
import cn.jingshu.products.health.risk.People;
import cn.jingshu.products.health.risk.RiskScores;
import cn.jingshu.products.health.warning.Topic;
import cn.jingshu.products.health.warning.Warning;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.pdfbox.Loader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportPageTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 10, 31);

    private static Portrait portrait(Inputs inputs, @Nullable List<Warning> warnings, History.Reading... readings) {
        History history = new History(LocalDate.of(1980, 1, 1), true, List.of(readings), null, null, Map.of(), 0, null);
        List<Portrait.Assessed> assessed = new RiskScores(true).all().stream()
                .map(score -> new Portrait.Assessed(score, score.assess(inputs), score.inputsOf(inputs))).toList();
        return new Portrait("420899***********3", 46, true, TODAY, Portrait.values(history), Portrait.series(history, TODAY.minusYears(5)), assessed, warnings, null, true, 3, false);
    }

    private static History.Reading reading(int monthsAgo, double value) {
        return new History.Reading(Measure.SYSTOLIC, TODAY.minusMonths(monthsAgo), value, History.Origin.EXAMINATION);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void someoneWithNothingHasAReportToo(boolean chinese) throws IOException {
        Portrait empty = portrait(Inputs.of(Map.of()), null);
        String page = ReportPage.of(empty, new ReportText(chinese));
        assertThat(page).contains(chinese ? "没有可用的测量记录" : "There are no measurements").contains(chinese ? "尚未开启预警" : "not opted in")
                .contains(chinese ? "更新周期" : "update cycle").doesNotContain("<svg").doesNotContain("NaN");
        try (var document = Loader.loadPDF(ReportPdf.of(empty, new ReportText(chinese)))) {
            assertThat(document.getNumberOfPages()).isPositive();
        }
    }

    @Test
    void oneReadingIsDrawnAndSoAreEqualOnes() {
        for (Portrait portrait : List.of(portrait(Inputs.of(Map.of()), List.of(), reading(1, 128)),
                portrait(Inputs.of(Map.of()), List.of(), reading(9, 128), reading(5, 128), reading(1, 128)))) {
            String page = ReportPage.of(portrait, new ReportText(true));
            assertThat(page).contains("<svg").doesNotContain("NaN").doesNotContain("Infinity");
        }
    }

    @Test
    void whatASourceWroteIsTextAndNeverMarkup() {
        var words = new Warning.Words("<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>");
        var warning = new Warning("R", Topic.WEIGHT, Concern.WATCH, words, words, words, 0.5, "a & b's <i>");
        for (boolean chinese : new boolean[] {true, false}) {
            String page = ReportPage.of(portrait(Inputs.of(Map.of()), List.of(warning)), new ReportText(chinese));
            assertThat(page).doesNotContain("<script").doesNotContain("<img").doesNotContain("<i>").contains("a &amp; b&#39;s &lt;i&gt;");
        }
    }

    @Test
    void qrisk3IsNotShownWithoutItsDisclaimer() {
        Portrait portrait = portrait(People.known(true, 50), List.of());
        assertThat(portrait.scores()).anyMatch(assessed -> assessed.score().facts().code().equals("QRISK3_2017") && assessed.outcome() instanceof Outcome.Scored);
        assertThat(ReportPage.of(portrait, new ReportText(true))).contains("Inaccurate implementations of risk scores can lead to wrong patients being given the wrong treatment.");
    }

    @Test
    void everyTableAndChartHasItsNames() {
        String page = ReportPage.of(portrait(People.known(true, 50), List.of(), reading(9, 120), reading(1, 150)), new ReportText(false));
        assertThat(page).contains("<th scope=\"col\">").contains("<th scope=\"row\">").contains("aria-labelledby=\"chart-systolic\"").contains("<title id=\"chart-systolic\">");
        assertThat(page.split("<section", -1)).hasSize(5);
        assertThat(page.split("<h1", -1)).hasSize(2);
    }

    @Test
    void chineseIsWrittenWithItsOwnMarks() {
        assertThat(new ReportText(true).of("高危,请就诊;见2026-10-31:1,000", "x")).isEqualTo("高危\uFF0C请就诊\uFF1B见2026-10-31:1,000");
        assertThat(new ReportText(false).of("x", "high, see a doctor")).isEqualTo("high, see a doctor");
    }

    @Test
    void aNumberIsWrittenWithAPointWhateverTheMachineSpeaks() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            String page = ReportPage.of(portrait(People.known(true, 50), List.of(), reading(9, 120), reading(1, 150)), new ReportText(false));
            assertThat(page).doesNotContainPattern("(cx|cy|x1|y1|x|y)=\"[0-9]+,[0-9]").doesNotContainPattern("[0-9],[0-9]%");
        } finally {
            Locale.setDefault(before);
        }
    }
}
