package cn.jingshu.marketplace.simulation;

import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.quota.SimulatedLeaseTables.Quota;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What consumers spend of a month, reckoned apart from the product by the events that are stored or that a journal holds. A
 * line of a bill is one operation of a subscription: of a month the first units cost more than later ones, and each line is
 * rounded to whole fen.
 */
final class Spending {
    /** Units of a line at the higher price. */
    static final long DEAR_UNITS = 40;
    private static final long DEAR_MILLI_FEN = 2_000;
    private static final long CHEAP_MILLI_FEN = 500;
    private static final long FEN = 1_000;

    private record Line(UUID subscriptionId, String operation) {}

    private record Used(Quota account, Line line, long units) {}

    private static final class Account {
        /** By line the units of events that are stored or in a journal, and of those that are stored. */
        final Map<Line, Long> recorded = new HashMap<>();
        final Map<Line, Long> stored = new HashMap<>();
    }

    private final List<Set<UUID>> held = new ArrayList<>(); // by node, what its journal holds and is not stored
    private final Set<UUID> stored = new HashSet<>();
    private final Map<UUID, Used> known = new HashMap<>();
    private final Map<Quota, Account> accounts = new LinkedHashMap<>();

    Spending(int nodes) {
        for (int i = 0; i < nodes; i++) {
            held.add(new LinkedHashSet<>());
        }
    }

    /** The accounts of months something was spent in. */
    Set<Quota> accounts() {
        return accounts.keySet();
    }

    /** A node's journal holds a paid event that is not stored. */
    void recorded(int node, UsageEvent event, UUID organisationId) {
        if (!isCounted(event.eventId())) {
            count(event, organisationId);
        }
        held.get(node).add(event.eventId());
    }

    /** A node's journal holds these events and no others. */
    void holds(int node, Set<UUID> recorded) {
        held.get(node).removeIf(id -> {
            if (recorded.contains(id)) {
                return false;
            }
            Used used = known.get(id);
            if (used != null && !stored.contains(id) && !isHeldBeside(node, id)) {
                account(used.account()).recorded.merge(used.line(), -used.units(), Long::sum);
                known.remove(id);
            }
            return true;
        });
    }

    /** A paid event is stored. */
    void stored(UsageEvent event, UUID organisationId) {
        if (!isCounted(event.eventId())) {
            count(event, organisationId);
        }
        Used used = used(event, organisationId);
        Used before = known.put(event.eventId(), used);
        if (before != null) { // what is billed is what is stored
            account(used.account()).recorded.merge(used.line(), used.units() - before.units(), Long::sum);
        }
        stored.add(event.eventId());
        held.forEach(each -> each.remove(event.eventId()));
        account(used.account()).stored.merge(used.line(), used.units(), Long::sum);
    }

    private void count(UsageEvent event, UUID organisationId) {
        Used used = used(event, organisationId);
        known.put(event.eventId(), used);
        account(used.account()).recorded.merge(used.line(), used.units(), Long::sum);
    }

    private static Used used(UsageEvent event, UUID organisationId) {
        return new Used(new Quota(organisationId, BillingPeriod.of(event.occurredAt()).month()),
                new Line(event.subscriptionId(), event.operation()), event.quantity());
    }

    private Account account(Quota account) {
        return accounts.computeIfAbsent(account, _ -> new Account());
    }

    private boolean isCounted(UUID id) {
        return stored.contains(id) || isHeldBeside(-1, id);
    }

    private boolean isHeldBeside(int node, UUID id) {
        for (int i = 0; i < held.size(); i++) {
            if (i != node && held.get(i).contains(id)) {
                return true;
            }
        }
        return false;
    }

    /** What the bill of a month says by every event that is recorded anywhere, in thousandths of a fen. */
    long billed(Quota account) {
        long all = 0;
        for (long units : account(account).recorded.values()) {
            all += (cost(units) + FEN / 2) / FEN * FEN;
        }
        return all;
    }

    /** What the stored events of a month cost at the most, rounding included, in thousandths of a fen. */
    long storedCost(Quota account) {
        long all = 0;
        for (long units : account(account).stored.values()) {
            all += units == 0 ? 0 : cost(units) + FEN / 2;
        }
        return all;
    }

    private static long cost(long units) {
        return Math.min(units, DEAR_UNITS) * DEAR_MILLI_FEN + Math.max(0, units - DEAR_UNITS) * CHEAP_MILLI_FEN;
    }

    /** Forgets what is settled. */
    void clear() {
        held.forEach(Set::clear);
        stored.clear();
        known.clear();
        accounts.clear();
    }
}
