package cn.jingshu.products.transit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.SharedData;
import cn.jingshu.products.SteppingClock;
import cn.jingshu.products.contract.v1.ContractOptionsProto;
import cn.jingshu.products.contract.v1.MeterUnit;
import cn.jingshu.products.contract.v1.Sensitivity;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.StreamItem;
import cn.jingshu.products.transit.geo.Datum;
import cn.jingshu.products.transit.geo.Position;
import cn.jingshu.products.transit.gtfs.GtfsZip;
import cn.jingshu.products.transit.v1.ArrivalBasis;
import cn.jingshu.products.transit.v1.Coordinates;
import cn.jingshu.products.transit.v1.GetAlertsFeedRequest;
import cn.jingshu.products.transit.v1.GetFeedStatusRequest;
import cn.jingshu.products.transit.v1.GetFeedStatusResponse;
import cn.jingshu.products.transit.v1.GetTrackRequest;
import cn.jingshu.products.transit.v1.GetTrackResponse;
import cn.jingshu.products.transit.v1.GetTripUpdatesFeedRequest;
import cn.jingshu.products.transit.v1.GetVehiclePositionsFeedRequest;
import cn.jingshu.products.transit.v1.GetVehicleRequest;
import cn.jingshu.products.transit.v1.GetVehicleResponse;
import cn.jingshu.products.transit.v1.ListAlertsRequest;
import cn.jingshu.products.transit.v1.ListAlertsResponse;
import cn.jingshu.products.transit.v1.ListArrivalsRequest;
import cn.jingshu.products.transit.v1.ListArrivalsResponse;
import cn.jingshu.products.transit.v1.ListRoutesRequest;
import cn.jingshu.products.transit.v1.ListRoutesResponse;
import cn.jingshu.products.transit.v1.ListStopsRequest;
import cn.jingshu.products.transit.v1.ListStopsResponse;
import cn.jingshu.products.transit.v1.ListVehiclesRequest;
import cn.jingshu.products.transit.v1.ListVehiclesResponse;
import cn.jingshu.products.transit.v1.StreamVehiclesRequest;
import cn.jingshu.products.transit.v1.StreamVehiclesResponse;
import cn.jingshu.products.transit.v1.Vehicle;
import com.google.api.AnnotationsProto;
import com.google.api.HttpBody;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.transit.realtime.GtfsRealtime.FeedMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransitProductTest {
    private static final Instant NOW = Instant.parse("2026-11-23T02:00:00Z");

    @TempDir
    private Path folder;

    private final SteppingClock clock = new SteppingClock(NOW);
    private @Nullable TransitProduct open;

    private TransitProduct start(@Nullable String gtfs, @Nullable String feed, @Nullable String replay) {
        return start(new TransitSettings(gtfs, feed == null ? List.of() : List.of(feed), replay, 1, Duration.ofSeconds(1),
                Duration.ofSeconds(90)));
    }

    private TransitProduct start(TransitSettings settings) {
        TransitProduct product = TransitProduct.start(settings, clock);
        open = product;
        return product;
    }

    @AfterEach
    void close() {
        if (open != null) {
            open.close();
        }
    }

    @Test
    void theTestStopsOfTheSandboxEndAsDocumented() {
        TransitProduct product = start(null, null, null);
        ListArrivalsResponse approved = arrivalsAt(product, "test-approve");
        assertThat(approved.getStopId()).isEqualTo("JMS001");
        assertThat(approved.getDegraded()).isFalse();
        assertThat(approved.getArrivalsList()).isNotEmpty();
        ListArrivalsResponse referred = arrivalsAt(product, "test-refer");
        assertThat(referred.getDegraded()).isTrue();
        assertThat(referred.getUnbilled()).isTrue();
        assertThat(fault(product, "test-not-found", true)).isEqualTo(Answer.Fault.NOT_FOUND);
        assertThat(fault(product, "test-error", true)).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
        long before = System.nanoTime();
        assertThat(arrivalsAt(product, "test-slow").getStopId()).isEqualTo("JMS001");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(TestSubject.SLOW_MILLIS - 100));
        assertThat(fault(product, "test-error", false)).as("live there is no such stop").isEqualTo(Answer.Fault.NOT_FOUND);
    }

    private static ListArrivalsResponse arrivalsAt(TransitProduct product, String stop) {
        Answer<ListArrivalsResponse> answer = ask(product, "ListArrivals", ListArrivalsRequest.newBuilder().setStopId(stop).build(),
                ListArrivalsResponse.class, true);
        return ((Answer.Found<ListArrivalsResponse>) answer).message();
    }

    private static Answer.Fault fault(TransitProduct product, String stop, boolean sandbox) {
        return ((Answer.Refused<ListArrivalsResponse>) ask(product, "ListArrivals", ListArrivalsRequest.newBuilder().setStopId(stop).build(),
                ListArrivalsResponse.class, sandbox)).fault();
    }

    private static <A extends Message> Answer<A> ask(
            TransitProduct product, String method, Message request, Class<A> type, boolean sandbox) {
        for (Operation operation : product.operations()) {
            if (operation instanceof Operation.Unary<?, ?> unary && unary.method().equals(method)) {
                return answer(unary, request, type, sandbox);
            }
        }
        throw new AssertionError("no unary operation " + method);
    }

    // The operation's types are hidden behind its wildcard; the request is of the type its prototype has.
    @SuppressWarnings("unchecked")
    private static <Q extends Message, A extends Message> Answer<A> answer(
            Operation.Unary<?, ?> operation, Q request, Class<A> type, boolean sandbox) {
        assertThat(request.getDescriptorForType()).isEqualTo(operation.requestPrototype().getDescriptorForType());
        Answer<A> answer = ((Operation.Unary<Q, A>) operation)
                .handler()
                .answer(new CallFacts(NOW, "r", sandbox, CallerRef.MARKET), request)
                .toCompletableFuture()
                .join();
        if (answer instanceof Answer.Found<A> found) {
            assertThat(found.message()).isInstanceOf(type);
        }
        return answer;
    }

    private <A extends Message> Answer.Found<A> found(
            TransitProduct product, String method, Message request, Class<A> type) {
        Answer<A> answer = ask(product, method, request, type, false);
        assertThat(answer).isInstanceOf(Answer.Found.class);
        return (Answer.Found<A>) answer;
    }

    @Test
    void aNoticeIsAnsweredWhileItHoldsAndTheFeedOfNoticesCarriesIt() throws Exception {
        TransitProduct product = start(null, null, null);
        var all = found(product, "ListAlerts", ListAlertsRequest.getDefaultInstance(), ListAlertsResponse.class);
        assertThat(all.message().getAlertsList()).singleElement().satisfies(alert -> {
            assertThat(alert.getHeaderZh()).contains("改道");
            assertThat(alert.getHeaderEn()).contains("detour");
            assertThat(alert.getInformed(0).getRouteId()).isEqualTo("JM1");
        });
        assertThat(all.message().getUnbilled()).isFalse();
        assertThat(all.stale()).isFalse();
        var other = found(product, "ListAlerts", ListAlertsRequest.newBuilder().setRouteId("JM2").build(), ListAlertsResponse.class);
        assertThat(other.message().getAlertsList()).isEmpty();
        assertThat(other.stale()).as("that nothing is disturbed is an answer").isFalse();
        FeedMessage feed = FeedMessage.parseFrom(found(product, "GetAlertsFeed", GetAlertsFeedRequest.getDefaultInstance(), HttpBody.class).message().getData());
        assertThat(feed.getEntity(0).getAlert().getHeaderText().getTranslationCount()).isEqualTo(2);
    }

    @Test
    void aTimetableBelowItsThresholdIsSaidAndFree() throws Exception {
        TransitProduct product = start(new GtfsZip().write(folder).toString(), null, null);
        var good = found(product, "ListStops", ListStopsRequest.getDefaultInstance(), ListStopsResponse.class);
        assertThat(good.stale()).isFalse();
        product.judgeTimetable(true);
        var bad = found(product, "ListStops", ListStopsRequest.getDefaultInstance(), ListStopsResponse.class);
        assertThat(bad.stale()).isTrue();
        assertThat(bad.message().getDegraded()).isTrue();
        assertThat(bad.message().getUnbilled()).isTrue();
        assertThat(product.shortfalls()).singleElement().satisfies(each -> assertThat(each.en()).contains("timetable"));
        Answer<ListStopsResponse> sandbox = ask(product, "ListStops", ListStopsRequest.getDefaultInstance(), ListStopsResponse.class, true);
        assertThat(((Answer.Found<ListStopsResponse>) sandbox).stale()).as("the sandbox has data of its own").isFalse();
    }

    private static Answer.Refused<?> refused(TransitProduct product, String method, Message request) {
        Answer<Message> answer = ask(product, method, request, Message.class, false);
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return (Answer.Refused<?>) answer;
    }

    @Test
    void everyMethodHasItsOperationAndEveryFieldItsGovernance() {
        TransitProduct product = start(null, null, null);
        assertThat(product.operations())
                .extracting(Operation::method)
                .containsExactlyInAnyOrderElementsOf(product.contract().getMethods().stream()
                        .map(MethodDescriptor::getName)
                        .toList());
        Set<Descriptor> seen = new HashSet<>();
        for (MethodDescriptor method : product.contract().getMethods()) {
            assertThat(method.getOptions().getExtension(AnnotationsProto.http).getGet()).startsWith("/v1/transit/");
            assertThat(method.getOptions().getExtension(ContractOptionsProto.operation).getMeter().getUnit())
                    .isEqualTo(method.isServerStreaming() ? MeterUnit.MINUTE : MeterUnit.CALL);
            check(method.getInputType(), seen);
            check(method.getOutputType(), seen);
        }
    }

    private static void check(Descriptor message, Set<Descriptor> seen) {
        if (!message.getFullName().startsWith("jingshu.") || !seen.add(message)) {
            return;
        }
        for (FieldDescriptor field : message.getFields()) {
            var option = field.getOptions().getExtension(ContractOptionsProto.field);
            assertThat(option.getSensitivity()).as(field.getFullName()).isEqualTo(Sensitivity.PUBLIC);
            assertThat(option.getDocZh()).as(field.getFullName()).isNotEmpty();
            assertThat(option.getDocEn()).as(field.getFullName()).isNotEmpty();
            assertThat(field.getName()).doesNotContainIgnoringCase("driver").doesNotContainIgnoringCase("plate");
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                check(field.getMessageType(), seen);
            }
        }
    }

    @Test
    void theDemonstrationMovesAndSaysThatItIsMadeUp() {
        TransitProduct product = start(null, null, null);
        ListVehiclesResponse vehicles =
                found(product, "ListVehicles", ListVehiclesRequest.getDefaultInstance(), ListVehiclesResponse.class)
                        .message();
        assertThat(vehicles.getVehiclesCount()).isEqualTo(40);
        assertThat(vehicles.getSynthetic()).isTrue();
        assertThat(vehicles.getSource()).contains("synthetic");
        assertThat(vehicles.getVehiclesList()).allSatisfy(vehicle -> {
            assertThat(vehicle.getStale()).isFalse();
            assertThat(vehicle.getAgeSeconds()).isBetween(0L, 10L);
            assertThat(vehicle.hasSpeed()).isTrue();
            assertThat(vehicle.getDelaySeconds()).isBetween(-120, 240);
        });
        assertThat(found(product, "ListRoutes", ListRoutesRequest.getDefaultInstance(), ListRoutesResponse.class)
                        .message()
                        .getRoutesList())
                .hasSize(6)
                .allSatisfy(route -> assertThat(route.getHeadsignsCount()).isEqualTo(2));
        GetTrackResponse track = found(
                        product,
                        "GetTrack",
                        GetTrackRequest.newBuilder().setVehicleId("JM1-01").build(),
                        GetTrackResponse.class)
                .message();
        assertThat(track.getPointsCount()).isGreaterThan(60);
        assertThat(track.getPointsList()).isSortedAccordingTo(
                Comparator.comparingLong(point -> point.getObservedAt().getSeconds()));
    }

    @Test
    void arrivalsOfTheDemonstrationComeTrue() {
        TransitProduct product = start(null, null, null);
        ListArrivalsRequest atTheSquare = ListArrivalsRequest.newBuilder().setStopId("JMS006").build();
        ListArrivalsResponse board =
                found(product, "ListArrivals", atTheSquare, ListArrivalsResponse.class).message();
        assertThat(board.getStopName()).isEqualTo("中央广场");
        assertThat(board.getArrivalsCount()).isEqualTo(20);
        assertThat(board.getArrivalsList()).allSatisfy(arrival -> {
            assertThat(arrival.hasPredictedAt()).isTrue();
            assertThat(arrival.getConfidence()).isGreaterThan(0.3);
            assertThat(arrival.getVehicleId()).isNotEmpty();
        });
    }

    @Test
    void stopsAreFoundByNameByPlaceAndByPage() {
        TransitProduct product = start(null, null, null);
        ListStopsResponse named = found(
                        product,
                        "ListStops",
                        ListStopsRequest.newBuilder().setName("广场").build(),
                        ListStopsResponse.class)
                .message();
        assertThat(named.getStopsList()).isNotEmpty().allSatisfy(stop -> assertThat(stop.getName()).contains("广场"));

        Position bd09 = Datum.BD09.fromWgs84(new Position(31.0354, 112.1994));
        ListStopsResponse near = found(
                        product,
                        "ListStops",
                        ListStopsRequest.newBuilder()
                                .setLatitude(bd09.latitude())
                                .setLongitude(bd09.longitude())
                                .setRadiusMetres(1_500)
                                .setCoordinates(Coordinates.BD09)
                                .build(),
                        ListStopsResponse.class)
                .message();
        assertThat(near.getStopsList()).isNotEmpty();
        assertThat(near.getStopsList().stream().map(stop -> stop.getDistanceMetres())).isSorted();
        assertThat(near.getStops(0).getLatitude()).as("answered in BD-09 too").isCloseTo(bd09.latitude(), within(0.013));

        Set<String> ids = new HashSet<>();
        String token = "";
        do {
            ListStopsResponse page = found(
                            product,
                            "ListStops",
                            ListStopsRequest.newBuilder().setPageSize(7).setPageToken(token).build(),
                            ListStopsResponse.class)
                    .message();
            page.getStopsList().forEach(stop -> assertThat(ids.add(stop.getStopId())).isTrue());
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        assertThat(ids).hasSizeGreaterThan(40);
    }

    @Test
    void aRequestOutsideItsBoundsIsRefusedWithTheField() {
        TransitProduct product = start(null, null, null);
        assertThat(refused(product, "ListStops", ListStopsRequest.newBuilder().setLatitude(31).build()).violations())
                .extracting(Answer.Violation::field)
                .containsExactly("longitude");
        assertThat(refused(
                                product,
                                "ListStops",
                                ListStopsRequest.newBuilder().setLatitude(Double.NaN).setLongitude(181).build())
                        .violations())
                .extracting(Answer.Violation::field)
                .containsExactly("latitude", "longitude");
        assertThat(refused(product, "ListVehicles", ListVehiclesRequest.newBuilder().setPageSize(-1).build()).fault())
                .isEqualTo(Answer.Fault.INVALID_REQUEST);
        assertThat(refused(product, "ListVehicles", ListVehiclesRequest.newBuilder().setPageToken("%%").build()).violations())
                .extracting(Answer.Violation::field)
                .containsExactly("page_token");
        assertThat(refused(product, "ListVehicles", ListVehiclesRequest.newBuilder().setMinLatitude(1).build()).fault())
                .isEqualTo(Answer.Fault.INVALID_REQUEST);
        assertThat(refused(product, "GetVehicle", GetVehicleRequest.getDefaultInstance()).fault())
                .isEqualTo(Answer.Fault.INVALID_REQUEST);
        assertThat(refused(product, "GetVehicle", GetVehicleRequest.newBuilder().setVehicleId("none").build()).fault())
                .isEqualTo(Answer.Fault.NOT_FOUND);
        assertThat(refused(product, "ListArrivals", ListArrivalsRequest.newBuilder().setStopId("none").build()).fault())
                .isEqualTo(Answer.Fault.NOT_FOUND);
    }

    @Test
    void theFeedsAreGtfsRealtimeAndCarryWhenTheyChanged() throws InvalidProtocolBufferException {
        TransitProduct product = start(null, null, null);
        Answer.Found<HttpBody> positions = found(
                product, "GetVehiclePositionsFeed", GetVehiclePositionsFeedRequest.getDefaultInstance(), HttpBody.class);
        assertThat(positions.message().getContentType()).isEqualTo("application/x-protobuf");
        assertThat(positions.modifiedAt()).isEqualTo(NOW);
        FeedMessage feed = FeedMessage.parseFrom(positions.message().getData());
        assertThat(feed.getHeader().getGtfsRealtimeVersion()).isEqualTo("2.0");
        assertThat(feed.getEntityCount()).isEqualTo(40);
        FeedMessage updates = FeedMessage.parseFrom(
                found(product, "GetTripUpdatesFeed", GetTripUpdatesFeedRequest.getDefaultInstance(), HttpBody.class)
                        .message()
                        .getData());
        assertThat(updates.getEntityCount()).isEqualTo(40);
        assertThat(updates.getEntityList().stream()
                        .mapToInt(entity -> entity.getTripUpdate().getStopTimeUpdateCount())
                        .sum())
                .isGreaterThan(100);
    }

    @Test
    void whatIsStaleIsMarkedLeftOutAndNeverSoldAsLive() {
        TransitProduct product = start(null, SharedData.file("bus/aomori/VehiclePosition.pb").toString(), null);
        awaitVehicles(product, 37);
        Answer.Found<ListVehiclesResponse> live =
                found(product, "ListVehicles", ListVehiclesRequest.getDefaultInstance(), ListVehiclesResponse.class);
        assertThat(live.message().getVehiclesCount()).isZero();
        assertThat(live.message().getStaleLeftOut()).isEqualTo(37);
        assertThat(live.message().getSynthetic()).isFalse();
        assertThat(live.stale()).isTrue();
        Answer.Found<ListVehiclesResponse> all = found(
                product,
                "ListVehicles",
                ListVehiclesRequest.newBuilder().setIncludeStale(true).build(),
                ListVehiclesResponse.class);
        assertThat(all.message().getVehiclesList()).hasSize(37).allMatch(Vehicle::getStale);
        assertThat(all.stale()).isTrue();
        Vehicle first = all.message().getVehicles(0);
        assertThat(found(
                                product,
                                "GetVehicle",
                                GetVehicleRequest.newBuilder().setVehicleId(first.getVehicleId()).build(),
                                GetVehicleResponse.class)
                        .stale())
                .isTrue();
        GetFeedStatusResponse status = status(product);
        assertThat(status.getInvalidUtf8()).isEqualTo(26);
        assertThat(status.getLiveVehicles()).isZero();
        assertThat(product.health().accepted()).isEqualTo(37);
    }

    @Test
    void twoFeedsOfAnOperatorAreReadSideBySideAndItsDelaysAreToldAsItsOwn() throws InvalidProtocolBufferException {
        clock.set(Instant.ofEpochSecond(1_666_412_810)); // a second after the updates, 18 minutes after the positions
        TransitProduct product = start(new TransitSettings(null,
                List.of(SharedData.file("bus/aomori/VehiclePosition.pb").toString(), SharedData.file("bus/aomori/TripUpdate.pb").toString()),
                null, 1, Duration.ofSeconds(1), Duration.ofMinutes(20)));
        awaitVehicles(product, 37);
        FeedMessage updates = awaitTripUpdates(product, 35);
        assertThat(updates.getEntityList()).allSatisfy(entity -> {
            assertThat(entity.getId()).startsWith("operator:");
            assertThat(entity.getTripUpdate().getStopTimeUpdateList()).hasSize(1);
            assertThat(entity.getTripUpdate().hasVehicle()).isFalse();
        });
        List<Vehicle> vehicles = found(product, "ListVehicles", ListVehiclesRequest.getDefaultInstance(), ListVehiclesResponse.class)
                .message().getVehiclesList();
        assertThat(vehicles).hasSize(37);
        assertThat(vehicles.stream().filter(Vehicle::hasDelaySeconds)).hasSize(21) // the trips that are in both feeds
                .allMatch(vehicle -> vehicle.getDelayBasis() == ArrivalBasis.FEED);
        assertThat(vehicles.stream().filter(vehicle -> !vehicle.hasDelaySeconds()))
                .allMatch(vehicle -> vehicle.getDelayBasis() == ArrivalBasis.SCHEDULE);
        assertThat(status(product).getSource()).contains("VehiclePosition.pb").contains("TripUpdate.pb");
        clock.set(Instant.ofEpochSecond(1_666_412_809 + 301));
        assertThat(tripUpdates(product).getEntityCount()).as("an old word is not passed on").isZero();
    }

    private FeedMessage tripUpdates(TransitProduct product) throws InvalidProtocolBufferException {
        return FeedMessage.parseFrom(
                found(product, "GetTripUpdatesFeed", GetTripUpdatesFeedRequest.getDefaultInstance(), HttpBody.class)
                        .message()
                        .getData());
    }

    private FeedMessage awaitTripUpdates(TransitProduct product, int count) throws InvalidProtocolBufferException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        FeedMessage updates = tripUpdates(product);
        while (updates.getEntityCount() != count && System.nanoTime() < deadline) {
            Thread.onSpinWait();
            updates = tripUpdates(product);
        }
        assertThat(updates.getEntityCount()).isEqualTo(count);
        return updates;
    }

    @Test
    void aCaptureOnItsDayIsServedLiveAndPlacedOnItsRoutes() {
        clock.set(Instant.ofEpochSecond(1_505_314_380));
        TransitProduct product = start(
                SharedData.file("bus/bullrunner/bullrunner-gtfs.zip").toString(),
                SharedData.file("bus/bullrunner/bullrunner-vehicle-positions.pb").toString(),
                null);
        awaitVehicles(product, 10);
        ListVehiclesResponse vehicles =
                found(product, "ListVehicles", ListVehiclesRequest.getDefaultInstance(), ListVehiclesResponse.class)
                        .message();
        assertThat(vehicles.getVehiclesList()).isNotEmpty().allSatisfy(vehicle -> assertThat(vehicle.getRouteId())
                .isIn("A", "B", "C", "D", "E", "F"));
        assertThat(status(product).getUnknownRoute()).isZero();
    }

    @Test
    void aTripNotInTheTimetableIsCountedAndItsVehicleStillShown() {
        clock.set(Instant.ofEpochSecond(1_657_024_514));
        TransitProduct product = start(
                null, SharedData.file("bus/mbta/2022-07-05T12_35_16Z_VehiclePositions_enhanced.json.gz").toString(), null);
        awaitVehicles(product, 683);
        Answer.Found<ListVehiclesResponse> live =
                found(product, "ListVehicles", ListVehiclesRequest.getDefaultInstance(), ListVehiclesResponse.class);
        assertThat(live.message().getStaleLeftOut()).isEqualTo(18);
        assertThat(live.stale()).isFalse();
        assertThat(live.message().getVehiclesCount()).isEqualTo(200);
        assertThat(live.message().getNextPageToken()).isNotEmpty();
    }

    @Test
    void theSandboxAnswersFromTheDemonstration() {
        TransitProduct product = start(null, SharedData.file("bus/aomori/VehiclePosition.pb").toString(), null);
        Answer<ListVehiclesResponse> answer = ask(
                product, "ListVehicles", ListVehiclesRequest.getDefaultInstance(), ListVehiclesResponse.class, true);
        assertThat(((Answer.Found<ListVehiclesResponse>) answer).message().getSynthetic()).isTrue();
    }

    @Test
    void badSettingsFailTheStartWithOneSentence() {
        assertThatThrownBy(() -> start("/nowhere/gtfs.zip", null, null)).hasMessageContaining("/nowhere/gtfs.zip does not exist");
        assertThatThrownBy(() -> start(null, "/nowhere/feed.pb", null)).hasMessageContaining("/nowhere/feed.pb does not exist");
        assertThatThrownBy(() -> start(null, null, "/nowhere/avl.csv")).hasMessageContaining("/nowhere/avl.csv does not exist");
        assertThatThrownBy(() -> start(null, "a", "b")).hasMessageContaining("not both");
    }

    @Test
    void theStreamBeginsWithEveryVehicleOfTheRoutesAskedFor() throws InterruptedException {
        TransitProduct product = start(null, null, null);
        List<StreamItem<StreamVehiclesResponse>> items = new ArrayList<>();
        CountDownLatch seven = new CountDownLatch(7);
        StreamVehiclesRequest request =
                StreamVehiclesRequest.newBuilder().addRouteIds("JM1").build();
        publisher(product, request).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(7);
            }

            @Override
            public void onNext(StreamItem<StreamVehiclesResponse> item) {
                items.add(item);
                seven.countDown();
            }

            @Override
            public void onError(Throwable reason) {
                throw new AssertionError(reason);
            }

            @Override
            public void onComplete() {
                seven.countDown();
            }
        });
        assertThat(seven.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(items).allSatisfy(item -> {
            assertThat(item.message().getVehicle().getRouteId()).isEqualTo("JM1");
            assertThat(item.message().getSynthetic()).isTrue();
        });
    }

    // The one streaming operation of the contract answers StreamVehiclesResponse.
    @SuppressWarnings("unchecked")
    private static Flow.Publisher<StreamItem<StreamVehiclesResponse>> publisher(
            TransitProduct product, StreamVehiclesRequest request) {
        return product.operations().stream()
                .filter(Operation.Streaming.class::isInstance)
                .map(each -> (Operation.Streaming<StreamVehiclesRequest, StreamVehiclesResponse>) each)
                .findFirst()
                .orElseThrow()
                .handler()
                .stream(new CallFacts(NOW, "r", false, CallerRef.MARKET), request, "");
    }

    private GetFeedStatusResponse status(TransitProduct product) {
        return found(product, "GetFeedStatus", GetFeedStatusRequest.getDefaultInstance(), GetFeedStatusResponse.class)
                .message();
    }

    private void awaitVehicles(TransitProduct product, int vehicles) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (status(product).getVehicles() < vehicles) {
            assertThat(System.nanoTime()).as("waiting for %d vehicles", vehicles).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
