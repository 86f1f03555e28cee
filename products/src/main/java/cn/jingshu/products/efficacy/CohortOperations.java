package cn.jingshu.products.efficacy;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.domain.disclosure.DifferencingGuard.Judgement;
import cn.jingshu.products.domain.disclosure.Disclosure;
import cn.jingshu.products.efficacy.v1.AnalysisEntry;
import cn.jingshu.products.efficacy.v1.DefineCohortRequest;
import cn.jingshu.products.efficacy.v1.DefineCohortResponse;
import cn.jingshu.products.efficacy.v1.GetAnalysisPackageRequest;
import cn.jingshu.products.efficacy.v1.ListAnalysesRequest;
import cn.jingshu.products.efficacy.v1.ListAnalysesResponse;
import cn.jingshu.products.efficacy.v1.PackageForm;
import cn.jingshu.products.efficacy.v1.Review;
import cn.jingshu.products.identifier.Uscc;
import cn.jingshu.products.sandbox.SandboxCalls;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.Answer.Violation;
import cn.jingshu.products.spi.CallFacts;
import com.google.api.HttpBody;
import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Cohorts, their audit trail and the packages of their analyses. */
final class CohortOperations {
    private final ProductData data;

    CohortOperations(ProductData data) {
        this.data = data;
    }

    CompletionStage<Answer<DefineCohortResponse>> define(CallFacts facts, DefineCohortRequest request, Disclosure disclosure) {
        List<Violation> violations = new ArrayList<>(CohortDefinition.violations(request));
        if (Uscc.parse(request.getSponsor()).isEmpty()) {
            violations.add(new Violation("sponsor", "统一社会信用代码不正确", "is no valid unified social credit code"));
        }
        if (!violations.isEmpty()) {
            return CompletableFuture.completedFuture(new Answer.Refused<>(
                    Answer.Fault.INVALID_REQUEST, "队列定义不正确", "the definition of the cohort is wrong", violations));
        }
        Standing standing = Standing.of(data, facts);
        return SandboxCalls.of(facts, request.getSponsor(),
                () -> Answers.within(data, facts, session -> define(session, facts, request, standing, disclosure)));
    }

    private Answer<DefineCohortResponse> define(
            DataSession session, CallFacts facts, DefineCohortRequest request, Standing standing, Disclosure disclosure) {
        CohortDefinition definition = CohortDefinition.of(request);
        PersonPages pages = new PersonPages(session);
        List<PersonPages.MarketDrug> drugs = pages.drugs();
        if (drugs.isEmpty() || pages.dataUntil().isEmpty()) {
            return Answers.away();
        }
        if (drugs.stream().noneMatch(drug -> drug.holder().equals(request.getSponsor()))) {
            return Answer.notFound("申办方不是任何在册药品的上市许可持有人", "the sponsor holds the approval of no listed drug");
        }
        Set<String> unlisted = new HashSet<>(definition.drugs());
        drugs.forEach(drug -> unlisted.remove(drug.name()));
        if (!unlisted.isEmpty()) {
            return Answer.notFound("药品不在市场流通药品目录中", "one of the drugs is not on the market regulator's list");
        }
        List<Review> reviews = new ArrayList<>(standing.reviews());
        List<PersonPages.MarketDrug> own = drugs.stream().filter(drug -> definition.drugs().contains(drug.name())).toList();
        if (own.stream().noneMatch(drug -> drug.holder().equals(request.getSponsor()))) {
            reviews.add(Review.SPONSOR_IS_NOT_HOLDER);
        }
        if (definition.drugs().stream().anyMatch(name -> own.stream().noneMatch(drug -> drug.name().equals(name) && drug.onMarket()))) {
            reviews.add(Review.DRUG_OFF_MARKET);
        }
        List<String> tokens = new ArrayList<>();
        pages.each(Candidates.of(List.of(definition)), definition.drugs(), person -> definition.entry(person).ifPresent(_ -> tokens.add(person.token())));
        boolean usable = switch (disclosure.judge(session, "cohort " + definition.text(), tokens)) {
            case Judgement.Admitted() -> true;
            case Judgement.TooSmall() -> false;
            case Judgement.TooSimilar(var forgottenAfter) -> throw new TooSimilarException(forgottenAfter);
        };
        if (!usable) {
            reviews.add(Review.TOO_FEW_PERSONS);
        }
        var cohort = new CohortStore.Cohort(UUID.randomUUID().toString(), request.getProtocolId(), request.getEthicsApprovalId(),
                request.getSponsor(), AnalysisPackage.of(request).toString(), tokens.size(), usable, facts.occurredAt());
        new CohortStore(session, facts.caller()).add(cohort, AnalysisPackage.METHODS_VERSION, standing.loadedAt());
        DefineCohortResponse.Builder response = DefineCohortResponse.newBuilder().setCohortId(cohort.cohortId()).setUsable(usable)
                .addAllReviews(reviews).setMethodsVersion(AnalysisPackage.METHODS_VERSION).setStale(standing.stale());
        if (usable) {
            response.setSize(tokens.size());
        }
        var loadedAt = standing.loadedAt();
        if (loadedAt != null) {
            response.setDataAsOf(Standing.timestamp(loadedAt));
        }
        return Answers.found(response.build(), 1, standing);
    }

    CompletionStage<Answer<ListAnalysesResponse>> listAnalyses(CallFacts facts, ListAnalysesRequest request) {
        return Answers.within(data, facts, session -> {
            CohortStore store = new CohortStore(session, facts.caller());
            if (store.findCohort(request.getCohortId()).isEmpty()) {
                return Answers.noSuchCohort("cohortId");
            }
            List<AnalysisEntry> entries = store.listAnalyses(request.getCohortId()).stream().map(analysis -> AnalysisEntry.newBuilder()
                    .setAnalysisId(analysis.analysisId()).setOperation(analysis.operation())
                    .setAnalysedAt(Standing.timestamp(analysis.analysedAt())).setDigest(analysis.digest()).build()).toList();
            return Answer.of(ListAnalysesResponse.newBuilder().addAllAnalyses(entries).build(), entries.size());
        });
    }

    CompletionStage<Answer<HttpBody>> getPackage(CallFacts facts, GetAnalysisPackageRequest request) {
        return Answers.within(data, facts, session -> new CohortStore(session, facts.caller()).findAnalysis(request.getAnalysisId())
                .map(analysis -> Answer.of(body(analysis.contents(), request.getForm())))
                .orElseGet(() -> Answer.notFound("没有此分析", "there is no such analysis")));
    }

    private static HttpBody body(String contents, PackageForm form) {
        return switch (form) {
            case JSON -> HttpBody.newBuilder().setContentType("application/json")
                    .setData(ByteString.copyFrom(contents, StandardCharsets.UTF_8)).build();
            case ZIP, UNRECOGNIZED -> HttpBody.newBuilder().setContentType("application/zip")
                    .setData(ByteString.copyFrom(AnalysisPackage.zip(contents))).build();
        };
    }
}
