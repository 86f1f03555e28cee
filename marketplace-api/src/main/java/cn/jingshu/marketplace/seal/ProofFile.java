package cn.jingshu.marketplace.seal;

import cn.jingshu.ledger.log.InclusionProof;
import cn.jingshu.ledger.log.SealedLeaf;
import cn.jingshu.ledger.log.SealedLog;
import cn.jingshu.ledger.log.SignedCheckpoint;
import cn.jingshu.ledger.seal.LogProof;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything needed to check that one leaf is in the log, but for the keys: those are asked for elsewhere, or there would be
 * nothing to check.
 *
 * @param leaf the text that was hashed
 * @param index of the leaf, from zero
 * @param sealedAt when it was put into the log
 * @param provedSince the time of the first checkpoint that covers it
 * @param checkpoint number of the checkpoint it is proved under; null (and all that follows): no checkpoint covers it yet
 * @param size leaves under that checkpoint
 * @param sha256 hashes beside the leaf's way to the root, from below, in base64
 * @param sm3 the same by SM3
 * @param note the checkpoint with its signatures
 * @param tlogProof the same as one file for other tools (C2SP tlog-proof); they are given the leaf's text beside it
 */
@Serdeable
public record ProofFile(
        String leaf,
        long index,
        Instant sealedAt,
        @Nullable Instant provedSince,
        @Nullable Long checkpoint,
        @Nullable Long size,
        List<String> sha256,
        List<String> sm3,
        @Nullable String note,
        @Nullable String tlogProof) {

    /** Proves a leaf under the last checkpoint, if that covers it. */
    public static ProofFile of(SealedLog log, SealedLeaf leaf) {
        Optional<SignedCheckpoint> last = log.findLatest().filter(checkpoint -> checkpoint.covers(leaf.index()));
        if (last.isEmpty()) {
            return new ProofFile(leaf.leaf().toText(), leaf.index(), leaf.sealedAt(), null, null, null, List.of(), List.of(), null, null);
        }
        SignedCheckpoint under = last.get();
        InclusionProof proof = log.prove(leaf, under);
        SignedCheckpoint first = log.findFirstOver(leaf.index()).orElse(under);
        return new ProofFile(leaf.leaf().toText(), leaf.index(), leaf.sealedAt(), first.checkpoint().signedAt(), under.number(),
                under.checkpoint().size(), proof.sha256().stream().map(hash -> hash.toBase64()).toList(),
                proof.sm3().stream().map(hash -> hash.toBase64()).toList(), under.note().toString(),
                new LogProof(leaf.index(), proof.sha256(), under.note()).toString());
    }
}
