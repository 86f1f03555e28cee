package cn.jingshu.metering.usage;

import cn.jingshu.metering.correction.EventVoid;
import java.time.YearMonth;
import java.util.Optional;

/**
 * Why a call is, or is not, on a bill.
 *
 * @param period the billing month its units belong to, by the moment of admission
 * @param voided the void that took it back; empty: it counts
 */
public record ExplainedEvent(StoredEvent stored, YearMonth period, Optional<EventVoid> voided) {
    /** Units of the event's unit that belong on the bill; zero: a sandbox call, one that costs nothing, or a void one. */
    public long billableQuantity() {
        return voided.isPresent() || stored.event().sandbox() ? 0 : stored.event().quantity();
    }
}
