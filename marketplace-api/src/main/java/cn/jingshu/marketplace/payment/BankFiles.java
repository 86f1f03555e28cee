package cn.jingshu.marketplace.payment;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.period.PeriodState;
import cn.jingshu.ledger.period.Periods;
import cn.jingshu.marketplace.billing.EntryProposals;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.payment.BankLine.Difference;
import cn.jingshu.marketplace.payment.BankLine.Direction;
import cn.jingshu.marketplace.payment.BankLine.Movement;
import cn.jingshu.marketplace.payment.PaymentOrder.Status;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bank's files (银行对账单): taken in once each, every movement once, matched with orders, costs and receipts, and what stays
 * unmatched shown until somebody says what it is.
 */
@Singleton
public final class BankFiles {
    private static final String FIND_FILE = """
            SELECT id, sha256, name, form, account, from_day, to_day, opening_fen, closing_fen, lines, imported_at
              FROM market.bank_file WHERE sha256 = ?
            """;
    private static final String LIST_FILES = """
            SELECT id, sha256, name, form, account, from_day, to_day, opening_fen, closing_fen, lines, imported_at
              FROM market.bank_file ORDER BY to_day DESC, imported_at DESC LIMIT ?
            """;
    private static final String ADD_FILE = """
            INSERT INTO market.bank_file (id, sha256, name, form, account, from_day, to_day, opening_fen, closing_fen, lines,
                                          imported_by, imported_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String ADD_LINE = """
            INSERT INTO market.bank_line (id, file_id, line, account, booked_on, direction, amount_fen, counterparty_name,
                                          counterparty_account, bank_reference, text, difference)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'UNKNOWN')
            ON CONFLICT ON CONSTRAINT bank_line_once DO NOTHING
            """;
    private static final String SEEN_LINE = """
            SELECT id, file_id, line, account, booked_on, direction, amount_fen, counterparty_name, counterparty_account,
                   bank_reference, text, difference, matched_kind, matched_id, matched_by, matched_at, note
              FROM market.bank_line WHERE account = ? AND bank_reference = ?
            """;
    private static final String LOCK_OPEN = """
            SELECT id, file_id, line, account, booked_on, direction, amount_fen, counterparty_name, counterparty_account,
                   bank_reference, text, difference, matched_kind, matched_id, matched_by, matched_at, note
              FROM market.bank_line WHERE matched_kind IS NULL
             ORDER BY booked_on, CASE direction WHEN 'OUT' THEN 0 ELSE 1 END, file_id, line FOR UPDATE
            """; // money goes out before it comes back, in whatever order a day's lines stand
    /** When the money of a pay-back came back, if a line showed that before one showed that it went out. */
    private static final String CAME_BACK_FIRST = """
            SELECT max(i.booked_on) AS booked_on
              FROM market.bank_line i
             WHERE i.matched_kind = 'PAY_BACK_RETURN' AND i.matched_id = ?
               AND NOT EXISTS (SELECT 1 FROM market.bank_line o WHERE o.matched_kind = 'PAY_BACK' AND o.matched_id = i.matched_id)
            HAVING count(*) > 0
            """;
    /** Whether the bank's file showed that the money of an order or a pay-back came back; if not, a person's word ended it. */
    private static final String CAME_BACK = """
            SELECT count(*) AS lines FROM market.bank_line WHERE matched_kind IN ('RETURN', 'PAY_BACK_RETURN') AND matched_id = ?
            """;
    private static final String LOCK_LINE = """
            SELECT id, file_id, line, account, booked_on, direction, amount_fen, counterparty_name, counterparty_account,
                   bank_reference, text, difference, matched_kind, matched_id, matched_by, matched_at, note
              FROM market.bank_line WHERE id = ? FOR UPDATE
            """;
    private static final String LIST_LINES = """
            SELECT id, file_id, line, account, booked_on, direction, amount_fen, counterparty_name, counterparty_account,
                   bank_reference, text, difference, matched_kind, matched_id, matched_by, matched_at, note
              FROM market.bank_line
             WHERE matched_kind IS NULL OR NOT ?
             ORDER BY booked_on DESC, id LIMIT ?
            """;
    private static final String COUNT_LINES = """
            SELECT count(*) AS lines, count(matched_kind) AS matched FROM market.bank_line
            """;
    private static final String MATCH = """
            UPDATE market.bank_line
               SET difference = NULL, matched_kind = ?, matched_id = ?, matched_by = ?, matched_at = ?, note = ?
             WHERE id = ?
            """;
    private static final String DIFFER = """
            UPDATE market.bank_line SET difference = ? WHERE id = ? AND difference <> ?
            """;
    private static final String SAY = """
            UPDATE market.bank_line SET difference = 'SAID_BY_ONE', note = ?, said_by = ?, limit_fen = ? WHERE id = ?
            """;
    private static final String SAID_BY = "SELECT said_by FROM market.bank_line WHERE id = ? AND said_by IS NOT NULL";
    /** Cost vouchers that one movement pays whole and whose document its text names; a voucher is paid once, one that was cancelled never. */
    private static final String COSTS = """
            SELECT v.id
              FROM market.cost_voucher v
             WHERE v.kind <> 'MERCHANT_SERVICE' AND v.amount_fen + v.input_vat_fen = ? AND position(v.document IN ?) > 0
               AND NOT EXISTS (SELECT 1 FROM market.bank_line l
                                WHERE l.matched_kind = 'COST' AND l.matched_id = CAST(v.id AS text))
               AND NOT EXISTS (SELECT 1 FROM market.cost_cancellation c WHERE c.voucher_id = v.id AND c.status = 'BOOKED')
             LIMIT 2
            """;
    /** One import or matching at a time; the lines of both are looked at one after the other. */
    private static final String HOLD_MATCHING = "LOCK TABLE market.bank_file IN SHARE ROW EXCLUSIVE MODE";

    private static final Pattern REFERENCE = Pattern.compile("JS[0-9A-F]{12}");
    private static final int ATTEMPTS = 3;

    /** Longest file, in bytes; a year of a busy account is a few megabytes. */
    public static final int MOST_BYTES = 32 << 20;

    /** A file that was taken in. */
    public record BankFile(UUID id, String sha256, String name, String form, String account, LocalDate from, LocalDate to,
            Money opening, Money closing, int lines, Instant importedAt) {}

    /** What became of a file. */
    public sealed interface Outcome {
        /**
         * It was taken in.
         *
         * @param seenBefore movements that an earlier file had shown already
         * @param matched of all movements that were open, those that are explained now
         * @param open movements that nothing explains yet, in all files
         */
        record Imported(BankFile file, int seenBefore, int matched, int open) implements Outcome {}

        /** The same file was taken in before; nothing was changed. */
        record AlreadyImported(BankFile file) implements Outcome {}

        /** Nothing of it was taken in. */
        record Refused(String reason) implements Outcome {}
    }

    /** How many movements the bank has shown, and how many of them are explained. */
    public record Progress(long lines, long matched) {}

    /**
     * The bank's account beside the books.
     *
     * @param asOf the last day of the latest file
     * @param bank what the bank says is on the account then
     * @param books what account 1002 says then
     */
    public record Comparison(LocalDate asOf, Money bank, Money books) {
        public Money difference() {
            return bank.minus(books);
        }
    }

    private final Database database;
    private final Journal journal;
    private final Periods periods;
    private final Balances balances;
    private final List<BankCredits> credits;
    private final PayBacks payBacks;
    private final EntryProposals byHand;
    private final Clock clock;

    BankFiles(Database database, Journal journal, Periods periods, Balances balances, List<BankCredits> credits,
            PayBacks payBacks, EntryProposals byHand, Clock clock) {
        this.database = database;
        this.journal = journal;
        this.periods = periods;
        this.balances = balances;
        this.credits = List.copyOf(credits);
        this.payBacks = payBacks;
        this.byHand = byHand;
        this.clock = clock;
    }

    /**
     * Takes a file in and matches what is open.
     *
     * @param importedBy null: whoever works at the command line
     */
    public Outcome take(byte[] content, String name, @Nullable UUID importedBy) {
        if (content.length > MOST_BYTES) {
            return new Outcome.Refused("the file has " + content.length + " bytes, allowed are " + MOST_BYTES);
        }
        BankStatement statement;
        try {
            statement = BankFileReader.read(content);
        } catch (IllegalArgumentException unreadable) {
            return new Outcome.Refused(String.valueOf(unreadable.getMessage()));
        }
        byte[] sha256 = sha256(content);
        try {
            return retried(days -> database.inTransaction(t -> {
                t.change(HOLD_MATCHING);
                Optional<BankFile> before = t.find(FIND_FILE, BankFiles::file, sha256);
                if (before.isPresent()) {
                    return new Outcome.AlreadyImported(before.get());
                }
                UUID fileId = UUID.nameUUIDFromBytes(sha256);
                t.change(ADD_FILE, fileId, sha256, name, statement.form(), statement.account(), statement.from(),
                        statement.to(), statement.opening().fen(), statement.closing().fen(), statement.movements().size(),
                        importedBy, clock.instant());
                int seenBefore = 0;
                for (int i = 0; i < statement.movements().size(); i++) {
                    seenBefore += add(t, fileId, i + 1, statement.movements().get(i)) ? 0 : 1;
                }
                AuditLog.append(t, clock, importedBy, "bank_file.import", "bank_file", fileId,
                        Map.of("sha256", HexFormat.of().formatHex(sha256), "lines", "" + statement.movements().size()));
                Matched matched = matchAll(t, days);
                return new Outcome.Imported(t.find(FIND_FILE, BankFiles::file, sha256).orElseThrow(), seenBefore,
                        matched.matched(), matched.open());
            }));
        } catch (OtherwiseStatedException otherwise) {
            return new Outcome.Refused(String.valueOf(otherwise.getMessage()));
        }
    }

    /** False: an earlier file showed it. */
    private static boolean add(Transaction t, UUID fileId, int line, Movement m) throws SQLException {
        UUID id = UUID.nameUUIDFromBytes((fileId + "/" + line).getBytes(StandardCharsets.UTF_8));
        if (t.change(ADD_LINE, id, fileId, line, m.account(), m.bookedOn(), m.direction(), m.amount().fen(),
                m.counterpartyName(), m.counterpartyAccount(), m.bankReference(), m.text()) == 1) {
            return true;
        }
        Movement before = t.find(SEEN_LINE, BankFiles::line, m.account(), m.bankReference()).orElseThrow().movement();
        if (!before.bookedOn().equals(m.bookedOn()) || before.direction() != m.direction() || !before.amount().equals(m.amount())) {
            throw new OtherwiseStatedException("line " + line + ": the bank's reference " + m.bankReference() + " was "
                    + before.direction() + " " + before.amount().toYuan() + " of " + before.bookedOn() + " in an earlier file");
        }
        return false;
    }

    /** Looks at all open lines again, after orders were sent or receivables came to be. */
    public int matchAgain() {
        return retried(days -> database.inTransaction(t -> {
            t.change(HOLD_MATCHING);
            return matchAll(t, days).matched();
        }));
    }

    private record Matched(int matched, int open) {}

    private Matched matchAll(Transaction t, OpenDays days) throws SQLException {
        int matched = 0;
        int open = 0;
        for (BankLine line : t.list(LOCK_OPEN, BankFiles::line)) {
            Difference difference = match(t, line, days);
            if (difference == null) {
                matched++;
            } else {
                open++;
                if (line.difference() != Difference.SAID_BY_ONE) { // what a person said of it stands until another one answers
                    t.change(DIFFER, difference, line.id(), difference);
                }
            }
        }
        return new Matched(matched, open);
    }

    /** @return why it cannot be matched; null: it is now */
    private @Nullable Difference match(Transaction t, BankLine line, OpenDays days) throws SQLException {
        Matcher named = REFERENCE.matcher(line.movement().text());
        while (named.find()) {
            Optional<PaymentOrder> order = Payments.lock(t, named.group());
            if (order.isPresent()) {
                return match(t, line, order.get(), days, null, null);
            }
            Optional<PayBack> payBack = PayBacks.lock(t, named.group());
            if (payBack.isPresent()) {
                return match(t, line, payBack.get(), days, null, null);
            }
        }
        if (line.movement().direction() == Direction.OUT) {
            List<UUID> costs = t.list(COSTS, row -> row.uuid("id"), line.movement().amount().fen(), line.movement().text());
            if (costs.size() == 1) {
                matched(t, line, "COST", costs.getFirst().toString(), null, null);
                return null;
            }
            return Difference.UNKNOWN;
        }
        for (BankCredits each : credits) {
            Optional<BankCredits.Taken> taken = each.take(t, line, days.from(line.movement().bookedOn()));
            if (taken.isPresent()) {
                matched(t, line, taken.get().kind(), taken.get().id(), null, null);
                return null;
            }
        }
        return Difference.UNKNOWN;
    }

    private @Nullable Difference match(Transaction t, BankLine line, PaymentOrder order, OpenDays days, @Nullable UUID by,
            @Nullable String note) throws SQLException {
        Movement movement = line.movement();
        if (!movement.amount().equals(order.amount())) {
            return Difference.AMOUNT_DIFFERS;
        }
        if (movement.direction() == Direction.IN) {
            if (order.status() != Status.SENT && order.status() != Status.CONFIRMED && order.status() != Status.PAID_AFTER_ALL) {
                return Difference.ORDER_OVER;
            }
            if (order.status() != Status.SENT) {
                post(t, order.returned(days.from(movement.bookedOn())));
            }
            Payments.end(t, clock, order, Status.RETURNED, "银行退汇 " + movement.bankReference());
            matched(t, line, "RETURN", order.id().toString(), by, note);
            return null;
        }
        if (!movement.counterpartyAccount().isEmpty() && !movement.counterpartyAccount().equals(order.payee().account())) {
            return Difference.PAYEE_DIFFERS;
        }
        if (order.status() == Status.DRAFT || order.status() == Status.APPROVED) {
            return Difference.NOT_SENT;
        }
        if (order.status() != Status.SENT) {
            return order.status() == Status.RETURNED && !cameBack(t, order.id()) ? Difference.PAID_AFTER_REFUSAL : Difference.ORDER_OVER;
        }
        post(t, order.paid(days.from(movement.bookedOn())));
        Payments.end(t, clock, order, Status.CONFIRMED, null);
        matched(t, line, "ORDER", order.id().toString(), by, note);
        return null;
    }

    private @Nullable Difference match(Transaction t, BankLine line, PayBack payBack, OpenDays days, @Nullable UUID by,
            @Nullable String note) throws SQLException {
        Movement movement = line.movement();
        if (!movement.amount().equals(payBack.amount())) {
            return Difference.AMOUNT_DIFFERS;
        }
        if (movement.direction() == Direction.IN) {
            if (payBack.status() != PayBack.Status.SENT && payBack.status() != PayBack.Status.PAID && payBack.status() != PayBack.Status.PAID_AFTER_ALL) {
                return Difference.ORDER_OVER;
            }
            if (payBack.status() != PayBack.Status.SENT) {
                post(t, payBack.cameBack(days.from(movement.bookedOn())));
            }
            payBacks.cameBack(t, payBack, "银行退汇 " + movement.bankReference());
            matched(t, line, "PAY_BACK_RETURN", payBack.id().toString(), by, note);
            return null;
        }
        if (!movement.counterpartyAccount().isEmpty() && !movement.counterpartyAccount().equals(payBack.payee().account())) {
            return Difference.PAYEE_DIFFERS;
        }
        if (payBack.status() == PayBack.Status.REQUESTED || payBack.status() == PayBack.Status.APPROVED) {
            return Difference.NOT_SENT;
        }
        if (payBack.status() == PayBack.Status.RETURNED) {
            Optional<LocalDate> cameBack = t.find(CAME_BACK_FIRST, row -> row.day("booked_on"), payBack.id().toString());
            if (cameBack.isEmpty()) {
                return cameBack(t, payBack.id()) ? Difference.ORDER_OVER : Difference.PAID_AFTER_REFUSAL;
            }
            post(t, payBack.paid(days.from(movement.bookedOn())));
            post(t, payBack.cameBack(days.from(cameBack.get())));
            matched(t, line, "PAY_BACK", payBack.id().toString(), by, note);
            return null;
        }
        if (payBack.status() != PayBack.Status.SENT) {
            return Difference.ORDER_OVER;
        }
        post(t, payBack.paid(days.from(movement.bookedOn())));
        payBacks.paid(t, payBack);
        matched(t, line, "PAY_BACK", payBack.id().toString(), by, note);
        return null;
    }

    private static boolean cameBack(Transaction t, UUID id) throws SQLException {
        return t.find(CAME_BACK, row -> row.number("lines"), id.toString()).orElseThrow() > 0;
    }

    private void matched(Transaction t, BankLine line, String kind, String id, @Nullable UUID by, @Nullable String note)
            throws SQLException {
        t.change(MATCH, kind, id, by, clock.instant(), note, line.id());
    }

    /** What became of a person's word about a line. */
    public sealed interface Said {
        record Done(BankLine line) implements Said {}

        record Refused(Change.Fault fault) implements Said {}

        /** The order does not fit the line. */
        record Differs(Difference difference) implements Said {}

        /** The line pays a prepayment back that was said to be refused, and the consumer has used it since: it stays open. */
        record Spent() implements Said {}
    }

    /** Matches a line with an order, or a pay-back, whose reference the bank lost; amount and payee have to fit all the same. */
    public Said matchWith(UUID lineId, UUID orderId, UUID by, String note) {
        return retried(days -> database.inTransaction(t -> {
            Optional<BankLine> line = t.find(LOCK_LINE, BankFiles::line, lineId);
            Optional<PaymentOrder> order = Payments.lock(t, orderId);
            Optional<PayBack> payBack = order.isPresent() ? Optional.empty() : PayBacks.lock(t, orderId);
            if (line.isEmpty() || (order.isEmpty() && payBack.isEmpty())) {
                return new Said.Refused(Change.Fault.UNKNOWN);
            }
            if (line.get().matchedKind() != null) {
                return new Said.Refused(Change.Fault.OVER);
            }
            Difference difference = order.isPresent() ? match(t, line.get(), order.get(), days, by, note)
                    : match(t, line.get(), payBack.orElseThrow(), days, by, note);
            if (difference != null) {
                return new Said.Differs(difference);
            }
            return said(t, lineId, by, "bank_line.match", note);
        }));
    }

    /**
     * Says of a line where it is booked, such as a tax payment. Up to the limit of entries by hand that closes it; above, another person has to say so
     * too, and until then it stays open with what the first one said. Of a line that pays what was said to be refused both say that it was paid after all, whatever
     * its amount: then that is booked.
     */
    public Said explain(UUID lineId, UUID by, String reason) {
        Money limit = byHand.limit();
        return retried(days -> database.inTransaction(t -> {
            Optional<BankLine> line = t.find(LOCK_LINE, BankFiles::line, lineId);
            if (line.isEmpty()) {
                return new Said.Refused(Change.Fault.UNKNOWN);
            }
            if (line.get().matchedKind() != null) {
                return new Said.Refused(Change.Fault.OVER);
            }
            @Nullable Refused refused = saidRefused(t, line.get(), days);
            Optional<UUID> first = t.find(SAID_BY, row -> row.uuid("said_by"), lineId);
            if (first.isPresent() && !first.get().equals(by)) {
                String both = line.get().note() + " · " + reason;
                if (refused == null) {
                    matched(t, line.get(), "EXPLAINED", by.toString(), by, both);
                } else if (!paidAfterAll(t, line.get(), refused, days, first.get(), by, both)) {
                    return new Said.Spent();
                }
                return said(t, lineId, by, "bank_line.explain", reason);
            }
            t.change(SAY, reason, by, refused == null ? limit.fen() : 0L, lineId);
            boolean alone = refused == null && line.get().movement().amount().compareTo(limit) <= 0;
            if (alone) {
                matched(t, line.get(), "EXPLAINED", by.toString(), by, reason);
            }
            return said(t, lineId, by, alone ? "bank_line.explain" : "bank_line.propose-explanation", reason);
        }));
    }

    /** What a person said the bank had refused; one of both is null. */
    private record Refused(@Nullable PaymentOrder order, @Nullable PayBack payBack) {}

    /** What a line pays although it was said to be refused; null: no such thing. */
    private @Nullable Refused saidRefused(Transaction t, BankLine line, OpenDays days) throws SQLException {
        Matcher named = REFERENCE.matcher(line.movement().text());
        while (line.movement().direction() == Direction.OUT && named.find()) {
            Optional<PaymentOrder> order = Payments.lock(t, named.group());
            if (order.isPresent()) {
                return order.get().status() == Status.RETURNED && match(t, line, order.get(), days, null, null) == Difference.PAID_AFTER_REFUSAL
                        ? new Refused(order.get(), null) : null;
            }
            Optional<PayBack> payBack = PayBacks.lock(t, named.group());
            if (payBack.isPresent()) {
                return payBack.get().status() == PayBack.Status.RETURNED && !cameBack(t, payBack.get().id())
                        && match(t, line, payBack.get(), days, null, null) == Difference.PAID_AFTER_REFUSAL
                        ? new Refused(null, payBack.get()) : null;
            }
        }
        return null;
    }

    /** @return false: the consumer has used what was paid back */
    private boolean paidAfterAll(Transaction t, BankLine line, Refused refused, OpenDays days, UUID saidBy, UUID confirmedBy, String note)
            throws SQLException {
        LocalDate on = days.from(line.movement().bookedOn());
        PaymentOrder order = refused.order();
        if (order != null) {
            post(t, order.paid(on));
            Payments.paidAfterAll(t, clock, order, saidBy, confirmedBy);
            matched(t, line, "ORDER", order.id().toString(), confirmedBy, note);
            return true;
        }
        PayBack payBack = Objects.requireNonNull(refused.payBack());
        if (!payBacks.paidAfterAll(t, payBack, saidBy, confirmedBy)) {
            return false;
        }
        post(t, payBack.paid(on));
        matched(t, line, "PAY_BACK", payBack.id().toString(), confirmedBy, note);
        return true;
    }

    private Said said(Transaction t, UUID lineId, UUID by, String action, String note) throws SQLException {
        AuditLog.append(t, clock, by, action, "bank_line", lineId, Map.of("reason", note));
        return new Said.Done(t.find(LOCK_LINE, BankFiles::line, lineId).orElseThrow());
    }

    /** Files, the latest first. */
    public List<BankFile> listFiles(int most) {
        return database.inTransaction(t -> t.list(LIST_FILES, BankFiles::file, most));
    }

    /** Movements, the latest first. */
    public List<BankLine> listLines(boolean openOnly, int most) {
        return database.inTransaction(t -> t.list(LIST_LINES, BankFiles::line, openOnly, most));
    }

    public Progress progress() {
        return database.inTransaction(t -> t.find(COUNT_LINES,
                row -> new Progress(row.number("lines"), row.number("matched")))).orElseThrow();
    }

    /** The latest file's closing balance beside the books; empty: no file was taken in yet. */
    public Optional<Comparison> compare() {
        return listFiles(1).stream().findFirst().map(file -> new Comparison(file.to(), file.closing(),
                balances.balance(Chart.BANK, Dimensions.NONE, new ReadPoint(file.to(), null)).debitBalance()));
    }

    private void post(Transaction t, JournalEntry entry) throws SQLException {
        for (PostResult result : t.join(connection -> journal.postAll(connection, List.of(entry)))) {
            if (result instanceof PostResult.Rejected(var code, var detail)) {
                throw new NotBookedException(code + ": " + detail);
            }
        }
    }

    /** From which day on the books are open. */
    private record OpenDays(@Nullable YearMonth lastClosed) {
        LocalDate from(LocalDate day) {
            return lastClosed == null || YearMonth.from(day).isAfter(lastClosed) ? day : lastClosed.plusMonths(1).atDay(1);
        }
    }

    @FunctionalInterface
    private interface Booking<T> {
        T with(OpenDays days);
    }

    /** Again, if a month was closed between asking which are and booking. */
    private <T> T retried(Booking<T> booking) {
        for (int attempt = 1; ; attempt++) {
            YearMonth lastClosed = periods.listPeriods().stream()
                    .filter(month -> month.closing() != null)
                    .map(PeriodState::period)
                    .max(YearMonth::compareTo)
                    .orElse(null);
            try {
                return booking.with(new OpenDays(lastClosed));
            } catch (NotBookedException closed) {
                if (attempt == ATTEMPTS) {
                    throw closed;
                }
            }
        }
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static BankFile file(Row row) throws SQLException {
        return new BankFile(row.uuid("id"), HexFormat.of().formatHex(row.bytes("sha256")), row.text("name"), row.text("form"),
                row.text("account"), row.day("from_day"), row.day("to_day"), new Money(row.number("opening_fen")),
                new Money(row.number("closing_fen")), row.integer("lines"), row.instant("imported_at"));
    }

    private static BankLine line(Row row) throws SQLException {
        String difference = row.textOrNull("difference");
        return new BankLine(row.uuid("id"), row.uuid("file_id"), row.integer("line"),
                new Movement(row.text("account"), row.day("booked_on"), row.constant("direction", Direction.class),
                        new Money(row.number("amount_fen")), row.text("counterparty_name"), row.text("counterparty_account"),
                        row.text("bank_reference"), row.text("text")),
                difference == null ? null : Difference.valueOf(difference), row.textOrNull("matched_kind"),
                row.textOrNull("matched_id"), row.uuidOrNull("matched_by"), row.instantOrNull("matched_at"),
                row.textOrNull("note"));
    }

    /** The books took no entry; nothing of the transaction is kept. */
    private static final class NotBookedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotBookedException(String message) {
            super(message);
        }
    }

    /** A movement is not what an earlier file said it was; nothing of the transaction is kept. */
    private static final class OtherwiseStatedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OtherwiseStatedException(String message) {
            super(message);
        }
    }
}
