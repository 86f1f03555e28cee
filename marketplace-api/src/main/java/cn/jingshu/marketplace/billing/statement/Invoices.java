package cn.jingshu.marketplace.billing.statement;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.metering.event.BillingPeriod;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which invoices the tax platform issued for a statement. They are noted here so that statement, credit note and invoice can
 * be laid side by side; nothing here issues one or says that it is one.
 *
 * @see "增值税法 第三十四条: paper and electronic invoices have equal force; the form of the 20-digit number was not at hand"
 */
@Singleton
public final class Invoices {
    /** Two digits of the year, two of the province, one of the channel, fifteen of the sequence. */
    private static final Pattern NUMBER = Pattern.compile("(\\d{2})(\\d{2})\\d{16}");
    /** First two digits of the administrative codes of provinces, GB/T 2260. */
    private static final Set<String> PROVINCES = Set.of("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34",
            "35", "36", "37", "41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65");

    private static final String ADD = """
            INSERT INTO market.invoice_record
                   (id, statement_id, number, issued_on, amount_fen, vat_fen, red_of, credit_note_id, recorded_by, recorded_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String BY_ID = """
            SELECT id, statement_id, number, issued_on, amount_fen, vat_fen, red_of, credit_note_id
              FROM market.invoice_record
             WHERE id = ?
            """;
    private static final String OF_STATEMENT = """
            SELECT id, statement_id, number, issued_on, amount_fen, vat_fen, red_of, credit_note_id
              FROM market.invoice_record
             WHERE statement_id = ?
             ORDER BY issued_on, number
            """;
    private static final String OF_NOTE = """
            SELECT id, statement_id, number, issued_on, amount_fen, vat_fen, red_of, credit_note_id
              FROM market.invoice_record
             WHERE credit_note_id = ?
             ORDER BY issued_on, number
            """;
    private static final String BETWEEN = """
            SELECT id, statement_id, number, issued_on, amount_fen, vat_fen, red_of, credit_note_id
              FROM market.invoice_record
             WHERE issued_on >= ? AND issued_on < ?
             ORDER BY issued_on, number
            """;

    private final Database database;
    private final Clock clock;

    Invoices(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * An invoice as the tax platform issued it.
     *
     * @param number 20 digits
     * @param amount tax included; of a red-letter invoice, too, above zero
     * @param redOf the invoice a red-letter invoice takes back; null: it is none
     * @param creditNoteId the credit note a red-letter invoice is issued for; null: for none
     */
    public record Invoice(UUID id, UUID statementId, String number, LocalDate issuedOn, Money amount, Money vat,
            @Nullable UUID redOf, @Nullable UUID creditNoteId) {
        public boolean isRed() {
            return redOf != null;
        }
    }

    /** What became of noting an invoice. */
    public sealed interface Outcome {
        /** @param already true: it stood before, and nothing was changed */
        record Done(Invoice invoice, boolean already) implements Outcome {}

        record Refused(Fault fault) implements Outcome {}
    }

    /** Why an invoice is not noted. */
    public enum Fault {
        NOT_TWENTY_DIGITS("发票号码须为20位数字", "an invoice number has 20 digits"),
        YEAR_DIFFERS("发票号码前两位须为开票年份后两位", "the first two digits are those of the year it was issued in"),
        NO_SUCH_PROVINCE("发票号码第3至4位不是省级行政区划代码", "digits 3 and 4 are no province's code"),
        IN_THE_FUTURE("开票日期不得晚于今天", "it was not issued yet"),
        AMOUNTS_WRONG("金额须大于零,税额不得为负且不得大于金额", "the amount is above zero and the tax neither below zero nor above it"),
        UNKNOWN_STATEMENT("没有该账单", "there is no such statement"),
        BEYOND_STATEMENT("蓝字发票合计不得超过账单费用", "invoices together exceed what the statement charges"),
        NOT_ITS_INVOICE("红字发票须对应同一账单的蓝字发票", "a red-letter invoice takes back an invoice of the same statement"),
        BEYOND_INVOICE("红字金额不得超过蓝字发票尚未冲销的金额", "more than is left of the invoice it takes back"),
        NOT_ITS_NOTE("红字通知须属于同一账单", "the credit note is about another statement"),
        BEYOND_NOTE("红字发票合计不得超过红字通知的金额", "red-letter invoices together exceed the credit note they are issued for"),
        NUMBER_TAKEN("该发票号码已登记", "this number was noted before"),
        ID_TAKEN("该编号已用于其他内容", "the id was used for something else");

        private final String zh;
        private final String en;

        Fault(String zh, String en) {
            this.zh = zh;
            this.en = en;
        }

        public String zh() {
            return zh;
        }

        public String en() {
            return en;
        }
    }

    /** What is wrong with the number alone; empty: nothing that can be told from it. */
    static Optional<Fault> faultOf(String number, LocalDate issuedOn) {
        var parts = NUMBER.matcher(number);
        if (!parts.matches()) {
            return Optional.of(Fault.NOT_TWENTY_DIGITS);
        }
        if (Integer.parseInt(parts.group(1)) != issuedOn.getYear() % 100) {
            return Optional.of(Fault.YEAR_DIFFERS);
        }
        return PROVINCES.contains(parts.group(2)) ? Optional.empty() : Optional.of(Fault.NO_SUCH_PROVINCE);
    }

    /** Notes an invoice under the caller's id: the same again changes nothing. */
    public Outcome record(Invoice invoice, UUID recordedBy) {
        Optional<Fault> wrong = faultOf(invoice.number(), invoice.issuedOn());
        if (wrong.isPresent()) {
            return new Outcome.Refused(wrong.get());
        }
        if (invoice.issuedOn().isAfter(LocalDate.ofInstant(clock.instant(), BillingPeriod.ZONE))) {
            return new Outcome.Refused(Fault.IN_THE_FUTURE);
        }
        if (!invoice.amount().isPositive() || invoice.vat().isNegative() || invoice.vat().compareTo(invoice.amount()) > 0) {
            return new Outcome.Refused(Fault.AMOUNTS_WRONG);
        }
        try {
            return database.inTransaction(t -> record(t, invoice, recordedBy));
        } catch (DatabaseException e) {
            if (e.violates("invoice_record_number_unique")) {
                return new Outcome.Refused(Fault.NUMBER_TAKEN);
            }
            throw e;
        }
    }

    private Outcome record(Transaction t, Invoice invoice, UUID recordedBy) throws SQLException {
        Optional<Invoice> before = t.find(BY_ID, Invoices::invoice, invoice.id());
        if (before.isPresent()) {
            return before.get().equals(invoice) ? new Outcome.Done(invoice, true) : new Outcome.Refused(Fault.ID_TAKEN);
        }
        Optional<Statements.Listed> statement = Statements.findIn(t, invoice.statementId());
        if (statement.isEmpty()) {
            return new Outcome.Refused(Fault.UNKNOWN_STATEMENT);
        }
        Accounts.lock(t, statement.get().organisationId()); // sums of a statement are judged one after the other
        List<Invoice> others = t.list(OF_STATEMENT, Invoices::invoice, invoice.statementId());
        Optional<Fault> fault = invoice.isRed() ? redFault(invoice, others, note(t, invoice.creditNoteId())) : blueFault(invoice, others, statement.get());
        if (fault.isPresent()) {
            return new Outcome.Refused(fault.get());
        }
        t.change(ADD, invoice.id(), invoice.statementId(), invoice.number(), invoice.issuedOn(), invoice.amount().fen(),
                invoice.vat().fen(), invoice.redOf(), invoice.creditNoteId(), recordedBy, clock.instant());
        AuditLog.append(t, clock, recordedBy, "invoice.record", "statement", invoice.statementId(),
                Map.of("number", invoice.number(), "amountFen", Long.toString(invoice.amount().fen())));
        return new Outcome.Done(invoice, false);
    }

    private static Optional<CreditNotes.Note> note(Transaction t, @Nullable UUID id) throws SQLException {
        return id == null ? Optional.empty() : CreditNotes.findIn(t, id);
    }

    private static Optional<Fault> blueFault(Invoice invoice, List<Invoice> others, Statements.Listed statement) {
        // What a red-letter invoice took back may be invoiced anew.
        Money standing = invoice.amount();
        for (Invoice other : others) {
            standing = other.isRed() ? standing.minus(other.amount()) : standing.plus(other.amount());
        }
        return standing.compareTo(statement.charged()) > 0 ? Optional.of(Fault.BEYOND_STATEMENT) : Optional.empty();
    }

    private static Optional<Fault> redFault(Invoice invoice, List<Invoice> others, Optional<CreditNotes.Note> itsNote) {
        Optional<Invoice> blue = others.stream()
                .filter(other -> !other.isRed() && other.id().equals(invoice.redOf()))
                .findFirst();
        if (blue.isEmpty()) {
            return Optional.of(Fault.NOT_ITS_INVOICE);
        }
        Money left = blue.get().amount();
        for (Invoice other : others) {
            left = blue.get().id().equals(other.redOf()) ? left.minus(other.amount()) : left;
        }
        if (invoice.amount().compareTo(left) > 0) {
            return Optional.of(Fault.BEYOND_INVOICE);
        }
        UUID note = invoice.creditNoteId();
        if (note == null) {
            return Optional.empty();
        }
        if (itsNote.filter(each -> invoice.statementId().equals(each.statementId())).isEmpty()) {
            return Optional.of(Fault.NOT_ITS_NOTE);
        }
        Money noted = invoice.amount();
        for (Invoice other : others) {
            noted = note.equals(other.creditNoteId()) ? noted.plus(other.amount()) : noted;
        }
        return noted.compareTo(itsNote.get().amount()) > 0 ? Optional.of(Fault.BEYOND_NOTE) : Optional.empty();
    }

    /** The invoices noted for a statement, red-letter ones included. */
    public List<Invoice> listOf(UUID statementId) {
        return database.inTransaction(t -> t.list(OF_STATEMENT, Invoices::invoice, statementId));
    }

    /** The red-letter invoices issued for a credit note. */
    public List<Invoice> listOfNote(UUID creditNoteId) {
        return database.inTransaction(t -> t.list(OF_NOTE, Invoices::invoice, creditNoteId));
    }

    /** Every invoice issued in {@code [from, to)}. */
    public List<Invoice> listBetween(LocalDate from, LocalDate to) {
        return database.inTransaction(t -> t.list(BETWEEN, Invoices::invoice, from, to));
    }

    private static Invoice invoice(Row row) throws SQLException {
        return new Invoice(row.uuid("id"), row.uuid("statement_id"), row.text("number"), row.day("issued_on"),
                Money.ofFen(row.number("amount_fen")), Money.ofFen(row.number("vat_fen")), row.uuidOrNull("red_of"),
                row.uuidOrNull("credit_note_id"));
    }
}
