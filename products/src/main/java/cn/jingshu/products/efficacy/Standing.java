package cn.jingshu.products.efficacy;

import cn.jingshu.products.domain.Freshness;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.efficacy.v1.Review;
import cn.jingshu.products.spi.CallFacts;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the data stand that an answer rests on.
 *
 * @param tables of each table its freshness
 */
record Standing(Map<String, Freshness> tables) {
    private static final List<String> NAMES =
            List.of("market_drug", "insured_person", "insurance_spending", "outpatient_visit", "discharge");

    Standing {
        tables = Map.copyOf(tables);
    }

    static Standing of(ProductData data, CallFacts facts) {
        Map<String, Freshness> tables = new TreeMap<>();
        NAMES.forEach(name -> tables.put(name, data.freshness(facts, name)));
        return new Standing(tables);
    }

    boolean stale() {
        return tables.values().stream().anyMatch(f -> f.stale() || f.degraded());
    }

    List<Review> reviews() {
        List<Review> reviews = new ArrayList<>();
        if (tables.values().stream().anyMatch(Freshness::stale)) {
            reviews.add(Review.DATA_STALE);
        }
        if (tables.values().stream().anyMatch(Freshness::degraded)) {
            reviews.add(Review.DATA_DEGRADED);
        }
        return reviews;
    }

    /** When the data that were loaded longest ago were; null: something was never loaded. */
    @Nullable Instant loadedAt() {
        return tables.values().stream().anyMatch(f -> f.loadedAt() == null) ? null
                : tables.values().stream().map(f -> Objects.requireNonNull(f.loadedAt())).min(Instant::compareTo).orElse(null);
    }

    ObjectNode section(String dataUntil) {
        ObjectNode section = AnalysisPackage.section();
        section.put("dataUntil", dataUntil);
        ObjectNode loads = section.putObject("tables");
        new TreeMap<>(tables).forEach((name, freshness) -> {
            ObjectNode load = loads.putObject(name);
            load.put("loadedAt", String.valueOf(freshness.loadedAt()));
            load.put("stale", freshness.stale());
            load.put("degraded", freshness.degraded());
            load.put("qualityScore", freshness.qualityScore());
        });
        return section;
    }

    static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder().setSeconds(instant.getEpochSecond()).setNanos(instant.getNano()).build();
    }
}
