package cn.jingshu.metering.journal;

import java.time.Instant;
import java.util.Optional;

/**
 * How shipping stands at one moment.
 *
 * @param shippedEvents events this shipper stored since it was made
 * @param repeatedEvents of these frames, those whose event was stored already and was not counted again
 * @param nextSequence the first sequence not known to be in PostgreSQL; zero before the first look
 * @param lastShippedAt when it last stored something; empty if it has not
 */
public record ShipperStats(
        ShippingState state,
        long shippedEvents,
        long repeatedEvents,
        long nextSequence,
        Optional<Instant> lastShippedAt) {}
