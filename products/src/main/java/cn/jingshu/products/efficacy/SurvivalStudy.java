package cn.jingshu.products.efficacy;

import cn.jingshu.products.domain.disclosure.SmallCells;
import cn.jingshu.products.efficacy.survival.CoxRegression;
import cn.jingshu.products.efficacy.survival.CoxResult;
import cn.jingshu.products.efficacy.survival.FollowUp;
import cn.jingshu.products.efficacy.survival.KaplanMeier;
import cn.jingshu.products.efficacy.v1.Curve;
import cn.jingshu.products.efficacy.v1.CurvePoint;
import cn.jingshu.products.efficacy.v1.LogRank;
import cn.jingshu.products.efficacy.v1.Ratio;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Survival curves as they may be told. A curve is read on a grid of 30 days and a point is told when ten outcomes have happened
 * since the one before and ten people are still followed, so no step is anybody's; persons are whole tens. A group with fewer than
 * ten outcomes, or ten without, is told of as a name only, and where that is one group alone, so is the smallest of the others.
 */
final class SurvivalStudy {
    private static final int GRID_DAYS = 30;

    private SurvivalStudy() {}

    /** The curves, and the tests between them where every group may be told. */
    record Told(List<Curve> curves, Optional<LogRank> logRank, Optional<Ratio> hazardRatio, boolean anyHeldBack) {
        Told {
            curves = List.copyOf(curves);
        }
    }

    /** Groups in their order, by name. */
    static Map<String, List<Member>> grouped(List<Member> members, List<String> names, Function<Member, String> name) {
        Map<String, List<Member>> groups = new LinkedHashMap<>();
        names.forEach(n -> groups.put(n, new ArrayList<>()));
        members.forEach(member -> groups.computeIfAbsent(name.apply(member), _ -> new ArrayList<>()).add(member));
        groups.values().removeIf(List::isEmpty);
        return groups;
    }

    static Told of(Map<String, List<Member>> groups, SmallCells cells) {
        List<String> names = List.copyOf(groups.keySet());
        List<List<FollowUp>> followUps = groups.values().stream().map(g -> g.stream().map(Member::followUp).toList()).toList();
        List<Boolean> told = SmallCells.tellableGroups(
                followUps.stream().map(g -> cells.isTellable(events(g), g.size())).toList(),
                followUps.stream().map(List::size).toList());
        List<Curve> curves = new ArrayList<>();
        for (int g = 0; g < names.size(); g++) {
            curves.add(told.get(g) ? curve(names.get(g), followUps.get(g), cells) : Curve.newBuilder().setLabel(names.get(g)).build());
        }
        boolean all = !told.contains(false);
        boolean several = names.size() > 1 && all;
        return new Told(curves,
                several ? Optional.of(logRank(followUps)) : Optional.empty(),
                several && names.size() == 2 ? hazardRatio(followUps.get(0), followUps.get(1)) : Optional.empty(), !all);
    }

    private static LogRank logRank(List<List<FollowUp>> groups) {
        var test = cn.jingshu.products.efficacy.survival.LogRank.of(groups);
        return LogRank.newBuilder().setChiSquare(Numbers.rounded(test.chiSquare())).setDegrees(test.degrees())
                .setP(Numbers.rounded(test.p())).build();
    }

    /** Of the first group against the second; empty: not estimable. */
    static Optional<Ratio> hazardRatio(List<FollowUp> first, List<FollowUp> second) {
        List<FollowUp> all = new ArrayList<>(first);
        all.addAll(second);
        double[][] group = new double[all.size()][1];
        for (int i = 0; i < first.size(); i++) {
            group[i][0] = 1;
        }
        return switch (CoxRegression.fit(all, group, CoxRegression.Ties.EFRON)) {
            case CoxResult.Fitted fit -> Optional.of(Numbers.hazard(fit.coefficients().getFirst(), fit.standardErrors().getFirst()));
            case CoxResult.NotEstimable _ -> Optional.empty();
        };
    }

    private static Curve curve(String label, List<FollowUp> followUps, SmallCells cells) {
        KaplanMeier curve = KaplanMeier.of(followUps);
        KaplanMeier.Median median = curve.median();
        Curve.Builder told = Curve.newBuilder().setLabel(label)
                .setPersons(cells.rounded(followUps.size())).setEvents(curve.events()).addAllPoints(points(curve, cells));
        median.estimate().ifPresent(told::setMedianDays);
        if (median.estimate().isPresent()) {
            median.lower().ifPresent(told::setMedianLowerDays);
            median.upper().ifPresent(told::setMedianUpperDays);
        }
        return told.build();
    }

    static List<CurvePoint> points(KaplanMeier curve, SmallCells cells) {
        List<CurvePoint> points = new ArrayList<>();
        points.add(CurvePoint.newBuilder().setDay(0).setSurvival(1).setLower(1).setUpper(1)
                .setAtRisk(cells.rounded(curve.cases())).build());
        int since = 0;
        for (int i = 0; i < curve.steps().size(); i++) {
            KaplanMeier.Step step = curve.steps().get(i);
            since += step.events();
            int mark = mark(step.time());
            boolean lastBeforeMark = i + 1 == curve.steps().size() || mark(curve.steps().get(i + 1).time()) > mark;
            int left = step.atRisk() - step.events() - step.censored();
            if (lastBeforeMark && since >= cells.threshold() && left >= cells.threshold()) {
                points.add(CurvePoint.newBuilder().setDay(mark).setSurvival(Numbers.rounded(step.survival()))
                        .setLower(Numbers.rounded(step.lower())).setUpper(Numbers.rounded(step.upper()))
                        .setAtRisk(cells.rounded(left)).build());
                since = 0;
            }
        }
        return points;
    }

    /** The grid's first day at or after {@code time}. */
    private static int mark(double time) {
        return (int) Math.ceil(time / GRID_DAYS) * GRID_DAYS;
    }

    private static long events(List<FollowUp> followUps) {
        return followUps.stream().filter(FollowUp::event).count();
    }
}
