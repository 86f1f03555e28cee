package cn.jingshu.ledger.log;

import cn.jingshu.ledger.seal.Checkpoint;
import cn.jingshu.ledger.seal.LogHash;
import cn.jingshu.ledger.seal.LogLeaf;
import cn.jingshu.ledger.seal.LogProofs;
import cn.jingshu.ledger.seal.NodeHash;
import java.util.List;

/**
 * That a leaf is under a checkpoint, by both hashes.
 *
 * @param index of the leaf, from zero
 * @param size leaves under the checkpoint
 * @param sha256 hashes beside the leaf's way to the root, from below
 * @param sm3 the same by SM3
 */
public record InclusionProof(long index, long size, LogLeaf leaf, List<NodeHash> sha256, List<NodeHash> sm3) {
    public InclusionProof {
        sha256 = List.copyOf(sha256);
        sm3 = List.copyOf(sm3);
    }

    /** Whether it proves its leaf under {@code checkpoint}, whose signatures are another question. */
    public boolean holds(Checkpoint checkpoint) {
        return size == checkpoint.size()
                && LogProofs.includes(LogHash.SHA_256, leaf.hash(LogHash.SHA_256), index, size, sha256, checkpoint.root())
                && LogProofs.includes(LogHash.SM3, leaf.hash(LogHash.SM3), index, size, sm3, checkpoint.sm3Root());
    }
}
