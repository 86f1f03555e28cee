package cn.jingshu.products.health.report;

import cn.jingshu.products.health.guideline.Concern;
import cn.jingshu.products.health.guideline.Guidelines;
import cn.jingshu.products.health.report.PdfCanvas.Ink;
import cn.jingshu.products.health.risk.Outcome;
import cn.jingshu.products.health.trend.Trend;
import cn.jingshu.products.health.warning.Warning;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/** The report on A4, with what the page says and in its order. */
public final class ReportPdf {
    private static final float CHART_HEIGHT = 112;
    private static final float CHART_GAP = 18;
    private static final float AXIS = 30;
    private static final float TEXT = 9.5f;
    private static final float SMALL = 8;

    private final Portrait portrait;
    private final ReportText text;
    private final PdfCanvas canvas;

    private ReportPdf(Portrait portrait, ReportText text, PdfCanvas canvas) {
        this.portrait = portrait;
        this.text = text;
        this.canvas = canvas;
    }

    /** The document's bytes: the same for the same portrait. */
    public static byte[] of(Portrait portrait, ReportText text) {
        try (PdfCanvas canvas = new PdfCanvas(text.title(), text.language(), portrait.today().atStartOfDay(ZoneOffset.UTC).toInstant(), seed(portrait))) {
            return new ReportPdf(portrait, text, canvas).write();
        }
    }

    /** Names the document: of the same content the same on every node. */
    private static long seed(Portrait portrait) {
        CRC32 sum = new CRC32();
        sum.update((portrait.masked() + portrait.today() + portrait.values().size()).getBytes(StandardCharsets.UTF_8));
        return sum.getValue();
    }

    private byte[] write() {
        canvas.paragraph(text.title(), 18, PdfCanvas.BLACK, 0);
        canvas.gap(4);
        canvas.paragraph(text.who(portrait), 11, PdfCanvas.BLACK, 0);
        canvas.paragraph(text.made(portrait), SMALL, PdfCanvas.GREY, 0);
        text.notices(portrait).forEach(notice -> canvas.paragraph(notice, TEXT, PdfCanvas.AMBER, 0));
        warnings();
        values();
        charts();
        scores();
        canvas.gap(10);
        canvas.paragraph(text.notDiagnosis(), SMALL, PdfCanvas.GREY, 0);
        return canvas.finish(text.title() + " · " + portrait.masked() + " · " + portrait.today());
    }

    private void heading(String heading, float together) {
        canvas.need(together);
        canvas.gap(12);
        canvas.paragraph(heading, 13, PdfCanvas.BLACK, 0);
        canvas.gap(3);
        canvas.line(PdfCanvas.MARGIN, canvas.y(), PdfCanvas.MARGIN + PdfCanvas.ROOM, canvas.y(), PdfCanvas.BLUE, 1, false);
        canvas.gap(2);
    }

    private void warnings() {
        heading(text.of("风险预警", "Warnings"), 80);
        List<Warning> warnings = portrait.warnings();
        if (warnings == null) {
            canvas.paragraph(text.of("您尚未开启预警。", "You have not opted in to warnings."), TEXT, PdfCanvas.BLACK, 0);
        } else if (warnings.isEmpty()) {
            canvas.paragraph(text.of("未发现需要预警的情况。", "Nothing to warn of."), TEXT, PdfCanvas.BLACK, 0);
        } else {
            for (Warning warning : warnings) {
                canvas.need(58);
                canvas.gap(3);
                canvas.paragraph("[" + text.concern(warning.concern()) + "] " + text.of(warning.title()), 10.5f, ink(warning.concern()), 0);
                canvas.paragraph(text.of(warning.evidence()), TEXT, PdfCanvas.BLACK, 10);
                canvas.paragraph(text.of(warning.advice()), TEXT, PdfCanvas.BLACK, 10);
                canvas.paragraph(text.of("置信度 ", "confidence ") + String.format(Locale.ROOT, "%.0f%%", warning.confidence() * 100) + " · " + warning.citation(), SMALL, PdfCanvas.GREY, 10);
            }
        }
    }

    private void values() {
        heading(text.of("最新指标", "Newest values"), 90);
        List<Float> shares = List.of(0.3f, 0.2f, 0.17f, 0.33f);
        canvas.row(List.of(text.of("指标", "Measurement"), text.of("数值", "Value"), text.of("日期", "Day"), text.of("分级", "Category")),
                shares, SMALL, Collections.nCopies(4, PdfCanvas.GREY));
        for (Portrait.Value value : portrait.values()) {
            var measure = value.reading().measure();
            canvas.row(List.of(text.name(measure), text.value(measure, value.reading().value()), value.reading().day().toString(),
                            text.of(value.category().zh(), value.category().en())),
                    shares, TEXT, List.of(PdfCanvas.BLACK, PdfCanvas.BLACK, PdfCanvas.GREY, ink(value.category().concern())));
        }
        canvas.gap(3);
        canvas.paragraph(text.of("分级依据:", "Categories: ") + portrait.values().stream().map(value -> value.category().citation()).distinct()
                .collect(Collectors.joining(text.semicolon())), SMALL, PdfCanvas.GREY, 0);
    }

    private void charts() {
        heading(text.of("近%d年趋势".formatted(Portrait.YEARS), "Trends of the last %d years".formatted(Portrait.YEARS)), CHART_HEIGHT + 70);
        float width = (PdfCanvas.ROOM - CHART_GAP) / 2;
        for (int i = 0; i < portrait.series().size(); i += 2) {
            canvas.need(CHART_HEIGHT + 46);
            chart(portrait.series().get(i), PdfCanvas.MARGIN, width);
            if (i + 1 < portrait.series().size()) {
                chart(portrait.series().get(i + 1), PdfCanvas.MARGIN + width + CHART_GAP, width);
            }
            canvas.gap(CHART_HEIGHT + 46);
        }
        canvas.paragraph(text.of("方法:Theil–Sen 斜率与 Mann–Kendall 检验;虚线为指南分界。", "Method: Theil–Sen slope and Mann–Kendall test; dashed: bounds of guidelines."), SMALL, PdfCanvas.GREY, 0);
    }

    /** Draws below the present place without moving it: two charts stand side by side. */
    private void chart(Portrait.Series series, float left, float width) {
        Chart chart = new Chart(series);
        var measure = series.measure();
        float top = canvas.y() - 34;
        float bottom = top - CHART_HEIGHT + 14;
        canvas.write(text.name(measure) + " (" + measure.shownUnit() + ")", left, canvas.y() - 12, 10, PdfCanvas.BLACK);
        canvas.write(text.trend(series), left, canvas.y() - 25, SMALL, PdfCanvas.GREY);
        float plotLeft = left + AXIS;
        float plotWidth = width - AXIS - 4;
        canvas.box(plotLeft, bottom, plotWidth, top - bottom, new Ink(0.97f, 0.98f, 0.99f));
        canvas.line(plotLeft, bottom, plotLeft + plotWidth, bottom, PdfCanvas.PALE, 0.8f, false);
        canvas.line(plotLeft, bottom, plotLeft, top, PdfCanvas.PALE, 0.8f, false);
        for (double value : new double[] {chart.low(), (chart.low() + chart.high()) / 2, chart.high()}) {
            String label = measure.shown(value);
            canvas.write(label, plotLeft - 4 - canvas.length(label, 7), at(chart, value, bottom, top) - 2.5f, 7, PdfCanvas.GREY);
        }
        float lastLabel = Float.NEGATIVE_INFINITY;
        for (Guidelines.Line line : series.lines()) {
            if (chart.shows(line)) {
                float y = at(chart, line.value(), bottom, top);
                canvas.line(plotLeft, y, plotLeft + plotWidth, y, PdfCanvas.RED, 0.6f, true);
                if (y - lastLabel > 9) {
                    String label = measure.shown(line.value()) + " " + ReportPage.shortened(text.of(line.zh(), line.en()));
                    float at = chart.labelsLeft(line) ? plotLeft + 3 : plotLeft + plotWidth - 3 - canvas.length(label, 6.5f);
                    canvas.write(label, at, y + 2, 6.5f, PdfCanvas.RED);
                    lastLabel = y;
                }
            }
        }
        Trend.Point before = null;
        for (Trend.Point point : series.points()) {
            float x = plotLeft + 4 + (float) chart.x(point.day()) * (plotWidth - 8);
            float y = at(chart, point.value(), bottom, top);
            if (before != null) {
                canvas.line(plotLeft + 4 + (float) chart.x(before.day()) * (plotWidth - 8), at(chart, before.value(), bottom, top), x, y, PdfCanvas.BLUE, 1, false);
            }
            canvas.box(x - 1.5f, y - 1.5f, 3, 3, PdfCanvas.BLUE);
            before = point;
        }
        canvas.write(series.points().getFirst().day().toString(), plotLeft, bottom - 10, 7, PdfCanvas.GREY);
        if (series.points().size() > 1) {
            String last = series.points().getLast().day().toString();
            canvas.write(last, plotLeft + plotWidth - canvas.length(last, 7), bottom - 10, 7, PdfCanvas.GREY);
        }
    }

    private static float at(Chart chart, double value, float bottom, float top) {
        return bottom + (float) chart.y(value) * (top - bottom);
    }

    private void scores() {
        heading(text.of("风险评分", "Risk scores"), 90);
        for (Portrait.Assessed assessed : portrait.scores()) {
            if (assessed.outcome() instanceof Outcome.Scored scored) {
                canvas.need(50);
                canvas.gap(3);
                canvas.paragraph(text.name(assessed.score()) + text.colon() + text.value(assessed.score(), scored), 10.5f,
                        scored.band().elevated() ? PdfCanvas.RED : PdfCanvas.BLACK, 0);
                canvas.paragraph(text.meaning(scored), TEXT, PdfCanvas.BLACK, 10);
                canvas.paragraph(text.validity(assessed.score()), SMALL, PdfCanvas.GREY, 10);
                canvas.paragraph(assessed.score().facts().citation(), SMALL, PdfCanvas.GREY, 10);
                if (!assessed.score().facts().disclaimer().isEmpty()) {
                    canvas.paragraph(assessed.score().facts().disclaimer(), SMALL, PdfCanvas.GREY, 10);
                }
            }
        }
        if (portrait.scores().stream().anyMatch(assessed -> !(assessed.outcome() instanceof Outcome.Scored))) {
            canvas.need(30);
            canvas.gap(6);
            canvas.paragraph(text.of("未计算的评分", "Scores that were not reckoned"), 10.5f, PdfCanvas.BLACK, 0);
            for (Portrait.Assessed assessed : portrait.scores()) {
                if (!(assessed.outcome() instanceof Outcome.Scored)) {
                    canvas.paragraph(text.name(assessed.score()) + text.colon() + text.silence(assessed.outcome()), SMALL, PdfCanvas.GREY, 10);
                }
            }
        }
    }

    private static Ink ink(Concern concern) {
        return switch (concern) {
            case NORMAL -> PdfCanvas.GREEN;
            case WATCH -> PdfCanvas.AMBER;
            case SEE_DOCTOR, URGENT -> PdfCanvas.RED;
        };
    }
}
