package cn.jingshu.ledger.seal;

/**
 * Where the hashes of the log's whole subtrees are kept. A node, once there, is never another.
 *
 * <p>{@code level} 0 holds the leaves; the node {@code (level, index)} covers the 2^level leaves from {@code index · 2^level} on.
 */
public interface LogNodes {
    /** @throws IllegalStateException if the node is not there */
    NodeHash get(int level, long index);

    void put(int level, long index, NodeHash hash);
}
