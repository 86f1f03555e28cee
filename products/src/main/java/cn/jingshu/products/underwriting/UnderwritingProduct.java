package cn.jingshu.products.underwriting;

import cn.jingshu.products.domain.DataDomain;
import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.DomainAnswers;
import cn.jingshu.products.domain.DomainNeeds;
import cn.jingshu.products.domain.Freshness;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.identifier.Uscc;
import cn.jingshu.products.sandbox.SandboxCalls;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.WatchedModel;
import cn.jingshu.products.statistics.WatchedRows;
import cn.jingshu.products.underwriting.v1.AssessApplicantRequest;
import cn.jingshu.products.underwriting.v1.AssessApplicantResponse;
import cn.jingshu.products.underwriting.v1.ExplainAssessmentRequest;
import cn.jingshu.products.underwriting.v1.ExplainAssessmentResponse;
import cn.jingshu.products.underwriting.v1.GetDriftRequest;
import cn.jingshu.products.underwriting.v1.GetDriftResponse;
import cn.jingshu.products.underwriting.v1.GetModelCardRequest;
import cn.jingshu.products.underwriting.v1.GetModelCardResponse;
import cn.jingshu.products.underwriting.v1.UnderwritingProto;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Smart underwriting (智慧核保), product {@code underwriting}. */
public final class UnderwritingProduct implements DataProduct {
    private static final ZoneId CITY = ZoneId.of("Asia/Shanghai");
    private static final int USUAL_DAYS = 90;
    /** Fewer assessments show no drift, and could show a person. */
    private static final long FEWEST_CASES = 100;
    /** The parts of what is digested are held apart by a character that none of them may hold. */
    private static final String BETWEEN = "\u001f";

    /** What {@link Underwriter} holds at one value: high glucose counts in the measures, children and regions of the textbook mean nothing here. */
    private static final Set<String> HELD = Set.of("high_fasting_glucose", "children", "region_northwest", "region_southeast", "region_southwest");

    private final ProductData data;
    private final Underwriter underwriter;
    private final Map<String, WatchedRows> watched = new LinkedHashMap<>();

    UnderwritingProduct(DataDomain domain) {
        data = domain.open(needs());
        underwriter = Underwriter.load();
        underwriter.models().forEach(model -> watched.put(model.id(), WatchedRows.of(model, HELD)));
    }

    /** What the product reads and keeps. */
    static DomainNeeds needs() {
        return new DomainNeeds("underwriting", 1, HealthRecords.READS, "db/product/underwriting", new SyntheticApplicants(),
                UnderwritingKept.ALL);
    }

    @Override
    public ServiceDescriptor contract() {
        return UnderwritingProto.getDescriptor().findServiceByName("UnderwritingService");
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                new Operation.Unary<>("AssessApplicant", AssessApplicantRequest.getDefaultInstance(), this::assess),
                new Operation.Unary<>("ExplainAssessment", ExplainAssessmentRequest.getDefaultInstance(), this::explain),
                new Operation.Unary<>("GetModelCard", GetModelCardRequest.getDefaultInstance(), this::card),
                new Operation.Unary<>("GetDrift", GetDriftRequest.getDefaultInstance(), this::drift));
    }

    @Override
    public List<WatchedModel> watchedModels() {
        return watched.values().stream().map(WatchedRows::model).toList();
    }

    private CompletionStage<Answer<AssessApplicantResponse>> assess(CallFacts facts, AssessApplicantRequest request) {
        Optional<ResidentId> person = ResidentId.parse(request.getApplicantId());
        if (person.isEmpty()) {
            return now(invalidApplicant());
        }
        if (Uscc.parse(request.getInsurerUscc()).isEmpty()) {
            return now(Answer.invalid("insurerUscc", "不是有效的统一社会信用代码。", "Not a valid unified social credit code."));
        }
        Optional<PolicyKind> kind = UnderwritingMessages.kind(request.getPolicyType());
        if (kind.isEmpty()) {
            return now(Answer.invalid("policyType", "须指明险种。", "Name the kind of insurance."));
        }
        Application application = UnderwritingMessages.application(request, kind.get());
        return SandboxCalls.of(facts, person.get().number(), () -> DomainAnswers.refusingWithoutSource(
                data.within(facts, session -> assessed(facts, session, person.get(), request, application))));
    }

    private Answer<AssessApplicantResponse> assessed(
            CallFacts facts, DataSession session, ResidentId person, AssessApplicantRequest request, Application application) {
        LocalDate on = day(facts);
        String asked = digest("application", request.getInsurerUscc(), request.getApplicationId(), person.number());
        String declared = digest("declaration", asked, HexFormat.of().formatHex(request.getDeclaration().toByteArray()));
        if (!Assessments.declaredAsBefore(session, asked, declared, on)) {
            return Answer.invalid("declaration", "该投保单的告知内容与首次评估不一致;告知变更请使用新的投保单号。",
                    "This application was first declared otherwise; a changed declaration needs a new application id.");
        }
        boolean stale = false;
        boolean degraded = false;
        for (ResourceTable table : HealthRecords.READS.keySet()) {
            Freshness freshness = data.freshness(facts, table.name());
            stale |= freshness.stale();
            degraded |= freshness.degraded();
        }
        HealthRecord record = HealthRecords.read(session, person, data.token(person.number()), on);
        Assessment assessment = underwriter.assess(record, application, on, !stale && !degraded);
        UUID id = UUID.randomUUID();
        Assessments.keep(session, id, facts.caller(), subject(id, person), facts.occurredAt(), application.kind(), assessment);
        if (!record.empty()) {
            Assessments.count(session, underwriter.care(), CareFeatures.of(record, on).vector(), on);
        }
        if (!facts.sandbox()) {
            underwriter.asked(record, application, on).forEach(each -> Objects.requireNonNull(watched.get(each.model().id())).count(each.row()));
        }
        return new Answer.Found<>(UnderwritingMessages.answer(id, assessment, facts.occurredAt(), stale, degraded, facts.sandbox()),
                record.empty() ? 0 : 1, !record.empty(), stale || degraded, null);
    }

    private CompletionStage<Answer<ExplainAssessmentResponse>> explain(CallFacts facts, ExplainAssessmentRequest request) {
        UUID id;
        try {
            id = UUID.fromString(request.getAssessmentId());
        } catch (IllegalArgumentException wrong) {
            return now(Answer.invalid("assessmentId", "不是评估编号。", "Not the id of an assessment."));
        }
        Optional<ResidentId> person = ResidentId.parse(request.getApplicantId());
        if (person.isEmpty()) {
            return now(invalidApplicant());
        }
        String subject = subject(id, person.get());
        return SandboxCalls.of(facts, person.get().number(), () -> DomainAnswers.refusingWithoutSource(
                data.within(facts, session -> Assessments.find(session, id, facts.caller(), subject)
                        .map(kept -> Answer.of(UnderwritingMessages.explanation(id, kept)))
                        .orElseGet(() -> Answer.notFound("没有此评估。", "There is no such assessment.")))));
    }

    private static <A extends Message> Answer<A> invalidApplicant() {
        return Answer.invalid("applicantId", "不是有效的公民身份号码。", "Not a valid identity number.");
    }

    private CompletionStage<Answer<GetModelCardResponse>> card(CallFacts facts, GetModelCardRequest request) {
        Optional<PolicyKind> kind = UnderwritingMessages.kind(request.getPolicyType());
        if (kind.isEmpty()) {
            return now(Answer.invalid("policyType", "须指明险种。", "Name the kind of insurance."));
        }
        UnderwritingGuide guide = UnderwritingGuide.at(day(facts));
        return now(Answer.of(UnderwritingMessages.card(guide, kind.get(), underwriter.used(guide, kind.get()))));
    }

    private CompletionStage<Answer<GetDriftResponse>> drift(CallFacts facts, GetDriftRequest request) {
        int days = request.getDays() == 0 ? USUAL_DAYS : request.getDays();
        return DomainAnswers.refusingWithoutSource(data.within(facts, session -> Answer.of(UnderwritingMessages.drift(
                underwriter.care(), Assessments.drifts(session, underwriter.care(), day(facts), days, FEWEST_CASES)))));
    }

    /** The day an answer speaks of; the sandbox stands still, so that its examples hold for good. */
    private static LocalDate day(CallFacts facts) {
        return facts.sandbox() ? SyntheticApplicants.DAY : LocalDate.ofInstant(facts.occurredAt(), CITY);
    }

    /** Of each assessment another, so that nobody who holds the rows sees which of them are of one person. */
    private String subject(UUID id, ResidentId person) {
        return digest("subject", id.toString(), person.number());
    }

    /** A digest under the domain's key, so that nobody without it can try out what was digested. */
    private String digest(String use, String... parts) {
        return data.token(HexFormat.of().formatHex(
                ("underwriting/" + use + BETWEEN + String.join(BETWEEN, parts)).getBytes(StandardCharsets.UTF_8)));
    }

    private static <A extends Message> CompletionStage<Answer<A>> now(Answer<A> answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
