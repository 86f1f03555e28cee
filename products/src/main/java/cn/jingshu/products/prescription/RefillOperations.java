package cn.jingshu.products.prescription;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.DomainAnswers;
import cn.jingshu.products.domain.Freshness;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.prescription.LongPrescriptionRules.Asked;
import cn.jingshu.products.prescription.LongPrescriptionRules.Evidence;
import cn.jingshu.products.prescription.LongPrescriptionRules.Verdict;
import cn.jingshu.products.prescription.RefillStore.DoctorsWord;
import cn.jingshu.products.prescription.RefillStore.Refill;
import cn.jingshu.products.prescription.v1.CheckEligibilityRequest;
import cn.jingshu.products.prescription.v1.CheckEligibilityResponse;
import cn.jingshu.products.prescription.v1.ChooseRouteRequest;
import cn.jingshu.products.prescription.v1.DecideRefillRequest;
import cn.jingshu.products.prescription.v1.Decision;
import cn.jingshu.products.prescription.v1.GetRoutingRequest;
import cn.jingshu.products.prescription.v1.Interaction;
import cn.jingshu.products.prescription.v1.Reason;
import cn.jingshu.products.prescription.v1.RecordDispensingRequest;
import cn.jingshu.products.prescription.v1.RefillResponse;
import cn.jingshu.products.prescription.v1.RequestRefillRequest;
import cn.jingshu.products.prescription.v1.Status;
import cn.jingshu.products.prescription.v1.Step;
import cn.jingshu.products.sandbox.SandboxCalls;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Eligibility and renewals: everything that is about one patient. */
final class RefillOperations {
    private static final ZoneId CITY = ZoneId.of("Asia/Shanghai");
    private static final Pattern ICD10 = Pattern.compile("[A-Z][0-9][0-9A-Z]{1,5}");
    private static final List<String> TABLES =
            List.of("hypertension_follow_up", "outpatient_visit", "insurance_spending", "insured_person");

    private final ProductData data;
    private final PrescriptionSettings settings;
    private final InteractionRules interactions;
    private final DrugKinds kinds;

    RefillOperations(ProductData data, PrescriptionSettings settings, InteractionRules interactions) {
        this.data = data;
        this.settings = settings;
        this.interactions = interactions;
        kinds = DrugKinds.shipped().allowing(settings.storableDrugs());
    }

    /** What is asked for, with what the doctor said. */
    private record Wish(String patient, String drug, String diagnosis, int days, @Nullable Boolean stable, boolean confirmed) {}

    /** A patient of whom something is known, and what the rules say. */
    private record Judged(LocalDate today, LongPrescriptionRules rules, Verdict verdict) {}

    CompletionStage<Answer<CheckEligibilityResponse>> eligibility(CallFacts facts, CheckEligibilityRequest request) {
        Wish wish = new Wish(request.getPatientId(), request.getDrug(), request.getDiagnosis(), request.getDays(),
                request.hasDoctorSaysStable() ? request.getDoctorSaysStable() : null,
                request.getAssessed() && request.getEducated() && request.getRecorded() && request.getPatientConfirmed());
        boolean stale = stale(facts);
        return about(facts, wish.patient(), wish.diagnosis(), (session, person) -> judge(session, facts, person, wish)
                .map(judged -> found(CheckEligibilityResponse.newBuilder().setDecision(judged.verdict().decision())
                        .addAllBecause(judged.verdict().because()).setLongestDays(judged.verdict().longestDays())
                        .setRulesVersion(judged.rules().version()).setDoctorDecides(true).setStale(stale).build(), facts))
                .orElseGet(RefillOperations::unknownPatient));
    }

    CompletionStage<Answer<RefillResponse>> request(CallFacts facts, RequestRefillRequest request) {
        // R5 is the doctor's and the patient's to fulfil when the doctor decides; what is asked for here is at most twelve weeks
        Wish wish = new Wish(request.getPatientId(), request.getDrug(), request.getDiagnosis(), request.getDays(), null, true);
        boolean stale = stale(facts);
        return about(facts, wish.patient(), wish.diagnosis(), (session, person) -> {
            Optional<Judged> judged = judge(session, facts, person, wish);
            if (judged.isEmpty()) {
                return unknownPatient();
            }
            Verdict verdict = judged.get().verdict();
            RefillResponse.Builder response = RefillResponse.newBuilder().setDecision(verdict.decision())
                    .addAllBecause(verdict.because()).setDays(wish.days()).setRulesVersion(judged.get().rules().version()).setStale(stale)
                    .addAllInteractions(withTaken(session, judged.get().today(), person, wish.drug()));
            if (verdict.decision() == Decision.REJECT) {
                return found(response.setStatus(Status.NOT_ACCEPTED).build(), facts);
            }
            UUID id = new RefillStore(session, person)
                    .add(drugToken(wish.drug()), wish.days(), judged.get().rules().version(), facts.occurredAt());
            return found(response.setRefillId(id.toString()).setStatus(Status.REQUESTED)
                    .addAllSteps(steps(session, person, id)).build(), facts);
        });
    }

    CompletionStage<Answer<RefillResponse>> decide(CallFacts facts, DecideRefillRequest request) {
        Wish wish = new Wish(request.getPatientId(), request.getDrug(), request.getDiagnosis(), request.getDays(),
                request.hasDoctorSaysStable() ? request.getDoctorSaysStable() : null,
                request.getAssessed() && request.getEducated() && request.getRecorded() && request.getPatientConfirmed());
        if (request.getApprove() && !request.hasDoctorSaysStable()) {
            return CompletableFuture.completedFuture(Answer.invalid("doctorSaysStable", "同意续方须先评估病情是否稳定",
                    "an approval needs the doctor's word on whether the condition is stable"));
        }
        boolean stale = stale(facts);
        return about(facts, wish.patient(), wish.diagnosis(), (session, person) -> {
            RefillStore store = new RefillStore(session, person);
            Optional<Refill> refill = store.find(request.getRefillId()).filter(r -> r.drugToken().equals(drugToken(wish.drug())));
            Optional<Judged> judged = judge(session, facts, person, wish);
            if (refill.isEmpty() || judged.isEmpty()) {
                return refill.isEmpty() ? noSuchRefill() : unknownPatient();
            }
            Verdict verdict = judged.get().verdict();
            List<Interaction> alerts = withTaken(session, judged.get().today(), person, wish.drug());
            RefillResponse.Builder response = RefillResponse.newBuilder().setRefillId(refill.get().refillId()).setDecision(verdict.decision())
                    .addAllBecause(verdict.because()).addAllInteractions(alerts).setDays(wish.days())
                    .setRulesVersion(judged.get().rules().version()).setStale(stale);
            boolean interrupted = alerts.stream().anyMatch(Interaction::getInterrupts) && request.getOverrideReason().isBlank();
            if (request.getApprove() && (verdict.decision() == Decision.REJECT || interrupted)) {
                if (interrupted) {
                    response.addBecause(LongPrescriptionRules.because(Reason.INTERRUPTING_INTERACTION, "INTERACTION", interactions.version(),
                            "与在用药品有须阻断的相互作用,同意须写明理由", "an interrupting interaction with a drug taken now: an approval needs a reason"));
                }
                // nothing is decided: the renewal stays where it is, and the doctor may decide anew
                return found(response.setStatus(refill.get().status()).build(), facts);
            }
            UUID id = UUID.fromString(refill.get().refillId());
            DoctorsWord word = new DoctorsWord(request.getApprove(), wish.days(), request.getPractitionerId(), request.getHospital(),
                    request.getSignatureReference());
            if (!store.decide(id, word, judged.get().rules().version(), facts.occurredAt())) {
                return Answer.invalid("refillId", "该续方已有决定", "this renewal is decided already");
            }
            return state(session, facts, person, request.getRefillId(), response);
        });
    }

    CompletionStage<Answer<RefillResponse>> choose(CallFacts facts, ChooseRouteRequest request) {
        return about(facts, request.getPatientId(), null, (session, person) -> {
            RefillStore store = new RefillStore(session, person);
            Optional<Refill> refill = store.find(request.getRefillId());
            if (refill.isEmpty()) {
                return noSuchRefill();
            }
            boolean has = new Places(session).drugsAt(request.getInstitution()).stream()
                    .anyMatch(drug -> drugToken(drug).equals(refill.get().drugToken()));
            if (!has) {
                return Answer.invalid("institution", "该机构不是定点机构或当前无此药", "this place is not designated or does not have the drug now");
            }
            return store.route(UUID.fromString(refill.get().refillId()), request.getInstitution(), expiredBefore(facts), facts.occurredAt())
                    ? state(session, facts, person, request.getRefillId(), RefillResponse.newBuilder())
                    : notNow();
        });
    }

    CompletionStage<Answer<RefillResponse>> dispense(CallFacts facts, RecordDispensingRequest request) {
        return about(facts, request.getPatientId(), null, (session, person) -> {
            RefillStore store = new RefillStore(session, person);
            Optional<Refill> refill = store.find(request.getRefillId());
            if (refill.isEmpty()) {
                return noSuchRefill();
            }
            return store.dispense(UUID.fromString(refill.get().refillId()), request.getInstitution(), request.getSettlementReference(),
                    expiredBefore(facts), facts.occurredAt())
                    ? state(session, facts, person, request.getRefillId(), RefillResponse.newBuilder())
                    : notNow();
        });
    }

    CompletionStage<Answer<RefillResponse>> routing(CallFacts facts, GetRoutingRequest request) {
        return about(facts, request.getPatientId(), null,
                (session, person) -> state(session, facts, person, request.getRefillId(), RefillResponse.newBuilder()));
    }

    /** Reads the identity number, lets the sandbox's subjects have their way, and works under the patient's token. */
    private <A extends Message> CompletionStage<Answer<A>> about(CallFacts facts, String patient, @Nullable String diagnosis,
            BiFunction<DataSession, String, Answer<A>> work) {
        Optional<ResidentId> id = ResidentId.parse(patient);
        if (id.isEmpty()) {
            return CompletableFuture.completedFuture(Answer.invalid("patientId", "身份号码不正确", "is no valid identity number"));
        }
        if (diagnosis != null && !ICD10.matcher(PatientRecords.code(diagnosis)).matches()) {
            return CompletableFuture.completedFuture(Answer.invalid("diagnosis", "须为 ICD-10 编码", "must be a code of ICD-10"));
        }
        String person = data.token(id.get().number());
        return SandboxCalls.of(facts, id.get().number(),
                () -> DomainAnswers.refusingWithoutSource(data.within(facts, session -> work.apply(session, person))));
    }

    /** Empty: nothing is known of the patient. */
    private Optional<Judged> judge(DataSession session, CallFacts facts, String person, Wish wish) {
        PatientRecords records = new PatientRecords(session);
        LocalDate today = today(facts, records);
        LongPrescriptionRules rules = rules(today);
        Optional<Evidence> evidence = records.evidence(person, wish.drug(), wish.diagnosis(), today, rules);
        return evidence.map(known -> new Judged(today, rules, rules.judge(new Asked(wish.days(), kinds.of(wish.drug()),
                PatientRecords.code(wish.diagnosis()), wish.stable(), wish.confirmed()), known)));
    }

    private LongPrescriptionRules rules(LocalDate today) {
        LongPrescriptionRules rules = LongPrescriptionRules.on(today);
        return settings.districts().isEmpty() ? rules : rules.inDistricts(settings.districts());
    }

    /** The sandbox's people are made up to a fixed day, which is its today. */
    private static LocalDate today(CallFacts facts, PatientRecords records) {
        LocalDate called = LocalDate.ofInstant(facts.occurredAt(), CITY);
        return facts.sandbox() ? records.lastDay().orElse(called) : called;
    }

    private List<Interaction> withTaken(DataSession session, LocalDate today, String person, String drug) {
        return new PatientRecords(session).takenOn(today, person, drug).stream()
                .flatMap(taken -> interactions.between(drug, taken).stream()).toList();
    }

    private Answer<RefillResponse> state(DataSession session, CallFacts facts, String person, String refillId, RefillResponse.Builder response) {
        Optional<Refill> found = new RefillStore(session, person).find(refillId);
        if (found.isEmpty()) {
            return noSuchRefill();
        }
        Refill refill = found.get();
        boolean open = refill.status() == Status.APPROVED || refill.status() == Status.ROUTED;
        boolean expired = open && refill.decidedAt().filter(at -> at.isAfter(expiredBefore(facts))).isEmpty();
        response.setRefillId(refill.refillId()).setStatus(expired ? Status.EXPIRED : refill.status()).setDays(refill.days())
                .setRulesVersion(refill.rulesVersion()).clearSteps().addAllSteps(steps(session, person, UUID.fromString(refill.refillId())));
        refill.institution().ifPresent(response::setInstitution);
        refill.signatureReference().ifPresent(response::setSignatureReference);
        refill.settlementReference().ifPresent(response::setSettlementReference);
        if (open) {
            refill.decidedAt().ifPresent(at -> response.setValidUntil(timestamp(at.plus(rules(LocalDate.ofInstant(at, CITY)).valid()))));
        }
        return Answer.of(response.build());
    }

    private static List<Step> steps(DataSession session, String person, UUID id) {
        return new RefillStore(session, person).steps(id).stream()
                .map(step -> Step.newBuilder().setStatus(step.status()).setAt(timestamp(step.at())).build()).toList();
    }

    /** Decisions up to this moment are expired. */
    private Instant expiredBefore(CallFacts facts) {
        return facts.occurredAt().minus(rules(LocalDate.ofInstant(facts.occurredAt(), CITY)).valid());
    }

    /** The drug as it is kept: a keyed digest of its name. */
    private String drugToken(String drug) {
        return data.token("drug:" + DrugKinds.normal(drug));
    }

    private boolean stale(CallFacts facts) {
        return TABLES.stream().map(table -> data.freshness(facts, table)).anyMatch(f -> f.stale() || f.degraded());
    }

    private <A extends Message> Answer<A> found(A message, CallFacts facts) {
        Instant loaded = TABLES.stream().map(table -> data.freshness(facts, table)).map(Freshness::loadedAt)
                .flatMap(at -> Optional.ofNullable(at).stream()).min(Instant::compareTo).orElse(null);
        return new Answer.Found<>(message, 1, true, stale(facts), loaded);
    }

    private static <A extends Message> Answer<A> unknownPatient() {
        return Answer.notFound("没有该患者的记录", "nothing is known of this patient");
    }

    private static <A extends Message> Answer<A> noSuchRefill() {
        return Answer.notFound("没有此续方", "there is no such renewal");
    }

    private static <A extends Message> Answer<A> notNow() {
        return Answer.invalid("refillId", "该续方当前状态不允许此操作(未同意、已过期、已发药或机构不符)",
                "the state of this renewal does not allow that: not approved, expired, handed out, or another place was chosen");
    }

    private static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder().setSeconds(instant.getEpochSecond()).setNanos(instant.getNano()).build();
    }
}
