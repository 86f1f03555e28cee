package cn.jingshu.ledger.log;

import cn.jingshu.ledger.seal.Checkpoint;
import cn.jingshu.ledger.seal.SignedNote;

/**
 * A checkpoint as it was signed and kept.
 *
 * @param number from 1 without a gap
 * @param keySet number of the set of keys that signed it
 */
public record SignedCheckpoint(long number, Checkpoint checkpoint, long keySet, SignedNote note) {
    /** Whether the leaf {@code index} is under it. */
    public boolean covers(long index) {
        return index < checkpoint.size();
    }
}
