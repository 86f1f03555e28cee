package cn.jingshu.marketplace.payment;

import cn.jingshu.marketplace.store.Transaction;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Optional;

/**
 * Whoever knows what money that came in is for, such as receivables and prepayments of consumers. Every bean of this kind
 * is asked about each incoming line that no order explains, at the import of a file and whenever lines are matched again,
 * until one takes it.
 */
public interface BankCredits {

    /**
     * What a line was taken as.
     *
     * @param kind a word in capitals, such as RECEIPT
     * @param id of the record that holds it
     */
    record Taken(String kind, String id) {}

    /**
     * Takes a line: books it, in {@code t}, and says as what.
     *
     * @param bookOn the line's own day, or the first day the books are open on
     * @return empty: it is for somebody else, and nothing was changed
     */
    Optional<Taken> take(Transaction t, BankLine line, LocalDate bookOn) throws SQLException;
}
