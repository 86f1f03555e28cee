package cn.jingshu.marketplace.management;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.journal.AccountBalance;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.GeneralLedger;
import cn.jingshu.ledger.journal.GeneralLedger.Dimension;
import cn.jingshu.ledger.journal.GeneralLedger.Line;
import cn.jingshu.ledger.journal.GeneralLedger.Position;
import cn.jingshu.ledger.journal.GeneralLedger.Turnover;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.journal.TrialBalance;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.period.ClosingFacts;
import cn.jingshu.ledger.period.Periods;
import cn.jingshu.ledger.period.YearCloseResult;
import cn.jingshu.ledger.period.YearFacts;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/**
 * The books by account and by dimension. Every read takes {@code asOf} (the last voucher date that counts) and {@code asKnownAt} (the last
 * moment of booking that counts); without them, everything that is booked counts. Balances are debits minus credits.
 */
@Controller("/api/ledger")
@ExecuteOn(TaskExecutors.BLOCKING)
final class GeneralLedgerController {
    private final Balances balances;
    private final GeneralLedger ledger;
    private final Periods periods;

    GeneralLedgerController(Balances balances, GeneralLedger ledger, Periods periods) {
        this.balances = balances;
        this.ledger = ledger;
        this.periods = periods;
    }

    @Serdeable
    record BalanceView(String account, String debitYuan, String creditYuan, String balanceYuan) {}

    @Serdeable
    record TrialBalanceView(
            @Nullable String asOf, @Nullable Instant asKnownAt, String totalDebitYuan, String totalCreditYuan, List<BalanceView> accounts) {}

    @Serdeable
    record LineView(
            String effectiveOn,
            long number,
            int line,
            UUID entryId,
            Instant bookedAt,
            String reason,
            String description,
            EntryProposalsController.Line posting,
            String balanceYuan) {}

    @Serdeable
    record StatementView(
            String account,
            @Nullable String from,
            @Nullable String asOf,
            @Nullable Instant asKnownAt,
            String openingYuan,
            List<LineView> lines,
            String closingYuan,
            @Nullable String nextCursor) {}

    /** @param value empty: postings without the dimension */
    @Serdeable
    record TurnoverView(
            String account, String value, String openingYuan, String debitYuan, String creditYuan, String closingYuan) {}

    @Serdeable
    record TurnoversView(
            String dimension,
            @Nullable String from,
            @Nullable String asOf,
            @Nullable Instant asKnownAt,
            List<TurnoverView> rows,
            @Nullable String nextCursor) {}

    /** @param sha256 null: the month is open */
    @Serdeable
    record MonthView(
            String month, long entries, @Nullable Instant closedAt, @Nullable String totalYuan, @Nullable String sha256) {}

    @Serdeable
    record YearView(String year, Instant closedAt, long entries, String totalYuan, String sha256) {}

    @Serdeable
    record PeriodsView(List<MonthView> months, List<YearView> years) {}

    /** The trial balance (试算平衡表) as the books stood and were known at a moment. */
    @Get("/trial-balance")
    TrialBalanceView trialBalance(Visitor visitor, @Nullable @QueryValue String asOf, @Nullable @QueryValue String asKnownAt) {
        Rights.requireBooks(visitor);
        ReadPoint at = readPoint(asOf, asKnownAt);
        TrialBalance trial = balances.trialBalance(at);
        return new TrialBalanceView(text(at.asOf()), at.asKnownAt(), trial.total().toYuan(),
                Money.sum(trial.accounts().stream().map(AccountBalance::credits).toList()).toYuan(),
                trial.accounts().stream()
                        .map(each -> new BalanceView(each.account().value(), each.debits().toYuan(), each.credits().toYuan(),
                                each.debitBalance().toYuan()))
                        .toList());
    }

    /** The postings of an account and its sub-accounts, with the balance after each. */
    @Get("/accounts/{account}/statement")
    StatementView statement(Visitor visitor, String account, @Nullable @QueryValue String from, @Nullable @QueryValue String asOf,
            @Nullable @QueryValue String asKnownAt, @Nullable @QueryValue String product, @Nullable @QueryValue String provider,
            @Nullable @QueryValue String merchant, @Nullable @QueryValue String consumer, @Nullable @QueryValue String purposeClass,
            @Nullable @QueryValue String businessLine, @Nullable @QueryValue String priceVersion,
            @Nullable @QueryValue String servicePeriod, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) {
        Rights.requireBooks(visitor);
        Pages.requireLimit(limit);
        ReadPoint at = readPoint(asOf, asKnownAt);
        LocalDate first = from == null ? null : Pages.readDay("from", from);
        GeneralLedger.Statement page = ledger.statement(account(account),
                about(product, provider, merchant, consumer, purposeClass, businessLine, priceVersion, servicePeriod), first, at,
                cursor == null ? null : readPosition(cursor), limit);
        return new StatementView(account, text(first), text(at.asOf()), at.asKnownAt(), page.opening().toYuan(),
                page.lines().stream().map(GeneralLedgerController::toApi).toList(), page.closing().toYuan(),
                page.next().map(GeneralLedgerController::write).orElse(null));
    }

    /**
     * Opening balance, turnover and closing balance by account and value of a dimension.
     *
     * @param accounts beginning of account codes; without it all accounts
     */
    @Get("/by-dimension/{dimension}")
    TurnoversView byDimension(Visitor visitor, String dimension, @QueryValue(defaultValue = "") String accounts,
            @Nullable @QueryValue String from, @Nullable @QueryValue String asOf, @Nullable @QueryValue String asKnownAt,
            @Nullable @QueryValue String cursor, @QueryValue(defaultValue = "100") int limit) {
        Rights.requireBooks(visitor);
        Pages.requireLimit(limit);
        ReadPoint at = readPoint(asOf, asKnownAt);
        LocalDate first = from == null ? null : Pages.readDay("from", from);
        if (!accounts.matches("\\d{0,12}")) {
            throw invalid("accounts 须为科目编号的开头数字。", "accounts must be the first digits of account codes.");
        }
        GeneralLedger.Turnovers page = ledger.byDimension(accounts, Pages.constant("dimension", dimension, Dimension.class), first, at,
                cursor == null ? null : readTurnover(cursor), limit);
        return new TurnoversView(dimension, text(first), text(at.asOf()), at.asKnownAt(),
                page.rows().stream()
                        .map(row -> new TurnoverView(row.account().value(), row.value(), row.opening().toYuan(), row.debits().toYuan(),
                                row.credits().toYuan(), row.closing().toYuan()))
                        .toList(),
                page.next().map(GeneralLedgerController::write).orElse(null));
    }

    /** The months with entries or closing facts, and the years that are closed. */
    @Get("/periods")
    PeriodsView periods(Visitor visitor) {
        Rights.requireBooks(visitor);
        return new PeriodsView(
                periods.listPeriods().stream()
                        .map(state -> {
                            ClosingFacts facts = state.closing();
                            return new MonthView(state.period().toString(), state.entries(), facts == null ? null : facts.closedAt(),
                                    facts == null ? null : facts.total().toYuan(), facts == null ? null : facts.sha256());
                        })
                        .toList(),
                periods.listYears().stream().map(GeneralLedgerController::toApi).toList());
    }

    /** Closes a year for good. */
    @Post("/years/{year}/close")
    YearView closeYear(Visitor visitor, String year) {
        Rights.require(visitor, Role.OPERATIONS);
        if (!year.matches("2\\d{3}")) {
            throw invalid("年份须为 2026 形式。", "A year has the form 2026.");
        }
        return switch (periods.closeYear(Year.parse(year))) {
            case YearCloseResult.Closed(var facts, var _) -> toApi(facts);
            case YearCloseResult.Refused refused -> throw problem(refused);
        };
    }

    private static ManagementProblem problem(YearCloseResult.Refused refused) {
        return switch (refused.obstacle()) {
            case MONTH_OPEN -> new ManagementProblem(Refusal.RULE_BROKEN, "该年最后一月尚未关账:" + refused.detail() + "。",
                    "The last month of the year is not closed: " + refused.detail() + ".");
            case PROFIT_NOT_DISTRIBUTED -> new ManagementProblem(Refusal.RULE_BROKEN, "本年利润尚未结转利润分配:" + refused.detail() + "。",
                    "The profit of the year is not distributed: " + refused.detail() + ".");
        };
    }

    private static YearView toApi(YearFacts facts) {
        return new YearView(facts.year().toString(), facts.closedAt(), facts.entries(), facts.total().toYuan(), facts.sha256());
    }

    private static LineView toApi(Line line) {
        return new LineView(line.position().effectiveOn().toString(), line.position().number(), line.position().line(), line.entryId(),
                line.bookedAt(), line.reason().name(), line.description(), EntryProposalsController.Line.toApi(line.posting()),
                line.balance().toYuan());
    }

    private static Dimensions about(@Nullable String product, @Nullable String provider, @Nullable String merchant,
            @Nullable String consumer, @Nullable String purposeClass, @Nullable String businessLine, @Nullable String priceVersion,
            @Nullable String servicePeriod) {
        try {
            return new Dimensions(product, provider, merchant, consumer, purposeClass, businessLine, priceVersion,
                    servicePeriod == null ? null : YearMonth.parse(servicePeriod));
        } catch (IllegalArgumentException | DateTimeException wrong) {
            throw invalid("维度有误:" + wrong.getMessage(), "A dimension is wrong: " + wrong.getMessage() + ".");
        }
    }

    static ReadPoint readPoint(@Nullable String asOf, @Nullable String asKnownAt) {
        try {
            return new ReadPoint(asOf == null ? null : Pages.readDay("asOf", asOf), asKnownAt == null ? null : Instant.parse(asKnownAt));
        } catch (DateTimeException wrong) {
            throw invalid("asKnownAt 须为 2026-11-30T08:00:00Z 形式。", "asKnownAt has the form 2026-11-30T08:00:00Z.");
        }
    }

    private static AccountCode account(String code) {
        try {
            return new AccountCode(code);
        } catch (IllegalArgumentException wrong) {
            throw invalid("科目编号有误。", "That is no account code.");
        }
    }

    private static @Nullable String text(@Nullable LocalDate day) {
        return day == null ? null : day.toString();
    }

    private static String write(Position position) {
        return encode(position.effectiveOn() + " " + position.number() + " " + position.line());
    }

    private static String write(Turnover row) {
        return encode(row.account() + " " + row.value());
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String cursor) {
        return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    }

    private static Position readPosition(String cursor) {
        try {
            String[] parts = decode(cursor).split(" ", 3);
            return new Position(LocalDate.parse(parts[0]), Long.parseLong(parts[1]), Integer.parseInt(parts[2]));
        } catch (IllegalArgumentException | DateTimeException | ArrayIndexOutOfBoundsException broken) {
            throw Pages.brokenCursor();
        }
    }

    private static Turnover readTurnover(String cursor) {
        try {
            String[] parts = decode(cursor).split(" ", 2);
            return new Turnover(new AccountCode(parts[0]), parts[1], Money.ZERO, Money.ZERO, Money.ZERO);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException broken) {
            throw Pages.brokenCursor();
        }
    }

    private static ManagementProblem invalid(String zh, String en) {
        return new ManagementProblem(Refusal.INVALID_REQUEST, zh, en);
    }
}
