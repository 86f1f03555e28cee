package cn.jingshu.ledger.log;

import cn.jingshu.ledger.seal.LogLeaf;
import java.time.Instant;

/**
 * A leaf in its place.
 *
 * @param index from zero
 * @param sealedAt when it was appended; which checkpoint covers it says more
 */
public record SealedLeaf(long index, LogLeaf leaf, Instant sealedAt) {}
