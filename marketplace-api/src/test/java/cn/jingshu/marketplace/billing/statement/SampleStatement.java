package cn.jingshu.marketplace.billing.statement;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.billing.account.Balance;
import cn.jingshu.marketplace.billing.account.Movement;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A made-up statement with everything one can hold. */
final class SampleStatement {
    static final UUID CONSUMER = UUID.fromString("01936f5e-0000-7000-8000-0000000000a1");
    static final YearMonth MONTH = YearMonth.of(2026, 11);

    private SampleStatement() {}

    /** @param lines how many paid lines beside one of free use and one that takes back */
    static Statement of(int lines) {
        List<Statement.Line> all = new ArrayList<>();
        for (int i = 0; i < lines; i++) {
            all.add(line(new UUID(7, i), MONTH, "ListBooks", 1_000L + i, Money.ofFen(1_370L + i)));
        }
        all.add(line(new UUID(8, 1), MONTH.minusMonths(1), "GetBook", -25, Money.ofFen(-34)));
        all.add(new Statement.Line(new UUID(9, 1), MONTH, false, null, null, CONSUMER, "library", "图书馆数据服务", "Library",
                "ListBooks", "PUBLIC_INTEREST", "ROW", 1_000, BigDecimal.ZERO, null, null, null, Money.ZERO, Money.ZERO,
                Money.ofFen(1_370)));
        Money charged = Money.sum(all.stream().map(Statement.Line::amount).toList());
        Balance opening = new Balance(Money.ofFen(5_000), Money.ZERO, 3);
        List<Movement> movements = new ArrayList<>();
        movements.add(new Movement(4, new UUID(1, 4), Movement.Kind.RECEIPT, LocalDate.of(2026, 11, 12), null,
                Money.ofFen(-5_000), Money.ofFen(700), "=HYPERLINK(\"http://x\")"));
        movements.addAll(Accounts.ofMonth(CONSUMER, MONTH, charged, opening.with(movements.getFirst())));
        Balance closing = opening;
        for (Movement movement : movements) {
            closing = closing.with(movement);
        }
        return new Statement(new Statement.Heading(CONSUMER, "91420800MA48TEST5Q", "荆门市出行科技有限公司", "Jingmen Travel Technology",
                MONTH, 11, Instant.parse("2026-12-02T02:00:00Z"), LocalDate.of(2026, 12, 17), "6/100"), all, movements, opening,
                closing);
    }

    private static Statement.Line line(UUID id, YearMonth usage, String operation, long quantity, Money amount) {
        boolean correction = !usage.equals(MONTH);
        return new Statement.Line(id, usage, correction, correction ? new UUID(5, 5) : null, correction ? usage : null, CONSUMER,
                "library", "图书馆数据服务", "Library", operation, "INDUSTRY", "ROW", quantity, new BigDecimal("1.37"),
                new UUID(2, 2), new UUID(3, 3), new BigDecimal("5"), amount, Money.ofFen(amount.fen() * 6 / 106), null);
    }
}
