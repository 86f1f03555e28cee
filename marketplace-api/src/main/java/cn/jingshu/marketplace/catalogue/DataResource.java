package cn.jingshu.marketplace.catalogue;

import io.micronaut.data.annotation.Id;
import io.micronaut.data.annotation.MappedEntity;
import org.jspecify.annotations.Nullable;

/**
 * A data resource (数据资源) of the catalogue.
 *
 * @param id its row in the plan's Annex 2, for instance {@code A2.8.4}
 * @param note what is to be observed when it is used; null: nothing particular
 * @param noteZh the same in Chinese; null: nothing particular, or not said in Chinese
 * @param blockedBy the provision that forbids supplying it; null: it may be granted
 */
@MappedEntity(schema = "market", value = "data_resource")
public record DataResource(@Id String id, String providerCode, String providerZh, String providerEn, String nameZh,
        String nameEn, UpdateCycle updateCycle, Kind kind, @Nullable String note, @Nullable String noteZh, @Nullable String blockedBy) {

    /** How often the provider renews it. */
    public enum UpdateCycle {
        /** 定期. */
        PERIODIC,
        /** 实时. */
        REAL_TIME
    }

    /** Whom it is about, which decides what it takes to use it. */
    public enum Kind {
        LEGAL,
        LEGAL_AND_PERSONAL,
        THING,
        PERSONAL,
        SENSITIVE_PERSONAL,
        TREATED_AS_SENSITIVE,
        BLOCKED
    }
}
