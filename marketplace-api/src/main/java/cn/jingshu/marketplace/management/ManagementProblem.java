package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.products.spi.Answer.Violation;
import java.util.List;

/** A management request that is refused; answered as the problem of its refusal. */
public final class ManagementProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Refusal refusal;
    private final String zh;
    private final String en;
    private final transient List<Violation> violations;

    ManagementProblem(Refusal refusal) {
        this(refusal, refusal.zh(), refusal.en());
    }

    ManagementProblem(Refusal refusal, String zh, String en) {
        this(refusal, zh, en, List.of());
    }

    /** @param violations the places that are wrong */
    ManagementProblem(Refusal refusal, String zh, String en, List<Violation> violations) {
        super(en, null, false, false);
        this.refusal = refusal;
        this.zh = zh;
        this.en = en;
        this.violations = List.copyOf(violations);
    }

    List<Violation> violations() {
        return violations;
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
