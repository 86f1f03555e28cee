package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.products.spi.Answer.Violation;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A management request that is refused; answered as the problem of its refusal. */
public final class ManagementProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Refusal refusal;
    private final String zh;
    private final String en;
    private final transient List<Violation> violations;
    private final @Nullable Duration retryAfter;

    /** @param retryAfter when it may be asked again */
    ManagementProblem(Refusal refusal, Duration retryAfter) {
        this(refusal, refusal.zh(), refusal.en(), List.of(), retryAfter);
    }

    ManagementProblem(Refusal refusal) {
        this(refusal, refusal.zh(), refusal.en());
    }

    ManagementProblem(Refusal refusal, String zh, String en) {
        this(refusal, zh, en, List.of());
    }

    /** @param violations the places that are wrong */
    ManagementProblem(Refusal refusal, String zh, String en, List<Violation> violations) {
        this(refusal, zh, en, violations, null);
    }

    private ManagementProblem(Refusal refusal, String zh, String en, List<Violation> violations, @Nullable Duration retryAfter) {
        super(en, null, false, false);
        this.retryAfter = retryAfter;
        this.refusal = refusal;
        this.zh = zh;
        this.en = en;
        this.violations = List.copyOf(violations);
    }

    List<Violation> violations() {
        return violations;
    }

    /** Null: nothing is to be waited for. */
    @Nullable Duration retryAfter() {
        return retryAfter;
    }

    Refusal refusal() {
        return refusal;
    }

    String zh() {
        return zh;
    }

    String en() {
        return en;
    }
}
