package cn.jingshu.metering.limit;

/**
 * How rate limits were decided since the start.
 *
 * @param shared true: limits are shared through Redis now
 * @param decidedShared calls decided on the shared limit
 * @param decidedLocally calls decided in this process alone, by the whole limit or by this node's share
 * @param timesLost how often Redis was lost
 */
public record LimitStats(boolean shared, long decidedShared, long decidedLocally, long timesLost) {}
