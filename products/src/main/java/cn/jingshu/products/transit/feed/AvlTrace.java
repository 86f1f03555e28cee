package cn.jingshu.products.transit.feed;

import cn.jingshu.products.transit.geo.Position;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * A recorded trace of vehicles, in order of time.
 *
 * <p>Two layouts are read. With a header: {@code vehicleId,time,latitude,longitude} and, where they are there,
 * {@code heading,speed,assignmentId,assignmentType} ({@code BLOCK_ID}, {@code TRIP_ID} or {@code ROUTE_ID}); times are
 * local to the network or ISO-8601 moments. Without one: plate, latitude, longitude, stop index, arrived, seconds,
 * stops, line, milliseconds since 1970; the plate is not served, vehicles are numbered in order of appearance.
 */
public final class AvlTrace {
    private static final int MAX_ROWS = 2_000_000;
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final List<String> REQUIRED = List.of("vehicleid", "time", "latitude", "longitude");

    private final List<Observation> observations;
    private final int absurd;

    private AvlTrace(List<Observation> observations, int absurd) {
        this.observations = observations;
        this.absurd = absurd;
    }

    /**
     * Reads a trace.
     *
     * @param zone of times that name none
     * @throws FeedException when the file is missing, empty or not such a trace
     */
    public static AvlTrace read(Path file, ZoneId zone) {
        if (!Files.isRegularFile(file)) {
            throw new FeedException("The trace " + file + " does not exist.");
        }
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8);
                CSVParser rows = CSVFormat.RFC4180.parse(reader)) {
            return new TraceRows(String.valueOf(file.getFileName()), zone).read(rows);
        } catch (IOException | UncheckedIOException e) {
            throw new FeedException("The trace " + file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** The points, in order of time; never empty. */
    public List<Observation> observations() {
        return observations;
    }

    /** Rows left out because no vehicle can be where they say. */
    public int absurd() {
        return absurd;
    }

    /** The rows of a trace being read. */
    private static final class TraceRows {
        private final String name;
        private final ZoneId zone;
        private final List<Observation> observations = new ArrayList<>();
        private final Map<String, String> numbers = new HashMap<>();
        private int absurd;

        TraceRows(String name, ZoneId zone) {
            this.name = name;
            this.zone = zone;
        }

        AvlTrace read(CSVParser rows) {
            @Nullable List<String> header = null;
            for (CSVRecord row : rows) {
                if (row.getRecordNumber() > MAX_ROWS) {
                    throw new FeedException("The trace " + name + " has more than " + MAX_ROWS + " rows.");
                }
                if (row.getRecordNumber() == 1 && lower(row).contains("vehicleid")) {
                    header = lower(row);
                    requireColumns(header);
                } else if (row.size() > 1) {
                    add(row, header);
                }
            }
            if (observations.isEmpty()) {
                throw new FeedException("The trace " + name + " holds no position.");
            }
            observations.sort(Comparator.comparing(Observation::observedAt));
            return new AvlTrace(List.copyOf(observations), absurd);
        }

        private void requireColumns(List<String> header) {
            List<String> missing = REQUIRED.stream().filter(column -> !header.contains(column)).toList();
            if (!missing.isEmpty()) {
                throw new FeedException("The trace " + name + " lacks the columns " + String.join(", ", missing) + ".");
            }
        }

        private void add(CSVRecord row, @Nullable List<String> header) {
            try {
                @Nullable Observation observation = header == null ? plain(row) : headed(row, header);
                if (observation == null) {
                    absurd++;
                } else {
                    observations.add(observation);
                }
            } catch (NumberFormatException | DateTimeException | IndexOutOfBoundsException e) {
                throw new FeedException(
                        "The trace " + name + " line " + row.getRecordNumber() + " cannot be read: " + e.getMessage() + ".",
                        e);
            }
        }

        private @Nullable Observation plain(CSVRecord row) {
            double latitude = Double.parseDouble(row.get(1).strip());
            double longitude = Double.parseDouble(row.get(2).strip());
            String vehicle = numbers.computeIfAbsent(row.get(0).strip(), _ -> "V" + (numbers.size() + 1));
            Instant at = Instant.ofEpochMilli(Long.parseLong(row.get(8).strip()));
            return RealtimeReader.isPlausible(latitude, longitude)
                    ? observation(vehicle, new Position(latitude, longitude), null, null, at, row.get(7).strip(), "ROUTE_ID")
                    : null;
        }

        private @Nullable Observation headed(CSVRecord row, List<String> header) {
            double latitude = Double.parseDouble(cell(row, header, "latitude"));
            double longitude = Double.parseDouble(cell(row, header, "longitude"));
            if (!RealtimeReader.isPlausible(latitude, longitude)) {
                return null;
            }
            String heading = cell(row, header, "heading");
            String speed = cell(row, header, "speed");
            return observation(
                    cell(row, header, "vehicleid"),
                    new Position(latitude, longitude),
                    heading.isEmpty() ? null : RealtimeReader.bearing(Double.parseDouble(heading)),
                    speed.isEmpty() ? null : Double.valueOf(speed),
                    moment(cell(row, header, "time")),
                    cell(row, header, "assignmentid"),
                    cell(row, header, "assignmenttype"));
        }

        private static Observation observation(
                String vehicle,
                Position position,
                @Nullable Double bearing,
                @Nullable Double speed,
                Instant at,
                String assignment,
                String type) {
            @Nullable String given = assignment.isEmpty() ? null : assignment;
            return new Observation(
                    vehicle,
                    position,
                    bearing,
                    speed,
                    at,
                    type.equals("ROUTE_ID") ? given : null,
                    null,
                    type.equals("TRIP_ID") ? given : null,
                    null,
                    null,
                    type.equals("BLOCK_ID") ? given : null);
        }

        private Instant moment(String text) {
            return text.endsWith("Z") ? Instant.parse(text) : LocalDateTime.parse(text, LOCAL).atZone(zone).toInstant();
        }

        private static String cell(CSVRecord row, List<String> header, String column) {
            int index = header.indexOf(column);
            return index < 0 || index >= row.size() ? "" : row.get(index).strip();
        }

        private static List<String> lower(CSVRecord row) {
            return row.stream().map(cell -> cell.strip().toLowerCase(Locale.ROOT)).toList();
        }
    }
}
