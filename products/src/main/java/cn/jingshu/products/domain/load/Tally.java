package cn.jingshu.products.domain.load;

import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.quality.QualityRules;
import cn.jingshu.products.domain.quality.RowChecks;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is counted while the records of one table are read; it can be written down and gone on with. */
final class Tally {
    /** Fewest filled values from which a column can be said to have changed its type. */
    private static final int FEWEST_RETYPED = 20;

    /** Names of columns a source may bring up record by record before we stop remembering them. */
    private static final int MOST_NAMES = 2_000;

    private final ResourceTable table;
    private final RowChecks checks;
    private final Map<String, Integer> places = new LinkedHashMap<>();
    private final long[] filled;
    private final long[] unfit;
    private final Set<String> seen = new HashSet<>();
    private final Map<Reason, Rejected> rejects = new LinkedHashMap<>();
    private long rowsIn;
    private long accepted;
    private long lastLine;

    private record Reason(@Nullable String column, RejectReason why) {}

    private static final class Rejected {
        private long records;
        private final List<Long> lines = new ArrayList<>();
    }

    Tally(ResourceTable table, QualityRules rules) {
        this.table = table;
        this.checks = new RowChecks(rules);
        for (Column column : table.columns()) {
            places.put(column.name(), places.size());
        }
        this.filled = new long[places.size()];
        this.unfit = new long[places.size()];
    }

    void saw(String column) {
        if (seen.size() < MOST_NAMES) {
            seen.add(column);
        }
    }

    Set<String> seen() {
        return seen;
    }

    void value(int column, boolean fits) {
        filled[column]++;
        if (!fits) {
            unfit[column]++;
        }
    }

    void accept(long line, Map<String, String> values) {
        rowsIn++;
        accepted++;
        lastLine = line;
        checks.accepted(values);
    }

    void reject(long line, @Nullable String column, RejectReason why) {
        rowsIn++;
        lastLine = line;
        note(line, column, why);
        checks.rejected();
    }

    /** A record that was taken before its key was found to have come already. */
    void takeBack(long line) {
        accepted--;
        note(line, null, RejectReason.DUPLICATE_KEY);
    }

    private void note(long line, @Nullable String column, RejectReason why) {
        Rejected rejected = rejects.computeIfAbsent(new Reason(column, why), _ -> new Rejected());
        rejected.records++;
        if (rejected.lines.size() < LoadHistory.MOST_LINES) {
            rejected.lines.add(line);
        }
    }

    long rowsIn() {
        return rowsIn;
    }

    long accepted() {
        return accepted;
    }

    long rejected() {
        return rowsIn - accepted;
    }

    long lastLine() {
        return lastLine;
    }

    RowChecks checks() {
        return checks;
    }

    List<LoadRecord.Rejects> rejects() {
        return rejects.entrySet().stream()
                .map(each -> new LoadRecord.Rejects(each.getKey().column(), each.getKey().why(), each.getValue().records, each.getValue().lines))
                .toList();
    }

    List<String> retyped() {
        List<String> retyped = new ArrayList<>();
        places.forEach((name, at) -> {
            if (filled[at] >= FEWEST_RETYPED && 2 * unfit[at] > filled[at]) {
                retyped.add(name);
            }
        });
        return retyped;
    }

    /** Everything counted of columns and rules, in a steady order. */
    List<Long> counts() {
        List<Long> counts = new ArrayList<>();
        for (String name : places.keySet()) {
            int at = places.getOrDefault(name, 0);
            counts.add(filled[at]);
            counts.add(unfit[at]);
            counts.add(seen.contains(name) ? 1L : 0L);
        }
        counts.addAll(checks.counts());
        return counts;
    }

    /** Goes on from a load that was left; false: its counts are of other columns or rules, so it begins anew. */
    boolean resume(LoadHistory.Kept kept, List<LoadRecord.Rejects> before) {
        int own = 3 * places.size();
        if (kept.counts().size() < own || !checks.resume(kept.counts().subList(own, kept.counts().size()))) {
            return false;
        }
        int at = 0;
        for (String name : places.keySet()) {
            filled[at] = kept.counts().get(3 * at);
            unfit[at] = kept.counts().get(3 * at + 1);
            if (kept.counts().get(3 * at + 2) == 1) {
                seen.add(name);
            }
            at++;
        }
        rowsIn = kept.record().rowsIn();
        accepted = kept.record().accepted();
        lastLine = kept.lastLine();
        for (LoadRecord.Rejects each : before) {
            Rejected rejected = new Rejected();
            rejected.records = each.records();
            rejected.lines.addAll(each.lines());
            rejects.put(new Reason(each.column(), each.reason()), rejected);
        }
        return true;
    }

    ResourceTable table() {
        return table;
    }
}
