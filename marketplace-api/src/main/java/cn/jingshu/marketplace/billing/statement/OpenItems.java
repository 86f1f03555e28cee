package cn.jingshu.marketplace.billing.statement;

import cn.jingshu.ledger.money.Money;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What is still unpaid of each statement. Whoever pays without saying what for pays the oldest first, so what an account
 * owes is the youngest statements' amounts.
 *
 * @see "民法典 第五百六十条: 债务人未作指定的,应当优先履行已经到期的债务 … 负担相同的,按照债务到期的先后顺序履行 (the text was not at hand)"
 */
public final class OpenItems {
    private OpenItems() {}

    /**
     * The unpaid part of each statement.
     *
     * @param statements the oldest first
     * @param owed what the account owes now
     * @return by statement, from zero to what it charges; together at most {@code owed}
     */
    public static Map<UUID, Money> of(List<Statements.Listed> statements, Money owed) {
        Map<UUID, Money> open = new HashMap<>();
        Money left = owed.orZeroIfNegative();
        for (Statements.Listed statement : statements.reversed()) {
            Money part = Money.ofFen(Math.min(left.fen(), statement.charged().orZeroIfNegative().fen()));
            open.put(statement.id(), part);
            left = left.minus(part);
        }
        return open;
    }
}
