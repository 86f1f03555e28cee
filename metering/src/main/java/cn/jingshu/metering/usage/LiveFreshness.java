package cn.jingshu.metering.usage;

import java.time.Instant;
import java.util.Optional;

/**
 * How live totals with what is not shipped are.
 *
 * @param asOf everything that nodes which speak recorded before is in the totals, by their clocks; of nodes that never spoke, as of
 *     commands without one, what was shipped before; empty: nothing ever was
 * @param awaySince a node that left without shipping everything was heard last with what it had recorded by then: that is in the
 *     totals, what it recorded afterwards is not, until it is back or its journal is shipped. Empty: there is none
 */
public record LiveFreshness(Optional<Instant> asOf, Optional<Instant> awaySince) {}
