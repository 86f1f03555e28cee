package cn.jingshu.products.lending;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What an installation decides of the product.
 *
 * @param personalLicence true: a licensed 征信机构 stands behind the personal pipeline, or the People's Bank has said none is needed, so
 *     persons may be estimated from live data (征信业管理条例 Art. 2; POLICY 12.4 row 5)
 * @param lpr file of further LPR months; null: those the product brings
 * @param policy file of further or other numbers of policy; null: those the product brings
 */
@ConfigurationProperties("jingshu.lending")
public record LendingSettings(
        @Bindable(defaultValue = "false") boolean personalLicence, @Nullable String lpr, @Nullable String policy) {

    public LendingSettings {
        lpr = lpr == null || lpr.isBlank() ? null : lpr.strip();
        policy = policy == null || policy.isBlank() ? null : policy.strip();
    }

    @Nullable Path lprFile() {
        return lpr == null ? null : Path.of(lpr);
    }

    @Nullable Path policyFile() {
        return policy == null ? null : Path.of(policy);
    }

    /** As an installation runs that says nothing. */
    public static LendingSettings usual() {
        return new LendingSettings(false, null, null);
    }
}
