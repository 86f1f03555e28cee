package cn.jingshu.products.prescription;

import cn.jingshu.products.domain.DomainAnswers;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.prescription.v1.CheckInteractionsRequest;
import cn.jingshu.products.prescription.v1.CheckInteractionsResponse;
import cn.jingshu.products.prescription.v1.DrugInteraction;
import cn.jingshu.products.prescription.v1.Interaction;
import cn.jingshu.products.prescription.v1.ListPlacesRequest;
import cn.jingshu.products.prescription.v1.ListPlacesResponse;
import cn.jingshu.products.prescription.v1.Place;
import cn.jingshu.products.prescription.v1.PlaceKind;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The operations that name no person: places and interactions. */
final class PlaceOperations {
    private static final int USUAL_LIMIT = 100;
    static final String NOTICE = "辅助决策,不能代替医师和药师判断。An aid; a doctor and a pharmacist judge.";

    private final ProductData data;
    private final InteractionRules rules;

    PlaceOperations(ProductData data, InteractionRules rules) {
        this.data = data;
        this.rules = rules;
    }

    CompletionStage<Answer<ListPlacesResponse>> list(CallFacts facts, ListPlacesRequest request, PlaceKind kind) {
        String seed = Places.seed(facts.requestId());
        var freshness = data.freshness(facts, "institution_drug");
        boolean stale = freshness.stale() || freshness.degraded();
        return DomainAnswers.refusingWithoutSource(data.within(facts, session -> {
            List<Place> places = new Places(session).having(request.getDrug(), kind, request.getDistrict(), seed);
            int limit = request.hasLimit() ? request.getLimit() : USUAL_LIMIT;
            ListPlacesResponse response = ListPlacesResponse.newBuilder().addAllPlaces(places.stream().limit(limit).toList())
                    .setTotal(places.size()).setOrderRule(Places.ORDER_RULE).setOrderSeed(seed).setStale(stale).build();
            return new Answer.Found<>(response, response.getPlacesCount(), !places.isEmpty(), stale, freshness.loadedAt());
        }));
    }

    CompletionStage<Answer<CheckInteractionsResponse>> interactions(CallFacts facts, CheckInteractionsRequest request) {
        List<String> drugs = request.getDrugsList().stream().map(String::strip).filter(drug -> !drug.isEmpty()).distinct().toList();
        if (drugs.size() < 2) {
            return CompletableFuture.completedFuture(Answer.invalid("drugs", "须至少两种不同的药品", "two different drugs or more are needed"));
        }
        List<Interaction> found = rules.check(drugs);
        CheckInteractionsResponse response = CheckInteractionsResponse.newBuilder().addAllInteractions(found.stream().map(PlaceOperations::ofNobody).toList())
                .addAllUnknownDrugs(drugs.stream().filter(drug -> !rules.knows(drug)).toList())
                .setRulesVersion(rules.version()).setNotice(NOTICE).build();
        return CompletableFuture.completedFuture(new Answer.Found<>(response, found.size(), true, false, null));
    }

    /** What two drugs do to each other, without anyone who takes them. */
    private static DrugInteraction ofNobody(Interaction found) {
        return DrugInteraction.newBuilder().setFirst(found.getFirst()).setSecond(found.getSecond()).setSeverity(found.getSeverity())
                .setInterrupts(found.getInterrupts()).setRule(found.getRule()).setEffectZh(found.getEffectZh()).setEffectEn(found.getEffectEn())
                .setAdviceZh(found.getAdviceZh()).setAdviceEn(found.getAdviceEn()).setSource(found.getSource()).build();
    }
}
