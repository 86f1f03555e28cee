package cn.jingshu.products.prescription;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.v1.ContractOptionsProto;
import cn.jingshu.products.domain.TestDomain;
import cn.jingshu.products.prescription.v1.Because;
import cn.jingshu.products.prescription.v1.CheckEligibilityRequest;
import cn.jingshu.products.prescription.v1.CheckEligibilityResponse;
import cn.jingshu.products.prescription.v1.CheckInteractionsRequest;
import cn.jingshu.products.prescription.v1.CheckInteractionsResponse;
import cn.jingshu.products.prescription.v1.ChooseRouteRequest;
import cn.jingshu.products.prescription.v1.DecideRefillRequest;
import cn.jingshu.products.prescription.v1.Decision;
import cn.jingshu.products.prescription.v1.GetRoutingRequest;
import cn.jingshu.products.prescription.v1.ListPlacesRequest;
import cn.jingshu.products.prescription.v1.ListPlacesResponse;
import cn.jingshu.products.prescription.v1.PlaceKind;
import cn.jingshu.products.prescription.v1.PrescriptionProto;
import cn.jingshu.products.prescription.v1.Reason;
import cn.jingshu.products.prescription.v1.RecordDispensingRequest;
import cn.jingshu.products.prescription.v1.RefillResponse;
import cn.jingshu.products.prescription.v1.RequestRefillRequest;
import cn.jingshu.products.prescription.v1.Status;
import cn.jingshu.products.prescription.v1.Step;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Message;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PrescriptionProductIT {
    private static final Instant NOW = Instant.parse("2026-11-28T02:00:00Z");
    private static final CallFacts SANDBOX = new CallFacts(NOW, "r-1", true, CallerRef.MARKET);
    private static final CallFacts LIVE = new CallFacts(NOW, "r-2", false, CallerRef.MARKET);
    private static TestDomain domain;
    private static PrescriptionProduct product;

    @BeforeAll
    static void start() {
        domain = TestDomain.start(Clock.fixed(NOW, ZoneOffset.UTC));
        product = new PrescriptionProduct(domain, PrescriptionSettings.usual());
        domain.loadLive(PrescriptionProduct.NEEDS, 5);
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
        return switch (PrescriptionProductIT.<A>ask(facts, method, request)) {
            case Answer.Found<A> found -> found.message();
            case Answer.Refused<A> refusal -> throw new AssertionError(method + " was refused: " + refusal.en());
        };
    }

    private static Answer.Refused<?> refused(CallFacts facts, String method, Message request) {
        return (Answer.Refused<?>) PrescriptionProductIT.<Message>ask(facts, method, request);
    }

    private static CheckEligibilityRequest.Builder eligibility(TestSubject subject, String drug, String diagnosis, int days) {
        return CheckEligibilityRequest.newBuilder().setPatientId(subject.person().number()).setDrug(drug).setDiagnosis(diagnosis).setDays(days);
    }

    private static RequestRefillRequest.Builder refill(TestSubject subject, String drug, String diagnosis) {
        return RequestRefillRequest.newBuilder().setPatientId(subject.person().number()).setDrug(drug).setDiagnosis(diagnosis).setDays(28);
    }

    private static DecideRefillRequest.Builder decision(TestSubject subject, String id, String drug, String diagnosis) {
        return DecideRefillRequest.newBuilder().setRefillId(id).setPatientId(subject.person().number()).setDrug(drug).setDiagnosis(diagnosis)
                .setDays(28).setApprove(true).setDoctorSaysStable(true).setPractitionerId("110420804000001").setHospital("HTEST0001")
                .setSignatureReference("SIG-1");
    }

    @Test
    void thePersonalOperationsNameTheirSubject() {
        for (var method : Contract.of(product).service().getMethods()) {
            boolean personal = method.getOptions().getExtension(ContractOptionsProto.operation).getPersonal();
            boolean subject = method.getInputType().getFields().stream()
                    .anyMatch(field -> field.getOptions().getExtension(ContractOptionsProto.field).getSubject());
            assertThat(subject).as(method.getName()).isEqualTo(personal);
        }
    }

    @Test
    void noAnswerHasAFieldForADiagnosisANameOrAnAmount() {
        for (var message : PrescriptionProto.getDescriptor().getMessageTypes()) {
            if (message.getName().endsWith("Response") || List.of("Because", "Step", "Place", "Interaction", "DrugInteraction").contains(message.getName())) {
                assertThat(message.getFields()).noneMatch(f -> f.getName().matches(".*(diagnos|patient|amount|fen|visit|birth).*"));
            }
        }
    }

    @Test
    void theTestSubjectsAnswerAsDocumented() {
        CheckEligibilityResponse good = found(SANDBOX, "CheckEligibility", eligibility(TestSubject.APPROVE, "氨氯地平", "I10", 28).build());
        assertThat(good.getDecision()).isEqualTo(Decision.ALLOW);
        assertThat(good.getLongestDays()).isEqualTo(28);
        assertThat(good.getDoctorDecides()).isTrue();
        CheckEligibilityResponse referred = found(SANDBOX, "CheckEligibility", eligibility(TestSubject.REFER, "氨氯地平", "I10", 28).build());
        assertThat(referred.getDecision()).isEqualTo(Decision.REFER);
        assertThat(referred.getBecauseList()).extracting(Because::getReason).contains(Reason.CONDITION_NOT_CONTROLLED);
        assertThat(refused(SANDBOX, "CheckEligibility", eligibility(TestSubject.NOT_FOUND, "氨氯地平", "I10", 28).build()).fault())
                .isEqualTo(Answer.Fault.NOT_FOUND);
        assertThat(refused(SANDBOX, "CheckEligibility", eligibility(TestSubject.ERROR, "氨氯地平", "I10", 28).build()).fault())
                .isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
        long before = System.nanoTime();
        CheckEligibilityResponse slow = found(SANDBOX, "CheckEligibility", eligibility(TestSubject.SLOW, "氨氯地平", "I10", 28).build());
        assertThat(slow.getDecision()).isEqualTo(Decision.ALLOW);
        assertThat((System.nanoTime() - before) / 1_000_000).isGreaterThanOrEqualTo(TestSubject.SLOW_MILLIS);
    }

    @Test
    void eligibilityFollowsTheRules() {
        CheckEligibilityRequest.Builder long84 = eligibility(TestSubject.APPROVE, "二甲双胍", "E11", 84);
        CheckEligibilityResponse unconfirmed = found(SANDBOX, "CheckEligibility", long84.build());
        assertThat(unconfirmed.getDecision()).isEqualTo(Decision.REJECT);
        assertThat(unconfirmed.getBecause(0).getRule()).isEqualTo("R5");
        CheckEligibilityResponse confirmed = found(SANDBOX, "CheckEligibility", long84.setAssessed(true).setEducated(true).setRecorded(true)
                .setPatientConfirmed(true).build());
        assertThat(confirmed.getDecision()).isEqualTo(Decision.ALLOW);
        assertThat(confirmed.getLongestDays()).isEqualTo(84);
        CheckEligibilityResponse first = found(SANDBOX, "CheckEligibility", eligibility(TestSubject.APPROVE, "左甲状腺素", "E03", 28).build());
        assertThat(first.getBecauseList()).extracting(Because::getReason).contains(Reason.FIRST_DIAGNOSIS);
        assertThat(first.getDecision()).isEqualTo(Decision.REJECT);
        assertThat(refused(SANDBOX, "CheckEligibility", eligibility(TestSubject.APPROVE, "x", "I10'; --", 28).build()).fault())
                .isEqualTo(Answer.Fault.INVALID_REQUEST);
        var wrong = refused(SANDBOX, "CheckEligibility", eligibility(TestSubject.APPROVE, "x", "I10", 28).setPatientId("420899198001010114").build());
        assertThat(wrong.fault()).isEqualTo(Answer.Fault.INVALID_REQUEST);
        assertThat(wrong.en() + wrong.zh() + wrong.violations()).doesNotContain("420899");
    }

    @Test
    void aRenewalGoesFromTheWishToTheCounter() {
        TestSubject patient = TestSubject.APPROVE;
        RefillResponse asked = found(SANDBOX, "RequestRefill", refill(patient, "氨氯地平", "I10").build());
        assertThat(asked.getStatus()).isEqualTo(Status.REQUESTED);
        String id = asked.getRefillId();
        ChooseRouteRequest.Builder route = ChooseRouteRequest.newBuilder().setRefillId(id).setPatientId(patient.person().number());
        ListPlacesResponse pharmacies = found(SANDBOX, "ListPharmacies", ListPlacesRequest.newBuilder().setDrug("氨氯地平").setDistrict("420802").build());
        assertThat(pharmacies.getPlacesList()).isNotEmpty().allMatch(p -> p.getKind() == PlaceKind.PHARMACY);
        assertThat(pharmacies.getOrderSeed()).hasSize(16);
        String chosen = pharmacies.getPlaces(0).getInstitution();
        assertThat(refused(SANDBOX, "ChooseRoute", route.setInstitution(chosen).build()).en()).contains("not approved");

        RefillResponse approved = found(SANDBOX, "DecideRefill", decision(patient, id, "氨氯地平", "I10").build());
        assertThat(approved.getStatus()).isEqualTo(Status.APPROVED);
        assertThat(approved.getSignatureReference()).isEqualTo("SIG-1");
        assertThat(Instant.ofEpochSecond(approved.getValidUntil().getSeconds())).isEqualTo(NOW.plus(Duration.ofDays(3)));
        assertThat(refused(SANDBOX, "DecideRefill", decision(patient, id, "氨氯地平", "I10").setApprove(false).build()).en()).contains("already");

        assertThat(refused(SANDBOX, "ChooseRoute", route.setInstitution("PTEST9999").build()).violations())
                .extracting(Answer.Violation::field).containsExactly("institution");
        found(SANDBOX, "ChooseRoute", route.setInstitution(pharmacies.getPlaces(1).getInstitution()).build());
        RefillResponse routed = found(SANDBOX, "ChooseRoute", route.setInstitution(chosen).build()); // the patient may change the choice
        assertThat(routed.getInstitution()).isEqualTo(chosen);

        RecordDispensingRequest.Builder dispensing = RecordDispensingRequest.newBuilder().setRefillId(id)
                .setPatientId(patient.person().number()).setSettlementReference("SET-1");
        assertThat(refused(SANDBOX, "RecordDispensing", dispensing.setInstitution("PTEST9999").build()).en()).contains("another place");
        RefillResponse done = found(SANDBOX, "RecordDispensing", dispensing.setInstitution(chosen).build());
        assertThat(done.getStatus()).isEqualTo(Status.DISPENSED);
        assertThat(done.getSettlementReference()).isEqualTo("SET-1");
        assertThat(done.getStepsList()).extracting(Step::getStatus)
                .containsExactly(Status.REQUESTED, Status.APPROVED, Status.ROUTED, Status.ROUTED, Status.DISPENSED);
        assertThat(refused(SANDBOX, "ChooseRoute", route.build()).fault()).isEqualTo(Answer.Fault.INVALID_REQUEST);
    }

    @Test
    void aRenewalIsItsPatientsAloneAndExpires() {
        RefillResponse asked = found(SANDBOX, "RequestRefill", refill(TestSubject.APPROVE, "二甲双胍", "E11").build());
        GetRoutingRequest.Builder query = GetRoutingRequest.newBuilder().setRefillId(asked.getRefillId());
        assertThat(refused(SANDBOX, "GetRouting", query.setPatientId(TestSubject.REFER.person().number()).build()).fault())
                .isEqualTo(Answer.Fault.NOT_FOUND);
        assertThat(refused(LIVE, "GetRouting", query.setPatientId(TestSubject.APPROVE.person().number()).build()).fault())
                .as("live and sandbox are two worlds").isEqualTo(Answer.Fault.NOT_FOUND);
        found(SANDBOX, "DecideRefill", decision(TestSubject.APPROVE, asked.getRefillId(), "二甲双胍", "E11").build());
        CallFacts later = new CallFacts(NOW.plus(Duration.ofDays(3)), "r-9", true, CallerRef.MARKET);
        RefillResponse expired = found(later, "GetRouting", query.build());
        assertThat(expired.getStatus()).isEqualTo(Status.EXPIRED);
        ListPlacesResponse hospitals = found(SANDBOX, "ListHospitals", ListPlacesRequest.newBuilder().setDrug("二甲双胍").build());
        assertThat(refused(later, "ChooseRoute", ChooseRouteRequest.newBuilder().setRefillId(asked.getRefillId())
                .setPatientId(TestSubject.APPROVE.person().number()).setInstitution(hospitals.getPlaces(0).getInstitution()).build()).fault())
                .isEqualTo(Answer.Fault.INVALID_REQUEST);
    }

    @Test
    void aDoctorDecidesAndAnInterruptingInteractionNeedsAReason() {
        RefillResponse asked = found(SANDBOX, "RequestRefill", refill(TestSubject.REFER, "西酞普兰", "I10").build());
        assertThat(asked.getInteractionsList()).anyMatch(i -> i.getInterrupts() && i.getRule().equals("H09")); // with 胺碘酮
        DecideRefillRequest.Builder decision = decision(TestSubject.REFER, asked.getRefillId(), "西酞普兰", "I10");
        RefillResponse held = found(SANDBOX, "DecideRefill", decision.build());
        assertThat(held.getStatus()).isEqualTo(Status.REQUESTED);
        assertThat(held.getBecauseList()).extracting(Because::getReason).contains(Reason.INTERRUPTING_INTERACTION);
        RefillResponse unstable = found(SANDBOX, "DecideRefill", decision.setOverrideReason("心电监测下使用").setDoctorSaysStable(false).build());
        assertThat(unstable.getStatus()).isEqualTo(Status.REQUESTED);
        RefillResponse approved = found(SANDBOX, "DecideRefill", decision.setDoctorSaysStable(true).build());
        assertThat(approved.getStatus()).isEqualTo(Status.APPROVED);

        RefillResponse other = found(SANDBOX, "RequestRefill", refill(TestSubject.REFER, "氨氯地平", "I10").build());
        RefillResponse declined = found(SANDBOX, "DecideRefill",
                decision(TestSubject.REFER, other.getRefillId(), "氨氯地平", "I10").setApprove(false).build());
        assertThat(declined.getStatus()).isEqualTo(Status.DECLINED);
        assertThat(refused(SANDBOX, "DecideRefill", decision(TestSubject.REFER, other.getRefillId(), "氨氯地平", "I10")
                .clearDoctorSaysStable().build()).violations()).extracting(Answer.Violation::field).containsExactly("doctorSaysStable");
    }

    @Test
    void whatTheRulesRejectIsNotRecorded() {
        RefillResponse answer = found(SANDBOX, "RequestRefill", refill(TestSubject.APPROVE, "阿普唑仑", "I10").build());
        assertThat(answer.getStatus()).isEqualTo(Status.NOT_ACCEPTED);
        assertThat(answer.getRefillId()).isEmpty();
        assertThat(answer.getBecauseList()).extracting(Because::getReason).contains(Reason.EXCLUDED_DRUG);
    }

    @Test
    void interactionsNameNobodyAndSayWhatTheyDoNotKnow() {
        CheckInteractionsResponse answer = found(SANDBOX, "CheckInteractions",
                CheckInteractionsRequest.newBuilder().addDrugs("胺碘酮").addDrugs("克拉霉素").addDrugs("某未知药").build());
        assertThat(answer.getInteractionsList()).singleElement().satisfies(i -> assertThat(i.getInterrupts()).isTrue());
        assertThat(answer.getUnknownDrugsList()).containsExactly("某未知药");
        assertThat(refused(SANDBOX, "CheckInteractions", CheckInteractionsRequest.newBuilder().addDrugs("胺碘酮").addDrugs(" 胺碘酮").build()).fault())
                .isEqualTo(Answer.Fault.INVALID_REQUEST);
    }

    @Test
    void withoutAGrantTheSourceIsAway() {
        CheckEligibilityRequest request = eligibility(TestSubject.APPROVE, "氨氯地平", "I10", 28).build();
        assertThat(PrescriptionProductIT.<CheckEligibilityResponse>found(LIVE, "CheckEligibility", request).getDecision()).isEqualTo(Decision.ALLOW);
        domain.withdraw("outpatient_visit.diagnosis_code");
        assertThat(refused(LIVE, "CheckEligibility", request).fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
        domain.restore("outpatient_visit.diagnosis_code");
    }
}
