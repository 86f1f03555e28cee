package cn.jingshu.products.health;

import cn.jingshu.products.domain.DataDomain;
import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.DomainNeeds;
import cn.jingshu.products.domain.Freshness;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.health.history.HealthRecords;
import cn.jingshu.products.health.history.History;
import cn.jingshu.products.health.report.Portrait;
import cn.jingshu.products.health.report.ReportPage;
import cn.jingshu.products.health.report.ReportPdf;
import cn.jingshu.products.health.report.ReportText;
import cn.jingshu.products.health.risk.Inputs;
import cn.jingshu.products.health.risk.Outcome;
import cn.jingshu.products.health.risk.RiskScores;
import cn.jingshu.products.health.risk.WatchedScores;
import cn.jingshu.products.health.session.IdentityProofs;
import cn.jingshu.products.health.session.Preferences;
import cn.jingshu.products.health.session.Sessions;
import cn.jingshu.products.health.trend.Trend;
import cn.jingshu.products.health.v1.Answers;
import cn.jingshu.products.health.v1.AssessRisksRequest;
import cn.jingshu.products.health.v1.AssessRisksResponse;
import cn.jingshu.products.health.v1.CloseSessionRequest;
import cn.jingshu.products.health.v1.CloseSessionResponse;
import cn.jingshu.products.health.v1.GetProfileRequest;
import cn.jingshu.products.health.v1.GetProfileResponse;
import cn.jingshu.products.health.v1.GetReportRequest;
import cn.jingshu.products.health.v1.GetTrendsRequest;
import cn.jingshu.products.health.v1.GetTrendsResponse;
import cn.jingshu.products.health.v1.HealthProto;
import cn.jingshu.products.health.v1.Language;
import cn.jingshu.products.health.v1.ListWarningsRequest;
import cn.jingshu.products.health.v1.ListWarningsResponse;
import cn.jingshu.products.health.v1.OpenSessionRequest;
import cn.jingshu.products.health.v1.OpenSessionResponse;
import cn.jingshu.products.health.v1.SetPreferencesRequest;
import cn.jingshu.products.health.v1.SetPreferencesResponse;
import cn.jingshu.products.health.warning.Topic;
import cn.jingshu.products.health.warning.Warning;
import cn.jingshu.products.health.warning.WarningRules;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.sandbox.SandboxCalls;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.WatchedModel;
import com.google.api.HttpBody;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * 个人健康画像与风险预警: answers people about themselves. Every operation but the opening of a session names the session; without
 * one of this person that has not ended nothing is read.
 */
public final class HealthProduct implements DataProduct {
    /** Version of the risk module, in every answer with scores. */
    static final String RISK_VERSION = "health-risk 1.0.0 (2026-11)";

    /** The proof the sandbox takes, of made-up people only. */
    static final String SANDBOX_PROOF = "sandbox-proof";

    /** A session that is always open in the sandbox, for forms that cannot be filled in two steps. */
    static final String SANDBOX_SESSION = "sandbox-session";

    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final int USUAL_YEARS = 5;
    private static final String NOTE_ZH = "本结果不是诊断,也不能代替就医。";
    private static final String NOTE_EN = "This is no diagnosis and does not replace a doctor.";

    private final ProductData data;
    private final IdentityProofs proofs;
    private final Sessions sessions;
    private final RiskScores scores;
    private final WatchedScores watched;
    private final WarningRules rules;
    private final int sessionMinutes;

    HealthProduct(DataDomain domain, HealthSettings settings) {
        this.data = domain.open(needs());
        this.proofs = settings.identityIssuer() == null || settings.identityKey() == null || settings.identityIssuer().isBlank()
                ? IdentityProofs.none()
                : IdentityProofs.of(settings.identityIssuer(), settings.identityKey());
        this.sessionMinutes = settings.sessionMinutes();
        this.sessions = new Sessions(Duration.ofMinutes(sessionMinutes));
        this.scores = new RiskScores(settings.qrisk3());
        this.watched = new WatchedScores(scores);
        this.rules = new WarningRules(scores);
    }

    /** What the product reads and keeps. */
    static DomainNeeds needs() {
        return new DomainNeeds("health", 1, HealthRecords.READS, "db/product/health", new SyntheticHealth(), HealthKept.ALL);
    }

    @Override
    public ServiceDescriptor contract() {
        return HealthProto.getDescriptor().findServiceByName("HealthService");
    }

    @Override
    public List<WatchedModel> watchedModels() {
        return watched.models();
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                new Operation.Unary<>("OpenSession", OpenSessionRequest.getDefaultInstance(), this::openSession),
                new Operation.Unary<>("CloseSession", CloseSessionRequest.getDefaultInstance(), this::closeSession),
                new Operation.Unary<>("GetProfile", GetProfileRequest.getDefaultInstance(),
                        (facts, request) -> about(facts, request.getPersonId(), request.getSessionId(), Answers.getDefaultInstance(), this::profile)),
                new Operation.Unary<>("GetTrends", GetTrendsRequest.getDefaultInstance(),
                        (facts, request) -> about(facts, request.getPersonId(), request.getSessionId(), Answers.getDefaultInstance(),
                                known -> trends(known, request.getYears() == 0 ? USUAL_YEARS : request.getYears()))),
                new Operation.Unary<>("AssessRisks", AssessRisksRequest.getDefaultInstance(),
                        (facts, request) -> about(facts, request.getPersonId(), request.getSessionId(), request.getAnswers(), this::risks)),
                new Operation.Unary<>("ListWarnings", ListWarningsRequest.getDefaultInstance(),
                        (facts, request) -> about(facts, request.getPersonId(), request.getSessionId(), request.getAnswers(), this::warnings)),
                new Operation.Unary<>("SetPreferences", SetPreferencesRequest.getDefaultInstance(), this::setPreferences),
                new Operation.Unary<>("GetReport", GetReportRequest.getDefaultInstance(),
                        (facts, request) -> about(facts, request.getPersonId(), request.getSessionId(), request.getAnswers(),
                                known -> report(known, "text/html; charset=utf-8",
                                        ReportPage.of(portrait(known), language(request)).getBytes(StandardCharsets.UTF_8)))),
                new Operation.Unary<>("GetReportPdf", GetReportRequest.getDefaultInstance(),
                        (facts, request) -> about(facts, request.getPersonId(), request.getSessionId(), request.getAnswers(),
                                known -> report(known, "application/pdf", ReportPdf.of(portrait(known), language(request))))));
    }

    // Sessions

    private CompletionStage<Answer<OpenSessionResponse>> openSession(CallFacts facts, OpenSessionRequest request) {
        return inSession(facts, request.getPersonId(), (session, person) -> {
            String token = data.token(person.number());
            if (facts.sandbox() && request.getIdentityProof().equals(SANDBOX_PROOF)) {
                return opened(sessions.open(session, token, facts.occurredAt()));
            }
            return switch (proofs.verify(request.getIdentityProof(), person, facts.occurredAt())) {
                case IdentityProofs.Verdict.Proved proved -> sessions.open(session, token, proved, facts.occurredAt())
                        .map(this::opened).orElseGet(HealthProduct::worthlessProof);
                case IdentityProofs.Verdict.Worthless() -> worthlessProof();
                case IdentityProofs.Verdict.NoProvider() -> facts.sandbox() ? worthlessProof()
                        : new Answer.Refused<>(Answer.Fault.SOURCE_UNAVAILABLE, "本市尚未接入统一身份认证平台,无法核验身份",
                                "the city's identity provider is not connected, nobody's identity can be proved", List.of());
            };
        });
    }

    private Answer<OpenSessionResponse> opened(Sessions.Opened opened) {
        return Answer.of(OpenSessionResponse.newBuilder().setSessionId(opened.sessionId())
                .setExpiresAt(HealthMessages.toProto(opened.expiresAt())).setValidMinutes(sessionMinutes).build());
    }

    private static <A extends Message> Answer<A> worthlessProof() {
        return Answer.invalid("identityProof", "身份凭证无效、已过期、已使用或不属于本人", "the proof is void, expired, used before or not of this person");
    }

    private CompletionStage<Answer<CloseSessionResponse>> closeSession(CallFacts facts, CloseSessionRequest request) {
        return inSession(facts, request.getPersonId(), (session, person) ->
                sessions.close(session, request.getSessionId(), data.token(person.number()))
                        ? Answer.of(CloseSessionResponse.newBuilder().setClosed(true).build())
                        : noSession());
    }

    /** One sentence for every reason, so that nobody learns whose a session is or was. */
    private static <A extends Message> Answer<A> noSession() {
        return Answer.invalid("sessionId", "会话不存在、已到期或不属于本人,请重新核验身份", "there is no such session of this person, or it has ended: prove your identity again");
    }

    private boolean isOpen(CallFacts facts, DataSession session, String sessionId, String token) {
        return (facts.sandbox() && sessionId.equals(SANDBOX_SESSION)) || sessions.isOpen(session, sessionId, token, facts.occurredAt());
    }

    private CompletionStage<Answer<SetPreferencesResponse>> setPreferences(CallFacts facts, SetPreferencesRequest request) {
        return inSession(facts, request.getPersonId(), (session, person) -> {
            String token = data.token(person.number());
            if (!isOpen(facts, session, request.getSessionId(), token)) {
                return noSession();
            }
            Set<Topic> topics = EnumSet.noneOf(Topic.class);
            for (int i = 0; i < request.getTopicsCount(); i++) {
                Optional<Topic> topic = fromProto(request.getTopics(i));
                if (topic.isEmpty()) {
                    return Answer.invalid("topics[" + i + "]", "没有此主题", "is no topic");
                }
                topics.add(topic.get());
            }
            Preferences preferences = new Preferences(request.getOptedIn(), topics);
            preferences.save(session, token, facts.occurredAt());
            SetPreferencesResponse.Builder answer = SetPreferencesResponse.newBuilder().setOptedIn(preferences.optedIn())
                    .setChangedAt(HealthMessages.toProto(facts.occurredAt()));
            preferences.topics().stream().sorted().map(HealthMessages::toProto).forEach(answer::addTopics);
            return Answer.of(answer.build());
        });
    }

    private static Optional<Topic> fromProto(cn.jingshu.products.health.v1.Topic topic) {
        return switch (topic) {
            case BLOOD_PRESSURE -> Optional.of(Topic.BLOOD_PRESSURE);
            case GLUCOSE -> Optional.of(Topic.GLUCOSE);
            case LIPIDS -> Optional.of(Topic.LIPIDS);
            case WEIGHT -> Optional.of(Topic.WEIGHT);
            case CARDIOVASCULAR -> Optional.of(Topic.CARDIOVASCULAR);
            case CHECK_UP -> Optional.of(Topic.CHECK_UP);
            case TOPIC_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }

    // What is known of the person

    /**
     * What a call about a person knows.
     *
     * @param recordsAsOf when the oldest of the tables was last loaded; null: not known
     */
    private record Known(CallFacts facts, ResidentId person, History history, PersonInputs told, Inputs inputs, Preferences preferences,
            LocalDate today, @Nullable Instant recordsAsOf, boolean stale) {
        /** The answer, free when it is stale. */
        <A extends Message> Answer<A> answer(A message) {
            return new Answer.Found<>(message, 1, true, stale, recordsAsOf);
        }
    }

    /** Answers about the person of an open session whose records hold anything. */
    private <A extends Message> CompletionStage<Answer<A>> about(CallFacts facts, String personId, String sessionId, Answers answers,
            Function<Known, Answer<A>> answer) {
        return inSession(facts, personId, (session, person) -> {
            String token = data.token(person.number());
            if (!isOpen(facts, session, sessionId, token)) {
                return noSession();
            }
            LocalDate today = facts.sandbox() ? SyntheticHealth.TODAY : LocalDate.ofInstant(facts.occurredAt(), ZONE);
            History history = HealthRecords.read(session, person, token, today);
            if (history.isEmpty()) {
                return Answer.notFound("没有您的健康记录", "there are no health records of yours");
            }
            PersonInputs told = PersonInputs.of(history, answers, today);
            if (!told.violations().isEmpty()) {
                Answer.Violation first = told.violations().getFirst();
                return new Answer.Refused<>(Answer.Fault.INVALID_REQUEST, first.zh(), first.en(), told.violations());
            }
            List<Freshness> freshness = HealthRecords.READS.keySet().stream().map(ResourceTable::name).map(table -> data.freshness(facts, table)).toList();
            boolean stale = freshness.stream().anyMatch(table -> table.stale() || table.degraded());
            Instant asOf = freshness.stream().anyMatch(table -> table.loadedAt() == null) ? null
                    : freshness.stream().map(Freshness::loadedAt).min(Instant::compareTo).orElse(null);
            return answer.apply(new Known(facts, person, history, told, told.inputs(), Preferences.of(session, token), today, asOf, stale));
        });
    }

    /** Does {@code work} for a person in a transaction; the sandbox's slow and broken subjects behave as documented. */
    private <A extends Message> CompletionStage<Answer<A>> inSession(CallFacts facts, String personId, BiFunction<DataSession, ResidentId, Answer<A>> work) {
        Optional<ResidentId> person = ResidentId.parse(personId);
        if (person.isEmpty()) {
            return CompletableFuture.completedFuture(Answer.invalid("personId", "不是有效的公民身份号码", "is no valid identity number"));
        }
        return SandboxCalls.of(facts, person.get().number(), () -> data.within(facts, session -> work.apply(session, person.get()))
                .exceptionally(HealthProduct::sourceAway));
    }

    /** A source that is away, too slow or no longer granted is a refusal; anything else is a defect and fails the call. */
    private static <A extends Message> Answer<A> sourceAway(Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null ? wrapped.getCause() : failure;
        if (cause instanceof DomainException domain) {
            return switch (domain.reason()) {
                case NOT_GRANTED, TOO_SLOW, UNAVAILABLE, CONFLICT -> new Answer.Refused<>(Answer.Fault.SOURCE_UNAVAILABLE,
                        "数据源暂不可用", "the source of the data is not available now", List.of());
                case BROKEN_STATEMENT -> throw domain;
            };
        }
        throw failure instanceof CompletionException wrapped ? wrapped : new CompletionException(failure);
    }

    // Answers

    private Answer<GetProfileResponse> profile(Known known) {
        GetProfileResponse.Builder answer = GetProfileResponse.newBuilder().setAgeYears(known.history().ageOn(known.today()))
                .setMale(known.history().male()).setRejectedValues(known.history().rejected()).setStale(known.stale()).setNoteZh(NOTE_ZH).setNoteEn(NOTE_EN);
        Portrait.values(known.history()).stream().map(HealthMessages::toProto).forEach(answer::addMeasurements);
        if (known.history().treatedHypertension() != null) {
            answer.setTreatedHypertension(known.history().treatedHypertension().yes());
        }
        if (known.history().smoker() != null) {
            answer.setSmoker(known.history().smoker().yes());
        }
        if (known.recordsAsOf() != null) {
            answer.setRecordsAsOf(HealthMessages.toProto(known.recordsAsOf()));
        }
        return known.answer(answer.build());
    }

    private Answer<GetTrendsResponse> trends(Known known, int years) {
        GetTrendsResponse.Builder answer = GetTrendsResponse.newBuilder().setMethod(Trend.METHOD).setStale(known.stale());
        Portrait.series(known.history(), known.today().minusYears(years)).stream().map(HealthMessages::toProto).forEach(answer::addTrends);
        if (known.recordsAsOf() != null) {
            answer.setRecordsAsOf(HealthMessages.toProto(known.recordsAsOf()));
        }
        return known.answer(answer.build());
    }

    private Answer<AssessRisksResponse> risks(Known known) {
        AssessRisksResponse.Builder answer = AssessRisksResponse.newBuilder().setModelVersion(RISK_VERSION).setStale(known.stale()).setNoteZh(NOTE_ZH).setNoteEn(NOTE_EN);
        assessed(known).forEach(score -> answer.addScores(HealthMessages.toProto(score, known.inputs(), known.told())));
        if (known.recordsAsOf() != null) {
            answer.setRecordsAsOf(HealthMessages.toProto(known.recordsAsOf()));
        }
        return known.answer(answer.build());
    }

    private Answer<ListWarningsResponse> warnings(Known known) {
        ListWarningsResponse.Builder answer = ListWarningsResponse.newBuilder().setOptedIn(known.preferences().optedIn())
                .setModelVersion(WarningRules.VERSION).setStale(known.stale());
        known.preferences().topics().stream().sorted().map(HealthMessages::toProto).forEach(answer::addTopics);
        wanted(known).forEach(warning -> answer.addWarnings(HealthMessages.toProto(warning)));
        if (known.recordsAsOf() != null) {
            answer.setRecordsAsOf(HealthMessages.toProto(known.recordsAsOf()));
        }
        return known.answer(answer.build());
    }

    private List<Warning> wanted(Known known) {
        return known.preferences().optedIn()
                ? rules.find(known.history(), known.inputs(), known.today()).stream().filter(warning -> known.preferences().wants(warning.topic())).toList()
                : List.of();
    }

    /** What every score says, counted for its drift whichever operation tells it. */
    private List<Portrait.Assessed> assessed(Known known) {
        List<Portrait.Assessed> assessed = new ArrayList<>();
        scores.all().forEach(score -> assessed.add(new Portrait.Assessed(score, score.assess(known.inputs()), score.inputsOf(known.inputs()))));
        if (!known.facts().sandbox()) {
            assessed.stream().filter(each -> each.outcome() instanceof Outcome.Scored).forEach(each -> watched.count(each.score(), known.inputs()));
        }
        return assessed;
    }

    private Portrait portrait(Known known) {
        return new Portrait(known.person().masked(), known.history().ageOn(known.today()), known.history().male(), known.today(),
                Portrait.values(known.history()), Portrait.series(known.history(), known.today().minusYears(Portrait.YEARS)), assessed(known),
                known.preferences().optedIn() ? wanted(known) : null,
                recordsOn(known), known.stale(), known.history().rejected(), known.facts().sandbox());
    }

    /** In the sandbox the day it always speaks of. */
    private static @Nullable LocalDate recordsOn(Known known) {
        if (known.facts().sandbox()) {
            return known.today();
        }
        return known.recordsAsOf() == null ? null : LocalDate.ofInstant(known.recordsAsOf(), ZONE);
    }

    private static ReportText language(GetReportRequest request) {
        return new ReportText(request.getLanguage() != Language.EN);
    }

    private static Answer<HttpBody> report(Known known, String type, byte[] content) {
        return known.answer(HttpBody.newBuilder().setContentType(type).setData(ByteString.copyFrom(content)).build());
    }
}
