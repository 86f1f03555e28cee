package cn.jingshu.products.transit;

import cn.jingshu.products.spi.Shortfall;
import cn.jingshu.products.transit.feed.FeedKind;
import cn.jingshu.products.transit.feed.FeedWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Whether what a world rests on is good enough now: its feeds by the quality of their last five minutes, its timetable by that of its
 * load. Of several feeds the worst counts: an answer that lacks one operator's vehicles is incomplete.
 */
final class Standing {
    /** Of a world nobody is measured by: the demonstration, a replay. */
    static final Standing GOOD = new Standing(List.of(), () -> false);

    private final List<FeedWatch> watches;
    private final BooleanSupplier timetable;

    /** @param timetable whether the timetable's load is below its threshold */
    Standing(List<FeedWatch> watches, BooleanSupplier timetable) {
        this.watches = List.copyOf(watches);
        this.timetable = timetable;
    }

    List<FeedWatch> watches() {
        return watches;
    }

    boolean degraded(FeedKind kind) {
        for (FeedWatch watch : watches) {
            if (watch.degraded(kind)) {
                return true;
            }
        }
        return false;
    }

    boolean timetableDegraded() {
        return timetable.getAsBoolean();
    }

    /** Whether what vehicles are said to do is. */
    boolean vehiclesDegraded() {
        return degraded(FeedKind.VEHICLE);
    }

    /** Whether anything an arrival is told from is. */
    boolean arrivalsDegraded() {
        return vehiclesDegraded() || degraded(FeedKind.TRIP_UPDATE) || timetableDegraded();
    }

    List<Shortfall> shortfalls() {
        List<Shortfall> shortfalls = new ArrayList<>();
        if (timetableDegraded()) {
            shortfalls.add(new Shortfall("时刻表的质量评分低于阈值,或已过有效期。", "The quality of the timetable is below its threshold, or it has run out."));
        }
        if (vehiclesDegraded()) {
            shortfalls.add(new Shortfall("车辆位置数据流近五分钟的质量评分低于阈值。",
                    "The quality of the vehicle positions of the last five minutes is below its threshold."));
        }
        if (degraded(FeedKind.TRIP_UPDATE)) {
            shortfalls.add(new Shortfall("行程更新数据流近五分钟的质量评分低于阈值。",
                    "The quality of the trip updates of the last five minutes is below its threshold."));
        }
        if (degraded(FeedKind.ALERT)) {
            shortfalls.add(new Shortfall("运营通知数据流近五分钟的质量评分低于阈值。",
                    "The quality of the service alerts of the last five minutes is below its threshold."));
        }
        return List.copyOf(shortfalls);
    }
}
