package cn.jingshu.marketplace.pricing;

import cn.jingshu.ledger.tariff.Ceiling;
import java.time.Instant;
import java.time.YearMonth;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The finding that prices of some months were above what was allowed: the excess is paid back with the next bill.
 *
 * @param id also what the lines that pay back name as their ceiling
 * @param operation the operation's name, or {@link PriceBook#EVERY_OPERATION}: every line of the product
 * @param first first month it is about, Asia/Shanghai
 * @param last last month it is about
 * @param allowed what was allowed
 * @param citation the decision that found it; never blank
 * @see "《价格法》第四十一条: 经营者因价格违法行为致使消费者多付价款的,应当退还多付部分"
 */
public record CeilingFinding(
        UUID id, String product, String operation, YearMonth first, YearMonth last, Ceiling allowed, String citation) {
    public CeilingFinding {
        if (last.isBefore(first) || citation.isBlank()) {
            throw new IllegalArgumentException("a finding is about months in order and cites its decision");
        }
    }

    /** Whether it is about the line of a bill for this operation and month. */
    public boolean covers(String line, YearMonth month) {
        return (operation.equals(PriceBook.EVERY_OPERATION) || operation.equals(line)) && !month.isBefore(first)
                && !month.isAfter(last);
    }

    /** How far it has come. */
    public enum Status {
        OPEN,
        SIGNED,
        REFUSED
    }

    /**
     * A finding and who stands behind it.
     *
     * @param decidedBy null, with {@code decidedAt} and {@code ground}: open
     */
    public record Kept(CeilingFinding finding, UUID proposedBy, Instant proposedAt, Status status,
            @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String ground) {}
}
