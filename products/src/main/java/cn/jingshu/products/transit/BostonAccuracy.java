package cn.jingshu.products.transit;

import cn.jingshu.products.transit.predict.ArrivalPredictor;
import cn.jingshu.products.transit.predict.Estimate;
import cn.jingshu.products.transit.predict.Leg;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Measures the product's predictor on true arrivals: Boston buses at time points, Sunday 2024-08-11.
 *
 * <p>A pair is two consecutive time points of one vehicle on one revenue trip. At the departure from the first the
 * predictor is asked for the delay on arrival at the second. It may know only what had happened by then: events are
 * played in order of time, a leg is learned at the moment its vehicle arrives, and of what falls on one second the
 * predictions come before the arrivals. The first predictions of the day are made with nothing learned, and count.
 *
 * <p>Run: {@code java -cp … cn.jingshu.products.transit.BostonAccuracy stop_crossing_20240811_even_routes.csv}
 */
public final class BostonAccuracy {
    /** Midnight of the service day in Boston; only differences from it are used. */
    private static final Instant MIDNIGHT = Instant.parse("2024-08-11T04:00:00Z");

    private BostonAccuracy() {}

    /**
     * How good a way of predicting is.
     *
     * @param meanError mean absolute error in seconds
     * @param medianError median absolute error in seconds
     * @param within120 share of predictions at most 120 s off, 0 to 1
     */
    public record Accuracy(double meanError, double medianError, double within120) {
        private static Accuracy of(double[] errors) {
            double[] sorted = errors.clone();
            Arrays.sort(sorted);
            return new Accuracy(
                    Arrays.stream(sorted).average().orElse(Double.NaN),
                    sorted[sorted.length / 2],
                    (double) Arrays.stream(sorted).filter(error -> error <= 120).count() / sorted.length);
        }

        private String line(String name) {
            return String.format(
                    Locale.ROOT,
                    "%-24s MAE %6.1f s   median %5.1f s   within 120 s %5.1f %%",
                    name,
                    meanError,
                    medianError,
                    within120 * 100);
        }
    }

    /**
     * What the day's pairs show.
     *
     * @param pairs how many there are
     * @param schedule taking every bus to be on time
     * @param carried taking the last delay to stay as it is
     * @param predicted the product's predictor
     * @param meanConfidence mean of the probability it gave to be within 120 s, 0 to 1
     */
    public record Report(int pairs, Accuracy schedule, Accuracy carried, Accuracy predicted, double meanConfidence) {}

    private record Crossing(String routeId, String pointId, int sequence, int scheduled, double arrival, double departure) {}

    private record VehicleTrip(String vehicleId, String tripId) {}

    private record Pair(Crossing from, Crossing to) {
        Leg leg() {
            return new Leg(from.routeId, from.pointId, to.pointId, to.scheduled - from.scheduled);
        }

        double departureDelay() {
            return from.departure - from.scheduled;
        }

        double arrivalDelay() {
            return to.arrival - to.scheduled;
        }

        /** When the pair is over; two rows tell of an arrival before the departure, which must not teach beforehand. */
        double doneAt() {
            return Math.max(to.arrival, from.departure);
        }
    }

    /** Prints the report on the file named. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            System.err.println("usage: BostonAccuracy stop_crossing_20240811_even_routes.csv");
            System.exit(2);
        }
        Report report = measure(Path.of(arguments[0]));
        System.out.println(report.pairs + " pairs of consecutive time points");
        System.out.println(report.schedule.line("schedule only"));
        System.out.println(report.carried.line("last delay carried on"));
        System.out.println(report.predicted.line("predictor"));
        System.out.printf(Locale.ROOT, "its own confidence       within 120 s %5.1f %%%n", report.meanConfidence * 100);
    }

    /** Plays the day in the file to a new predictor. */
    public static Report measure(Path file) throws IOException {
        List<Pair> pairs = pairs(file);
        double[] predicted = new double[pairs.size()];
        double confidence = 0;
        ArrivalPredictor predictor = new ArrivalPredictor();
        List<Pair> byDeparture = new ArrayList<>(pairs);
        byDeparture.sort(Comparator.comparingDouble(pair -> pair.from.departure));
        PriorityQueue<Pair> under = new PriorityQueue<>(Comparator.comparingDouble(Pair::doneAt));
        under.addAll(pairs);
        for (int i = 0; i < predicted.length; i++) {
            Pair pair = byDeparture.get(i);
            for (Pair done = under.peek(); done != null && done.doneAt() < pair.from.departure; done = under.peek()) {
                predictor.learn(done.leg(), done.departureDelay(), done.arrivalDelay(), moment(done.doneAt()));
                under.remove();
            }
            Estimate estimate = predictor.arrivalDelay(pair.leg(), pair.departureDelay(), moment(pair.from.departure));
            predicted[i] = Math.abs(estimate.seconds() - pair.arrivalDelay());
            confidence += estimate.confidence();
        }
        return new Report(
                pairs.size(),
                Accuracy.of(pairs.stream().mapToDouble(pair -> Math.abs(pair.arrivalDelay())).toArray()),
                Accuracy.of(pairs.stream()
                        .mapToDouble(pair -> Math.abs(pair.arrivalDelay() - pair.departureDelay()))
                        .toArray()),
                Accuracy.of(predicted),
                confidence / pairs.size());
    }

    private static Instant moment(double secondsAfterMidnight) {
        return MIDNIGHT.plusMillis(Math.round(secondsAfterMidnight * 1000));
    }

    private static List<Pair> pairs(Path file) throws IOException {
        Map<VehicleTrip, List<Crossing>> trips = new HashMap<>();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8);
                CSVParser rows = CSVFormat.RFC4180
                        .builder()
                        .setHeader()
                        .setSkipHeaderRecord(true)
                        .get()
                        .parse(reader)) {
            for (CSVRecord row : rows) {
                if (row.get("IsRevenue").equals("R")) {
                    trips.computeIfAbsent(
                                    new VehicleTrip(row.get("VEHICLE_ID"), row.get("TRIP_ID")), _ -> new ArrayList<>())
                            .add(new Crossing(
                                    row.get("ROUTE_ID"),
                                    row.get("TIME_POINT_ID"),
                                    Integer.parseInt(row.get("PATTERN_GEO_NODE_SEQ")),
                                    Integer.parseInt(row.get("SCHEDULED_TIME")),
                                    Double.parseDouble(row.get("ACT_ARRIVAL_TIME")),
                                    Double.parseDouble(row.get("ACT_DEPARTURE_TIME"))));
                }
            }
        }
        List<Pair> pairs = new ArrayList<>();
        for (List<Crossing> crossings : trips.values()) {
            crossings.sort(Comparator.comparingInt(Crossing::sequence));
            for (int i = 1; i < crossings.size(); i++) {
                pairs.add(new Pair(crossings.get(i - 1), crossings.get(i)));
            }
        }
        return pairs;
    }
}
