package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.seal.LogHash;
import cn.jingshu.ledger.seal.LogLeaf;
import cn.jingshu.ledger.seal.NodeHash;
import java.io.ByteArrayOutputStream;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What each entry's leaf in the log hashes to, 64 bytes an entry, by month and number. */
final class EntryLeafHashes {
    /** One leaf by both algorithms. */
    record Hashes(NodeHash sha256, NodeHash sm3) {}

    private final Map<YearMonth, ByteArrayOutputStream> ofMonths = new HashMap<>();
    private final Map<YearMonth, byte[]> whole = new HashMap<>();

    /** Entries come by their numbers; whatever breaks that order has been named, and its leaf will not be found. */
    void add(LogLeaf.Entry leaf) {
        ByteArrayOutputStream month = ofMonths.computeIfAbsent(leaf.month(), _ -> new ByteArrayOutputStream());
        month.writeBytes(leaf.hash(LogHash.SHA_256).bytes());
        month.writeBytes(leaf.hash(LogHash.SM3).bytes());
    }

    long count(YearMonth month) {
        ByteArrayOutputStream hashes = ofMonths.get(month);
        return hashes == null ? 0 : hashes.size() / (2 * NodeHash.SIZE);
    }

    /** Whole once all entries were added. */
    Optional<Hashes> find(YearMonth month, long number) {
        if (number < 1 || number > count(month)) {
            return Optional.empty();
        }
        byte[] all = whole.computeIfAbsent(month, each -> Objects.requireNonNull(ofMonths.get(each)).toByteArray());
        int at = (int) (number - 1) * 2 * NodeHash.SIZE;
        return Optional.of(new Hashes(NodeHash.of(Arrays.copyOfRange(all, at, at + NodeHash.SIZE)),
                NodeHash.of(Arrays.copyOfRange(all, at + NodeHash.SIZE, at + 2 * NodeHash.SIZE))));
    }
}
