package cn.jingshu.marketplace.torture;

import cn.jingshu.marketplace.runtime.LoadKeys;
import cn.jingshu.metering.limit.RateLimit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the callers of one subscription know of their calls, kept by themselves, and what the store must hold for that.
 * Every call is one unit of the echo product.
 */
final class Account {
    /** What the demo city asks for a call of the echo product, in hundredths of a fen. */
    static final long CENTIFEN_A_CALL = 5;

    private final LoadKeys.Sale sale;
    private final ConcurrentLinkedQueue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Map<String, Call> byRequest = new ConcurrentHashMap<>();
    private final AtomicLong firstNanos = new AtomicLong();
    private volatile long lastNanos;

    Account(LoadKeys.Sale sale) {
        this.sale = sale;
    }

    /** An event as it is stored. */
    record Stored(String eventId, String requestId, long quantity) {}

    /** The hourly totals of a subscription together. */
    record Totals(long calls, long quantity) {}

    UUID subscriptionId() {
        return sale.subscriptionId();
    }

    String apiKey() {
        return sale.key().reveal();
    }

    /** Takes a new call into the account. */
    Call open(Call call) {
        calls.add(call);
        return call;
    }

    /** Takes an attempt into the account before it is sent; its request id is new. */
    String attempt(Call call) {
        long now = System.nanoTime();
        firstNanos.compareAndSet(0, now);
        lastNanos = now;
        String requestId = UUID.randomUUID().toString();
        call.attempted(requestId);
        byRequest.put(requestId, call);
        return requestId;
    }

    long answered() {
        return calls.stream().filter(Call::isAnswered).count();
    }

    long refused() {
        return calls.stream().filter(Call::isRefused).count();
    }

    /** Calls of which nobody knows what became: the connection broke before an answer. */
    long unknown() {
        return calls.stream().filter(call -> !call.isAnswered() && !call.isRefused()).count();
    }

    /**
     * Holds the store against the account. To be called when nobody calls and everything is shipped.
     *
     * @param extraBursts how many whole buckets a fault may have handed out beyond the limit
     */
    Findings check(List<Stored> events, Totals totals, int extraBursts) {
        Findings findings = new Findings();
        Map<Call, List<Stored>> billed = billed(events, findings);
        for (Call call : calls) {
            check(call, billed.getOrDefault(call, List.of()), findings);
        }
        long quantity = events.stream().mapToLong(Stored::quantity).sum();
        compare(events.size(), totals.calls(), "calls of the hourly totals", findings);
        compare(quantity, totals.quantity(), "units of the hourly totals", findings);
        long admitted = Math.max(quantity, answered());
        if (admitted > sale.monthlyQuota()) {
            findings.oversold(admitted - sale.monthlyQuota(),
                    subscriptionId() + " has a quota of " + sale.monthlyQuota() + " and was given " + admitted);
        }
        long mostPaid = mostByBudget();
        if (admitted > mostPaid) {
            findings.oversold(admitted - mostPaid, subscriptionId() + " has a budget of " + sale.monthlyBudgetFen()
                    + " fen, which is " + mostPaid + " calls, and was given " + admitted);
        }
        long most = mostByRate(extraBursts);
        if (admitted > most) {
            findings.oversold(admitted - most, subscriptionId() + " is limited to " + most + " calls and was given " + admitted);
        }
        return findings;
    }

    /** A bill is rounded once, so what costs less than half a fen more than the budget is within it. */
    private long mostByBudget() {
        if (sale.monthlyBudgetFen() == LoadKeys.ENDLESS) {
            return LoadKeys.ENDLESS;
        }
        return (sale.monthlyBudgetFen() * 100 + 49) / CENTIFEN_A_CALL;
    }

    /**
     * The stated bound of a shared limit: all nodes together a tenth above it, and each a share of its own after losing
     * Redis, which together are one bucket more.
     */
    private long mostByRate(int extraBursts) {
        RateLimit rate = sale.rate();
        double periods = (lastNanos - firstNanos.get()) / (double) rate.period().toNanos();
        return (long) Math.ceil(rate.capacity() * (1.1 * (1 + periods) + 1 + extraBursts));
    }

    private Map<Call, List<Stored>> billed(List<Stored> events, Findings findings) {
        Map<Call, List<Stored>> billed = new HashMap<>();
        Set<String> eventIds = new HashSet<>();
        for (Stored event : events) {
            if (!eventIds.add(event.eventId())) {
                findings.doubled(1, "event " + event.eventId() + " is stored twice");
            }
            Call call = byRequest.get(event.requestId());
            if (call == null) {
                findings.doubled(1, "event " + event.eventId() + " is of request " + event.requestId() + ", which nobody made");
            } else if (event.quantity() > 0) {
                billed.computeIfAbsent(call, one -> new ArrayList<>(1)).add(event);
                if (event.quantity() > 1) {
                    findings.doubled(event.quantity() - 1, "event " + event.eventId() + " has " + event.quantity() + " units");
                }
            }
        }
        return billed;
    }

    private static void check(Call call, List<Stored> billed, Findings findings) {
        if (billed.size() > 1) {
            findings.doubled(billed.size() - 1, "one call, billed as " + billed);
        }
        if (call.eventIds().size() > 1) {
            findings.doubled(1, "one call, answered under the events " + call.eventIds());
        }
        for (String eventId : call.eventIds()) {
            if (billed.stream().noneMatch(event -> event.eventId().equals(eventId))) {
                findings.lost(1, "request " + call.requestIds() + " was answered under event " + eventId + ", stored is " + billed);
            }
        }
        if (call.idempotencyKey() != null && call.isRefusedAtLast() && !billed.isEmpty()) {
            findings.lost(1, "request " + call.requestIds() + " is billed as " + billed + ", and was refused at last");
        }
        if (call.isRefused() && !billed.isEmpty()) {
            findings.doubled(1, "request " + call.requestIds() + " was refused and is billed as " + billed);
        }
    }

    private void compare(long stored, long total, String what, Findings findings) {
        if (total < stored) {
            findings.lost(stored - total, what + " of " + subscriptionId() + " are " + total + ", of its events " + stored);
        } else if (total > stored) {
            findings.doubled(total - stored, what + " of " + subscriptionId() + " are " + total + ", of its events " + stored);
        }
    }
}
