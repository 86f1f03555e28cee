package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Transaction;
import io.micronaut.data.annotation.Id;
import io.micronaut.data.annotation.MappedEntity;
import io.micronaut.data.annotation.MappedProperty;
import io.micronaut.data.annotation.TypeDef;
import io.micronaut.data.model.DataType;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The costs of each month as vouchers with a document (记账凭证); the settlement deducts them. */
@Singleton
public final class CostVouchers {
    private static final String HOLD_CLOSES = "LOCK TABLE market.billing_period IN SHARE MODE";
    private static final String CANCELLED = "SELECT status FROM market.cost_cancellation WHERE voucher_id = ? AND status = 'BOOKED'";
    private static final String CLOSE_BEGUN = "SELECT status FROM market.billing_period WHERE period = ?";

    /** What a cost was for. */
    public enum Kind {
        /** What a merchant is paid for its service before profit; owed when the month is settled. */
        MERCHANT_SERVICE,
        /** Direct cost of use that is paid for. */
        DIRECT_PAID,
        /** Direct cost of use that is free. */
        DIRECT_FREE,
        /** Cost of running the marketplace. */
        SHARED
    }

    /**
     * One cost.
     *
     * @param id made by the caller: entering the same voucher twice is one cost
     * @param product null: of no single product
     * @param merchant whom a {@link Kind#MERCHANT_SERVICE} cost is owed to; null for every other kind
     * @param amount what the settlement deducts, without the VAT that may be deducted
     * @param inputVat that VAT, at least zero; a merchant's own cost has none here
     * @param document number of the original document (原始凭证)
     * @param documentSha256 digest of the document, 64 hexadecimal digits; null: entered before 1 December 2026 without it
     * @param documentReference where the document is kept; null: not stated, which a digest may not be without
     */
    @MappedEntity(schema = "market", value = "cost_voucher")
    public record CostVoucher(
            @Id UUID id,
            @MappedProperty("period") @TypeDef(type = DataType.DATE, converter = MonthColumn.class) YearMonth month,
            Kind kind,
            @MappedProperty("product_code") @Nullable String product,
            @MappedProperty("merchant_id") @Nullable UUID merchant,
            @MappedProperty("amount_fen") @TypeDef(type = DataType.LONG, converter = FenColumn.class) Money amount,
            @MappedProperty("input_vat_fen") @TypeDef(type = DataType.LONG, converter = FenColumn.class) Money inputVat,
            String document,
            @MappedProperty("document_sha256") @Nullable String documentSha256,
            @MappedProperty("document_reference") @Nullable String documentReference,
            String description,
            String enteredBy) {
        public CostVoucher {
            if (!amount.isPositive()) {
                throw new IllegalArgumentException("voucher " + id + ": amount is not above zero: " + amount);
            }
            if ((kind == Kind.MERCHANT_SERVICE) != (merchant != null)) {
                throw new IllegalArgumentException("voucher " + id + ": only a merchant's service names a merchant");
            }
            if (inputVat.isNegative() || (kind == Kind.MERCHANT_SERVICE && !inputVat.isZero())) {
                throw new IllegalArgumentException("voucher " + id + ": no input VAT of " + inputVat + " here");
            }
            if (documentSha256 != null
                    && (!documentSha256.matches("[0-9a-f]{64}") || documentReference == null || documentReference.isBlank())) {
                throw new IllegalArgumentException(
                        "voucher " + id + ": a digest is 64 hexadecimal digits, with the place the document is kept at");
            }
            if (document.isBlank() || description.isBlank()) {
                throw new IllegalArgumentException("voucher " + id + ": document or description is missing");
            }
        }

        private CostVoucher by(String person) {
            return new CostVoucher(id, month, kind, product, merchant, amount, inputVat, document, documentSha256, documentReference, description,
                    person);
        }
    }

    private final Database database;
    private final CostVoucherRepository repository;
    private final Journal journal;
    private final Clock clock;

    CostVouchers(Database database, CostVoucherRepository repository, Journal journal, Clock clock) {
        this.database = database;
        this.repository = repository;
        this.journal = journal;
        this.clock = clock;
    }

    /** Why a cost was not entered. */
    public enum Fault {
        CLOSE_BEGUN("该月已开始关账,请记入以后的月份", "its close has begun: enter the cost in a later month"),
        ID_TAKEN("该编号已用于另一张凭证", "the id was used for another voucher"),
        CANCELLED("该凭证已作废,请以新编号记入", "this voucher was cancelled: enter the cost under a new id"),
        DOCUMENT_MISSING("自2026年12月1日起须附原始凭证的摘要与存放处", "from 1 December 2026 on the digest of its document is stated, and where that is kept"),
        NOT_BOOKED("总账未入账", "the books refused it");

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

    /** A cost that stands neither in the books nor in the list of its month; {@code detail} carries values. */
    public record Refused(Fault fault, String detail) {}

    /**
     * Books a cost and lists it, in one transaction that no close begins beside: it stands in both or in neither. The same voucher again is one
     * cost, whoever enters it and whatever was closed since; one that was cancelled is none, and stays so.
     *
     * @return why it was not booked; empty: it stands
     */
    public Optional<Refused> enter(CostVoucher voucher) {
        try {
            return enterOnce(voucher);
        } catch (DatabaseException e) {
            if (e.violates("cost_voucher_has_document")) {
                return Optional.of(new Refused(Fault.DOCUMENT_MISSING, voucher.document()));
            }
            throw e;
        }
    }

    private Optional<Refused> enterOnce(CostVoucher voucher) {
        return database.inTransaction(t -> {
            t.change(HOLD_CLOSES); // no close begins between the look and the entry
            Optional<CostVoucher> known = repository.find(voucher.id());
            if (known.isPresent()) {
                Optional<Refused> other = sameAs(known.get(), voucher);
                return other.isPresent() || !isCancelled(t, voucher.id()) ? other
                        : Optional.of(new Refused(Fault.CANCELLED, "voucher " + voucher.id() + " was cancelled"));
            }
            if (closeBegun(t, voucher.month())) {
                return Optional.of(new Refused(Fault.CLOSE_BEGUN, "the close of " + voucher.month() + " has begun"));
            }
            if (repository.addOnce(voucher.id(), voucher.month(), voucher.kind(), voucher.product(),
                    voucher.merchant(), voucher.amount(), voucher.inputVat(), voucher.document(), voucher.documentSha256(),
                    voucher.documentReference(), voucher.description(), voucher.enteredBy(), clock.instant()) == 0) { // joins this transaction
                return sameAs(repository.find(voucher.id()).orElseThrow(), voucher); // another one entered it meanwhile
            }
            if (voucher.kind() != Kind.MERCHANT_SERVICE && t.join(connection -> journal.postAll(connection,
                    List.of(entryOf(voucher)))).getFirst() instanceof PostResult.Rejected(var code, var detail)) {
                t.rollback();
                return Optional.of(new Refused(Fault.NOT_BOOKED, code + ": " + detail));
            }
            return Optional.empty();
        });
    }

    private static Optional<Refused> sameAs(CostVoucher known, CostVoucher voucher) {
        return known.by(voucher.enteredBy()).equals(voucher) ? Optional.empty()
                : Optional.of(new Refused(Fault.ID_TAKEN, "voucher " + voucher.id() + " is " + known.amount() + " of " + known.month() + ", "
                        + known.document()));
    }

    private static boolean isCancelled(Transaction t, UUID voucher) throws SQLException {
        return t.find(CANCELLED, row -> row.text("status"), voucher).isPresent();
    }

    private static boolean closeBegun(Transaction t, YearMonth month) throws SQLException {
        return t.find(CLOSE_BEGUN, row -> row.text("status"), month.atDay(1)).isPresent();
    }

    public List<CostVoucher> listOf(YearMonth month) {
        return repository.listOf(month);
    }

    private static JournalEntry entryOf(CostVoucher voucher) {
        Dimensions about = Dimensions.authorisedOperation().withProduct(voucher.product());
        Posting debit = switch (voucher.kind()) {
            case DIRECT_PAID -> Posting.debit(Chart.COST_OF_SERVICE, voucher.amount(), about.withPurposeClass("INDUSTRY"));
            case DIRECT_FREE ->
                Posting.debit(Chart.COST_OF_SERVICE, voucher.amount(), about.withPurposeClass("PUBLIC_INTEREST"));
            case SHARED -> Posting.debit(Chart.ADMINISTRATION, voucher.amount(), about);
            case MERCHANT_SERVICE -> throw new IllegalArgumentException("booked by the settlement");
        };
        List<Posting> postings = new ArrayList<>();
        postings.add(debit);
        if (!voucher.inputVat().isZero()) {
            postings.add(Posting.debit(Chart.INPUT_VAT, voucher.inputVat(), about));
        }
        postings.add(Posting.credit(Chart.BANK, voucher.amount().plus(voucher.inputVat()), Dimensions.NONE));
        return new JournalEntry(voucher.id(), voucher.month().atEndOfMonth(), EntryReason.COST,
                voucher.document() + " " + voucher.description(),
                postings);
    }
}
