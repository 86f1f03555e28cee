package cn.jingshu.products.health.report;

import cn.jingshu.products.health.guideline.Concern;
import cn.jingshu.products.health.guideline.Guidelines;
import cn.jingshu.products.health.risk.Outcome;
import cn.jingshu.products.health.trend.Trend;
import cn.jingshu.products.health.warning.Warning;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The report as one page of HTML that loads nothing: styles and charts are within. Readable from 320 px on, on paper, without
 * colours and by a screen reader.
 */
public final class ReportPage {
    private static final String STYLE = """
            :root{--ink:#1d2733;--mute:#55616f;--line:#d5dce4;--paper:#fff;--tint:#f4f7fa;--blue:#0b5cad;--green:#1a6b3c;--amber:#8a5a00;--red:#b3261e}
            *{box-sizing:border-box}
            html{-webkit-text-size-adjust:100%}
            body{margin:0;background:var(--tint);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif}
            main{max-width:960px;margin:0 auto;padding:16px}
            header.top{padding:8px 0 4px}
            h1{font-size:1.6rem;line-height:1.3;margin:0}
            h2{font-size:1.15rem;margin:0 0 12px}
            h3{font-size:1rem;margin:0 0 4px}
            p{margin:0 0 8px}
            .mute{color:var(--mute);font-size:.875rem}
            .below{margin-top:12px}
            section{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:16px;margin:16px 0}
            .notice{border-left:4px solid var(--amber);background:#fff8e8;padding:8px 12px;margin:12px 0;border-radius:0 6px 6px 0}
            table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
            th,td{text-align:left;padding:8px 8px 8px 0;border-bottom:1px solid var(--line);vertical-align:top}
            thead th{font-size:.8125rem;color:var(--mute);font-weight:600}
            tbody th{font-weight:500}
            tr:last-child>*{border-bottom:0}
            .value{white-space:nowrap;font-weight:600}
            .badge{display:inline-block;border:1px solid currentColor;border-radius:99px;padding:0 8px;font-size:.8125rem;line-height:1.5;white-space:nowrap}
            .NORMAL{color:var(--green)}.WATCH{color:var(--amber)}.SEE_DOCTOR,.URGENT{color:var(--red)}
            .URGENT{font-weight:700}
            .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,270px),1fr));gap:12px;list-style:none;margin:0;padding:0}
            .cards>li,.warn{border:1px solid var(--line);border-radius:8px;padding:12px;break-inside:avoid}
            .warn{border-left-width:5px;margin:0 0 12px}
            .warn.WATCH{border-left-color:var(--amber)}.warn.SEE_DOCTOR,.warn.URGENT{border-left-color:var(--red)}
            .warn.WATCH,.warn.SEE_DOCTOR,.warn.URGENT{color:var(--ink);font-weight:400}
            .head{display:flex;flex-wrap:wrap;gap:4px 8px;align-items:center;margin-bottom:4px}
            .head h3{margin:0}
            .big{font-size:1.5rem;font-weight:700;line-height:1.3}
            .raised .big{color:var(--red)}
            figure{margin:0;break-inside:avoid}
            figcaption{margin-bottom:6px}
            figcaption strong{display:block}
            svg{display:block;width:100%;height:auto}
            .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));gap:20px 24px}
            details{margin-top:8px}
            summary{cursor:pointer;color:var(--blue)}
            .disclaimer{font-size:.8125rem;color:var(--mute)}
            footer{color:var(--mute);font-size:.875rem;padding:4px 0 24px}
            @media(max-width:560px){
             .values thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
             .values tr{display:flex;flex-wrap:wrap;justify-content:space-between;gap:2px 8px;padding:10px 0;border-bottom:1px solid var(--line)}
             .values tr:last-child{border-bottom:0}
             .values th,.values td{border:0;padding:0}
             .values th{flex:1 1 calc(100% - 130px)}
             .values td{flex:0 0 auto}
             .values td:nth-child(4){flex:0 1 auto;margin-left:auto;text-align:right}
             .values .badge{white-space:normal;border-radius:12px}
            }
            @media print{
             @page{size:A4;margin:14mm}
             body{background:#fff;font-size:10.5pt}
             main{max-width:none;padding:0}
             section{border:0;border-top:1px solid var(--line);border-radius:0;padding:10px 0;margin:8px 0}
             h2{break-after:avoid}
             tr{break-inside:avoid}
             .charts{grid-template-columns:1fr 1fr}
             details>*{display:block}
            }
            """;
    private static final int WIDTH = 360;
    private static final int HEIGHT = 180;
    private static final int LEFT = 42;
    private static final int RIGHT = 14;
    private static final int TOP = 14;
    private static final int BOTTOM = 26;

    private final Portrait portrait;
    private final ReportText text;
    private final StringBuilder out = new StringBuilder(40_000);

    private ReportPage(Portrait portrait, ReportText text) {
        this.portrait = portrait;
        this.text = text;
    }

    /** The page. */
    public static String of(Portrait portrait, ReportText text) {
        return new ReportPage(portrait, text).write();
    }

    private String write() {
        out.append("<!DOCTYPE html>\n<html lang=\"").append(text.language()).append("\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n")
                .append("<meta name=\"robots\" content=\"noindex\">\n<title>").append(escape(text.title())).append("</title>\n<style>\n")
                .append(STYLE).append("</style>\n</head>\n<body>\n<main>\n");
        out.append("<header class=\"top\">\n");
        element("h1", "", text.title());
        element("p", "", text.who(portrait));
        element("p", "mute", text.made(portrait));
        text.notices(portrait).forEach(notice -> element("p", "notice", notice));
        out.append("</header>\n");
        warnings();
        values();
        charts();
        scores();
        out.append("<footer>\n");
        element("p", "", text.notDiagnosis());
        element("p", "", text.of("数据来源:市卫生健康委员会体检明细、检验明细、高血压患者健康管理与门诊就诊记录。仅供本人查看。",
                "Sources: physical examinations, laboratory results, hypertension management and outpatient visits of the city's health commission. For the person alone."));
        out.append("</footer>\n</main>\n</body>\n</html>\n");
        return out.toString();
    }

    private void open(String id, String heading) {
        out.append("<section aria-labelledby=\"").append(id).append("\">\n<h2 id=\"").append(id).append("\">").append(escape(heading)).append("</h2>\n");
    }

    private void warnings() {
        open("warnings", text.of("风险预警", "Warnings"));
        var warnings = portrait.warnings();
        if (warnings == null) {
            element("p", "", text.of("您尚未开启预警。开启后,这里会列出需要留意的情况与建议。",
                    "You have not opted in to warnings. Once you have, this part lists what needs your attention, and advice."));
        } else if (warnings.isEmpty()) {
            element("p", "", text.of("未发现需要预警的情况。请保持健康的生活方式并定期体检。", "Nothing to warn of. Keep well and have regular check-ups."));
        } else {
            for (Warning warning : warnings) {
                out.append("<article class=\"warn ").append(warning.concern()).append("\">\n<div class=\"head\">");
                badge(warning.concern(), text.concern(warning.concern()));
                element("h3", "", text.of(warning.title()));
                out.append("</div>\n");
                element("p", "", text.of(warning.evidence()));
                element("p", "", text.of(warning.advice()));
                element("p", "mute", text.of("置信度 ", "confidence ") + String.format(Locale.ROOT, "%.0f%%", warning.confidence() * 100) + " · " + warning.citation());
                out.append("</article>\n");
            }
        }
        out.append("</section>\n");
    }

    private void values() {
        open("values", text.of("最新指标", "Newest values"));
        if (portrait.values().isEmpty()) {
            element("p", "", text.of("没有可用的测量记录。", "There are no measurements."));
        } else {
            out.append("<table class=\"values\">\n<thead><tr>");
            for (String heading : new String[] {text.of("指标", "Measurement"), text.of("数值", "Value"), text.of("日期", "Day"), text.of("分级", "Category")}) {
                out.append("<th scope=\"col\">").append(escape(heading)).append("</th>");
            }
            out.append("</tr></thead>\n<tbody>\n");
            for (Portrait.Value value : portrait.values()) {
                var measure = value.reading().measure();
                out.append("<tr><th scope=\"row\">").append(escape(text.name(measure))).append("</th><td class=\"value\">")
                        .append(escape(text.value(measure, value.reading().value()))).append("</td><td class=\"mute\">").append(value.reading().day())
                        .append("</td><td>");
                badge(value.category().concern(), text.of(value.category().zh(), value.category().en()));
                out.append("</td></tr>\n");
            }
            out.append("</tbody>\n</table>\n");
            String citations = portrait.values().stream().map(value -> value.category().citation()).distinct().collect(Collectors.joining(text.semicolon()));
            element("p", "mute below", text.of("分级依据:", "Categories: ") + citations);
        }
        out.append("</section>\n");
    }

    private void charts() {
        open("trends", text.of("近%d年趋势".formatted(Portrait.YEARS), "Trends of the last %d years".formatted(Portrait.YEARS)));
        if (portrait.series().isEmpty()) {
            element("p", "", text.of("没有可绘制的记录。", "There is nothing to draw."));
        }
        out.append("<div class=\"charts\">\n");
        portrait.series().forEach(this::chart);
        out.append("</div>\n");
        element("p", "mute below", text.of("方法:Theil–Sen 斜率与 Mann–Kendall 检验;虚线为指南分界。", "Method: Theil–Sen slope and Mann–Kendall test; dashed: bounds of guidelines."));
        out.append("</section>\n");
    }

    private void chart(Portrait.Series series) {
        Chart chart = new Chart(series);
        var measure = series.measure();
        String id = "chart-" + measure.name().toLowerCase(Locale.ROOT);
        Trend.Point first = series.points().getFirst();
        Trend.Point last = series.points().getLast();
        String described = text.of("%s:%s 为 %s,%s 为 %s,共 %d 日;%s。", "%s: %s on %s, %s on %s, %d days; %s.").formatted(
                text.name(measure),
                text.of(first.day().toString(), text.value(measure, first.value())), text.of(text.value(measure, first.value()), first.day().toString()),
                text.of(last.day().toString(), text.value(measure, last.value())), text.of(text.value(measure, last.value()), last.day().toString()),
                series.points().size(), text.trend(series));
        out.append("<figure>\n<figcaption><strong>").append(escape(text.name(measure))).append(" (").append(escape(measure.shownUnit()))
                .append(")</strong><span class=\"mute\">").append(escape(text.trend(series))).append("</span></figcaption>\n");
        out.append("<svg viewBox=\"0 0 ").append(WIDTH).append(' ').append(HEIGHT).append("\" role=\"img\" aria-labelledby=\"").append(id).append("\">\n<title id=\"")
                .append(id).append("\">").append(escape(described)).append("</title>\n");
        out.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#f8fafc\" stroke=\"#d5dce4\"/>\n".formatted(LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM));
        for (double value : new double[] {chart.low(), (chart.low() + chart.high()) / 2, chart.high()}) {
            label(LEFT - 6, y(chart, value) + 4, "end", "#55616f", measure.shown(value));
        }
        double lastLabel = Double.POSITIVE_INFINITY;
        for (Guidelines.Line line : series.lines()) {
            if (chart.shows(line)) {
                double y = y(chart, line.value());
                out.append(String.format(Locale.ROOT, "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#b3261e\" stroke-dasharray=\"4 3\"/>\n", LEFT, WIDTH - RIGHT, y, y));
                if (lastLabel - y > 13) { // a label that would lie on the one below is left out; the line stays
                    boolean left = chart.labelsLeft(line);
                    label(left ? LEFT + 4 : WIDTH - RIGHT - 4, y - 3, left ? "start" : "end", "#8f1d17",
                            measure.shown(line.value()) + " " + shortened(text.of(line.zh(), line.en())));
                    lastLabel = y;
                }
            }
        }
        String path = series.points().stream().map(point -> String.format(Locale.ROOT, "%.1f,%.1f", x(chart, point), y(chart, point.value()))).collect(Collectors.joining(" "));
        out.append("<polyline fill=\"none\" stroke=\"#0b5cad\" stroke-width=\"1.5\" stroke-linejoin=\"round\" points=\"").append(path).append("\"/>\n");
        for (Trend.Point point : series.points()) {
            out.append(String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\" fill=\"#0b5cad\"/>\n", x(chart, point), y(chart, point.value())));
        }
        label(LEFT, HEIGHT - 8, "start", "#55616f", first.day().toString());
        if (series.points().size() > 1) {
            label(WIDTH - RIGHT, HEIGHT - 8, "end", "#55616f", last.day().toString());
        }
        out.append("</svg>\n</figure>\n");
    }

    /** At most as much of a label as fits into a chart. */
    static String shortened(String label) {
        int comma = label.indexOf(',') >= 0 ? label.indexOf(',') : label.indexOf('\uFF0C');
        return comma > 0 ? label.substring(0, comma) : label;
    }

    private static double x(Chart chart, Trend.Point point) {
        return LEFT + 6 + chart.x(point.day()) * (WIDTH - LEFT - RIGHT - 12);
    }

    private static double y(Chart chart, double value) {
        return HEIGHT - BOTTOM - chart.y(value) * (HEIGHT - TOP - BOTTOM);
    }

    private void label(double x, double y, String anchor, String colour, String label) {
        out.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\" font-size=\"11\" paint-order=\"stroke\" stroke=\"#fff\" stroke-width=\"3\" stroke-opacity=\".8\">", x, y, anchor, colour))
                .append(escape(label)).append("</text>\n");
    }

    private void scores() {
        open("scores", text.of("风险评分", "Risk scores"));
        out.append("<ul class=\"cards\">\n");
        for (Portrait.Assessed assessed : portrait.scores()) {
            if (assessed.outcome() instanceof Outcome.Scored scored) {
                out.append("<li").append(scored.band().elevated() ? " class=\"raised\"" : "").append(">\n");
                element("h3", "", text.name(assessed.score()));
                element("p", "big", text.value(assessed.score(), scored));
                element("p", "", text.meaning(scored));
                element("p", "mute", text.validity(assessed.score()));
                if (!assessed.score().facts().disclaimer().isEmpty()) {
                    out.append("<p class=\"disclaimer\" lang=\"en\">").append(escape(assessed.score().facts().disclaimer())).append("</p>\n");
                }
                out.append("</li>\n");
            }
        }
        out.append("</ul>\n");
        if (portrait.scores().stream().anyMatch(assessed -> !(assessed.outcome() instanceof Outcome.Scored))) {
            out.append("<details open>\n<summary>").append(escape(text.of("未计算的评分", "Scores that were not reckoned"))).append("</summary>\n<ul>\n");
            for (Portrait.Assessed assessed : portrait.scores()) {
                if (!(assessed.outcome() instanceof Outcome.Scored)) {
                    element("li", "", text.name(assessed.score()) + text.colon() + text.silence(assessed.outcome()));
                }
            }
            out.append("</ul>\n</details>\n");
        }
        out.append("<details>\n<summary>").append(escape(text.of("出处与版本", "Sources and versions"))).append("</summary>\n<ul>\n");
        portrait.scores().forEach(assessed -> element("li", "mute",
                text.name(assessed.score()) + " (" + assessed.score().facts().version() + "): " + assessed.score().facts().citation()));
        out.append("</ul>\n</details>\n</section>\n");
    }

    private void badge(Concern concern, String label) {
        out.append("<span class=\"badge ").append(concern).append("\">").append(escape(label)).append("</span>");
    }

    private void element(String tag, String styled, String content) {
        out.append('<').append(tag);
        if (!styled.isEmpty()) {
            out.append(" class=\"").append(styled).append('"');
        }
        out.append('>').append(escape(content)).append("</").append(tag).append(">\n");
    }

    /** The text as HTML shows it literally. */
    static String escape(String plain) {
        return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
    }
}
