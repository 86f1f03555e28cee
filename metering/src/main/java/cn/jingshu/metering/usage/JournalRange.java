package cn.jingshu.metering.usage;

/** A stretch of one node's journal: the sequences {@code [from, to)}. */
public record JournalRange(String nodeId, long from, long to) {}
