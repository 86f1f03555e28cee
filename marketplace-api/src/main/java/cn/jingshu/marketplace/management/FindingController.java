package cn.jingshu.marketplace.management;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.CeilingFinding;
import cn.jingshu.marketplace.pricing.CeilingFindings;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Prices that turned out to have been above what was allowed (退还多收价款), and what is paid back. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class FindingController {
    private final CeilingFindings findings;
    private final MonthClose months;
    private final Versions versions;

    FindingController(CeilingFindings findings, MonthClose months, Versions versions) {
        this.findings = findings;
        this.months = months;
        this.versions = versions;
    }

    /**
     * A finding.
     *
     * @param operation null: every line of the product
     * @param firstMonth such as {@code 2026-11}
     * @param fenPerUnit what was allowed a unit, as text
     * @param fenPerMonth what was allowed a month besides; null: nothing
     */
    @Serdeable
    record FindingRequest(@Nullable String product, @Nullable String operation, @Nullable String firstMonth,
            @Nullable String lastMonth, @Nullable String fenPerUnit, @Nullable Long fenPerMonth,
            @Nullable String citation) {
        CeilingFinding fromApi(UUID id) {
            String unit = Facts.need("fenPerUnit", fenPerUnit);
            String first = Facts.need("firstMonth", firstMonth);
            String last = Facts.need("lastMonth", lastMonth);
            String of = Facts.need("product", product);
            String document = Facts.need("citation", citation);
            try {
                if (unit.length() <= 18) {
                    return new CeilingFinding(id, of, operation == null ? PriceBook.EVERY_OPERATION : operation,
                            YearMonth.parse(first), YearMonth.parse(last),
                            new Ceiling(UnitPrice.ofFen(unit), Money.ofFen(fenPerMonth == null ? 0 : fenPerMonth)), document);
                }
            } catch (DateTimeException | ArithmeticException | IllegalArgumentException unfit) {
                throw bad();
            }
            throw bad();
        }

        private static ManagementProblem bad() {
            return new ManagementProblem(Refusal.INVALID_REQUEST, "月份须为 2026-11 形式且先后有序,价格须为不小于零、至多六位小数的分数。",
                    "months have the form 2026-11 and stand in order; a price is a number of fen, not below zero, of at most"
                            + " six decimals.");
        }
    }

    @Serdeable
    record FindingView(UUID id, String product, String operation, String firstMonth, String lastMonth, String fenPerUnit,
            long fenPerMonth, String citation, UUID proposedBy, Instant proposedAt, String status, @Nullable UUID decidedBy,
            @Nullable Instant decidedAt, @Nullable String ground) {
        static FindingView of(CeilingFinding.Kept kept) {
            CeilingFinding f = kept.finding();
            return new FindingView(f.id(), f.product(), f.operation(), f.first().toString(), f.last().toString(),
                    f.allowed().perUnit().fenPerUnit().stripTrailingZeros().toPlainString(), f.allowed().perMonth().fen(),
                    f.citation(), kept.proposedBy(), kept.proposedAt(), kept.status().name(), kept.decidedBy(),
                    kept.decidedAt(), kept.ground());
        }
    }

    @Serdeable
    record FindingList(List<FindingView> findings) {}

    /** Findings of a charge above its ceiling, and what has to be paid back for them. */
    @Get("/ceiling-findings")
    FindingList list(Visitor visitor) {
        Rights.requireBooks(visitor);
        return new FindingList(findings.list().stream().map(FindingView::of).toList());
    }

    /** One finding. */
    @Get("/ceiling-findings/{id}")
    HttpResponse<FindingView> one(Visitor visitor, UUID id) {
        Rights.requireBooks(visitor);
        return versions.answer(Versions.Fact.CEILING_FINDING, id, () -> view(id));
    }

    private Optional<FindingView> view(UUID id) {
        return findings.find(id).map(FindingView::of);
    }

    /** Proposes a finding under the caller's own id. */
    @Put("/ceiling-findings/{id}")
    HttpResponse<FindingView> propose(Visitor visitor, UUID id, @Body FindingRequest request) {
        Person proposer = Rights.require(visitor, Role.PRICE_OFFICER, Role.REGULATOR);
        return versions.entered(Versions.Fact.CEILING_FINDING, id,
                findings.propose(request.fromApi(id), proposer.id()), () -> view(id));
    }

    /** Signs a finding; two authorities are needed. */
    @Post("/ceiling-findings/{id}/signature")
    HttpResponse<FindingView> sign(Visitor visitor, UUID id, @Body Facts.Approval approval) {
        Person signer = Rights.require(visitor, Role.PRICE_OFFICER, Role.REGULATOR);
        Change change = findings.sign(id, signer.id(), approval.given());
        return versions.stepped(Versions.Fact.CEILING_FINDING, id, change, () -> view(id));
    }

    /** Refuses a finding. */
    @Post("/ceiling-findings/{id}/refusal")
    HttpResponse<FindingView> refuse(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        Person signer = Rights.require(visitor, Role.PRICE_OFFICER, Role.REGULATOR);
        Change change = findings.refuse(id, signer.id(), ground.given());
        return versions.stepped(Versions.Fact.CEILING_FINDING, id, change, () -> view(id));
    }

    /** @param corrects the line it pays back */
    @Serdeable
    record RefundView(UUID chargeId, String billedMonth, String usageMonth, UUID organisationId, UUID subscriptionId,
            String product, String operation, @Nullable UUID corrects, String amountYuan) {
        static RefundView of(Charge line) {
            return new RefundView(line.id(), line.month().toString(), line.key().usageMonth().toString(),
                    line.key().organisationId(), line.key().subscriptionId(), line.key().product(), line.key().operation(),
                    line.corrects(), line.amount().toYuan());
        }
    }

    @Serdeable
    record RefundRun(String month, boolean closed, String totalYuan, List<RefundView> refunds) {}

    /** The lines of a month's bills that pay back what signed findings say, or would if the month were closed now. */
    @Get("/refunds/{month}")
    RefundRun refunds(Visitor visitor, String month) {
        Rights.requireBooks(visitor);
        YearMonth asked;
        try {
            asked = YearMonth.parse(month);
        } catch (DateTimeException notAMonth) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "月份须为 2026-11 形式。", "A month has the form 2026-11.");
        }
        List<CeilingFinding> signed = findings.list().stream()
                .filter(kept -> kept.status() == CeilingFinding.Status.SIGNED).map(CeilingFinding.Kept::finding).toList();
        List<Charge> lines = months.preview(asked).stream()
                .filter(line -> line.amount().isNegative()
                        && signed.stream().anyMatch(finding -> finding.id().equals(line.basis().ceilingId())))
                .toList();
        boolean closed = months.findState(asked).filter(s -> s.status() == MonthClose.Status.CLOSED).isPresent();
        return new RefundRun(asked.toString(), closed,
                Money.sum(lines.stream().map(Charge::amount).toList()).negated().toYuan(),
                lines.stream().map(RefundView::of).toList());
    }
}
