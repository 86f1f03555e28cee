package cn.jingshu.marketplace.management;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.TariffJson;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.management.Versions.Fact;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PriceFault;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.PriceProposal;
import cn.jingshu.marketplace.pricing.PriceProposal.Subject;
import cn.jingshu.marketplace.pricing.PriceProposals;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.products.contract.Contracts;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The price book, and how ceilings (上限收费标准) and prices (具体收费标准) are proposed and signed. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class PricesController {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PriceBook book;
    private final PriceProposals proposals;
    private final Contracts contracts;
    private final Versions versions;
    private final Clock clock;

    PricesController(PriceBook book, PriceProposals proposals, Contracts contracts, Versions versions, Clock clock) {
        this.book = book;
        this.proposals = proposals;
        this.contracts = contracts;
        this.versions = versions;
        this.clock = clock;
    }

    /** What is set. */
    enum Kind {
        CEILING,
        PRICE
    }

    /**
     * A ceiling or a price.
     *
     * @param operation the operation's name; null: every operation without a line of its own
     * @param purpose of a price alone
     * @param fenPerUnit fen of one unit, up to six decimals, as text; null: free, which a ceiling cannot be
     * @param fenPerMonth whole fen a month a ceiling allows besides; null: none
     * @param tariff a price of any kind, in the form of {@link TariffJson}; null: {@code fenPerUnit} says it
     * @param plan code of the plan whose subscribers alone a price is for; null: everyone
     * @param trial true: a trial price (试行收费标准); null: not
     */
    @Serdeable
    record ProposalRequest(@Nullable Kind kind, @Nullable String product, @Nullable String operation,
            @Nullable Purpose purpose, @Nullable String fenPerUnit, @Nullable Long fenPerMonth,
            @Nullable Map<String, Object> tariff, @Nullable String plan, @Nullable Boolean trial,
            @Nullable Instant effectiveFrom, @Nullable String citation) {
        PriceProposal fromApi(UUID id) {
            Subject subject = switch (Facts.need("kind", kind)) {
                case CEILING -> {
                    if (purpose != null) {
                        throw new ManagementProblem(Refusal.INVALID_REQUEST, "上限收费标准不区分用途。",
                                "A ceiling has no purpose.");
                    }
                    if (tariff != null || plan != null || trial != null) {
                        throw new ManagementProblem(Refusal.INVALID_REQUEST, "tariff、plan、trial 只用于具体收费标准。",
                                "tariff, plan and trial belong to a price.");
                    }
                    long perMonth = fenPerMonth == null ? 0 : fenPerMonth;
                    if (perMonth < 0) {
                        throw new ManagementProblem(Refusal.INVALID_REQUEST, "fenPerMonth 不得小于零。",
                                "fenPerMonth is not below zero.");
                    }
                    yield new Subject.Ceiling(
                            new Ceiling(price(Facts.need("fenPerUnit", fenPerUnit)), Money.ofFen(perMonth)));
                }
                case PRICE -> {
                    if (fenPerMonth != null || (tariff != null && fenPerUnit != null)) {
                        throw new ManagementProblem(Refusal.INVALID_REQUEST, "fenPerUnit 与 tariff 只填其一,fenPerMonth 只用于上限。",
                                "a price gives either fenPerUnit or tariff; fenPerMonth belongs to a ceiling.");
                    }
                    yield new Subject.Price(Facts.need("purpose", purpose), asked(), plan, Boolean.TRUE.equals(trial));
                }
            };
            return new PriceProposal(id, subject, Facts.need("product", product),
                    operation == null ? PriceBook.EVERY_OPERATION : Facts.need("operation", operation),
                    Facts.need("effectiveFrom", effectiveFrom), Facts.need("citation", citation));
        }

        private Tariff asked() {
            if (tariff == null) {
                return fenPerUnit == null ? new Tariff.Free() : new Tariff.PerUnit(price(fenPerUnit));
            }
            try {
                return TariffJson.read(JSON.writeValueAsString(tariff));
            } catch (IllegalArgumentException | JsonProcessingException unfit) {
                throw new ManagementProblem(Refusal.INVALID_REQUEST, "tariff 不是收费标准:" + unfit.getMessage(),
                        "tariff is none: " + unfit.getMessage());
            }
        }

        private static UnitPrice price(String fen) {
            try {
                BigDecimal exact = new BigDecimal(fen);
                if (exact.precision() - exact.scale() <= 12) { // what the price book holds
                    return new UnitPrice(exact);
                }
            } catch (ArithmeticException | IllegalArgumentException unfit) { // too fine, below zero, or no number
                throw badPrice();
            }
            throw badPrice();
        }

        private static ManagementProblem badPrice() {
            return new ManagementProblem(Refusal.INVALID_REQUEST, "fenPerUnit 须为不小于零、至多六位小数的分数。",
                    "fenPerUnit is a number of fen, not below zero, of at most six decimals.");
        }
    }

    @Serdeable
    record ProposalView(UUID id, String kind, String product, String operation, @Nullable String purpose,
            @Nullable String fenPerUnit, @Nullable Long fenPerMonth, @Nullable Map<String, Object> tariff,
            @Nullable String plan, boolean trial, Instant effectiveFrom, String citation, UUID proposedBy,
            Instant proposedAt, String status, @Nullable UUID decidedBy, @Nullable Instant decidedAt,
            @Nullable String ground) {
        static ProposalView of(PriceProposal.Kept kept) {
            PriceProposal p = kept.proposal();
            return switch (p.subject()) {
                case Subject.Ceiling(var limit) -> of(kept, "CEILING", null, plain(limit.perUnit()),
                        limit.perMonth().fen(), null, null, false);
                case Subject.Price(var purpose, var tariff, var plan, var trial) ->
                    of(kept, "PRICE", purpose.name(), fen(tariff), null, json(tariff), plan, trial);
            };
        }

        private static ProposalView of(PriceProposal.Kept kept, String kind, @Nullable String purpose,
                @Nullable String fenPerUnit, @Nullable Long fenPerMonth, @Nullable Map<String, Object> tariff,
                @Nullable String plan, boolean trial) {
            PriceProposal p = kept.proposal();
            return new ProposalView(p.id(), kind, p.product(), p.operation(), purpose, fenPerUnit, fenPerMonth, tariff,
                    plan, trial, p.effectiveFrom(), p.citation(), kept.proposedBy(), kept.proposedAt(),
                    kept.status().name(), kept.decidedBy(), kept.decidedAt(), kept.ground());
        }
    }

    @Serdeable
    record ProposalPage(List<ProposalView> proposals, @Nullable String nextCursor) {}

    @Serdeable
    record CeilingView(UUID id, String operation, String fenPerUnit, long fenPerMonth, Instant effectiveFrom,
            String citation) {}

    /**
     * @param fenPerUnit what a unit costs, at most on average where not every unit costs the same; null: free
     * @param plan whose subscribers alone it is for; null: everyone
     * @param forbidden what of its product's contract a price breaks that was stored before the contract said so, and that is not ended yet; null: nothing
     * @param saidByVersion the version of the product whose contract says that it is free, which ended the price before; null: people signed it
     */
    @Serdeable
    record PriceView(UUID id, String operation, String purpose, @Nullable String fenPerUnit, Map<String, Object> tariff,
            @Nullable String plan, boolean trial, Instant effectiveFrom, Instant publishedAt, @Nullable String forbidden,
            @Nullable Integer saidByVersion) {}

    @Serdeable
    record PricesView(String product, List<CeilingView> ceilings, List<PriceView> prices) {}

    /** Every ceiling and price of a product, past and future, for anyone who is signed in. */
    @Get("/prices/{product}")
    PricesView prices(Visitor visitor, String product) {
        Rights.require(visitor, Role.values());
        PriceList list = book.priceList(product);
        Map<UUID, String> forbidden = new HashMap<>();
        book.forbidden(list, clock.instant()).forEach(each -> forbidden.put(each.tariff().id(), each.fault().name()));
        return new PricesView(product,
                list.ceilings().stream().map(PricesController::view).toList(),
                list.tariffs().stream().map(each -> view(each, forbidden.get(each.id()))).toList());
    }

    private static CeilingView view(PriceCeiling c) {
        return new CeilingView(c.id(), c.operation(), plain(c.highest()), c.limit().perMonth().fen(), c.effectiveFrom(),
                c.citation());
    }

    private static PriceView view(PublishedTariff t, @Nullable String forbidden) {
        return new PriceView(t.id(), t.operation(), t.purpose().name(), fen(t.tariff()), json(t.tariff()), t.plan(),
                t.trial(), t.effectiveFrom(), t.publishedAt(), forbidden, t.saidByVersion());
    }

    private static @Nullable String fen(Tariff tariff) {
        return tariff instanceof Tariff.Free ? null : plain(tariff.dearestUnit());
    }

    private static Map<String, Object> json(Tariff tariff) {
        try {
            return JSON.readValue(TariffJson.write(tariff), new TypeReference<>() {});
        } catch (JsonProcessingException ofOurOwn) {
            throw new IllegalStateException(ofOurOwn);
        }
    }

    private static String plain(UnitPrice price) {
        return price.fenPerUnit().signum() == 0 ? "0" : price.fenPerUnit().stripTrailingZeros().toPlainString();
    }

    /** Proposals of prices and ceilings, page by page. */
    @Get("/price-proposals")
    ProposalPage proposals(Visitor visitor, @Nullable @QueryValue String status, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        PriceProposal.Status of = status == null ? null : Pages.constant("status", status, PriceProposal.Status.class);
        List<PriceProposal.Kept> page = proposals.list(Facts.after(cursor), of, Facts.limit(limit));
        return new ProposalPage(page.stream().map(ProposalView::of).toList(),
                Facts.next(page, limit, kept -> kept.proposal().id()));
    }

    /** One proposal. */
    @Get("/price-proposals/{id}")
    HttpResponse<ProposalView> proposal(Visitor visitor, UUID id) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        return versions.answer(Fact.PRICE_PROPOSAL, id, () -> proposalView(id));
    }

    private Optional<ProposalView> proposalView(UUID id) {
        return proposals.find(id).map(ProposalView::of);
    }

    /**
     * Proposes a ceiling (the bureau) or a price (the operator); under the id of an open proposal and with its ETag in
     * {@code If-Match}, writes that one anew.
     */
    @Put("/price-proposals/{id}")
    HttpResponse<ProposalView> propose(Visitor visitor, UUID id, IfMatch seen, @Body ProposalRequest request) {
        Rights.require(visitor, Role.REGULATOR, Role.OPERATIONS); // before anything is said of what was sent
        PriceProposal proposal = request.fromApi(id);
        Person proposer = Rights.require(visitor,
                proposal.subject() instanceof Subject.Ceiling ? Role.REGULATOR : Role.OPERATIONS);
        requireKnownOperation(proposal);
        Optional<PriceProposal> before = proposals.find(id).map(PriceProposal.Kept::proposal);
        if (before.isEmpty() && seen.sent()) {
            throw new ManagementProblem(Refusal.VERSION_STALE); // what was seen is not there
        }
        if (before.filter(other -> !other.equals(proposal)).isPresent()) {
            PriceProposals current = versions.seenAs(Fact.PRICE_PROPOSAL, id, seen.needed(), this::proposalsOn);
            return stepped(id, current.amend(proposal, proposer.id()));
        }
        return versions.entered(
                Fact.PRICE_PROPOSAL, id, change(proposals.propose(proposal, proposer.id())), () -> proposalView(id));
    }

    private void requireKnownOperation(PriceProposal proposal) {
        String operation = proposal.operation();
        boolean unknown = !operation.equals(PriceBook.EVERY_OPERATION)
                && contracts.findByCode(proposal.product()).isPresent()
                && contracts.listVersions(proposal.product()).stream()
                        .flatMap(contract -> contract.methods().stream())
                        .noneMatch(m -> m.name().equals(operation));
        if (unknown) {
            throw Facts.refused(Change.Fault.NAMES_UNKNOWN);
        }
    }

    /** Signs what was read, which {@code If-Match} must say, and publishes it by that; another person than proposed it. */
    @Post("/price-proposals/{id}/signature")
    HttpResponse<ProposalView> sign(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Approval approval) {
        Person signer = Rights.require(visitor, Role.REGULATOR, Role.PRICE_OFFICER);
        return stepped(id, seenProposals(id, seen.needed()).sign(id, signer.id(), approval.given()));
    }

    /** Refuses a proposal. */
    @Post("/price-proposals/{id}/refusal")
    HttpResponse<ProposalView> refuse(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        Person signer = Rights.require(visitor, Role.REGULATOR, Role.PRICE_OFFICER);
        return stepped(id, seenProposals(id, seen).refuse(id, signer.id(), ground.given()));
    }

    /** Takes a proposal back, by whoever's it is. */
    @Post("/price-proposals/{id}/withdrawal")
    HttpResponse<ProposalView> withdraw(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        Person proposer = Rights.require(visitor, Role.REGULATOR, Role.OPERATIONS);
        return stepped(id, seenProposals(id, seen).withdraw(id, proposer.id(), ground.given()));
    }

    private PriceProposals seenProposals(UUID id, IfMatch seen) {
        return versions.seenAs(Fact.PRICE_PROPOSAL, id, seen, this::proposalsOn);
    }

    private PriceProposals proposalsOn(Database database, Clock clock) {
        return new PriceProposals(database, clock, () -> contracts);
    }

    private HttpResponse<ProposalView> stepped(UUID id, PriceProposals.Outcome outcome) {
        return versions.stepped(Fact.PRICE_PROPOSAL, id, change(outcome), () -> proposalView(id));
    }

    private static Change change(PriceProposals.Outcome outcome) {
        return switch (outcome) {
            case PriceProposals.Outcome.Done(var already) -> new Change.Done(already);
            case PriceProposals.Outcome.Refused(var fault) -> new Change.Refused(fault);
            case PriceProposals.Outcome.Unlawful(var fault, var detail) -> throw broken(fault, detail);
        };
    }

    private static ManagementProblem broken(PriceFault fault, String detail) {
        Refusal refusal = switch (fault) {
            case NOT_A_REGULATOR, NOT_SIGNED_BY_TWO -> Refusal.FORBIDDEN;
            case DATE_TAKEN -> Refusal.CONFLICT;
            case ABOVE_CEILING, NO_CEILING, NO_PERMITTED_REVENUE, NO_CONDITION, FIRST_YEAR_IS_OVER, PUBLIC_INTEREST_IS_FREE, PRODUCT_IS_FREE,
                    FREE_BUT_FOR_PLANS, UNITS_MIXED, RETROACTIVE, UNPUBLISHED, UNCITED -> Refusal.RULE_BROKEN;
        };
        String basis = fault.legalBasis() == null ? "" : ";" + fault.legalBasis();
        return new ManagementProblem(
                refusal, fault.zh() + "(" + detail + basis + ")", fault.en() + " (" + detail + basis + ")");
    }
}
