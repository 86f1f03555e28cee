package cn.jingshu.marketplace.gate;

import cn.jingshu.metering.limit.LimitDecision;
import cn.jingshu.metering.limit.Limiter;
import cn.jingshu.metering.limit.RateLimit;
import java.util.concurrent.CompletionStage;

/** Where the gate asks whether a call comes too fast. */
@FunctionalInterface
public interface Limits {
    /** Takes one call's token; the stage never fails and never takes long. */
    CompletionStage<LimitDecision> take(String limitKey, RateLimit rate);

    /** The same for whoever asks often under one key. */
    default Limiter of(String limitKey, RateLimit rate) {
        return () -> take(limitKey, rate);
    }
}
