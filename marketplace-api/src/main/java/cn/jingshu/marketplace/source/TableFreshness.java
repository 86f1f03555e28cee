package cn.jingshu.marketplace.source;

import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.load.LoadFreshness;
import cn.jingshu.products.domain.load.LoadHistory;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How fresh tables are, and how long they stay so. Answers from a stale table say so and, by the products' contracts, cost nothing. */
@Singleton
public final class TableFreshness {
    /** How short and how long it may be set to. */
    public static final Duration LEAST = Duration.ofMinutes(1);
    public static final Duration MOST = Duration.ofDays(3_660);

    private final LoadHistory history;
    private final UpdateCycles cycles;
    private final JdbcDataDomain domain;
    private final Clock clock;

    TableFreshness(LoadHistory history, UpdateCycles cycles, JdbcDataDomain domain, Clock clock) {
        this.history = history;
        this.cycles = cycles;
        this.domain = domain;
        this.clock = clock;
    }

    /**
     * How a table stands.
     *
     * @param loaded null: nothing was loaded yet
     * @param stale what was loaded is older than it may be, or nothing was; made-up rows never are
     * @param freshFor how long it stays fresh; null: nothing says it
     * @param declared that was declared for this table; false: the update cycle says it
     * @param cycle what the update cycle allows; null: there is none
     */
    public record Standing(LoadFreshness.@Nullable Fresh loaded, boolean stale, @Nullable Duration freshFor, boolean declared,
            UpdateCycles.@Nullable FreshFor cycle) {}

    /** @throws DomainException if the domain's database is away */
    public Standing of(ResourceTable table) {
        LoadFreshness.Fresh loaded = history.freshness().find(table).orElse(null);
        Duration declared = history.statedRulesOf(table).freshFor();
        UpdateCycles.FreshFor cycle = cycles.freshFor(table.resource()).orElse(null);
        boolean stale = loaded == null || (loaded.staleFrom() != null && !clock.instant().isBefore(loaded.staleFrom()));
        return new Standing(loaded, stale, declared != null || cycle == null ? declared : cycle.whole(), declared != null, cycle);
    }

    /**
     * Whether somebody may declare that a table stays fresh so long: that it grows old sooner than the catalogue allows its provider says itself; that
     * it grows old later the bureau alone, for what is stale is not billed and the provider has a share in what is.
     *
     * @param freshFor null: by the update cycle
     */
    public boolean mayStay(ResourceTable table, @Nullable Duration freshFor, Person by) {
        return freshFor == null || by.roles().contains(Role.REGULATOR)
                || cycles.freshFor(table.resource()).map(cycle -> freshFor.compareTo(cycle.whole()) <= 0).orElse(true);
    }

    /**
     * Sets how long a table stays fresh, at once and for what is there; who may is asked before.
     *
     * @param freshFor {@link #LEAST} to {@link #MOST}; null: as long as the update cycle allows
     * @throws IllegalArgumentException if it is shorter or longer
     * @throws DomainException if the domain's database is away
     */
    public void set(ResourceTable table, @Nullable Duration freshFor, Person by) {
        if (freshFor != null && (freshFor.compareTo(LEAST) < 0 || freshFor.compareTo(MOST) > 0)) {
            throw new IllegalArgumentException("freshFor is from PT1M to P3660D");
        }
        history.freshness().set(table, freshFor, by.id().toString());
        domain.readNewestLoads();
    }
}
