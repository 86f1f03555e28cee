package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.gate.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Every way a request can be refused: where the {@code type} of a problem leads. */
public record RefusalsView(List<Line> refusals) {
    public RefusalsView {
        refusals = List.copyOf(refusals);
    }

    /**
     * One refusal.
     *
     * @param anchor what stands behind the {@code #} of a problem's type
     * @param legalBasis the provision it rests on; empty: a rule of this house
     */
    public record Line(
            String anchor, String code, int httpStatus, String grpcStatus, Fault fault, Bilingual sentence,
            String legalBasis) {}

    /** Whose it is to mend. */
    public enum Fault implements Labelled {
        CALLER,
        LIMIT,
        INTERNAL
    }

    static RefusalsView ofAll() {
        return new RefusalsView(Arrays.stream(Refusal.values()).map(RefusalsView::line).toList());
    }

    private static Line line(Refusal refusal) {
        String basis = refusal.legalBasis();
        return new Line(refusal.code().toLowerCase(Locale.ROOT), refusal.code(), refusal.httpStatus(),
                refusal.grpcStatus(), Fault.valueOf(refusal.fault().name()),
                new Bilingual(refusal.zh(), refusal.en()), basis == null ? "" : basis);
    }
}
