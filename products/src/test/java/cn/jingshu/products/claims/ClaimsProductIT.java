package cn.jingshu.products.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.SharedData;
import cn.jingshu.products.claims.v1.ApproveReleaseRequest;
import cn.jingshu.products.claims.v1.AssignTaskRequest;
import cn.jingshu.products.claims.v1.CaseChangeResponse;
import cn.jingshu.products.claims.v1.CaseResponse;
import cn.jingshu.products.claims.v1.ClaimedStay;
import cn.jingshu.products.claims.v1.CloseCaseRequest;
import cn.jingshu.products.claims.v1.ClueCount;
import cn.jingshu.products.claims.v1.CompleteTaskRequest;
import cn.jingshu.products.claims.v1.Conclusion;
import cn.jingshu.products.claims.v1.FileClueCount;
import cn.jingshu.products.claims.v1.FileLayout;
import cn.jingshu.products.claims.v1.FindCluesRequest;
import cn.jingshu.products.claims.v1.FindCluesResponse;
import cn.jingshu.products.claims.v1.GetCaseRequest;
import cn.jingshu.products.claims.v1.GetEvidenceBundleRequest;
import cn.jingshu.products.claims.v1.GetEvidenceKeyRequest;
import cn.jingshu.products.claims.v1.GetEvidenceKeyResponse;
import cn.jingshu.products.claims.v1.GetRankingModelRequest;
import cn.jingshu.products.claims.v1.GetRankingModelResponse;
import cn.jingshu.products.claims.v1.ListHospitalCluesRequest;
import cn.jingshu.products.claims.v1.ListHospitalCluesResponse;
import cn.jingshu.products.claims.v1.OnRecord;
import cn.jingshu.products.claims.v1.OpenCaseRequest;
import cn.jingshu.products.claims.v1.ProviderSummary;
import cn.jingshu.products.claims.v1.RankProvidersRequest;
import cn.jingshu.products.claims.v1.RankProvidersResponse;
import cn.jingshu.products.claims.v1.RecordEvidenceRequest;
import cn.jingshu.products.claims.v1.ScreenClaimsRequest;
import cn.jingshu.products.claims.v1.ScreenClaimsResponse;
import cn.jingshu.products.claims.v1.TaskKind;
import cn.jingshu.products.claims.v1.TaskOutcome;
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
import com.google.api.HttpBody;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ClaimsProductIT {
    private static final Instant NOW = Instant.parse("2026-11-23T02:00:00.123456789Z");
    private static final CallFacts SANDBOX = new CallFacts(NOW, "r-1", true, CallerRef.MARKET);
    private static final CallFacts LIVE = new CallFacts(NOW, "r-2", false, CallerRef.MARKET);
    private static TestDomain domain;
    private static ClaimsProduct product;

    @BeforeAll
    static void start() {
        domain = TestDomain.start(Clock.fixed(NOW, ZoneOffset.UTC));
        product = new ClaimsProduct(domain, new ClaimsSettings(null));
        domain.loadLive(ClaimsProduct.needs(), 7);
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

    private static <A extends Message> Answer.Found<A> found(CallFacts facts, String method, Message request) {
        return (Answer.Found<A>) ClaimsProductIT.<A>ask(facts, method, request).join();
    }

    private static Answer.Refused<Message> refused(CallFacts facts, String method, Message request) {
        return (Answer.Refused<Message>) ClaimsProductIT.<Message>ask(facts, method, request).join();
    }

    /** The case as it is told to who names its person. */
    private static CaseResponse told(CallFacts facts, String method, Message request) {
        return ClaimsProductIT.<CaseResponse>found(facts, method, request).message();
    }

    private static CaseChangeResponse changed(CallFacts facts, String method, Message request) {
        return ClaimsProductIT.<CaseChangeResponse>found(facts, method, request).message();
    }

    private static GetCaseRequest reading(String id, TestSubject subject) {
        return GetCaseRequest.newBuilder().setCaseId(id).setInsuredId(subject.person().number()).build();
    }

    private static GetEvidenceBundleRequest bundling(String id, TestSubject subject) {
        return GetEvidenceBundleRequest.newBuilder().setCaseId(id).setInsuredId(subject.person().number()).build();
    }

    private static OpenCaseRequest.Builder opening(TestSubject subject, String claim) {
        return OpenCaseRequest.newBuilder().setInsuredId(subject.person().number()).setClaimNumber(claim)
                .setInsurerUscc(TestSubject.APPROVE.enterprise().code()).setOpenedBy("张调查").setWindowFrom("2026-01-01").setWindowUntil("2026-10-31");
    }

    private static FindCluesRequest looking(CaseResponse opened, TestSubject subject) {
        return FindCluesRequest.newBuilder().setCaseId(opened.getCaseId()).setInsuredId(subject.person().number()).setExpectedVersion(opened.getVersion()).build();
    }

    private static Map<String, Integer> countsOfFile(List<FileClueCount> clues) {
        return clues.stream().filter(FileClueCount::getFound).collect(Collectors.toMap(FileClueCount::getKind, FileClueCount::getCount));
    }

    private static Map<String, Integer> counts(List<ClueCount> clues) {
        return clues.stream().filter(ClueCount::getFound).collect(Collectors.toMap(ClueCount::getKind, ClueCount::getCount));
    }

    @Test
    void everyMethodHasItsOperation() {
        assertThat(Contract.of(product).methods()).hasSize(14);
    }

    @Test
    void theTestSubjectsEndAsDocumented() {
        CaseResponse approved = told(SANDBOX, "OpenCase", opening(TestSubject.APPROVE, "S-1").setClaimedStay(ClaimedStay.newBuilder()
                .setProvider("JM-H01").setAdmittedOn("2026-05-04").setDischargedOn("2026-05-11").setAmountFen(1_230_000)).build());
        FindCluesResponse nothing = ClaimsProductIT.<FindCluesResponse>found(SANDBOX, "FindClues", looking(approved, TestSubject.APPROVE)).message();
        assertThat(counts(nothing.getCluesList())).isEmpty();
        assertThat(nothing.getCluesList()).as("what was not found is said too").hasSize(ClueKind.values().length);
        assertThat(nothing.getClaimedStay()).isEqualTo(OnRecord.ON_RECORD);

        CaseResponse referred = told(SANDBOX, "OpenCase", opening(TestSubject.REFER, "S-2").setClaimedStay(ClaimedStay.newBuilder()
                .setProvider("JM-H03").setAdmittedOn("2026-03-02").setDischargedOn("2026-03-12").setAmountFen(0)).build());
        FindCluesResponse much = ClaimsProductIT.<FindCluesResponse>found(SANDBOX, "FindClues", looking(referred, TestSubject.REFER)).message();
        assertThat(counts(much.getCluesList())).isEqualTo(Map.of("OVERLAPPING_STAYS", 2, "OVERLAP_AT_TWO_PROVIDERS", 1, "REPEATED_STAY", 1,
                "READMISSION_WITHIN_30_DAYS", 1, "TWO_PLACES_ON_ONE_DAY", 2, "CHARGE_FAR_FROM_PEERS", 1, "CLAIM_WITHOUT_RECORD", 1));
        assertThat(much.getClaimedStay()).isEqualTo(OnRecord.NOT_ON_RECORD);
        assertThat(much.toString()).as("no hospital, no day").doesNotContain("JM-").doesNotContain("2026-");

        CaseResponse unknown = told(SANDBOX, "OpenCase", opening(TestSubject.NOT_FOUND, "S-3").build());
        Answer.Found<FindCluesResponse> empty = found(SANDBOX, "FindClues", looking(unknown, TestSubject.NOT_FOUND));
        assertThat(empty.hit()).isFalse();
        assertThat(empty.message().getClaimedStay()).isEqualTo(OnRecord.NOT_ASKED);
        assertThat(refused(SANDBOX, "OpenCase", opening(TestSubject.ERROR, "S-4").build()).fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
        long before = System.nanoTime();
        CompletableFuture<Answer<CaseResponse>> slow = ask(SANDBOX, "OpenCase", opening(TestSubject.SLOW, "S-5").build());
        assertThat(slow).isNotDone();
        slow.join();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(TestSubject.SLOW_MILLIS - 100));
    }

    @Test
    void aClaimIsOneCase() {
        CaseResponse first = told(LIVE, "OpenCase", opening(TestSubject.REFER, "C-1").build());
        assertThat(told(LIVE, "OpenCase", opening(TestSubject.REFER, "C-1").build())).isEqualTo(first);
        assertThat(refused(LIVE, "OpenCase", opening(TestSubject.REFER, "C-1").setWindowUntil("2026-10-30").build()).violations())
                .extracting(Answer.Violation::field).containsExactly("claimNumber");
        assertThat(told(LIVE, "OpenCase", opening(TestSubject.APPROVE, "C-1").build()).getCaseId()).isNotEqualTo(first.getCaseId());
        assertThat(refused(SANDBOX, "GetCase", reading(first.getCaseId(), TestSubject.REFER)).fault()).isEqualTo(Answer.Fault.NOT_FOUND);
    }

    /** Consent is for the person of the claim: with somebody else's a case is not even there. */
    @Test
    void anotherPersonsConsentOpensNothing() {
        CaseResponse opened = told(LIVE, "OpenCase", opening(TestSubject.REFER, "C-2").build());
        assertThat(refused(LIVE, "FindClues", looking(opened, TestSubject.APPROVE)).fault()).isEqualTo(Answer.Fault.NOT_FOUND);
        assertThat(refused(LIVE, "ListHospitalClues", ListHospitalCluesRequest.newBuilder().setCaseId(opened.getCaseId())
                .setInsuredId(TestSubject.APPROVE.person().number()).setExpectedVersion(1).build()).fault()).isEqualTo(Answer.Fault.NOT_FOUND);
        Answer.Refused<Message> none = refused(LIVE, "GetCase", reading(UUID.randomUUID().toString(), TestSubject.APPROVE));
        assertThat(refused(LIVE, "GetCase", reading(opened.getCaseId(), TestSubject.APPROVE))).as("as if there were none").isEqualTo(none);
        assertThat(refused(LIVE, "GetEvidenceBundle", bundling(opened.getCaseId(), TestSubject.APPROVE))).isEqualTo(none);
        assertThat(refused(LIVE, "GetCase", GetCaseRequest.newBuilder().setCaseId(opened.getCaseId()).build()).violations())
                .extracting(Answer.Violation::field).containsExactly("insuredId");
    }

    @Test
    void aWholeCaseFromClueToBundle() {
        CaseResponse opened = told(LIVE, "OpenCase", opening(TestSubject.REFER, "C-3").build());
        String id = opened.getCaseId();
        var hospitals = ListHospitalCluesRequest.newBuilder().setCaseId(id).setInsuredId(TestSubject.REFER.person().number());
        assertThat(refused(LIVE, "ListHospitalClues", hospitals.setExpectedVersion(1).build()).fault()).isEqualTo(Answer.Fault.INVALID_REQUEST);
        FindCluesResponse clues = ClaimsProductIT.<FindCluesResponse>found(LIVE, "FindClues", looking(opened, TestSubject.REFER)).message();
        assertThat(clues.getVersion()).isEqualTo(2);
        assertThat(refused(LIVE, "ListHospitalClues", hospitals.setExpectedVersion(2).build()).en()).contains("approval");
        var approval = ApproveReleaseRequest.newBuilder().setCaseId(id).setExpectedVersion(2).setApprovedBy("李审核").setApproverRole("理赔部负责人")
                .setGround("线索需到院核实").setDocumentSha256("a".repeat(64));
        assertThat(refused(LIVE, "ApproveRelease", approval.clone().setApprovedBy("张调查").build()).violations())
                .extracting(Answer.Violation::field).containsExactly("approvedBy");
        assertThat(refused(LIVE, "ApproveRelease", approval.clone().setGround("患者 420899198001020127").build()).violations()).hasSize(1);
        assertThat(refused(LIVE, "ApproveRelease", approval.clone().setExpectedVersion(1).build()).violations())
                .extracting(Answer.Violation::field).containsExactly("expectedVersion");
        assertThat(changed(LIVE, "ApproveRelease", approval.build()).getReleaseApproved()).isTrue();
        ListHospitalCluesResponse told = ClaimsProductIT.<ListHospitalCluesResponse>found(LIVE, "ListHospitalClues", hospitals.setExpectedVersion(3).build()).message();
        assertThat(told.getCluesList()).anySatisfy(c -> {
            assertThat(c.getKind()).isEqualTo("OVERLAP_AT_TWO_PROVIDERS");
            assertThat(c.getProvider()).isIn("JM-H03", "JM-H04");
        });
        assertThat(told.toString()).as("still no record").doesNotContain("CL-0").doesNotContain("2026-");
        assertThat(changed(LIVE, "AssignTask", AssignTaskRequest.newBuilder().setCaseId(id).setExpectedVersion(4).setKind(TaskKind.HOSPITAL_VISIT)
                .setAssignee("王外勤").setDueOn("2026-12-15").setInstruction("到院核实住院起止日期").build()).getTasks(0).getTaskId()).isEqualTo("T-1");
        var completion = CompleteTaskRequest.newBuilder().setCaseId(id).setTaskId("T-1").setExpectedVersion(5).setOutcome(TaskOutcome.CONFIRMED).setCompletedBy("王外勤");
        assertThat(refused(LIVE, "CompleteTask", completion.build()).en()).contains("without evidence");
        var evidence = RecordEvidenceRequest.newBuilder().setCaseId(id).setTaskId("T-1").setExpectedVersion(5).setTitle("住院病案首页复印件")
                .setMediaType("application/pdf").setSha256("b".repeat(64)).setSm3("c".repeat(64)).setSigner("王外勤")
                .setObtainedAt(Timestamp.newBuilder().setSeconds(NOW.getEpochSecond() - 60));
        assertThat(refused(LIVE, "RecordEvidence", evidence.clone().setSha256("b").build()).violations()).hasSize(1);
        assertThat(refused(LIVE, "RecordEvidence", evidence.clone().setTaskId("T-9").build()).fault()).isEqualTo(Answer.Fault.NOT_FOUND);
        assertThat(refused(LIVE, "RecordEvidence", evidence.clone().setObtainedAt(Timestamp.newBuilder().setSeconds(NOW.getEpochSecond() + 60)).build()).violations())
                .extracting(Answer.Violation::field).containsExactly("obtainedAt");
        changed(LIVE, "RecordEvidence", evidence.build());
        var closing = CloseCaseRequest.newBuilder().setCaseId(id).setExpectedVersion(6).setConclusion(Conclusion.CLUES_CONFIRMED).setClosedBy("张调查");
        assertThat(refused(LIVE, "CloseCase", closing.build()).en()).contains("not completed");
        changed(LIVE, "CompleteTask", completion.setExpectedVersion(6).build());
        assertThat(refused(LIVE, "CloseCase", closing.setExpectedVersion(4).build()).en()).as("who may not read it any more still learns what it takes to close it")
                .contains("version 7");
        CaseChangeResponse closed = changed(LIVE, "CloseCase", closing.setExpectedVersion(7).build());
        assertThat(closed.getState()).isEqualTo(cn.jingshu.products.claims.v1.CaseState.CLOSED);
        assertThat(closed.getConclusion()).isEqualTo(Conclusion.CLUES_CONFIRMED);
        assertThat(refused(LIVE, "FindClues", FindCluesRequest.newBuilder().setCaseId(id).setInsuredId(TestSubject.REFER.person().number())
                .setExpectedVersion(8).build()).en()).contains("CLOSED");
        CaseResponse read = told(LIVE, "GetCase", reading(id, TestSubject.REFER));
        assertThat(read.getState()).isEqualTo(closed.getState());
        assertThat(read.getVersion()).isEqualTo(closed.getVersion()).isEqualTo(8);
        assertThat(read.getTasksList()).isEqualTo(closed.getTasksList()).hasSize(1);
        assertThat(read.getConclusion()).isEqualTo(closed.getConclusion());
        assertThat(read.getCluesList()).as("what the records said, told to who names the person").isEqualTo(clues.getCluesList());

        HttpBody bundle = ClaimsProductIT.<HttpBody>found(LIVE, "GetEvidenceBundle", bundling(id, TestSubject.REFER)).message();
        GetEvidenceKeyResponse key = ClaimsProductIT.<GetEvidenceKeyResponse>found(LIVE, "GetEvidenceKey", GetEvidenceKeyRequest.getDefaultInstance()).message();
        assertThat(bundle.getContentType()).isEqualTo("application/zip");
        var sound = (EvidenceBundle.Check.Sound) EvidenceBundle.check(bundle.getData().toByteArray(), key.getPublicKey());
        assertThat(sound.events()).hasSize(8);
        assertThat(sound.file().findTask("T-1").orElseThrow().evidence()).hasSize(1);
        assertThat(new String(bundle.getData().toByteArray(), StandardCharsets.UTF_8)).doesNotContain(TestSubject.REFER.person().number()).doesNotContain("CL-0");
    }

    /** To another organisation a case is not there: not to read, not to go on with, not even by opening the same claim. */
    @Test
    void aCaseIsItsCallersAlone() {
        CallFacts other = new CallFacts(NOW, "r-3", false, new CallerRef(UUID.fromString("00000000-0000-4000-8000-00000000000b")));
        CaseResponse own = told(LIVE, "OpenCase", opening(TestSubject.REFER, "C-9").build());
        List<Answer.Refused<Message>> refusals = List.of(
                refused(other, "GetCase", reading(own.getCaseId(), TestSubject.REFER)),
                refused(other, "GetEvidenceBundle", bundling(own.getCaseId(), TestSubject.REFER)),
                refused(other, "FindClues", looking(own, TestSubject.REFER)),
                refused(other, "CloseCase", CloseCaseRequest.newBuilder().setCaseId(own.getCaseId()).setExpectedVersion(1)
                        .setConclusion(Conclusion.NO_OBJECTION).setClosedBy("张调查").build()));
        Answer.Refused<Message> none = refused(other, "GetCase", reading(UUID.randomUUID().toString(), TestSubject.REFER));
        assertThat(none.fault()).isEqualTo(Answer.Fault.NOT_FOUND);
        assertThat(refusals).as("as if there were none").allSatisfy(refusal -> assertThat(refusal).isEqualTo(none));
        CaseResponse others = told(other, "OpenCase", opening(TestSubject.REFER, "C-9").setWindowFrom("2026-02-01").build());
        assertThat(others.getCaseId()).as("a case of its own, although the contents differ").isNotEqualTo(own.getCaseId());
        assertThat(others.getVersion()).isEqualTo(1);
        assertThat(told(LIVE, "OpenCase", opening(TestSubject.REFER, "C-9").build())).isEqualTo(own);
        CallFacts secondApplication = new CallFacts(NOW.plusSeconds(60), "r-4", false, LIVE.caller());
        assertThat(told(secondApplication, "GetCase", reading(own.getCaseId(), TestSubject.REFER))).isEqualTo(own);
    }

    @Test
    void ofTwoWhoChangeACaseAtATimeOneIsToldToReadAgain() {
        CaseResponse opened = told(LIVE, "OpenCase", opening(TestSubject.REFER, "C-4").build());
        List<CompletableFuture<Answer<FindCluesResponse>>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            calls.add(ask(LIVE, "FindClues", looking(opened, TestSubject.REFER)));
        }
        List<Answer<FindCluesResponse>> answers = calls.stream().map(CompletableFuture::join).toList();
        assertThat(answers.stream().filter(a -> a instanceof Answer.Found)).hasSize(1);
        assertThat(told(LIVE, "GetCase", reading(opened.getCaseId(), TestSubject.REFER)).getVersion()).isEqualTo(2);
    }

    /** Not even the role that may write to it can change what happened. */
    @Test
    void eventsAreOnlyAdded() {
        told(LIVE, "OpenCase", opening(TestSubject.APPROVE, "C-5").build());
        var data = domain.open(ClaimsProduct.needs());
        assertThatThrownBy(() -> data.within(LIVE, s -> s.change("UPDATE case_event SET body = '{}'")).toCompletableFuture().join()).isNotNull();
        assertThatThrownBy(() -> data.within(LIVE, s -> s.change("DELETE FROM case_event")).toCompletableFuture().join()).isNotNull();
        List<String> state = data.within(LIVE, s -> s.select("SELECT CAST(t AS text) AS line FROM investigation t", r -> r.text("line"))).toCompletableFuture().join();
        assertThat(state).isNotEmpty();
        assertThat(String.join("\n", state)).doesNotContain(TestSubject.APPROVE.person().number()).doesNotContain(data.token(TestSubject.APPROVE.person().number()));
    }

    @Test
    void aGrantThatIsTakenBackStopsTheAnswer() {
        CaseResponse opened = told(LIVE, "OpenCase", opening(TestSubject.REFER, "C-6").build());
        domain.withdraw("discharge.total_fen");
        try {
            assertThat(refused(LIVE, "FindClues", looking(opened, TestSubject.REFER)).fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
        } finally {
            domain.restore("discharge.total_fen");
        }
        assertThat(ClaimsProductIT.<FindCluesResponse>found(LIVE, "FindClues", looking(opened, TestSubject.REFER)).message().getVersion()).isEqualTo(2);
    }

    @Test
    void deathsOnRecordAreHeldAgainstWhatCameAfter() {
        String person = ResidentId.complete("420899", LocalDate.of(1950, 5, 6), 77).number();
        stay("D-1", person, "2026-02-01", "2026-02-10", true);
        stay("D-2", person, "2026-04-01", "2026-04-03", false);
        CaseResponse opened = told(LIVE, "OpenCase", opening(TestSubject.APPROVE, "C-7").setInsuredId(person).build());
        FindCluesResponse clues = ClaimsProductIT.<FindCluesResponse>found(LIVE, "FindClues", FindCluesRequest.newBuilder().setCaseId(opened.getCaseId())
                .setInsuredId(person).setExpectedVersion(1).build()).message();
        assertThat(counts(clues.getCluesList())).containsEntry("SERVICE_AFTER_DEATH", 1);
    }

    private static void stay(String id, String person, String admitted, String discharged, boolean died) {
        domain.addLive(HealthTables.DISCHARGE, Map.of("stay_id", id, "person", person, "institution", "JM-H01", "admitted_on", admitted,
                "discharged_on", discharged, "diagnosis_code", "I21.9", "total_fen", "1000000", "insured_fen", "500000", "died", Boolean.toString(died)));
    }

    @Test
    void aRequestThatIsWrongIsRefusedWithItsField() {
        assertThat(refused(LIVE, "OpenCase", opening(TestSubject.APPROVE, "C-8").setInsuredId("420899198001010114").build()).violations())
                .extracting(Answer.Violation::field).containsExactly("insuredId");
        assertThat(refused(LIVE, "OpenCase", opening(TestSubject.APPROVE, "C-8").setWindowFrom("2026-11-01").build()).violations()).hasSize(1);
        assertThat(refused(LIVE, "OpenCase", opening(TestSubject.APPROVE, "C-8").setWindowFrom("2020-01-01").build()).violations()).hasSize(1);
        assertThat(refused(LIVE, "OpenCase", opening(TestSubject.APPROVE, "电话13812345678").build()).violations()).hasSize(1);
        assertThat(refused(LIVE, "GetCase", reading("' OR 1=1 --", TestSubject.REFER)).fault()).isEqualTo(Answer.Fault.INVALID_REQUEST);
    }

    @Test
    void aFileIsScreenedAndMeteredByClaim() {
        var request = ScreenClaimsRequest.newBuilder().setLayout(FileLayout.INPATIENT_CSV)
                .setContent("""
                        BeneID,ClaimID,Provider,AdmissionDt,DischargeDt,InscClaimAmtReimbursed
                        P1,C1,H1,2026-01-01,2026-01-09,5000
                        P1,C2,H2,2026-01-05,2026-01-12,7000
                        P2,C3,H2,bad,2026-01-12,7000
                        """);
        Answer.Found<ScreenClaimsResponse> answer = found(LIVE, "ScreenClaims", request.build());
        assertThat(answer.rows()).isEqualTo(2);
        assertThat(answer.message().getPeople()).isEqualTo(1);
        assertThat(answer.message().getSumHundredths()).isEqualTo(1_200_000);
        assertThat(countsOfFile(answer.message().getCountsList())).isEqualTo(Map.of("OVERLAPPING_STAYS", 1, "OVERLAP_AT_TWO_PROVIDERS", 1));
        assertThat(answer.message().getClues(0).getClaimsList()).containsExactly("C1", "C2");
        assertThat(answer.message().getRejectedList()).singleElement().satisfies(r -> assertThat(r.getLine()).isEqualTo(4));
        assertThat(refused(LIVE, "ScreenClaims", request.clone().setContent("x").build()).violations()).extracting(Answer.Violation::field).containsExactly("content");
        assertThat(refused(LIVE, "ScreenClaims", request.clone().clearLayout().build()).violations()).extracting(Answer.Violation::field).containsExactly("layout");
    }

    @Test
    void theWholeInpatientFileAndDeathsOfTheBeneficiariesGoThroughTheOperation() throws Exception {
        Answer.Found<ScreenClaimsResponse> whole = found(LIVE, "ScreenClaims", ScreenClaimsRequest.newBuilder().setLayout(FileLayout.INPATIENT_CSV)
                .setContent(SharedData.text("claims/inpatient_claims_a.csv")).build());
        assertThat(whole.rows()).isEqualTo(4_784);
        assertThat(whole.message().getSumHundredths()).isEqualTo(4_813_314_000L);
        assertThat(countsOfFile(whole.message().getCountsList())).containsEntry("OVERLAPPING_STAYS", 33).containsEntry("OVERLAP_AT_TWO_PROVIDERS", 3)
                .containsEntry("REPEATED_STAY", 2).containsEntry("READMISSION_WITHIN_30_DAYS", 154).doesNotContainKey("DISCHARGE_BEFORE_ADMISSION");
        Answer.Found<ScreenClaimsResponse> dead = found(LIVE, "ScreenClaims", ScreenClaimsRequest.newBuilder().setLayout(FileLayout.CMS_RIF)
                .setContent(SharedData.text("claims/cms_rif_sample-a-inpatient.txt")).setBeneficiaries(SharedData.text("claims/cms_rif_sample-a-beneficiaries.txt")).build());
        assertThat(countsOfFile(dead.message().getCountsList())).isEqualTo(Map.of("SERVICE_AFTER_DEATH", 1));
        Answer.Found<ScreenClaimsResponse> bills = found(LIVE, "ScreenClaims", ScreenClaimsRequest.newBuilder().setLayout(FileLayout.LABELLED_BILLS)
                .setContent(SharedData.text("claims/health_claims_labelled_300.csv")).build());
        assertThat(bills.rows()).isEqualTo(300);
        assertThat(bills.message().getRepeatedBills()).isZero();
    }

    @Test
    void providersAreRankedAndSmallOnesAreNot() {
        GetRankingModelResponse card = ClaimsProductIT.<GetRankingModelResponse>found(LIVE, "GetRankingModel", GetRankingModelRequest.getDefaultInstance()).message();
        assertThat(card.getMetricsMap().get("auc")).isGreaterThanOrEqualTo(0.94);
        var request = RankProvidersRequest.newBuilder();
        for (int i = 0; i < 3; i++) {
            var provider = ProviderSummary.newBuilder().setProvider("H" + i);
            ProviderSummary.getDescriptor().getFields().stream().filter(f -> f.getJavaType() == JavaType.DOUBLE).forEach(f -> provider.setField(f, 2.0));
            request.addProviders(provider.setPatients(5.0 + 20 * i).setRevenue(1_000.0 * Math.pow(30, i)));
        }
        WatchedModel watched = product.watchedModels().getFirst();
        watched.take();
        Answer.Found<RankProvidersResponse> answer = found(LIVE, "RankProviders", request.build());
        assertThat(watched.id()).isEqualTo(card.getModel());
        assertThat(watched.take().stream().filter(each -> each.input() == 0).mapToLong(WatchedModel.Count::cases).sum())
                .as("of those who are ranked the inputs are counted").isEqualTo(2);
        assertThat(answer.rows()).as("who is not ranked is not charged").isEqualTo(2);
        assertThat(answer.message().getSuppressed()).isEqualTo(1);
        assertThat(answer.message().getProvidersList()).extracting(p -> p.getProvider()).containsExactly("H2", "H1", "H0");
        assertThat(refused(LIVE, "RankProviders", request.clone().addProviders(request.getProviders(0)).build()).violations()).hasSize(1);
        assertThat(refused(LIVE, "RankProviders", RankProvidersRequest.newBuilder().addProviders(ProviderSummary.newBuilder().setProvider("H")).build()).violations())
                .extracting(Answer.Violation::field).containsExactly("providers[0]");
    }
}
