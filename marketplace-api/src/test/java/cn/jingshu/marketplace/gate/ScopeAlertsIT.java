package cn.jingshu.marketplace.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.scenario.Until;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.MarketBeans;
import cn.jingshu.marketplace.store.MarketDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ScopeAlertsIT {
    private static final Instant AT = Instant.parse("2026-11-23T04:20:00Z");

    private final DemoMarket market = new DemoMarket();

    @AutoClose
    private final MarketBeans beans = market.beans();

    private final ScopeAlerts alerts =
            new ScopeAlerts(market.database, beans.get(ScopeAlertRepository.class), market.clock, Duration.ofMillis(50));
    private final UUID organisation = DemoMarket.organisation("APP_STUDIO");
    private final UUID subscription = DemoMarket.subscription("APP_STUDIO", "transit-standard");

    private void raise(Refusal rule, Instant at) {
        alerts.raise(new Alarm.Breach(organisation, subscription, "echo", "Echo", rule, at));
    }

    @Test
    void breachesOfOneHourPartyAndRuleAreOneAlertThatCounts() {
        raise(Refusal.OVER_SCOPE, AT.plusSeconds(5));
        raise(Refusal.OVER_SCOPE, AT);
        alerts.write();
        raise(Refusal.OVER_SCOPE, AT.plusSeconds(9));
        raise(Refusal.WRONG_PURPOSE, AT);
        raise(Refusal.OVER_SCOPE, AT.plus(Duration.ofHours(1)));
        alerts.write();
        alerts.write();
        assertThat(alerts.listNewest(10)).hasSize(3);
        assertThat(alerts.listNewest(10)).anySatisfy(alert -> {
            assertThat(alert.rule()).isEqualTo("OVER_SCOPE");
            assertThat(alert.calls()).isEqualTo(3);
            assertThat(alert.firstAt()).isEqualTo(AT);
            assertThat(alert.lastAt()).isEqualTo(AT.plusSeconds(9));
            assertThat(alert.organisationId()).isEqualTo(organisation);
            assertThat(alert.status()).isEqualTo("OPEN");
        });
        assertThat(alerts.listNewest(1)).hasSize(1);
    }

    @Test
    void aDefectInOneWriteEndsNoneOfTheNext() throws Exception {
        AtomicInteger writes = new AtomicInteger();
        Database torn = market.database.beginningWith(_ -> {
            if (writes.getAndIncrement() == 0) {
                throw new IllegalStateException("on purpose");
            }
        });
        try (ScopeAlerts written = new ScopeAlerts(torn, beans.get(ScopeAlertRepository.class), market.clock, Duration.ofMillis(20))) {
            written.raise(new Alarm.Breach(organisation, subscription, "echo", "Echo", Refusal.OVER_SCOPE, AT));
            written.start();
            assertThat(Until.holds(Duration.ofSeconds(10), () -> alerts.listNewest(2), found -> !found.isEmpty()))
                    .singleElement().satisfies(alert -> assertThat(alert.calls()).isEqualTo(1));
            assertThat(writes.get()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void noBreachIsLostOrCountedTwiceHoweverManyComeAtOnce() throws Exception {
        List<Callable<Integer>> callers = new ArrayList<>();
        for (int caller = 0; caller < 4; caller++) {
            callers.add(() -> {
                for (int i = 0; i < 2_500; i++) {
                    raise(Refusal.OVER_SCOPE, AT);
                    if (i % 500 == 0) {
                        alerts.write();
                    }
                }
                return 2_500;
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (Future<Integer> done : threads.invokeAll(callers)) {
                done.get();
            }
        }
        alerts.write();
        assertThat(alerts.listNewest(10)).singleElement().satisfies(a -> assertThat(a.calls()).isEqualTo(10_000));
    }

    /** Ids grow as they are made: in their order the rows were written. */
    @Test
    void rowsAreLockedInOneOrderWhateverOrderTheyWereCountedIn() {
        List<String> kinds = new ArrayList<>();
        for (int kind = 100; kind < 500; kind++) {
            kinds.add("Kind" + kind);
        }
        List<String> mixed = new ArrayList<>(kinds);
        Collections.shuffle(mixed, new Random(7));
        mixed.forEach(kind -> alerts.raise(new Alarm.Breach(organisation, subscription, "echo", kind, Refusal.OVER_SCOPE, AT)));
        alerts.write();
        assertThat(alerts.listNewest(1_000).stream().sorted(Comparator.comparing(alert -> alert.id().toString())))
                .extracting(ScopeAlerts.ScopeAlert::operation).containsExactlyElementsOf(kinds);
    }

    @Test
    void whatTheDatabaseDoesNotTakeIsKeptAndWrittenLater() {
        MarketDatabase.execute(market.dataSource, "ALTER TABLE market.scope_alert RENAME TO scope_alert_away");
        raise(Refusal.OVER_SCOPE, AT);
        assertThatThrownBy(alerts::write).isInstanceOf(DatabaseException.class);
        raise(Refusal.OVER_SCOPE, AT);
        MarketDatabase.execute(market.dataSource, "ALTER TABLE market.scope_alert_away RENAME TO scope_alert");
        alerts.write();
        assertThat(alerts.listNewest(10)).singleElement().satisfies(a -> assertThat(a.calls()).isEqualTo(2));
    }

    @Test
    void theyAreWrittenBehindTheCallsAndOnClosing() {
        alerts.start();
        raise(Refusal.OVER_SCOPE, AT);
        Instant deadline = Instant.now().plusSeconds(10);
        while (alerts.listNewest(1).isEmpty()) {
            assertThat(Instant.now()).isBefore(deadline);
            LockSupport.parkNanos(1_000_000);
        }
        raise(Refusal.WRONG_PURPOSE, AT);
        alerts.close();
        assertThat(alerts.listNewest(10)).hasSize(2);
    }

    @Test
    void ofMoreKindsThanAreToldApartTheNumberIsKept() {
        for (int kind = 0; kind < ScopeAlerts.MOST_COUNTERS; kind++) {
            alerts.raise(new Alarm.Breach(organisation, subscription, "echo", "Operation" + kind, Refusal.OVER_SCOPE, AT));
        }
        alerts.raise(new Alarm.Breach(organisation, subscription, "echo", "OneMore", Refusal.OVER_SCOPE, AT));
        alerts.raise(new Alarm.Breach(organisation, subscription, "echo", "AndOne", Refusal.WRONG_PURPOSE, AT));
        alerts.raise(new Alarm.Breach(organisation, subscription, "echo", "Operation1", Refusal.OVER_SCOPE, AT));
        MarketDatabase.execute(market.dataSource, "ALTER TABLE market.scope_alert_undetailed RENAME TO away");
        assertThatThrownBy(alerts::write).isInstanceOf(DatabaseException.class);
        MarketDatabase.execute(market.dataSource, "ALTER TABLE market.away RENAME TO scope_alert_undetailed");
        alerts.write();
        assertThat(alerts.countUndetailed()).isEqualTo(2);
        assertThat(MarketDatabase.texts(market.dataSource, "SELECT sum(calls) FROM market.scope_alert"))
                .containsExactly(Integer.toString(ScopeAlerts.MOST_COUNTERS + 1));
        alerts.raise(new Alarm.Breach(organisation, subscription, "echo", "OneMore", Refusal.OVER_SCOPE, AT));
        alerts.write();
        assertThat(alerts.countUndetailed()).isEqualTo(2);
    }

    @Test
    void pagesFollowTheHoursAndADecisionIsTakenOnce() {
        for (int hour = 0; hour < 5; hour++) {
            raise(Refusal.OVER_SCOPE, AT.plus(Duration.ofHours(hour)));
            raise(Refusal.WRONG_PURPOSE, AT.plus(Duration.ofHours(hour)));
        }
        alerts.write();
        List<ScopeAlerts.Listed> all = new ArrayList<>();
        List<ScopeAlerts.Listed> page = alerts.list(null, null, 3);
        while (!page.isEmpty()) {
            all.addAll(page);
            page = alerts.list(page.getLast().hour(), page.getLast().alert().id(), 3);
        }
        assertThat(all).hasSize(10).extracting(ScopeAlerts.Listed::hour).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(all).extracting(listed -> listed.alert().id()).doesNotHaveDuplicates();
        UUID first = all.getFirst().alert().id();
        UUID bureau = DemoMarket.person("AUTHORITY");
        assertThat(alerts.decide(first, ScopeAlerts.Finding.VERIFIED, bureau, "seen")).isEqualTo(new Change.Done(false));
        assertThat(alerts.decide(first, ScopeAlerts.Finding.VERIFIED, bureau, "seen")).isEqualTo(new Change.Done(true));
        assertThat(alerts.decide(first, ScopeAlerts.Finding.DISMISSED, bureau, "seen"))
                .isEqualTo(new Change.Refused(Change.Fault.OVER));
        assertThat(alerts.decide(UUID.randomUUID(), ScopeAlerts.Finding.VERIFIED, bureau, "seen"))
                .isEqualTo(new Change.Refused(Change.Fault.UNKNOWN));
        assertThat(alerts.list(null, null, 1).getFirst().alert().status()).isEqualTo("VERIFIED");
    }
}
