package cn.jingshu.products.transit.feed;

import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Type;
import cn.jingshu.products.domain.quality.Dimension;
import cn.jingshu.products.domain.quality.QualityRule;
import cn.jingshu.products.domain.quality.QualityRules;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a feed tells of. Each has a table by whose columns its quality is declared and measured; no row is ever kept of it: positions are
 * live data, what is kept is how the readings were.
 */
public enum FeedKind {
    VEHICLE(new ResourceTable("gtfs_rt_vehicle", "A2.8.4", List.of(
            text("vehicle_id", "车辆编号", "id of the vehicle"), text("route_id", "线路编号", "id of its route").optional(),
            text("trip_id", "班次编号", "id of its trip").optional(), of("latitude", Type.DECIMAL, "纬度", "latitude, deg WGS 84"),
            of("longitude", Type.DECIMAL, "经度", "longitude, deg WGS 84"), of("bearing", Type.DECIMAL, "方位角", "heading, deg").optional(),
            of("speed", Type.DECIMAL, "速度", "speed, m/s").optional(), of("observed_at", Type.TIMESTAMP, "定位时刻", "when the position was taken")),
            List.of("vehicle_id"), List.of())),
    TRIP_UPDATE(new ResourceTable("gtfs_rt_trip_update", "A2.8.6", List.of(
            text("trip_id", "班次编号", "id of the trip"), text("route_id", "线路编号", "id of its route").optional(),
            of("start_date", Type.DATE, "运行日", "service day").optional(), of("made_at", Type.TIMESTAMP, "发布时刻", "when it was made").optional(),
            of("stops", Type.INTEGER, "站点数", "stops it tells of")),
            List.of("trip_id"), List.of())),
    ALERT(new ResourceTable("gtfs_rt_alert", "A2.8.1", List.of(
            text("alert_id", "通知编号", "id of the alert"), text("cause", "原因", "cause"), text("effect", "影响", "effect"),
            text("header", "标题", "header").optional(), of("active_from", Type.TIMESTAMP, "开始", "since when it holds").optional(),
            of("active_until", Type.TIMESTAMP, "结束", "until when it holds").optional(),
            of("informed", Type.INTEGER, "涉及对象数", "how many it is about").optional()),
            List.of("alert_id"), List.of()));

    /** Time weighs three times: what is late is of no use however well formed it is. */
    private static final Map<Dimension, Double> WEIGHTS = Map.of(Dimension.TIMELINESS, 3.0);
    private static final Duration FORECASTS_FRESH = Duration.ofMinutes(5);
    private static final Duration ALERTS_FRESH = Duration.ofMinutes(30);
    private static final int READINGS = 10;

    @SuppressWarnings("ImmutableEnumChecker") // a record of unmodifiable lists of records
    private final ResourceTable table;

    FeedKind(ResourceTable table) {
        this.table = table;
    }

    private static Column text(String name, String zh, String en) {
        return Column.of(name, Type.TEXT, zh, en);
    }

    private static Column of(String name, Type type, String zh, String en) {
        return Column.of(name, type, zh, en);
    }

    public ResourceTable table() {
        return table;
    }

    /** The tables of all kinds. */
    public static List<ResourceTable> tables() {
        return Arrays.stream(values()).map(FeedKind::table).toList();
    }

    /** The kind whose table has that name; empty: none. */
    public static Optional<FeedKind> named(String table) {
        return Arrays.stream(values()).filter(kind -> kind.table.name().equals(table)).findFirst();
    }

    /**
     * What readings are held against unless somebody declares other rules.
     *
     * @param staleAfter age from which a position is stale
     */
    public QualityRules usualRules(Duration staleAfter) {
        QualityRule accepted = new QualityRule.Accepted();
        QualityRule readings = new QualityRule.LoadsSucceed(READINGS);
        List<QualityRule> rules = switch (this) {
            case VEHICLE -> List.of(accepted, new QualityRule.Filled("route_id", 0.8), new QualityRule.Unique(table.key()),
                    new QualityRule.Between("speed", BigDecimal.ZERO, BigDecimal.valueOf(40)),
                    new QualityRule.Refers("route_id", "gtfs_route", "route_id"), new QualityRule.Refers("trip_id", "gtfs_trip", "trip_id"),
                    new QualityRule.Recent("observed_at", staleAfter), readings);
            case TRIP_UPDATE -> List.of(accepted, new QualityRule.Filled("made_at", 0.8),
                    new QualityRule.Refers("route_id", "gtfs_route", "route_id"), new QualityRule.Refers("trip_id", "gtfs_trip", "trip_id"),
                    new QualityRule.Recent("made_at", FORECASTS_FRESH), readings);
            case ALERT -> List.of(accepted, new QualityRule.Filled("header", 1), new QualityRule.Filled("informed", 0.8),
                    new QualityRule.Unique(table.key()), new QualityRule.InOrder("active_from", "active_until"),
                    new QualityRule.OnSchedule(ALERTS_FRESH), readings);
        };
        return new QualityRules(rules, WEIGHTS, QualityRules.USUAL_THRESHOLD, null);
    }
}
