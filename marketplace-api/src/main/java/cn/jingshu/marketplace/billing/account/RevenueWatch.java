package cn.jingshu.marketplace.billing.account;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.RevenueGauge;
import cn.jingshu.marketplace.billing.UnratedUsageException;
import cn.jingshu.marketplace.pricing.PermittedRevenue;
import cn.jingshu.marketplace.pricing.PermittedRevenues;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Rounds;
import cn.jingshu.metering.event.BillingPeriod;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells operator, data authority and price authority when a year's revenue reaches a threshold of its permitted revenue (最高准许收入), once for each year
 * and threshold. One node at a time looks, and none within an hour of another's look; the others take over what it found. A refund that lowers revenue again takes nothing back: it was reached.
 *
 * @see "发改价格〔2025〕65号: what is received beyond the 最高准许收入 is deducted when the next cycle's is set; the thresholds of 80, 90 and 100 % are the house's own"
 */
@Singleton
public final class RevenueWatch {
    private static final Logger LOG = LoggerFactory.getLogger(RevenueWatch.class);
    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final Duration EVERY = Duration.ofHours(1);
    private static final int PORTION_SCALE = 6;

    /** A node that dies while it looks keeps the others from looking for so long; a look takes seconds. */
    private static final String TAKE_TURN = """
            UPDATE market.revenue_look
               SET leased_until = now() + interval '10 minutes', turn = ?
             WHERE (leased_until IS NULL OR leased_until <= now()) AND (looked_at IS NULL OR looked_at <= now() - interval '55 minutes')
            """;
    private static final String END_TURN = """
            UPDATE market.revenue_look SET leased_until = NULL, looked_at = now(), year = ?, portion = ? WHERE turn = ?
            """;
    private static final String GIVE_TURN_BACK = "UPDATE market.revenue_look SET leased_until = NULL WHERE turn = ?";
    private static final String FOUND = "SELECT portion FROM market.revenue_look WHERE year = ? AND portion IS NOT NULL";

    private static final String WHO_IS_TOLD = """
            SELECT id
              FROM market.organisation
             WHERE kinds && ARRAY['OPERATOR', 'AUTHORITY', 'PRICE_AUTHORITY'] AND status = 'ACTIVE'
             ORDER BY id
            """;

    private final RevenueGauge gauge;
    private final PermittedRevenues permitted;
    private final Notifications notifications;
    private final Database database;
    private final Clock clock;
    private final Rounds rounds = new Rounds("revenue-watch", FIRST, EVERY, this::look);

    private volatile @Nullable BigDecimal portion;

    RevenueWatch(RevenueGauge gauge, PermittedRevenues permitted, Notifications notifications, Database database, Clock clock) {
        this.gauge = gauge;
        this.permitted = permitted;
        this.notifications = notifications;
        this.database = database;
        this.clock = clock;
    }

    /** Looks every hour from now on; to be called once. */
    public void start() {
        rounds.start();
    }

    private void look() {
        try {
            lookInTurn();
        } catch (UnratedUsageException unrated) {
            LOG.warn("the revenue of the year cannot be looked at now: {}", unrated.toString());
        }
    }

    /**
     * Looks if it is this node's turn, and takes over what another one found if not.
     *
     * @return whether it looked
     */
    boolean lookInTurn() {
        int year = BillingPeriod.of(clock.instant()).month().getYear();
        UUID turn = UUID.randomUUID();
        if (database.inTransaction(t -> t.change(TAKE_TURN, turn)) == 0) {
            portion = database.inTransaction(t -> t.find(FOUND, row -> row.decimal("portion"), year)).orElse(null);
            return false;
        }
        boolean looked = false;
        try {
            tell();
            looked = true;
        } finally {
            if (looked) {
                database.inTransaction(t -> t.change(END_TURN, year, portion, turn));
            } else {
                database.inTransaction(t -> t.change(GIVE_TURN_BACK, turn));
            }
        }
        return true;
    }

    /**
     * Tells of every threshold this year or the last one has reached.
     *
     * @return how many thresholds are reached, told of before or now
     */
    public int tell() {
        int year = BillingPeriod.of(clock.instant()).month().getYear();
        int reached = 0;
        for (int each : List.of(year - 1, year)) { // the last months of a year are billed in the next one
            PermittedRevenue highest = permitted.findSigned(each).orElse(null);
            if (highest == null) {
                portion = each == year ? null : portion;
                continue;
            }
            RevenueGauge.Year now = gauge.of(each);
            if (each == year) {
                portion = portion(now.revenue(), highest.highest());
            }
            for (RevenueGauge.Warning warning : now.warnings()) {
                if (warning.reachedIn() != null) {
                    reached++;
                    tell(each, warning.percent(), highest.highest());
                }
            }
        }
        return reached;
    }

    private void tell(int year, int percent, Money highest) {
        Notifications.Kind kind = Notifications.Kind.valueOf("REVENUE_" + percent);
        database.inTransaction(t -> {
            List<UUID> told = t.list(WHO_IS_TOLD, row -> row.uuid("id"));
            for (UUID organisation : told) {
                notifications.tell(t, organisation, kind, Integer.toString(year), highest, "");
            }
            return told.size();
        });
    }

    private static @Nullable BigDecimal portion(Money revenue, Money highest) {
        return highest.isZero() ? null
                : BigDecimal.valueOf(revenue.fen()).divide(BigDecimal.valueOf(highest.fen()), PORTION_SCALE, RoundingMode.HALF_UP);
    }

    /** Revenue of this year as a portion of the permitted one, as of the last look; -1: none is signed, or nobody has looked yet. */
    public double portionOfPermitted() {
        BigDecimal known = portion;
        return known == null ? -1 : known.doubleValue();
    }

    @PreDestroy
    void close() {
        rounds.close();
    }
}
