package cn.jingshu.products.domain.load;

import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Type;
import cn.jingshu.products.domain.quality.Dimension;
import cn.jingshu.products.domain.quality.QualityRule;
import cn.jingshu.products.domain.quality.QualityRules;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A GTFS Schedule archive as a set of tables: its files are loaded together or not at all. The files the specification requires have to be
 * there; optional ones are loaded where they are; others are left out.
 *
 * @see "General Transit Feed Specification, Schedule reference: files, fields, presence"
 */
public final class GtfsZip {
    private static final long MOST_BYTES = 4L << 30;
    private static final int MOST_RATIO = 200;

    /** The tables of a feed by the names of their files, required ones first. */
    private static final Map<String, ResourceTable> TABLES = tables();

    /** Optional by the specification, or optional beside another: a feed may come without them, or with nothing in them. */
    private static final Set<String> MAY_BE_EMPTY = Set.of("calendar.txt", "calendar_dates.txt", "shapes.txt");

    private static final String TIME = "\\d{1,3}:[0-5]\\d:[0-5]\\d";
    private static final Map<String, QualityRules> RULES = rules();

    private GtfsZip() {}

    /**
     * What the tables of a feed are held against unless somebody declares other rules: the references and ranges of the specification, and
     * that the timetable is not over. Time weighs three times: a whole and sound timetable that has run out is of no use.
     */
    private static Map<String, QualityRules> rules() {
        QualityRule accepted = new QualityRule.Accepted();
        QualityRule loads = new QualityRule.LoadsSucceed(10);
        Map<String, QualityRules> rules = new LinkedHashMap<>();
        rules.put("gtfs_agency", usual(accepted, new QualityRule.Matches("agency_url", "https?://.+"), loads));
        rules.put("gtfs_stop", usual(accepted, new QualityRule.Filled("stop_name", 0.98), new QualityRule.Filled("stop_lat", 0.98),
                new QualityRule.Filled("stop_lon", 0.98), between("stop_lat", -90, 90), between("stop_lon", -180, 180),
                new QualityRule.Unique(List.of("stop_id")), new QualityRule.Refers("parent_station", "gtfs_stop", "stop_id"), loads));
        rules.put("gtfs_route", usual(accepted, between("route_type", 0, 1_799), new QualityRule.Unique(List.of("route_id")), loads));
        rules.put("gtfs_trip", usual(accepted, new QualityRule.Filled("service_id", 1), between("direction_id", 0, 1),
                new QualityRule.Unique(List.of("trip_id")), new QualityRule.Refers("route_id", "gtfs_route", "route_id"), loads));
        rules.put("gtfs_stop_time", usual(accepted, new QualityRule.Filled("stop_id", 0.98), new QualityRule.Filled("arrival_time", 0.05),
                new QualityRule.Matches("arrival_time", TIME), new QualityRule.Matches("departure_time", TIME),
                new QualityRule.Unique(List.of("trip_id", "stop_sequence")), new QualityRule.Refers("trip_id", "gtfs_trip", "trip_id"),
                new QualityRule.Refers("stop_id", "gtfs_stop", "stop_id"), loads));
        rules.put("gtfs_calendar", new QualityRules(List.of(accepted, new QualityRule.Unique(List.of("service_id")),
                new QualityRule.InOrder("start_date", "end_date"), new QualityRule.Recent("end_date", Duration.ofDays(1)), loads),
                Map.of(Dimension.TIMELINESS, 3.0), QualityRules.USUAL_THRESHOLD, null));
        rules.put("gtfs_calendar_date", usual(accepted, between("exception_type", 1, 2),
                new QualityRule.Unique(List.of("service_id", "date")), loads));
        rules.put("gtfs_shape_point", usual(accepted, between("shape_pt_lat", -90, 90), between("shape_pt_lon", -180, 180),
                new QualityRule.Unique(List.of("shape_id", "shape_pt_sequence")), loads));
        return rules;
    }

    private static QualityRules usual(QualityRule... rules) {
        return new QualityRules(List.of(rules), Map.of(), QualityRules.USUAL_THRESHOLD, null);
    }

    private static QualityRule between(String column, int least, int most) {
        return new QualityRule.Between(column, BigDecimal.valueOf(least), BigDecimal.valueOf(most));
    }

    /** The rules that come with a table of a feed; empty: it is none. */
    static Optional<QualityRules> rules(ResourceTable table) {
        return Optional.ofNullable(RULES.get(table.name()));
    }

    private static Map<String, ResourceTable> tables() {
        Map<String, ResourceTable> tables = new LinkedHashMap<>();
        tables.put("agency.txt", table("gtfs_agency", "A2.8.1", List.of("agency_name"), text("agency_id", "机构编号", "id of the agency").optional(),
                text("agency_name", "机构名称", "name of the agency"), text("agency_url", "机构网址", "its web address"),
                text("agency_timezone", "时区", "its time zone")));
        tables.put("stops.txt", table("gtfs_stop", "A2.8.2", List.of("stop_id"), text("stop_id", "站点编号", "id of the stop"),
                text("stop_name", "站点名称", "name of the stop").optional(), of("stop_lat", Type.DECIMAL, "纬度", "latitude, deg WGS 84").optional(),
                of("stop_lon", Type.DECIMAL, "经度", "longitude, deg WGS 84").optional(), text("parent_station", "所属车站", "id of its station").optional(),
                of("location_type", Type.INTEGER, "站点类型", "kind of place, 0 to 4").optional()));
        tables.put("routes.txt", table("gtfs_route", "A2.8.1", List.of("route_id"), text("route_id", "线路编号", "id of the route"),
                text("agency_id", "机构编号", "id of its agency").optional(), text("route_short_name", "线路简称", "short name").optional(),
                text("route_long_name", "线路全称", "long name").optional(), of("route_type", Type.INTEGER, "线路类型", "kind of vehicle")));
        tables.put("trips.txt", table("gtfs_trip", "A2.8.3", List.of("trip_id"), text("trip_id", "班次编号", "id of the trip"),
                text("route_id", "线路编号", "id of its route"), text("service_id", "运行日历编号", "id of its days"),
                text("trip_headsign", "终点显示", "what its sign says").optional(), of("direction_id", Type.INTEGER, "方向", "direction, 0 or 1").optional(),
                text("shape_id", "线形编号", "id of its shape").optional()));
        tables.put("stop_times.txt", table("gtfs_stop_time", "A2.8.6", List.of("trip_id", "stop_sequence"), text("trip_id", "班次编号", "id of the trip"),
                of("stop_sequence", Type.INTEGER, "站序", "place in the trip"), text("stop_id", "站点编号", "id of the stop").optional(),
                text("arrival_time", "到站时间", "arrival, H:MM:SS of the service day, may exceed 24").optional(),
                text("departure_time", "离站时间", "departure, H:MM:SS of the service day, may exceed 24").optional()));
        tables.put("calendar.txt", table("gtfs_calendar", "A2.8.1", List.of("service_id"), text("service_id", "运行日历编号", "id of the days"),
                of("monday", Type.BOOLEAN, "周一", "runs on Mondays"), of("tuesday", Type.BOOLEAN, "周二", "runs on Tuesdays"),
                of("wednesday", Type.BOOLEAN, "周三", "runs on Wednesdays"), of("thursday", Type.BOOLEAN, "周四", "runs on Thursdays"),
                of("friday", Type.BOOLEAN, "周五", "runs on Fridays"), of("saturday", Type.BOOLEAN, "周六", "runs on Saturdays"),
                of("sunday", Type.BOOLEAN, "周日", "runs on Sundays"), of("start_date", Type.DATE, "开始日期", "first day"),
                of("end_date", Type.DATE, "结束日期", "last day")));
        tables.put("calendar_dates.txt", table("gtfs_calendar_date", "A2.8.1", List.of("service_id", "date"),
                text("service_id", "运行日历编号", "id of the days"), of("date", Type.DATE, "日期", "day"),
                of("exception_type", Type.INTEGER, "例外类型", "1 runs, 2 does not run")));
        tables.put("shapes.txt", table("gtfs_shape_point", "A2.8.1", List.of("shape_id", "shape_pt_sequence"), text("shape_id", "线形编号", "id of the shape"),
                of("shape_pt_sequence", Type.INTEGER, "点序", "place in the shape"), of("shape_pt_lat", Type.DECIMAL, "纬度", "latitude, deg WGS 84"),
                of("shape_pt_lon", Type.DECIMAL, "经度", "longitude, deg WGS 84")));
        return tables;
    }

    private static ResourceTable table(String name, String resource, List<String> key, Column... columns) {
        return new ResourceTable(name, resource, List.of(columns), key, List.of());
    }

    private static Column text(String name, String zh, String en) {
        return Column.of(name, Type.TEXT, zh, en);
    }

    private static Column of(String name, Type type, String zh, String en) {
        return Column.of(name, type, zh, en);
    }

    /** All tables an archive may fill. */
    public static List<ResourceTable> allTables() {
        return List.copyOf(TABLES.values());
    }

    /** What of an archive is to be loaded where none was before; as {@link #parts(SourceFile, Predicate)}. */
    public static List<LoadRequest.Part> parts(SourceFile archive) throws IOException {
        return parts(archive, _ -> false);
    }

    /**
     * What of an archive is to be loaded. A file it has no more empties its table: nothing of an older timetable may stay beside the new one.
     *
     * @param loadedBefore whether rows of a table come from an archive before
     * @throws UnfitSourceException if a required file is not there, or the archive is none we open
     */
    public static List<LoadRequest.Part> parts(SourceFile archive, Predicate<ResourceTable> loadedBefore) throws IOException {
        List<String> there;
        try (SafeZip zip = open(archive)) {
            there = zip.names();
        }
        List<String> missing = new ArrayList<>(List.of("agency.txt", "routes.txt", "trips.txt", "stop_times.txt", "stops.txt"));
        missing.removeAll(there);
        if (!there.contains("calendar.txt") && !there.contains("calendar_dates.txt")) {
            missing.add("calendar.txt / calendar_dates.txt");
        }
        if (!missing.isEmpty()) {
            throw new UnfitSourceException("GTFS 压缩包 " + archive.name() + " 缺少必需文件:" + String.join("、", missing) + "。",
                    "The GTFS archive " + archive.name() + " lacks " + String.join(", ", missing) + ".");
        }
        List<LoadRequest.Part> parts = new ArrayList<>();
        TABLES.forEach((file, table) -> {
            if (there.contains(file)) {
                parts.add(new LoadRequest.Part(table, opening(archive, file), MAY_BE_EMPTY.contains(file)));
            } else if (loadedBefore.test(table)) {
                parts.add(new LoadRequest.Part(table, absent(archive, file, table), true));
            }
        });
        return List.copyOf(parts);
    }

    private static SafeZip open(SourceFile archive) throws IOException {
        return new SafeZip(archive.path(), archive.name(), MOST_BYTES, MOST_RATIO);
    }

    private static RecordSource.Opening opening(SourceFile archive, String file) {
        return new RecordSource.Opening() {
            @Override
            public String description() {
                return "file " + archive.name() + "/" + file + " (GTFS, UTF-8)";
            }

            @Override
            public String digest() {
                return archive.sha256();
            }

            @Override
            public RecordSource from(String position) throws IOException {
                SafeZip zip = open(archive);
                boolean done = false;
                try {
                    InputStream in = zip.open(file).orElseThrow(() -> new UnfitSourceException("压缩包 " + archive.name() + " 已无 " + file + "。",
                            "The archive " + archive.name() + " has no " + file + " any more."));
                    RecordSource source = CsvSource.opened(in, TextEncoding.UTF_8, archive.name() + "/" + file, ',',
                            -1, CsvSource.skip(position));
                    done = true;
                    return new Unpacked(source, zip);
                } finally {
                    if (!done) {
                        zip.close();
                    }
                }
            }
        };
    }

    private static RecordSource.Opening absent(SourceFile archive, String file, ResourceTable table) {
        return new RecordSource.Opening() {
            @Override
            public String description() {
                return "file " + archive.name() + "/" + file + " (GTFS, not in the archive)";
            }

            @Override
            public String digest() {
                return archive.sha256();
            }

            @Override
            public RecordSource from(String position) {
                return new Absent(table.columns().stream().map(Column::name).toList());
            }
        };
    }

    /** A file the archive does without: no record, and nothing to say of columns. */
    private record Absent(List<String> columns) implements RecordSource {
        @Override
        public @Nullable SourceRecord next() {
            return null;
        }

        @Override
        public long bytesRead() {
            return 0;
        }

        @Override
        public long bytesTotal() {
            return 0;
        }

        @Override
        public String position() {
            return "";
        }

        @Override
        public void close() {}
    }

    /** Whether a file looks like an archive of tables rather than like one table. */
    public static boolean isArchive(SourceFile file) throws IOException {
        try (InputStream in = Files.newInputStream(file.path())) {
            byte[] head = in.readNBytes(4);
            return head.length == 4 && head[0] == 'P' && head[1] == 'K' && head[2] == 3 && head[3] == 4;
        }
    }

    private record Unpacked(RecordSource source, SafeZip zip) implements RecordSource {
        @Override
        public List<String> columns() {
            return source.columns();
        }

        @Override
        public @Nullable SourceRecord next() throws IOException {
            return source.next();
        }

        @Override
        public long bytesRead() {
            return source.bytesRead();
        }

        @Override
        public long bytesTotal() {
            return source.bytesTotal();
        }

        @Override
        public String position() {
            return source.position();
        }

        @Override
        public void close() throws IOException {
            source.close();
            zip.close();
        }
    }
}
