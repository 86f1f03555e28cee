package cn.jingshu.marketplace.portal;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.GeneralLedger;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.journal.TrialBalance;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.management.Csv;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.metering.event.BillingPeriod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The general ledger for whoever reads the books: by account, by dimension, as of a day and as it was known at a moment. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class LedgerPages {
    private static final int SHOWN = 100;
    private static final int AT_ONCE = 1_000;
    /** Lines of a download; longer ones are exported as a bundle. */
    private static final int MOST_CSV_LINES = 100_000;
    private static final List<String> FIELDS = List.of("account", "dimension", "value", "from", "asOf", "asKnownAt");

    private final PageFrame frame;
    private final Pages pages;
    private final Balances balances;
    private final GeneralLedger ledger;
    private final Chart chart;
    private final Clock clock;

    LedgerPages(PageFrame frame, Pages pages, Balances balances, GeneralLedger ledger, Chart chart, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.balances = balances;
        this.ledger = ledger;
        this.chart = chart;
        this.clock = clock;
    }

    /**
     * What is asked for.
     *
     * @param account null: all
     * @param by null: not by a dimension
     * @param value of the dimension, of one account; empty: of any
     */
    private record Asked(@Nullable AccountCode account, GeneralLedger.@Nullable Dimension by, String value, @Nullable LocalDate from,
            ReadPoint at, String cursor) {}

    /** A question that makes no sense. */
    private static final class NotAskable extends Exception {
        private static final long serialVersionUID = 1L;

        private final String field;
        private final transient Bilingual why;

        NotAskable(String field, String zh, String en) {
            super(en);
            this.field = field;
            this.why = new Bilingual(zh, en);
        }
    }

    @Get(Links.LEDGER)
    HttpResponse<String> ledger(HttpRequest<?> request) {
        frame.requireBooks(request);
        Map<String, String> typed = typed(request);
        try {
            Asked asked = read(typed);
            LedgerView.Shown shown = shown(asked, typed);
            return show(request, new Form(typed, Map.of()), Reading.known(shown, clock.instant()), Links.LEDGER_CSV + query(typed, ""), HttpStatus.OK);
        } catch (NotAskable wrong) {
            return show(request, new Form(typed, Map.of(wrong.field, wrong.why)),
                    Reading.known(new LedgerView.Trial(List.of(), 0, 0), clock.instant()), null, HttpStatus.UNPROCESSABLE_ENTITY);
        }
    }

    private HttpResponse<String> show(HttpRequest<?> request, Form query, Reading<LedgerView.Shown> shown, @Nullable String csv, HttpStatus status) {
        LedgerView view = new LedgerView(query,
                chart.listAccounts().stream().map(each -> new LedgerView.Account(each.code().value(), new Bilingual(each.nameZh(), each.nameEn()))).toList(),
                Stream.of(GeneralLedger.Dimension.values()).map(each -> LedgerView.LedgerBy.valueOf(each.name())).toList(), shown, csv,
                Stream.of(Role.OPERATIONS, Role.AUDITOR, Role.REGULATOR).anyMatch(frame.personOf(request).roles()::contains));
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.ledger(page, view));
    }

    private static Map<String, String> typed(HttpRequest<?> request) {
        Map<String, String> typed = new LinkedHashMap<>();
        for (String field : FIELDS) {
            String text = Optional.ofNullable(request.getParameters().get(field)).orElse("").strip();
            if (!text.isEmpty() && text.indexOf('\0') < 0) {
                typed.put(field, text);
            }
        }
        String cursor = request.getParameters().get("cursor");
        if (cursor != null && !cursor.isBlank()) {
            typed.put("cursor", cursor);
        }
        return typed;
    }

    private static Asked read(Map<String, String> typed) throws NotAskable {
        String account = typed.getOrDefault("account", "");
        if (!account.matches("(\\d{4}(\\d\\d){0,4})?")) {
            throw new NotAskable("account", "科目编号有误", "that is no account");
        }
        String by = typed.getOrDefault("dimension", "");
        if (!by.isEmpty() && Stream.of(GeneralLedger.Dimension.values()).noneMatch(each -> each.name().equals(by))) {
            throw new NotAskable("dimension", "没有该辅助核算项", "there is no such dimension");
        }
        String value = typed.getOrDefault("value", "");
        if (!value.isEmpty() && (by.isEmpty() || account.isEmpty())) {
            throw new NotAskable("value", "须同时选择科目与辅助核算项", "an account and a dimension are needed with it");
        }
        return new Asked(account.isEmpty() ? null : new AccountCode(account), by.isEmpty() ? null : GeneralLedger.Dimension.valueOf(by), value,
                day(typed, "from"), new ReadPoint(day(typed, "asOf"), moment(typed)), typed.getOrDefault("cursor", ""));
    }

    private static @Nullable LocalDate day(Map<String, String> typed, String field) throws NotAskable {
        String text = typed.get(field);
        try {
            return text == null ? null : LocalDate.parse(text);
        } catch (DateTimeException wrong) {
            throw new NotAskable(field, "日期须为 2026-11-30 形式", "a day has the form 2026-11-30");
        }
    }

    private static @Nullable Instant moment(Map<String, String> typed) throws NotAskable {
        String text = typed.get("asKnownAt");
        try {
            return text == null ? null : LocalDateTime.parse(text).atZone(BillingPeriod.ZONE).toInstant();
        } catch (DateTimeException wrong) {
            throw new NotAskable("asKnownAt", "时刻须为 2026-11-30T18:00 形式(北京时间)", "a moment has the form 2026-11-30T18:00 (Beijing)");
        }
    }

    private LedgerView.Shown shown(Asked asked, Map<String, String> typed) throws NotAskable {
        Map<String, Bilingual> names = names();
        AccountCode account = asked.account();
        if (asked.by() != null && asked.value().isEmpty()) {
            GeneralLedger.Turnovers page = turnovers(asked, turnoverAfter(asked.cursor()), SHOWN);
            return new LedgerView.ByDimension(page.rows().stream().map(row -> new LedgerView.Turnover(row.account().value(),
                    name(names, row.account()), row.value(), row.opening().fen(), row.debits().fen(), row.credits().fen(),
                    row.closing().fen())).toList(), page.next().map(next -> more(typed, next.account() + " " + next.value())).orElse(null));
        }
        if (account != null) {
            GeneralLedger.Statement page = statement(asked, account, positionAfter(asked.cursor()), SHOWN);
            return new LedgerView.Statement(account.value(), name(names, account), page.opening().fen(),
                    page.lines().stream().map(LedgerPages::line).toList(), page.closing().fen(),
                    page.next().map(next -> more(typed, next.effectiveOn() + " " + next.number() + " " + next.line())).orElse(null));
        }
        TrialBalance trial = balances.trialBalance(asked.at());
        return new LedgerView.Trial(trial.accounts().stream().map(each -> new LedgerView.Row(each.account().value(), name(names, each.account()),
                        each.debits().fen(), each.credits().fen(), each.debitBalance().fen())).toList(), trial.total().fen(),
                Money.sum(trial.accounts().stream().map(each -> each.credits()).toList()).fen());
    }

    private GeneralLedger.Turnovers turnovers(Asked asked, GeneralLedger.@Nullable Turnover after, int most) {
        AccountCode account = asked.account();
        return ledger.byDimension(account == null ? "" : account.value(), java.util.Objects.requireNonNull(asked.by()), asked.from(), asked.at(), after, most);
    }

    private GeneralLedger.Statement statement(Asked asked, AccountCode account, GeneralLedger.@Nullable Position after, int most) throws NotAskable {
        return ledger.statement(account, about(asked), asked.from(), asked.at(), after, most);
    }

    private static Dimensions about(Asked asked) throws NotAskable {
        GeneralLedger.Dimension by = asked.by();
        String value = asked.value();
        if (by == null || value.isEmpty()) {
            return Dimensions.NONE;
        }
        try {
            return switch (by) {
                case PRODUCT -> Dimensions.NONE.withProduct(value);
                case PROVIDER -> Dimensions.NONE.withProvider(value);
                case MERCHANT -> Dimensions.NONE.withMerchant(value);
                case CONSUMER -> Dimensions.NONE.withConsumer(value);
                case PURPOSE_CLASS -> Dimensions.NONE.withPurposeClass(value);
                case BUSINESS_LINE -> Dimensions.NONE.withBusinessLine(value);
                case PRICE_VERSION -> Dimensions.NONE.withPriceVersion(value);
                case SERVICE_PERIOD -> Dimensions.NONE.withServicePeriod(java.time.YearMonth.parse(value));
            };
        } catch (IllegalArgumentException | DateTimeException wrong) {
            throw new NotAskable("value", "取值有误", "that is no value of it");
        }
    }

    private static LedgerView.Line line(GeneralLedger.Line line) {
        boolean debit = line.posting().side() == Side.DEBIT;
        long fen = line.posting().amount().fen();
        return new LedgerView.Line(line.position().effectiveOn(), line.position().number(), line.entryId(), line.bookedAt(), line.description(),
                text(line.posting().dimensions()), debit ? fen : 0, debit ? 0 : fen, line.balance().fen());
    }

    private static String text(Dimensions about) {
        return Stream.of(Optional.ofNullable(about.product()), Optional.ofNullable(about.provider()), Optional.ofNullable(about.merchant()),
                        Optional.ofNullable(about.consumer()), Optional.ofNullable(about.purposeClass()), Optional.ofNullable(about.businessLine()),
                        Optional.ofNullable(about.servicePeriod()).map(Object::toString))
                .flatMap(Optional::stream).collect(Collectors.joining(" · "));
    }

    private Map<String, Bilingual> names() {
        Map<String, Bilingual> names = new HashMap<>();
        chart.listAccounts().forEach(each -> names.put(each.code().value(), new Bilingual(each.nameZh(), each.nameEn())));
        return names;
    }

    private static Bilingual name(Map<String, Bilingual> names, AccountCode account) {
        return names.getOrDefault(account.value(), Bilingual.same(account.value()));
    }

    private static GeneralLedger.@Nullable Position positionAfter(String cursor) throws NotAskable {
        if (cursor.isEmpty()) {
            return null;
        }
        try {
            String[] parts = cursor.split(" ", 3);
            return new GeneralLedger.Position(LocalDate.parse(parts[0]), Long.parseLong(parts[1]), Integer.parseInt(parts[2]));
        } catch (IllegalArgumentException | DateTimeException | ArrayIndexOutOfBoundsException broken) {
            throw new NotAskable("account", "翻页位置无效,请重新查询", "that place in the list does not exist; ask again");
        }
    }

    private static GeneralLedger.@Nullable Turnover turnoverAfter(String cursor) throws NotAskable {
        if (cursor.isEmpty()) {
            return null;
        }
        try {
            String[] parts = cursor.split(" ", 2);
            return new GeneralLedger.Turnover(new AccountCode(parts[0]), parts[1], Money.ZERO, Money.ZERO, Money.ZERO);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException broken) {
            throw new NotAskable("account", "翻页位置无效,请重新查询", "that place in the list does not exist; ask again");
        }
    }

    private static String more(Map<String, String> typed, String cursor) {
        return Links.LEDGER + query(typed, cursor);
    }

    private static String query(Map<String, String> typed, String cursor) {
        Map<String, String> asked = new LinkedHashMap<>(typed);
        asked.remove("cursor");
        if (!cursor.isEmpty()) {
            asked.put("cursor", cursor);
        }
        return asked.isEmpty() ? "" : asked.entrySet().stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8)).collect(Collectors.joining("&", "?", ""));
    }

    /** What the page shows, all of its pages in one file. */
    @Get(Links.LEDGER_CSV)
    @Produces("text/csv; charset=utf-8")
    HttpResponse<String> csv(HttpRequest<?> request) {
        frame.requireBooks(request);
        Map<String, String> typed = typed(request);
        typed.remove("cursor");
        try {
            Csv csv = new Csv();
            rows(read(typed)).forEach(csv::line);
            return csv.answer("ledger.csv");
        } catch (NotAskable wrong) {
            throw PageRefused.noSuchPage();
        }
    }

    private List<List<String>> rows(Asked asked) throws NotAskable {
        Map<String, Bilingual> names = names();
        List<List<String>> rows = new ArrayList<>();
        AccountCode account = asked.account();
        if (asked.by() != null && asked.value().isEmpty()) {
            rows.add(List.of("account", "name", "value", "opening_yuan", "debit_yuan", "credit_yuan", "closing_yuan"));
            Optional<GeneralLedger.Turnover> after = Optional.empty();
            do {
                GeneralLedger.Turnovers page = turnovers(asked, after.orElse(null), AT_ONCE);
                page.rows().forEach(row -> rows.add(List.of(row.account().value(), name(names, row.account()).zh(), row.value(), row.opening().toYuan(),
                        row.debits().toYuan(), row.credits().toYuan(), row.closing().toYuan())));
                after = page.next();
            } while (after.isPresent() && rows.size() < MOST_CSV_LINES);
        } else if (account != null) {
            rows.add(List.of("effective_on", "number", "line", "entry_id", "booked_at", "description", "about", "side", "amount_yuan", "balance_yuan"));
            Optional<GeneralLedger.Position> after = Optional.empty();
            do {
                GeneralLedger.Statement page = statement(asked, account, after.orElse(null), AT_ONCE);
                page.lines().forEach(line -> rows.add(List.of(line.position().effectiveOn().toString(), Long.toString(line.position().number()),
                        Integer.toString(line.position().line()), line.entryId().toString(), line.bookedAt().toString(), line.description(),
                        text(line.posting().dimensions()), line.posting().side().name(), line.posting().amount().toYuan(), line.balance().toYuan())));
                after = page.next();
            } while (after.isPresent() && rows.size() < MOST_CSV_LINES);
        } else {
            rows.add(List.of("account", "name", "debit_yuan", "credit_yuan", "balance_yuan"));
            balances.trialBalance(asked.at()).accounts().forEach(each -> rows.add(List.of(each.account().value(), name(names, each.account()).zh(),
                    each.debits().toYuan(), each.credits().toYuan(), each.debitBalance().toYuan())));
        }
        return rows;
    }
}
