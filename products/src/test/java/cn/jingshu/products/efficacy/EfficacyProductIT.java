package cn.jingshu.products.efficacy;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.domain.TestDomain;
import cn.jingshu.products.domain.disclosure.DifferencingGuard;
import cn.jingshu.products.efficacy.v1.CompareTreatmentsRequest;
import cn.jingshu.products.efficacy.v1.CompareTreatmentsResponse;
import cn.jingshu.products.efficacy.v1.Curve;
import cn.jingshu.products.efficacy.v1.CurvePoint;
import cn.jingshu.products.efficacy.v1.DefineCohortRequest;
import cn.jingshu.products.efficacy.v1.DefineCohortResponse;
import cn.jingshu.products.efficacy.v1.Effect;
import cn.jingshu.products.efficacy.v1.GetAnalysisPackageRequest;
import cn.jingshu.products.efficacy.v1.Grouping;
import cn.jingshu.products.efficacy.v1.ListAnalysesRequest;
import cn.jingshu.products.efficacy.v1.ListAnalysesResponse;
import cn.jingshu.products.efficacy.v1.Method;
import cn.jingshu.products.efficacy.v1.Outcome;
import cn.jingshu.products.efficacy.v1.OutcomeKind;
import cn.jingshu.products.efficacy.v1.PackageForm;
import cn.jingshu.products.efficacy.v1.Review;
import cn.jingshu.products.efficacy.v1.SafetySignalsRequest;
import cn.jingshu.products.efficacy.v1.SafetySignalsResponse;
import cn.jingshu.products.efficacy.v1.Sex;
import cn.jingshu.products.efficacy.v1.Signal;
import cn.jingshu.products.efficacy.v1.SurvivalCurveRequest;
import cn.jingshu.products.efficacy.v1.SurvivalCurveResponse;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.Operation;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.api.HttpBody;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EfficacyProductIT {
    private static final Instant NOW = Instant.parse("2026-11-23T02:00:00Z");
    private static final CallFacts SANDBOX = new CallFacts(NOW, "r-1", true, CallerRef.MARKET);
    private static final CallFacts LIVE = new CallFacts(NOW, "r-2", false, CallerRef.MARKET);
    private static TestDomain domain;
    private static EfficacyProduct product;

    @BeforeAll
    static void start() {
        domain = TestDomain.start(Clock.fixed(NOW, ZoneOffset.UTC));
        product = new EfficacyProduct(domain);
    }

    @AfterAll
    static void stop() {
        domain.close();
    }

    @SuppressWarnings("unchecked")
    private static <A extends Message> Answer<A> ask(CallFacts facts, String method, Message request) {
        Operation.Unary<Message, A> operation = (Operation.Unary<Message, A>) product.operations().stream()
                .filter(o -> o.method().equals(method)).findFirst().orElseThrow();
        return operation.handler().answer(facts, request).toCompletableFuture().join();
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // the caller names the answer it expects; a wrong one fails its test
    private static <A extends Message> A found(CallFacts facts, String method, Message request) {
        return switch (EfficacyProductIT.<A>ask(facts, method, request)) {
            case Answer.Found<A> found -> found.message();
            case Answer.Refused<A> refusal -> throw new AssertionError(method + " was refused: " + refusal.en());
        };
    }

    private static <A extends Message> Answer.Refused<A> refused(CallFacts facts, String method, Message request) {
        return (Answer.Refused<A>) EfficacyProductIT.<A>ask(facts, method, request);
    }

    private static DefineCohortRequest.Builder cohort(TestSubject sponsor, String... drugs) {
        return DefineCohortRequest.newBuilder().setProtocolId("JM-RWE-1").setEthicsApprovalId("JMEC-1")
                .setSponsor(sponsor.enterprise().code()).addAllDrugs(List.of(drugs)).setFromMonth("2022-01").setToMonth("2025-01");
    }

    private static DefineCohortResponse define(DefineCohortRequest.Builder request) {
        return found(SANDBOX, "DefineCohort", request.build());
    }

    private static Outcome.Builder diagnosis(String code) {
        return Outcome.newBuilder().setKind(OutcomeKind.DIAGNOSIS).addDiagnoses(code);
    }

    @Test
    void theContractIsServed() {
        assertThat(Contracts.of(List.of(product)).routes()).isNotNull();
        assertThat(Contract.of(product).resources()).contains("A2.1.8", "A2.2.4", "A2.2.7", "A2.3.1", "A2.3.2");
    }

    @Test
    void aCohortIsToldBySizeAloneAndTheSameOneMayBeAskedForAgain() {
        DefineCohortResponse first = define(cohort(TestSubject.APPROVE, "二甲双胍").addDiagnoses("E11"));
        assertThat(first.getUsable()).isTrue();
        assertThat(first.getSize()).isBetween(150L, 600L);
        assertThat(first.getReviewsList()).isEmpty();
        DefineCohortResponse again = define(cohort(TestSubject.APPROVE, "二甲双胍").addDiagnoses("e11"));
        assertThat(again.getSize()).isEqualTo(first.getSize());
        assertThat(again.getCohortId()).isNotEqualTo(first.getCohortId());
    }

    @Test
    void theTestSubjectsAnswerAsDocumented() {
        assertThat(define(cohort(TestSubject.REFER, "格列美脲")).getReviewsList()).contains(Review.SPONSOR_IS_NOT_HOLDER);
        assertThat(refused(SANDBOX, "DefineCohort", cohort(TestSubject.NOT_FOUND, "二甲双胍").build()).fault())
                .isEqualTo(Answer.Fault.NOT_FOUND);
        assertThat(refused(SANDBOX, "DefineCohort", cohort(TestSubject.ERROR, "二甲双胍").build()).fault())
                .isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
        long before = System.nanoTime();
        assertThat(define(cohort(TestSubject.SLOW, "二甲双胍")).getUsable()).isTrue();
        assertThat((System.nanoTime() - before) / 1_000_000).isGreaterThanOrEqualTo(TestSubject.SLOW_MILLIS);
    }

    @Test
    void whatIsNotOnTheMarketIsSaidAndWhatIsNotListedIsNotFound() {
        DefineCohortResponse off = define(cohort(TestSubject.APPROVE, "丙谷胺"));
        assertThat(off.getUsable()).isFalse();
        assertThat(off.hasSize()).isFalse();
        assertThat(off.getReviewsList()).contains(Review.DRUG_OFF_MARKET, Review.TOO_FEW_PERSONS, Review.SPONSOR_IS_NOT_HOLDER);
        assertThat(refused(SANDBOX, "DefineCohort", cohort(TestSubject.APPROVE, "不存在的药").build()).fault())
                .isEqualTo(Answer.Fault.NOT_FOUND);
        assertThat(refused(SANDBOX, "SafetySignals", SafetySignalsRequest.newBuilder().setCohortId(off.getCohortId()).build()).fault())
                .isEqualTo(Answer.Fault.INVALID_REQUEST);
    }

    @Test
    void wrongDefinitionsAreRefusedWithEveryFault() {
        var answer = refused(SANDBOX, "DefineCohort", cohort(TestSubject.APPROVE, " ").setSponsor("91420899TEXT00017X").addDiagnoses("糖尿病")
                .setAgeFrom(41).setFromMonth("2024-13").setToMonth("x").build());
        assertThat(answer.violations()).extracting(Answer.Violation::field)
                .containsExactlyInAnyOrder("sponsor", "drugs[0]", "diagnoses[0]", "ageFrom", "fromMonth", "toMonth");
        assertThat(refused(SANDBOX, "SurvivalCurve", SurvivalCurveRequest.newBuilder().setCohortId("x")
                .setOutcome(Outcome.newBuilder().setKind(OutcomeKind.DIAGNOSIS)).build()).fault()).isEqualTo(Answer.Fault.INVALID_REQUEST);
        assertThat(refused(SANDBOX, "SurvivalCurve", SurvivalCurveRequest.newBuilder().setCohortId("'; DROP TABLE cohort; --")
                .setOutcome(diagnosis("E16")).build()).fault()).isEqualTo(Answer.Fault.NOT_FOUND);
    }

    @Test
    void cohortsThatDifferByAFewAreRefused() {
        long women = define(cohort(TestSubject.APPROVE, "缬沙坦").setSex(Sex.FEMALE)).getSize();
        // a window moved until it holds a few more or fewer of the same women
        boolean refusedOnce = false;
        for (String to : List.of("2024-12", "2024-11", "2024-10")) {
            Answer<DefineCohortResponse> answer = ask(SANDBOX, "DefineCohort",
                    cohort(TestSubject.APPROVE, "缬沙坦").setSex(Sex.FEMALE).setToMonth(to).build());
            switch (answer) {
                case Answer.Refused<DefineCohortResponse> refusal -> {
                    refusedOnce = true;
                    assertThat(refusal.en()).contains("fewer than 10");
                }
                case Answer.Found<DefineCohortResponse> found -> assertThat(women - found.message().getSize()).satisfiesAnyOf(
                        less -> assertThat(less).isGreaterThanOrEqualTo(10), less -> assertThat(less).isZero());
            }
        }
        assertThat(refusedOnce).isTrue();
    }

    @Test
    void aCohortAndWhatWasAnsweredBeforeAreTheirCallersAlone() {
        CallFacts one = new CallFacts(NOW, "r-3", true, new CallerRef(UUID.fromString("00000000-0000-4000-8000-00000000000a")));
        CallFacts two = new CallFacts(NOW, "r-4", true, new CallerRef(UUID.fromString("00000000-0000-4000-8000-00000000000b")));
        DefineCohortRequest.Builder women = cohort(TestSubject.APPROVE, "缬沙坦").setSex(Sex.FEMALE);
        DefineCohortResponse own = found(one, "DefineCohort", women.build());
        // The months of a window that hold a few more or fewer of the same women, as the other test finds them.
        DefineCohortRequest moved = List.of("2024-12", "2024-11", "2024-10").stream().map(to -> women.clone().setToMonth(to).build())
                .filter(request -> EfficacyProductIT.<DefineCohortResponse>ask(one, "DefineCohort", request)
                        instanceof Answer.Refused<DefineCohortResponse>)
                .findFirst().orElseThrow();
        CallFacts secondApplication = new CallFacts(NOW.plusSeconds(3_600), "r-5", true, one.caller());
        Answer.Refused<DefineCohortResponse> again = refused(secondApplication, "DefineCohort", moved);
        assertThat(again.fault()).isEqualTo(Answer.Fault.LIMIT_REACHED);
        assertThat(again.retryAfter()).isEqualTo(DifferencingGuard.USUAL_WINDOW.minusSeconds(3_600).plusSeconds(1));
        assertThat(EfficacyProductIT.<DefineCohortResponse>found(two, "DefineCohort", moved).getUsable()).isTrue();

        SafetySignalsResponse told = found(one, "SafetySignals", SafetySignalsRequest.newBuilder().setCohortId(own.getCohortId()).build());
        assertThat(EfficacyProductIT.<ListAnalysesResponse>found(secondApplication, "ListAnalyses",
                ListAnalysesRequest.newBuilder().setCohortId(own.getCohortId()).build()).getAnalysesCount()).isEqualTo(1);
        for (Message request : List.of(SafetySignalsRequest.newBuilder().setCohortId(own.getCohortId()).build(),
                ListAnalysesRequest.newBuilder().setCohortId(own.getCohortId()).build(),
                GetAnalysisPackageRequest.newBuilder().setAnalysisId(told.getAnalysisId()).build())) {
            String method = request.getDescriptorForType().getName().replace("Request", "");
            assertThat(refused(two, method, request).fault()).as(method).isEqualTo(Answer.Fault.NOT_FOUND);
        }
    }

    /** What the database leaves out would not have entered anyway, and it does leave out. */
    @Test
    void theDatabasePicksEverybodyWhoEnters() {
        Set<String> drugs = Set.of("二甲双胍", "格列美脲", "卡托普利", "缬沙坦");
        Candidates everybody = new Candidates(List.of(true, false), 1_800, 2_100, LocalDate.of(1990, 1, 1), LocalDate.of(2100, 1, 1));
        var data = domain.open(EfficacyProduct.NEEDS);
        TreeSet<Integer> sizes = new TreeSet<>();
        for (DefineCohortRequest.Builder request : List.of(cohort(TestSubject.APPROVE, "二甲双胍"),
                cohort(TestSubject.APPROVE, "二甲双胍", "缬沙坦").setSex(Sex.MALE).setAgeFrom(45).setAgeTo(60),
                cohort(TestSubject.APPROVE, "格列美脲").setSex(Sex.FEMALE).setFromMonth("2023-05").setToMonth("2023-09").setAgeTo(70),
                cohort(TestSubject.APPROVE, "卡托普利").setFromMonth("2022-02").setToMonth("2023-01").setAgeFrom(40).setWashoutMonths(0))) {
            CohortDefinition definition = CohortDefinition.of(request.build());
            List<List<String>> entered = new ArrayList<>();
            List<Integer> read = new ArrayList<>();
            for (Candidates candidates : List.of(everybody, Candidates.of(List.of(definition)))) {
                List<String> of = new ArrayList<>();
                int[] visited = new int[1];
                data.within(SANDBOX, session -> {
                    new PersonPages(session).each(candidates, drugs, person -> {
                        visited[0]++;
                        definition.entry(person).ifPresent(day -> of.add(person.token() + " " + day));
                    });
                    return true;
                }).toCompletableFuture().join();
                entered.add(of);
                read.add(visited[0]);
            }
            assertThat(entered.get(1)).isEqualTo(entered.get(0)).isNotEmpty();
            assertThat(read.get(1)).as("people read").isLessThanOrEqualTo(read.get(0));
            sizes.add(read.get(1));
        }
        assertThat(sizes).as("each definition is asked for by its own criteria").hasSizeGreaterThan(2);
        assertThat(sizes.first()).as("people read for the narrowest").isLessThan(sizes.last() / 2);
    }

    @Test
    void theEffectThatWasPutInIsTheStrongestSignalAndNoCellIsSmall() {
        String id = define(cohort(TestSubject.APPROVE, "格列美脲")).getCohortId();
        SafetySignalsResponse answer = found(SANDBOX, "SafetySignals", SafetySignalsRequest.newBuilder().setCohortId(id).build());
        assertThat(answer.getSignalsList()).isNotEmpty();
        Signal first = answer.getSignals(0);
        assertThat(first.getEvent()).isEqualTo("E16");
        assertThat(first.getPrr().getLower()).isGreaterThan(1);
        assertThat(first.getRor().getEstimate()).isGreaterThan(first.getPrr().getEstimate());
        assertThat(first.getEbgm().getLower()).isLessThan(first.getEbgm().getEstimate());
        assertThat(answer.getSignalsList()).allMatch(signal -> signal.getObserved() >= 10);
        assertThat(answer.getSuppressed()).isPositive();
        assertThat(answer.getPersonsExposed() % 10).isZero();
    }

    @Test
    void curvesFallAndTellOfNoSingleStep() {
        String id = define(cohort(TestSubject.APPROVE, "格列美脲")).getCohortId();
        String other = define(cohort(TestSubject.APPROVE, "二甲双胍")).getCohortId();
        SurvivalCurveResponse answer = found(SANDBOX, "SurvivalCurve", SurvivalCurveRequest.newBuilder().setCohortId(id)
                .setComparatorCohortId(other).setOutcome(diagnosis("E16")).setFollowUpMonths(12).build());
        assertThat(answer.getCurvesList()).extracting(Curve::getLabel).containsExactly("COHORT", "COMPARATOR");
        assertThat(answer.getLogRank().getP()).isLessThan(0.001);
        assertThat(answer.getHazardRatio().getLower()).isGreaterThan(1);
        for (Curve curve : answer.getCurvesList()) {
            assertThat(curve.getPersons() % 10).isZero();
            assertThat(curve.getEvents()).isGreaterThanOrEqualTo(10);
            double before = 1;
            for (CurvePoint point : curve.getPointsList()) {
                assertThat(point.getDay() % 30).isZero();
                assertThat(point.getAtRisk()).isGreaterThanOrEqualTo(10);
                assertThat(point.getSurvival()).isBetween(point.getLower(), before);
                before = point.getSurvival();
            }
        }
        SurvivalCurveResponse bySex = found(SANDBOX, "SurvivalCurve", SurvivalCurveRequest.newBuilder().setCohortId(id)
                .setOutcome(Outcome.newBuilder().setKind(OutcomeKind.DEATH_IN_HOSPITAL)).setGrouping(Grouping.BY_SEX).build());
        assertThat(bySex.getCurvesList()).hasSize(2).noneMatch(Curve::hasPersons).allMatch(c -> c.getPointsCount() == 0);
        assertThat(bySex.getReviewsList()).contains(Review.TOO_FEW_PERSONS);
        assertThat(bySex.hasLogRank()).isFalse();
    }

    @Test
    void aComparisonAdjustsForWhatConfoundsIt() {
        String id = define(cohort(TestSubject.APPROVE, "格列美脲")).getCohortId();
        String other = define(cohort(TestSubject.APPROVE, "二甲双胍")).getCohortId();
        CompareTreatmentsRequest.Builder request = CompareTreatmentsRequest.newBuilder().setCohortId(id).setComparatorCohortId(other)
                .setOutcome(diagnosis("E16")).setFollowUpMonths(12);
        CompareTreatmentsResponse answer = found(SANDBOX, "CompareTreatments", request.build());
        assertThat(answer.getSuppressed()).isFalse();
        assertThat(answer.getEffectsList()).extracting(Effect::getMethod)
                .contains(Method.UNADJUSTED, Method.WEIGHTED, Method.REGRESSION);
        assertThat(answer.getEffectsList()).allSatisfy(effect -> {
            assertThat(effect.getLower()).isPositive(); // 25 % against 3 % was put in
            assertThat(effect.getDifference()).isBetween(0.1, 0.35);
        });
        var age = answer.getBalanceList().stream().filter(b -> b.getCovariate().equals("age")).findFirst().orElseThrow();
        assertThat(age.getDifferenceBefore()).isGreaterThan(0.2);
        assertThat(Math.abs(age.getDifferenceWeighted())).isLessThan(0.1);
        assertThat(answer.getPropensityAuc()).isBetween(0.55, 0.8);

        assertThat(refused(SANDBOX, "CompareTreatments", request.setFollowUpMonths(60).build()).violations())
                .extracting(Answer.Violation::field).containsExactly("followUpMonths");
    }

    @Test
    void thePackageHoldsTheSectionsTheirDigestsAndNothingOfAPerson() throws IOException {
        String id = define(cohort(TestSubject.APPROVE, "卡托普利")).getCohortId();
        SafetySignalsResponse signals = found(SANDBOX, "SafetySignals", SafetySignalsRequest.newBuilder().setCohortId(id).build());
        ListAnalysesResponse trail = found(SANDBOX, "ListAnalyses", ListAnalysesRequest.newBuilder().setCohortId(id).build());
        assertThat(trail.getAnalysesList()).singleElement().satisfies(entry -> {
            assertThat(entry.getAnalysisId()).isEqualTo(signals.getAnalysisId());
            assertThat(entry.getOperation()).isEqualTo("SafetySignals");
        });
        GetAnalysisPackageRequest.Builder request = GetAnalysisPackageRequest.newBuilder().setAnalysisId(signals.getAnalysisId());
        HttpBody json = found(SANDBOX, "GetAnalysisPackage", request.setForm(PackageForm.JSON).build());
        assertThat(AnalysisPackage.sha256(json.getData().toByteArray())).isEqualTo(trail.getAnalyses(0).getDigest());
        JsonNode whole = new ObjectMapper().readTree(json.getData().toString(StandardCharsets.UTF_8));
        assertThat(whole.path("protocol").path("cohorts").get(0).path("ethicsApprovalId").asText()).isEqualTo("JMEC-1");
        assertThat(whole.path("results").path("signals")).hasSize(signals.getSignalsCount());
        assertThat(whole.path("inputs").path("tables")).hasSize(signals.getSignalsCount())
                .allSatisfy(table -> assertThat(table.path("both").asInt()).isGreaterThanOrEqualTo(10));
        assertThat(json.getData().toString(StandardCharsets.UTF_8)).doesNotContainPattern("420899[0-9]{4}");

        HttpBody zip = found(SANDBOX, "GetAnalysisPackage", request.setForm(PackageForm.ZIP).build());
        assertThat(zip).isEqualTo(EfficacyProductIT.<HttpBody>found(SANDBOX, "GetAnalysisPackage", request.build()));
        var names = new TreeSet<String>();
        JsonNode manifest = null;
        var digests = new HashMap<String, String>();
        try (ZipInputStream entries = new ZipInputStream(zip.getData().newInput())) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                byte[] bytes = entries.readAllBytes();
                names.add(entry.getName());
                digests.put(entry.getName(), AnalysisPackage.sha256(bytes));
                manifest = entry.getName().equals("manifest.json") ? new ObjectMapper().readTree(bytes) : manifest;
            }
        }
        assertThat(names).containsExactly("data.json", "disclosureControl.json", "inputs.json", "manifest.json", "parameters.json",
                "protocol.json", "results.json", "versions.json");
        Objects.requireNonNull(manifest).path("sha256").properties().forEach(e -> assertThat(digests.get(e.getKey())).isEqualTo(e.getValue().asText()));
        assertThat(refused(SANDBOX, "GetAnalysisPackage", request.setAnalysisId("7f1c2f0e-6a53-4a44-9a52-2f6f0a6d7c11").build()).fault())
                .isEqualTo(Answer.Fault.NOT_FOUND);
    }

    @Test
    void withoutDataOrWithoutAGrantTheSourceIsAwayAndNothingIsAnswered() {
        assertThat(refused(LIVE, "DefineCohort", cohort(TestSubject.APPROVE, "二甲双胍").build()).fault())
                .isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
        domain.loadLive(EfficacyProduct.NEEDS, 3);
        assertThat(EfficacyProductIT.<DefineCohortResponse>found(LIVE, "DefineCohort", cohort(TestSubject.APPROVE, "二甲双胍").build()).getUsable())
                .isTrue();
        for (String grant : List.of("market_drug.holder", "outpatient_visit.diagnosis_code", "insurance_spending.item_name")) {
            domain.withdraw(grant);
            assertThat(refused(LIVE, "DefineCohort", cohort(TestSubject.APPROVE, "二甲双胍").build()).fault())
                    .as(grant).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
            domain.restore(grant);
        }
    }
}
