package cn.jingshu.marketplace.management;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.CostVouchers;
import cn.jingshu.marketplace.billing.CostVouchers.CostVoucher;
import cn.jingshu.marketplace.billing.CostVouchers.Kind;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.DateTimeException;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The costs that settlements deduct, as vouchers with their documents. */
@Controller("/api/cost-vouchers")
@ExecuteOn(TaskExecutors.BLOCKING)
final class CostsController {
    private final CostVouchers vouchers;

    CostsController(CostVouchers vouchers) {
        this.vouchers = vouchers;
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
                case ID_TAKEN -> Refusal.CONFLICT;
                case CLOSE_BEGUN, DOCUMENT_MISSING, NOT_BOOKED -> Refusal.RULE_BROKEN;
            }, "未入账:" + fault.zh() + "(" + refused.get().detail() + ")。", "Not entered: " + fault.en() + " (" + refused.get().detail() + ").");
        }
        return new Entered(id, Voucher.toApi(entered));
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
