package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.money.Money;

/** An amount of one merchant. */
public record PartyAmount(String merchant, Money amount) {

    public PartyAmount {
        if (merchant.isBlank()) {
            throw new IllegalArgumentException("merchant without an id");
        }
    }
}
