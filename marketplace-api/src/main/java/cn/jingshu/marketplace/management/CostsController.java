package cn.jingshu.marketplace.management;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.CostCancellations;
import cn.jingshu.marketplace.billing.CostCancellations.Cancellation;
import cn.jingshu.marketplace.billing.CostVouchers;
import cn.jingshu.marketplace.billing.CostVouchers.CostVoucher;
import cn.jingshu.marketplace.billing.CostVouchers.Kind;
import cn.jingshu.marketplace.billing.EntryProposal;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The costs that settlements deduct, as vouchers with their documents. */
@Controller("/api/cost-vouchers")
@ExecuteOn(TaskExecutors.BLOCKING)
final class CostsController {
    private static final int MOST_REASON_CHARS = 500;

    private final CostVouchers vouchers;
    private final CostCancellations cancellations;

    CostsController(CostVouchers vouchers, CostCancellations cancellations) {
        this.vouchers = vouchers;
        this.cancellations = cancellations;
    }

    /**
     * A cost.
     *
     * @param amountYuan without the VAT that may be deducted
     * @param document number of the original document
     * @param documentSha256 its digest; with {@code documentReference}, where it is kept. Both are needed from 1 December 2026 on
     */
    @Serdeable
    record Voucher(@Nullable String month, @Nullable Kind kind, @Nullable String product, @Nullable UUID merchant,
            @Nullable String amountYuan, @Nullable String inputVatYuan, @Nullable String document,
            @Nullable String documentSha256, @Nullable String documentReference, @Nullable String description) {
        CostVoucher fromApi(UUID id, UUID enteredBy) {
            YearMonth of = CostsController.month(Facts.need("month", month));
            return Facts.built(() -> new CostVoucher(id, of, Facts.need("kind", kind), product, merchant,
                    yuan("amountYuan", Facts.need("amountYuan", amountYuan)),
                    inputVatYuan == null ? Money.ZERO : yuan("inputVatYuan", inputVatYuan),
                    Facts.need("document", document), documentSha256, documentReference,
                    Facts.need("description", description), enteredBy.toString()));
        }

        static Voucher toApi(CostVoucher v) {
            return new Voucher(v.month().toString(), v.kind(), v.product(), v.merchant(), v.amount().toYuan(),
                    v.inputVat().toYuan(), v.document(), v.documentSha256(), v.documentReference(), v.description());
        }
    }

    @Serdeable
    record Entered(UUID id, Voucher voucher) {}

    @Serdeable
    record Vouchers(String month, List<Entered> vouchers) {}

    /** Cost vouchers of a month. */
    @Get
    Vouchers list(Visitor visitor, @QueryValue String month) {
        Rights.requireBooks(visitor);
        YearMonth of = month(month);
        return new Vouchers(of.toString(),
                vouchers.listOf(of).stream().map(each -> new Entered(each.id(), Voucher.toApi(each))).toList());
    }

    /** Books a cost under the caller's own id; the same again is one cost. */
    @Put("/{id}")
    Entered enter(Visitor visitor, UUID id, @Body Voucher voucher) {
        CostVoucher entered = voucher.fromApi(id, Rights.require(visitor, Role.OPERATIONS).id());
        Optional<CostVouchers.Refused> refused = vouchers.enter(entered);
        if (refused.isPresent()) {
            CostVouchers.Fault fault = refused.get().fault();
            throw new ManagementProblem(switch (fault) {
                case ID_TAKEN, CANCELLED -> Refusal.CONFLICT;
                case CLOSE_BEGUN, DOCUMENT_MISSING, NOT_BOOKED -> Refusal.RULE_BROKEN;
            }, "未入账:" + fault.zh() + "(" + refused.get().detail() + ")。", "Not entered: " + fault.en() + " (" + refused.get().detail() + ").");
        }
        return new Entered(id, Voucher.toApi(entered));
    }

    /**
     * A voucher to take back.
     *
     * @param id made by the caller: the same wish again is no second one, and the reversal is booked under it
     * @param reason why; it stands in the books
     */
    @Serdeable
    record AskedCancellation(@Nullable UUID id, @Nullable String reason) {}

    /** Why a cancellation is refused or withdrawn. */
    @Serdeable
    record Ground(@Nullable String reason) {}

    /**
     * A voucher that is taken back, or is to be.
     *
     * @param fourEyesAboveYuan above it a second person was needed when it was proposed
     * @param month whose costs it lowers; null: it is not booked
     * @param decidedBy null: it is open, or was booked by one person within the limit
     */
    @Serdeable
    record CancellationView(UUID id, UUID voucher, String reason, String amountYuan, String fourEyesAboveYuan, String status, @Nullable String month,
            UUID proposedBy, Instant proposedAt, @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String ground) {
        static CancellationView toApi(Cancellation c) {
            YearMonth counts = c.month();
            return new CancellationView(c.id(), c.voucherId(), c.reason(), c.amount().toYuan(), c.limit().toYuan(), c.status().name(),
                    counts == null ? null : counts.toString(), c.proposedBy(), c.proposedAt(), c.decidedBy(), c.decidedAt(), c.ground());
        }
    }

    @Serdeable
    record Cancellations(List<CancellationView> cancellations) {}

    /** Cancellations of vouchers, the youngest first. */
    @Get("/cancellations")
    Cancellations listCancellations(Visitor visitor, @Nullable @QueryValue String status, @QueryValue(defaultValue = "100") int limit) {
        Rights.requireBooks(visitor);
        return new Cancellations(cancellations.list(Optional.ofNullable(status).map(text -> Pages.constant("status", text, EntryProposal.Status.class)),
                Facts.limit(limit)).stream().map(CancellationView::toApi).toList());
    }

    /** Proposes to take a voucher back; within the limit it is booked at once. */
    @Post("/{id}/cancellations")
    HttpResponse<CancellationView> cancel(Visitor visitor, UUID id, @Body AskedCancellation asked) {
        UUID person = Rights.require(visitor, Role.OPERATIONS).id();
        return HttpResponse.created(answer(cancellations.propose(Facts.need("id", asked.id()), id,
                Pages.requireText("reason", asked.reason(), MOST_REASON_CHARS), person)));
    }

    /** Approves a cancellation and books it; another person than proposed it. */
    @Post("/cancellations/{id}/approve")
    CancellationView approve(Visitor visitor, UUID id) {
        return answer(cancellations.approve(id, Rights.require(visitor, Role.OPERATIONS).id()));
    }

    /** Refuses a cancellation that was proposed. */
    @Post("/cancellations/{id}/refuse")
    CancellationView refuse(Visitor visitor, UUID id, @Body Ground ground) {
        return answer(cancellations.refuse(id, Rights.require(visitor, Role.OPERATIONS).id(),
                Pages.requireText("reason", ground.reason(), MOST_REASON_CHARS)));
    }

    /** Takes one's own proposal back. */
    @Post("/cancellations/{id}/withdraw")
    CancellationView withdraw(Visitor visitor, UUID id, @Body Ground ground) {
        return answer(cancellations.withdraw(id, Rights.require(visitor, Role.OPERATIONS).id(),
                Pages.requireText("reason", ground.reason(), MOST_REASON_CHARS)));
    }

    private static CancellationView answer(CostCancellations.Outcome outcome) {
        return switch (outcome) {
            case CostCancellations.Outcome.Done(var cancellation) -> CancellationView.toApi(cancellation);
            case CostCancellations.Outcome.Refused refused -> throw problem(refused.fault(), refused.detail());
        };
    }

    private static ManagementProblem problem(CostCancellations.Fault fault, String detail) {
        Refusal refusal = switch (fault) {
            case NO_SUCH_VOUCHER, UNKNOWN -> Refusal.NOT_FOUND;
            case ID_TAKEN, CANCELLED_BEFORE, ALREADY_DECIDED -> Refusal.CONFLICT;
            case OWN_PROPOSAL, NOT_ITS_PROPOSER, NOT_BOOKED -> Refusal.RULE_BROKEN;
        };
        return new ManagementProblem(refusal, fault.zh() + (detail.isEmpty() ? "" : "(" + detail + ")") + "。",
                fault.en() + (detail.isEmpty() ? "" : " (" + detail + ")") + ".");
    }

    static Money yuan(String name, String text) {
        try {
            return Money.ofYuan(text);
        } catch (ArithmeticException | NumberFormatException noAmount) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, name + " 须为金额(元),如 1200.50。",
                    name + " is an amount of yuan such as 1200.50.");
        }
    }

    private static YearMonth month(String text) {
        try {
            return YearMonth.parse(text);
        } catch (DateTimeException notAMonth) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "月份须为 2026-11 形式。", "A month has the form 2026-11.");
        }
    }
}
