package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.bundle.Digests;
import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.PolicyRates;
import cn.jingshu.ledger.settlement.Rule;
import cn.jingshu.ledger.verify.TableReader.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The checks of the statements consumers were sent (账单原文): each text has its digest; its lines are the rows that are computed again from usage and
 * price, no more and no fewer; its charges are those of its month, once; its receipts, set-offs and credit notes are entries of the books, each told
 * once and none left out; it begins where the one before it ended, the first of all with nothing. Texts and lines are read side by side, one statement at
 * a time.
 */
final class DocumentChecks {
    /** Characters of one statement: some 25,000 lines. */
    private static final int LONGEST_TEXT = 1 << 24;
    private static final String CONSUMER = "CONSUMER";
    /** The books' days are the city's. */
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    /**
     * Where a consumer's last statement left off.
     *
     * @param before until when its account may have moved on statements before the bundle; null: there was none, the first one is in the bundle
     */
    private record Left(YearMonth month, int number, StatementText.Balance closing, @Nullable LocalDate before) {}

    private final BundleTables tables;
    private final Months months;
    private final BookChecks books;
    private final PolicyRates rates;
    private final Report report;
    private final Map<String, Left> left = new HashMap<>();
    private final Set<UUID> moved = new HashSet<>();
    private final Map<String, List<String>> kinds = new HashMap<>(); // what each party is

    DocumentChecks(BundleTables tables, Months months, BookChecks books, PolicyRates rates, Report report) {
        this.tables = tables;
        this.months = months;
        this.books = books;
        this.rates = rates;
        this.report = report;
    }

    void run() {
        if (!tables.has(Table.STATEMENTS) || !tables.has(Table.STATEMENT_TEXTS) || !tables.has(Table.CHARGES)) {
            return; // named by the check of the digests
        }
        tables.forEach(Table.PARTIES, Check.DOCUMENTS, List.of("party"), row -> kinds.put(row.required("party"), List.of(row.required("kinds").split(" "))));
        String place = Table.STATEMENT_TEXTS.file();
        try (TableReader texts = tables.open(Table.STATEMENT_TEXTS); TableReader lines = tables.open(Table.CHARGES)) {
            Peeked text = new Peeked(texts);
            Peeked line = new Peeked(lines);
            tables.forEach(Table.STATEMENTS, Check.DOCUMENTS, List.of("period", "consumer"), row -> statement(row, text, line));
            for (@Nullable Row more = text.peek(); more != null; more = text.peek()) {
                report.wrong(Check.DOCUMENTS, more.place(), "不属于任何账单,或次序不对", "of no statement, or out of order");
                text.take();
            }
            for (@Nullable Row more = line.peek(); more != null; more = line.peek()) {
                untold(more);
                line.take();
            }
            books.figures().accountMoves().forEach(this::toldOfMove);
            for (UUID id : books.figures().takenBackOfConsumers()) {
                if (!moved.contains(id) && !books.figures().accountMoves().containsKey(id) && !books.figures().bookedCharges().containsKey(id)) {
                    report.notChecked(Check.DOCUMENTS, "被冲销的凭证 " + id + " 不在包内,无从判断其是否对应账单明细或已告知的收付",
                            "entry " + id + " is reversed and not in the bundle: whether a line of a bill or something told stands on it cannot be seen");
                }
            }
        } catch (IOException unreadable) {
            report.wrong(Check.DOCUMENTS, place, "无法读取:" + unreadable.getMessage(), "cannot be read: " + unreadable.getMessage());
        } catch (UncheckedIOException unreadable) {
            report.wrong(Check.DOCUMENTS, place, "无法读取:" + unreadable.getMessage(), "cannot be read: " + unreadable.getMessage());
        }
    }

    private void statement(Row row, Peeked texts, Peeked lines) {
        report.looked(Check.DOCUMENTS, 1);
        String id = row.required("statement");
        // Both are taken before anything can be found wrong, so that one statement's fault is not the next one's.
        String content = content(id, texts);
        Map<String, Row> own = lines(row, lines);
        if (content.isEmpty()) {
            wrong(row, "缺少账单原文", "its text is missing");
            return;
        }
        if (!HexFormat.of().formatHex(Digests.sha256().digest(content.getBytes(StandardCharsets.UTF_8))).equals(row.required("sha256"))) {
            wrong(row, "账单原文与其摘要不符", "its text is not that of its digest");
        }
        StatementText told = StatementText.read(content);
        heading(row, id, told);
        lines(row, told, own);
        movements(row, told);
        follows(row, told);
    }

    private String content(String id, Peeked texts) {
        StringBuilder content = new StringBuilder();
        int part = 1;
        for (@Nullable Row next = texts.peek(); next != null && next.cell("statement").equals(id); next = texts.peek()) {
            String text = next.required("text");
            if (!next.cell("part").equals(Integer.toString(part)) || content.length() + text.length() > LONGEST_TEXT) {
                report.wrong(Check.DOCUMENTS, next.place(), "应为第 " + part + " 段,或账单过长", "part " + part + " was expected, or the statement is too long");
            } else {
                content.append(text);
            }
            part++;
            texts.take();
        }
        return content.toString();
    }

    /** The rows of this statement's lines; those that stand before it are of nobody who was told. */
    private Map<String, Row> lines(Row statement, Peeked lines) {
        String key = statement.cell("period") + "\0" + statement.cell("consumer");
        Map<String, Row> own = new LinkedHashMap<>();
        for (@Nullable Row next = lines.peek(); next != null; next = lines.peek()) {
            int order = (next.cell("period") + "\0" + next.cell("consumer")).compareTo(key);
            if (order > 0) {
                break;
            }
            if (order < 0) {
                untold(next);
            } else {
                own.put(next.cell("charge"), next);
            }
            lines.take();
        }
        return own;
    }

    private void untold(Row line) {
        YearMonth month;
        try {
            month = YearMonth.parse(line.required("period"));
        } catch (DateTimeException | IllegalArgumentException none) {
            report.wrong(Check.DOCUMENTS, line.place(), "该明细的月份不成立", "the month of this line is none"); // not within a row's own check, which would say so
            return;
        }
        if (books.isClosed(month)) {
            report.wrong(Check.DOCUMENTS, line.place() + " (" + line.cell("charge") + ")", "该明细不在任何账单上", "a line on nobody's statement");
        }
    }

    private void heading(Row row, String id, StatementText told) {
        YearMonth month = YearMonth.parse(row.required("period"));
        String consumer = row.required("consumer");
        // The text may tell the moment finer than a column keeps it.
        boolean same = told.month().equals(month) && told.consumer().equals(consumer) && told.reference().equals(row.required("reference"))
                && told.number() == row.whole("number") && told.asOf().truncatedTo(ChronoUnit.MICROS).equals(Instant.parse(row.required("issued_at")))
                && told.dueOn().equals(LocalDate.parse(row.required("due_on"))) && told.opening().net().equals(row.yuan("opening_yuan"))
                && told.charged().equals(row.yuan("charges_yuan")) && told.vat().equals(row.yuan("vat_yuan"))
                && told.closing().net().equals(row.yuan("closing_yuan")) && told.closing().lastMovement() == row.whole("last_movement");
        if (!same || !months.contains(month)) {
            wrong(row, "原文所述与本行不同", "its text says something else than its row");
        }
        if (!kinds.getOrDefault(consumer, List.of(CONSUMER)).contains(CONSUMER)) { // of early bundles not every party is known
            wrong(row, "参与方表中 " + consumer + " 不是数据使用方", consumer + " is no consumer in the table of parties");
        }
        String reference = "%s-%d-%04d".formatted(told.creditCode(), month.getYear(), told.number());
        UUID made = UUID.nameUUIDFromBytes(("statement " + month + " " + consumer).getBytes(StandardCharsets.UTF_8));
        if (!told.reference().equals(reference) || !id.equals(made.toString())) {
            wrong(row, "账单编号应为 " + reference, "its number should be " + reference);
        }
        String rate = rates.rateAt(Rule.VAT, month.atEndOfMonth()).rate().toString();
        if (!told.vatRate().equals(rate)) {
            wrong(row, "税率 " + told.vatRate() + ",应为 " + rate, "VAT rate " + told.vatRate() + ", should be " + rate);
        }
    }

    private void lines(Row row, StatementText told, Map<String, Row> own) {
        Money charged = Money.ZERO;
        Money vat = Money.ZERO;
        Money shadow = Money.ZERO;
        for (StatementText.Line line : told.lines()) {
            charged = charged.plus(line.amount());
            vat = vat.plus(line.vat());
            Money free = line.shadow();
            shadow = free == null ? shadow : shadow.plus(free);
            @Nullable Row rated = own.remove(line.charge());
            if (rated == null || !StatementText.told(rated).equals(line.told()) || (free != null && !free.equals(rated.yuan("shadow_yuan")))) {
                wrong(row, "账单上的明细 " + line.charge() + " 与计费明细不同", "line " + line.charge() + " is not the one that was rated");
            }
        }
        own.keySet().forEach(charge -> wrong(row, "计费明细 " + charge + " 未告知数据使用方", "line " + charge + " was not told to the consumer"));
        if (!told.charged().equals(charged) || !told.vat().equals(vat) || !told.net().equals(charged.minus(vat)) || !told.shadow().equals(shadow)) {
            wrong(row, "合计不是各明细之和", "the totals are not the sums of the lines");
        }
    }

    private void movements(Row row, StatementText told) {
        StatementText.Balance balance = told.opening();
        Money received = Money.ZERO;
        Money givenBack = Money.ZERO;
        Money billed = Money.ZERO;
        int charges = 0;
        for (StatementText.Move move : told.moves()) {
            if (move.number() != balance.lastMovement() + 1) {
                wrong(row, "收付第 " + move.number() + " 笔不衔接", "movement " + move.number() + " does not follow the one before it");
            }
            balance = balance.with(move);
            switch (move.kind()) {
                case "RECEIPT" -> received = received.plus(move.lowers());
                case "CREDIT_NOTE" -> givenBack = givenBack.plus(move.lowers());
                case "CHARGES" -> {
                    // An entry a line books them, so that nothing but the lines of this month stands behind them.
                    if (charges > 0 || !told.month().toString().equals(move.month()) || !move.prepaid().isZero()) {
                        wrong(row, "第 " + move.number() + " 笔收付不是本月应收,或不止一笔",
                                "movement " + move.number() + " is not the charges of the month, or not the only ones");
                    }
                    charges++;
                    billed = billed.plus(move.owed());
                }
                default -> {} // no total of its own
            }
            if (!moved.add(move.id())) {
                wrong(row, "第 " + move.number() + " 笔收付已告知过一次", "movement " + move.number() + " was told before");
            }
            if (!move.kind().equals("CHARGES")) {
                booked(row, told.consumer(), move);
            }
        }
        if (!balance.equals(told.closing())) {
            wrong(row, "期初与各笔收付之和不等于期末", "opening and movements do not come to the closing balance");
        }
        if (!received.equals(told.received()) || !givenBack.equals(told.givenBack()) || !billed.equals(told.charged())) {
            wrong(row, "收款、退费或应收合计不是各笔之和", "what was received, given back or billed is not the sum of its movements");
        }
    }

    private void booked(Row row, String consumer, StatementText.Move move) {
        BookFigures.@Nullable AccountMove entry = books.figures().accountMoves().get(move.id());
        if (entry == null && !months.contains(YearMonth.from(move.effectiveOn()))) {
            report.notChecked(Check.DOCUMENTS, "账单 " + row.text("statement") + " 第 " + move.number() + " 笔收付记在导出期间以外",
                    "movement " + move.number() + " of statement " + row.text("statement") + " is booked outside the months of the bundle");
        } else if (entry == null || !entry.equals(new BookFigures.AccountMove(move.effectiveOn(), consumer, move.owed(), move.prepaid()))) {
            wrong(row, "第 " + move.number() + " 笔收付与记账凭证不符", "the entry of movement " + move.number() + " says something else, or is missing");
        }
        if (books.figures().isTakenBack(move.id())) {
            wrong(row, "第 " + move.number() + " 笔收付的凭证被冲销:账单仍告知它,账上却没有",
                    "the entry of movement " + move.number() + " is reversed: the statement tells it, and the books have it no more");
        }
    }

    /**
     * What moves a consumer's account is told it. A statement is issued while its month is being closed and tells all that moved until then, and what is
     * entered later is booked in a later month: so nothing booked up to the end of a told month is told later, and nobody whose account moved in a month
     * that is closed stays without a statement.
     */
    private void toldOfMove(UUID id, BookFigures.AccountMove entry) {
        @Nullable String consumer = entry.consumer();
        if (consumer == null || (entry.owed().isZero() && entry.prepaid().isZero()) || moved.contains(id) || books.figures().isTakenBack(id)) {
            return;
        }
        @Nullable Left last = left.get(consumer);
        @Nullable LocalDate before = last == null ? LocalDate.MAX : last.before(); // who was told nothing here may have been told before
        if (before != null && !entry.effectiveOn().isAfter(before)) {
            report.notChecked(Check.DOCUMENTS, "凭证 " + id + " 不在包内账单上,可能已在此前的账单上告知",
                    "entry " + id + " is on no statement of the bundle; one before it may have told it");
        } else if (last != null && (!YearMonth.from(entry.effectiveOn()).isAfter(last.month()) || books.isClosed(YearMonth.from(entry.effectiveOn())))) {
            report.wrong(Check.DOCUMENTS, Table.ENTRIES.file() + " (" + id + ")", "该收付未告知数据使用方 " + consumer,
                    "moves the account of " + consumer + " and is on no statement");
        } else {
            report.notChecked(Check.DOCUMENTS, "凭证 " + id + " 晚于最后一张账单", "entry " + id + " came after the last statement");
        }
    }

    /** A statement begins where the one before it ended, and its number follows. */
    private void follows(Row row, StatementText told) {
        StatementText.Balance opening = told.opening();
        @Nullable Left before = left.get(told.consumer());
        @Nullable LocalDate unseen = before != null ? before.before()
                : opening.lastMovement() == 0 ? null : LocalDate.ofInstant(told.asOf(), ZONE);
        left.put(told.consumer(), new Left(told.month(), told.number(), told.closing(), unseen));
        if (opening.lastMovement() == 0 && !(opening.owed().isZero() && opening.prepaid().isZero())) {
            wrong(row, "尚无任何收付,期初余额却不为零", "opens with a balance before anything moved");
        }
        if (before == null) {
            return; // the one before it is not in the bundle, or there was none
        }
        int expected = before.month().getYear() == told.month().getYear() ? before.number() + 1 : 1;
        if (!before.closing().equals(told.opening()) || told.number() != expected) {
            wrong(row, "与上一张账单不衔接", "does not go on from the statement before");
        }
    }

    private void wrong(Row row, String zh, String en) {
        report.wrong(Check.DOCUMENTS, row.place() + " (" + row.text("statement") + ")", zh, en);
    }
}
