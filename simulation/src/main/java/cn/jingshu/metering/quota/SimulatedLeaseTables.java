package cn.jingshu.metering.quota;

import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.simulation.Fault;
import cn.jingshu.metering.simulation.SimulatedProcess;
import java.sql.SQLException;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What {@link LeaseBook} keeps, as a model: each question is one transaction that is done whole or not at all and may
 * lose its answer. {@code SimulatedTablesIT} holds it against the real book.
 */
public final class SimulatedLeaseTables {
    private static final UUID SETTLED_RUN = new UUID(0, 0);

    /** A database that does not keep its word, to show that the simulation notices. */
    public enum Lie {
        NONE,
        /** Grants a block although only less is left. */
        GRANTS_ABOVE_THE_LIMIT,
        /** Frees all that earlier runs leased, used or not. */
        SETTLES_TO_NOTHING,
        /** Grants each block again to the next who asks. */
        FORGETS_A_LEASE,
        /** Never tells of a lease whose answer was lost. */
        HIDES_A_LOST_LEASE,
        /** Says of a budget that what is only recorded is stored. */
        TAKES_RECORDED_FOR_STORED
    }

    /** What a settlement wants to know of the stored events. */
    public interface StoredUse {
        /** The node's next sequence to be stored. */
        long nextSequence(String nodeId);

        /** Quotas of which the node's stored events in {@code [from, to)} used any. */
        Set<Quota> usedBetween(String nodeId, long from, long to);

        /** Units of the node's stored events of a month before a sequence. */
        long usedBefore(String nodeId, UUID subscriptionId, BillingPeriod period, long sequence);
    }

    /** One quota: a subscription in a billing month. */
    public record Quota(UUID subscriptionId, YearMonth period) {
        static final Comparator<Quota> ORDER =
                Comparator.comparing(Quota::subscriptionId).thenComparing(Quota::period);
    }

    private record Run(String nodeId, UUID runId) {}

    /** What a run noted of a budget: what its events used when the journal's next sequence was {@code before}, and what of it is stored. */
    private record Noted(long recorded, long before, long stored) {
        static final Noted NOTHING = new Noted(0, 1, 0);
    }

    private record Asked(Quota quota, Run run) {}

    private final Lie lie;
    private final StoredUse stored;
    /** Whether it keeps budgets. */
    private final boolean budgets;
    private final Map<Quota, Long> freed = new HashMap<>();
    private final Map<Asked, Noted> noted = new HashMap<>();
    private int grants;
    private final Map<Quota, Long> leased = new HashMap<>();
    private final Map<Asked, Long> questions = new HashMap<>();
    /** Units told besides those written down; below zero: written down and not told. Only lies make them. */
    private final Map<Asked, Long> untrue = new HashMap<>();
    private final Map<String, Long> settledUpTo = new HashMap<>();
    private final TreeMap<Quota, Map<Run, Long>> leases = new TreeMap<>(Quota.ORDER);

    public SimulatedLeaseTables(Lie lie, StoredUse stored) {
        this(lie, stored, false);
    }

    /** @param budgets true: the book of budgets, and not of quotas */
    public SimulatedLeaseTables(Lie lie, StoredUse stored, boolean budgets) {
        this.lie = lie;
        this.stored = stored;
        this.budgets = budgets;
    }

    /** As {@link Budgets#stored}. */
    public long stored(Quota budget) {
        long all = 0;
        for (Map.Entry<Asked, Noted> one : noted.entrySet()) {
            if (one.getKey().quota().equals(budget)) {
                Noted said = one.getValue();
                boolean passed = lie == Lie.TAKES_RECORDED_FOR_STORED || said.before() <= stored.nextSequence(one.getKey().run().nodeId());
                all += passed ? said.recorded() : said.stored();
            }
        }
        return all;
    }

    /** As {@link Budgets#free}. */
    public void free(Quota budget, long units) {
        leased.putIfAbsent(budget, 0L);
        freed.put(budget, units);
    }

    /** What of a budget counts against its limit: leased, less freed. */
    public long counted(Quota budget) {
        return leased(budget) - freed.getOrDefault(budget, 0L);
    }

    LeaseStore reachedBy(SimulatedProcess process, String nodeId, UUID runId) {
        return new Store(process, new Run(nodeId, runId));
    }

    /** Squares what all runs of a node leased, as {@link Quotas#settleEnded} does. */
    public void settleEnded(SimulatedProcess process, String nodeId, UUID anyRun, long nextSequence) throws SQLException {
        var _ = reachedBy(process, nodeId, anyRun).settleEarlierRuns(nextSequence);
    }

    /** Units of a quota leased by all runs of all nodes. */
    public long leased(Quota quota) {
        return leased.getOrDefault(quota, 0L);
    }

    /** Units of a quota leased by one run of a node. */
    public long leased(Quota quota, String nodeId, UUID runId) {
        return leases.getOrDefault(quota, Map.of()).getOrDefault(new Run(nodeId, runId), 0L);
    }

    /** Whether the units of every quota are the sum of its lease rows. */
    public boolean adds() {
        return leased.entrySet().stream().allMatch(one -> one.getValue()
                == leases.getOrDefault(one.getKey(), Map.of()).values().stream().mapToLong(Long::longValue).sum());
    }

    private final class Store implements LeaseStore {
        private final SimulatedProcess process;
        private final Run run;

        Store(SimulatedProcess process, Run run) {
            this.process = process;
            this.run = run;
        }

        private void reach() throws SQLException {
            process.cross();
            if (process.meets(Fault.DATABASE_AWAY)) {
                throw new SQLException("connection refused");
            }
        }

        private void answer() throws SQLException {
            if (process.meets(Fault.ANSWER_LOST)) {
                throw new SQLException("the connection was lost before the answer came");
            }
            process.cross();
        }

        @Override
        public List<@Nullable Grant> lease(List<Wish> wishes) throws SQLException {
            reach();
            if (wishes.stream().map(Wish::key).distinct().count() < wishes.size()) {
                throw new IllegalArgumentException("two wishes for one quota: " + wishes);
            }
            List<@Nullable Grant> grants = new ArrayList<>();
            wishes.forEach(wish -> grants.add(grant(wish)));
            try {
                answer();
            } catch (SQLException lost) {
                if (lie == Lie.HIDES_A_LOST_LEASE) {
                    hide(wishes, grants);
                }
                throw lost;
            }
            return grants;
        }

        private void hide(List<Wish> wishes, List<@Nullable Grant> grants) {
            for (int i = 0; i < wishes.size(); i++) {
                Grant grant = grants.get(i);
                if (grant != null) {
                    untrue.merge(new Asked(quota(wishes.get(i).key()), run), -grant.granted(), Long::sum);
                }
            }
        }

        /** Whether a question is heard, and not after a later one. */
        private boolean hears(Quota quota, long question) {
            Asked asked = new Asked(quota, run);
            if (questions.getOrDefault(asked, 0L) >= question) {
                return false;
            }
            questions.put(asked, question);
            return true;
        }

        private Held held(Quota quota) {
            return new Held(isReckoned(quota) ? net(quota) : 0, leases.getOrDefault(quota, Map.of()).getOrDefault(run, 0L)
                    + untrue.getOrDefault(new Asked(quota, run), 0L));
        }

        private boolean isReckoned(Quota quota) {
            return !budgets || freed.containsKey(quota);
        }

        /** What counts against the limit. */
        private long net(Quota quota) {
            return counted(quota);
        }

        private @Nullable Grant grant(Wish wish) {
            Quota quota = quota(wish.key());
            leased.putIfAbsent(quota, 0L);
            if (!hears(quota, wish.question())) {
                return null;
            }
            leased.merge(quota, wish.owed(), Long::sum);
            long before = net(quota);
            leases.computeIfAbsent(quota, none -> new HashMap<>()).merge(run, wish.owed(), Long::sum);
            boolean fits = wish.need() > 0 && isReckoned(quota) && (before + wish.need() <= wish.limit() || lie == Lie.GRANTS_ABOVE_THE_LIMIT);
            long granted = 0;
            if (fits) {
                granted = Math.max(wish.need(), Math.min(wish.block(), (wish.limit() - before) / wish.shrink()));
                grants++;
                if (lie == Lie.FORGETS_A_LEASE && grants % 20 == 0) {
                    untrue.merge(new Asked(quota, run), granted, Long::sum);
                    return new Grant(held(quota), granted);
                }
                leased.merge(quota, granted, Long::sum);
                leases.computeIfAbsent(quota, none -> new HashMap<>()).merge(run, granted, Long::sum);
            }
            return new Grant(held(quota), granted, isReckoned(quota));
        }

        private Quota quota(Key key) {
            return new Quota(key.subscriptionId(), key.period());
        }

        @Override
        public Map<Key, Long> leased(List<Key> keys) throws SQLException {
            reach();
            Map<Key, Long> known = new HashMap<>();
            for (Key key : keys) {
                if (leased.containsKey(quota(key)) && isReckoned(quota(key))) {
                    known.put(key, net(quota(key)));
                }
            }
            answer();
            return known;
        }

        @Override
        public Map<Key, Held> giveBack(Map<Key, Return> returns) throws SQLException {
            reach();
            for (Map.Entry<Key, Return> one : returns.entrySet()) {
                Long mine = leases.getOrDefault(quota(one.getKey()), Map.of()).get(run);
                if (mine == null || (lie == Lie.NONE && mine < one.getValue().units())) {
                    throw new SQLException("no lease of " + one.getValue() + " to give back: " + mine);
                }
            }
            Map<Key, Held> left = new HashMap<>();
            returns.forEach((key, one) -> {
                Quota quota = quota(key);
                if (hears(quota, one.question())) {
                    leases.getOrDefault(quota, Map.of()).merge(run, -one.units(), Long::sum);
                    leased.merge(quota, -one.units(), Long::sum);
                    left.put(key, new Held(net(quota), held(quota).byThisRun()));
                }
            });
            answer();
            return left;
        }

        @Override
        public Optional<Long> settleEarlierRuns(long firstSequence) throws SQLException {
            reach();
            if (stored.nextSequence(run.nodeId()) < firstSequence) {
                return Optional.empty();
            }
            if (budgets) {
                long free = settleBudgets(firstSequence);
                answer();
                return Optional.of(free);
            }
            long freed = 0;
            Set<Quota> used = stored.usedBetween(run.nodeId(), settledUpTo.getOrDefault(run.nodeId(), 1L), firstSequence);
            used.forEach(quota -> leases.computeIfAbsent(quota, none -> new HashMap<>()));
            for (Map.Entry<Quota, Map<Run, Long>> one : leases.entrySet()) {
                freed += settle(one.getKey(), one.getValue(), firstSequence, used.contains(one.getKey()));
            }
            settledUpTo.merge(run.nodeId(), firstSequence, Math::max);
            answer();
            return Optional.of(freed);
        }

        private long settleBudgets(long firstSequence) {
            long free = 0;
            for (Map.Entry<Quota, Map<Run, Long>> one : leases.entrySet()) {
                for (Map.Entry<Run, Long> lease : one.getValue().entrySet()) {
                    Asked asked = new Asked(one.getKey(), lease.getKey());
                    Noted said = noted.getOrDefault(asked, Noted.NOTHING);
                    if (lease.getKey().nodeId().equals(run.nodeId()) && !lease.getKey().runId().equals(run.runId())
                            && said.stored() != lease.getValue()) {
                        free += lease.getValue() - (said.before() <= firstSequence ? said.recorded() : said.stored());
                        noted.put(asked, new Noted(lease.getValue(), 1, lease.getValue()));
                    }
                }
            }
            return free;
        }

        @Override
        public Map<Key, Long> noteRecorded(Map<Key, Long> recorded, long before, boolean last) throws SQLException {
            reach();
            Map<Key, Long> all = new HashMap<>();
            recorded.forEach((key, units) -> {
                if (leases.getOrDefault(quota(key), Map.of()).containsKey(run)) {
                    Asked asked = new Asked(quota(key), run);
                    Noted said = noted.getOrDefault(asked, Noted.NOTHING);
                    boolean passed = said.before() <= stored.nextSequence(run.nodeId());
                    Noted now = new Noted(passed || last ? units : said.recorded(), passed || last ? before : said.before(),
                            passed ? said.recorded() : said.stored());
                    noted.put(asked, now);
                    all.put(key, now.stored());
                }
            });
            answer();
            return all;
        }

        private long settle(Quota quota, Map<Run, Long> runs, long firstSequence, boolean wasUsed) {
            List<Run> ended = runs.keySet().stream()
                    .filter(one -> one.nodeId().equals(run.nodeId()) && !one.runId().equals(run.runId()))
                    .toList();
            if (!wasUsed && ended.stream().allMatch(one -> one.runId().equals(SETTLED_RUN))) {
                return 0;
            }
            long total = 0;
            for (Run one : ended) {
                total += runs.getOrDefault(one, 0L);
                runs.remove(one);
            }
            long settled = lie == Lie.SETTLES_TO_NOTHING
                    ? 0
                    : stored.usedBefore(
                            run.nodeId(), quota.subscriptionId(), new BillingPeriod(quota.period()), firstSequence);
            runs.put(new Run(run.nodeId(), SETTLED_RUN), settled);
            leased.merge(quota, settled - total, Long::sum);
            return total - settled;
        }
    }
}
