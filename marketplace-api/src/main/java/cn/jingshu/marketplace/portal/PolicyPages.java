package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.policy.PolicyProposals;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.URI;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The numbers of policy with their history, for anyone; for the bureau, proposals of new ones and decisions about them. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class PolicyPages {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyPages.class);
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final int SHOWN = 50;
    private static final int MOST_VALUE = 60;

    private final PageFrame frame;
    private final Pages pages;
    private final PolicyProposals policy;
    private final Clock clock;

    PolicyPages(PageFrame frame, Pages pages, PolicyProposals policy, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.policy = policy;
        this.clock = clock;
    }

    @Get(Links.POLICY)
    HttpResponse<String> show(HttpRequest<?> request) {
        return show(request, new Form(Map.of("id", UUID.randomUUID().toString()), Map.of()), HttpStatus.OK);
    }

    private MutableHttpResponse<String> show(HttpRequest<?> request, Form form, HttpStatus status) {
        Visitor visitor = frame.visitorOf(request);
        boolean bureau = visitor instanceof Visitor.SignedIn signedIn && signedIn.hasAny(Role.REGULATOR);
        UUID reader = visitor instanceof Visitor.SignedIn(var person, var _) ? person.id() : null;
        PolicyView view;
        try {
            Map<String, List<PolicyView.Dated>> byName = new LinkedHashMap<>();
            policy.listAll().forEach(each -> byName.computeIfAbsent(each.name(), _ -> new ArrayList<>()).addFirst(new PolicyView.Dated(each.value(),
                    LocalDate.ofInstant(each.from(), ZONE), each.citation(), wordsOf(each.state()), cssOf(each.state()))));
            List<PolicyProposals.Proposal> proposals = bureau ? policy.list(SHOWN) : List.of();
            view = new PolicyView(Reading.known(byName.entrySet().stream().map(each -> new PolicyView.Row(each.getKey(), each.getValue())).toList(),
                            clock.instant()),
                    proposals.stream().map(each -> proposal(each, reader)).toList(), bureau,
                    bureau ? byName.keySet().stream().map(each -> new ResourcesView.Choice(each, new Bilingual(
                            each + "(" + PolicyProposals.formZh(each) + ")", each + " (" + PolicyProposals.formEn(each) + ")"))).toList() : List.of(), form);
        } catch (DatabaseException away) {
            LOG.warn("the numbers of policy cannot be read: {}", away.getMessage());
            view = new PolicyView(PageFrame.unknown(request), List.of(), false, List.of(), form);
        }
        PolicyView shown = view;
        return frame.show(request, visitor, HttpResponse.status(status), page -> pages.policy(page, shown));
    }

    private static PolicyView.Proposal proposal(PolicyProposals.Proposal p, @Nullable UUID reader) {
        Boolean approved = p.approved();
        return new PolicyView.Proposal(p.id(), p.name(), p.value(), p.effectiveOn(), p.citation(), p.ground(), p.proposedAt(),
                approved == null ? new Bilingual("待另一人审批", "waits for another person")
                        : approved ? new Bilingual("已批准", "approved") : new Bilingual("未获批准", "refused"),
                approved == null ? "warning" : approved ? "done" : "failed", p.decision(), approved == null && !p.proposedBy().equals(reader));
    }

    private static Bilingual wordsOf(PolicyProposals.State state) {
        return switch (state) {
            case PAST -> new Bilingual("已被取代", "no longer in force");
            case IN_FORCE -> new Bilingual("现行", "in force");
            case TO_COME -> new Bilingual("待生效", "to come");
        };
    }

    private static String cssOf(PolicyProposals.State state) {
        return switch (state) {
            case PAST -> "quiet";
            case IN_FORCE -> "done";
            case TO_COME -> "warning";
        };
    }

    @Post(Links.POLICY)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> propose(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.REGULATOR);
        Map<String, Bilingual> wrong = new LinkedHashMap<>();
        String citation = text(posted, "citation", wrong);
        String ground = text(posted, "ground", wrong);
        String value = posted.text("value");
        if (value.isEmpty() || value.length() > MOST_VALUE) {
            wrong.put("value", new Bilingual("须填写", "it is needed"));
        }
        LocalDate on = DeadlinePages.day(posted.text("effectiveOn"));
        if (on == null) {
            wrong.put("effectiveOn", new Bilingual("日期须为 2026-11-30 形式", "a date has the form 2026-11-30"));
        }
        if (posted.text("name").isEmpty()) {
            wrong.put("name", new Bilingual("请选择", "choose a number"));
        }
        if (on == null || !wrong.isEmpty()) {
            return show(request, new Form(posted.shown(), wrong), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        PolicyProposals.Outcome outcome = policy.propose(SubscriptionPages.uuid(posted.text("id")),
                new PolicyProposals.Proposed(posted.text("name"), value, on, citation, ground), person.id());
        return after(request, posted, outcome, Done.PROPOSED);
    }

    @Post(Links.POLICY + "/{id}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> decide(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.REGULATOR);
        Map<String, Bilingual> wrong = new LinkedHashMap<>();
        String decision = text(posted, "decision", wrong);
        boolean approved = switch (posted.text("approved")) {
            case "YES" -> true;
            case "NO" -> false;
            default -> throw PageRefused.noSuchPage();
        };
        if (!wrong.isEmpty()) {
            return show(request, new Form(posted.shown(), wrong), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        return after(request, posted, policy.decide(SubscriptionPages.uuid(id), approved, decision, person.id()), Done.DECIDED);
    }

    private HttpResponse<?> after(HttpRequest<?> request, Posted posted, PolicyProposals.Outcome outcome, Done done) {
        return switch (outcome) {
            case PolicyProposals.Outcome.Done _ -> HttpResponse.seeOther(URI.create(Links.POLICY + "?done=" + done.word()));
            case PolicyProposals.Outcome.Refused(var refusal) -> show(request,
                    new Form(posted.shown(), Map.of(fieldOf(refusal), new Bilingual(refusal.zh(), refusal.en()))), HttpStatus.UNPROCESSABLE_ENTITY);
        };
    }

    private static String fieldOf(PolicyProposals.Refusal refusal) {
        return switch (refusal) {
            case NO_SUCH_NUMBER, UNKNOWN, ID_TAKEN -> "name";
            case VALUE_UNFIT, UNDER_THE_LAW -> "value";
            case NOT_TO_COME, TOO_FAR, PERIOD_CLOSED, NO_FIRST_OF_MONTH, DATE_TAKEN -> "effectiveOn";
            case SAME_PERSON, NOT_THE_BUREAU, DECIDED -> "decision";
        };
    }

    private static String text(Posted posted, String field, Map<String, Bilingual> wrong) {
        String text = posted.text(field);
        if (text.isEmpty() || text.length() > PolicyProposals.MOST_TEXT) {
            wrong.put(field, new Bilingual("须填写,最多 1000 字", "it is needed, of 1000 characters at most"));
        }
        return text;
    }
}
