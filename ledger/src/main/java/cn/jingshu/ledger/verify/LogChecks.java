package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.seal.Checkpoint;
import cn.jingshu.ledger.seal.KeySet;
import cn.jingshu.ledger.seal.LogHash;
import cn.jingshu.ledger.seal.LogLeaf;
import cn.jingshu.ledger.seal.NodeHash;
import cn.jingshu.ledger.seal.SealKey;
import cn.jingshu.ledger.seal.SignedNote;
import cn.jingshu.ledger.verify.TableReader.Row;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The checks of the log: that its keys follow from one to the next, that they signed its checkpoints, and that the leaves of the bundle's entries,
 * with what covers the rest of the log, give the root of every checkpoint.
 */
final class LogChecks {
    /** A whole subtree and its hash by each of the two algorithms. */
    private record Subtree(long leaves, NodeHash sha256, NodeHash sm3) {}

    private final BundleTables tables;
    private final Months months;
    private final BookChecks books;
    private final UsageSums usage;
    private final List<SignedNote> kept;
    private final Report report;
    private final List<Subtree> stack = new ArrayList<>();
    private final TreeMap<Long, Checkpoint> checkpoints = new TreeMap<>();
    private final Map<String, Long> lastOfChain = new HashMap<>();
    private final Set<String> nodesPastTheEnd = new HashSet<>();
    private long size;
    private long lastNumber;

    /** @param kept checkpoints the reader kept from before */
    LogChecks(BundleTables tables, Months months, BookChecks books, UsageSums usage, List<SignedNote> kept, Report report) {
        this.tables = tables;
        this.months = months;
        this.books = books;
        this.usage = usage;
        this.kept = kept;
        this.report = report;
    }

    /** The sets of keys the bundle tells, each signed by the one before; none if they do not follow. */
    static List<KeySet> keySets(BundleTables tables, Report report) {
        List<SignedNote> notes = new ArrayList<>();
        tables.forEach(Table.KEY_SETS, Check.LOG, List.of(), row -> notes.add(SignedNote.parse(row.required("note"))));
        try {
            List<KeySet> sets = KeySet.history(notes);
            for (int i = 1; i < sets.size(); i++) {
                if (sets.get(i).lost() != null) {
                    left(sets.get(i), KeySet.leftOf(sets.get(i - 1), notes.get(i)), report);
                }
            }
            return sets;
        } catch (IllegalArgumentException broken) {
            report.wrong(Check.LOG, Table.KEY_SETS.file(), "公钥沿革不成立:" + broken.getMessage(),
                    "the keys do not follow from each other: " + broken.getMessage());
            return List.of();
        }
    }

    /** Says which keys of the set before vouch for one in place of lost ones. It hands over to nobody by itself: one stolen key of two would do as much. */
    private static void left(KeySet set, List<SealKey> left, Report report) {
        if (!left.isEmpty()) {
            String names = left.stream().map(SealKey::toString).collect(Collectors.joining(", "));
            report.notChecked(Check.SIGNATURE, "第 " + set.number() + " 组公钥有前一组留存密钥的签署:" + names,
                    "keys " + set.number() + " are signed by what is left of the keys before: " + names);
        }
    }

    void run(List<KeySet> keys) {
        tables.forEach(Table.CHECKPOINTS, Check.LOG, List.of(), row -> checkpoint(row, keys));
        if (checkpoints.isEmpty()) {
            withoutCheckpoint();
            usage.after();
            return;
        }
        tables.forEach(Table.LOG, Check.LOG, List.of(), this::row);
        usage.after();
        if (size != checkpoints.lastKey()) {
            report.wrong(Check.LOG, Table.LOG.file(), "覆盖到 " + size + ",检查点为 " + checkpoints.lastKey(),
                    "covers " + size + " leaves, the last checkpoint " + checkpoints.lastKey());
        }
        sealed();
        kept.forEach(note -> keptBefore(note, keys));
    }

    /** Nothing was sealed yet, or what was sealed was taken out: leaves without a checkpoint, or one the reader kept, tell which. */
    private void withoutCheckpoint() {
        tables.forEach(Table.LOG, Check.LOG, List.of(), row -> size += row.whole("leaves"));
        if (size > 0 || !kept.isEmpty()) {
            report.wrong(Check.LOG, Table.CHECKPOINTS.file(), "有叶而无检查点", "the log has leaves and no checkpoint");
        } else {
            report.notChecked(Check.LOG, "包内没有检查点", "the bundle holds no checkpoint");
        }
    }

    private void checkpoint(Row row, List<KeySet> keys) {
        report.looked(Check.LOG, 1);
        SignedNote note = SignedNote.parse(row.required("note"));
        Checkpoint checkpoint = Checkpoint.parse(note.text());
        if (row.whole("number") <= lastNumber) {
            report.wrong(Check.LOG, row.place(), "检查点次序不对或重复", "a checkpoint out of order, or twice");
        }
        lastNumber = row.whole("number");
        long set = row.whole("key_set");
        if (set < 1 || set > keys.size() || !keys.get((int) set - 1).signed(note)
                || !keys.get((int) set - 1).origin().equals(checkpoint.origin())) {
            report.wrong(Check.LOG, row.place(), "检查点没有其密钥的签名", "the checkpoint is not signed by its keys");
        }
        if (checkpoint.size() != row.whole("size") || (!checkpoints.isEmpty() && checkpoints.lastKey() > checkpoint.size())) {
            report.wrong(Check.LOG, row.place(), "检查点的长度不对", "the checkpoint has another size, or a smaller one than before");
        }
        Checkpoint same = checkpoints.put(checkpoint.size(), checkpoint);
        if (same != null && (!same.root().equals(checkpoint.root()) || !same.sm3Root().equals(checkpoint.sm3Root()))) {
            report.wrong(Check.LOG, row.place(), "同一长度有两个根", "two roots over the same leaves");
        }
    }

    private void row(Row row) {
        long leaf = row.whole("leaf");
        long leaves = row.whole("leaves");
        if (leaf != size || leaves < 1 || Long.bitCount(leaves) != 1 || leaf % leaves != 0) {
            report.wrong(Check.LOG, row.place(), "应从第 " + size + " 片叶起", "leaf " + size + " was expected");
            return;
        }
        for (String column : superfluous(row)) {
            if (row.text(column) != null) {
                report.wrong(Check.LOG, row.place(), column + " 应为空", column + " has to be empty");
            }
        }
        Optional<Subtree> subtree = row.text("kind") == null
                ? Optional.of(new Subtree(leaves, NodeHash.ofBase64(row.required("sha256")), NodeHash.ofBase64(row.required("sm3"))))
                : leaf(row);
        if (subtree.isEmpty() || (subtree.get().leaves() != leaves)) {
            report.wrong(Check.LOG, row.place(), "这片叶不是包内的凭证或用量批次", "the leaf is no entry of the bundle and no usage batch");
            return;
        }
        stack.add(subtree.get());
        size += leaves;
        while (stack.size() > 1 && stack.get(stack.size() - 2).leaves() == stack.getLast().leaves()) {
            Subtree right = stack.removeLast();
            Subtree left = stack.removeLast();
            stack.add(joined(left, right));
        }
        Checkpoint here = checkpoints.get(size);
        if (here != null) {
            Subtree root = stack.getLast();
            for (int i = stack.size() - 2; i >= 0; i--) {
                root = joined(stack.get(i), root);
            }
            if (!root.sha256().equals(here.root()) || !root.sm3().equals(here.sm3Root())) {
                report.wrong(Check.LOG, row.place(), "至此的根与检查点(" + size + " 片叶)不同",
                        "the root up to here is not that of the checkpoint over " + size + " leaves");
            }
        }
    }

    /** A cell that says nothing must not look as if it did. */
    private static List<String> superfluous(Row row) {
        String kind = row.text("kind");
        return kind == null ? List.of("chain", "number", "content")
                : kind.equals(LogLeaf.Kind.ENTRY.name()) ? List.of("content", "sha256", "sm3") : List.of("sha256", "sm3");
    }

    private static Subtree joined(Subtree left, Subtree right) {
        return new Subtree(left.leaves() + right.leaves(), LogHash.SHA_256.inner(left.sha256(), right.sha256()),
                LogHash.SM3.inner(left.sm3(), right.sm3()));
    }

    private Optional<Subtree> leaf(Row row) {
        report.looked(Check.LOG, 1);
        String chain = row.required("chain");
        long number = row.whole("number");
        String key = row.required("kind") + " " + chain;
        Long before = lastOfChain.put(key, number);
        LogLeaf.Kind kind = LogLeaf.Kind.valueOf(row.required("kind"));
        if (before == null ? kind == LogLeaf.Kind.ENTRY && number != 1
                : (kind == LogLeaf.Kind.USAGE_BATCH && nodesPastTheEnd.contains(chain)) ? number <= before : number != before + 1) {
            report.wrong(Check.LOG, row.place(), chain + " 的叶不连续", "the leaves of " + chain + " are not in their order");
        }
        return switch (kind) {
            case ENTRY -> books.leaf(YearMonth.parse(chain), number).map(hash -> new Subtree(1, hash.sha256(), hash.sm3()));
            case USAGE_BATCH -> {
                if (!(LogLeaf.parse(row.required("content")) instanceof LogLeaf.UsageBatch batch) || !batch.nodeId().equals(chain)
                        || batch.number() != number) {
                    yield Optional.empty();
                }
                if (before == null && number != 1 && !UsageSums.monthOf(batch.shippedAt()).isBefore(months.from())) {
                    firstOfNode(row, batch);
                }
                if (UsageSums.monthOf(batch.shippedAt()).isAfter(months.through())) {
                    nodesPastTheEnd.add(chain); // of what was shipped later, only what reaches back is shown
                }
                usage.sealed(row.whole("leaf"), batch);
                yield Optional.of(new Subtree(1, batch.hash(LogHash.SHA_256), batch.hash(LogHash.SM3)));
            }
        };
    }

    /** The months' first batches of a node may lie in a folded part of the log, unless the one before them is shown. Builds that sealed no sums did not show it. */
    private void firstOfNode(Row row, LogLeaf.UsageBatch batch) {
        if (tables.has(Table.USAGE_BATCHES)) {
            report.wrong(Check.LOG, row.place(), batch.nodeId() + " 在包内的首个批次为第 " + batch.number() + " 批,送达时期间已开始:此前的批次被略去",
                    "the first batch of " + batch.nodeId() + " in the bundle is number " + batch.number()
                            + ", shipped when the months had begun: those before it are left out");
        } else {
            report.notChecked(Check.LOG, batch.nodeId() + " 的首个批次之前是否还有本期批次,包内看不出",
                    "the bundle does not show whether " + batch.nodeId() + " shipped more in these months before its first batch");
        }
    }

    /** Every entry is in the log, but for the last ones of a month that were booked after the checkpoint. */
    private void sealed() {
        for (YearMonth month : months.list()) {
            Long last = lastOfChain.get(LogLeaf.Kind.ENTRY + " " + month);
            long open = books.entriesOf(month) - (last == null ? 0 : last);
            if (open != 0) {
                if (open < 0 || books.isClosed(month)) {
                    report.wrong(Check.LOG, month.toString(), "有 " + open + " 张凭证不在日志中", open + " entries are not in the log");
                } else {
                    report.notChecked(Check.LOG, month + " 有 " + open + " 张凭证记于检查点之后", month + ": " + open + " entries were booked after the checkpoint");
                }
            }
        }
    }

    private void keptBefore(SignedNote note, List<KeySet> keys) {
        Set<String> origins = new HashSet<>();
        keys.forEach(set -> origins.add(set.origin()));
        Checkpoint before;
        try {
            before = Checkpoint.parse(note.text());
        } catch (IllegalArgumentException none) {
            report.wrong(Check.LOG, "--checkpoint", "不是检查点", "not a checkpoint");
            return;
        }
        if (!origins.contains(before.origin()) || keys.stream().noneMatch(set -> set.signed(note))) {
            report.wrong(Check.LOG, "--checkpoint", "所存检查点不是此日志密钥所签", "the checkpoint you kept is not signed by this log's keys");
        } else if (before.size() > checkpoints.lastKey()) {
            report.wrong(Check.LOG, "--checkpoint", "日志变短了:所存为 " + before.size() + ",现为 " + checkpoints.lastKey(),
                    "the log has shrunk: you kept " + before.size() + " leaves, there are " + checkpoints.lastKey());
        } else {
            Checkpoint now = checkpoints.get(before.size());
            if (now == null) {
                report.notChecked(Check.LOG, "所存检查点(" + before.size() + ")不在包内,须另取一致性证明",
                        "the checkpoint you kept (" + before.size() + ") is not in the bundle: ask for a consistency proof");
            } else if (!now.root().equals(before.root()) || !now.sm3Root().equals(before.sm3Root())) {
                report.wrong(Check.LOG, "--checkpoint", "与所存检查点不同:此前的记录被改写过", "not the log of the checkpoint you kept: its past was rewritten");
            } else {
                report.looked(Check.LOG, 1);
            }
        }
    }
}
