package cn.jingshu.products.kind;

import cn.jingshu.products.spi.Answer.Violation;
import cn.jingshu.products.spi.ProductFault;
import java.util.List;

/** A declared product cannot be made ready; what is wrong with it is listed. */
public final class DeclarationException extends ProductFault {
    private static final long serialVersionUID = 1L;
    private final transient List<Violation> violations;

    public DeclarationException(List<Violation> violations) {
        super(violations.isEmpty() ? "the declaration is wrong" : violations.getFirst().field() + ": " + violations.getFirst().en());
        this.violations = List.copyOf(violations);
    }

    /** What is wrong, at least one place. */
    public List<Violation> violations() {
        return violations;
    }
}
