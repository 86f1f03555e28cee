package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.money.Portion;

/** A merchant's portion (分成比例) of the net profit that is left after the treasury. */
public record MerchantShare(String merchant, Portion portion) {

    public MerchantShare {
        if (merchant.isBlank()) {
            throw new IllegalArgumentException("merchant without an id");
        }
    }
}
