package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.AccountKind;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.journal.BookedEntry;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryChain;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.journal.UnbalancedEntryException;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.seal.LogLeaf;
import cn.jingshu.ledger.settlement.BookFacts;
import cn.jingshu.ledger.settlement.Cost;
import cn.jingshu.ledger.settlement.MonthVat;
import cn.jingshu.ledger.settlement.SettlementInputs;
import cn.jingshu.ledger.settlement.StoredSettlement;
import cn.jingshu.ledger.verify.TableReader.Row;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The checks of the books themselves: accounts, entries and their chain, balances, settlements. */
final class BookChecks {
    /** What the table of months says of one. */
    private record Month(long lastNumber, @Nullable String lastChain, boolean closed) {}

    private final BundleTables tables;
    private final Months months;
    private final Report report;
    private final Map<AccountCode, AccountKind> kinds = new HashMap<>();
    private final Map<AccountCode, String> names = new HashMap<>();
    private final Set<AccountCode> postable = new HashSet<>();
    private final Map<YearMonth, Month> periods = new TreeMap<>();
    private final BookFigures figures = new BookFigures(kinds);
    private final List<Settled> settled = new ArrayList<>();
    private final Map<AccountCode, Money> closed = new HashMap<>(); // balances at the end of the bundle, debits above zero
    private final EntryLeafHashes leaves = new EntryLeafHashes();

    /** A settlement that was confirmed. */
    record Settled(String place, long revision, SettlementInputs inputs) {}

    BookChecks(BundleTables tables, Months months, Report report) {
        this.tables = tables;
        this.months = months;
        this.report = report;
    }

    void run() {
        tables.forEach(Table.ACCOUNTS, Check.ACCOUNTS, List.of("account"), this::account);
        tables.forEach(Table.PERIODS, Check.CHAIN, List.of("period"), this::period);
        entries();
        balances();
        settlements();
    }

    /** Sums over the entries; whole once {@link #run} has ended. */
    BookFigures figures() {
        return figures;
    }

    /** The settlements that were confirmed, revisions among them; whole once {@link #run} has ended. */
    List<Settled> settled() {
        return settled;
    }

    /** The hashes of an entry's leaf; empty: there is no such entry. Whole once {@link #run} has ended. */
    Optional<EntryLeafHashes.Hashes> leaf(YearMonth month, long number) {
        return leaves.find(month, number);
    }

    long entriesOf(YearMonth month) {
        return leaves.count(month);
    }

    /** What was earned too much and no permitted revenue has deducted by the end of the bundle: the balance of 9001. */
    Money overRecovery() {
        return closed.getOrDefault(Chart.OVER_RECOVERY_FOUND, Money.ZERO).plus(closed.getOrDefault(Chart.OVER_RECOVERY_DEDUCTED, Money.ZERO)).negated();
    }

    boolean isClosed(YearMonth month) {
        Month stated = periods.get(month);
        return stated != null && stated.closed();
    }

    private void account(Row row) {
        report.looked(Check.ACCOUNTS, 1);
        AccountCode code = new AccountCode(row.required("account"));
        if (kinds.put(code, AccountKind.valueOf(row.required("kind"))) != null) {
            report.wrong(Check.ACCOUNTS, row.place(), "科目 " + code + " 出现两次", "account " + code + " occurs twice");
        }
        names.put(code, row.required("name_zh"));
        Side.valueOf(row.required("normal_side"));
        String parent = row.text("parent");
        if (parent != null && (!kinds.containsKey(new AccountCode(parent)) || !code.value().startsWith(parent)
                || postable.contains(new AccountCode(parent)))) {
            report.wrong(Check.ACCOUNTS, row.place(), "上级科目 " + parent + " 不成立", "its parent " + parent + " does not hold");
        }
        if (row.flag("postable")) {
            postable.add(code);
        }
    }

    private void period(Row row) {
        YearMonth month = YearMonth.parse(row.required("period"));
        if (!months.contains(month) || periods.put(month, new Month(row.whole("last_number"),
                row.text("last_chain_sha256"), row.text("closed_at") != null)) != null) {
            report.wrong(Check.CHAIN, row.place(), month + " 重复或不在导出期间内", month + " occurs twice or is outside the export");
        }
    }

    /** Entries and their postings are read side by side, in the order of their numbers. */
    private void entries() {
        if (!tables.has(Table.ENTRIES) || !tables.has(Table.POSTINGS)) {
            return; // named by the check of the digests
        }
        try (TableReader entries = tables.open(Table.ENTRIES); TableReader postings = tables.open(Table.POSTINGS)) {
            new EntryWalk(postings).walk(entries);
        } catch (IOException unreadable) {
            report.wrong(Check.ENTRIES, "entries.csv, postings.csv", "无法读取:" + unreadable.getMessage(),
                    "cannot be read: " + unreadable.getMessage());
        }
    }

    /** One walk through the entries, month by month. */
    private final class EntryWalk {
        private final TableReader postings;
        private @Nullable Row posting;
        private @Nullable YearMonth month;
        private long number;
        private byte[] chain = new byte[0];
        private Instant lastBooked = Instant.MIN;
        private final Set<YearMonth> seen = new HashSet<>();

        EntryWalk(TableReader postings) throws IOException {
            this.postings = postings;
            this.posting = postings.next();
        }

        void walk(TableReader entries) throws IOException {
            for (Row row = entries.next(); row != null; row = entries.next()) {
                report.looked(Check.ENTRIES, 1);
                try {
                    entry(row);
                } catch (IllegalArgumentException | DateTimeException | ArithmeticException malformed) {
                    report.wrong(Check.ENTRIES, row.place(), "不是一张凭证:" + malformed.getMessage(),
                            "not an entry: " + malformed.getMessage());
                }
            }
            endOfMonth();
            for (Map.Entry<YearMonth, Month> period : periods.entrySet()) {
                if (!seen.contains(period.getKey()) && period.getValue().lastNumber() > 0) {
                    report.wrong(Check.ENTRIES, period.getKey().toString(), "该月凭证全部缺失", "all entries of the month are missing");
                }
            }
            while (posting != null) {
                orphan(posting);
            }
        }

        private void orphan(Row row) throws IOException {
            report.wrong(Check.ENTRIES, row.place(), "分录所属凭证不在此处", "a posting whose entry is not here");
            posting = postings.next();
        }

        private void entry(Row row) throws IOException {
            YearMonth period = YearMonth.parse(row.required("period"));
            long stated = row.whole("number");
            if (!period.equals(month)) {
                endOfMonth();
                begin(row, period);
            }
            String place = row.place() + " (" + period + "/" + stated + ")";
            if (stated != number + 1) {
                report.wrong(Check.ENTRIES, place,
                        "凭证号应为 " + (number + 1) + ":有凭证被抽去、插入或调换次序",
                        "number " + (number + 1) + " was expected: an entry was removed, put in or moved");
            }
            number = stated;
            List<Posting> lines = postingsOf(period, stated, place);
            Instant bookedAt = Instant.parse(row.required("booked_at"));
            String digest = row.required("content_sha256");
            String link = row.required("chain_sha256");
            UUID id = row.uuid("entry_id");
            leaves.add(new LogLeaf.Entry(id, period, stated, bookedAt, digest, link));
            try {
                String reverses = row.text("reverses");
                JournalEntry entry = new JournalEntry(id,
                        LocalDate.parse(row.required("effective_on")), EntryReason.valueOf(row.required("reason")),
                        row.required("description"), reverses == null ? null : UUID.fromString(reverses), lines);
                report.looked(Check.BALANCED, 1);
                content(place, period, row.yuan("amount_yuan"), new BookedEntry(entry, stated, bookedAt, digest, link));
                figures.add(entry);
            } catch (UnbalancedEntryException unbalanced) {
                report.looked(Check.BALANCED, 1);
                report.wrong(Check.BALANCED, place, "借贷不平:" + unbalanced.getMessage(), "not balanced: " + unbalanced.getMessage());
            }
            report.looked(Check.CHAIN, 1);
            HexFormat hex = HexFormat.of();
            if (!hex.formatHex(EntryChain.link(chain, hex.parseHex(digest), stated, bookedAt)).equals(link)) {
                report.wrong(Check.CHAIN, place, "与前一张凭证不衔接", "does not follow the entry before it");
            }
            if (bookedAt.isBefore(lastBooked)) {
                report.wrong(Check.CHAIN, place, "记账时间早于前一张", "booked before the entry before it");
            }
            lastBooked = bookedAt;
            chain = hex.parseHex(link);
        }

        private void begin(Row row, YearMonth period) {
            if (!periods.containsKey(period) || !seen.add(period) || (month != null && period.isBefore(month))) {
                report.wrong(Check.ENTRIES, row.place(), period + " 不在期间表中或次序不对",
                        period + " is not in the table of months, or out of order");
            }
            month = period;
            number = 0;
            chain = EntryChain.start(period);
            lastBooked = Instant.MIN;
        }

        private void endOfMonth() {
            if (month == null) {
                return;
            }
            Month stated = periods.get(month);
            if (stated == null) {
                return;
            }
            if (stated.lastNumber() != number) {
                report.wrong(Check.ENTRIES, month.toString(), "期间表末号为 " + stated.lastNumber() + ",凭证止于 " + number,
                        "the table of months ends with number " + stated.lastNumber() + ", the entries with " + number);
            }
            if (!HexFormat.of().formatHex(chain).equals(stated.lastChain())) {
                report.wrong(Check.CHAIN, month.toString(), "末号凭证的链与期间表不同", "the chain of the last entry is not that of the table of months");
            }
        }

        private void content(String place, YearMonth period, Money stated, BookedEntry booked) {
            JournalEntry entry = booked.entry();
            if (!entry.period().equals(period)) {
                report.wrong(Check.ENTRIES, place, "凭证日期 " + entry.effectiveOn() + " 不属于 " + period,
                        "dated " + entry.effectiveOn() + ", not in " + period);
            }
            if (!booked.isUnaltered()) {
                report.wrong(Check.ENTRIES, place, "内容与其摘要不符:被改动过", "the content is not that of its digest: it was altered");
            }
            if (!entry.amount().equals(stated)) {
                report.wrong(Check.BALANCED, place, "合计 " + stated.toYuan() + ",分录合计 " + entry.amount().toYuan(),
                        "total " + stated.toYuan() + ", its postings " + entry.amount().toYuan());
            }
            boolean memo = entry.reason() == EntryReason.OVER_RECOVERY;
            if (entry.postings().stream().anyMatch(line -> (kinds.get(line.account()) == AccountKind.MEMO) != memo)) {
                report.wrong(Check.ACCOUNTS, place, "表外备查科目只与同类科目对记,且只记超额收入",
                        "memo accounts are moved against each other alone, and for over-recovery alone");
            }
            for (Posting line : entry.postings()) {
                if (!postable.contains(line.account())) {
                    report.wrong(Check.ACCOUNTS, place, "科目 " + line.account() + " 不存在或非末级",
                            "account " + line.account() + " does not exist or takes no entries");
                }
            }
        }

        private List<Posting> postingsOf(YearMonth period, long of, String place) throws IOException {
            List<Posting> lines = new ArrayList<>();
            while (posting != null) {
                Row row = posting;
                int order = YearMonth.parse(row.required("period")).compareTo(period);
                long belongs = row.whole("number");
                if (order > 0 || (order == 0 && belongs > of)) {
                    break;
                }
                if (order < 0 || belongs < of) {
                    orphan(row);
                    continue;
                }
                posting = postings.next();
                if (row.whole("line") != lines.size() + 1) {
                    report.wrong(Check.ENTRIES, row.place() + " " + place, "分录行号应为 " + (lines.size() + 1),
                            "line " + (lines.size() + 1) + " was expected");
                }
                AccountCode account = new AccountCode(row.required("account"));
                if (!row.required("account_name").equals(names.get(account))) {
                    report.wrong(Check.ACCOUNTS, row.place(), "科目 " + account + " 的名称与科目表不同", "account " + account + " has another name in the chart");
                }
                lines.add(new Posting(account, Side.valueOf(row.required("side")),
                        row.yuan("amount_yuan"), dimensions(row)));
            }
            return lines;
        }

        private Dimensions dimensions(Row row) {
            String servicePeriod = row.text("service_period");
            return new Dimensions(row.text("product"), row.text("provider"), row.text("merchant"), row.text("consumer"),
                    row.text("purpose_class"), row.text("business_line"), row.text("price_version"),
                    servicePeriod == null ? null : YearMonth.parse(servicePeriod));
        }
    }

    private void balances() {
        Map<AccountCode, Money> carried = new HashMap<>();
        Map<YearMonth, Map<AccountCode, Money>> closing = new TreeMap<>();
        tables.forEach(Table.BALANCES, Check.TRIAL_BALANCE, List.of("period", "account"), row -> {
            report.looked(Check.TRIAL_BALANCE, 1);
            YearMonth month = YearMonth.parse(row.required("period"));
            AccountCode account = new AccountCode(row.required("account"));
            String place = row.place() + " (" + month + " " + account + ")";
            BookFigures.Turnover turnover = figures.turnoverOf(month).getOrDefault(account, BookFigures.Turnover.NONE);
            compare(place, "借方发生额", "debits", row.yuan("debit_yuan"), turnover.debits());
            compare(place, "贷方发生额", "credits", row.yuan("credit_yuan"), turnover.credits());
            Money opening = row.yuan("opening_yuan");
            compare(place, "期末余额", "closing balance", row.yuan("closing_yuan"),
                    opening.plus(turnover.debits()).minus(turnover.credits()));
            if (!month.equals(months.from())) {
                compare(place, "期初余额", "opening balance", opening, carried.getOrDefault(account, Money.ZERO));
            }
            carried.put(account, row.yuan("closing_yuan"));
            if (closing.computeIfAbsent(month, _ -> new HashMap<>()).put(account, row.yuan("closing_yuan")) != null) {
                report.wrong(Check.TRIAL_BALANCE, place, "科目出现两次", "the account occurs twice");
            }
        });
        for (YearMonth month : months.list()) {
            Map<AccountCode, Money> stated = closing.getOrDefault(month, Map.of());
            for (AccountCode account : figures.turnoverOf(month).keySet()) {
                if (!stated.containsKey(account)) {
                    report.wrong(Check.TRIAL_BALANCE, "balances.csv", month + " 缺科目 " + account, month + " lacks account " + account);
                }
            }
            if (month.equals(months.through())) {
                closed.putAll(stated);
            }
            compare(month.toString(), "各科目期末余额合计", "sum of all closing balances", Money.sum(stated.values()), Money.ZERO);
        }
    }

    private void compare(String place, String zh, String en, Money stated, Money computed) {
        if (!stated.equals(computed)) {
            report.wrong(Check.TRIAL_BALANCE, place, zh + " " + stated.toYuan() + ",重算为 " + computed.toYuan(),
                    en + " " + stated.toYuan() + ", computed " + computed.toYuan());
        }
    }

    private void settlements() {
        Map<String, Row> latest = new TreeMap<>();
        List<String> place = new ArrayList<>();
        Set<YearMonth> bookedIn = new HashSet<>(); // a year is booked in a later month, its own being closed
        tables.forEach(Table.SETTLEMENTS, Check.SETTLEMENT, List.of(), row -> {
            report.looked(Check.SETTLEMENT, 1);
            // A year stands behind its last month, and a sign behind all digits puts it there.
            String sorted = row.required("period").length() == 4 ? row.required("period") + "-12~" : row.required("period");
            if (!place.isEmpty() && sorted.compareTo(place.getLast()) < 0) {
                report.wrong(Check.SETTLEMENT, row.place(), "次序不对", "out of order");
            }
            place.add(sorted);
            recompute(row).ifPresent(inputs -> {
                bookedIn.add(YearMonth.from(inputs.bookedOn()));
                settled.add(new Settled(row.place(), row.whole("revision"), inputs));
            });
            String key = row.required("period") + " " + row.required("business_line");
            Row before = latest.put(key, row);
            long expected = before == null ? 1 : before.whole("revision") + 1;
            if (row.whole("revision") != expected) {
                report.wrong(Check.SETTLEMENT, row.place(), "修订号应为 " + expected, "revision " + expected + " was expected");
            }
        });
        latest.values().forEach(row -> {
            try {
                againstTheBooks(row);
            } catch (RuntimeException malformed) { // named by recompute already, unless it is about this comparison
                report.wrong(Check.SETTLEMENT, row.place(), "无法与账核对:" + malformed.getMessage(),
                        "cannot be compared with the books: " + malformed.getMessage());
            }
        });
        for (YearMonth month : figures.settledMonths()) {
            String year = month.getMonthValue() == 12 ? month.getYear() + " " : month + " ";
            if (!bookedIn.contains(month) && latest.keySet().stream().noneMatch(key -> key.startsWith(month + " ") || key.startsWith(year))) {
                report.wrong(Check.SETTLEMENT, "settlements.csv", month + " 记了收益分配凭证而没有结算", month + " has entries of a settlement that is not here");
            }
        }
    }

    /** @return the inputs that were confirmed; empty: what is wrong was said */
    private Optional<SettlementInputs> recompute(Row row) {
        String period = row.required("period");
        switch (StoredSettlement.recompute(row.required("inputs"), row.required("result"), row.required("sha256"))) {
            case StoredSettlement.Recomputation.Confirmed() -> {
                SettlementInputs inputs = StoredSettlement.readInputs(row.required("inputs"));
                if (!inputs.period().toString().equals(period) || !inputs.businessLine().equals(row.required("business_line"))) {
                    report.wrong(Check.SETTLEMENT, row.place(), "输入属于 " + inputs.period(), "the inputs are those of " + inputs.period());
                }
                return Optional.of(inputs);
            }
            case StoredSettlement.Recomputation.DigestDiffers differs -> report.wrong(Check.SETTLEMENT, row.place(),
                    period + " 的输入或结果与其摘要不符", period + ": inputs or result are not those of its digest");
            case StoredSettlement.Recomputation.ResultDiffers differs -> report.wrong(Check.SETTLEMENT, row.place(),
                    period + " 由输入重算得另一结果:" + differs.recomputed(), period + ": its inputs give another result: " + differs.recomputed());
        }
        return Optional.empty();
    }

    /** The inputs nobody may choose are what the entries of a closed period say. */
    private void againstTheBooks(Row row) {
        SettlementInputs inputs = StoredSettlement.readInputs(row.required("inputs"));
        YearMonth first = inputs.period().first();
        YearMonth last = inputs.period().last();
        if (!months.contains(first) || !months.contains(last)) {
            report.notChecked(Check.SETTLEMENT, inputs.period() + " 的凭证不全在包内,只重算、未与账核对",
                    "not all entries of " + inputs.period() + " are in the bundle: it was recomputed, not compared with them");
            return;
        }
        Month ended = periods.get(last);
        if (ended == null || !ended.closed()) {
            report.notChecked(Check.SETTLEMENT, inputs.period() + " 尚未关账,只重算、未与账核对",
                    inputs.period() + " is not closed: it was recomputed, not compared with the books");
            return;
        }
        BookFacts facts = figures.facts(first, last, inputs.businessLine());
        settled(row, "价税合计", "gross", inputs.gross(), facts.gross());
        settled(row, "销项税额", "output VAT", inputs.outputVat(), facts.outputVat());
        settled(row, "进项税额", "input VAT", inputs.inputVat(), facts.inputVat());
        Map<String, Money> given = byKind(inputs.costs());
        Map<String, Money> booked = byKind(facts.costs());
        Set<String> all = new HashSet<>(given.keySet());
        all.addAll(booked.keySet());
        for (String cost : all) {
            settled(row, "成本 " + cost, "cost " + cost, given.getOrDefault(cost, Money.ZERO), booked.getOrDefault(cost, Money.ZERO));
        }
        if (inputs.detail() != null) {
            for (MonthVat month : inputs.detail().vatByMonth()) {
                BookFacts ofMonth = figures.facts(month.month(), month.month(), inputs.businessLine());
                settled(row, month.month() + " 销项税额", "output VAT of " + month.month(), month.outputVat(), ofMonth.outputVat());
                settled(row, month.month() + " 进项税额", "input VAT of " + month.month(), month.inputVat(), ofMonth.inputVat());
            }
        }
    }

    private void settled(Row row, String zh, String en, Money stated, Money booked) {
        if (!stated.equals(booked)) {
            report.wrong(Check.SETTLEMENT, row.place(), zh + ":结算为 " + stated.toYuan() + ",账为 " + booked.toYuan(),
                    en + ": the settlement says " + stated.toYuan() + ", the books " + booked.toYuan());
        }
    }

    private static Map<String, Money> byKind(List<Cost> costs) {
        Map<String, Money> sums = new TreeMap<>();
        for (Cost cost : costs) {
            sums.merge(cost.kind() + " " + cost.account(), cost.amount(), Money::plus);
        }
        return sums;
    }
}
