package cn.jingshu.metering.usage;

/**
 * How far a node's journal is stored.
 *
 * @param nextSequence every event of the node with a lower sequence is committed; at least 1
 */
public record NodePosition(String nodeId, long nextSequence) {}
