package cn.jingshu.marketplace.gate;

import java.util.UUID;

/** A call that broke no rule and no rate limit; only its quota is left to be asked, by {@link Gate#take}. */
public final class Passed implements Judgement {
    final Call call;
    final RecentKey caller;
    final AccessTable.KeyEntry key;
    final LimitFact rate;

    Passed(Call call, RecentKey caller, AccessTable.KeyEntry key, LimitFact rate) {
        this.call = call;
        this.caller = caller;
        this.key = key;
        this.rate = rate;
    }

    public UUID subscriptionId() {
        return key.grant().subscriptionId();
    }

    /** True: a test key. */
    public boolean sandbox() {
        return key.sandbox();
    }
}
