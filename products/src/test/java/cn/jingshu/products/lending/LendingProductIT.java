package cn.jingshu.products.lending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.domain.TestDomain;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.identifier.Uscc;
import cn.jingshu.products.lending.estimate.ReasonCode;
import cn.jingshu.products.lending.v1.Band;
import cn.jingshu.products.lending.v1.BatchEstimateEnterprisesRequest;
import cn.jingshu.products.lending.v1.BatchEstimateEnterprisesResponse;
import cn.jingshu.products.lending.v1.BatchEstimateRequest;
import cn.jingshu.products.lending.v1.BatchEstimateResponse;
import cn.jingshu.products.lending.v1.BatchItem;
import cn.jingshu.products.lending.v1.CardFeatures;
import cn.jingshu.products.lending.v1.ConsentItem;
import cn.jingshu.products.lending.v1.DataUse;
import cn.jingshu.products.lending.v1.EnterpriseEstimate;
import cn.jingshu.products.lending.v1.EnterpriseItem;
import cn.jingshu.products.lending.v1.EnterpriseResult;
import cn.jingshu.products.lending.v1.Estimate;
import cn.jingshu.products.lending.v1.EstimateEnterpriseLoanRequest;
import cn.jingshu.products.lending.v1.EstimateEnterpriseLoanResponse;
import cn.jingshu.products.lending.v1.EstimateMortgageRequest;
import cn.jingshu.products.lending.v1.EstimateMortgageResponse;
import cn.jingshu.products.lending.v1.EstimateStartupLoanRequest;
import cn.jingshu.products.lending.v1.EstimateStartupLoanResponse;
import cn.jingshu.products.lending.v1.GetModelCardRequest;
import cn.jingshu.products.lending.v1.GetModelCardResponse;
import cn.jingshu.products.lending.v1.HomeOrder;
import cn.jingshu.products.lending.v1.InstalmentCreditFeatures;
import cn.jingshu.products.lending.v1.LprRate;
import cn.jingshu.products.lending.v1.QueryPurpose;
import cn.jingshu.products.lending.v1.Rate;
import cn.jingshu.products.lending.v1.ScoreRequest;
import cn.jingshu.products.lending.v1.ScoreResponse;
import cn.jingshu.products.lending.v1.WrittenConsent;
import cn.jingshu.products.records.HousingTables;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.WatchedModel;
import com.google.protobuf.Message;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every operation over a real domain: what the test subjects get, what is refused, what needs consent. */
class LendingProductIT {
    private static final Instant NOW = Instant.parse("2026-11-30T02:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final CallFacts SANDBOX = new CallFacts(NOW, "r1", true, CallerRef.MARKET);
    private static final CallFacts LIVE = new CallFacts(NOW, "r2", false, CallerRef.MARKET);
    private static final Rate RATE = Rate.newBuilder().setAnnualPercent(3.05).build();

    private static TestDomain domain;
    private static LendingProduct licensed;
    private static LendingProduct unlicensed;

    @BeforeAll
    static void start() {
        domain = TestDomain.start(CLOCK);
        domain.loadLive(LendingProduct.needs(), 7);
        licensed = LendingProduct.open(new LendingSettings(true, null, null), domain, CLOCK, false);
        unlicensed = LendingProduct.open(LendingSettings.usual(), domain, CLOCK, false);
    }

    @AfterAll
    static void stop() {
        domain.close();
    }

    @SuppressWarnings("unchecked")
    private static <Q extends Message, A extends Message> Answer<A> call(LendingProduct product, String method, CallFacts facts, Q request) {
        Operation.Unary<Q, A> operation = (Operation.Unary<Q, A>)
                product.operations().stream().filter(o -> o.method().equals(method)).findFirst().orElseThrow();
        return operation.handler().answer(facts, request).toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static EstimateMortgageRequest.Builder mortgage(TestSubject subject) {
        return EstimateMortgageRequest.newBuilder()
                .setApplicantId(subject.person().number()).setPurpose(QueryPurpose.LOAN_APPLICATION).setPriceFen(100_000_000)
                .setHomeOrder(HomeOrder.FIRST_HOME).setMonths(360).setRate(RATE).setWrittenConsent(consent(ConsentItem.INCOME));
    }

    private static EstimateStartupLoanRequest.Builder startup(TestSubject subject) {
        return EstimateStartupLoanRequest.newBuilder()
                .setApplicantId(subject.person().number()).setPurpose(QueryPurpose.LOAN_APPLICATION).setMonths(36).setRate(RATE)
                .setWrittenConsent(consent(ConsentItem.INCOME));
    }

    private static EstimateEnterpriseLoanRequest.Builder enterprise(TestSubject subject) {
        return EstimateEnterpriseLoanRequest.newBuilder()
                .setEnterpriseCode(subject.enterprise().code()).setPurpose(QueryPurpose.LOAN_APPLICATION).setMonths(12).setRate(RATE);
    }

    private static WrittenConsent consent(ConsentItem... items) {
        return WrittenConsent.newBuilder().setReference("WC-1").setConsequencesTold(true).addAllItems(List.of(items)).build();
    }

    private static Estimate found(Answer<EstimateMortgageResponse> answer) {
        return ((Answer.Found<EstimateMortgageResponse>) answer).message().getEstimate();
    }

    private static Estimate mortgage(CallFacts facts, EstimateMortgageRequest.Builder request) {
        return found(call(licensed, "EstimateMortgage", facts, request.build()));
    }

    private static EnterpriseEstimate enterprise(CallFacts facts, EstimateEnterpriseLoanRequest.Builder request) {
        Answer<EstimateEnterpriseLoanResponse> answer = call(licensed, "EstimateEnterpriseLoan", facts, request.build());
        return ((Answer.Found<EstimateEnterpriseLoanResponse>) answer).message().getEstimate();
    }

    private static List<String> codes(Estimate estimate) {
        return estimate.getReasonsList().stream().map(r -> r.getCode().name()).toList();
    }

    private static List<String> codes(EnterpriseEstimate estimate) {
        return estimate.getReasonsList().stream().map(r -> r.getCode().name()).toList();
    }

    private static DataUse use(EnterpriseEstimate estimate, String resource) {
        return estimate.getDataList().stream().filter(d -> d.getResource().equals(resource)).findFirst().orElseThrow();
    }

    private static ScoreRequest.Builder score() {
        return ScoreRequest.newBuilder().setApplicantId(TestSubject.APPROVE.person().number());
    }

    private static DataUse use(Estimate estimate, String resource) {
        return estimate.getDataList().stream().filter(d -> d.getResource().equals(resource)).findFirst().orElseThrow();
    }

    @Test
    void theContractIsSoundAndEveryMethodIsAnswered() {
        Contract contract = Contract.of(licensed);
        assertThat(contract.methods()).hasSize(8);
    }

    @Test
    void approveGetsARangeOfAllThreeKinds() {
        Estimate home = mortgage(SANDBOX, mortgage(TestSubject.APPROVE));
        // 12,000 yuan a month: 50 % of it repays 1.41 million over 30 years at 3.05 %, the down payment of 15 % leaves 0.85 million
        assertThat(home.getRange().getLikelyFen()).isEqualTo(85_000_000);
        assertThat(home.getRange().getLikelyMonthlyPaymentFen()).isEqualTo(368_285); // over 348 months: the applicant is 46
        assertThat(home.getBand()).isEqualTo(Band.BAND_A);
        assertThat(home.getHumanReview()).isFalse();
        assertThat(codes(home)).contains("LOAN_TO_VALUE", "TERM_OR_AGE_LIMIT", "STEADY_CONTRIBUTIONS", "TALENT_RECOGNISED", "NO_ADVERSE_RECORD");
        assertThat(home.getNoticeEn()).contains("an estimate, not an offer");
        assertThat(home.getNoticeZh()).contains("估算");
        assertThat(home.getFormulaVersion()).isEqualTo("estimate-1");
        assertThat(home.getPurpose()).isEqualTo(QueryPurpose.LOAN_APPLICATION);
        assertThat(home.getPoliciesList()).anyMatch(p -> p.getKey().equals("mortgage.down-payment.first") && p.getValue().equals("0.15"));

        Answer<EstimateStartupLoanResponse> startup = call(licensed, "EstimateStartupLoan", SANDBOX, startup(TestSubject.APPROVE).build());
        Estimate start = ((Answer.Found<EstimateStartupLoanResponse>) startup).message().getEstimate();
        assertThat(start.getRange().getLikelyFen()).isBetween(10_000_000L, 30_000_000L);

        EnterpriseEstimate firm = enterprise(SANDBOX, enterprise(TestSubject.APPROVE));
        // 42 million × (1 − 8.33 %) × (1 + 15.05 %, from 31 insured to 35.67) ÷ 4 × 70 % is 7.75 million
        assertThat(firm.getRange().getLikelyFen()).isEqualTo(775_000_000);
        assertThat(firm.getBand()).isEqualTo(Band.BAND_A);
        assertThat(firm.getHumanReview()).isFalse();
        assertThat(codes(firm)).contains("QUALIFIED_ENTERPRISE", "INTELLECTUAL_PROPERTY", "STEADY_CONTRIBUTIONS");
        assertThat(firm.getDataList()).hasSizeGreaterThan(10).allMatch(d -> !d.getUsed() || !d.getLoadedOn().isEmpty());
    }

    @Test
    void referIsSentToAPerson() {
        Estimate home = mortgage(SANDBOX, mortgage(TestSubject.REFER));
        assertThat(home.getHumanReview()).isTrue();
        assertThat(codes(home)).contains("LITIGATION_OPEN");
        EnterpriseEstimate firm = enterprise(SANDBOX, enterprise(TestSubject.REFER));
        assertThat(firm.getHumanReview()).isTrue();
        assertThat(codes(firm)).contains("LISTED_ABNORMAL", "YOUNG_ENTERPRISE", "LITIGATION_OPEN", "REVENUE_NOT_PUBLISHED");
    }

    @Test
    void nobodyIsFoundSlowIsSlowAndErrorIsAway() {
        for (Answer<?> answer : List.<Answer<?>>of(
                call(licensed, "EstimateMortgage", SANDBOX, mortgage(TestSubject.NOT_FOUND).build()),
                call(licensed, "EstimateStartupLoan", SANDBOX, startup(TestSubject.NOT_FOUND).build()),
                call(licensed, "EstimateEnterpriseLoan", SANDBOX, enterprise(TestSubject.NOT_FOUND).build()))) {
            assertThat(((Answer.Refused<?>) answer).fault()).isEqualTo(Answer.Fault.NOT_FOUND);
        }
        Answer<EstimateEnterpriseLoanResponse> error = call(licensed, "EstimateEnterpriseLoan", SANDBOX, enterprise(TestSubject.ERROR).build());
        assertThat(((Answer.Refused<?>) error).fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
        long start = System.nanoTime();
        assertThat(mortgage(SANDBOX, mortgage(TestSubject.SLOW)).hasRange()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - start).toMillis()).isGreaterThanOrEqualTo(TestSubject.SLOW_MILLIS - 50);
    }

    @Test
    void withoutALicenceThePersonalPipelineIsOffButForTheSandbox() {
        Answer<EstimateMortgageResponse> live = call(unlicensed, "EstimateMortgage", LIVE, mortgage(TestSubject.APPROVE).build());
        assertThat(((Answer.Refused<?>) live).fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
        assertThat(((Answer.Refused<?>) live).en()).contains("licence");
        Answer<EstimateStartupLoanResponse> startup = call(unlicensed, "EstimateStartupLoan", LIVE, startup(TestSubject.APPROVE).build());
        assertThat(startup).isInstanceOf(Answer.Refused.class);
        Answer<EstimateMortgageResponse> sandbox = call(unlicensed, "EstimateMortgage", SANDBOX, mortgage(TestSubject.APPROVE).build());
        assertThat(sandbox).isInstanceOf(Answer.Found.class);
        Answer<EstimateEnterpriseLoanResponse> firm = call(unlicensed, "EstimateEnterpriseLoan", LIVE, enterprise(TestSubject.APPROVE).build());
        assertThat(firm).isInstanceOf(Answer.Found.class);
        BatchEstimateResponse batch = batch(unlicensed, LIVE,
                BatchItem.newBuilder().setItemId("p").setMortgage(mortgage(TestSubject.APPROVE)).build(),
                BatchItem.newBuilder().setItemId("e").setEnterprise(enterprise(TestSubject.APPROVE)).build());
        assertThat(batch.getResults(0).getRefusal().getTextEn()).contains("licence");
        assertThat(batch.getResults(1).hasEstimate()).isTrue();
    }

    @Test
    void withoutWrittenConsentTheItemsAreLeftOutAndTheAnswerSaysSo() {
        Estimate without = mortgage(SANDBOX, mortgage(TestSubject.APPROVE).clearWrittenConsent());
        assertThat(without.hasRange()).isFalse(); // no income is known
        assertThat(codes(without)).contains("INCOME_LEFT_OUT", "DEPOSITS_LEFT_OUT", "REAL_ESTATE_LEFT_OUT", "INCOME_NOT_KNOWN");
        assertThat(without.getHumanReview()).isTrue();
        assertThat(use(without, "A2.6.1").getWhyNotEn()).contains("without written consent");
        assertThat(use(without, "A2.5.1").getUsed()).isFalse();
        assertThat(without.getDataList()).filteredOn(d -> d.getResource().startsWith("A2.5")).allMatch(d -> !d.getUsed());

        Estimate stated = mortgage(SANDBOX, mortgage(TestSubject.APPROVE).clearWrittenConsent().setStatedMonthlyIncomeFen(600_000));
        assertThat(stated.getRange().getLikelyFen()).isPositive();
        assertThat(codes(stated)).contains("INCOME_FROM_APPLICANT", "INCOME_LEFT_OUT");

        Estimate all = mortgage(SANDBOX,
                mortgage(TestSubject.APPROVE).setWrittenConsent(consent(ConsentItem.INCOME, ConsentItem.DEPOSITS, ConsentItem.REAL_ESTATE)));
        assertThat(codes(all)).doesNotContain("INCOME_LEFT_OUT", "DEPOSITS_LEFT_OUT", "REAL_ESTATE_LEFT_OUT");
        assertThat(use(all, "A2.5.1").getUsed()).isTrue();
    }

    @Test
    void consentWithoutConsequencesToldIsNone() {
        WrittenConsent untold = consent(ConsentItem.INCOME).toBuilder().setConsequencesTold(false).build();
        Answer<EstimateMortgageResponse> answer =
                call(licensed, "EstimateMortgage", SANDBOX, mortgage(TestSubject.APPROVE).setWrittenConsent(untold).build());
        assertThat(((Answer.Refused<?>) answer).violations().getFirst().field()).isEqualTo("writtenConsent.consequencesTold");
    }

    @Test
    void aRegisteredHomeMakesItASecondOneAndASeizureIsReviewed() {
        ResidentId owner = ResidentId.complete("420899", LocalDate.of(1985, 5, 5), 901);
        for (int m = 0; m < 24; m++) {
            domain.addLive(LendingTables.PERSONAL_CONTRIBUTION, Map.of("person", owner.number(),
                    "month", SyntheticBorrowers.NEWEST.minusMonths(m).toString(), "base_fen", "1500000", "paid", "true"));
        }
        String unit = "420899999001GB00001F00000001";
        domain.addLive(HousingTables.REAL_ESTATE, Map.of("unit_code", unit, "owner", owner.number(), "share", "1",
                "registered_on", "2015-03-01", "appraised_fen", "60000000"));
        domain.addLive(HousingTables.SEIZURE, Map.of("seizure_id", "S-901", "unit_code", unit, "from_day", "2026-01-01"));
        EstimateMortgageRequest.Builder ask = mortgage(TestSubject.APPROVE).setApplicantId(owner.number());
        Estimate blind = mortgage(LIVE, ask);
        assertThat(codes(blind)).doesNotContain("HOMES_IN_CITY_DIFFER", "REAL_ESTATE_SEIZED");
        Estimate seeing = mortgage(LIVE, ask.setWrittenConsent(consent(ConsentItem.INCOME, ConsentItem.REAL_ESTATE)));
        assertThat(codes(seeing)).contains("HOMES_IN_CITY_DIFFER", "REAL_ESTATE_SEIZED");
        assertThat(seeing.getHumanReview()).isTrue();
        assertThat(seeing.getPoliciesList()).anyMatch(p -> p.getKey().equals("mortgage.down-payment.second"));
    }

    @Test
    void adverseInformationOlderThanFiveYearsIsNotRead() {
        ResidentId person = ResidentId.complete("420899", LocalDate.of(1985, 5, 5), 902);
        for (int m = 0; m < 24; m++) {
            domain.addLive(LendingTables.PERSONAL_CONTRIBUTION, Map.of("person", person.number(),
                    "month", SyntheticBorrowers.NEWEST.minusMonths(m).toString(), "base_fen", "900000", "paid", "true"));
        }
        EstimateMortgageRequest.Builder ask = mortgage(TestSubject.APPROVE).setApplicantId(person.number());
        domain.addLive(LendingTables.PERSONAL_ENFORCEMENT, Map.of("case_id", "E-902-1", "person", person.number(), "against", "true",
                "filed_on", "2019-01-01", "closed_on", "2021-11-30")); // five years ago to the day
        assertThat(codes(mortgage(LIVE, ask))).contains("NO_ADVERSE_RECORD");
        domain.addLive(LendingTables.PERSONAL_ENFORCEMENT, Map.of("case_id", "E-902-2", "person", person.number(), "against", "true",
                "filed_on", "2019-01-01", "closed_on", "2021-12-01"));
        assertThat(codes(mortgage(LIVE, ask))).contains("ENFORCEMENT_IN_FIVE_YEARS");
        domain.addLive(LendingTables.PERSONAL_ENFORCEMENT, Map.of("case_id", "E-902-3", "person", person.number(), "against", "true",
                "filed_on", "2018-01-01")); // open since long: it is still so
        Estimate open = mortgage(LIVE, ask);
        assertThat(open.hasRange()).isFalse();
        assertThat(open.getReasons(0).getCode().name()).isEqualTo("ENFORCEMENT_OPEN");
    }

    @Test
    void aListingThatWasRemovedDoesNotCount() {
        String code = TestSubject.APPROVE.enterprise().code();
        domain.addLive(LendingTables.DISHONEST_ENTERPRISE,
                Map.of("enterprise", code, "listed_on", "2022-01-01", "removed_on", "2026-11-30"));
        EnterpriseEstimate removed = enterprise(LIVE, enterprise(TestSubject.APPROVE));
        assertThat(codes(removed)).doesNotContain("LISTED_DISHONEST");
        assertThat(removed.hasRange()).isTrue();
        domain.addLive(LendingTables.DISHONEST_ENTERPRISE,
                Map.of("enterprise", code, "listed_on", "2026-01-01", "removed_on", "2026-12-01"));
        EnterpriseEstimate listed = enterprise(LIVE, enterprise(TestSubject.APPROVE));
        assertThat(listed.hasRange()).isFalse();
        assertThat(codes(listed)).contains("LISTED_DISHONEST");
        domain.execute("DELETE FROM domain.dishonest_enterprise");
    }

    @Test
    void aMonthOfTheLprThatIsMissingIsNamed() {
        Rate lpr = Rate.newBuilder().setLpr(LprRate.newBuilder().setSpreadBasisPoints(-45)).build();
        Answer<EstimateMortgageResponse> answer = call(licensed, "EstimateMortgage", SANDBOX, mortgage(TestSubject.APPROVE).setRate(lpr).build());
        assertThat(((Answer.Refused<?>) answer).en()).contains("2026-11");
    }

    @Test
    void aBatchAnswersEachItemByItself() {
        BatchEstimateResponse batch = batch(licensed, SANDBOX,
                BatchItem.newBuilder().setItemId("1").setMortgage(mortgage(TestSubject.APPROVE)).build(),
                BatchItem.newBuilder().setItemId("2").setEnterprise(enterprise(TestSubject.NOT_FOUND)).build(),
                BatchItem.newBuilder().setItemId("3").setStartup(startup(TestSubject.ERROR)).build(),
                BatchItem.newBuilder().setItemId("4").setStartup(startup(TestSubject.APPROVE).setApplicantId("420899198001010119")).build(),
                BatchItem.newBuilder().setItemId("5").build());
        assertThat(batch.getAnswered()).isEqualTo(1);
        assertThat(batch.getRefused()).isEqualTo(4);
        assertThat(batch.getResultsList()).extracting(r -> r.getItemId()).containsExactly("1", "2", "3", "4", "5");
        assertThat(batch.getResults(0).getEstimate().hasRange()).isTrue();
        assertThat(batch.getResultsList()).extracting(r -> r.getRefusal().getCode())
                .containsExactly("", "NOT_FOUND", "SOURCE_UNAVAILABLE", "INVALID_REQUEST", "INVALID_REQUEST");
        Answer<BatchEstimateResponse> metered = call(licensed, "BatchEstimate", SANDBOX, BatchEstimateRequest.newBuilder()
                .addItems(BatchItem.newBuilder().setItemId("1").setMortgage(mortgage(TestSubject.APPROVE)))
                .addItems(BatchItem.newBuilder().setItemId("2").setMortgage(mortgage(TestSubject.NOT_FOUND))).build());
        assertThat(((Answer.Found<?>) metered).rows()).isEqualTo(1);
    }

    @Test
    void aBatchOfFiveHundredEnterprisesIsAnswered() {
        BatchEstimateEnterprisesRequest.Builder request = BatchEstimateEnterprisesRequest.newBuilder();
        for (int i = 0; i < 500; i++) {
            request.addItems(EnterpriseItem.newBuilder().setItemId("i" + i)
                    .setEnterprise(enterprise(i % 2 == 0 ? TestSubject.APPROVE : TestSubject.REFER)));
        }
        Answer<BatchEstimateEnterprisesResponse> answer = call(licensed, "BatchEstimateEnterprises", SANDBOX, request.build());
        Answer.Found<BatchEstimateEnterprisesResponse> found = (Answer.Found<BatchEstimateEnterprisesResponse>) answer;
        assertThat(found.rows()).isEqualTo(500);
        assertThat(found.message().getResultsList()).hasSize(500).allMatch(EnterpriseResult::hasEstimate);
        assertThat(found.message().getResults(0).getEstimate()).as("in a batch as alone")
                .isEqualTo(enterprise(SANDBOX, enterprise(TestSubject.APPROVE)));
    }

    @Test
    void anItemIdTwiceIsRefused() {
        BatchItem item = BatchItem.newBuilder().setItemId("1").setEnterprise(enterprise(TestSubject.APPROVE)).build();
        Answer<BatchEstimateResponse> answer =
                call(licensed, "BatchEstimate", SANDBOX, BatchEstimateRequest.newBuilder().addItems(item).addItems(item).build());
        assertThat(((Answer.Refused<?>) answer).fault()).isEqualTo(Answer.Fault.INVALID_REQUEST);
    }

    private static BatchEstimateResponse batch(LendingProduct product, CallFacts facts, BatchItem... items) {
        Answer<BatchEstimateResponse> answer =
                call(product, "BatchEstimate", facts, BatchEstimateRequest.newBuilder().addAllItems(List.of(items)).build());
        return ((Answer.Found<BatchEstimateResponse>) answer).message();
    }

    @Test
    void scoresComeWithReasonsAndAreCountedForDrift() {
        ScoreRequest good = score().setCard(CardFeatures.newBuilder().setLimit(200_000)
                .addAllStates(List.of(-1, -1, -1, -1, -1, -1)).addAllBilled(List.of(5000.0, 5000.0, 5000.0, 5000.0, 5000.0, 5000.0))
                .addAllPaid(List.of(5000.0, 5000.0, 5000.0, 5000.0, 5000.0, 5000.0))).build();
        ScoreRequest bad = good.toBuilder().setCard(good.getCard().toBuilder().clearStates().addAllStates(List.of(3, 3, 2, 2, 2, 2))).build();
        Answer<ScoreResponse> low = call(licensed, "Score", SANDBOX, good);
        Answer<ScoreResponse> high = call(licensed, "Score", SANDBOX, bad);
        ScoreResponse worse = ((Answer.Found<ScoreResponse>) high).message();
        assertThat(((Answer.Found<ScoreResponse>) low).message().getProbabilityOfDefault()).isLessThan(0.15);
        assertThat(worse.getProbabilityOfDefault()).isGreaterThan(0.5);
        assertThat(worse.getHumanReview()).isTrue();
        assertThat(worse.getModel()).isEqualTo("card-behaviour-1");
        assertThat(worse.getReasonsList()).isSortedAccordingTo((a, b) -> Double.compare(Math.abs(b.getLogOdds()), Math.abs(a.getLogOdds())));
        assertThat(worse.getReasons(0).getTextEn()).contains("raises the risk");
        for (int i = 0; i < 120; i++) {
            call(licensed, "Score", SANDBOX, bad);
        }
        WatchedModel watched = licensed.watchedModels().get(1);
        assertThat(licensed.watchedModels()).extracting(WatchedModel::id).containsExactly("instalment-credit-1", "card-behaviour-1");
        watched.take();
        call(licensed, "Score", SANDBOX, bad);
        assertThat(watched.take()).as("the sandbox is not watched").isEmpty();
        call(licensed, "Score", LIVE, bad);
        assertThat(watched.take()).as("every input of the card").hasSize(watched.inputs().size());
        Answer<GetModelCardResponse> answer =
                call(licensed, "GetModelCard", SANDBOX, GetModelCardRequest.newBuilder().setModel("card-behaviour").build());
        GetModelCardResponse card = ((Answer.Found<GetModelCardResponse>) answer).message();
        assertThat(card.getDriftList()).anyMatch(d -> d.getShift().equals("LARGE") && d.getSeen() >= 122);
        assertThat(card.getMetricsOrThrow("auc")).isGreaterThan(0.77);
        assertThat(card.getLeftOutList()).contains("SEX", "MARRIAGE");
    }

    @Test
    void whomAScoreIsAboutIsNamedAndNotKept() {
        ScoreRequest request = score().setInstalmentCredit(applicant()).build();
        for (String id : List.of("", "420899198001010114", "' OR 1=1 --")) {
            Answer<ScoreResponse> answer = call(licensed, "Score", LIVE, request.toBuilder().setApplicantId(id).build());
            assertThat(((Answer.Refused<?>) answer).violations()).as(id).extracting(Answer.Violation::field).containsExactly("applicantId");
        }
        Answer<ScoreResponse> away = call(licensed, "Score", SANDBOX, request.toBuilder().setApplicantId(TestSubject.ERROR.person().number()).build());
        assertThat(((Answer.Refused<?>) away).fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
        Answer<ScoreResponse> one = call(licensed, "Score", SANDBOX, request);
        Answer<ScoreResponse> other = call(licensed, "Score", SANDBOX,
                request.toBuilder().setApplicantId(TestSubject.REFER.person().number()).build());
        assertThat(((Answer.Found<ScoreResponse>) other).message()).as("who it is changes nothing")
                .isEqualTo(((Answer.Found<ScoreResponse>) one).message());
    }

    @Test
    void aSoleTraderIsAPersonAndNoEnterprise() {
        String trader = Uscc.complete("92", "420899", "TEXT0001").code();
        Answer<EstimateEnterpriseLoanResponse> alone = call(licensed, "EstimateEnterpriseLoan", SANDBOX,
                enterprise(TestSubject.APPROVE).setEnterpriseCode(trader).build());
        assertThat(((Answer.Refused<?>) alone).violations()).extracting(Answer.Violation::field).containsExactly("enterpriseCode");
        assertThat(((Answer.Refused<?>) alone).en()).contains("EstimateStartupLoan");
        Answer<BatchEstimateEnterprisesResponse> batch = call(licensed, "BatchEstimateEnterprises", SANDBOX,
                BatchEstimateEnterprisesRequest.newBuilder()
                        .addItems(EnterpriseItem.newBuilder().setItemId("1").setEnterprise(enterprise(TestSubject.APPROVE).setEnterpriseCode(trader)))
                        .build());
        assertThat(((Answer.Found<BatchEstimateEnterprisesResponse>) batch).message().getResults(0).hasRefusal()).isTrue();
    }

    @Test
    void driftLooksBackOverItsDaysAndNotOverAllThatEverWas() {
        ScoreRequest request = score().setInstalmentCredit(applicant()).build();
        long before = seen(LIVE, "instalment-credit", 0);
        CallFacts longAgo = new CallFacts(NOW.minus(Duration.ofDays(90)), "r3", false, CallerRef.MARKET);
        for (int i = 0; i < 120; i++) {
            call(licensed, "Score", longAgo, request);
        }
        call(licensed, "Score", new CallFacts(NOW.minus(Duration.ofDays(89)), "r4", false, CallerRef.MARKET), request);
        call(licensed, "Score", new CallFacts(NOW.plus(Duration.ofDays(2)), "r5", false, CallerRef.MARKET), request);
        assertThat(seen(LIVE, "instalment-credit", 0) - before).as("of the last 90 days, and nothing of days to come").isEqualTo(1);
        assertThat(seen(LIVE, "instalment-credit", 91) - before).isEqualTo(121);
        assertThat(seen(LIVE, "instalment-credit", 1)).as("of today alone").isEqualTo(0);
        assertThat(card(LIVE, "instalment-credit", 1).getDriftList()).as("too few to say").allMatch(d -> d.getShift().isEmpty() && !d.hasStabilityIndex());
        assertThat(card(LIVE, "instalment-credit", 366).getDriftList()).anyMatch(d -> d.getShift().equals("LARGE"));
    }

    private static InstalmentCreditFeatures applicant() {
        return InstalmentCreditFeatures.newBuilder().setCheckingAccount("... < 0 DM").setDurationMonths(48)
                .setCreditHistory("no credits taken/ all credits paid back duly").setPurpose("business").setCreditAmount(12_000)
                .setSavings("... < 100 DM").setEmployment("unemployed").setInstalmentRate(4).setOtherDebtors("none").setResidenceSince(1)
                .setProperty("unknown / no property").setOtherPlans("bank").setHousing("rent").setExistingCredits(1)
                .setJob("skilled employee / official").setDependants(1).setTelephone("none").build();
    }

    @Test
    void anApplicationIsScoredAndAnUnknownModelIsNotFound() {
        InstalmentCreditFeatures features = applicant();
        Answer<ScoreResponse> answer =
                call(licensed, "Score", SANDBOX, score().setInstalmentCredit(features).build());
        assertThat(((Answer.Found<ScoreResponse>) answer).message().getProbabilityOfDefault()).isGreaterThan(0.6);
        Answer<GetModelCardResponse> none =
                call(licensed, "GetModelCard", SANDBOX, GetModelCardRequest.newBuilder().setModel("other").build());
        assertThat(((Answer.Refused<?>) none).fault()).isEqualTo(Answer.Fault.NOT_FOUND);
        Answer<ScoreResponse> both = call(licensed, "Score", SANDBOX, score().build());
        assertThat(((Answer.Refused<?>) both).fault()).isEqualTo(Answer.Fault.INVALID_REQUEST);
    }

    @Test
    void aGrantThatIsWithdrawnIsASourceThatIsAway() {
        domain.withdraw("enterprise_litigation.*");
        try {
            Answer<EstimateEnterpriseLoanResponse> answer =
                    call(licensed, "EstimateEnterpriseLoan", LIVE, enterprise(TestSubject.APPROVE).build());
            assertThat(((Answer.Refused<?>) answer).fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
        } finally {
            domain.restore("enterprise_litigation.*");
        }
    }

    @Test
    void noAnswerCarriesAValueOfARecord() {
        WrittenConsent all = consent(ConsentItem.INCOME, ConsentItem.DEPOSITS, ConsentItem.REAL_ESTATE);
        for (TestSubject subject : List.of(TestSubject.APPROVE, TestSubject.REFER)) {
            String texts = mortgage(SANDBOX, mortgage(subject).setWrittenConsent(all)) + "\n" + enterprise(SANDBOX, enterprise(subject));
            // base, deposit, balance; revenue, profit, appraisal, debts in dispute; who they are and which cases
            assertThat(texts).doesNotContain("1200000", "288000", "9600000", "4200000000", "350000000", "900000000", "8000000,",
                    "60000000", subject.person().number(), subject.enterprise().code(), "ZL-", "SY2026", "420899");
        }
    }

    @Test
    void anAnswerFromDataThatWereNeverLoadedSaysSoAndIsFree() {
        try (TestDomain bare = TestDomain.start(CLOCK)) {
            LendingProduct product = LendingProduct.open(LendingSettings.usual(), bare, CLOCK, false);
            bare.addLive(LendingTables.ENTERPRISE, Map.of("enterprise", TestSubject.APPROVE.enterprise().code(), "state", "ACTIVE",
                    "established_on", "2010-01-01"));
            Answer<EstimateEnterpriseLoanResponse> answer = call(product, "EstimateEnterpriseLoan", LIVE, enterprise(TestSubject.APPROVE).build());
            Answer.Found<EstimateEnterpriseLoanResponse> found = (Answer.Found<EstimateEnterpriseLoanResponse>) answer;
            assertThat(found.stale()).isTrue();
            EnterpriseEstimate estimate = found.message().getEstimate();
            assertThat(estimate.getStale()).isTrue();
            assertThat(estimate.getHumanReview()).isTrue();
            assertThat(codes(estimate)).contains("DATA_STALE");
            assertThat(use(estimate, "A2.1.1").getStale()).isFalse();
            assertThat(use(estimate, "A2.6.2").getStale()).isTrue();
            Answer<BatchEstimateEnterprisesResponse> batch = call(product, "BatchEstimateEnterprises", LIVE, BatchEstimateEnterprisesRequest.newBuilder()
                    .addItems(EnterpriseItem.newBuilder().setItemId("1").setEnterprise(enterprise(TestSubject.APPROVE))).build());
            assertThat(((Answer.Found<?>) batch).rows()).isZero();
            assertThat(((Answer.Found<?>) batch).stale()).isTrue();
        }
    }

    @Test
    void hostileInputIsRefusedNotBroken() {
        for (String id : List.of("", "' OR 1=1 --", "42089919800101011X", "420899198013010113", "4".repeat(18))) {
            Answer<EstimateMortgageResponse> answer =
                    call(licensed, "EstimateMortgage", SANDBOX, mortgage(TestSubject.APPROVE).setApplicantId(id).build());
            assertThat(((Answer.Refused<?>) answer).violations().getFirst().field()).isEqualTo("applicantId");
        }
        Answer<EstimateEnterpriseLoanResponse> code =
                call(licensed, "EstimateEnterpriseLoan", SANDBOX, enterprise(TestSubject.APPROVE).setEnterpriseCode("91420899TEXT00017Z").build());
        assertThat(((Answer.Refused<?>) code).violations().getFirst().field()).isEqualTo("enterpriseCode");
        ResidentId child = ResidentId.complete("420899", LocalDate.of(2010, 1, 1), 903);
        Answer<EstimateMortgageResponse> young =
                call(licensed, "EstimateMortgage", SANDBOX, mortgage(TestSubject.APPROVE).setApplicantId(child.number()).build());
        assertThat(((Answer.Refused<?>) young).en()).contains("of age");
        Answer<EstimateMortgageResponse> aimless =
                call(licensed, "EstimateMortgage", SANDBOX, mortgage(TestSubject.APPROVE).clearPurpose().build());
        assertThat(((Answer.Refused<?>) aimless).violations().getFirst().field()).isEqualTo("purpose");
        Answer<EstimateMortgageResponse> rateless =
                call(licensed, "EstimateMortgage", SANDBOX, mortgage(TestSubject.APPROVE).setRate(Rate.getDefaultInstance()).build());
        assertThat(((Answer.Refused<?>) rateless).violations().getFirst().field()).isEqualTo("rate");
        InstalmentCreditFeatures odd = InstalmentCreditFeatures.newBuilder().setCheckingAccount("<script>").build();
        Answer<ScoreResponse> score = call(licensed, "Score", SANDBOX, score().setInstalmentCredit(odd).build());
        assertThat(((Answer.Refused<?>) score).fault()).isEqualTo(Answer.Fault.INVALID_REQUEST);
    }

    @Test
    void rangesAreCoarseAndOrderedForEverybodyMadeUp() {
        for (int seed = 0; seed < 60; seed++) {
            Estimate estimate = mortgage(SANDBOX, mortgage(TestSubject.APPROVE).setStatedMonthlyIncomeFen(300_000L + 17_321L * seed)
                    .setMonthlyDebtFen(13_331L * seed).setPriceFen(33_333_333L + 1_234_567L * seed));
            if (!estimate.hasRange()) {
                continue;
            }
            assertThat(estimate.getRange().getLowFen()).isLessThanOrEqualTo(estimate.getRange().getLikelyFen());
            assertThat(estimate.getRange().getLikelyFen()).isLessThanOrEqualTo(estimate.getRange().getHighFen());
            assertThat(estimate.getRange().getLikelyFen() % 100_000).isZero();
            assertThat(estimate.getReasonsList()).allMatch(r -> Math.abs(r.getWeight() * 20 - Math.round(r.getWeight() * 20)) < 1e-9);
        }
    }

    @Test
    void everyReasonIsInTheContractAndHasBothTexts() {
        for (ReasonCode code : ReasonCode.values()) {
            assertThat(cn.jingshu.products.lending.v1.ReasonCode.getDescriptor().findValueByName(code.name())).as(code.name()).isNotNull();
            assertThat(code.zh()).isNotBlank();
            assertThat(code.en()).isNotBlank();
        }
        assertThat(cn.jingshu.products.lending.v1.ReasonCode.values()).hasSize(ReasonCode.values().length + 2); // unspecified, unrecognised
    }

    @Test
    void concurrentScoresCountEachCase() {
        ScoreRequest request = score().setCard(CardFeatures.newBuilder().setLimit(1)
                .addAllStates(List.of(0, 0, 0, 0, 0, 0)).addAllBilled(List.of(1.0, 1.0, 1.0, 1.0, 1.0, 1.0))
                .addAllPaid(List.of(0.0, 0.0, 0.0, 0.0, 0.0, 0.0))).build();
        long before = seen();
        CompletableFuture.allOf(IntStream.range(0, 40)
                .mapToObj(_ -> CompletableFuture.runAsync(() -> call(licensed, "Score", LIVE, request)))
                .toArray(CompletableFuture<?>[]::new)).join();
        assertThat((double) (seen() - before)).isCloseTo(40, within(0.0));
    }

    private static long seen() {
        return seen(LIVE, "card-behaviour", 0);
    }

    private static long seen(CallFacts facts, String model, int days) {
        return card(facts, model, days).getDrift(0).getSeen();
    }

    private static GetModelCardResponse card(CallFacts facts, String model, int days) {
        Answer<GetModelCardResponse> answer =
                call(licensed, "GetModelCard", facts, GetModelCardRequest.newBuilder().setModel(model).setDays(days).build());
        return ((Answer.Found<GetModelCardResponse>) answer).message();
    }
}
