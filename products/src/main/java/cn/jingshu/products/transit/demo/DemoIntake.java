package cn.jingshu.products.transit.demo;

import cn.jingshu.products.transit.feed.FeedContent;
import cn.jingshu.products.transit.feed.FeedCounts;
import cn.jingshu.products.transit.feed.FeedReadings;
import cn.jingshu.products.transit.feed.Intake;
import cn.jingshu.products.transit.feed.ServiceAlert;
import cn.jingshu.products.transit.gtfs.Network;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings in the demonstration's vehicles as a feed would. The first step also tells of the quarter of an hour before, so
 * that tracks and predictions are there from the start.
 */
public final class DemoIntake implements Intake {
    /** What answers call the demonstration's data. */
    public static final String SOURCE = "Jingmen demonstration network (synthetic) / 荆门演示网络(合成数据)";

    /** The same at any time, so that examples in documents hold. */
    private static final ServiceAlert NOTICE = new ServiceAlert("JMA1", List.of(),
            List.of(new ServiceAlert.Informed("", "JM1", null, null, "", "")), "CONSTRUCTION", "DETOUR", "WARNING",
            List.of(new ServiceAlert.Text("zh-CN", "1路临时改道(演示)"), new ServiceAlert.Text("en", "Line 1 takes a detour (demonstration)")),
            List.of(new ServiceAlert.Text("zh-CN", "因道路施工,1路临时改道,停靠站台不变。此为合成数据。"),
                    new ServiceAlert.Text("en", "Because of road works line 1 takes a detour; it calls at the same stops. Synthetic data.")),
            List.of(), null);

    private static final Duration BEFORE = Duration.ofMinutes(15);
    private static final long STEP_MILLIS = 2_000;

    private final DemoNetwork demo = new DemoNetwork();
    private final Clock clock;
    private @Nullable FeedReadings readings;
    private @Nullable Consumer<FeedContent> sink;

    public DemoIntake(Clock clock) {
        this.clock = clock;
    }

    /** The made-up timetable. */
    public Network network() {
        return demo.network();
    }

    /** Gives the first data to {@code sink}, and all others with each step. */
    public void begin(FeedCounts counts, Consumer<FeedContent> sink) {
        this.readings = counts.feed();
        this.sink = sink;
        Instant now = clock.instant();
        for (Instant at = now.minus(BEFORE); at.isBefore(now); at = at.plusSeconds(DemoVehicle.REPORT_EVERY)) {
            sink.accept(at(at));
        }
        step();
    }

    @Override
    public long step() {
        if (sink == null || readings == null) {
            throw new IllegalStateException("the demonstration has not begun");
        }
        FeedContent content = at(clock.instant());
        // Vehicles report every ten seconds, so most steps bring a few new reports among many known ones.
        sink.accept(content);
        readings.succeeded(content.timestamp());
        return STEP_MILLIS;
    }

    private FeedContent at(Instant now) {
        return new FeedContent(
                now,
                true,
                demo.vehicles().stream().map(vehicle -> vehicle.observe(now)).toList(),
                List.of(),
                List.of(NOTICE),
                0,
                0,
                0,
                FeedContent.LeftOut.NOTHING);
    }
}
