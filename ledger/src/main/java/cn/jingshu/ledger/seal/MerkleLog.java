package cn.jingshu.ledger.seal;

import java.util.ArrayList;
import java.util.List;

/**
 * A Merkle tree that only grows at its end. Every root and proof of any earlier size can still be had.
 *
 * <p>Appending writes two nodes a leaf on average; a root or a proof reads as many as the tree is high, squared at the most.
 *
 * @see "RFC 9162, sections 2.1.1 to 2.1.4"
 */
public final class MerkleLog {
    private final LogHash hash;
    private final LogNodes nodes;
    private long size;

    /** @param size leaves that {@code nodes} hold already */
    public MerkleLog(LogHash hash, LogNodes nodes, long size) {
        if (size < 0) {
            throw new IllegalArgumentException("a log of " + size + " leaves");
        }
        this.hash = hash;
        this.nodes = nodes;
        this.size = size;
    }

    public long size() {
        return size;
    }

    /** Appends a leaf. @return its index, from zero */
    public long append(NodeHash leaf) {
        long index = size;
        NodeHash node = leaf;
        int level = 0;
        long place = index;
        nodes.put(level, place, node);
        while ((place & 1) == 1) {
            node = hash.inner(nodes.get(level, place - 1), node);
            level++;
            place >>= 1;
            nodes.put(level, place, node);
        }
        size = index + 1;
        return index;
    }

    /** The root over the first {@code ofSize} leaves. */
    public NodeHash root(long ofSize) {
        requireSize(ofSize);
        return ofSize == 0 ? hash.empty() : range(0, ofSize);
    }

    /** That the leaf {@code index} is among the first {@code ofSize}: the hashes beside its way to the root, from below. */
    public List<NodeHash> inclusion(long index, long ofSize) {
        requireSize(ofSize);
        if (index < 0 || index >= ofSize) {
            throw new IllegalArgumentException("leaf " + index + " of " + ofSize);
        }
        List<NodeHash> beside = new ArrayList<>();
        inclusion(index, 0, ofSize, beside);
        return beside;
    }

    /** That the first {@code laterSize} leaves begin with the first {@code earlierSize}. */
    public List<NodeHash> consistency(long earlierSize, long laterSize) {
        requireSize(laterSize);
        if (earlierSize < 0 || earlierSize > laterSize) {
            throw new IllegalArgumentException("a log of " + earlierSize + " leaves is not the beginning of one of " + laterSize);
        }
        List<NodeHash> proof = new ArrayList<>();
        if (earlierSize > 0 && earlierSize < laterSize) {
            consistency(earlierSize, 0, laterSize, true, proof);
        }
        return proof;
    }

    private void requireSize(long ofSize) {
        if (ofSize < 0 || ofSize > size) {
            throw new IllegalArgumentException("the log has " + size + " leaves, not " + ofSize);
        }
    }

    /** The hash over the leaves from {@code from} to before {@code to}, which are some of a tree that begins at {@code from}. */
    private NodeHash range(long from, long to) {
        long length = to - from;
        if (Long.bitCount(length) == 1) {
            return nodes.get(Long.numberOfTrailingZeros(length), from / length);
        }
        long split = from + splitOf(length);
        return hash.inner(range(from, split), range(split, to));
    }

    private void inclusion(long index, long from, long to, List<NodeHash> beside) {
        if (to - from == 1) {
            return;
        }
        long split = from + splitOf(to - from);
        if (index < split) {
            inclusion(index, from, split, beside);
            beside.add(range(split, to));
        } else {
            inclusion(index, split, to, beside);
            beside.add(range(from, split));
        }
    }

    /** @param known whether the subtree from the log's beginning is known to whoever checks */
    private void consistency(long earlier, long from, long to, boolean known, List<NodeHash> proof) {
        if (earlier == to - from) {
            if (!known) {
                proof.add(range(from, to));
            }
            return;
        }
        long split = splitOf(to - from);
        if (earlier <= split) {
            consistency(earlier, from, from + split, known, proof);
            proof.add(range(from + split, to));
        } else {
            consistency(earlier - split, from + split, to, false, proof);
            proof.add(range(from, from + split));
        }
    }

    /** The largest power of two below {@code length}. */
    private static long splitOf(long length) {
        return Long.highestOneBit(length - 1);
    }
}
