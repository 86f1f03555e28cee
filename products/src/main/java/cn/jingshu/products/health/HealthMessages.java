package cn.jingshu.products.health;

import cn.jingshu.products.health.guideline.Guidelines;
import cn.jingshu.products.health.history.History;
import cn.jingshu.products.health.report.Portrait;
import cn.jingshu.products.health.risk.Given;
import cn.jingshu.products.health.risk.Input;
import cn.jingshu.products.health.risk.Inputs;
import cn.jingshu.products.health.risk.Outcome;
import cn.jingshu.products.health.risk.RiskScore;
import cn.jingshu.products.health.risk.RiskScores;
import cn.jingshu.products.health.v1.Concern;
import cn.jingshu.products.health.v1.Direction;
import cn.jingshu.products.health.v1.Measurement;
import cn.jingshu.products.health.v1.Named;
import cn.jingshu.products.health.v1.Origin;
import cn.jingshu.products.health.v1.ReferenceLine;
import cn.jingshu.products.health.v1.ScoreStatus;
import cn.jingshu.products.health.v1.Topic;
import cn.jingshu.products.health.v1.Trend;
import cn.jingshu.products.health.v1.TrendPoint;
import cn.jingshu.products.health.v1.UsedInput;
import cn.jingshu.products.health.warning.Warning;
import cn.jingshu.products.health.warning.WarningRules;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.Locale;

/** What the product knows as messages of its contract. */
final class HealthMessages {
    private HealthMessages() {}

    static Timestamp toProto(Instant moment) {
        return Timestamp.newBuilder().setSeconds(moment.getEpochSecond()).setNanos(moment.getNano()).build();
    }

    static Measurement toProto(Portrait.Value value) {
        var measure = value.reading().measure();
        return Measurement.newBuilder().setCode(measure.name()).setNameZh(measure.zh()).setNameEn(measure.en())
                .setValue(measure.rounded(value.reading().value())).setUnit(measure.unit()).setObservedOn(value.reading().day().toString())
                .setOrigin(toProto(value.reading().origin())).setCategoryCode(value.category().code()).setCategoryZh(value.category().zh())
                .setCategoryEn(value.category().en()).setConcern(toProto(value.category().concern())).setCitation(value.category().citation()).build();
    }

    static Origin toProto(History.Origin origin) {
        return switch (origin) {
            case EXAMINATION -> Origin.EXAMINATION;
            case LABORATORY -> Origin.LABORATORY;
            case FOLLOW_UP -> Origin.FOLLOW_UP;
        };
    }

    static Concern toProto(cn.jingshu.products.health.guideline.Concern concern) {
        return switch (concern) {
            case NORMAL -> Concern.NORMAL;
            case WATCH -> Concern.WATCH;
            case SEE_DOCTOR -> Concern.SEE_DOCTOR;
            case URGENT -> Concern.URGENT;
        };
    }

    static Topic toProto(cn.jingshu.products.health.warning.Topic topic) {
        return switch (topic) {
            case BLOOD_PRESSURE -> Topic.BLOOD_PRESSURE;
            case GLUCOSE -> Topic.GLUCOSE;
            case LIPIDS -> Topic.LIPIDS;
            case WEIGHT -> Topic.WEIGHT;
            case CARDIOVASCULAR -> Topic.CARDIOVASCULAR;
            case CHECK_UP -> Topic.CHECK_UP;
        };
    }

    static Trend toProto(Portrait.Series series) {
        var measure = series.measure();
        var trend = series.trend();
        Trend.Builder message = Trend.newBuilder().setCode(measure.name()).setNameZh(measure.zh()).setNameEn(measure.en()).setUnit(measure.unit())
                .setAxisMinimum(rounded(series.axisLow(), 2)).setAxisMaximum(rounded(series.axisHigh(), 2))
                .setDirection(switch (trend.direction()) {
                    case TOO_FEW -> Direction.TOO_FEW;
                    case STEADY -> Direction.STEADY;
                    case RISING -> Direction.RISING;
                    case FALLING -> Direction.FALLING;
                });
        series.points().forEach(point -> message.addPoints(TrendPoint.newBuilder().setObservedOn(point.day().toString()).setValue(rounded(point.value(), 3))));
        for (Guidelines.Line line : series.lines()) {
            message.addReferences(ReferenceLine.newBuilder().setValue(line.value()).setLabelZh(line.zh()).setLabelEn(line.en()));
        }
        if (trend.slopePerYear() != null) {
            message.setSlopePerYear(rounded(trend.slopePerYear(), 4));
        }
        if (trend.slopeLow() != null && trend.slopeHigh() != null) {
            message.setSlopeLow(rounded(trend.slopeLow(), 4)).setSlopeHigh(rounded(trend.slopeHigh(), 4));
        }
        if (trend.pValue() != null && trend.tau() != null) {
            message.setPValue(rounded(trend.pValue(), 6)).setKendallTau(rounded(trend.tau(), 4));
        }
        return message.build();
    }

    static cn.jingshu.products.health.v1.RiskScore toProto(Portrait.Assessed assessed, Inputs person, PersonInputs told) {
        RiskScore.Facts facts = assessed.score().facts();
        var message = cn.jingshu.products.health.v1.RiskScore.newBuilder().setCode(facts.code()).setNameZh(facts.nameZh()).setNameEn(facts.nameEn())
                .setVersion(facts.version()).setCitation(facts.citation()).setHorizonYears(facts.horizonYears()).setValidityZh(facts.validityZh())
                .setValidityEn(facts.validityEn()).setDisclaimer(facts.disclaimer())
                .setOfficialMessage(RiskScores.officialMessage(assessed.score(), person, assessed.outcome()).orElse(""));
        if (facts.scale() == RiskScore.Scale.POINTS) {
            message.setGreatestPoints((int) facts.greatest());
        }
        switch (assessed.outcome()) {
            case Outcome.Scored scored -> {
                message.setStatus(ScoreStatus.SCORED).setBandCode(scored.band().code()).setBandZh(scored.band().zh()).setBandEn(scored.band().en())
                        .setElevated(scored.band().elevated()).setWithinValidatedAges(scored.validated());
                if (facts.scale() == RiskScore.Scale.PERCENT) {
                    message.setProbability(rounded(scored.value() / 100, 4));
                } else {
                    message.setPoints((int) scored.value());
                }
                if (scored.idealPercent() != null) {
                    message.setIdealProbability(rounded(scored.idealPercent() / 100, 4));
                }
                assessed.used().forEach(input -> person.find(input).ifPresent(given -> message.addUsed(toProto(input, given, told.originOf(input)))));
            }
            case Outcome.MissingInputs(var missing) -> {
                message.setStatus(ScoreStatus.MISSING_INPUTS);
                missing.forEach(input -> message.addMissing(Named.newBuilder().setCode(input.name()).setZh(input.zh()).setEn(input.en())));
            }
            case Outcome.OutOfRange(var bounds) -> {
                message.setStatus(ScoreStatus.OUT_OF_RANGE);
                bounds.forEach(bound -> message.addReasons(Named.newBuilder().setCode(bound.input().name())
                        .setZh("%s须在%s至%s之间".formatted(bound.input().zh(), plain(bound.least()), plain(bound.greatest())))
                        .setEn("%s must be within %s and %s".formatted(bound.input().en(), plain(bound.least()), plain(bound.greatest())))));
            }
            case Outcome.NotApplicable(var zh, var en) ->
                message.setStatus(ScoreStatus.NOT_APPLICABLE).addReasons(Named.newBuilder().setCode("NOT_APPLICABLE").setZh(zh).setEn(en));
        }
        return message.build();
    }

    private static UsedInput toProto(Input input, Given given, Origin origin) {
        return UsedInput.newBuilder().setInput(input.name()).setNameZh(input.zh()).setNameEn(input.en()).setValue(rounded(given.value(), 3))
                .setUnit(input.unit()).setOrigin(origin).setObservedOn(given.observedOn() == null ? "" : given.observedOn().toString()).build();
    }

    static cn.jingshu.products.health.v1.Warning toProto(Warning warning) {
        return cn.jingshu.products.health.v1.Warning.newBuilder().setRule(warning.rule()).setTopic(toProto(warning.topic()))
                .setConcern(toProto(warning.concern())).setTitleZh(warning.title().zh()).setTitleEn(warning.title().en())
                .setEvidenceZh(warning.evidence().zh()).setEvidenceEn(warning.evidence().en()).setAdviceZh(warning.advice().zh())
                .setAdviceEn(warning.advice().en()).setConfidence(rounded(warning.confidence(), 3)).setCitation(warning.citation())
                .setModelVersion(WarningRules.VERSION).setAdviceReviewed(WarningRules.ADVICE_REVIEWED).build();
    }

    private static String plain(double value) {
        boolean whole = Math.abs(value - Math.rint(value)) < 1e-9;
        return whole ? String.format(Locale.ROOT, "%.0f", value) : String.format(Locale.ROOT, "%.2f", value);
    }

    private static double rounded(double value, int decimals) {
        double scale = Math.pow(10, decimals);
        return Math.round(value * scale) / scale;
    }
}
