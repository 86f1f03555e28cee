package cn.jingshu.marketplace.catalogue;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The registration of one product version (产品登记备案): in force on {@code [validFrom, validTo)}, at most three years.
 *
 * @param resources ids of the data resources it is built from; empty: none
 * @param approvedAt when the bureau approved the product; null: not yet, and so it is not live
 */
public record Registration(UUID id, String product, int productVersion, String nameZh, String nameEn,
        String registrationCode, Instant validFrom, Instant validTo, UUID operatorId, UUID merchantId, Status status,
        @Nullable Instant approvedAt, List<String> resources) {

    public Registration {
        resources = List.copyOf(resources);
    }

    /** Where a registration stands. */
    public enum Status {
        REGISTERED,
        SUSPENDED,
        CANCELLED
    }

    /** Whether the product may be offered at {@code moment}, as far as its registration is concerned. */
    public boolean inForceAt(Instant moment) {
        return status == Status.REGISTERED && approvedAt != null && !moment.isBefore(approvedAt)
                && !moment.isBefore(validFrom) && moment.isBefore(validTo);
    }
}
