package cn.jingshu.marketplace.portal;

import cn.jingshu.ledger.account.Account;
import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.journal.UnbalancedEntryException;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.ByHand;
import cn.jingshu.marketplace.billing.EntryProposal;
import cn.jingshu.marketplace.billing.EntryProposals;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
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
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where finance staff write entries by hand and take booked ones back, and a second pair of eyes approves. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class EntryPages {
    private static final int SHOWN = 50;
    private static final int TEXT_MAX = 400;
    private static final int DOCUMENT_MAX = 80;
    private static final int REASON_MAX = 500;
    private static final List<Role> READERS = List.of(Role.OPERATIONS, Role.AUDITOR, Role.REGULATOR);

    private final PageFrame frame;
    private final Pages pages;
    private final EntryProposals proposals;
    private final Chart chart;
    private final People people;
    private final Clock clock;

    EntryPages(PageFrame frame, Pages pages, EntryProposals proposals, Chart chart, People people, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.proposals = proposals;
        this.chart = chart;
        this.people = people;
        this.clock = clock;
    }

    @Get(Links.ENTRIES)
    HttpResponse<String> entries(HttpRequest<?> request) {
        return show(request, new Form(Map.of("businessLine", Dimensions.AUTHORISED_OPERATION), Map.of()), HttpStatus.OK);
    }

    private HttpResponse<String> show(HttpRequest<?> request, Form form, HttpStatus status) {
        Person reader = frame.personOf(request);
        if (READERS.stream().noneMatch(reader.roles()::contains)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        List<Account> accounts = chart.listAccounts();
        Map<String, Bilingual> names = new HashMap<>();
        accounts.forEach(each -> names.put(each.code().value(), new Bilingual(each.nameZh(), each.nameEn())));
        EntriesView view = new EntriesView(reader.roles().contains(Role.OPERATIONS), proposals.limit().fen(), id(form.value("entry")),
                id(form.value("reversal")),
                accounts.stream().filter(each -> each.postable() && ByHand.accounts().contains(each.code()))
                        .map(each -> new LedgerView.Account(each.code().value(), new Bilingual(each.nameZh(), each.nameEn()))).toList(),
                ByHand.reasons().stream().map(each -> EntriesView.EntryWhy.valueOf(each.name())).sorted().toList(),
                Reading.known(proposals.list(Optional.empty(), Optional.empty(), SHOWN).proposals().stream()
                        .map(each -> proposal(each, names, reader)).toList(), clock.instant()), form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.entries(page, view));
    }

    /** A form sent again after a mistake keeps its id, as the same wish mended. */
    private static UUID id(String text) {
        try {
            return text.isEmpty() ? UUID.randomUUID() : UUID.fromString(text);
        } catch (IllegalArgumentException none) {
            return UUID.randomUUID();
        }
    }

    private EntriesView.Proposal proposal(EntryProposal proposal, Map<String, Bilingual> names, Person reader) {
        JournalEntry entry = proposal.entry();
        UUID decidedBy = proposal.decidedBy();
        String ground = proposal.ground();
        return new EntriesView.Proposal(proposal.id(), entry.effectiveOn(), EntriesView.EntryWhy.valueOf(entry.reason().name()), entry.description(), proposal.isReversal(),
                entry.amount().fen(), entry.postings().stream().map(each -> line(each, names)).toList(),
                EntriesView.ProposalState.valueOf(proposal.status().name()), person(proposal.proposedBy()), proposal.proposedAt(),
                decidedBy == null ? "" : person(decidedBy), ground == null ? "" : ground, proposal.proposedBy().equals(reader.id()));
    }

    private String person(UUID id) {
        return people.find(id).map(Person::displayName).orElse(id.toString());
    }

    private static EntriesView.Line line(Posting posting, Map<String, Bilingual> names) {
        boolean debit = posting.side() == Side.DEBIT;
        String account = posting.account().value();
        Dimensions about = posting.dimensions();
        String text = Stream.of(Optional.ofNullable(about.product()), Optional.ofNullable(about.merchant()), Optional.ofNullable(about.consumer()),
                Optional.ofNullable(about.provider()), Optional.ofNullable(about.businessLine())).flatMap(Optional::stream).collect(Collectors.joining(" · "));
        return new EntriesView.Line(account, names.getOrDefault(account, Bilingual.same(account)), text, debit ? posting.amount().fen() : 0,
                debit ? 0 : posting.amount().fen());
    }

    @Post(Links.ENTRIES)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> propose(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.OPERATIONS);
        Map<String, Bilingual> errors = new HashMap<>();
        LocalDate on = day(posted.text("on"), errors);
        String description = posted.text("description");
        String document = posted.text("document");
        if (description.isEmpty() || description.length() > TEXT_MAX) {
            errors.put("description", new Bilingual("须填写摘要,最多 400 字", "a description is needed, of 400 characters at most"));
        }
        if (document.isEmpty() || document.length() > DOCUMENT_MAX) {
            errors.put("document", new Bilingual("须填写原始凭证编号,最多 80 字", "the number of the document is needed, of 80 characters at most"));
        }
        Optional<EntryReason> reason = ByHand.reasons().stream().filter(each -> each.name().equals(posted.text("reason"))).findFirst();
        if (reason.isEmpty()) {
            errors.put("reason", new Bilingual("请选择事由", "choose a reason"));
        }
        List<Posting> postings = postings(posted, errors);
        if (on == null || !errors.isEmpty() || reason.isEmpty()) {
            return wrong(request, posted, errors);
        }
        try {
            JournalEntry entry = new JournalEntry(SubscriptionPages.uuid(posted.text("entry")), on, reason.get(),
                    description + " · 附件 " + document, postings);
            return answer(request, posted, proposals.propose(entry, person.id()));
        } catch (UnbalancedEntryException unbalanced) {
            Money debits = sum(postings, Side.DEBIT);
            Money credits = sum(postings, Side.CREDIT);
            return wrong(request, posted, Map.of("line-0", new Bilingual("借贷不平衡:借方 " + debits.toYuan() + " 元,贷方 " + credits.toYuan() + " 元",
                    "not balanced: debits " + debits.toYuan() + ", credits " + credits.toYuan() + " yuan")));
        } catch (IllegalArgumentException unfit) {
            return wrong(request, posted, Map.of("line-0", new Bilingual("分录有误:" + unfit.getMessage(), "the lines are wrong: " + unfit.getMessage())));
        }
    }

    private static Money sum(List<Posting> postings, Side side) {
        return Money.sum(postings.stream().filter(each -> each.side() == side).map(Posting::amount).toList());
    }

    private static @Nullable LocalDate day(String text, Map<String, Bilingual> errors) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException none) {
            errors.put("on", new Bilingual("日期须为 2026-11-30 形式", "a day has the form 2026-11-30"));
            return null;
        }
    }

    private static List<Posting> postings(Posted posted, Map<String, Bilingual> errors) {
        List<Posting> postings = new ArrayList<>();
        Dimensions about;
        try {
            String month = posted.text("servicePeriod");
            about = new Dimensions(orNull(posted, "product"), orNull(posted, "provider"), orNull(posted, "merchant"), orNull(posted, "consumer"),
                    orNull(posted, "purposeClass"), orNull(posted, "businessLine"), null, month.isEmpty() ? null : YearMonth.parse(month));
        } catch (IllegalArgumentException | DateTimeException wrong) {
            errors.put("servicePeriod", new Bilingual("辅助核算项有误:" + wrong.getMessage(), "a dimension is wrong: " + wrong.getMessage()));
            return postings;
        }
        for (int i = 0; i < EntriesView.LINES; i++) {
            String debit = posted.text("debit-" + i);
            String credit = posted.text("credit-" + i);
            String account = posted.text("line-" + i);
            if (debit.isEmpty() && credit.isEmpty()) {
                continue;
            }
            try {
                Money amount = Money.ofYuan(debit.isEmpty() ? credit : debit);
                if ((!debit.isEmpty() && !credit.isEmpty()) || !amount.isPositive()) {
                    throw new IllegalArgumentException("one amount above zero a line");
                }
                postings.add(new Posting(new AccountCode(account), debit.isEmpty() ? Side.CREDIT : Side.DEBIT, amount, about));
            } catch (IllegalArgumentException | ArithmeticException wrong) {
                errors.put("line-" + i, new Bilingual("第 " + (i + 1) + " 行:选择科目,只填借方或贷方,金额大于零、至多两位小数",
                        "line " + (i + 1) + ": an account and either a debit or a credit, above zero, with at most two decimals"));
            }
        }
        if (postings.size() < 2 && errors.isEmpty()) {
            errors.put("line-0", new Bilingual("至少两行分录", "at least two lines are needed"));
        }
        return postings;
    }

    private static @Nullable String orNull(Posted posted, String field) {
        String text = posted.text(field);
        return text.isEmpty() ? null : text;
    }

    @Post(Links.ENTRY_REVERSALS)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> reverse(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.OPERATIONS);
        Map<String, Bilingual> errors = new HashMap<>();
        LocalDate on = day(posted.text("reversalOn"), errors);
        if (on == null) {
            errors.put("reversalOn", java.util.Objects.requireNonNull(errors.remove("on")));
        }
        String why = posted.text("why");
        if (why.isEmpty() || why.length() > TEXT_MAX) {
            errors.put("why", new Bilingual("须填写理由,最多 400 字", "a reason is needed, of 400 characters at most"));
        }
        UUID original = null;
        try {
            original = UUID.fromString(posted.text("original"));
        } catch (IllegalArgumentException none) {
            errors.put("original", new Bilingual("须填写要冲销的凭证标识", "the id of the entry to take back is needed"));
        }
        if (on == null || original == null || !errors.isEmpty()) {
            return wrong(request, posted, errors);
        }
        return answer(request, posted, proposals.proposeReversal(SubscriptionPages.uuid(posted.text("reversal")), original, on, why, person.id()));
    }

    @Post(Links.ENTRIES + "/{id}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> step(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.OPERATIONS);
        UUID entry = SubscriptionPages.uuid(id);
        String step = posted.text("step");
        String reason = posted.text("reason");
        if (!step.equals("APPROVE") && (reason.isEmpty() || reason.length() > REASON_MAX)) {
            return wrong(request, posted, Map.of("proposals", new Bilingual("须填写理由,最多 500 字", "a reason is needed, of 500 characters at most")));
        }
        return answer(request, posted, switch (step) {
            case "APPROVE" -> proposals.approve(entry, person.id());
            case "REFUSE" -> proposals.refuse(entry, person.id(), reason);
            case "WITHDRAW" -> proposals.withdraw(entry, person.id(), reason);
            default -> throw PageRefused.noSuchPage();
        });
    }

    private HttpResponse<?> answer(HttpRequest<?> request, Posted posted, EntryProposals.Outcome outcome) {
        return switch (outcome) {
            case EntryProposals.Outcome.Done(var proposal) -> HttpResponse.seeOther(URI.create(Links.ENTRIES + "?done="
                    + (switch (proposal.status()) {
                        case OPEN -> Done.PROPOSED;
                        case BOOKED -> Done.BOOKED;
                        case REFUSED, WITHDRAWN -> Done.DECIDED;
                    }).word()));
            case EntryProposals.Outcome.Refused refused -> wrong(request, posted,
                    Map.of("proposals", new Bilingual(refused.fault().zh(), refused.fault().en())));
            case EntryProposals.Outcome.NotBookable(var code, var detail) -> wrong(request, posted, Map.of("proposals",
                    new Bilingual("账簿不接受该凭证(" + code + "):" + detail, "the books do not take it (" + code + "): " + detail)));
        };
    }

    private HttpResponse<String> wrong(HttpRequest<?> request, Posted posted, Map<String, Bilingual> errors) {
        return show(request, new Form(posted.shown(), errors), HttpStatus.UNPROCESSABLE_ENTITY);
    }
}
