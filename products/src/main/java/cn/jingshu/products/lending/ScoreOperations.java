package cn.jingshu.products.lending;

import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.lending.score.CardBehaviour;
import cn.jingshu.products.lending.score.Characteristic;
import cn.jingshu.products.lending.score.Input;
import cn.jingshu.products.lending.score.Scorecard;
import cn.jingshu.products.lending.v1.CardFeatures;
import cn.jingshu.products.lending.v1.GetModelCardRequest;
import cn.jingshu.products.lending.v1.GetModelCardResponse;
import cn.jingshu.products.lending.v1.InputDrift;
import cn.jingshu.products.lending.v1.InstalmentCreditFeatures;
import cn.jingshu.products.lending.v1.ScoreReason;
import cn.jingshu.products.lending.v1.ScoreRequest;
import cn.jingshu.products.lending.v1.ScoreResponse;
import cn.jingshu.products.sandbox.SandboxCalls;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.WatchedModel;
import cn.jingshu.products.statistics.PopulationStability;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/** Scores by the reference scorecards, and says how they came about and how far their inputs have drifted. */
final class ScoreOperations {
    private static final String ESTIMATE = "estimate";
    private static final int FEWEST_FOR_DRIFT = 100;

    /** Over all days since the start, a shift of this month would drown in years of cases. */
    private static final int USUAL_DAYS = 90;

    /** In one order, so that two calls that count the same bins do not wait for each other crosswise. */
    private static final String COUNT = """
            INSERT INTO score_count (model, characteristic, bin, counted_on, cases)
            SELECT ?, seen.characteristic, seen.bin, ?, 1
              FROM unnest(CAST(? AS text[]), CAST(? AS bigint[])) AS seen (characteristic, bin)
             ORDER BY seen.characteristic, seen.bin
                ON CONFLICT ON CONSTRAINT score_count_pk DO UPDATE SET cases = score_count.cases + 1
            """;
    private static final String COUNTS = """
            SELECT characteristic, bin, CAST(sum(cases) AS bigint) AS cases FROM score_count
             WHERE model = ? AND counted_on > ? AND counted_on <= ? GROUP BY characteristic, bin
            """;

    private final ProductData data;
    private final Scorecard credit = Scorecard.load("instalment-credit-1");
    private final Scorecard card = Scorecard.load("card-behaviour-1");

    private final Map<String, WatchedModel> watched = new LinkedHashMap<>();

    ScoreOperations(ProductData data) {
        this.data = data;
        for (Scorecard each : List.of(credit, card)) {
            Scorecard.Provenance from = each.provenance();
            watched.put(each.id(), new WatchedModel(each.id(), from.dataSet() + " sha256:" + from.sha256(), from.rows(),
                    each.characteristics().stream()
                            .map(one -> new WatchedModel.Input(one.name(), one.binNames(), one.shares()))
                            .toList()));
        }
    }

    /** The count of what each scorecard is asked about. */
    List<WatchedModel> watchedModels() {
        return List.copyOf(watched.values());
    }

    private void watch(Scorecard used, Scorecard.Scored scored) {
        WatchedModel model = Objects.requireNonNull(watched.get(used.id()));
        List<String> names = used.characteristics().stream().map(Characteristic::name).toList();
        scored.parts().forEach(part -> model.count(names.indexOf(part.name()), part.bin()));
    }

    /** Whom it is about is named for the consent alone, which the gate has asked for: the name is checked and not kept. */
    CompletionStage<Answer<ScoreResponse>> score(CallFacts facts, ScoreRequest request) {
        return SandboxCalls.of(facts, request.getApplicantId(), () -> scored(facts, request));
    }

    private CompletionStage<Answer<ScoreResponse>> scored(CallFacts facts, ScoreRequest request) {
        if (ResidentId.parse(request.getApplicantId()).isEmpty()) {
            return CompletableFuture.completedFuture(Answer.invalid("applicantId", "不是有效的公民身份号码", "is no valid identity number"));
        }
        if (request.getFeaturesCase() == ScoreRequest.FeaturesCase.FEATURES_NOT_SET) {
            return CompletableFuture.completedFuture(Answer.invalid("card", "须给出 instalmentCredit 或 card",
                    "give instalmentCredit or card"));
        }
        Scorecard used = request.hasCard() ? card : credit;
        Scorecard.Scored scored;
        try {
            Map<String, Input> values = request.hasCard() ? inputs(request.getCard()) : inputs(request.getInstalmentCredit());
            used.unknown(values).ifPresent(name -> {
                throw RefusedException.invalid(request.hasCard() ? "card" : "instalmentCredit",
                        CharacteristicNames.zh(name) + "的取值不在训练数据中", "the value of " + CharacteristicNames.en(name)
                                + " is none of the training data's");
            });
            scored = used.score(values);
        } catch (RefusedException refused) {
            return CompletableFuture.completedFuture(refused.answer());
        }
        if (!facts.sandbox()) {
            watch(used, scored);
        }
        ScoreResponse response = response(used, scored);
        List<String> characteristics = scored.parts().stream().map(Scorecard.Part::name).toList();
        List<Long> bins = scored.parts().stream().map(part -> (long) part.bin()).toList();
        return data.within(facts, session -> session.change(COUNT, used.id(), Requests.today(facts), characteristics, bins))
                .handle((_, failure) -> Failures.answer(failure, () -> Answer.of(response)));
    }

    private static ScoreResponse response(Scorecard used, Scorecard.Scored scored) {
        ScoreResponse.Builder response = ScoreResponse.newBuilder()
                .setProbabilityOfDefault(scored.probability())
                .setModel(used.id())
                .setHumanReview(true)
                .setNoticeZh("参考评分,不是信贷决定;模型以境外公开数据训练,用于本地前须以本行数据校准,并由人复核。")
                .setNoticeEn("A reference score, not a credit decision; the model was trained on public data from abroad, has to be calibrated on the"
                        + " bank's own before use, and a person has to look at what rests on it.");
        scored.parts().stream().sorted((a, b) -> Double.compare(Math.abs(b.logOdds()), Math.abs(a.logOdds()))).forEach(part -> {
            boolean worse = part.logOdds() > 0;
            response.addReasons(ScoreReason.newBuilder()
                    .setCharacteristic(part.name())
                    .setLogOdds(part.logOdds())
                    .setTextZh(CharacteristicNames.zh(part.name()) + (worse ? ":提高风险" : ":降低风险"))
                    .setTextEn(CharacteristicNames.en(part.name()) + (worse ? ": raises the risk" : ": lowers the risk")));
        });
        return response.build();
    }

    private static Map<String, Input> inputs(InstalmentCreditFeatures f) {
        Map<String, Input> values = new LinkedHashMap<>();
        values.put("status.of.existing.checking.account", new Input.Category(f.getCheckingAccount()));
        values.put("duration.in.month", new Input.Amount(f.getDurationMonths()));
        values.put("credit.history", new Input.Category(f.getCreditHistory()));
        values.put("purpose", new Input.Category(f.getPurpose()));
        values.put("credit.amount", number("instalmentCredit.creditAmount", f.getCreditAmount()));
        values.put("savings.account.and.bonds", new Input.Category(f.getSavings()));
        values.put("present.employment.since", new Input.Category(f.getEmployment()));
        values.put("installment.rate.in.percentage.of.disposable.income", new Input.Amount(f.getInstalmentRate()));
        values.put("other.debtors.or.guarantors", new Input.Category(f.getOtherDebtors()));
        values.put("present.residence.since", new Input.Amount(f.getResidenceSince()));
        values.put("property", new Input.Category(f.getProperty()));
        values.put("other.installment.plans", new Input.Category(f.getOtherPlans()));
        values.put("housing", new Input.Category(f.getHousing()));
        values.put("number.of.existing.credits.at.this.bank", new Input.Amount(f.getExistingCredits()));
        values.put("job", new Input.Category(f.getJob()));
        values.put("number.of.people.being.liable.to.provide.maintenance.for", new Input.Amount(f.getDependants()));
        values.put("telephone", new Input.Category(f.getTelephone()));
        return values;
    }

    private static Map<String, Input> inputs(CardFeatures f) {
        if (f.getStatesCount() != 6 || f.getBilledCount() != 6 || f.getPaidCount() != 6) {
            throw RefusedException.invalid("card", "states、billed、paid 各须 6 项,近月在前", "states, billed and paid need six values each, the newest first");
        }
        Map<String, Input> values = new LinkedHashMap<>();
        values.put("LIMIT_BAL", number("card.limit", f.getLimit()));
        for (int m = 0; m < 6; m++) {
            values.put("PAY_" + (m == 0 ? 0 : m + 1), new Input.Amount(f.getStates(m)));
            values.put("BILL_AMT" + (m + 1), number("card.billed[" + m + "]", f.getBilled(m)));
            values.put("PAY_AMT" + (m + 1), number("card.paid[" + m + "]", f.getPaid(m)));
        }
        return CardBehaviour.derived(values);
    }

    private static Input number(String field, double value) {
        if (!Double.isFinite(value)) {
            throw RefusedException.invalid(field, "须为有限数", "must be a finite number");
        }
        return new Input.Amount(value);
    }

    CompletionStage<Answer<GetModelCardResponse>> card(CallFacts facts, GetModelCardRequest request) {
        if (request.getModel().equals(ESTIMATE)) {
            return CompletableFuture.completedFuture(Answer.of(estimateCard()));
        }
        Scorecard asked = request.getModel().equals(credit.name()) ? credit : request.getModel().equals(card.name()) ? card : null;
        if (asked == null) {
            return CompletableFuture.completedFuture(Answer.notFound("没有此模型。", "There is no such model."));
        }
        LocalDate today = Requests.today(facts);
        int days = request.getDays() == 0 ? USUAL_DAYS : request.getDays();
        return data.within(facts, session -> {
            Map<String, Map<Long, Long>> counts = new HashMap<>();
            session.select(COUNTS, row -> counts.computeIfAbsent(row.text("characteristic"), _ -> new HashMap<>())
                    .put(row.integer("bin"), row.integer("cases")), asked.id(), today.minusDays(days), today);
            return counts;
        }).handle((counts, failure) -> Failures.answer(failure, () -> Answer.of(response(asked, counts))));
    }

    private static GetModelCardResponse response(Scorecard asked, Map<String, Map<Long, Long>> counts) {
        Scorecard.Provenance from = asked.provenance();
        GetModelCardResponse.Builder response = GetModelCardResponse.newBuilder()
                .setModel(asked.id())
                .setOutcome(asked.outcome())
                .setDataSet(from.dataSet())
                .setOrigin(from.origin())
                .setLicence(from.licence())
                .setRows(from.rows())
                .setSha256(from.sha256())
                .setTrainedOn(from.trainedOn())
                .addAllLeftOut(asked.leftOut())
                .putAllMetrics(asked.metrics())
                .setLimitsZh("境外公开数据训练,时间与人群均与本地不同;仅供方法参考与校准起点。受保护特征未使用,但其他特征可能与之相关,须定期做公平性检查。")
                .setLimitsEn("Trained on public data of another place and time; a reference and a start for calibration only. Protected traits are not"
                        + " used, but other inputs may stand for them, so fairness has to be checked regularly.");
        for (Characteristic characteristic : asked.characteristics()) {
            response.addDrift(drift(characteristic, counts.getOrDefault(characteristic.name(), Map.of())));
        }
        return response.build();
    }

    private static InputDrift drift(Characteristic characteristic, Map<Long, Long> counts) {
        int bins = characteristic.shares().size();
        long[] seen = IntStream.range(0, bins).mapToLong(bin -> counts.getOrDefault((long) bin, 0L)).toArray();
        long cases = IntStream.range(0, bins).mapToLong(bin -> seen[bin]).sum();
        InputDrift.Builder drift = InputDrift.newBuilder().setCharacteristic(characteristic.name()).setSeen(cases);
        if (cases >= FEWEST_FOR_DRIFT) {
            List<Double> edges = new ArrayList<>();
            for (int bin = 1; bin < bins; bin++) {
                edges.add((double) bin); // bins are numbered; any ascending edges name them
            }
            double index = new PopulationStability(edges, characteristic.shares()).index(seen);
            drift.setStabilityIndex(index).setShift(PopulationStability.shift(index).name());
        }
        return drift.build();
    }

    private static GetModelCardResponse estimateCard() {
        return GetModelCardResponse.newBuilder()
                .setModel(EstimateOperations.FORMULA)
                .setOutcome("range of a loan from public records: a formula with points, not learnt from data")
                .setDataSet("none: no outcomes of loans in the city were available")
                .setOrigin("docs: products/lending/README.md, estimate package")
                .setLicence("own")
                .addAllLeftOut(List.of("health", "medical insurance", "sex", "ethnicity", "religion", "marital status"))
                .setLimitsZh("分值权重由专家设定,未以本地贷款结果检验;仅为估算,不是授信承诺,须由银行复核。")
                .setLimitsEn("The points are set by judgement and were not tested on outcomes of loans in the city; an estimate, not an offer, for a bank"
                        + " to review.")
                .build();
    }
}
