package cn.jingshu.ledger.seal;

import java.util.ArrayList;
import java.util.List;

/**
 * Checks proofs of {@link MerkleLog} without the log.
 *
 * @see "RFC 9162, sections 2.1.3.2 and 2.1.4.2"
 */
public final class LogProofs {
    private LogProofs() {}

    /** Whether {@code leaf} is at {@code index} among the {@code size} leaves under {@code root}. */
    public static boolean includes(
            LogHash hash, NodeHash leaf, long index, long size, List<NodeHash> beside, NodeHash root) {
        if (index < 0 || index >= size) {
            return false;
        }
        long place = index;
        long last = size - 1;
        NodeHash node = leaf;
        for (NodeHash neighbour : beside) {
            if (last == 0) {
                return false;
            }
            if ((place & 1) == 1 || place == last) {
                node = hash.inner(neighbour, node);
                while ((place & 1) == 0 && place != 0) {
                    place >>= 1;
                    last >>= 1;
                }
            } else {
                node = hash.inner(node, neighbour);
            }
            place >>= 1;
            last >>= 1;
        }
        return last == 0 && node.equals(root);
    }

    /** Whether the log under {@code later} begins with all leaves of the one under {@code earlier}. */
    public static boolean grew(LogHash hash, long earlierSize, NodeHash earlier, long laterSize, NodeHash later,
            List<NodeHash> proof) {
        if (earlierSize < 0 || earlierSize > laterSize) {
            return false;
        }
        if (earlierSize == laterSize || earlierSize == 0) {
            return proof.isEmpty() && (earlierSize == 0 ? earlier.equals(hash.empty()) : earlier.equals(later));
        }
        List<NodeHash> path = new ArrayList<>(proof);
        if (Long.bitCount(earlierSize) == 1) {
            path.addFirst(earlier);
        }
        if (path.isEmpty()) {
            return false;
        }
        long place = earlierSize - 1;
        long last = laterSize - 1;
        while ((place & 1) == 1) {
            place >>= 1;
            last >>= 1;
        }
        NodeHash earlierNode = path.getFirst();
        NodeHash laterNode = path.getFirst();
        for (NodeHash neighbour : path.subList(1, path.size())) {
            if (last == 0) {
                return false;
            }
            if ((place & 1) == 1 || place == last) {
                earlierNode = hash.inner(neighbour, earlierNode);
                laterNode = hash.inner(neighbour, laterNode);
                while ((place & 1) == 0 && place != 0) {
                    place >>= 1;
                    last >>= 1;
                }
            } else {
                laterNode = hash.inner(laterNode, neighbour);
            }
            place >>= 1;
            last >>= 1;
        }
        return last == 0 && earlierNode.equals(earlier) && laterNode.equals(later);
    }
}
