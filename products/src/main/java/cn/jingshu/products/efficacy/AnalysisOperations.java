package cn.jingshu.products.efficacy;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.domain.disclosure.DifferencingGuard.Judgement;
import cn.jingshu.products.domain.disclosure.Disclosure;
import cn.jingshu.products.domain.disclosure.SmallCells;
import cn.jingshu.products.efficacy.v1.CompareTreatmentsRequest;
import cn.jingshu.products.efficacy.v1.CompareTreatmentsResponse;
import cn.jingshu.products.efficacy.v1.DefineCohortRequest;
import cn.jingshu.products.efficacy.v1.Outcome;
import cn.jingshu.products.efficacy.v1.OutcomeKind;
import cn.jingshu.products.efficacy.v1.Review;
import cn.jingshu.products.efficacy.v1.SafetySignalsRequest;
import cn.jingshu.products.efficacy.v1.SafetySignalsResponse;
import cn.jingshu.products.efficacy.v1.SurvivalCurveRequest;
import cn.jingshu.products.efficacy.v1.SurvivalCurveResponse;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The analyses: each reads the people anew, tells what may be told, and is kept with its package. */
final class AnalysisOperations {
    private static final int USUAL_SIGNAL_MONTHS = 12;
    private static final int USUAL_MONTHS = 24;
    private static final int USUAL_LIMIT = 50;

    private final ProductData data;

    AnalysisOperations(ProductData data) {
        this.data = data;
    }

    /** A cohort that is there and large enough, with the data as they stand. */
    private record Ready(CohortStore.Cohort cohort, CohortDefinition definition) {}

    CompletionStage<Answer<SafetySignalsResponse>> signals(CallFacts facts, SafetySignalsRequest request, Disclosure disclosure) {
        var fault = CohortDefinition.diagnosesFault("events", request.getEventsList());
        if (fault.isPresent()) {
            return refused(fault.get());
        }
        Standing standing = Standing.of(data, facts);
        return Answers.within(data, facts, session -> {
            Optional<CohortStore.Cohort> cohort = new CohortStore(session, facts.caller()).findCohort(request.getCohortId());
            if (cohort.isEmpty()) {
                return Answers.noSuchCohort("cohortId");
            }
            return cohort.get().usable() ? signals(session, facts, request, ready(cohort.get()), standing, disclosure)
                    : Answers.tooFew("cohortId");
        });
    }

    private Answer<SafetySignalsResponse> signals(
            DataSession session, CallFacts facts, SafetySignalsRequest request, Ready ready, Standing standing,
            Disclosure disclosure) {
        PersonPages pages = new PersonPages(session);
        Optional<LocalDate> until = pages.dataUntil();
        if (until.isEmpty()) {
            return Answers.away();
        }
        Set<String> drugs = new HashSet<>(pages.drugs().stream().map(PersonPages.MarketDrug::name).toList());
        SignalSearch search = new SignalSearch(ready.definition(), drugs,
                request.hasFollowUpMonths() ? request.getFollowUpMonths() : USUAL_SIGNAL_MONTHS, until.get());
        pages.each(Candidates.of(List.of(ready.definition())), drugs, search::visit);
        SignalSearch.Found found = search.found(
                new HashSet<>(request.getEventsList().stream().map(DrugNames::diagnosis).toList()),
                request.hasLimit() ? request.getLimit() : USUAL_LIMIT,
                disclosure.cells(), (question, cases) -> disclosure.judge(session, question, cases) instanceof Judgement.Admitted);
        SmallCells cells = disclosure.cells();
        if (found.signals().isEmpty()) {
            disclosure.tellOfNoCohort(); // how many entered was told, and judged, when the cohort was defined
        }
        String id = UUID.randomUUID().toString();
        SafetySignalsResponse.Builder response = SafetySignalsResponse.newBuilder().setAnalysisId(id)
                .addAllSignals(found.signals()).setSuppressed(found.suppressed()).setPrior(found.prior())
                .addAllReviews(standing.reviews()).setStale(standing.stale());
        if (found.exposed() >= cells.threshold()) {
            response.setPersonsExposed(cells.rounded(found.exposed()));
        }
        if (found.background() >= cells.threshold()) {
            response.setPersonsInBackground(cells.rounded(found.background()));
        }
        ObjectNode inputs = AnalysisPackage.section();
        ArrayNode tables = inputs.putArray("tables");
        found.tables().forEach(pair -> {
            ObjectNode table = tables.addObject();
            table.put("drug", pair.product());
            table.put("event", pair.event());
            table.put("both", pair.observed());
            table.put("drugOnly", pair.productOnly());
            table.put("eventOnly", pair.eventOnly());
            table.put("neither", pair.neither());
            table.put("expected", pair.expected());
        });
        SafetySignalsResponse answer = response.build();
        keep(session, facts, "SafetySignals", id, List.of(ready), request, inputs, answer, standing, until.get(), cells);
        return Answers.found(answer, answer.getSignalsCount(), standing);
    }

    CompletionStage<Answer<SurvivalCurveResponse>> survival(CallFacts facts, SurvivalCurveRequest request, Disclosure disclosure) {
        var fault = outcomeFault(request.getOutcome());
        if (fault.isPresent()) {
            return refused(fault.get());
        }
        Standing standing = Standing.of(data, facts);
        return Answers.within(data, facts, session -> {
            CohortStore store = new CohortStore(session, facts.caller());
            Optional<CohortStore.Cohort> first = store.findCohort(request.getCohortId());
            Optional<CohortStore.Cohort> second = store.findCohort(request.getComparatorCohortId());
            boolean compared = !request.getComparatorCohortId().isEmpty();
            if (first.isEmpty() || (compared && second.isEmpty())) {
                return Answers.noSuchCohort(first.isEmpty() ? "cohortId" : "comparatorCohortId");
            }
            if (!first.get().usable() || (compared && !second.get().usable())) {
                return Answers.tooFew(first.get().usable() ? "comparatorCohortId" : "cohortId");
            }
            List<Ready> ready = new ArrayList<>(List.of(ready(first.get())));
            second.ifPresent(cohort -> ready.add(ready(cohort)));
            return survival(session, facts, request, ready, standing, disclosure);
        });
    }

    private Answer<SurvivalCurveResponse> survival(
            DataSession session, CallFacts facts, SurvivalCurveRequest request, List<Ready> cohorts, Standing standing,
            Disclosure disclosure) {
        Optional<LocalDate> until = new PersonPages(session).dataUntil();
        if (until.isEmpty()) {
            return Answers.away();
        }
        Member.Outcome outcome = outcome(request.getOutcome(), request.hasFollowUpMonths() ? request.getFollowUpMonths() : USUAL_MONTHS);
        List<List<Member>> members = members(session, cohorts, outcome, until.get());
        Map<String, List<Member>> groups = cohorts.size() == 2
                ? ordered(Map.of("COHORT", members.get(0), "COMPARATOR", members.get(1)), List.of("COHORT", "COMPARATOR"))
                : switch (request.getGrouping()) {
                    case ONE_GROUP, UNRECOGNIZED -> SurvivalStudy.grouped(members.getFirst(), List.of("COHORT"), _ -> "COHORT");
                    case BY_SEX -> SurvivalStudy.grouped(members.getFirst(), List.of("FEMALE", "MALE"), m -> m.male() ? "MALE" : "FEMALE");
                    case BY_AGE_BAND -> SurvivalStudy.grouped(members.getFirst(), List.of("BELOW_45", "FROM_45_TO_64", "FROM_65"),
                            m -> m.age() < 45 ? "BELOW_45" : m.age() < 65 ? "FROM_45_TO_64" : "FROM_65");
                };
        SurvivalStudy.Told told = SurvivalStudy.of(groups, disclosure.cells());
        for (var curve : told.curves()) {
            if (curve.hasEvents()) {
                boolean first = !curve.getLabel().equals("COMPARATOR");
                String question = outcome.text(entered(cohorts, first ? 1 : 2));
                boolean whole = cohorts.size() == 2 || curve.getLabel().equals("COHORT");
                requireReleasable(session, disclosure, whole ? question : question + " " + curve.getLabel(),
                        groups.getOrDefault(curve.getLabel(), List.of()));
            }
        }
        if (told.curves().stream().noneMatch(curve -> curve.hasEvents())) {
            disclosure.tellOfNoCohort(); // every curve is held back
        }
        String id = UUID.randomUUID().toString();
        SurvivalCurveResponse.Builder response = SurvivalCurveResponse.newBuilder().setAnalysisId(id).addAllCurves(told.curves())
                .addAllReviews(standing.reviews()).setStale(standing.stale());
        told.logRank().ifPresent(response::setLogRank);
        told.hazardRatio().ifPresent(response::setHazardRatio);
        if (told.anyHeldBack()) {
            response.addReviews(Review.TOO_FEW_PERSONS);
        }
        SurvivalCurveResponse answer = response.build();
        keep(session, facts, "SurvivalCurve", id, cohorts, request, AnalysisPackage.section(), answer, standing, until.get(), disclosure.cells());
        return Answers.found(answer, answer.getCurvesCount(), standing);
    }

    CompletionStage<Answer<CompareTreatmentsResponse>> compare(CallFacts facts, CompareTreatmentsRequest request, Disclosure disclosure) {
        var fault = outcomeFault(request.getOutcome());
        if (fault.isPresent()) {
            return refused(fault.get());
        }
        Standing standing = Standing.of(data, facts);
        return Answers.within(data, facts, session -> {
            CohortStore store = new CohortStore(session, facts.caller());
            Optional<CohortStore.Cohort> first = store.findCohort(request.getCohortId());
            Optional<CohortStore.Cohort> second = store.findCohort(request.getComparatorCohortId());
            if (first.isEmpty() || second.isEmpty()) {
                return Answers.noSuchCohort(first.isEmpty() ? "cohortId" : "comparatorCohortId");
            }
            if (!first.get().usable() || !second.get().usable()) {
                return Answers.tooFew(first.get().usable() ? "comparatorCohortId" : "cohortId");
            }
            return compare(session, facts, request, List.of(ready(first.get()), ready(second.get())), standing, disclosure);
        });
    }

    private Answer<CompareTreatmentsResponse> compare(
            DataSession session, CallFacts facts, CompareTreatmentsRequest request, List<Ready> cohorts, Standing standing,
            Disclosure disclosure) {
        Optional<LocalDate> until = new PersonPages(session).dataUntil();
        if (until.isEmpty()) {
            return Answers.away();
        }
        int months = request.hasFollowUpMonths() ? request.getFollowUpMonths() : USUAL_MONTHS;
        for (Ready ready : cohorts) {
            if (ready.definition().to().plusMonths(months).atDay(1).isAfter(until.get().plusDays(1))) {
                // a risk needs everybody followed to the end, or those followed longer would count for more
                return Answer.invalid("followUpMonths", "随访期超出现有数据(数据截至 " + until.get() + ")",
                        "the follow-up reaches beyond the data, which end on " + until.get());
            }
        }
        Member.Outcome outcome = outcome(request.getOutcome(), months);
        List<List<Member>> members = members(session, cohorts, outcome, until.get());
        SmallCells cells = disclosure.cells();
        CompareTreatmentsResponse.Builder response = members.stream().anyMatch(List::isEmpty)
                ? CompareTreatmentsResponse.newBuilder().setSuppressed(true)
                : new Comparison(members.get(0), members.get(1), cells).answer();
        if (!response.getSuppressed()) {
            for (int c = 0; c < members.size(); c++) {
                requireReleasable(session, disclosure, outcome.text(entered(cohorts, c + 1)), members.get(c));
            }
        } else {
            disclosure.tellOfNoCohort();
        }
        String id = UUID.randomUUID().toString();
        CompareTreatmentsResponse answer = response.setAnalysisId(id).addAllReviews(standing.reviews()).setStale(standing.stale()).build();
        keep(session, facts, "CompareTreatments", id, cohorts, request, AnalysisPackage.section(), answer, standing, until.get(), disclosure.cells());
        return Answers.found(answer, 1, standing);
    }

    /**
     * The members of each cohort, from one reading of the people. Who entered the first and later or earlier another counts in
     * the first alone.
     */
    private List<List<Member>> members(DataSession session, List<Ready> cohorts, Member.Outcome outcome, LocalDate until) {
        List<List<Member>> members = new ArrayList<>();
        Set<String> drugs = new HashSet<>(new PersonPages(session).drugs().stream().map(PersonPages.MarketDrug::name).toList());
        cohorts.forEach(_ -> members.add(new ArrayList<>()));
        new PersonPages(session).each(Candidates.of(cohorts.stream().map(Ready::definition).toList()), drugs, person -> {
            for (int c = 0; c < cohorts.size(); c++) {
                CohortDefinition definition = cohorts.get(c).definition();
                Optional<LocalDate> entry = definition.entry(person);
                if (entry.isPresent()) {
                    Member.of(person, entry.get(), definition, outcome, until).ifPresent(members.get(c)::add);
                    return;
                }
            }
        });
        return members;
    }

    /** The definitions of the first so many cohorts. */
    private static List<CohortDefinition> entered(List<Ready> cohorts, int first) {
        return cohorts.subList(0, first).stream().map(Ready::definition).toList();
    }

    private static void requireReleasable(DataSession session, Disclosure disclosure, String question, List<Member> group) {
        Collection<String> withEvent = group.stream().filter(m -> m.followUp().event()).map(Member::token).toList();
        switch (disclosure.judge(session, question, withEvent)) {
            case Judgement.Admitted() -> { }
            case Judgement.TooSmall() -> throw new IllegalStateException("a group of too few with the outcome was to be told");
            case Judgement.TooSimilar(var forgottenAfter) -> throw new TooSimilarException(forgottenAfter);
        }
    }

    private static void keep(DataSession session, CallFacts facts, String operation, String id, List<Ready> cohorts, Message request,
            ObjectNode inputs, Message answer, Standing standing, LocalDate until, SmallCells cells) {
        CohortStore store = new CohortStore(session, facts.caller());
        Map<String, JsonNode> sections = new HashMap<>();
        ObjectNode protocol = AnalysisPackage.section();
        ArrayNode defined = protocol.putArray("cohorts");
        for (Ready ready : cohorts) {
            ObjectNode one = defined.addObject();
            one.put("cohortId", ready.cohort().cohortId());
            one.put("protocolId", ready.cohort().protocolId());
            one.put("ethicsApprovalId", ready.cohort().ethicsApprovalId());
            one.put("sponsor", ready.cohort().sponsor());
            one.put("definedAt", ready.cohort().definedAt().toString());
            one.put("size", ready.cohort().size());
            one.set("definition", AnalysisPackage.of(request(ready.cohort().definition())));
            ArrayNode trail = one.putArray("earlierAnalyses"); // how many results this one was chosen from
            store.listAnalyses(ready.cohort().cohortId()).forEach(earlier -> trail.addObject()
                    .put("analysisId", earlier.analysisId()).put("operation", earlier.operation())
                    .put("analysedAt", earlier.analysedAt().toString()).put("digest", earlier.digest()));
        }
        sections.put("protocol", protocol);
        sections.put("versions", AnalysisPackage.versions());
        ObjectNode parameters = AnalysisPackage.section();
        parameters.put("operation", operation);
        parameters.put("analysisId", id);
        parameters.put("analysedAt", facts.occurredAt().toString());
        parameters.put("sandbox", facts.sandbox());
        parameters.set("request", AnalysisPackage.of(request));
        sections.put("parameters", parameters);
        sections.put("data", standing.section(until.toString()));
        sections.put("inputs", inputs);
        sections.put("results", AnalysisPackage.of(answer));
        ObjectNode disclosure = AnalysisPackage.section();
        disclosure.put("leastCell", cells.threshold());
        disclosure.put("personsRoundedDownTo", cells.threshold());
        disclosure.put("significantDigits", 5);
        disclosure.put("curveGridDays", 30);
        sections.put("disclosureControl", disclosure);
        String text = AnalysisPackage.text(sections);
        cohorts.stream().map(ready -> ready.cohort().cohortId()).findFirst().ifPresent(cohortId -> store.add(cohortId,
                new CohortStore.Analysis(id, operation, facts.occurredAt(), text,
                        AnalysisPackage.sha256(text.getBytes(StandardCharsets.UTF_8)))));
    }

    private static Ready ready(CohortStore.Cohort cohort) {
        return new Ready(cohort, CohortDefinition.of(request(cohort.definition())));
    }

    private static DefineCohortRequest request(String definition) {
        DefineCohortRequest.Builder request = DefineCohortRequest.newBuilder();
        try {
            JsonFormat.parser().merge(definition, request);
        } catch (InvalidProtocolBufferException broken) {
            throw new IllegalStateException("a stored definition is not that of a cohort", broken);
        }
        return request.build();
    }

    private static Map<String, List<Member>> ordered(Map<String, List<Member>> groups, List<String> names) {
        Map<String, List<Member>> ordered = new LinkedHashMap<>();
        names.forEach(name -> ordered.put(name, groups.getOrDefault(name, List.of())));
        ordered.values().removeIf(List::isEmpty);
        return ordered;
    }

    private static Member.Outcome outcome(Outcome outcome, int months) {
        return new Member.Outcome(outcome.getKind(),
                new HashSet<>(outcome.getDiagnosesList().stream().map(DrugNames::diagnosis).toList()), months);
    }

    private static Optional<Answer.Violation> outcomeFault(Outcome outcome) {
        boolean diagnosis = outcome.getKind() == OutcomeKind.DIAGNOSIS;
        if (diagnosis == (outcome.getDiagnosesCount() == 0)) {
            return Optional.of(new Answer.Violation("outcome.diagnoses", "结局为诊断时必填,否则不填",
                    "is given for the outcome DIAGNOSIS, and only for that"));
        }
        return CohortDefinition.diagnosesFault("outcome.diagnoses", outcome.getDiagnosesList());
    }

    private static <A extends Message> CompletionStage<Answer<A>> refused(Answer.Violation violation) {
        return CompletableFuture.completedFuture(Answer.invalid(violation.field(), violation.zh(), violation.en()));
    }
}
