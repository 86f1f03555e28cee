package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.pricing.PriceList;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A call that broke no rule and no rate limit; only its quota is left to be asked, by {@link Gate#take}. */
public final class Passed implements Judgement {
    final Call call;
    final RecentKey caller;
    final AccessTable.KeyEntry key;
    final LimitFact rate;
    /** What its consumer's budget allows a month, in thousandths of a fen; null: it has none, or the call is free. */
    final @Nullable Long budget;
    /** The prices of the product called, where there is a budget. */
    final @Nullable PriceList prices;

    Passed(Call call, RecentKey caller, AccessTable.KeyEntry key, LimitFact rate, @Nullable Long budget, @Nullable PriceList prices) {
        this.call = call;
        this.caller = caller;
        this.key = key;
        this.rate = rate;
        this.budget = budget;
        this.prices = prices;
    }

    public UUID subscriptionId() {
        return key.grant().subscriptionId();
    }

    /** True: a test key. */
    public boolean sandbox() {
        return key.sandbox();
    }
}
