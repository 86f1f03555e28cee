package cn.jingshu.ledger.log;

import cn.jingshu.ledger.seal.Checkpoint;
import cn.jingshu.ledger.seal.LogHash;
import cn.jingshu.ledger.seal.LogProofs;
import cn.jingshu.ledger.seal.NodeHash;
import java.util.List;

/**
 * That the log of a later checkpoint begins with all leaves of an earlier one, by both hashes.
 *
 * @see "RFC 9162, section 2.1.4"
 */
public record ConsistencyProof(long earlierSize, long laterSize, List<NodeHash> sha256, List<NodeHash> sm3) {
    public ConsistencyProof {
        sha256 = List.copyOf(sha256);
        sm3 = List.copyOf(sm3);
    }

    public boolean holds(Checkpoint earlier, Checkpoint later) {
        return earlierSize == earlier.size()
                && laterSize == later.size()
                && LogProofs.grew(LogHash.SHA_256, earlierSize, earlier.root(), laterSize, later.root(), sha256)
                && LogProofs.grew(LogHash.SM3, earlierSize, earlier.sm3Root(), laterSize, later.sm3Root(), sm3);
    }
}
