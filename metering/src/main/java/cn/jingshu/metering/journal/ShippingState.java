package cn.jingshu.metering.journal;

import java.time.Instant;

/** What a shipper is doing; every state but {@code Stopped} is left by itself. */
public sealed interface ShippingState {
    /** Not started, or closed. */
    record Stopped() implements ShippingState {}

    /** Events reach PostgreSQL. */
    record Shipping() implements ShippingState {}

    /** PostgreSQL cannot be reached or refuses; events wait in the journal, tries go on. */
    record Retrying(Instant since, int tries, String reason) implements ShippingState {}

    /** Journal and database contradict each other or the journal is damaged: a person must look. Tries go on, slowly. */
    record Refused(Instant since, String reason) implements ShippingState {}
}
