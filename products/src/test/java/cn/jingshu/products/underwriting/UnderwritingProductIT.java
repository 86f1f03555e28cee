package cn.jingshu.products.underwriting;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.domain.TestDomain;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.records.HealthTables;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.WatchedModel;
import cn.jingshu.products.underwriting.v1.AssessApplicantRequest;
import cn.jingshu.products.underwriting.v1.AssessApplicantResponse;
import cn.jingshu.products.underwriting.v1.Declaration;
import cn.jingshu.products.underwriting.v1.ExplainAssessmentRequest;
import cn.jingshu.products.underwriting.v1.ExplainAssessmentResponse;
import cn.jingshu.products.underwriting.v1.GetDriftRequest;
import cn.jingshu.products.underwriting.v1.GetDriftResponse;
import cn.jingshu.products.underwriting.v1.GetModelCardRequest;
import cn.jingshu.products.underwriting.v1.GetModelCardResponse;
import cn.jingshu.products.underwriting.v1.PolicyType;
import cn.jingshu.products.underwriting.v1.Reason;
import cn.jingshu.products.underwriting.v1.RiskBand;
import com.google.protobuf.Message;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class UnderwritingProductIT {
    private static final Instant NOW = Instant.parse("2026-11-23T02:00:00Z");
    private static final CallFacts SANDBOX = new CallFacts(NOW, "r-1", true, CallerRef.MARKET);
    private static final CallFacts LIVE = new CallFacts(NOW, "r-2", false, CallerRef.MARKET);
    private static TestDomain domain;
    private static UnderwritingProduct product;

    @BeforeAll
    static void start() {
        domain = TestDomain.start(Clock.fixed(NOW, ZoneOffset.UTC));
        product = new UnderwritingProduct(domain);
        domain.loadLive(UnderwritingProduct.needs(), 7);
    }

    @AfterAll
    static void stop() {
        domain.close();
    }

    @SuppressWarnings("unchecked")
    private static <A extends Message> CompletableFuture<Answer<A>> ask(CallFacts facts, String method, Message request) {
        Operation.Unary<Message, A> operation = (Operation.Unary<Message, A>) product.operations().stream()
                .filter(o -> o.method().equals(method)).findFirst().orElseThrow();
        return operation.handler().answer(facts, request).toCompletableFuture();
    }

    private static AssessApplicantRequest.Builder about(TestSubject subject) {
        return about(subject.person().number());
    }

    private static AssessApplicantRequest.Builder about(String person) {
        return AssessApplicantRequest.newBuilder().setApplicantId(person).setInsurerUscc(TestSubject.APPROVE.enterprise().code())
                .setApplicationId("A-1").setPolicyType(PolicyType.CRITICAL_ILLNESS).setSumInsuredFen(20_000_000);
    }

    private static Answer.Found<AssessApplicantResponse> assess(CallFacts facts, AssessApplicantRequest.Builder request) {
        return (Answer.Found<AssessApplicantResponse>) UnderwritingProductIT.<AssessApplicantResponse>ask(facts, "AssessApplicant", request.build()).join();
    }

    @Test
    void everyMethodHasItsOperation() {
        assertThat(Contract.of(product).methods()).hasSize(4);
    }

    @Test
    void theTestSubjectsEndAsDocumented() {
        Answer.Found<AssessApplicantResponse> approved = assess(SANDBOX, about(TestSubject.APPROVE));
        assertThat(approved.message().getBand()).isEqualTo(RiskBand.LOW);
        assertThat(approved.message().getReferToHuman()).isFalse();
        assertThat(approved.hit()).isTrue();
        assertThat(approved.message().getSandbox()).isTrue();
        Answer.Found<AssessApplicantResponse> referred = assess(SANDBOX, about(TestSubject.REFER));
        assertThat(referred.message().getBand()).isIn(RiskBand.HIGH, RiskBand.DECLINE_REVIEW);
        assertThat(referred.message().getReferToHuman()).isTrue();
        assertThat(referred.message().getReferralsList()).isNotEmpty();
        Answer.Found<AssessApplicantResponse> unknown = assess(SANDBOX, about(TestSubject.NOT_FOUND));
        assertThat(unknown.message().getBand()).isEqualTo(RiskBand.UNDETERMINED);
        assertThat(unknown.hit()).as("nothing found costs nothing").isFalse();
        assertThat(unknown.message().hasProbabilityLow()).isFalse();
        var away = (Answer.Refused<AssessApplicantResponse>)
                UnderwritingProductIT.<AssessApplicantResponse>ask(SANDBOX, "AssessApplicant", about(TestSubject.ERROR).build()).join();
        assertThat(away.fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
    }

    private static Map<String, Long> counted() {
        Map<String, Long> counted = new TreeMap<>();
        product.watchedModels().forEach(model -> {
            long first = model.take().stream().filter(each -> each.input() == 0).mapToLong(WatchedModel.Count::cases).sum();
            counted.put(model.id(), first);
        });
        return counted;
    }

    @Test
    void whatEachModelIsAskedAboutIsCounted() {
        assertThat(product.watchedModels()).extracting(WatchedModel::id)
                .containsExactly("care-1", "cardiac-1", "cardiac-workup-1", "expected-cost-1");
        assertThat(product.watchedModels()).allSatisfy(model -> {
            assertThat(model.source()).contains("sha256:");
            assertThat(model.inputs()).allSatisfy(input -> assertThat(input.shares()).hasSameSizeAs(input.bins()));
            assertThat(model.inputs()).extracting(WatchedModel.Input::name).as("what is always the same").doesNotContain("children", "high_fasting_glucose");
        });
        counted();
        assess(SANDBOX, about(TestSubject.APPROVE).setApplicationId("W-1"));
        assertThat(counted().values()).as("the sandbox").containsOnly(0L);
        assess(LIVE, about(TestSubject.APPROVE).setApplicationId("W-1"));
        assess(LIVE, about(TestSubject.REFER).setApplicationId("W-2"));
        assess(LIVE, about(TestSubject.NOT_FOUND).setApplicationId("W-3"));
        Map<String, Long> counted = counted();
        assertThat(counted.get("care-1")).as("nobody is rated of whom nothing is known").isEqualTo(2);
        assertThat(counted.get("cardiac-1")).as("both were examined").isEqualTo(2);
        assertThat(counted.get("cardiac-workup-1")).as("nobody handed a work-up in").isZero();
    }

    @Test
    void slowAnswersLateWithoutHoldingTheCaller() {
        long before = System.nanoTime();
        CompletableFuture<Answer<AssessApplicantResponse>> pending = ask(SANDBOX, "AssessApplicant", about(TestSubject.SLOW).build());
        assertThat(pending).isNotDone();
        assertThat(pending.join()).isInstanceOf(Answer.Found.class);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(TestSubject.SLOW_MILLIS - 100));
    }

    @Test
    void everyPolicyTypeIsServedAndSaysByWhat() {
        for (PolicyType type : List.of(PolicyType.CRITICAL_ILLNESS, PolicyType.MEDICAL, PolicyType.CANCER, PolicyType.ACCIDENT, PolicyType.OTHER)) {
            AssessApplicantResponse answer = assess(SANDBOX, about(TestSubject.REFER).setPolicyType(type).setApplicationId("T-" + type)).message();
            assertThat(answer.getModelVersion()).startsWith("guide-2026.1 care-1");
            assertThat(answer.getReasonsList()).isNotEmpty();
            assertThat(answer.getReferToHuman()).isTrue();
            AssessApplicantResponse calm = assess(SANDBOX, about(TestSubject.APPROVE).setPolicyType(type).setApplicationId("T-" + type)).message();
            assertThat(calm.getBand()).as(type.name()).isIn(RiskBand.LOW, RiskBand.STANDARD);
            assertThat(calm.getReferToHuman()).as(type.name()).isFalse();
            var card = (Answer.Found<GetModelCardResponse>) UnderwritingProductIT.<GetModelCardResponse>ask(
                    SANDBOX, "GetModelCard", GetModelCardRequest.newBuilder().setPolicyType(type).build()).join();
            assertThat(card.message().getModelsList()).hasSize(4);
            assertThat(card.message().getModels(2).getMetricsMap()).containsKey("auc");
            assertThat(card.message().getModels(2).getCalibrationList()).hasSize(10);
            assertThat(card.message().getLimitsEn()).contains("1980s").contains("synthetic");
        }
    }

    @Test
    void anAssessmentIsExplainedToItsCallerWhoNamesTheApplicant() {
        AssessApplicantResponse answer = assess(LIVE, about(TestSubject.REFER).setApplicationId("E-1")).message();
        var explained = (Answer.Found<ExplainAssessmentResponse>) UnderwritingProductIT.<ExplainAssessmentResponse>ask(LIVE, "ExplainAssessment",
                explaining(answer.getAssessmentId(), TestSubject.REFER)).join();
        assertThat(explained.message().getBand()).isEqualTo(answer.getBand());
        assertThat(explained.message().getReasonsList()).isEqualTo(answer.getReasonsList());
        assertThat(explained.message().getReferralsList()).isEqualTo(answer.getReferralsList());
        assertThat(explained.message().getModelVersion()).isEqualTo(answer.getModelVersion());
        assertThat(explained.message().toString()).doesNotContain(TestSubject.REFER.person().number()).doesNotContain("E-1");
        assertThat(fault("ExplainAssessment", explaining("1' OR '1'='1", TestSubject.REFER))).isEqualTo(Answer.Fault.INVALID_REQUEST);
        assertThat(fault("ExplainAssessment", explaining(answer.getAssessmentId(), TestSubject.REFER).toBuilder().setApplicantId("420899198001010114").build()))
                .isEqualTo(Answer.Fault.INVALID_REQUEST);
    }

    /** A consent names its recipient and its person (PIPL Art. 23): to another caller, and to another person's consent, an assessment is not there. */
    @Test
    void anAssessmentIsItsCallersAndItsApplicantsAlone() {
        CallFacts other = new CallFacts(NOW, "r-3", false, new CallerRef(UUID.fromString("00000000-0000-4000-8000-00000000000b")));
        String id = assess(LIVE, about(TestSubject.REFER).setApplicationId("E-3")).message().getAssessmentId();
        Answer<Message> none = ask(LIVE, "ExplainAssessment", explaining("00000000-0000-4000-8000-000000000000", TestSubject.REFER)).join();
        assertThat(((Answer.Refused<?>) none).fault()).isEqualTo(Answer.Fault.NOT_FOUND);
        assertThat(ask(other, "ExplainAssessment", explaining(id, TestSubject.REFER)).join()).isEqualTo(none);
        assertThat(ask(LIVE, "ExplainAssessment", explaining(id, TestSubject.APPROVE)).join()).isEqualTo(none);
        assertThat(ask(LIVE, "ExplainAssessment", explaining(id, TestSubject.REFER)).join()).isInstanceOf(Answer.Found.class);
    }

    /** As it was kept before it was known whose it is. */
    @Test
    void anAssessmentThatIsNobodysIsExplainedToNobody() {
        String id = assess(LIVE, about(TestSubject.REFER).setApplicationId("E-4")).message().getAssessmentId();
        domain.open(UnderwritingProduct.needs()).within(LIVE, session -> session.change(
                "UPDATE assessment SET caller = '', subject_digest = '' WHERE assessment_id = ?", UUID.fromString(id))).toCompletableFuture().join();
        assertThat(fault("ExplainAssessment", explaining(id, TestSubject.REFER))).isEqualTo(Answer.Fault.NOT_FOUND);
    }

    private static ExplainAssessmentRequest explaining(String id, TestSubject applicant) {
        return ExplainAssessmentRequest.newBuilder().setAssessmentId(id).setApplicantId(applicant.person().number()).build();
    }

    @Test
    void aSandboxAssessmentIsUnknownToLiveCallers() {
        AssessApplicantResponse answer = assess(SANDBOX, about(TestSubject.APPROVE).setApplicationId("E-2")).message();
        assertThat(fault("ExplainAssessment", explaining(answer.getAssessmentId(), TestSubject.APPROVE))).isEqualTo(Answer.Fault.NOT_FOUND);
    }

    /** Asking again with one answer changed after the other would tell what is on record. */
    @Test
    void anApplicationKeepsItsFirstDeclaration() {
        var first = about(TestSubject.REFER).setApplicationId("D-1").setDeclaration(Declaration.newBuilder().setHospitalStayTwoYears(false));
        assertThat(assess(LIVE, first).message().getReferralsList()).anyMatch(r -> r.getCode().equals("DECLARATION_DIFFERS"));
        assertThat(assess(LIVE, first).message().getBand()).isEqualTo(assess(LIVE, first).message().getBand());
        assertThat(fault("AssessApplicant", first.clone().setDeclaration(Declaration.newBuilder().setLongTermCondition(false)).build()))
                .isEqualTo(Answer.Fault.INVALID_REQUEST);
        assertThat(fault("AssessApplicant", first.clone().clearDeclaration().build())).isEqualTo(Answer.Fault.INVALID_REQUEST);
        assertThat(assess(LIVE, first.clone().setApplicationId("D-2").clearDeclaration()).message().getBand()).isNotEqualTo(RiskBand.UNDETERMINED);
    }

    @Test
    void whatIsWrongInARequestIsNamedWithoutRepeatingIt() {
        var refused = (Answer.Refused<AssessApplicantResponse>) UnderwritingProductIT.<AssessApplicantResponse>ask(
                LIVE, "AssessApplicant", about("420899198001010114").build()).join();
        assertThat(refused.violations()).extracting(Answer.Violation::field).containsExactly("applicantId");
        assertThat(refused.toString()).doesNotContain("420899198001010114");
        assertThat(fault("AssessApplicant", about(TestSubject.APPROVE).setInsurerUscc("91420899TEXT00017X").build())).isEqualTo(Answer.Fault.INVALID_REQUEST);
        assertThat(fault("AssessApplicant", about(TestSubject.APPROVE).clearPolicyType().build())).isEqualTo(Answer.Fault.INVALID_REQUEST);
    }

    @Test
    void nothingOfTheStateTellsWhoWasAssessed() {
        assess(LIVE, about(TestSubject.REFER).setApplicationId("STATE-1"));
        assess(LIVE, about(TestSubject.REFER).setApplicationId("STATE-2"));
        assertThat(domain.open(UnderwritingProduct.needs()).within(LIVE, session -> session.select(
                "SELECT subject_digest FROM assessment GROUP BY subject_digest HAVING count(*) > 1 AND subject_digest <> ''", r -> r.text("subject_digest")))
                .toCompletableFuture().join()).as("which assessments are of one person").isEmpty();
        StringBuilder all = new StringBuilder();
        for (String table : List.of("application", "assessment", "input_count")) {
            for (String row : rows(table)) {
                all.append(row).append('\n');
            }
        }
        assertThat(all.toString()).isNotEmpty().doesNotContain(TestSubject.REFER.person().number()).doesNotContain("STATE-1")
                .doesNotContain(domain.open(UnderwritingProduct.needs()).token(TestSubject.REFER.person().number()));
    }

    private static List<String> rows(String table) {
        return domain.open(UnderwritingProduct.needs())
                .within(LIVE, session -> session.select("SELECT CAST(t AS text) AS line FROM " + table + " t", r -> r.text("line")))
                .toCompletableFuture().join();
    }

    @Test
    void driftShowsNothingOfFewAndSomethingOfMany() {
        var quiet = (Answer.Found<GetDriftResponse>) UnderwritingProductIT.<GetDriftResponse>ask(SANDBOX, "GetDrift",
                GetDriftRequest.newBuilder().setDays(1).build()).join();
        assertThat(quiet.message().getCases()).isZero();
        assertThat(quiet.message().getInputsList()).isEmpty();
        List<CompletableFuture<Answer<AssessApplicantResponse>>> calls = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            calls.add(ask(LIVE, "AssessApplicant", about(i % 2 == 0 ? TestSubject.REFER : TestSubject.APPROVE).setApplicationId("DRIFT-" + i).build()));
        }
        calls.forEach(CompletableFuture::join);
        var drift = (Answer.Found<GetDriftResponse>) UnderwritingProductIT.<GetDriftResponse>ask(LIVE, "GetDrift", GetDriftRequest.getDefaultInstance()).join();
        assertThat(drift.message().getCases()).isGreaterThanOrEqualTo(120);
        assertThat(drift.message().getInputsList()).hasSize(CareFeatures.NAMES.size());
        assertThat(drift.message().getInputsList()).as("two people are not the training population").anyMatch(i -> i.getShift().equals("LARGE"));
    }

    @Test
    void aGrantThatIsTakenBackStopsTheAnswer() {
        domain.withdraw("discharge.diagnosis_code");
        try {
            assertThat(fault("AssessApplicant", about(TestSubject.APPROVE).setApplicationId("G-1").build())).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
        } finally {
            domain.restore("discharge.diagnosis_code");
        }
        assertThat(assess(LIVE, about(TestSubject.APPROVE).setApplicationId("G-1")).message().getBand()).isNotEqualTo(RiskBand.UNDETERMINED);
    }

    /** Rows of the live tables decide, and no answer carries a code, a date or a value of them. */
    @Test
    void whatIsOnRecordDecidesAndDoesNotLeave() {
        String person = ResidentId.complete("420899", LocalDate.of(1970, 5, 6), 77).number();
        assertThat(assess(LIVE, about(person)).message().getBand()).isEqualTo(RiskBand.UNDETERMINED);
        for (int i = 0; i < 6; i++) {
            domain.addLive(HealthTables.DISCHARGE, Map.of("stay_id", "T-" + i, "person", person, "institution", "SECRET-HOSPITAL",
                    "admitted_on", "2026-0" + (i + 1) + "-03", "discharged_on", "2026-0" + (i + 1) + "-17", "diagnosis_code", "C34.9",
                    "total_fen", "7654321", "insured_fen", "1234567", "died", "false"));
        }
        AssessApplicantResponse answer = assess(LIVE, about(person).setApplicationId("L-2")).message();
        assertThat(answer.getBand()).isNotIn(RiskBand.UNDETERMINED, RiskBand.LOW);
        assertThat(answer.getReasonsList()).extracting(Reason::getCode).contains("WEIGHTY_HISTORY", "INPATIENT_CARE");
        assertThat(answer.toString()).doesNotContain("C34").doesNotContain("SECRET").doesNotContain("2026-01").doesNotContain("7654321").doesNotContain(person);
    }

    private static Answer.Fault fault(String method, Message request) {
        return ((Answer.Refused<?>) UnderwritingProductIT.<Message>ask(LIVE, method, request).join()).fault();
    }
}
