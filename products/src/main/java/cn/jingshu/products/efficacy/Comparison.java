package cn.jingshu.products.efficacy;

import cn.jingshu.products.domain.disclosure.SmallCells;
import cn.jingshu.products.efficacy.matching.Balance;
import cn.jingshu.products.efficacy.matching.NearestMatching;
import cn.jingshu.products.efficacy.matching.TreatmentEffect;
import cn.jingshu.products.efficacy.survival.FollowUp;
import cn.jingshu.products.efficacy.v1.CompareTreatmentsResponse;
import cn.jingshu.products.efficacy.v1.CovariateBalance;
import cn.jingshu.products.efficacy.v1.Effect;
import cn.jingshu.products.efficacy.v1.GroupCount;
import cn.jingshu.products.efficacy.v1.HazardRatio;
import cn.jingshu.products.efficacy.v1.Method;
import cn.jingshu.products.efficacy.v1.Review;
import cn.jingshu.products.statistics.RankingQuality;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/**
 * Compares those who were given a drug with those who were given another, on the risk of an outcome within the follow-up. The
 * caller sees to it that everybody could be followed for all of it. Matching uses a caliper of 0.2 standard deviations of the logit of the
 * propensity score (Austin 2011, Pharm Stat 10:150).
 */
final class Comparison {
    private static final double CALIPER = 0.2;
    private static final double IMBALANCE = 0.1;
    private static final double POOR_OVERLAP = 0.9;

    private final SmallCells cells;
    private final List<Member> members;
    private final boolean[] treated;
    private final double[] outcome;
    private final double[][] covariates;
    private final List<Integer> used; // of Member.COVARIATES, the columns that tell anything

    /** @param cells what is too few to be told */
    Comparison(List<Member> treatedMembers, List<Member> comparators, SmallCells cells) {
        this.cells = cells;
        members = new ArrayList<>(treatedMembers);
        int first = members.size();
        members.addAll(comparators);
        treated = new boolean[members.size()];
        Arrays.fill(treated, 0, first, true);
        outcome = members.stream().mapToDouble(m -> m.followUp().event() ? 1 : 0).toArray();
        used = independentColumns();
        covariates = members.stream()
                .map(m -> used.stream().mapToDouble(j -> m.covariates().get(j)).toArray()).toArray(double[][]::new);
    }

    /** True: in both groups enough had the outcome, and enough had not. */
    boolean tellable() {
        return IntStream.of(0, 1).allMatch(g -> cells.isTellable(events(g == 1), size(g == 1)));
    }

    /** The result without an id; with only the reviews if a cell is too small. */
    CompareTreatmentsResponse.Builder answer() {
        CompareTreatmentsResponse.Builder answer = CompareTreatmentsResponse.newBuilder();
        if (!tellable()) {
            return answer.setSuppressed(true);
        }
        answer.setTreated(count(true)).setComparator(count(false));
        answer.addEffects(effect(Method.UNADJUSTED, TreatmentEffect.unadjusted(outcome, treated)));
        SurvivalStudy.hazardRatio(followUps(true, all()), followUps(false, all())).ifPresent(
                ratio -> answer.addHazardRatios(HazardRatio.newBuilder().setMethod(Method.UNADJUSTED).setRatio(ratio)));
        double[] propensity;
        try {
            propensity = TreatmentEffect.propensity(treated, covariates);
            answer.addEffects(effect(Method.REGRESSION, TreatmentEffect.regression(outcome, treated, covariates)));
        } catch (IllegalArgumentException | ArithmeticException notEstimable) {
            // the covariates tell the groups apart entirely: nothing adjusts for them, and the answer says so
            return answer.addReviews(Review.POOR_OVERLAP).addAllBalance(balance(Optional.empty(), Optional.empty()));
        }
        double auc = RankingQuality.auc(propensity, treated);
        answer.setPropensityAuc(Numbers.rounded(auc));
        if (auc > POOR_OVERLAP) {
            answer.addReviews(Review.POOR_OVERLAP);
        }
        answer.addEffects(effect(Method.WEIGHTED, TreatmentEffect.weighted(outcome, treated, propensity)));
        double[] logits = Arrays.stream(propensity).map(p -> Math.log(p / (1 - p))).toArray();
        List<NearestMatching.Pair> pairs = NearestMatching.match(logits, treated, CALIPER * deviation(logits));
        double[] matched = new double[members.size()];
        Set<Integer> inPairs = new HashSet<>();
        pairs.forEach(pair -> {
            matched[pair.treated()] = 1;
            matched[pair.control()] = 1;
            inPairs.add(pair.treated());
            inPairs.add(pair.control());
        });
        boolean matchedTellable = matchedTellable(inPairs);
        if (matchedTellable) {
            answer.addEffects(effect(Method.MATCHED, TreatmentEffect.matched(outcome, pairs)));
            SurvivalStudy.hazardRatio(followUps(true, inPairs), followUps(false, inPairs)).ifPresent(
                    ratio -> answer.addHazardRatios(HazardRatio.newBuilder().setMethod(Method.MATCHED).setRatio(ratio)));
        }
        List<CovariateBalance> balance = balance(matchedTellable ? Optional.of(matched) : Optional.empty(),
                Optional.of(TreatmentEffect.weights(treated, propensity)));
        if (!matchedTellable || balance.stream().anyMatch(b -> Math.abs(b.getDifferenceMatched()) > IMBALANCE)) {
            answer.addReviews(Review.IMBALANCE);
        }
        return answer.addAllBalance(balance);
    }

    /** The matched and those who are left out may each be told: what is left can be worked out from the whole. */
    private boolean matchedTellable(Set<Integer> inPairs) {
        for (boolean group : List.of(true, false)) {
            long in = inPairs.stream().filter(i -> treated[i] == group).count();
            long with = inPairs.stream().filter(i -> treated[i] == group && outcome[i] > 0).count();
            long out = size(group) - in;
            long without = events(group) - with;
            if (!cells.isTellable(with, in) || (out > 0 && out < cells.threshold()) || (without > 0 && without < cells.threshold())) {
                return false;
            }
        }
        return true;
    }

    private List<CovariateBalance> balance(Optional<double[]> matched, Optional<double[]> weighted) {
        List<CovariateBalance> rows = new ArrayList<>();
        for (int column = 0; column < used.size(); column++) {
            Member.Covariate covariate = Member.COVARIATES.get(used.get(column));
            CovariateBalance.Builder row = CovariateBalance.newBuilder().setCovariate(covariate.name());
            if (!covariate.binary() || binaryTellable(column)) {
                Balance plain = Balance.of(covariates, column, treated, ones());
                row.setTreatedMean(Numbers.rounded(plain.treatedMean())).setComparatorMean(Numbers.rounded(plain.controlMean()));
                setIfFinite(plain.standardisedDifference(), row::setDifferenceBefore);
                int at = column;
                matched.ifPresent(weights -> setIfFinite(
                        Balance.of(covariates, at, treated, weights).standardisedDifference(), row::setDifferenceMatched));
                weighted.ifPresent(weights -> setIfFinite(
                        Balance.of(covariates, at, treated, weights).standardisedDifference(), row::setDifferenceWeighted));
            }
            rows.add(row.build());
        }
        return rows;
    }

    private static void setIfFinite(double value, DoubleConsumer setter) {
        if (Double.isFinite(value)) {
            setter.accept(Numbers.rounded(value));
        }
    }

    private boolean binaryTellable(int column) {
        for (boolean group : List.of(true, false)) {
            long with = all().stream().filter(i -> treated[i] == group && covariates[i][column] > 0).count();
            if (!cells.isTellable(with, size(group))) {
                return false;
            }
        }
        return true;
    }

    /** Columns that vary, each independent of those before it: found by Gram and Schmidt. */
    private List<Integer> independentColumns() {
        List<double[]> basis = new ArrayList<>();
        basis.add(unit(ones()));
        List<Integer> columns = new ArrayList<>();
        for (int j = 0; j < Member.COVARIATES.size() && !members.isEmpty(); j++) {
            int at = j;
            double[] column = members.stream().mapToDouble(m -> m.covariates().get(at)).toArray();
            double length = length(column);
            for (double[] direction : basis) {
                double along = 0;
                for (int i = 0; i < column.length; i++) {
                    along += column[i] * direction[i];
                }
                for (int i = 0; i < column.length; i++) {
                    column[i] -= along * direction[i];
                }
            }
            if (length > 0 && length(column) > 1e-6 * length) {
                basis.add(unit(column));
                columns.add(j);
            }
        }
        return columns;
    }

    private static double[] unit(double[] vector) {
        double length = length(vector);
        return Arrays.stream(vector).map(v -> v / length).toArray();
    }

    private static double length(double[] vector) {
        return Math.sqrt(Arrays.stream(vector).map(v -> v * v).sum());
    }

    private static double deviation(double[] values) {
        double mean = Arrays.stream(values).average().orElse(0);
        return Math.sqrt(Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / Math.max(1, values.length - 1));
    }

    private List<FollowUp> followUps(boolean group, Set<Integer> of) {
        return of.stream().sorted().filter(i -> treated[i] == group).map(i -> members.get(i).followUp()).toList();
    }

    private Set<Integer> all() {
        Set<Integer> all = new HashSet<>();
        IntStream.range(0, members.size()).forEach(all::add);
        return all;
    }

    private double[] ones() {
        double[] ones = new double[members.size()];
        Arrays.fill(ones, 1);
        return ones;
    }

    private long size(boolean group) {
        return IntStream.range(0, members.size()).filter(i -> treated[i] == group).count();
    }

    private long events(boolean group) {
        return IntStream.range(0, members.size()).filter(i -> treated[i] == group && outcome[i] > 0).count();
    }

    private GroupCount count(boolean group) {
        return GroupCount.newBuilder().setPersons(cells.rounded(size(group))).setEvents(events(group)).build();
    }

    private Effect effect(Method method, TreatmentEffect.Estimate estimate) {
        return Effect.newBuilder().setMethod(method).setDifference(Numbers.rounded(estimate.difference()))
                .setLower(Numbers.rounded(estimate.lower())).setUpper(Numbers.rounded(estimate.upper()))
                .setPersons(cells.rounded(estimate.cases())).build();
    }
}
