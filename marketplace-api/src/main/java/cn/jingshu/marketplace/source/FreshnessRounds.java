package cn.jingshu.marketplace.source;

import cn.jingshu.marketplace.store.Rounds;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.load.LoadHistory;
import cn.jingshu.products.domain.load.LoadTables;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reckons anew, now and then and soon after a start, from when on tables are stale: a batch of the catalogue or a number of policy may have changed
 * their cycle, and
 * what was loaded before there was one has none yet. Every node does it; doing it again changes nothing.
 */
public final class FreshnessRounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FreshnessRounds.class);
    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration EVERY = Duration.ofHours(1);

    private final LoadHistory history;
    private final LoadTables tables;
    private final JdbcDataDomain domain;
    private final Rounds rounds = new Rounds("freshness", FIRST, EVERY, this::look);

    public FreshnessRounds(LoadHistory history, LoadTables tables, JdbcDataDomain domain) {
        this.history = history;
        this.tables = tables;
        this.domain = domain;
    }

    /** To be called once; the first round is a while after it, so that no start waits for it. */
    public void start() {
        rounds.start();
    }

    private void look() {
        try {
            round();
        } catch (DomainException away) {
            LOG.warn("how long tables are fresh is reckoned in the next round: {}", away.toString());
        }
    }

    /** One round, now. @throws DomainException if the database is away */
    public void round() {
        history.freshness().reckon(tables::find);
        domain.readNewestLoads();
    }

    @Override
    public void close() {
        rounds.close();
    }
}
