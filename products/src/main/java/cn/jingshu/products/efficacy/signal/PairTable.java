package cn.jingshu.products.efficacy.signal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Counts reports into pairs of product and event. Everything counts cases, not reports: a case is counted once for a pair, once
 * for a product and once for an event, however often it is told. The expectation is
 * {@code E = sum over strata of (cases with the product * cases with the event / cases)} (DuMouchel 1999, section 2).
 */
public final class PairTable {
    private record Pair(String product, String event) {}

    /** What is counted of one stratum. */
    private static final class Stratum {
        private final Set<String> cases = new HashSet<>();
        private final Map<String, Set<String>> byProduct = new HashMap<>();
        private final Map<String, Set<String>> byEvent = new HashMap<>();
    }

    private final Map<String, Stratum> strata = new HashMap<>();
    private final Map<Pair, Set<String>> pairs = new HashMap<>();
    private final Map<String, String> stratumOfCase = new HashMap<>();

    /** Counts one report. @throws IllegalArgumentException if its case was told of in another stratum */
    public void add(Report report) {
        String before = stratumOfCase.putIfAbsent(report.caseId(), report.stratum());
        if (before != null && !before.equals(report.stratum())) {
            throw new IllegalArgumentException("a case is in two strata, " + before + " and " + report.stratum());
        }
        Stratum stratum = strata.computeIfAbsent(report.stratum(), _ -> new Stratum());
        stratum.cases.add(report.caseId());
        stratum.byProduct.computeIfAbsent(report.product(), _ -> new HashSet<>()).add(report.caseId());
        stratum.byEvent.computeIfAbsent(report.event(), _ -> new HashSet<>()).add(report.caseId());
        pairs.computeIfAbsent(new Pair(report.product(), report.event()), _ -> new HashSet<>()).add(report.caseId());
    }

    /** Cases told of. */
    public long cases() {
        return stratumOfCase.size();
    }

    /** Every pair that was told at least once, by product, then event. */
    public List<PairCount> pairs() {
        Map<String, Long> products = new HashMap<>();
        Map<String, Long> events = new HashMap<>();
        for (Stratum stratum : strata.values()) {
            stratum.byProduct.forEach((product, cases) -> products.merge(product, (long) cases.size(), Long::sum));
            stratum.byEvent.forEach((event, cases) -> events.merge(event, (long) cases.size(), Long::sum));
        }
        List<PairCount> counts = new ArrayList<>(pairs.size());
        pairs.forEach((pair, cases) -> counts.add(new PairCount(pair.product(), pair.event(), cases.size(),
                expected(pair), Objects.requireNonNull(products.get(pair.product())),
                Objects.requireNonNull(events.get(pair.event())), cases())));
        counts.sort((a, b) -> a.product().equals(b.product())
                ? a.event().compareTo(b.event()) : a.product().compareTo(b.product()));
        return counts;
    }

    private double expected(Pair pair) {
        double sum = 0;
        for (Stratum stratum : strata.values()) {
            double withProduct = stratum.byProduct.getOrDefault(pair.product(), Set.of()).size();
            double withEvent = stratum.byEvent.getOrDefault(pair.event(), Set.of()).size();
            sum += withProduct * withEvent / stratum.cases.size();
        }
        return sum;
    }
}
