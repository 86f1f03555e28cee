package cn.jingshu.marketplace.portal;

import java.util.stream.Stream;
import java.util.Set;
import cn.jingshu.marketplace.management.SharingParties;
import cn.jingshu.marketplace.billing.OwnShare;
import cn.jingshu.ledger.share.ShareScore;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.PartyAmount;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.ledger.settlement.StoredSettlement;
import cn.jingshu.ledger.share.ShareResult;
import cn.jingshu.marketplace.billing.RevenueShares;
import cn.jingshu.marketplace.billing.ShareProposal;
import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.management.Rights;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** How each share came about, for who supervises and for merchants their own, with what they have of each settlement. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class SharePages {
    private static final int SHOWN = 200;

    private final PageFrame frame;
    private final Pages pages;
    private final ProductFacts products;
    private final RevenueShares shares;
    private final SettlementBook settlements;
    private final Organisations organisations;
    private final DataProviders providers;
    private final SharingParties sharing;
    private final Clock clock;

    SharePages(PageFrame frame, Pages pages, ProductFacts products, RevenueShares shares, SettlementBook settlements,
            Organisations organisations, DataProviders providers, SharingParties sharing, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.products = products;
        this.shares = shares;
        this.settlements = settlements;
        this.organisations = organisations;
        this.providers = providers;
        this.sharing = sharing;
        this.clock = clock;
    }

    @Get(Links.SHARES)
    HttpResponse<String> shares(HttpRequest<?> request) {
        Person reader = frame.personOf(request);
        boolean books = Rights.mayReadBooks(frame.visitorOf(request));
        boolean merchant = reader.roles().contains(Role.MERCHANT_OFFICER);
        if (!books && !merchant && !reader.roles().contains(Role.PROVIDER_OFFICER)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        String own = reader.organisationId().toString();
        Map<String, Bilingual> names = PageFrame.namesOf(providers.listAll());
        Instant now = clock.instant();
        SharesView view = new SharesView(
                Reading.known(shares.listLatest(SHOWN).stream()
                        .flatMap(each -> books ? Stream.of(share(each, names, every(each)))
                                : each.status() == ShareProposal.Status.APPROVED ? part(each, names, sharing.of(reader)).stream() : Stream.empty())
                        .toList(), now),
                merchant ? Reading.known(earnings(own), now) : null);
        return frame.show(request, page -> pages.shares(page, view));
    }

    /** A party's own part, the others as one. */
    private Optional<SharesView.Share> part(ShareProposal proposal, Map<String, Bilingual> names, Set<String> own) {
        return OwnShare.of(proposal.inputs(), proposal.record().result(), own).map(part -> share(proposal, names, part.portions()));
    }

    private static List<ShareScore.PartyPortion> every(ShareProposal proposal) {
        return proposal.record().result().portions();
    }

    private SharesView.Share share(ShareProposal proposal, Map<String, Bilingual> names, List<ShareScore.PartyPortion> portions) {
        ShareResult.Score score = proposal.record().result().score();
        List<SharesView.Part> parts = new ArrayList<>();
        for (ShareScore.PartyPortion portion : portions) {
            String contribution = score == null ? "" : score.contributions().stream().filter(each -> each.party().equals(portion.party()))
                    .findFirst().map(SharePages::contribution).orElse("");
            parts.add(new SharesView.Part(party(portion.party(), names), portion.portion().toPercentText(),
                    portion.portion().toString(), contribution));
        }
        return new SharesView.Share(proposal.id(), products.nameOf(proposal.inputs().product()), proposal.inputs().from(),
                SharesView.SharedBy.valueOf(proposal.subject().name()),
                SharesView.ShareState.valueOf(proposal.status().name()), proposal.inputs().basis().source(),
                proposal.ground() == null ? "" : proposal.ground(),
                score == null ? null : new SharesView.Score(score.weights().get(0).toPercentText(),
                        score.weights().get(1).toPercentText(), score.weights().get(2).toPercentText(),
                        score.consistencyRatio().toPlainString()),
                parts, proposal.record().sha256(), proposal.record().findFault().isEmpty());
    }

    private static String contribution(ShareResult.Contributed each) {
        BigDecimal value = new BigDecimal(each.value().getNumerator())
                .divide(new BigDecimal(each.value().getDenominator()), MathContext.DECIMAL32).stripTrailingZeros();
        BigDecimal halfWidth = each.halfWidth();
        return value.toPlainString() + (halfWidth == null ? "" : " ± " + halfWidth.stripTrailingZeros().toPlainString());
    }

    private Bilingual party(String id, Map<String, Bilingual> names) {
        if (id.equals(OwnShare.OTHERS)) {
            return new Bilingual("其他各方合计", "All others together");
        }
        Bilingual provider = names.get(id);
        return provider != null ? provider
                : Optional.of(id).filter(text -> text.length() == 36).map(UUID::fromString).flatMap(organisations::find)
                        .map(PageFrame::nameOf).orElse(Bilingual.same(id));
    }

    private List<SharesView.Earning> earnings(String merchant) {
        List<SharesView.Earning> earnings = new ArrayList<>();
        for (StoredSettlement stored : settlements.listSettlements(Dimensions.AUTHORISED_OPERATION).reversed()) {
            Optional<Money> cost = amount(stored.result().merchantCosts(), merchant);
            Optional<Money> share = amount(stored.result().merchantShares(), merchant);
            if (cost.isPresent() || share.isPresent()) {
                earnings.add(new SharesView.Earning(stored.period().toString(),
                        stored.period().basis() == SettlementPeriod.Basis.ANNUAL_BINDING, cost.orElse(Money.ZERO).fen(),
                        share.orElse(Money.ZERO).fen(), stored.sha256(),
                        stored.recompute() instanceof StoredSettlement.Recomputation.Confirmed));
            }
        }
        return earnings;
    }

    private static Optional<Money> amount(List<PartyAmount> amounts, String merchant) {
        return amounts.stream().filter(each -> each.merchant().equals(merchant)).map(PartyAmount::amount).findFirst();
    }
}
