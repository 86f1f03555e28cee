package cn.jingshu.metering.usage;

/**
 * What the events asked for come to in one shipped batch.
 *
 * @param number of the batch among the node's
 * @param quantity units
 */
public record CountedBatch(String nodeId, long number, long events, long quantity) {}
