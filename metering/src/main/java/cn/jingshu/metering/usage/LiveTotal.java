package cn.jingshu.metering.usage;

/**
 * A total with what is not shipped yet.
 *
 * @param total {@link HourTotal} or {@link DayTotal}, everything in it
 * @param provisionalCalls of its calls, those that wait in a node's journal: no bill counts them before they are shipped
 * @param provisionalQuantity of its quantity, what those calls are of it
 */
public record LiveTotal<T>(T total, long provisionalCalls, long provisionalQuantity) {}
