package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.money.Money;
import java.util.List;

/**
 * What the books say a period earned and spent, before anything a settlement books.
 *
 * @param gross revenue and output VAT
 * @param costs by kind and account; the kind follows from account and purpose class of the vouchers
 */
public record BookFacts(Money gross, Money outputVat, Money inputVat, List<Cost> costs) {

    public BookFacts {
        costs = List.copyOf(costs);
    }
}
