package cn.jingshu.products.health;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.domain.TestDomain;
import cn.jingshu.products.health.v1.Answers;
import cn.jingshu.products.health.v1.AssessRisksRequest;
import cn.jingshu.products.health.v1.AssessRisksResponse;
import cn.jingshu.products.health.v1.CloseSessionRequest;
import cn.jingshu.products.health.v1.Concern;
import cn.jingshu.products.health.v1.Direction;
import cn.jingshu.products.health.v1.FamilyDiabetes;
import cn.jingshu.products.health.v1.GetProfileRequest;
import cn.jingshu.products.health.v1.GetProfileResponse;
import cn.jingshu.products.health.v1.GetReportRequest;
import cn.jingshu.products.health.v1.GetTrendsRequest;
import cn.jingshu.products.health.v1.GetTrendsResponse;
import cn.jingshu.products.health.v1.Language;
import cn.jingshu.products.health.v1.ListWarningsRequest;
import cn.jingshu.products.health.v1.ListWarningsResponse;
import cn.jingshu.products.health.v1.Measurement;
import cn.jingshu.products.health.v1.OpenSessionRequest;
import cn.jingshu.products.health.v1.OpenSessionResponse;
import cn.jingshu.products.health.v1.QriskAnswers;
import cn.jingshu.products.health.v1.QriskEthnicity;
import cn.jingshu.products.health.v1.QriskSmoking;
import cn.jingshu.products.health.v1.RiskScore;
import cn.jingshu.products.health.v1.ScoreStatus;
import cn.jingshu.products.health.v1.SetPreferencesRequest;
import cn.jingshu.products.health.v1.SetPreferencesResponse;
import cn.jingshu.products.health.v1.Topic;
import cn.jingshu.products.health.v1.Trend;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.records.HealthTables;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.WatchedModel;
import com.google.api.HttpBody;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.text.PDFTextStripper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operation on a real PostgreSQL, in the sandbox and live. */
class HealthProductIT {
    private static final Instant NOW = Instant.parse("2026-11-02T03:00:00Z");
    private static final CallFacts SANDBOX = new CallFacts(NOW, "r", true, CallerRef.MARKET);
    private static final CallFacts LIVE = new CallFacts(NOW, "r", false, CallerRef.MARKET);
    private static final ResidentId ANN = ResidentId.complete("420802", LocalDate.of(1966, 5, 3), 224);
    private static final ResidentId BOB = ResidentId.complete("420802", LocalDate.of(1971, 7, 9), 315);
    private static final Provider PROVIDER = new Provider();
    private static final String SESSION = HealthProduct.SANDBOX_SESSION;

    private static TestDomain domain;
    private static HealthProduct product;
    private static int proofs;

    @BeforeAll
    static void open() {
        domain = TestDomain.start(Clock.fixed(NOW, ZoneOffset.UTC));
        product = new HealthProduct(domain, new HealthSettings(PROVIDER.issuer(), PROVIDER.key(), 15, true));
        domain.addLive(HealthTables.EXAMINATION, examination("e1", ANN, "2026-06-01", "132", "84"));
        domain.addLive(HealthTables.EXAMINATION, examination("e2", BOB, "2026-06-02", "151", "97"));
        domain.addLive(HealthTables.LABORATORY_RESULT, laboratory("l1", ANN, "2026-07-01", "1558-6", "110", "mg/dL"));
        domain.addLive(HealthTables.LABORATORY_RESULT, laboratory("l2", ANN, "2026-07-02", "14647-2", "198", "mmol/L")); // a slip of the unit
        domain.addLive(HealthTables.LABORATORY_RESULT, laboratory("l3", ANN, "2027-01-01", "4548-4", "9.9", "%")); // of the future
        domain.addLive(HealthTables.OUTPATIENT_VISIT, visit("v1", ANN, "I25.103"));
    }

    @AfterAll
    static void close() {
        domain.close();
    }

    private static Map<String, @Nullable String> examination(String id, ResidentId person, String day, String systolic, String diastolic) {
        Map<String, @Nullable String> row = new HashMap<>(Map.of("examination_id", id, "person", person.number(), "examined_on", day, "male", String.valueOf(person.male()),
                "birth_year", String.valueOf(person.birthDate().getYear()), "systolic_mmhg", systolic, "diastolic_mmhg", diastolic));
        row.put("height_cm", "165");
        row.put("weight_kg", "66");
        return row;
    }

    private static Map<String, @Nullable String> laboratory(String id, ResidentId person, String day, String test, String amount, String unit) {
        return new HashMap<>(Map.of("result_id", id, "person", person.number(), "taken_on", day, "test_code", test, "amount", amount, "unit", unit));
    }

    private static Map<String, @Nullable String> visit(String id, ResidentId person, String diagnosis) {
        return new HashMap<>(Map.of("visit_id", id, "person", person.number(), "institution", "H1", "emergency", "false", "visited_on", "2025-03-01", "diagnosis_code", diagnosis));
    }

    @SuppressWarnings("unchecked") // the contract's check has held requests and answers against their methods
    private static <A extends Message> CompletionStage<Answer<A>> start(CallFacts facts, String method, Message request) {
        Operation operation = product.operations().stream().filter(o -> o.method().equals(method)).findFirst().orElseThrow();
        return ((Operation.Unary<Message, A>) operation).handler().answer(facts, request);
    }

    private static <A extends Message> Answer<A> call(CallFacts facts, String method, Message request) {
        return HealthProductIT.<A>start(facts, method, request).toCompletableFuture().join();
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // the test says what it expects
    private static <A extends Message> A found(CallFacts facts, String method, Message request) {
        Answer<A> answer = call(facts, method, request);
        if (answer instanceof Answer.Found<A> found) {
            return found.message();
        }
        throw new AssertionError(method + ": " + answer);
    }

    private static Answer.Refused<?> refused(CallFacts facts, String method, Message request) {
        Answer<Message> answer = call(facts, method, request);
        if (answer instanceof Answer.Refused<Message> refused) {
            return refused;
        }
        throw new AssertionError(method + ": answered");
    }

    private static String person(TestSubject subject) {
        return subject.person().number();
    }

    private static GetProfileRequest profile(String person, String session) {
        return GetProfileRequest.newBuilder().setPersonId(person).setSessionId(session).build();
    }

    private static String openLive(ResidentId person, Instant at) {
        String proof = PROVIDER.proof(person, "proof-number-%06d".formatted(proofs++), at);
        OpenSessionResponse opened = found(new CallFacts(at, "r", false, CallerRef.MARKET), "OpenSession",
                OpenSessionRequest.newBuilder().setPersonId(person.number()).setIdentityProof(proof).build());
        return opened.getSessionId();
    }

    private static Answers answers() {
        return Answers.newBuilder().setLivesNorthOfYangtze(true).setLivesInTown(true).setFamilyAscvd(false).setDiabetes(false).setTreatedHypertension(false)
                .setFamilyDiabetes(FamilyDiabetes.NO_RELATIVE).setDailyActivity(true).setDailyVegetables(true).setEverTreatedHypertension(false).setEverHighGlucose(false)
                .setQrisk3(QriskAnswers.newBuilder().setEthnicity(QriskEthnicity.CHINESE).setSmoking(QriskSmoking.NEVER_SMOKED).setTownsend(0).setFamilyEarlyCoronary(false)
                        .setAtrialFibrillation(false).setAtypicalAntipsychotics(false).setCorticosteroids(false).setMigraine(false).setRheumatoidArthritis(false)
                        .setChronicKidneyDisease(false).setSevereMentalIllness(false).setLupus(false).setErectileDysfunction(false))
                .build();
    }

    private static List<Message> requests(String person, String session) {
        return List.of(profile(person, session), GetTrendsRequest.newBuilder().setPersonId(person).setSessionId(session).build(),
                AssessRisksRequest.newBuilder().setPersonId(person).setSessionId(session).build(),
                ListWarningsRequest.newBuilder().setPersonId(person).setSessionId(session).build(),
                GetReportRequest.newBuilder().setPersonId(person).setSessionId(session).build(),
                SetPreferencesRequest.newBuilder().setPersonId(person).setSessionId(session).setOptedIn(true).build());
    }

    private static String methodOf(Message request) {
        return request.getDescriptorForType().getName().replace("Request", "");
    }

    // The contract

    @Test
    void theContractIsServedAndEveryOperationIsAboutItsCaller() {
        Contract contract = Contract.of(product);
        assertThat(contract.annexId()).isEqualTo("A3.8");
        assertThat(contract.resources()).containsExactlyInAnyOrder("A2.2.3", "A2.2.5", "A2.2.7", "A2.2.9");
        assertThat(contract.methods()).allSatisfy(method -> {
            assertThat(method.personal()).isTrue();
            assertThat(method.bindings()).allSatisfy(binding -> assertThat(binding.verb()).isEqualTo("POST"));
        });
    }

    // Sessions

    @Test
    void aSessionIsOpenedByAProofAndUsedUntilItEnds() {
        String session = openLive(ANN, NOW);
        GetProfileResponse profile = found(LIVE, "GetProfile", profile(ANN.number(), session));
        assertThat(profile.getMeasurementsCount()).isPositive();
        CallFacts later = new CallFacts(NOW.plus(Duration.ofMinutes(15)), "r", false, CallerRef.MARKET);
        assertThat(refused(later, "GetProfile", profile(ANN.number(), session)).violations()).singleElement()
                .satisfies(violation -> assertThat(violation.field()).isEqualTo("sessionId"));
    }

    @Test
    void aProofIsGoodOnce() {
        var request = OpenSessionRequest.newBuilder().setPersonId(ANN.number()).setIdentityProof(PROVIDER.proof(ANN, "only-once-please", NOW)).build();
        OpenSessionResponse first = found(LIVE, "OpenSession", request);
        assertThat(first.getValidMinutes()).isEqualTo(15);
        assertThat(first.getExpiresAt().getSeconds()).isEqualTo(NOW.plusSeconds(900).getEpochSecond());
        assertThat(refused(LIVE, "OpenSession", request).violations().getFirst().field()).isEqualTo("identityProof");
    }

    @Test
    void anothersSessionOpensNothing() {
        String session = openLive(ANN, NOW);
        for (Message request : requests(BOB.number(), session)) {
            assertThat(refused(LIVE, methodOf(request), request).fault()).as(methodOf(request)).isEqualTo(Answer.Fault.INVALID_REQUEST);
        }
        assertThat(refused(LIVE, "CloseSession", CloseSessionRequest.newBuilder().setPersonId(BOB.number()).setSessionId(session).build()).fault())
                .isEqualTo(Answer.Fault.INVALID_REQUEST);
        assertThat(HealthProductIT.<Message>found(LIVE, "GetProfile", profile(ANN.number(), session))).as("and closes nothing").isNotNull();
    }

    @Test
    void whyASessionIsRefusedIsNotTold() {
        String session = openLive(ANN, NOW);
        String others = refused(LIVE, "GetProfile", profile(BOB.number(), session)).en();
        String none = refused(LIVE, "GetProfile", profile(BOB.number(), "never-opened")).en();
        String unknown = refused(LIVE, "GetProfile", profile(ResidentId.complete("420802", LocalDate.of(1990, 1, 1), 7).number(), "never-opened")).en();
        assertThat(others).isEqualTo(none).isEqualTo(unknown);
    }

    @Test
    void aClosedSessionIsClosed() {
        String session = openLive(ANN, NOW);
        var close = CloseSessionRequest.newBuilder().setPersonId(ANN.number()).setSessionId(session).build();
        assertThat(HealthProductIT.<Message>found(LIVE, "CloseSession", close)).isNotNull();
        assertThat(refused(LIVE, "GetProfile", profile(ANN.number(), session)).fault()).isEqualTo(Answer.Fault.INVALID_REQUEST);
        assertThat(refused(LIVE, "CloseSession", close).fault()).isEqualTo(Answer.Fault.INVALID_REQUEST);
    }

    @Test
    void whatOpensTheSandboxOpensNothingLive() {
        assertThat(refused(LIVE, "GetProfile", profile(ANN.number(), HealthProduct.SANDBOX_SESSION)).fault()).isEqualTo(Answer.Fault.INVALID_REQUEST);
        assertThat(refused(LIVE, "OpenSession", OpenSessionRequest.newBuilder().setPersonId(ANN.number()).setIdentityProof(HealthProduct.SANDBOX_PROOF).build())
                .violations().getFirst().field()).isEqualTo("identityProof");
        String sandboxSession = HealthProductIT.<OpenSessionResponse>found(SANDBOX, "OpenSession",
                OpenSessionRequest.newBuilder().setPersonId(person(TestSubject.APPROVE)).setIdentityProof(HealthProduct.SANDBOX_PROOF).build()).getSessionId();
        assertThat(refused(LIVE, "GetProfile", profile(person(TestSubject.APPROVE), sandboxSession)).fault()).isEqualTo(Answer.Fault.INVALID_REQUEST);
        assertThat(HealthProductIT.<Message>found(SANDBOX, "GetProfile", profile(person(TestSubject.APPROVE), sandboxSession))).isNotNull();
    }

    @Test
    void withoutAProviderNobodyIsLetInLive() {
        HealthProduct without = new HealthProduct(domain, HealthSettings.usual());
        Operation operation = without.operations().getFirst();
        @SuppressWarnings("unchecked") // the first operation opens sessions
        var open = (Operation.Unary<OpenSessionRequest, OpenSessionResponse>) operation;
        Answer<OpenSessionResponse> answer = open.handler().answer(LIVE,
                OpenSessionRequest.newBuilder().setPersonId(ANN.number()).setIdentityProof("x.y.z").build()).toCompletableFuture().join();
        assertThat(answer).isInstanceOfSatisfying(Answer.Refused.class, refused -> assertThat(refused.fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE));
    }

    @Test
    void theStateHoldsNeitherSessionsNorPersons() {
        String session = openLive(ANN, NOW);
        domain.execute("""
                DO $$ DECLARE n int; found int := 0; s record; BEGIN
                  FOR s IN SELECT table_schema FROM information_schema.tables WHERE table_name = 'health_session' LOOP
                    EXECUTE format('SELECT count(*) FROM %%I.health_session WHERE session_digest = %%L OR person = %%L', s.table_schema, '%1$s', '%2$s') INTO n;
                    found := found + n;
                  END LOOP;
                  IF found > 0 THEN RAISE EXCEPTION 'kept as it is'; END IF;
                END $$
                """.formatted(session, ANN.number()));
    }

    // Answers about live people

    @Test
    void aProfileIsOfTheOwnRecordsInOneUnitWithoutWhatCannotBe() {
        GetProfileResponse profile = found(LIVE, "GetProfile", profile(ANN.number(), openLive(ANN, NOW)));
        assertThat(profile.getAgeYears()).isEqualTo(60);
        assertThat(profile.getMale()).isFalse();
        assertThat(profile.getRejectedValues()).as("198 mmol/L").isEqualTo(1);
        assertThat(profile.getMeasurementsList()).extracting(Measurement::getCode).containsExactly("SYSTOLIC", "DIASTOLIC", "FASTING_GLUCOSE", "BMI");
        Measurement glucose = profile.getMeasurements(2);
        assertThat(glucose.getValue()).as("110 mg/dL").isEqualTo(6.1);
        assertThat(glucose.getCategoryCode()).isEqualTo("IMPAIRED");
        assertThat(glucose.getObservedOn()).isEqualTo("2026-07-01");
        assertThat(profile.hasSmoker()).isFalse();
        assertThat(profile.hasTreatedHypertension()).isFalse();
    }

    @Test
    void whatScoresAreAskedAboutIsCounted() {
        watched();
        AssessRisksResponse risks = found(LIVE, "AssessRisks", AssessRisksRequest.newBuilder().setPersonId(BOB.number()).setSessionId(openLive(BOB, NOW)).setAnswers(answers().toBuilder().setWaistCm(90)).build());
        Map<String, Long> asked = watched();
        assertThat(asked).as("each score that said something was counted once, and no other").allSatisfy((id, cases) ->
                assertThat(cases).as(id).isEqualTo(score(risks, id.substring(0, id.indexOf(' '))).getStatus() == ScoreStatus.SCORED ? 1 : 0));
        assertThat(asked.values()).contains(1L);
        for (String report : List.of("GetReport", "GetReportPdf")) {
            found(LIVE, report, GetReportRequest.newBuilder().setPersonId(BOB.number()).setSessionId(openLive(BOB, NOW))
                    .setAnswers(answers().toBuilder().setWaistCm(90)).build());
            assertThat(watched()).as(report).isEqualTo(asked);
        }
        found(SANDBOX, "AssessRisks", AssessRisksRequest.newBuilder().setPersonId(person(TestSubject.APPROVE)).setSessionId(SESSION).setAnswers(answers()).build());
        assertThat(watched().values()).as("the sandbox").containsOnly(0L);
    }

    @Test
    void theIllAreToldWhyAScoreIsNotForThemAndNoDiagnosisLeaves() {
        AssessRisksResponse risks = found(LIVE, "AssessRisks", AssessRisksRequest.newBuilder().setPersonId(ANN.number()).setSessionId(openLive(ANN, NOW)).setAnswers(answers()).build());
        assertThat(risks.getScoresList()).filteredOn(score -> score.getCode().startsWith("CHINA_PAR")).isNotEmpty()
                .allSatisfy(score -> assertThat(score.getStatus()).isEqualTo(ScoreStatus.NOT_APPLICABLE));
        assertThat(risks.toString()).doesNotContain("I25");
    }

    @Test
    void someoneWithoutRecordsIsNotFound() {
        ResidentId nobody = ResidentId.complete("420802", LocalDate.of(1990, 1, 1), 9);
        assertThat(refused(LIVE, "GetProfile", profile(nobody.number(), openLive(nobody, NOW))).fault()).isEqualTo(Answer.Fault.NOT_FOUND);
    }

    @Test
    void aWithdrawnGrantIsASourceThatIsAway() {
        String session = openLive(BOB, NOW);
        domain.withdraw("examination.*");
        try {
            assertThat(refused(LIVE, "GetProfile", profile(BOB.number(), session)).fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
        } finally {
            domain.restore("examination.*");
        }
        assertThat(HealthProductIT.<Message>found(LIVE, "GetProfile", profile(BOB.number(), session))).isNotNull();
    }

    @Test
    void noAnswerCarriesAnIdentityNumberOrAnothersValues() {
        String session = openLive(ANN, NOW);
        for (Message request : requests(ANN.number(), session)) {
            Message answer = found(LIVE, methodOf(request), request);
            String text = answer instanceof HttpBody body ? body.getData().toString(StandardCharsets.UTF_8) : answer.toString();
            assertThat(text).as(methodOf(request)).doesNotContain(ANN.number()).doesNotContain(BOB.number()).doesNotContain("151").doesNotContain("2026-06-02");
        }
    }

    // The sandbox

    @Test
    void theOneInOrderHasNothingToBeWarnedOf() {
        String id = person(TestSubject.APPROVE);
        GetProfileResponse profile = found(SANDBOX, "GetProfile", profile(id, SESSION));
        assertThat(profile.getMeasurementsList()).hasSize(10).allSatisfy(value -> assertThat(value.getConcern()).as(value.getCode()).isEqualTo(Concern.NORMAL));
        found(SANDBOX, "SetPreferences", SetPreferencesRequest.newBuilder().setPersonId(id).setSessionId(SESSION).setOptedIn(true).build());
        ListWarningsResponse warnings = found(SANDBOX, "ListWarnings", ListWarningsRequest.newBuilder().setPersonId(id).setSessionId(SESSION).setAnswers(answers()).build());
        assertThat(warnings.getOptedIn()).isTrue();
        assertThat(warnings.getWarningsList()).isEmpty();
    }

    @Test
    void theOneToReferIsWarnedOnceAskedFor() {
        String id = person(TestSubject.REFER);
        var list = ListWarningsRequest.newBuilder().setPersonId(id).setSessionId(SESSION).build();
        found(SANDBOX, "SetPreferences", SetPreferencesRequest.newBuilder().setPersonId(id).setSessionId(SESSION).setOptedIn(false).build());
        ListWarningsResponse silent = found(SANDBOX, "ListWarnings", list);
        assertThat(silent.getOptedIn()).isFalse();
        assertThat(silent.getWarningsList()).isEmpty();
        SetPreferencesResponse some = found(SANDBOX, "SetPreferences", SetPreferencesRequest.newBuilder().setPersonId(id).setSessionId(SESSION).setOptedIn(true)
                .addTopics(Topic.BLOOD_PRESSURE).addTopics(Topic.BLOOD_PRESSURE).build());
        assertThat(some.getTopicsList()).containsExactly(Topic.BLOOD_PRESSURE);
        ListWarningsResponse pressure = found(SANDBOX, "ListWarnings", list);
        assertThat(pressure.getWarningsList()).isNotEmpty().allSatisfy(warning -> assertThat(warning.getTopic()).isEqualTo(Topic.BLOOD_PRESSURE));
        found(SANDBOX, "SetPreferences", SetPreferencesRequest.newBuilder().setPersonId(id).setSessionId(SESSION).setOptedIn(true).build());
        ListWarningsResponse all = found(SANDBOX, "ListWarnings", list);
        assertThat(all.getWarningsList()).extracting(warning -> warning.getTopic()).contains(Topic.BLOOD_PRESSURE, Topic.GLUCOSE, Topic.LIPIDS, Topic.WEIGHT);
        assertThat(all.getWarningsList()).allSatisfy(warning -> {
            assertThat(warning.getModelVersion()).isNotBlank();
            assertThat(warning.getConfidence()).isBetween(0.0, 1.0);
            assertThat(warning.getAdviceReviewed()).isFalse();
        });
    }

    @Test
    void topicsThatAreNoneAreRefused() {
        var request = SetPreferencesRequest.newBuilder().setPersonId(person(TestSubject.APPROVE)).setSessionId(SESSION).setOptedIn(true).addTopicsValue(99).build();
        assertThat(refused(SANDBOX, "SetPreferences", request).violations().getFirst().field()).isEqualTo("topics[0]");
    }

    @Test
    void trendsAreReadyToBeDrawn() {
        GetTrendsResponse trends = found(SANDBOX, "GetTrends", GetTrendsRequest.newBuilder().setPersonId(person(TestSubject.REFER)).setSessionId(SESSION).setYears(5).build());
        assertThat(trends.getTrendsList()).extracting(Trend::getCode).containsExactly("SYSTOLIC", "DIASTOLIC", "FASTING_GLUCOSE", "HBA1C", "TOTAL_CHOLESTEROL", "LDL", "HDL",
                "TRIGLYCERIDES", "BMI");
        assertThat(trends.getTrendsList()).allSatisfy(trend -> {
            assertThat(trend.getPointsList()).isNotEmpty().allSatisfy(point ->
                    assertThat(point.getValue()).isBetween(trend.getAxisMinimum(), trend.getAxisMaximum()));
            assertThat(trend.getPointsList()).extracting(point -> point.getObservedOn()).isSorted().doesNotHaveDuplicates();
            assertThat(trend.getReferencesList()).isNotEmpty();
        });
        assertThat(trends.getTrends(0).getDirection()).isEqualTo(Direction.RISING);
        assertThat(trends.getTrends(0).getPValue()).isLessThan(0.001);
        GetTrendsResponse one = found(SANDBOX, "GetTrends", GetTrendsRequest.newBuilder().setPersonId(person(TestSubject.REFER)).setSessionId(SESSION).setYears(1).build());
        assertThat(one.getTrends(0).getPointsCount()).isLessThan(trends.getTrends(0).getPointsCount());
    }

    @Test
    void scoresSayWhatTheyAreWhatTheyLackAndWhatTheyRestOn() {
        String id = person(TestSubject.APPROVE);
        AssessRisksResponse bare = found(SANDBOX, "AssessRisks", AssessRisksRequest.newBuilder().setPersonId(id).setSessionId(SESSION).build());
        assertThat(bare.getScoresList()).hasSize(10);
        RiskScore lacking = score(bare, "CHINA_PAR_10Y");
        assertThat(lacking.getStatus()).isEqualTo(ScoreStatus.MISSING_INPUTS);
        assertThat(lacking.getMissingList()).extracting(named -> named.getCode()).containsExactlyInAnyOrder("TREATED_HYPERTENSION", "DIABETES", "NORTHERN", "URBAN", "FAMILY_ASCVD");
        assertThat(lacking.getOfficialMessage()).isEqualTo("评测项不得为空");
        assertThat(lacking.hasProbability()).isFalse();

        AssessRisksResponse full = found(SANDBOX, "AssessRisks", AssessRisksRequest.newBuilder().setPersonId(id).setSessionId(SESSION).setAnswers(answers()).build());
        RiskScore par = score(full, "CHINA_PAR_10Y");
        assertThat(par.getStatus()).isEqualTo(ScoreStatus.SCORED);
        assertThat(par.getProbability()).isBetween(0.0, 0.05);
        assertThat(par.getIdealProbability()).isBetween(0.0, 0.05);
        assertThat(par.getUsedList()).hasSize(12).allSatisfy(used -> assertThat(used.getOriginValue()).isPositive());
        assertThat(score(full, "CHINA_DIABETES_SCORE").getPoints()).isBetween(0, 24);
        assertThat(score(full, "CHINA_DIABETES_SCORE").getGreatestPoints()).isEqualTo(51);
        RiskScore qrisk = score(full, "QRISK3_2017");
        assertThat(qrisk.getStatus()).isEqualTo(ScoreStatus.SCORED);
        assertThat(qrisk.getDisclaimer()).contains("ClinRisk Ltd.");
        assertThat(score(full, "SCORE2").getMissingList()).extracting(named -> named.getCode()).containsExactly("EUROPEAN_REGION");
        assertThat(full.getScoresList()).allSatisfy(score -> {
            assertThat(score.getVersion()).isNotBlank();
            assertThat(score.getCitation()).isNotBlank();
            assertThat(score.getValidityZh()).isNotBlank();
        });
    }

    /** How often each score was asked about an age since this was asked last. */
    private static Map<String, Long> watched() {
        Map<String, Long> watched = new HashMap<>();
        product.watchedModels().forEach(model -> watched.put(model.id(), model.take().stream()
                .filter(each -> model.inputs().get(each.input()).name().equals("AGE")).mapToLong(WatchedModel.Count::cases).sum()));
        return watched;
    }

    private static RiskScore score(AssessRisksResponse risks, String code) {
        return risks.getScoresList().stream().filter(score -> score.getCode().equals(code)).findFirst().orElseThrow();
    }

    @Test
    void answersThatCannotBeAreRefusedWithTheirField() {
        var request = AssessRisksRequest.newBuilder().setPersonId(person(TestSubject.APPROVE)).setSessionId(SESSION)
                .setAnswers(Answers.newBuilder().setSystolicMmhg(Double.NaN).setTotalCholesterol(5)).build();
        assertThat(refused(SANDBOX, "AssessRisks", request).violations()).extracting(violation -> violation.field())
                .containsExactly("answers.systolicMmhg", "answers.cholesterolUnit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "420899198001010114", "' OR 1=1 --", "420899198001010113'; DROP TABLE health_session; --"})
    void whoIsNobodyIsRefused(String id) {
        for (Message request : requests(id, SESSION)) {
            assertThat(refused(SANDBOX, methodOf(request), request).violations().getFirst().field()).as(methodOf(request)).isEqualTo("personId");
        }
    }

    @Test
    void theUnknownTheBrokenAndTheSlowAreAsDocumented() {
        assertThat(refused(SANDBOX, "GetProfile", profile(person(TestSubject.NOT_FOUND), SESSION)).fault()).isEqualTo(Answer.Fault.NOT_FOUND);
        for (Message request : requests(person(TestSubject.ERROR), SESSION)) {
            assertThat(refused(SANDBOX, methodOf(request), request).fault()).as(methodOf(request)).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
        }
        var slow = start(SANDBOX, "GetProfile", profile(person(TestSubject.SLOW), SESSION)).toCompletableFuture();
        assertThat(slow).isNotDone();
        assertThat(slow.join()).isInstanceOf(Answer.Found.class);
    }

    // The report

    @ParameterizedTest
    @EnumSource(value = Language.class, names = {"ZH", "EN"})
    void theReportIsAPageThatNeedsNothingElse(Language language) {
        String id = person(TestSubject.REFER);
        HttpBody body = found(SANDBOX, "GetReport", GetReportRequest.newBuilder().setPersonId(id).setSessionId(SESSION).setLanguage(language).setAnswers(answers()).build());
        assertThat(body.getContentType()).isEqualTo("text/html; charset=utf-8");
        String page = body.getData().toString(StandardCharsets.UTF_8);
        assertThat(page).startsWith("<!DOCTYPE html>").contains(language == Language.ZH ? "lang=\"zh-CN\"" : "lang=\"en\"").contains("<svg").contains("role=\"img\"")
                .contains("ClinRisk Ltd.").contains(TestSubject.REFER.person().masked()).doesNotContain(id);
        assertThat(page).doesNotContain("<script").doesNotContain("<link").doesNotContain(" src=").doesNotContain(" href=").doesNotContain("url(").doesNotContain("@import");
    }

    @ParameterizedTest
    @EnumSource(value = Language.class, names = {"ZH", "EN"})
    void thePdfSaysTheSame(Language language) throws IOException {
        String id = person(TestSubject.REFER);
        var request = GetReportRequest.newBuilder().setPersonId(id).setSessionId(SESSION).setLanguage(language).setAnswers(answers()).build();
        HttpBody body = found(SANDBOX, "GetReportPdf", request);
        assertThat(body.getContentType()).isEqualTo("application/pdf");
        try (var document = Loader.loadPDF(body.getData().toByteArray())) {
            String text = new PDFTextStripper().getText(document);
            assertThat(document.getNumberOfPages()).isBetween(2, 6);
            assertThat(document.getDocumentCatalog().getLanguage()).isEqualTo(language == Language.ZH ? "zh-CN" : "en");
            assertThat(text).contains(language == Language.ZH ? "个人健康报告" : "Personal health report").contains("China-PAR").contains("ClinRisk Ltd.")
                    .contains("159/102").doesNotContain("?").doesNotContain(id);
        }
        assertThat(HealthProductIT.<HttpBody>found(SANDBOX, "GetReportPdf", request).getData()).as("the same bytes again").isEqualTo(body.getData());
    }
}
