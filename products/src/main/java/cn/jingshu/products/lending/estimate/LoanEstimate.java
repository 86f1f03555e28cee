package cn.jingshu.products.lending.estimate;

import cn.jingshu.products.lending.policy.PolicyBook;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An estimate, not an offer.
 *
 * @param range null: none is given, the reasons say why
 * @param band null: not enough is known for one
 * @param reasons the weightiest first
 * @param humanReview true: a person has to look at it before anything is decided (个人信息保护法 Art. 24)
 * @param months the term it was reckoned with
 * @param policies the numbers of policy used
 */
public record LoanEstimate(@Nullable LoanRange range, @Nullable Band band, List<Reason> reasons, boolean humanReview, int months,
        List<PolicyBook.Row> policies) {
    public LoanEstimate {
        reasons = List.copyOf(reasons);
        policies = List.copyOf(policies);
    }
}
