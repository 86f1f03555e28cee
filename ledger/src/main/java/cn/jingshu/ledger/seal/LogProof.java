package cn.jingshu.ledger.seal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file that proves, to whoever has the log's public key and nothing else, that a leaf is in the log.
 *
 * @param index of the leaf, from zero
 * @param beside hashes by SHA-256 beside its way to the root, from below
 * @param checkpoint the signed note of the root
 * @see "C2SP tlog-proof v1"
 */
public record LogProof(long index, List<NodeHash> beside, SignedNote checkpoint) {
    private static final String FORMAT = "c2sp.org/tlog-proof@v1";
    private static final String INDEX = "index ";
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");

    public LogProof {
        beside = List.copyOf(beside);
    }

    /** Reads {@link #toString}. @throws IllegalArgumentException if it is none; data beyond the proof are not taken */
    public static LogProof parse(String file) {
        int blank = file.indexOf("\n\n");
        if (blank < 0) {
            throw new IllegalArgumentException("not a proof");
        }
        List<String> lines = List.of(file.substring(0, blank).split("\n", -1));
        if (lines.size() < 2 || !lines.get(0).equals(FORMAT) || !lines.get(1).startsWith(INDEX)
                || !NUMBER.matcher(lines.get(1).substring(INDEX.length())).matches()) {
            throw new IllegalArgumentException("not a proof of the form " + FORMAT);
        }
        List<NodeHash> beside = new ArrayList<>();
        for (String line : lines.subList(2, lines.size())) {
            beside.add(NodeHash.ofBase64(line));
        }
        return new LogProof(Long.parseLong(lines.get(1).substring(INDEX.length())), beside,
                SignedNote.parse(file.substring(blank + 2)));
    }

    /** Whether {@code content} is the leaf, in the log of {@code origin}, by a checkpoint that {@code key} signed. */
    public boolean proves(byte[] content, String origin, SealKey key) {
        Optional<Checkpoint> signed = checkpoint.isSignedBy(key) ? Checkpoint.in(checkpoint) : Optional.empty();
        if (signed.isEmpty()) {
            return false;
        }
        Checkpoint told = signed.get();
        return told.origin().equals(origin)
                && LogProofs.includes(LogHash.SHA_256, LogHash.SHA_256.leaf(content), index, told.size(), beside, told.root());
    }

    /** The file ({@code .tlog-proof}). */
    @Override
    public String toString() {
        StringBuilder file = new StringBuilder(FORMAT).append('\n').append(INDEX).append(index).append('\n');
        beside.forEach(hash -> file.append(hash.toBase64()).append('\n'));
        return file.append('\n').append(checkpoint).toString();
    }
}
