package cn.jingshu.marketplace.portal;

import cn.jingshu.ledger.account.Account;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.AccountBalance;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.settlement.PartyAmount;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.ledger.settlement.SettlementResult;
import cn.jingshu.ledger.settlement.StoredSettlement;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.pricing.PermittedRevenues;
import cn.jingshu.metering.event.BillingPeriod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The operator's month, for those who may read the books of the market. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class OperatorPages {
    private static final Bilingual NOBODY = Bilingual.same("");

    private final PageFrame frame;
    private final Pages pages;
    private final MonthClose months;
    private final SettlementBook settlements;
    private final Balances balances;
    private final Chart chart;
    private final Organisations organisations;
    private final PermittedRevenues permitted;
    private final Clock clock;

    OperatorPages(
            PermittedRevenues permitted,
            PageFrame frame,
            Pages pages,
            MonthClose months,
            SettlementBook settlements,
            Balances balances,
            Chart chart,
            Organisations organisations,
            Clock clock) {
        this.permitted = permitted;
        this.frame = frame;
        this.pages = pages;
        this.months = months;
        this.settlements = settlements;
        this.balances = balances;
        this.chart = chart;
        this.organisations = organisations;
        this.clock = clock;
    }

    @Get(Links.OPERATOR)
    HttpResponse<String> operator(HttpRequest<?> request, @Nullable @QueryValue String month) {
        frame.requireBooks(request);
        Instant now = clock.instant();
        YearMonth current = BillingPeriod.of(now).month();
        YearMonth asked = month == null ? current : StatementPages.month(month);
        List<MonthClose.State> states = months.listStates();
        TreeSet<YearMonth> listed = new TreeSet<>(states.stream().map(MonthClose.State::month).toList());
        listed.add(current);
        listed.add(asked);
        OperatorView.Close close = states.stream()
                .filter(state -> state.month().equals(asked))
                .findFirst()
                .map(state -> OperatorView.Close.valueOf(state.status().name()))
                .orElse(OperatorView.Close.OPEN);
        OperatorView view = new OperatorView(asked, List.copyOf(listed.descendingSet()), close,
                Reading.known(revenue(asked), now), Reading.known(settlement(asked), now),
                Reading.known(trialBalance(asked), now));
        return frame.show(request, page -> pages.operator(page, view));
    }

    /** What is booked, and for an open month what would be if it were closed now. */
    private OperatorView.Revenue revenue(YearMonth month) {
        List<Charge> charges = months.preview(month);
        List<Charge> paid = charges.stream().filter(charge -> charge.price().fenPerUnit().signum() > 0).toList();
        // Added up from the charges: the revenue account itself is emptied into the profit when a month is settled.
        long year = withoutVat(charges);
        for (YearMonth each = month.withMonth(1); each.isBefore(month); each = each.plusMonths(1)) {
            year += withoutVat(months.preview(each));
        }
        return new OperatorView.Revenue(withoutVat(charges), year,
                permitted.findSigned(month.getYear()).map(each -> each.highest().fen()).orElse(null),
                paid.stream().mapToLong(Charge::quantity).sum(),
                paid.stream().map(charge -> charge.key().organisationId()).distinct().count());
    }

    private static long withoutVat(List<Charge> charges) {
        return charges.stream().mapToLong(charge -> charge.amount().fen() - charge.vat().fen()).sum();
    }

    private Optional<OperatorView.Settlement> settlement(YearMonth month) {
        return settlements.findSettlement(SettlementPeriod.month(month), Dimensions.AUTHORISED_OPERATION)
                .map(this::settlement);
    }

    private OperatorView.Settlement settlement(StoredSettlement stored) {
        SettlementResult result = stored.result();
        List<OperatorView.Share> shares = new ArrayList<>();
        shares.add(new OperatorView.Share(OperatorView.Part.VAT, NOBODY, result.outputVat().fen()));
        for (PartyAmount cost : result.merchantCosts()) {
            shares.add(new OperatorView.Share(
                    OperatorView.Part.MERCHANT_SERVICE, nameOf(cost.merchant()), cost.amount().fen()));
        }
        shares.add(new OperatorView.Share(OperatorView.Part.COSTS, NOBODY,
                result.directPaidCosts().plus(result.directFreeCosts()).plus(result.sharedCosts()).fen()));
        shares.add(new OperatorView.Share(OperatorView.Part.SURCHARGES, NOBODY, result.surcharges().fen()));
        shares.add(new OperatorView.Share(OperatorView.Part.INCOME_TAX, NOBODY, result.incomeTax().fen()));
        shares.add(new OperatorView.Share(OperatorView.Part.TREASURY, NOBODY, result.treasury().fen()));
        shares.add(new OperatorView.Share(OperatorView.Part.OPERATOR, NOBODY, result.operator().fen()));
        for (PartyAmount share : result.merchantShares()) {
            shares.add(new OperatorView.Share(
                    OperatorView.Part.MERCHANT, nameOf(share.merchant()), share.amount().fen()));
        }
        return new OperatorView.Settlement(
                stored.period().basis() == SettlementPeriod.Basis.ANNUAL_BINDING, result.gross().fen(), shares);
    }

    private Bilingual nameOf(String organisationId) {
        return organisations.find(UUID.fromString(organisationId))
                .map(PageFrame::nameOf)
                .orElse(Bilingual.same(organisationId));
    }

    private List<OperatorView.Balance> trialBalance(YearMonth month) {
        Map<String, Account> accounts = chart.listAccounts().stream()
                .collect(Collectors.toMap(account -> account.code().value(), Function.identity()));
        return balances.trialBalance(ReadPoint.endOf(month)).accounts().stream()
                .map(balance -> row(balance, accounts.get(balance.account().value())))
                .toList();
    }

    private static OperatorView.Balance row(AccountBalance balance, @Nullable Account account) {
        long debit = balance.debitBalance().fen();
        return new OperatorView.Balance(balance.account().value(),
                account == null ? Bilingual.same("") : new Bilingual(account.nameZh(), account.nameEn()),
                Math.max(debit, 0), Math.max(-debit, 0));
    }
}
