package cn.jingshu.marketplace.payment;

import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.products.identifier.Uscc;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What consumers pay (收款): money that came in with the number of a statement, or with the credit code of the payer, in its text.
 * A statement's number begins with that code, so one look finds both. A line that names nobody, or more than one consumer, stays
 * open until a person says whose it is; a name alone is no proof of who paid.
 */
@Singleton
final class ConsumerReceipts implements BankCredits {
    static final String KIND = "RECEIPT";

    private static final Pattern CREDIT_CODE = Pattern.compile("(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z])");
    private static final int LONGEST_REFERENCE = 100;

    /** Consumers alone have accounts. */
    private static final String CONSUMER = """
            SELECT id FROM market.organisation WHERE uscc = ? AND 'CONSUMER' = ANY (kinds)
            """;
    /** A transfer that a person entered before its file came. */
    private static final String ENTERED = """
            SELECT id FROM market.account_movement
             WHERE kind = 'RECEIPT' AND document = ? AND organisation_id = ? AND owed_fen - prepaid_fen = ?
            """;

    private final Accounts accounts;

    ConsumerReceipts(Accounts accounts) {
        this.accounts = accounts;
    }

    @Override
    public Optional<Taken> take(Transaction t, BankLine line, LocalDate bookOn) throws SQLException {
        BankLine.Movement movement = line.movement();
        if (movement.bankReference().strip().length() > LONGEST_REFERENCE) {
            return Optional.empty();
        }
        Optional<UUID> payer = payer(t, movement.text());
        if (payer.isEmpty()) {
            return Optional.empty();
        }
        UUID id = UUID.nameUUIDFromBytes(("receipt of bank line " + line.id()).getBytes(StandardCharsets.UTF_8));
        Accounts.Receipt receipt =
                new Accounts.Receipt(id, payer.get(), movement.amount(), movement.bookedOn(), movement.bankReference());
        return switch (accounts.receive(t, receipt, null)) {
            case Accounts.Received.Booked _ -> Optional.of(new Taken(KIND, id.toString()));
            case Accounts.Received.Refused(Accounts.Fault fault) -> fault == Accounts.Fault.TRANSFER_KNOWN
                    ? t.find(ENTERED, row -> row.uuid("id"), receipt.bankReference(), receipt.organisationId(), -receipt.amount().fen())
                            .map(entered -> new Taken(KIND, entered.toString()))
                    : Optional.empty();
        };
    }

    /** The one consumer whose code stands in the text. */
    private static Optional<UUID> payer(Transaction t, String text) throws SQLException {
        Set<UUID> named = new HashSet<>();
        Matcher codes = CREDIT_CODE.matcher(text.toUpperCase(Locale.ROOT));
        while (codes.find()) {
            Optional<Uscc> code = Uscc.parse(codes.group());
            if (code.isPresent()) {
                List<UUID> consumers = t.list(CONSUMER, row -> row.uuid("id"), code.get().code());
                named.addAll(consumers);
            }
        }
        return named.size() == 1 ? Optional.of(named.iterator().next()) : Optional.empty();
    }
}
