package cn.jingshu.marketplace.management;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.journal.UnbalancedEntryException;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.EntryProposal;
import cn.jingshu.marketplace.billing.EntryProposals;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Entries and reversals that the operator's finance staff write by hand: one person proposes with a reason, above the limit another approves.
 */
@Controller("/api/entry-proposals")
@ExecuteOn(TaskExecutors.BLOCKING)
final class EntryProposalsController {
    private static final Role[] READERS = {Role.OPERATIONS, Role.AUDITOR, Role.REGULATOR};

    private final EntryProposals proposals;

    EntryProposalsController(EntryProposals proposals) {
        this.proposals = proposals;
    }

    /**
     * One side of one account.
     *
     * @param side {@code DEBIT} or {@code CREDIT}
     */
    @Serdeable
    record Line(
            @Nullable String account,
            @Nullable String side,
            @Nullable String amountYuan,
            @Nullable String product,
            @Nullable String provider,
            @Nullable String merchant,
            @Nullable String consumer,
            @Nullable String purposeClass,
            @Nullable String businessLine,
            @Nullable String priceVersion,
            @Nullable String servicePeriod) {
        static Line toApi(Posting posting) {
            Dimensions about = posting.dimensions();
            YearMonth month = about.servicePeriod();
            return new Line(posting.account().value(), posting.side().name(), posting.amount().toYuan(), about.product(), about.provider(),
                    about.merchant(), about.consumer(), about.purposeClass(), about.businessLine(), about.priceVersion(),
                    month == null ? null : month.toString());
        }

        Posting fromApi() {
            return new Posting(new AccountCode(needed("account", account)), Pages.constant("side", needed("side", side), Side.class),
                    Money.ofYuan(needed("amountYuan", amountYuan)),
                    new Dimensions(product, provider, merchant, consumer, purposeClass, businessLine, priceVersion,
                            servicePeriod == null ? null : YearMonth.parse(servicePeriod)));
        }
    }

    /**
     * An entry to book.
     *
     * @param entryId made by the caller: the same wish again is no second one
     * @param effectiveOn the voucher date
     * @param description why; it stands in the books
     */
    @Serdeable
    record Asked(
            @Nullable UUID entryId,
            @Nullable String effectiveOn,
            @Nullable String reason,
            @Nullable String description,
            @Nullable List<Line> postings) {}

    /**
     * An entry to reverse.
     *
     * @param entryId of the reversal, made by the caller
     */
    @Serdeable
    record AskedReversal(
            @Nullable UUID entryId, @Nullable UUID reverses, @Nullable String effectiveOn, @Nullable String description) {}

    /** Why a proposal is refused or withdrawn. */
    @Serdeable
    record Ground(@Nullable String reason) {}

    /**
     * A proposal.
     *
     * @param fourEyesAboveYuan above it a second person was needed when it was proposed
     * @param decidedBy null: it is open, or was booked by one person within the limit
     */
    @Serdeable
    record View(
            UUID entryId,
            String effectiveOn,
            String reason,
            String description,
            @Nullable UUID reverses,
            String amountYuan,
            String fourEyesAboveYuan,
            List<Line> postings,
            String status,
            UUID proposedBy,
            Instant proposedAt,
            @Nullable UUID decidedBy,
            @Nullable Instant decidedAt,
            @Nullable String ground) {
        static View toApi(EntryProposal proposal) {
            JournalEntry entry = proposal.entry();
            return new View(entry.entryId(), entry.effectiveOn().toString(), entry.reason().name(), entry.description(), entry.reverses(),
                    entry.amount().toYuan(), proposal.limit().toYuan(), entry.postings().stream().map(Line::toApi).toList(),
                    proposal.status().name(), proposal.proposedBy(), proposal.proposedAt(), proposal.decidedBy(), proposal.decidedAt(),
                    proposal.ground());
        }
    }

    @Serdeable
    record Page(String fourEyesAboveYuan, List<View> proposals, @Nullable String nextCursor) {}

    /** Proposals, the youngest first, and the limit in force. */
    @Get
    Page list(Visitor visitor, @Nullable @QueryValue String status, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) {
        Rights.require(visitor, READERS);
        Pages.requireLimit(limit);
        EntryProposals.Page page = proposals.list(
                Optional.ofNullable(status).map(text -> Pages.constant("status", text, EntryProposal.Status.class)),
                Optional.ofNullable(cursor).map(Pages::readCursor).map(end -> new EntryProposals.Cursor(end.moment(), end.id())),
                limit);
        return new Page(proposals.limit().toYuan(), page.proposals().stream().map(View::toApi).toList(),
                page.next().map(end -> Pages.writeCursor(end.proposedAt(), end.id())).orElse(null));
    }

    /** One entry that was proposed by hand. */
    @Get("/{entryId}")
    View find(Visitor visitor, UUID entryId) {
        Rights.require(visitor, READERS);
        return proposals.find(entryId).map(View::toApi).orElseThrow(() -> new ManagementProblem(Refusal.NOT_FOUND));
    }

    /** Proposes an entry; within the limit it is booked at once. */
    @Post
    HttpResponse<View> propose(Visitor visitor, @Body Asked asked) {
        UUID person = Rights.require(visitor, Role.OPERATIONS).id();
        return HttpResponse.created(answer(proposals.propose(entry(asked), person)));
    }

    /** Proposes the reversal of a booked entry. */
    @Post("/reversals")
    HttpResponse<View> proposeReversal(Visitor visitor, @Body AskedReversal asked) {
        UUID person = Rights.require(visitor, Role.OPERATIONS).id();
        UUID id = asked.entryId();
        UUID original = asked.reverses();
        if (id == null || original == null) {
            throw invalid("须填写 entryId 与 reverses。", "entryId and reverses are needed.");
        }
        return HttpResponse.created(answer(proposals.proposeReversal(
                id, original, day(asked.effectiveOn()), Pages.requireText("description", asked.description(), 500), person)));
    }

    /** Approves and books it; another person than proposed it. */
    @Post("/{entryId}/approve")
    View approve(Visitor visitor, UUID entryId) {
        return answer(proposals.approve(entryId, Rights.require(visitor, Role.OPERATIONS).id()));
    }

    /** Refuses an entry that was proposed. */
    @Post("/{entryId}/refuse")
    View refuse(Visitor visitor, UUID entryId, @Body Ground ground) {
        return answer(proposals.refuse(
                entryId, Rights.require(visitor, Role.OPERATIONS).id(), Pages.requireText("reason", ground.reason(), 500)));
    }

    /** Takes a proposal back. */
    @Post("/{entryId}/withdraw")
    View withdraw(Visitor visitor, UUID entryId, @Body Ground ground) {
        return answer(proposals.withdraw(
                entryId, Rights.require(visitor, Role.OPERATIONS).id(), Pages.requireText("reason", ground.reason(), 500)));
    }

    private static JournalEntry entry(Asked asked) {
        UUID id = asked.entryId();
        List<Line> postings = asked.postings();
        if (id == null || postings == null) {
            throw invalid("须填写 entryId 与 postings。", "entryId and postings are needed.");
        }
        try {
            EntryReason reason = Pages.constant("reason", needed("reason", asked.reason()), EntryReason.class);
            if (reason == EntryReason.REVERSAL) {
                throw invalid("冲销请使用 /reversals。", "a reversal goes to /reversals.");
            }
            return new JournalEntry(id, day(asked.effectiveOn()), reason, Pages.requireText("description", asked.description(), 500),
                    postings.stream().map(Line::fromApi).toList());
        } catch (UnbalancedEntryException unbalanced) {
            throw invalid("借贷不平衡:" + unbalanced.getMessage(), "It is not balanced: " + unbalanced.getMessage() + ".");
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException wrong) {
            throw invalid("凭证内容有误:" + wrong.getMessage(), "The entry is wrong: " + wrong.getMessage() + ".");
        }
    }

    private static String needed(String name, @Nullable String text) {
        if (text == null) {
            throw invalid("须填写 " + name + "。", name + " is needed.");
        }
        return text;
    }

    private static LocalDate day(@Nullable String text) {
        return Pages.readDay("effectiveOn", needed("effectiveOn", text));
    }

    private static ManagementProblem invalid(String zh, String en) {
        return new ManagementProblem(Refusal.INVALID_REQUEST, zh, en);
    }

    private static View answer(EntryProposals.Outcome outcome) {
        return switch (outcome) {
            case EntryProposals.Outcome.Done(var proposal) -> View.toApi(proposal);
            case EntryProposals.Outcome.Refused refused -> throw problem(refused.fault());
            case EntryProposals.Outcome.NotBookable(var code, var detail) ->
                throw new ManagementProblem(Refusal.RULE_BROKEN, "账簿不接受该凭证(" + code + "):" + detail,
                        "The books do not take it (" + code + "): " + detail);
        };
    }

    private static ManagementProblem problem(EntryProposals.Fault fault) {
        Refusal refusal = switch (fault) {
            case UNKNOWN -> Refusal.NOT_FOUND;
            case ID_TAKEN, ALREADY_DECIDED -> Refusal.CONFLICT;
            case NOT_BY_HAND, ACCOUNT_NOT_BY_HAND, CONSUMERS_ACCOUNT, PAYABLE, BILLED, COST_WITHOUT_DOCUMENT, LINE_OF_A_BILL, RECEIPT_STANDS,
                    MOVEMENT_STANDS, VOUCHER_STANDS, ORDER_STANDS, SETTLEMENT_STANDS, NOT_WRITTEN_BY_HAND, OWN_PROPOSAL,
                    NOT_ITS_PROPOSER -> Refusal.RULE_BROKEN;
        };
        return new ManagementProblem(refusal, fault.zh(), fault.en());
    }
}
