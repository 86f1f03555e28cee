package cn.jingshu.products.transit.gtfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GtfsImportTest {
    @TempDir
    Path folder;

    private Network read(GtfsZip zip) throws IOException {
        return GtfsImport.read(zip.write(folder));
    }

    private void assertRefused(GtfsZip zip, String... words) throws IOException {
        Path file = zip.write(folder);
        assertThatThrownBy(() -> GtfsImport.read(file)).isInstanceOf(GtfsException.class).hasMessageContainingAll(words);
    }

    private static List<TripRun> runs(Network network, String trip, String from, String to) {
        Trip found = network.findTrip(trip).orElseThrow();
        return network.runs(found, found.start(), Instant.parse(from), Instant.parse(to));
    }

    @Test
    void anArchiveIsReadWhole() throws IOException {
        Network network = read(new GtfsZip());
        assertThat(network.routes()).extracting(Route::shortName).containsExactly("1路");
        assertThat(network.stops()).extracting(Stop::name).containsExactly("甲", "乙", "丙");
        assertThat(network.tripsOfBlock("B1")).extracting(Trip::id).containsExactly("T1", "T2");
        assertThat(network.visitsAt("B")).hasSize(2);
        assertThat(runs(network, "T1", "2026-11-22T16:00:00Z", "2026-11-23T15:59:59Z"))
                .extracting(run -> run.moment(run.trip().start()))
                .containsExactly(Instant.parse("2026-11-23T00:00:00Z"));
    }

    @Test
    void byteOrderMarkQuotesAndSpacesAreTaken() throws IOException {
        Network network = read(new GtfsZip()
                .with(
                        "stops.txt",
                        """
                        \uFEFF"stop_id", stop_name ,stop_lat,stop_lon\r
                        A,"甲, ""东""门\r
                        口",31.00, 112.20\r
                        B,乙,31.00,112.21\r
                        \r
                        C,丙,31.00,112.22\r
                        """));
        assertThat(network.findStop("A").orElseThrow().name()).isEqualTo("甲, \"东\"门\r\n口");
    }

    @Test
    void timesAfterMidnightBelongToTheServiceDayBefore() throws IOException {
        Network network = read(new GtfsZip()
                .with(
                        "stop_times.txt",
                        """
                        trip_id,arrival_time,departure_time,stop_id,stop_sequence
                        T1,25:10:00,25:10:00,A,1
                        T1,25:20:00,25:20:00,C,2
                        """));
        List<TripRun> runs = runs(network, "T1", "2026-11-23T17:00:00Z", "2026-11-23T17:30:00Z");
        assertThat(runs).singleElement().satisfies(run -> {
            assertThat(run.date()).hasToString("2026-11-23");
            assertThat(run.moment(run.trip().start())).isEqualTo("2026-11-23T17:10:00Z");
        });
    }

    @Test
    void missingTimesLieInProportionBetweenTheirNeighbours() throws IOException {
        Network network = read(new GtfsZip()
                .with(
                        "stop_times.txt",
                        """
                        trip_id,arrival_time,departure_time,stop_id,stop_sequence
                        T1,8:00:00,8:00:00,A,1
                        T1,,,B,2
                        T1,8:10:00,8:10:00,C,3
                        """));
        assertThat(network.findTrip("T1").orElseThrow().calls().get(1).arrival()).isEqualTo(8 * 3600 + 300);
        assertThat(network.findTrip("T1").orElseThrow().calls().get(1).timepoint()).isFalse();
        assertThat(network.findTrip("T1").orElseThrow().calls().get(2).timepoint()).isTrue();
    }

    @Test
    void aTripWithFrequenciesRunsOncePerHeadway() throws IOException {
        Network network = read(new GtfsZip()
                .with("frequencies.txt", "trip_id,start_time,end_time,headway_secs\nT1,06:00:00,07:00:00,600\n"));
        assertThat(runs(network, "T1", "2026-11-22T16:00:00Z", "2026-11-23T15:59:59Z"))
                .hasSize(6)
                .extracting(run -> run.moment(run.trip().start()))
                .startsWith(Instant.parse("2026-11-22T22:00:00Z"), Instant.parse("2026-11-22T22:10:00Z"));
    }

    @Test
    void exceptionsAddAndRemoveDays() throws IOException {
        Network network = read(new GtfsZip()
                .with("calendar.txt", "service_id,monday,sunday,start_date,end_date\nD,1,0,20260101,20271231\n")
                .with("calendar_dates.txt", "service_id,date,exception_type\nD,20261123,2\nD,20261124,1\n"));
        assertThat(runs(network, "T1", "2026-11-22T16:00:00Z", "2026-11-23T15:00:00Z")).isEmpty();
        assertThat(runs(network, "T1", "2026-11-23T16:00:00Z", "2026-11-24T15:00:00Z")).hasSize(1);
        assertThat(runs(network, "T1", "2026-11-24T16:00:00Z", "2026-11-25T15:00:00Z")).isEmpty();
    }

    @Test
    void aDayWhoseClocksChangeCountsFromNoon() throws IOException {
        Network network = read(new GtfsZip()
                .with("agency.txt", "agency_timezone\nAmerica/New_York\n"));
        // Clocks went forward on 2026-03-08 in New York: 08:00 of the service day is still eight by the wall.
        assertThat(runs(network, "T1", "2026-03-08T05:00:00Z", "2026-03-09T03:00:00Z"))
                .extracting(run -> run.moment(run.trip().start()))
                .containsExactly(Instant.parse("2026-03-08T12:00:00Z"));
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        assertRefused(new GtfsZip().without("stops.txt").without("calendar.txt"), "lacks stops.txt, calendar.txt");
        assertRefused(new GtfsZip().with("stops.txt", "stop_id,stop_name\nA,甲\n"), "stops.txt lacks the columns stop_lat, stop_lon");
        assertRefused(new GtfsZip().with("agency.txt", "agency_timezone\nMoon/Base\n"), "agency.txt line 2", "Moon/Base");
        assertRefused(new GtfsZip().with("trips.txt", "route_id,service_id,trip_id\nR9,D,T1\n"), "trips.txt line 2", "R9");
        assertRefused(new GtfsZip().with("stops.txt", "stop_id,stop_lat,stop_lon\nA,31,512\n"), "stops.txt line 2", "no place on earth");
        assertRefused(
                new GtfsZip().with("stop_times.txt", "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nT1,8am,8am,A,1\n"),
                "stop_times.txt line 2", "8am");
        assertRefused(new GtfsZip().with("stop_times.txt", "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"), "holds no trip");
        assertRefused(new GtfsZip().with("stops.txt", "stop_id,stop_lat,stop_lon\n\"A,31,112\n"), "stops.txt cannot be read");
        assertThatThrownBy(() -> GtfsImport.read(folder.resolve("nothing.zip"))).hasMessageContaining("does not exist");
        Path text = Files.writeString(folder.resolve("text.zip"), "not a zip");
        assertThatThrownBy(() -> GtfsImport.read(text)).isInstanceOf(GtfsException.class).hasMessageContaining("not a zip");
    }

    @Test
    void oneImpossibleTripIsLeftOutAndMoreThanATenthAreRefused() throws IOException {
        StringBuilder trips = new StringBuilder("route_id,service_id,trip_id\n");
        StringBuilder times = new StringBuilder("trip_id,arrival_time,departure_time,stop_id,stop_sequence\n");
        for (int i = 0; i < 12; i++) {
            trips.append("R1,D,T").append(i).append('\n');
            times.append("T").append(i).append(i == 0 ? ",09:00:00,09:00:00,A,1\n" : ",08:00:00,08:00:00,A,1\n");
            times.append("T").append(i).append(",08:30:00,08:30:00,C,2\n");
        }
        Network network = read(new GtfsZip().with("trips.txt", trips.toString()).with("stop_times.txt", times.toString()));
        assertThat(network.tripCount()).isEqualTo(11);
        assertThat(network.findTrip("T0")).isEmpty();
        assertRefused(
                new GtfsZip()
                        .with("trips.txt", "route_id,service_id,trip_id\nR1,D,T0\nR1,D,T1\n")
                        .with("stop_times.txt", times.toString()),
                "1 impossible trips beside 1 possible", "times fall at stop_sequence 2");
    }

    @Test
    void aZipBombIsRefusedBeforeItFillsTheMemory() throws IOException {
        assertRefused(new GtfsZip().with("shapes.txt", "shape_id,shape_pt_sequence,shape_pt_lat,shape_pt_lon\n" + "0".repeat(30_000_000)), "shapes.txt has a line of more than");
        assertRefused(
                new GtfsZip().with("shapes.txt", "shape_id,shape_pt_sequence,shape_pt_lat,shape_pt_lon\n" + "S,1,31,112\n".repeat(3_000_000)),
                "shapes.txt unpacks to more than");
        Path many = new GtfsZip().write(folder);
        assertThatThrownBy(() -> GtfsImport.read(many, new ImportLimits(1_000_000, 2, 100)))
                .hasMessageContaining("more than 2 rows");
    }

    @Test
    void theBrokenArchiveIsRefusedWithWhatItLacks() {
        Path bad = SharedData.file("bus/bullrunner/badgtfs.zip");
        assertThatThrownBy(() -> GtfsImport.read(bad))
                .isInstanceOf(GtfsException.class)
                .hasMessage("The GTFS archive badgtfs.zip lacks agency.txt, stops.txt, routes.txt, trips.txt, "
                        + "stop_times.txt, calendar.txt (or calendar_dates.txt).");
    }

    @Test
    void everyRealArchiveIsRead() {
        assertSize("gtfs-spec-sample-feed-1.zip", 9, 11);
        assertSize("bullrunner/bullrunner-gtfs.zip", 125, 15);
        assertSize("bullrunner/bullrunner-gtfs-no-shapes.zip", 125, 15);
        assertSize("bullrunner/bullrunner-gtfs-timepoints-only-legacy-exact-times-1.zip", 125, 15);
        assertSize("wmata-S2/gtfs.zip", 124, 1_267);
        assertThat(GtfsImport.read(SharedData.file("bus/bullrunner/testagency.zip")).tripCount()).isPositive();
        assertThat(GtfsImport.read(SharedData.file("bus/bullrunner/testagency2.zip")).tripCount()).isPositive();
    }

    private static void assertSize(String archive, int stops, int trips) {
        Network network = GtfsImport.read(SharedData.file("bus/" + archive));
        assertThat(network.stops()).as(archive).hasSize(stops);
        assertThat(network.tripCount()).as(archive).isEqualTo(trips);
    }

    @Test
    void stopsLieInOrderAlongTheShapesOfWashington() {
        Network network = GtfsImport.read(SharedData.file("bus/wmata-S2/gtfs.zip"));
        assertThat(network.tripsOfRoute("S2").stream().mapToInt(trip -> trip.calls().size()).sum()).isEqualTo(65_276);
        for (Trip trip : network.tripsOfRoute("S2")) {
            for (int i = 0; i < trip.calls().size(); i++) {
                assertThat(trip.way().along(i)).isGreaterThanOrEqualTo(i == 0 ? 0 : trip.way().along(i - 1));
                assertThat(trip.way().path().at(trip.way().along(i)).metresTo(trip.calls().get(i).stop().position()))
                        .as("%s call %d", trip, i)
                        .isLessThan(150);
            }
        }
        Trip trip = network.findTrip("877611130").orElseThrow();
        assertThat(trip.plannedAt(trip.way().along(5))).isCloseTo(trip.calls().get(5).arrival(), within(30.0));
    }

    private Network until(String calendar, String dates, String lastTime) throws IOException {
        return GtfsImport.read(new GtfsZip().with("calendar.txt", "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n" + calendar)
                .with("calendar_dates.txt", "service_id,date,exception_type\n" + dates)
                .with("stop_times.txt", """
                        trip_id,arrival_time,departure_time,stop_id,stop_sequence
                        T1,08:00:00,08:00:00,A,1
                        T1,08:05:00,08:05:00,B,2
                        T2,08:15:00,08:15:00,C,1
                        T2,%s,%s,A,2
                        """.formatted(lastTime, lastTime)).write(folder));
    }

    @Test
    void aTimetableRunsOutAfterItsLastServiceDay() throws IOException {
        String weekdays = "D,1,1,1,1,1,0,0,20260101,20261206\n"; // until a Sunday, on which nothing runs
        Network plain = until(weekdays, "", "08:25:00");
        assertThat(plain.hasRunOut(Instant.parse("2026-12-04T15:59:59Z"))).as("the Friday, in Shanghai").isFalse();
        assertThat(plain.hasRunOut(Instant.parse("2026-12-04T16:00:00Z"))).isTrue();
        assertThat(until(weekdays, "D,20261204,2\n", "08:25:00").hasRunOut(Instant.parse("2026-12-03T16:00:00Z"))).as("a day that is taken out").isTrue();
        Network longer = until(weekdays, "D,20261212,1\nD,20261213,1\nD,20261213,2\n", "08:25:00");
        assertThat(longer.hasRunOut(Instant.parse("2026-12-12T15:59:59Z"))).as("a day that is put in").isFalse();
        assertThat(longer.hasRunOut(Instant.parse("2026-12-12T16:00:00Z"))).isTrue();
        Network night = until(weekdays, "", "25:10:00");
        assertThat(night.hasRunOut(Instant.parse("2026-12-04T17:09:59Z"))).as("its last trip is on the road").isFalse();
        assertThat(night.hasRunOut(Instant.parse("2026-12-04T17:10:00Z"))).isTrue();
        assertThat(until("X,1,1,1,1,1,1,1,20260101,20991231\nD,0,0,0,0,0,0,0,20260101,20991231\n", "", "08:25:00").hasRunOut(Instant.parse("2026-01-02T00:00:00Z")))
                .as("no trip ever runs").isTrue();
        assertThat(Network.unknown().hasRunOut(Instant.parse("2099-01-01T00:00:00Z"))).as("nothing is planned").isFalse();
    }
}
