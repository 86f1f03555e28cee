package cn.jingshu.marketplace.catalogue;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a batch makes the catalogue say of a resource.
 *
 * @param batch the batch's id
 * @param number the batch's number; null: it is not published
 * @param appliesFrom the first day, in Asia/Shanghai, it holds
 * @param withdrawn true: from that day on the resource is no longer listed
 * @param base the batch whose version it changes; null: the resource is new
 * @param reason why it was entered, changed or withdrawn
 * @param draftedBy null: the plan's first batch
 */
public record ResourceVersion(ResourceEntry entry, UUID batch, @Nullable Integer number, LocalDate appliesFrom, boolean withdrawn,
        @Nullable UUID base, String reason, @Nullable UUID draftedBy, Instant draftedAt) {}
