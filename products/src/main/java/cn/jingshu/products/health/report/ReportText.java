package cn.jingshu.products.health.report;

import cn.jingshu.products.health.guideline.Concern;
import cn.jingshu.products.health.guideline.Measure;
import cn.jingshu.products.health.risk.Input;
import cn.jingshu.products.health.risk.Outcome;
import cn.jingshu.products.health.risk.RiskScore;
import cn.jingshu.products.health.trend.Trend;
import cn.jingshu.products.health.warning.Warning;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a report says, in one language.
 *
 * @param chinese false: English
 */
public record ReportText(boolean chinese) {
    private static final Pattern BESIDE_HAN = Pattern.compile("(?<=[\\u4e00-\\u9fff])[,;:]\\s?|[,;:](?=[\\u4e00-\\u9fff])");

    /** The text in the report's language; Chinese with the full-width marks that people read. */
    String of(String zh, String en) {
        return chinese ? BESIDE_HAN.matcher(zh).replaceAll(mark -> switch (mark.group().charAt(0)) {
            case ',' -> "\uFF0C";
            case ';' -> "\uFF1B";
            default -> "\uFF1A";
        }) : en;
    }

    /** Stands behind a name whose value follows. */
    String colon() {
        return chinese ? "\uFF1A" : ": ";
    }

    /** Stands between things listed. */
    String semicolon() {
        return chinese ? "\uFF1B" : "; ";
    }

    String of(Warning.Words words) {
        return of(words.zh(), words.en());
    }

    String language() {
        return of("zh-CN", "en");
    }

    String title() {
        return of("个人健康报告", "Personal health report");
    }

    String who(Portrait portrait) {
        return of("%s · %s · %d岁".formatted(portrait.masked(), portrait.male() ? "男" : "女", portrait.age()),
                "%s · %s · age %d".formatted(portrait.masked(), portrait.male() ? "male" : "female", portrait.age()));
    }

    String made(Portrait portrait) {
        String records = portrait.recordsAsOf() == null ? of("数据入库时间未知", "time of the records not known")
                : of("数据截至 ", "records as of ") + portrait.recordsAsOf();
        return of("生成日期 ", "Made on ") + portrait.today() + " · " + records;
    }

    /** What has to be said first, each a sentence; empty: nothing. */
    List<String> notices(Portrait portrait) {
        Stream.Builder<String> notices = Stream.builder();
        if (portrait.synthetic()) {
            notices.add(of("演示数据:本报告中的人和数值均为虚构。", "Made-up data: nobody is meant by this report."));
        }
        if (portrait.stale()) {
            notices.add(of("部分数据已超过更新周期,可能不是最新结果。", "Some records are older than their update cycle promises and may not be the newest."));
        }
        if (portrait.rejected() > 0) {
            notices.add(of("有 %d 个数值因单位不明或不可能而未采用。".formatted(portrait.rejected()),
                    "%d values were left out because of their unit or because no body can have them.".formatted(portrait.rejected())));
        }
        return notices.build().toList();
    }

    String notDiagnosis() {
        return of("本报告不是诊断,也不能代替就医。单次测量受多种因素影响,分级仅表示数值所处的范围。",
                "This report is no diagnosis and does not replace a doctor. A single reading depends on much; a category only says in which range a value lies.");
    }

    String concern(Concern concern) {
        return switch (concern) {
            case NORMAL -> of("正常", "normal");
            case WATCH -> of("留意", "watch");
            case SEE_DOCTOR -> of("就医", "see a doctor");
            case URGENT -> of("尽快就医", "urgent");
        };
    }

    String name(Measure measure) {
        return of(measure.zh(), measure.en());
    }

    String value(Measure measure, double value) {
        return measure.shown(value) + " " + measure.shownUnit();
    }

    String trend(Portrait.Series series) {
        Trend trend = series.trend();
        if (trend.slopePerYear() == null || trend.pValue() == null) {
            return of("测量不足5日,尚不能判断趋势", "fewer than five days of readings: no trend can be told");
        }
        String direction = switch (trend.direction()) {
            case RISING -> of("上升", "rising");
            case FALLING -> of("下降", "falling");
            case STEADY, TOO_FEW -> of("无明显趋势", "no clear trend");
        };
        String p = trend.pValue() < 0.001 ? "<0.001" : "=" + String.format(Locale.ROOT, "%.3f", trend.pValue());
        return String.format(Locale.ROOT, of("%s,每年 %+.2f %s(P%s)", "%s, %+.2f %s a year (p%s)"), direction, trend.slopePerYear(), series.measure().shownUnit(), p);
    }

    String name(RiskScore score) {
        return of(score.facts().nameZh(), score.facts().nameEn());
    }

    /** The value as people read it, short. */
    String value(RiskScore score, Outcome.Scored scored) {
        return score.facts().scale() == RiskScore.Scale.PERCENT ? String.format(Locale.ROOT, "%.1f%%", scored.value())
                : String.format(Locale.ROOT, of("%.0f 分(满分 %.0f)", "%.0f of %.0f points"), scored.value(), score.facts().greatest());
    }

    /** What stands under the value: band and the value of someone with ideal values. */
    String meaning(Outcome.Scored scored) {
        String band = of(scored.band().zh(), scored.band().en());
        String ideal = scored.idealPercent() == null ? ""
                : of(";同龄理想者 ", "; ideal at the same age ") + String.format(Locale.ROOT, "%.1f%%", scored.idealPercent());
        return band + ideal + (scored.validated() ? "" : of(";年龄超出验证范围,仅供参考", "; age outside the validated range, indicative"));
    }

    /** Why a score says nothing. */
    String silence(Outcome outcome) {
        return switch (outcome) {
            case Outcome.MissingInputs(var missing) -> of("缺少:", "missing: ") + names(missing);
            case Outcome.OutOfRange(var bounds) -> of("超出适用范围:", "out of range: ")
                    + bounds.stream().map(bound -> of(bound.input().zh(), bound.input().en())).collect(Collectors.joining(of("、", ", ")));
            case Outcome.NotApplicable(var zh, var en) -> of(zh, en);
            case Outcome.Scored _ -> "";
        };
    }

    /** At most six names: a score that needs twenty answers is not what a report is for. */
    private String names(List<Input> inputs) {
        String first = inputs.stream().limit(6).map(input -> of(input.zh(), input.en())).collect(Collectors.joining(of("、", ", ")));
        return inputs.size() <= 6 ? first : first + of(" 等 %d 项".formatted(inputs.size()), " and %d more".formatted(inputs.size() - 6));
    }

    String validity(RiskScore score) {
        return of(score.facts().validityZh(), score.facts().validityEn());
    }
}
