package cn.jingshu.products.claims;

import cn.jingshu.products.claims.v1.ApproveReleaseRequest;
import cn.jingshu.products.claims.v1.AssignTaskRequest;
import cn.jingshu.products.claims.v1.CaseChangeResponse;
import cn.jingshu.products.claims.v1.CaseResponse;
import cn.jingshu.products.claims.v1.ClaimedStay;
import cn.jingshu.products.claims.v1.CloseCaseRequest;
import cn.jingshu.products.claims.v1.CompleteTaskRequest;
import cn.jingshu.products.claims.v1.Conclusion;
import cn.jingshu.products.claims.v1.FindCluesRequest;
import cn.jingshu.products.claims.v1.FindCluesResponse;
import cn.jingshu.products.claims.v1.GetCaseRequest;
import cn.jingshu.products.claims.v1.GetEvidenceBundleRequest;
import cn.jingshu.products.claims.v1.GetEvidenceKeyRequest;
import cn.jingshu.products.claims.v1.GetEvidenceKeyResponse;
import cn.jingshu.products.claims.v1.HospitalClue;
import cn.jingshu.products.claims.v1.ListHospitalCluesRequest;
import cn.jingshu.products.claims.v1.ListHospitalCluesResponse;
import cn.jingshu.products.claims.v1.OpenCaseRequest;
import cn.jingshu.products.claims.v1.RecordEvidenceRequest;
import cn.jingshu.products.claims.v1.TaskKind;
import cn.jingshu.products.claims.v1.TaskOutcome;
import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.DomainAnswers;
import cn.jingshu.products.domain.Freshness;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.identifier.Uscc;
import cn.jingshu.products.sandbox.SandboxCalls;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import com.google.api.HttpBody;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The operations on cases. Each change is one transaction: what is read, decided and written belongs together. */
final class CaseOperations {
    private static final int MOST_TASKS = 50;
    private static final int MOST_EVIDENCE = 50;
    private static final int LONGEST_WINDOW_DAYS = 3 * 366;
    private static final String BETWEEN = "\u001f";

    private final ProductData data;
    private final EvidenceKey key;

    CaseOperations(ProductData data, EvidenceKey key) {
        this.data = data;
        this.key = key;
    }

    // ---- opening ----

    CompletionStage<Answer<CaseResponse>> open(CallFacts facts, OpenCaseRequest request) {
        Optional<ResidentId> person = ResidentId.parse(request.getInsuredId());
        if (person.isEmpty()) {
            return now(invalidPerson());
        }
        Optional<Answer<CaseResponse>> wrong = checked(request);
        if (wrong.isPresent()) {
            return now(wrong.get());
        }
        return SandboxCalls.of(facts, person.get().number(), () -> within(facts, session -> {
            CaseEvent opened = CaseEvent.first(facts.occurredAt(), openedBody(request));
            // one case of a caller for a claim about a person: another caller, or another person's consent, opens another case
            String claim = digest("claim", facts.caller().text(), request.getInsurerUscc(), request.getClaimNumber(), person.get().number());
            CaseBook.Held held = CaseBook.open(session, facts.caller(), claim, subject(person.get()), opened);
            if (!held.events().getFirst().body().equals(opened.body())) {
                return Answer.invalid("claimNumber", "该理赔案号已以其他内容立案。", "This claim was opened with other contents.");
            }
            return Answer.of(ClaimsMessages.caseOf(held, facts.sandbox()));
        }));
    }

    private static Optional<Answer<CaseResponse>> checked(OpenCaseRequest request) {
        if (Uscc.parse(request.getInsurerUscc()).isEmpty()) {
            return Optional.of(Answer.invalid("insurerUscc", "不是有效的统一社会信用代码。", "Not a valid unified social credit code."));
        }
        if (!CaseText.harmless(request.getClaimNumber())) {
            return Optional.of(personalText("claimNumber"));
        }
        if (!CaseText.harmless(request.getOpenedBy())) {
            return Optional.of(personalText("openedBy"));
        }
        Optional<LocalDate> from = CaseText.day(request.getWindowFrom());
        Optional<LocalDate> until = CaseText.day(request.getWindowUntil());
        if (from.isEmpty() || until.isEmpty() || until.get().isBefore(from.get()) || until.get().isAfter(from.get().plusDays(LONGEST_WINDOW_DAYS))) {
            return Optional.of(Answer.invalid("windowFrom", "排查区间须为有效日期,且不超过三年。", "The window needs two days, the first before the last, at most three years."));
        }
        if (request.hasClaimedStay()) {
            ClaimedStay stay = request.getClaimedStay();
            Optional<LocalDate> admitted = CaseText.day(stay.getAdmittedOn());
            Optional<LocalDate> discharged = CaseText.day(stay.getDischargedOn());
            if (admitted.isEmpty() || discharged.isEmpty() || discharged.get().isBefore(admitted.get())
                    || admitted.get().isBefore(from.get()) || admitted.get().isAfter(until.get()) || !CaseText.harmless(stay.getProvider())) {
                return Optional.of(Answer.invalid("claimedStay", "理赔住院的日期须有效且入院日在排查区间内。",
                        "The claimed stay needs valid days, admitted within the window."));
            }
        }
        return Optional.empty();
    }

    private static Map<String, Object> openedBody(OpenCaseRequest request) {
        Map<String, Object> body = new TreeMap<>(Map.of("claim_number", request.getClaimNumber(), "insurer", request.getInsurerUscc(),
                "opened_by", request.getOpenedBy(), "window_from", request.getWindowFrom(), "window_until", request.getWindowUntil()));
        if (request.hasClaimedStay()) {
            ClaimedStay stay = request.getClaimedStay();
            body.put("claimed_provider", stay.getProvider());
            body.put("claimed_admitted_on", stay.getAdmittedOn());
            body.put("claimed_discharged_on", stay.getDischargedOn());
            body.put("claimed_amount_fen", Long.toString(stay.getAmountFen()));
        }
        return body;
    }

    // ---- clues ----

    CompletionStage<Answer<FindCluesResponse>> findClues(CallFacts facts, FindCluesRequest request) {
        return ofRecords(facts, request.getInsuredId(), request.getCaseId(), request.getExpectedVersion(), (session, held) -> {
            if (!held.file().state().allows(CaseEvent.Kind.SCREENED)) {
                return notNow(held);
            }
            ClaimRecords.Found found = lookUp(session, held, request.getInsuredId());
            Map<ClueKind, Integer> counts = ClaimsMessages.count(found.clues());
            Map<String, Object> body = new TreeMap<>();
            Map<String, Object> byKind = new TreeMap<>();
            counts.forEach((kind, count) -> byKind.put(kind.name(), count));
            body.put("clues", byKind);
            if (claimed(held).isPresent()) {
                body.put("on_record", !counts.containsKey(ClueKind.CLAIM_WITHOUT_RECORD));
            }
            boolean stale = any(facts, Freshness::stale);
            boolean degraded = any(facts, Freshness::degraded);
            body.put("current", !stale && !degraded);
            return changed(session, held, facts, CaseEvent.Kind.SCREENED, body, after -> new Answer.Found<>(FindCluesResponse.newBuilder()
                    .setCaseId(after.caseId().toString())
                    .setVersion(after.file().version())
                    .setState(ClaimsMessages.state(after.file().state()))
                    .setClaimedStay(ClaimsMessages.onRecord(after.file().onRecord()))
                    .addAllClues(ClaimsMessages.counts(counts))
                    .setStale(stale)
                    .setDegraded(degraded)
                    .setNoticeZh(ClaimsMessages.NOTICE_ZH)
                    .setNoticeEn(ClaimsMessages.NOTICE_EN)
                    .setSandbox(facts.sandbox())
                    .build(), 1, found.anything(), stale || degraded, null));
        });
    }

    CompletionStage<Answer<ListHospitalCluesResponse>> hospitalClues(CallFacts facts, ListHospitalCluesRequest request) {
        return ofRecords(facts, request.getInsuredId(), request.getCaseId(), request.getExpectedVersion(), (session, held) -> {
            if (!held.file().state().allows(CaseEvent.Kind.HOSPITAL_CLUES_TOLD)) {
                return Answer.invalid("caseId", "机构级线索须先经人工批准。", "Clues by hospital need a person's approval first.");
            }
            record Place(String kind, String provider) {}
            Map<Place, Integer> counts = new HashMap<>();
            for (Clue clue : lookUp(session, held, request.getInsuredId()).clues()) {
                clue.providers().forEach(provider -> counts.merge(new Place(clue.kind().name(), provider), 1, Integer::sum));
            }
            List<HospitalClue> told = counts.entrySet().stream()
                    .map(e -> HospitalClue.newBuilder().setKind(e.getKey().kind()).setProvider(e.getKey().provider()).setCount(e.getValue()).build())
                    .sorted(Comparator.comparing(HospitalClue::getKind).thenComparing(HospitalClue::getProvider))
                    .limit(500)
                    .toList();
            List<Map<String, Object>> body = new ArrayList<>();
            told.forEach(c -> body.add(new TreeMap<>(Map.of("kind", c.getKind(), "provider", c.getProvider(), "count", c.getCount()))));
            boolean stale = any(facts, f -> f.stale() || f.degraded());
            return changed(session, held, facts, CaseEvent.Kind.HOSPITAL_CLUES_TOLD, Map.of("clues", body),
                    after -> new Answer.Found<>(ListHospitalCluesResponse.newBuilder()
                            .setCaseId(after.caseId().toString())
                            .setVersion(after.file().version())
                            .addAllClues(told)
                            .setStale(stale)
                            .setSandbox(facts.sandbox())
                            .build(), told.size(), !told.isEmpty(), stale, null));
        });
    }

    private ClaimRecords.Found lookUp(DataSession session, CaseBook.Held held, String person) {
        return ClaimRecords.clues(session, data.token(person), LocalDate.parse(held.file().openedText("window_from")),
                LocalDate.parse(held.file().openedText("window_until")), claimed(held));
    }

    private static Optional<Screening.Claimed> claimed(CaseBook.Held held) {
        CaseFile file = held.file();
        return file.openedText("claimed_provider").isEmpty() ? Optional.empty()
                : Optional.of(new Screening.Claimed(file.openedText("claimed_provider"), LocalDate.parse(file.openedText("claimed_admitted_on")),
                        LocalDate.parse(file.openedText("claimed_discharged_on")), Long.parseLong(file.openedText("claimed_amount_fen"))));
    }

    // ---- a person's decisions and the work outside ----

    CompletionStage<Answer<CaseChangeResponse>> approve(CallFacts facts, ApproveReleaseRequest request) {
        return change(facts, request.getCaseId(), request.getExpectedVersion(), CaseEvent.Kind.RELEASE_APPROVED, held -> {
            for (String text : List.of(request.getApprovedBy(), request.getApproverRole(), request.getGround())) {
                if (!CaseText.harmless(text)) {
                    return Decision.refused(personalText("ground"));
                }
            }
            if (!CaseText.digest(request.getDocumentSha256())) {
                return Decision.refused(noDigest("documentSha256"));
            }
            if (request.getApprovedBy().strip().equalsIgnoreCase(held.file().openedText("opened_by").strip())) {
                return Decision.refused(Answer.invalid("approvedBy", "批准人不得为立案人。", "Who opened the case cannot approve it."));
            }
            return Decision.add(Map.of("approved_by", request.getApprovedBy(), "role", request.getApproverRole(), "ground", request.getGround(),
                    "document_sha256", request.getDocumentSha256()));
        });
    }

    CompletionStage<Answer<CaseChangeResponse>> assign(CallFacts facts, AssignTaskRequest request) {
        return change(facts, request.getCaseId(), request.getExpectedVersion(), CaseEvent.Kind.TASK_ASSIGNED, held -> {
            if (request.getKind() == TaskKind.TASK_KIND_UNSPECIFIED || request.getKind() == TaskKind.UNRECOGNIZED) {
                return Decision.refused(Answer.invalid("kind", "须指明任务种类。", "Name the kind of task."));
            }
            if (!CaseText.harmless(request.getInstruction())) {
                return Decision.refused(personalText("instruction"));
            }
            if (!CaseText.harmless(request.getAssignee())) {
                return Decision.refused(personalText("assignee"));
            }
            if (CaseText.day(request.getDueOn()).isEmpty()) {
                return Decision.refused(Answer.invalid("dueOn", "不是有效日期。", "Not a valid day."));
            }
            if (held.file().tasks().size() >= MOST_TASKS) {
                return Decision.refused(Answer.invalid("caseId", "任务过多。", "The case has as many tasks as it can."));
            }
            return Decision.add(Map.of("task_id", "T-" + (held.file().tasks().size() + 1), "kind", request.getKind().name(),
                    "assignee", request.getAssignee(), "due_on", request.getDueOn(), "instruction", request.getInstruction()));
        });
    }

    CompletionStage<Answer<CaseChangeResponse>> recordEvidence(CallFacts facts, RecordEvidenceRequest request) {
        return change(facts, request.getCaseId(), request.getExpectedVersion(), CaseEvent.Kind.EVIDENCE_RECORDED, held -> {
            Optional<Answer<CaseChangeResponse>> wrong = openTask(held, request.getTaskId());
            if (wrong.isPresent()) {
                return Decision.refused(wrong.get());
            }
            for (String text : List.of(request.getTitle(), request.getMediaType(), request.getSigner())) {
                if (!CaseText.harmless(text)) {
                    return Decision.refused(personalText("title"));
                }
            }
            if (!CaseText.digest(request.getSha256())) {
                return Decision.refused(noDigest("sha256"));
            }
            if (!request.getSm3().isEmpty() && !CaseText.digest(request.getSm3())) {
                return Decision.refused(noDigest("sm3"));
            }
            Instant obtained = Instant.ofEpochSecond(request.getObtainedAt().getSeconds());
            if (obtained.isAfter(facts.occurredAt()) || obtained.isBefore(Instant.EPOCH)) {
                return Decision.refused(Answer.invalid("obtainedAt", "取得时刻不得晚于现在。", "It cannot have been obtained in the future."));
            }
            if (held.file().findTask(request.getTaskId()).orElseThrow().evidence().size() >= MOST_EVIDENCE) {
                return Decision.refused(Answer.invalid("taskId", "证据过多。", "The task has as much evidence as it can."));
            }
            return Decision.add(Map.of("task_id", request.getTaskId(), "title", request.getTitle(), "media_type", request.getMediaType(),
                    "sha256", request.getSha256(), "sm3", request.getSm3(), "signer", request.getSigner(), "obtained_at", obtained.toString()));
        });
    }

    CompletionStage<Answer<CaseChangeResponse>> complete(CallFacts facts, CompleteTaskRequest request) {
        return change(facts, request.getCaseId(), request.getExpectedVersion(), CaseEvent.Kind.TASK_COMPLETED, held -> {
            Optional<Answer<CaseChangeResponse>> wrong = openTask(held, request.getTaskId());
            if (wrong.isPresent()) {
                return Decision.refused(wrong.get());
            }
            TaskOutcome outcome = request.getOutcome();
            if (outcome == TaskOutcome.TASK_OUTCOME_UNSPECIFIED || outcome == TaskOutcome.UNRECOGNIZED) {
                return Decision.refused(Answer.invalid("outcome", "须指明结果。", "Name the outcome."));
            }
            if (!CaseText.harmless(request.getCompletedBy())) {
                return Decision.refused(personalText("completedBy"));
            }
            boolean claimsMore = outcome == TaskOutcome.CONFIRMED || outcome == TaskOutcome.REFUTED;
            if (claimsMore && held.file().findTask(request.getTaskId()).orElseThrow().evidence().isEmpty()) {
                return Decision.refused(Answer.invalid("outcome", "没有证据不得证实或排除。", "Nothing is confirmed or refuted without evidence."));
            }
            return Decision.add(Map.of("task_id", request.getTaskId(), "outcome", outcome.name(), "completed_by", request.getCompletedBy()));
        });
    }

    CompletionStage<Answer<CaseChangeResponse>> close(CallFacts facts, CloseCaseRequest request) {
        return change(facts, request.getCaseId(), request.getExpectedVersion(), CaseEvent.Kind.CLOSED, held -> {
            Conclusion conclusion = request.getConclusion();
            if (conclusion == Conclusion.CONCLUSION_UNSPECIFIED || conclusion == Conclusion.UNRECOGNIZED) {
                return Decision.refused(Answer.invalid("conclusion", "须指明结论。", "Name the conclusion."));
            }
            if (!CaseText.harmless(request.getClosedBy())) {
                return Decision.refused(personalText("closedBy"));
            }
            if (!held.file().allTasksDone()) {
                return Decision.refused(Answer.invalid("caseId", "尚有任务未完成。", "A task is not completed yet."));
            }
            boolean confirmed = held.file().tasks().values().stream().anyMatch(t -> TaskOutcome.CONFIRMED.name().equals(t.outcome()));
            if (conclusion == Conclusion.CLUES_CONFIRMED && !confirmed) {
                return Decision.refused(Answer.invalid("conclusion", "没有经证据证实的任务,不得认定线索属实。",
                        "No task confirmed a clue by evidence, so the case cannot."));
            }
            return Decision.add(Map.of("conclusion", conclusion.name(), "closed_by", request.getClosedBy()));
        });
    }

    private static Optional<Answer<CaseChangeResponse>> openTask(CaseBook.Held held, String taskId) {
        Optional<CaseFile.Task> task = held.file().findTask(taskId);
        if (task.isEmpty()) {
            return Optional.of(Answer.notFound("没有此任务。", "There is no such task."));
        }
        return task.get().outcome() == null ? Optional.empty()
                : Optional.of(Answer.invalid("taskId", "任务已完成。", "The task is completed."));
    }

    // ---- reading ----

    CompletionStage<Answer<CaseResponse>> get(CallFacts facts, GetCaseRequest request) {
        return ofSubject(facts, request.getInsuredId(), request.getCaseId(),
                (_, held) -> Answer.of(ClaimsMessages.caseOf(held, facts.sandbox())));
    }

    CompletionStage<Answer<HttpBody>> bundle(CallFacts facts, GetEvidenceBundleRequest request) {
        return ofSubject(facts, request.getInsuredId(), request.getCaseId(), (_, held) -> Answer.of(HttpBody.newBuilder()
                .setContentType("application/zip")
                .setData(ByteString.copyFrom(EvidenceBundle.of(held.caseId(), held.events(), key)))
                .build()));
    }

    CompletionStage<Answer<GetEvidenceKeyResponse>> key(CallFacts facts, GetEvidenceKeyRequest request) {
        return now(Answer.of(GetEvidenceKeyResponse.newBuilder()
                .setKeyId(key.id())
                .setAlgorithm("Ed25519")
                .setPublicKey(key.publicKey())
                .setConfigured(key.configured())
                .build()));
    }

    // ---- what they share ----

    /** What a change comes to: an event to add, or a refusal. */
    private sealed interface Decision {
        record Add(Map<String, Object> body) implements Decision {}

        record Refuse(Answer<CaseChangeResponse> answer) implements Decision {}

        static Decision add(Map<String, Object> body) {
            return new Add(body);
        }

        static Decision refused(Answer<CaseChangeResponse> answer) {
            return new Refuse(answer);
        }
    }

    private CompletionStage<Answer<CaseChangeResponse>> change(
            CallFacts facts, String caseId, int version, CaseEvent.Kind kind, Function<CaseBook.Held, Decision> decide) {
        return found(facts, caseId, (session, held) -> {
            if (held.file().version() != version) {
                return anotherVersion(held);
            }
            if (!held.file().state().allows(kind)) {
                return notNow(held);
            }
            return switch (decide.apply(held)) {
                case Decision.Refuse(var answer) -> answer;
                case Decision.Add(var body) ->
                    changed(session, held, facts, kind, body, after -> Answer.of(ClaimsMessages.changeOf(after, facts.sandbox())));
            };
        });
    }

    private static <A extends Message> Answer<A> changed(DataSession session, CaseBook.Held held, CallFacts facts, CaseEvent.Kind kind,
            Map<String, ?> body, Function<CaseBook.Held, Answer<A>> answer) {
        return CaseBook.add(session, held, facts.occurredAt(), kind, body).map(answer).orElseGet(() -> changedMeanwhile());
    }

    /** A personal operation: the person asked about must be the one the case is about, or the case is not to be found. */
    private <A extends Message> CompletionStage<Answer<A>> ofSubject(CallFacts facts, String insuredId, String caseId,
            BiFunction<DataSession, CaseBook.Held, Answer<A>> answer) {
        Optional<ResidentId> person = ResidentId.parse(insuredId);
        if (person.isEmpty()) {
            return now(invalidPerson());
        }
        return SandboxCalls.of(facts, person.get().number(), () -> found(facts, caseId, (session, held) ->
                held.subjectDigest().equals(subject(person.get())) ? answer.apply(session, held) : noCase()));
    }

    /** A personal operation that looks into the records, for the version of the case its caller has seen. */
    private <A extends Message> CompletionStage<Answer<A>> ofRecords(CallFacts facts, String insuredId, String caseId, int version,
            BiFunction<DataSession, CaseBook.Held, Answer<A>> answer) {
        return ofSubject(facts, insuredId, caseId, (session, held) -> {
            try {
                return held.file().version() != version ? anotherVersion(held) : answer.apply(session, held);
            } catch (Screening.TooMuch tooMuch) { // the source is broken, not the caller
                return new Answer.Refused<>(Answer.Fault.SOURCE_UNAVAILABLE, "该人记录异常过多,无法排查,请转人工。",
                        "The records of this person are too many to be screened; a person has to look.", List.of());
            }
        });
    }

    private <A extends Message> CompletionStage<Answer<A>> found(
            CallFacts facts, String caseId, BiFunction<DataSession, CaseBook.Held, Answer<A>> answer) {
        UUID id;
        try {
            id = UUID.fromString(caseId);
        } catch (IllegalArgumentException wrong) {
            return now(Answer.invalid("caseId", "不是案件编号。", "Not the id of a case."));
        }
        return within(facts, session -> CaseBook.find(session, facts.caller(), id)
                .map(held -> answer.apply(session, held)).orElseGet(CaseOperations::noCase));
    }

    private <A extends Message> CompletionStage<Answer<A>> within(CallFacts facts, Function<DataSession, Answer<A>> work) {
        return DomainAnswers.refusingWithoutSource(data.within(facts, work));
    }

    private boolean any(CallFacts facts, Function<Freshness, Boolean> is) {
        for (ResourceTable table : ClaimRecords.READS.keySet()) {
            if (is.apply(data.freshness(facts, table.name()))) {
                return true;
            }
        }
        return false;
    }

    private String subject(ResidentId person) {
        return subjectOf(data::token, person.number());
    }

    /** Whom a case is about, as it is kept. */
    static String subjectOf(UnaryOperator<String> token, String number) {
        return digest(token, "subject", number);
    }

    private String digest(String use, String... parts) {
        return digest(data::token, use, parts);
    }

    /** A digest under the domain's key, so that nobody without it can try out what was digested. */
    private static String digest(UnaryOperator<String> token, String use, String... parts) {
        return token.apply(HexFormat.of().formatHex(
                ("claims/" + use + BETWEEN + String.join(BETWEEN, parts)).getBytes(StandardCharsets.UTF_8)));
    }

    private static <A extends Message> Answer<A> invalidPerson() {
        return Answer.invalid("insuredId", "不是有效的公民身份号码。", "Not a valid identity number.");
    }

    private static <A extends Message> Answer<A> personalText(String field) {
        return Answer.invalid(field, "不得含身份证号、手机号或控制字符。", "No identity number, mobile number or control character may stand here.");
    }

    private static <A extends Message> Answer<A> noDigest(String field) {
        return Answer.invalid(field, "须为 64 位小写十六进制摘要。", "A digest has 64 lower-case hexadecimal digits.");
    }

    private static <A extends Message> Answer<A> noCase() {
        return Answer.notFound("没有此案件。", "There is no such case.");
    }

    private static <A extends Message> Answer<A> changedMeanwhile() {
        return Answer.invalid("expectedVersion", "案件已被他人更改,请重新读取。", "The case was changed meanwhile; read it again.");
    }

    /** The version is said, since who may not read the case any more can still close it. */
    private static <A extends Message> Answer<A> anotherVersion(CaseBook.Held held) {
        return Answer.invalid("expectedVersion", "案件已被他人更改,现为第 " + held.file().version() + " 版,请重新读取。",
                "The case was changed meanwhile and is at version " + held.file().version() + "; read it again.");
    }

    private static <A extends Message> Answer<A> notNow(CaseBook.Held held) {
        return Answer.invalid("caseId", "案件当前状态(" + held.file().state() + ")不允许此操作。",
                "The case stands at " + held.file().state() + ", where this cannot be done.");
    }

    private static <A extends Message> CompletionStage<Answer<A>> now(Answer<A> answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
