package cn.jingshu.marketplace.management;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.payment.Evidence;
import cn.jingshu.marketplace.payment.PayBack;
import cn.jingshu.marketplace.payment.PayBacks;
import cn.jingshu.marketplace.payment.PaymentOrder;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Prepayments paid back to consumers that leave (退还预收款). */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class PayBacksController {
    private static final int MOST_REASON_CHARS = 500;

    private final PayBacks payBacks;
    private final Rights rights;

    PayBacksController(PayBacks payBacks, Rights rights) {
        this.payBacks = payBacks;
        this.rights = rights;
    }

    @Serdeable
    record PayBackRequest(@Nullable UUID organisation, @Nullable String amountYuan, @Nullable String payeeName, @Nullable String payeeBank,
            @Nullable String payeeAccount, @Nullable String reason) {}

    /**
     * @param payeeAccount whole for who tells the bank to pay; its last four signs for others
     * @param reference has to stand in the transfer's text
     * @param heldUntil until then the money is held and it may be approved; null: it was asked for before money was held
     */
    @Serdeable
    record PayBackView(UUID id, UUID organisationId, String amountYuan, String payeeName, String payeeBank, String payeeAccount,
            String reference, String reason, String aloneLimitYuan, String status, UUID requestedBy, Instant requestedAt,
            @Nullable Instant heldUntil, @Nullable UUID approvedBy, @Nullable Instant approvedAt, @Nullable UUID sentBy, @Nullable Instant sentAt,
            @Nullable String bankReference, @Nullable Instant endedAt, @Nullable String ground) {
        static PayBackView of(PayBack p, Visitor visitor) {
            return new PayBackView(p.id(), p.organisationId(), p.amount().toYuan(), p.payee().name(), p.payee().bank(),
                    account(p.payee().account(), visitor), p.reference(), p.reason(), p.aloneLimit().toYuan(), p.status().name(), p.requestedBy(),
                    p.requestedAt(), p.heldUntil(), p.approvedBy(), p.approvedAt(), p.sentBy(), p.sentAt(), p.bankReference(), p.endedAt(), p.ground());
        }
    }

    private static String account(String whole, Visitor visitor) {
        if (visitor instanceof Visitor.SignedIn signedIn && signedIn.hasAny(Role.OPERATIONS)) {
            return whole;
        }
        return "****" + (whole.length() > 4 ? whole.substring(whole.length() - 4) : "");
    }

    @Serdeable
    record PayBackList(List<PayBackView> payBacks) {}

    /** One consumer's, or for readers of the books all, the latest first; to people alone, not to their programs. */
    @Get("/pay-backs")
    PayBackList list(Visitor visitor, @Nullable @QueryValue UUID organisation, @QueryValue(defaultValue = "100") int limit) {
        Rights.requireSignedIn(visitor);
        UUID whose = Rights.mayReadBooks(visitor) ? organisation : rights.organisationOf(visitor, organisation);
        return new PayBackList(payBacks.list(whose, Facts.limit(limit)).stream().map(each -> PayBackView.of(each, visitor)).toList());
    }

    /**
     * What a consumer could be paid back now.
     *
     * @param mostYuan what it has paid ahead, does not owe and is not held
     * @param obstacle code of the rule that stands in the way; null: none
     */
    @Serdeable
    record RoomView(UUID organisation, String mostYuan, @Nullable String obstacle, @Nullable String obstacleZh, @Nullable String obstacleEn) {}

    /** What could be asked for now: one's own, or for readers of the books any consumer's; to people alone. */
    @Get("/pay-backs/available")
    RoomView room(Visitor visitor, @Nullable @QueryValue UUID organisation) {
        Rights.requireSignedIn(visitor);
        UUID whose = rights.organisationOf(visitor, organisation);
        PayBacks.Room room = payBacks.roomOf(whose);
        PayBacks.Fault obstacle = room.obstacle();
        return new RoomView(whose, room.most().toYuan(), obstacle == null ? null : obstacle.name(), obstacle == null ? null : obstacle.zh(),
                obstacle == null ? null : obstacle.en());
    }

    /** Asks for one under the caller's own id: the operator for any consumer, a consumer's owner for itself. */
    @Put("/pay-backs/{id}")
    HttpResponse<PayBackView> request(Visitor visitor, UUID id, @Body PayBackRequest request) {
        Person person = Rights.require(visitor, Role.OPERATIONS, Role.OWNER);
        if (!person.roles().contains(Role.OPERATIONS) && !person.organisationId().equals(request.organisation())) {
            throw new ManagementProblem(Refusal.NOT_FOUND);
        }
        Money amount = CostsController.yuan("amountYuan", Facts.need("amountYuan", request.amountYuan()));
        String reason = Facts.need("reason", request.reason()).strip();
        if (!amount.isPositive() || reason.isEmpty() || reason.length() > MOST_REASON_CHARS) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "金额须大于零,事由为 1 至 500 字。",
                    "The amount is above zero, and the reason has 1 to 500 characters.");
        }
        PaymentOrder.Payee payee = Facts.built(() -> new PaymentOrder.Payee(Facts.need("payeeName", request.payeeName()),
                Facts.need("payeeBank", request.payeeBank()), Facts.need("payeeAccount", request.payeeAccount())));
        return switch (payBacks.request(id, Facts.need("organisation", request.organisation()), amount, payee, reason, person.id())) {
            case PayBacks.Outcome.Done(var payBack, var already) ->
                already ? HttpResponse.ok(PayBackView.of(payBack, visitor)) : HttpResponse.created(PayBackView.of(payBack, visitor));
            case PayBacks.Outcome other -> throw problem(other);
        };
    }

    /** Approves it: above the limit another person of the operator than asked, or the finance bureau. */
    @Post("/pay-backs/{id}/approval")
    PayBackView approve(Visitor visitor, UUID id) {
        return stepped(visitor, payBacks.approve(id, Rights.require(visitor, Role.OPERATIONS, Role.TREASURY_OFFICER).id()));
    }

    @Serdeable
    record SentPayBack(@Nullable String bankReference) {}

    /** Says that the bank was told to pay. */
    @Post("/pay-backs/{id}/sending")
    PayBackView send(Visitor visitor, UUID id, @Nullable @Body SentPayBack sent) {
        return stepped(visitor, payBacks.send(id, Rights.require(visitor, Role.OPERATIONS).id(), sent == null ? null : sent.bankReference()));
    }

    /** Cancels a pay-back that was not sent to the bank; its amount is paid ahead again. */
    @Post("/pay-backs/{id}/cancellation")
    PayBackView cancel(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        return stepped(visitor, payBacks.cancel(id, Rights.require(visitor, Role.OPERATIONS).id(), ground.given()));
    }

    /** Says that the bank refused the transfer before money left; another person than sent it. */
    @Post("/pay-backs/{id}/return")
    PayBackView returned(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        return stepped(visitor, payBacks.refusedByBank(id, Rights.require(visitor, Role.OPERATIONS).id(), ground.given()));
    }

    @Serdeable
    record PaperView(String sha256, String name, String mediaType, long bytes, UUID addedBy, Instant addedAt) {}

    @Serdeable
    record PaperList(List<PaperView> papers) {}

    /** Hands in a paper of the bank about a transfer, as it is: PDF, PNG or JPEG of at most 5 MiB. */
    @Post("/pay-backs/{id}/evidence")
    @Consumes(MediaType.ALL)
    PaperList addEvidence(Visitor visitor, UUID id, @QueryValue String name, @Body byte[] content) {
        Person person = Rights.require(visitor, Role.OPERATIONS);
        Evidence evidence = Facts.built(() -> Evidence.of(name, content));
        stepped(visitor, payBacks.addEvidence(id, evidence, person.id()));
        return papers(id);
    }

    /** The papers of the bank that are kept with a pay-back. */
    @Get("/pay-backs/{id}/evidence")
    PaperList evidence(Visitor visitor, UUID id) {
        Rights.requireBooks(visitor);
        Facts.found(payBacks.find(id));
        return papers(id);
    }

    /** One of these papers, by its SHA-256. */
    @Get("/pay-backs/{id}/evidence/{sha256}")
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    HttpResponse<byte[]> paper(Visitor visitor, UUID id, String sha256) {
        Rights.requireBooks(visitor);
        Evidence evidence = Facts.found(payBacks.findEvidence(id, sha256));
        return HttpResponse.ok(evidence.content()).header("Content-Disposition", "attachment; filename=\"" + sha256 + "\"")
                .header("Cache-Control", "no-store");
    }

    private PaperList papers(UUID id) {
        return new PaperList(payBacks.listEvidence(id).stream()
                .map(each -> new PaperView(each.sha256(), each.name(), each.mediaType(), each.bytes(), each.addedBy(), each.addedAt())).toList());
    }

    private static PayBackView stepped(Visitor visitor, PayBacks.Outcome outcome) {
        return switch (outcome) {
            case PayBacks.Outcome.Done(var payBack, var _) -> PayBackView.of(payBack, visitor);
            case PayBacks.Outcome other -> throw problem(other);
        };
    }

    private static ManagementProblem problem(PayBacks.Outcome outcome) {
        return switch (outcome) {
            case PayBacks.Outcome.Done done -> throw new IllegalStateException("no problem: " + done);
            case PayBacks.Outcome.Refused(var fault) -> Facts.refused(fault);
            case PayBacks.Outcome.Unfit(var fault, var detail) -> unfit(fault, detail);
            case PayBacks.Outcome.WrongState(var status) -> new ManagementProblem(Refusal.CONFLICT, "该退款状态为 " + status + "。",
                    "The pay-back is " + status + ".");
        };
    }

    private static ManagementProblem unfit(PayBacks.Fault fault, String detail) {
        Refusal refusal = switch (fault) {
            case NO_SUCH_CONSUMER -> Refusal.NOT_FOUND;
            case FOUR_EYES, SENT_BY_THE_SAME, APPROVED_BY_THE_SAME -> Refusal.FORBIDDEN;
            case ONE_IS_OPEN, NOT_SENT_YET, HOLD_OVER -> Refusal.CONFLICT;
            case STILL_SUBSCRIBED, UNBILLED, NOT_PAID_AHEAD, PAYEE_IS_ANOTHER -> Refusal.RULE_BROKEN;
        };
        return new ManagementProblem(refusal, fault.zh() + "(" + detail + ")。", fault.en() + " (" + detail + ").");
    }
}
