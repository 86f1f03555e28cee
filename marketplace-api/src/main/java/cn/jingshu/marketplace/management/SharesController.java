package cn.jingshu.marketplace.management;

import cn.jingshu.ledger.share.CoalitionWorth;
import cn.jingshu.ledger.share.Fractions;
import cn.jingshu.ledger.share.GroupWorth;
import cn.jingshu.ledger.share.Shapley;
import cn.jingshu.ledger.share.ShareInputs;
import cn.jingshu.ledger.share.ShareResult;
import cn.jingshu.marketplace.billing.OwnShare;
import cn.jingshu.marketplace.billing.RevenueShares;
import cn.jingshu.marketplace.billing.ShareProposal;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.management.Versions.Fact;
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
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.commons.math3.fraction.BigFraction;

/** How shares (分成比例) come about: proposed by the operator, approved by the data bureau, seen by those who have a part in them. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class SharesController {
    private static final Role[] READERS = {
        Role.REGULATOR, Role.OPERATIONS, Role.PRICE_OFFICER, Role.TREASURY_OFFICER, Role.AUDITOR
    };
    private static final int MOST_ORDERS = 1_000;

    private final RevenueShares shares;
    private final Versions versions;
    private final SharingParties parties;

    SharesController(RevenueShares shares, Versions versions, SharingParties parties) {
        this.shares = shares;
        this.versions = versions;
        this.parties = parties;
    }

    /** A party with its agreed weight, or with its processing cost and demand. Numbers are text: 40, 0.35 or 155/3. */
    @Serdeable
    record Party(@Nullable String party, @Nullable String weight, @Nullable Long processingCostFen, @Nullable String demand) {}

    /** What a group of parties brings together, measured. */
    @Serdeable
    record Group(@Nullable List<String> parties, @Nullable String worth) {}

    /**
     * Shares of a product.
     *
     * @param from the first month they hold for
     * @param operator the operator's id, for shares of operator and merchants; null: shares of data providers, by their codes
     * @param source the agreement, or the documents the figures come from
     * @param comparisons of cost, demand and contribution in pairs (AHP); null: the shares are agreed on, by {@code weight}
     * @param groups every group of up to twelve parties, or of more those of the orders drawn; null: no contribution was measured
     * @param orders how many orders are drawn; null: the value is exact
     */
    @Serdeable
    record ShareRequest(@Nullable String product, @Nullable String from, @Nullable String operator, @Nullable String source,
            @Nullable List<List<String>> comparisons, @Nullable List<Party> parties, @Nullable List<Group> groups,
            @Nullable Integer orders, @Nullable Long seed) {
        ShareInputs fromApi() {
            String named = Facts.need("source", source);
            List<Party> all = Facts.need("parties", parties);
            return Facts.built(() -> new ShareInputs(Facts.need("product", product), month(Facts.need("from", from)), operator,
                    comparisons == null ? agreed(all, named) : scored(all, comparisons, named)));
        }

        private static ShareInputs.Agreed agreed(List<Party> parties, String source) {
            List<ShareInputs.Weight> weights = new ArrayList<>();
            for (Party each : parties) {
                String text = Facts.need("weight", each.weight());
                BigDecimal weight;
                try {
                    weight = new BigDecimal(text);
                } catch (NumberFormatException noNumber) {
                    throw new IllegalArgumentException("not a weight: " + text, noNumber);
                }
                weights.add(new ShareInputs.Weight(Facts.need("party", each.party()), weight));
            }
            return new ShareInputs.Agreed(weights, source);
        }

        private ShareInputs.Scored scored(List<Party> parties, List<List<String>> comparisons, String source) {
            List<ShareInputs.Measure> measures = parties.stream()
                    .map(each -> new ShareInputs.Measure(Facts.need("party", each.party()),
                            Facts.need("processingCostFen", each.processingCostFen()),
                            Fractions.parse(Facts.need("demand", each.demand()))))
                    .toList();
            return new ShareInputs.Scored(
                    comparisons.stream().map(line -> line.stream().map(Fractions::parse).toList()).toList(), measures,
                    groups == null ? null : contribution(measures.stream().map(ShareInputs.Measure::party).toList(), groups),
                    source);
        }

        private ShareInputs.Contribution contribution(List<String> parties, List<Group> groups) {
            Map<Set<String>, BigFraction> worth = new HashMap<>();
            for (Group each : groups) {
                Set<String> group = new HashSet<>(Facts.need("parties", each.parties()));
                if (worth.put(group, Fractions.parse(Facts.need("worth", each.worth()))) != null) {
                    throw new IllegalArgumentException("the group " + group.stream().sorted().toList() + " comes twice");
                }
            }
            return orders == null
                    ? new ShareInputs.Contribution.Exact(new CoalitionWorth(parties, worth))
                    : new ShareInputs.Contribution.Sampled(
                            new GroupWorth(parties, worth), boundedOrders(orders), Facts.need("seed", seed));
        }
    }

    private static int boundedOrders(int orders) {
        if (orders < 2 || orders > MOST_ORDERS) {
            throw new IllegalArgumentException(orders + " orders, allowed: 2 to " + MOST_ORDERS);
        }
        return orders;
    }

    /** @param halfWidth how far the true value may lie away, at 95 %; null: it is exact */
    @Serdeable
    record Contributed(String party, String value, @Nullable String halfWidth) {}

    /**
     * What weighed for one party, or added up for ALL.
     *
     * @param contribution null: none was measured
     */
    @Serdeable
    record Figures(String party, String processingCostFen, String demand, @Nullable String contribution) {}

    @Serdeable
    record Portion(String party, String portion) {}

    /**
     * Shares as they are kept.
     *
     * @param weights of cost, demand and contribution; empty: the shares are agreed on
     * @param contributions a party that shares sees its own
     * @param portions a party that shares sees its own, and OTHERS for all others together
     * @param own for a party that shares: its own figures; null: for readers of the books, or the shares are agreed on
     * @param whole for a party that shares: the sums its own figures are divided by; null: as above, or they would tell one other merchant's
     * @param inputs the exact text of all they rest on; with {@code result} anyone computes {@code sha256} and the portions again; null: other
     *     parties' figures are not the reader's to see
     * @param result null: likewise
     * @param recomputed true: they were computed again just now, with this result
     */
    @Serdeable
    record ShareView(UUID id, String subject, String product, String from, String source, List<String> weights,
            @Nullable String consistencyRatio, List<Contributed> contributions, List<Portion> portions,
            @Nullable List<Figures> own, @Nullable Figures whole, @Nullable String inputs, @Nullable String result, String sha256, boolean recomputed, @Nullable UUID proposedBy, Instant proposedAt, String status,
            @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String ground) {
        static ShareView of(ShareProposal p) {
            ShareResult result = p.record().result();
            ShareResult.Score score = result.score();
            return new ShareView(p.id(), p.subject().name(), p.inputs().product(), p.inputs().from().toString(),
                    p.inputs().basis().source(),
                    score == null ? List.of() : score.weights().stream().map(Object::toString).toList(),
                    score == null ? null : score.consistencyRatio().toPlainString(),
                    score == null ? List.of() : score.contributions().stream().map(SharesController::view).toList(),
                    result.portions().stream().map(each -> new Portion(each.party(), each.portion().toString())).toList(), null, null,
                    p.record().inputsJson(), p.record().resultJson(), p.record().sha256(), p.record().findFault().isEmpty(),
                    p.proposedBy(), p.proposedAt(), p.status().name(), p.decidedBy(), p.decidedAt(), p.ground());
        }

        /** What one of those who share may read; empty: they have no part. */
        static Optional<ShareView> of(ShareProposal p, Set<String> reader) {
            ShareResult result = p.record().result();
            ShareResult.Score score = result.score();
            return OwnShare.of(p.inputs(), result, reader).map(own -> new ShareView(p.id(), p.subject().name(), p.inputs().product(),
                    p.inputs().from().toString(), p.inputs().basis().source(),
                    score == null ? List.of() : score.weights().stream().map(Object::toString).toList(),
                    score == null ? null : score.consistencyRatio().toPlainString(),
                    own.figures().stream().flatMap(each -> Stream.ofNullable(each.contribution())).map(SharesController::view).toList(),
                    own.portions().stream().map(each -> new Portion(each.party(), each.portion().toString())).toList(),
                    own.figures().isEmpty() ? null : own.figures().stream().map(SharesController::view).toList(),
                    view(own.whole()), null, null, p.record().sha256(), p.record().findFault().isEmpty(), p.proposedBy(),
                    p.proposedAt(), p.status().name(), p.decidedBy(), p.decidedAt(), p.ground()));
        }
    }

    private static Figures view(OwnShare.Figures own) {
        ShareResult.Contributed contribution = own.contribution();
        return new Figures(own.party(), Long.toString(own.processingCostFen()), text(own.demand()),
                contribution == null ? null : text(contribution.value()));
    }

    private static @Nullable Figures view(OwnShare.@Nullable Whole whole) {
        if (whole == null) {
            return null;
        }
        BigFraction contribution = whole.contribution();
        return new Figures("ALL", whole.processingCostFen().toString(), text(whole.demand()), contribution == null ? null : text(contribution));
    }

    private static String text(BigFraction value) {
        return value.getNumerator() + "/" + value.getDenominator();
    }

    private static Contributed view(ShareResult.Contributed each) {
        BigDecimal halfWidth = each.halfWidth();
        return new Contributed(each.party(), each.value().getNumerator() + "/" + each.value().getDenominator(),
                halfWidth == null ? null : halfWidth.toPlainString());
    }

    @Serdeable
    record SharePage(List<ShareView> shares, @Nullable String nextCursor) {}

    /** The approved shares that hold in a month: all for who supervises, one's own for a merchant. */
    @Get("/shares/{month}")
    SharePage inForce(Visitor visitor, String month) {
        Rights.requireParty(visitor);
        return new SharePage(shares.listInForce(month(month)).stream()
                .flatMap(each -> view(visitor, each).stream())
                .toList(), null);
    }

    /** Proposals of shares, page by page; parties see approved ones, and of those their own part. */
    @Get("/share-proposals")
    SharePage proposals(Visitor visitor, @Nullable @QueryValue String status, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) {
        Rights.require(visitor, READERS);
        ShareProposal.Status of = status == null ? null : Pages.constant("status", status, ShareProposal.Status.class);
        List<ShareProposal> page = shares.list(Facts.after(cursor), of, Facts.limit(limit));
        return new SharePage(page.stream().map(ShareView::of).toList(), Facts.next(page, limit, ShareProposal::id));
    }

    /** One proposal of shares, or a party's own part of it. */
    @Get("/share-proposals/{id}")
    HttpResponse<ShareView> proposal(Visitor visitor, UUID id) {
        Rights.requireParty(visitor);
        return versions.answer(Fact.SHARE_PROPOSAL, id,
                () -> shares.find(id).flatMap(each -> view(visitor, each)));
    }

    /** All of it for who supervises; of approved shares a party's own part; empty: nothing of it is the visitor's to see. */
    private Optional<ShareView> view(Visitor visitor, ShareProposal proposal) {
        if (!(visitor instanceof Visitor.SignedIn signedIn)) {
            return Optional.empty();
        }
        if (signedIn.hasAny(READERS)) {
            return Optional.of(ShareView.of(proposal));
        }
        return proposal.status() == ShareProposal.Status.APPROVED
                ? ShareView.of(proposal, parties.of(signedIn.person())) : Optional.empty();
    }

    /** The groups whose worth has to be measured, for orders drawn with this seed. */
    @Serdeable
    record GroupsRequest(@Nullable List<String> parties, @Nullable Integer orders, @Nullable Long seed) {}

    @Serdeable
    record Groups(List<List<String>> groups) {}

    /** What has to be measured before the contribution of more than twelve parties can be estimated. */
    @Post("/share-proposals/groups")
    Groups groups(Visitor visitor, @Body GroupsRequest asked) {
        Rights.require(visitor, READERS);
        return Facts.built(() -> new Groups(Shapley.groupsOf(
                        Facts.need("parties", asked.parties()).stream().sorted().toList(),
                        boundedOrders(Facts.need("orders", asked.orders())), Facts.need("seed", asked.seed())).stream()
                .map(group -> group.stream().sorted().toList())
                .sorted((a, b) -> a.size() != b.size() ? Integer.compare(a.size(), b.size()) : a.toString().compareTo(b.toString()))
                .toList()));
    }

    /** Proposes shares; who has none to propose sees here whether what is known leads to any. */
    @Put("/share-proposals/{id}")
    HttpResponse<ShareView> propose(Visitor visitor, UUID id, @Body ShareRequest request) {
        UUID proposer = Rights.require(visitor, Role.OPERATIONS).id();
        return versions.entered(
                Fact.SHARE_PROPOSAL, id, change(shares.propose(id, request.fromApi(), proposer)), () -> view(id));
    }

    /** Puts in force what was read, which {@code If-Match} must say. */
    @Post("/share-proposals/{id}/approval")
    HttpResponse<ShareView> approve(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Approval approval) {
        UUID approver = Rights.require(visitor, Role.REGULATOR).id();
        return stepped(id, seenAs(id, seen.needed()).approve(id, approver, approval.given()));
    }

    /** Refuses a proposal of shares. */
    @Post("/share-proposals/{id}/refusal")
    HttpResponse<ShareView> refuse(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        UUID decider = Rights.require(visitor, Role.REGULATOR).id();
        return stepped(id, seenAs(id, seen).refuse(id, decider, ground.given()));
    }

    /** Takes a proposal of shares back. */
    @Post("/share-proposals/{id}/withdrawal")
    HttpResponse<ShareView> withdraw(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        UUID proposer = Rights.require(visitor, Role.OPERATIONS).id();
        return stepped(id, seenAs(id, seen).withdraw(id, proposer, ground.given()));
    }

    private RevenueShares seenAs(UUID id, IfMatch seen) {
        return versions.seenAs(Fact.SHARE_PROPOSAL, id, seen, RevenueShares::new);
    }

    private Optional<ShareView> view(UUID id) {
        return shares.find(id).map(ShareView::of);
    }

    private HttpResponse<ShareView> stepped(UUID id, RevenueShares.Outcome outcome) {
        return versions.stepped(Fact.SHARE_PROPOSAL, id, change(outcome), () -> view(id));
    }

    private static Change change(RevenueShares.Outcome outcome) {
        return switch (outcome) {
            case RevenueShares.Outcome.Done(var already) -> new Change.Done(already);
            case RevenueShares.Outcome.Refused(var fault) -> new Change.Refused(fault);
            case RevenueShares.Outcome.Unfit(var fault, var detail) -> throw broken(fault, detail);
        };
    }

    private static ManagementProblem broken(RevenueShares.Fault fault, String detail) {
        Refusal refusal = switch (fault) {
            case NOT_SIGNED_BY_TWO -> Refusal.FORBIDDEN;
            case DATE_TAKEN -> Refusal.CONFLICT;
            case NO_SHARES -> Refusal.INVALID_REQUEST;
            case RETROACTIVE, NOT_A_PARTY -> Refusal.RULE_BROKEN;
        };
        return new ManagementProblem(refusal, fault.zh() + "(" + detail + ")", fault.en() + " (" + detail + ")");
    }

    private static YearMonth month(String text) {
        try {
            return YearMonth.parse(text);
        } catch (DateTimeException notAMonth) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "月份须为 2026-11 形式。", "A month has the form 2026-11.");
        }
    }
}
