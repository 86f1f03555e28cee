package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;

/** A management request that is refused; answered as the problem of its refusal. */
public final class ManagementProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Refusal refusal;
    private final String zh;
    private final String en;

    ManagementProblem(Refusal refusal) {
        this(refusal, refusal.zh(), refusal.en());
    }

    ManagementProblem(Refusal refusal, String zh, String en) {
        super(en, null, false, false);
        this.refusal = refusal;
        this.zh = zh;
        this.en = en;
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
