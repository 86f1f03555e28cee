package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The dated price list of every product, built again from the prices and ceilings of a bundle: which price held when, and under which ceiling.
 *
 * @see "发改价格〔2025〕65号: 具体收费标准不得高于上限收费标准; 试行收费标准 only while no complete operating year exists"
 */
final class PriceLists {
    static final String EVERY_OPERATION = "*";
    static final ZoneId CITY = ZoneId.of("Asia/Shanghai");

    /** A ceiling from a moment on, until another one of the same operations takes its place. */
    record Limit(String id, String product, String operation, Ceiling ceiling, Instant from) {}

    /**
     * A price from a moment on, until another one of the same use takes its place.
     *
     * @param plan whose subscribers alone it is for; null: everyone
     * @param said whether nobody signed it, since the product's contract says that it is free; it goes before another one of the same moment
     */
    record Price(String id, String product, String operation, String purpose, @Nullable String plan, boolean trial, Tariff tariff, String terms,
            Instant from, boolean said) {}

    /**
     * How a price held within a month.
     *
     * @param moments whether it did at any moment
     * @param ceilings the ceilings it held under
     * @param bare whether it held at a moment without any ceiling: on trial, or because it costs nothing
     */
    record Held(boolean moments, Set<String> ceilings, boolean bare) {
        Held {
            ceilings = Set.copyOf(ceilings);
        }
    }

    private record Asked(Price price, String operation, YearMonth month) {}

    private final Map<String, List<Limit>> limits = new HashMap<>();
    private final Map<String, List<Price>> prices = new HashMap<>();
    private final Map<String, Limit> limitById = new HashMap<>();
    private final Map<String, Price> priceById = new HashMap<>();
    private final Map<Asked, Held> answers = new HashMap<>();

    /** @return false: there is one of that id */
    boolean add(Limit limit) {
        limits.computeIfAbsent(limit.product(), _ -> new ArrayList<>()).add(limit);
        return limitById.put(limit.id(), limit) == null;
    }

    /** @return false: there is one of that id */
    boolean add(Price price) {
        prices.computeIfAbsent(price.product(), _ -> new ArrayList<>()).add(price);
        return priceById.put(price.id(), price) == null;
    }

    @Nullable Limit limit(@Nullable String id) {
        return limitById.get(id);
    }

    @Nullable Price price(String id) {
        return priceById.get(id);
    }

    /** Its own ceiling before the product's, the latest that applies; null: none does. */
    @Nullable Limit limitAt(String product, String operation, Instant moment) {
        Limit found = null;
        for (Limit each : limits.getOrDefault(product, List.of())) {
            if (covers(each.operation(), operation) && !each.from().isAfter(moment)
                    && (found == null || goesBefore(each.operation(), each.from(), found.operation(), found.from()))) {
                found = each;
            }
        }
        return found;
    }

    /** Whether any price of a product that had begun when a month ended is for one plan's subscribers alone. */
    boolean goByPlan(String product, YearMonth month) {
        Instant end = month.plusMonths(1).atDay(1).atStartOfDay(CITY).toInstant();
        return prices.getOrDefault(product, List.of()).stream().anyMatch(each -> each.plan() != null && each.from().isBefore(end));
    }

    /** The ceilings that were in force at some moment from {@code first} to {@code last}, both included. */
    List<Limit> limitsIn(String product, String operation, Instant first, Instant last) {
        Set<Instant> moments = new TreeSet<>();
        moments.add(first);
        limits.getOrDefault(product, List.of()).stream().map(Limit::from).filter(each -> each.isAfter(first) && !each.isAfter(last)).forEach(moments::add);
        List<Limit> found = new ArrayList<>();
        for (Instant moment : moments) {
            @Nullable Limit limit = limitAt(product, operation, moment);
            if (limit != null) {
                found.add(limit);
            }
        }
        return found;
    }

    /** How a price held for one operation in a month, Asia/Shanghai. */
    Held heldIn(Price price, String operation, YearMonth month) {
        return answers.computeIfAbsent(new Asked(price, operation, month), this::find);
    }

    private Held find(Asked asked) {
        Price price = asked.price();
        Set<String> ceilings = new HashSet<>();
        boolean bare = false;
        boolean held = false;
        for (Instant moment : cuts(price.product(), asked.month())) {
            @Nullable Limit limit = limitAt(price.product(), asked.operation(), moment);
            if (!isLatest(price, asked.operation(), moment) || !isLawful(price, limit, moment)) {
                continue;
            }
            held = true;
            if (limit == null) {
                bare = true;
            } else {
                ceilings.add(limit.id());
            }
        }
        return new Held(held, ceilings, bare);
    }

    /**
     * Whether subscribers of a plan owe by this price at some time of a month within {@code [from, until)}. A plan's own price goes before the
     * one for everyone, where it is lawful.
     */
    boolean isOwedIn(Price price, String operation, YearMonth month, @Nullable String plan, Instant from, Instant until) {
        if (price.plan() != null && !price.plan().equals(plan)) {
            return false;
        }
        List<Instant> starts = List.copyOf(cuts(price.product(), month));
        Instant end = month.plusMonths(1).atDay(1).atStartOfDay(CITY).toInstant();
        for (int i = 0; i < starts.size(); i++) {
            Instant start = starts.get(i);
            Instant next = i + 1 < starts.size() ? starts.get(i + 1) : end;
            Instant begun = from.isAfter(start) ? from : start;
            Instant ended = until.isBefore(next) ? until : next;
            if (begun.isBefore(ended) && holds(price, operation, start)
                    && (price.plan() != null || prices.getOrDefault(price.product(), List.of()).stream().noneMatch(other ->
                            other.plan() != null && other.plan().equals(plan) && other.purpose().equals(price.purpose()) && holds(other, operation, start)))) {
                return true;
            }
        }
        return false;
    }

    private boolean holds(Price price, String operation, Instant moment) {
        return isLatest(price, operation, moment) && isLawful(price, limitAt(price.product(), operation, moment), moment);
    }

    /** The month's first moment, and those within it at which anything about the product's prices changes. */
    private Set<Instant> cuts(String product, YearMonth month) {
        Instant start = month.atDay(1).atStartOfDay(CITY).toInstant();
        Instant end = month.plusMonths(1).atDay(1).atStartOfDay(CITY).toInstant();
        TreeSet<Instant> cuts = new TreeSet<>();
        prices.getOrDefault(product, List.of()).forEach(each -> cuts.add(each.from()));
        limits.getOrDefault(product, List.of()).forEach(each -> cuts.add(each.from()));
        cuts.add(trialEnd(product));
        cuts.removeIf(each -> each.isBefore(start) || !each.isBefore(end));
        cuts.add(start);
        return cuts;
    }

    /** A year after the product's first price in industry applied; no trial price holds from then on. */
    Instant trialEnd(String product) {
        return prices.getOrDefault(product, List.of()).stream()
                .filter(each -> each.purpose().equals("INDUSTRY"))
                .map(Price::from)
                .min(Instant::compareTo)
                .map(first -> first.atZone(CITY).plusYears(1).toInstant())
                .orElse(Instant.MAX);
    }

    private boolean isLatest(Price price, String operation, Instant moment) {
        return covers(price.operation(), operation) && !price.from().isAfter(moment)
                && prices.getOrDefault(price.product(), List.of()).stream().noneMatch(other -> other.purpose().equals(price.purpose())
                        && Objects.equals(other.plan(), price.plan()) && covers(other.operation(), operation) && !other.from().isAfter(moment)
                        && (goesBefore(other.operation(), other.from(), price.operation(), price.from())
                                || (other.said() && other.operation().equals(price.operation()) && other.from().equals(price.from())
                                        && !other.id().equals(price.id()))));
    }

    private boolean isLawful(Price price, @Nullable Limit limit, Instant moment) {
        if (price.trial() && !moment.isBefore(trialEnd(price.product()))) {
            return false;
        }
        return limit == null ? price.trial() || price.tariff().costsNothing() : limit.ceiling().admits(price.tariff());
    }

    private static boolean covers(String line, String operation) {
        return line.equals(operation) || line.equals(EVERY_OPERATION);
    }

    /** Of two lines that cover an operation, its own goes before the product's, and then the later before the earlier. */
    private static boolean goesBefore(String line, Instant from, String otherLine, Instant otherFrom) {
        boolean own = !line.equals(EVERY_OPERATION);
        boolean otherOwn = !otherLine.equals(EVERY_OPERATION);
        return own == otherOwn ? from.isAfter(otherFrom) : own;
    }
}
