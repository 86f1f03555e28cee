package cn.jingshu.products.claims;

import cn.jingshu.products.statistics.PopulationStability;
import cn.jingshu.products.statistics.StoredModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Puts providers in the order in which to look at them, with reasons. A place near the top is a reason to look, not a finding.
 * Providers with claims of fewer people than {@link #FEWEST_PEOPLE} are not ranked: their figures would be those of a few patients.
 */
public final class ProviderRanking {
    /** People a provider must have had claims of. */
    public static final long FEWEST_PEOPLE = 10;
    private static final int MOST_REASONS = 4;
    /** What a reason adds to the log odds, at least. */
    private static final double WORTH_TELLING = 0.2;
    /** Fewer providers say nothing of drift. */
    private static final int FEWEST_FOR_DRIFT = 100;

    private final StoredModel model;

    ProviderRanking(StoredModel model) {
        this.model = model;
    }

    /** With the model of this version. */
    public static ProviderRanking load() {
        return new ProviderRanking(StoredModel.load("claims", "provider-1"));
    }

    StoredModel model() {
        return model;
    }

    /** Why a provider stands where it does: features of one kind, taken together. */
    public enum Reason {
        REVENUE("费用总额或人均费用高于同类", "Revenue, in all or for each patient, lies above that of peers."),
        VOLUME("患者或理赔数量高于同类", "There are more patients or claims than peers have."),
        REPEATED_CLAIMS("重复或雷同理赔多于同类", "Repeated or like claims are more than peers have."),
        LONG_STAYS("住院或诊疗时间长于同类", "Stays or treatments last longer than peers'."),
        SPREAD("患者来源地分布异常", "Patients come from an unusual spread of places."),
        CASE_MIX("患者构成不同于同类", "The mix of patients differs from that of peers."),
        PHYSICIANS("医师或操作记录异常", "The records of physicians or procedures are unusual."),
        KIND_OF_CARE("服务类型所致", "It follows from the kind of care.");

        private final String zh;
        private final String en;

        Reason(String zh, String en) {
            this.zh = zh;
            this.en = en;
        }

        public String zh() {
            return zh;
        }

        public String en() {
            return en;
        }

        static Reason of(String feature) {
            if (feature.contains("revenue") || feature.contains("reimbursed")) {
                return REVENUE;
            }
            if (feature.contains("regions")) {
                return SPREAD;
            }
            if (feature.contains("repeated") || feature.contains("top_code") || feature.equals("log_claims_a_day")) {
                return REPEATED_CLAIMS;
            }
            if (feature.contains("physician") || feature.contains("procedure")) {
                return PHYSICIANS;
            }
            if (feature.contains("chronic") || feature.contains("age_me")) {
                return CASE_MIX;
            }
            if (feature.contains("days")) {
                return LONG_STAYS;
            }
            return feature.startsWith("serves") ? KIND_OF_CARE : VOLUME;
        }
    }

    /**
     * A provider's place.
     *
     * @param place from 1; 0: not ranked
     * @param score the model's estimate, 0 to 1; 0 where not ranked
     * @param reasons the weightiest first; empty where not ranked
     */
    public record Ranked(String provider, int place, double score, List<Reason> reasons) {
        public Ranked {
            reasons = List.copyOf(reasons);
        }
    }

    /** Who was ranked, first to look at first, then who was not; and the index of drift of each input that was reckoned. */
    public record Result(List<Ranked> ranked, int suppressed, Map<String, Double> drift) {
        public Result {
            ranked = List.copyOf(ranked);
            drift = Map.copyOf(drift);
        }
    }

    /** Those of whom the model is asked. */
    static List<ProviderSummary> rankable(List<ProviderSummary> providers) {
        return providers.stream().filter(p -> p.people() >= FEWEST_PEOPLE).toList();
    }

    /** The ranking of these providers, who are also each other's peers where the reasons speak of peers. */
    public Result rank(List<ProviderSummary> providers) {
        List<ProviderSummary> shown = rankable(providers);
        double[][] rows = shown.stream().map(ProviderSummary::vector).toArray(double[][]::new);
        int features = model.features().size();
        double[] usual = IntStream.range(0, features).mapToDouble(j -> {
            double[] column = IntStream.range(0, rows.length).mapToDouble(i -> rows[i][j]).sorted().toArray();
            return column.length == 0 ? 0 : Peers.quantile(column, 0.5);
        }).toArray();
        record Scored(String provider, double score, List<Reason> reasons) {}
        List<Scored> scored = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            scored.add(new Scored(shown.get(i).provider(), model.estimate(rows[i]), reasons(rows[i], usual)));
        }
        scored.sort(Comparator.comparingDouble((Scored s) -> -s.score()).thenComparing(Scored::provider));
        List<Ranked> ranked = new ArrayList<>();
        for (Scored s : scored) {
            ranked.add(new Ranked(s.provider(), ranked.size() + 1, s.score(), s.reasons()));
        }
        providers.stream().filter(p -> p.people() < FEWEST_PEOPLE).map(ProviderSummary::provider).sorted()
                .forEach(p -> ranked.add(new Ranked(p, 0, 0, List.of())));
        Map<String, Double> drift = new TreeMap<>();
        if (rows.length >= FEWEST_FOR_DRIFT) {
            for (int j = 0; j < features; j++) {
                int column = j;
                PopulationStability training = model.features().get(j).distribution();
                drift.put(model.features().get(j).name(), training.index(IntStream.range(0, rows.length).mapToDouble(i -> rows[i][column]).toArray()));
            }
        }
        return new Result(ranked, providers.size() - shown.size(), drift);
    }

    private List<Reason> reasons(double[] row, double[] usual) {
        Map<Reason, Double> byReason = new TreeMap<>();
        for (int j = 0; j < row.length; j++) {
            byReason.merge(Reason.of(model.features().get(j).name()), model.coefficients().get(j + 1) * (row[j] - usual[j]), Double::sum);
        }
        return byReason.entrySet().stream().filter(e -> e.getValue() >= WORTH_TELLING)
                .sorted(Map.Entry.<Reason, Double>comparingByValue().reversed()).limit(MOST_REASONS).map(Map.Entry::getKey).toList();
    }
}
