package cn.jingshu.products.domain;

import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Protection;
import cn.jingshu.products.domain.ResourceTable.Type;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A small resource for the tests of the domain: trees and their keepers. */
final class Trees {
    static final ResourceTable TREE = new ResourceTable("tree", "A2.9.1", List.of(
            Column.of("tree_id", Type.TEXT, "树木编号", "id of the tree"),
            Column.subject("keeper", "养护人", "who keeps it"),
            Column.sealed("illness", "病害", "what it suffers from").optional(),
            Column.personal("planted_on", Type.DATE, Protection.PERSONAL, "种植日期", "day"),
            Column.of("height_cm", Type.INTEGER, "高度", "height, cm"),
            Column.of("girth_m", Type.DECIMAL, "胸围", "girth, m").optional(),
            Column.of("fruit", Type.BOOLEAN, "是否结果", "true: bears fruit"),
            Column.of("seen_at", Type.TIMESTAMP, "巡查时间", "last seen")),
            List.of("tree_id"), List.of(List.of("keeper")));
    static final ResourceTable NEST = new ResourceTable("nest", "A2.9.2", List.of(
            Column.of("tree_id", Type.TEXT, "树木编号", "id of the tree"),
            Column.of("bird", Type.TEXT, "鸟种", "kind of bird"),
            Column.sealed("finder", "发现人", "who found it")),
            List.of("tree_id", "bird"), List.of());
    static final CallFacts LIVE = new CallFacts(Instant.parse("2026-11-01T00:00:00Z"), "request", false, CallerRef.MARKET);
    static final CallFacts SANDBOX = new CallFacts(Instant.parse("2026-11-01T00:00:00Z"), "request", true, CallerRef.MARKET);

    private Trees() {}

    /** Reads trees but for their girth, and of nests the birds. */
    static DomainNeeds needs() {
        return new DomainNeeds("garden", 1, Map.of(
                TREE, List.of("tree_id", "keeper", "illness", "planted_on", "height_cm", "fruit", "seen_at"),
                NEST, List.of("tree_id", "bird")), "db/product/garden", Trees::write);
    }

    static void write(DomainNeeds.RowSink sink, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2_500; i++) {
            String keeper = i == 0 ? TestSubject.APPROVE.person().number() : "keeper " + random.nextInt(100);
            sink.row(TREE, tree("T" + seed + "-" + i, keeper, i % 7 == 0 ? "霉病" + random.nextInt(5) : null, 100 + random.nextInt(900)));
        }
        sink.row(NEST, Map.of("tree_id", "T" + seed + "-1", "bird", "喜鹊", "finder", "someone"));
    }

    static Map<String, @Nullable String> tree(String id, String keeper, @Nullable String illness, int height) {
        Map<String, @Nullable String> values = new HashMap<>();
        values.put("tree_id", id);
        values.put("keeper", keeper);
        values.put("illness", illness);
        values.put("planted_on", LocalDate.of(2000, 1, 1).plusDays(height).toString());
        values.put("height_cm", Integer.toString(height));
        values.put("girth_m", "1.25");
        values.put("fruit", Boolean.toString(height % 2 == 0));
        values.put("seen_at", "2026-10-01T08:00:00Z");
        return values;
    }
}
