package cn.jingshu.products.transit.feed;

import cn.jingshu.products.domain.load.RejectReason;
import cn.jingshu.products.domain.quality.QualityRule;
import cn.jingshu.products.domain.quality.QualityRules;
import cn.jingshu.products.domain.quality.QualityScore;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was counted in some time of the readings of one feed, of one kind. */
final class FeedTally {
    private final Map<String, long[]> found = new HashMap<>();
    private final Map<RejectReason, Long> rejects = new EnumMap<>(RejectReason.class);
    private long readings;
    private long changed;
    private long failed;
    private long rowsIn;
    private long rejected;
    private long bytes;

    void reading(boolean withNews, boolean failure) {
        readings++;
        changed += withNews ? 1 : 0;
        failed += failure ? 1 : 0;
    }

    void rows(long rows, long size) {
        rowsIn += rows;
        bytes += size;
    }

    void reject(RejectReason reason, long rows) {
        if (rows > 0) {
            rejects.merge(reason, rows, Long::sum);
            rejected += rows;
        }
    }

    /** Adds to what a rule found: of {@code checked} items {@code bad} do not conform. */
    void found(QualityRule rule, long checked, long bad) {
        long[] counts = found.computeIfAbsent(rule.code(), _ -> new long[2]);
        counts[0] += checked;
        counts[1] += bad;
    }

    void add(FeedTally other) {
        readings += other.readings;
        changed += other.changed;
        failed += other.failed;
        rowsIn += other.rowsIn;
        bytes += other.bytes;
        other.rejects.forEach(this::reject);
        other.found.forEach((code, counts) -> {
            long[] own = found.computeIfAbsent(code, _ -> new long[2]);
            own[0] += counts[0];
            own[1] += counts[1];
        });
    }

    QualityScore score(QualityRules rules) {
        List<QualityScore.Result> results = new ArrayList<>();
        for (QualityRule rule : rules.rules()) {
            long[] counts = found.getOrDefault(rule.code(), new long[2]);
            results.add(QualityScore.Result.of(rule, counts[0], counts[1]));
        }
        return QualityScore.of(rules, results);
    }

    long readings() {
        return readings;
    }

    long changed() {
        return changed;
    }

    long failed() {
        return failed;
    }

    long rowsIn() {
        return rowsIn;
    }

    long rejected() {
        return rejected;
    }

    long bytes() {
        return bytes;
    }

    Map<RejectReason, Long> rejects() {
        return Map.copyOf(rejects);
    }
}
