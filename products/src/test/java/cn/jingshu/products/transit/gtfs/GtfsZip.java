package cn.jingshu.products.transit.gtfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A small GTFS archive written for a test; each table can be replaced or left out. */
public final class GtfsZip {
    private final Map<String, byte[]> tables = new LinkedHashMap<>();

    public GtfsZip() {
        with("agency.txt", "agency_id,agency_name,agency_url,agency_timezone\n1,演示公交,http://example.invalid,Asia/Shanghai\n");
        with("routes.txt", "route_id,route_short_name,route_long_name,route_type\nR1,1路,东 - 西,3\n");
        with("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\nA,甲,31.00,112.20\nB,乙,31.00,112.21\nC,丙,31.00,112.22\n");
        with("trips.txt", "route_id,service_id,trip_id,trip_headsign,direction_id,block_id\nR1,D,T1,丙,0,B1\nR1,D,T2,甲,1,B1\n");
        with(
                "stop_times.txt",
                """
                trip_id,arrival_time,departure_time,stop_id,stop_sequence,timepoint
                T1,08:00:00,08:00:00,A,1,1
                T1,08:05:00,08:05:00,B,2,0
                T1,08:10:00,08:10:00,C,3,1
                T2,08:15:00,08:15:00,C,1,1
                T2,08:20:00,08:20:00,B,2,0
                T2,08:25:00,08:25:00,A,3,1
                """);
        with(
                "calendar.txt",
                """
                service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
                D,1,1,1,1,1,1,1,20260101,20271231
                """);
    }

    public GtfsZip with(String table, String text) {
        tables.put(table, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    public GtfsZip without(String table) {
        tables.remove(table);
        return this;
    }

    public Path write(Path folder) throws IOException {
        Path file = folder.resolve("test-gtfs.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> table : tables.entrySet()) {
                zip.putNextEntry(new ZipEntry(table.getKey()));
                zip.write(table.getValue());
                zip.closeEntry();
            }
        }
        return file;
    }
}
