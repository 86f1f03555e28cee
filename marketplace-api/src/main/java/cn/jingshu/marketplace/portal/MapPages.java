package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.visitor.AddressLimits;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.sse.Event;
import io.micronaut.runtime.graceful.GracefulShutdownCapable;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * The live map and what its script reads: a public display of the operator, limited by the visitor's address and not
 * metered, because nobody's subscription is behind it.
 */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class MapPages implements GracefulShutdownCapable {
    /** One look at the vehicles serves every open map. */
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final PageFrame frame;
    private final Pages pages;
    private final TransitDisplay transit;
    private final ClientLimits limits;
    private final Sinks.Empty<Void> stopping = Sinks.empty();
    private final Flux<MapVehicles> looks;

    MapPages(PageFrame frame, Pages pages, TransitDisplay transit, ClientLimits limits) {
        this.frame = frame;
        this.pages = pages;
        this.transit = transit;
        this.limits = limits;
        this.looks = Flux.interval(EVERY, Schedulers.boundedElastic())
                .onBackpressureDrop()
                .map(_ -> transit.vehicles())
                .takeUntilOther(stopping.asMono())
                .share();
    }

    @Get(Links.MAP)
    HttpResponse<String> map(HttpRequest<?> request, @Nullable @QueryValue String stop) {
        MapVehicles now = transit.vehicles();
        Reading<MapView.StopArrivals> arrivals = null;
        if (stop != null && !stop.isEmpty()) {
            MapArrivals found = transit.arrivals(stop).orElseThrow(PageRefused::noSuchPage);
            arrivals = Reading.known(new MapView.StopArrivals(found.stopId(), found.stopName(),
                    found.arrivals().stream()
                            .map(each -> new MapView.Arrival(each.routeName(), each.headsign(), each.scheduledAt(),
                                    each.predictedAt(), each.delaySeconds()))
                            .toList()), found.asOf());
        }
        MapView view = new MapView(transit.synthetic(),
                transit.synthetic()
                        ? new Bilingual("荆门公交演示网络(合成数据)", "Jingmen demonstration network (synthetic data)")
                        : new Bilingual("荆门公交实时位置", "Live positions of Jingmen's buses"),
                transit.network().routes().stream()
                        .map(route -> new MapView.Route(route.id(), route.shortName(), route.longName()))
                        .sorted(Comparator.comparing(MapView.Route::shortName, TransitDisplay.LINES))
                        .toList(),
                transit.network().stops().stream().map(each -> new MapView.Stop(each.id(), each.name())).toList(),
                Reading.known(transit.listed(now, transit.nextStops()), now.asOf()), arrivals,
                now.shortfalls().stream().map(each -> new Bilingual(each.zh(), each.en())).toList());
        return frame.show(request, page -> pages.map(page, view));
    }

    @Get(Links.MAP_NETWORK)
    @Produces(MediaType.APPLICATION_JSON)
    HttpResponse<MapNetwork> network(HttpRequest<?> request) {
        limits.pass(request, AddressLimits.Door.MAP);
        MapNetwork network = transit.mapNetwork();
        String etag = '"' + network.version() + '"';
        String known = request.getHeaders().get("If-None-Match");
        MutableHttpResponse<MapNetwork> answer = known != null && known.contains(etag)
                ? HttpResponse.notModified()
                : HttpResponse.ok(network);
        return answer.contentType(MediaType.APPLICATION_JSON_TYPE).header("ETag", etag).header("Cache-Control", "no-cache");
    }

    @Get(Links.MAP_VEHICLES)
    @Produces(MediaType.APPLICATION_JSON)
    HttpResponse<MapVehicles> vehicles(HttpRequest<?> request) {
        limits.pass(request, AddressLimits.Door.MAP);
        return HttpResponse.ok(transit.vehicles()).contentType(MediaType.APPLICATION_JSON_TYPE).header("Cache-Control", "no-store");
    }

    @Get(Links.MAP_STOPS + "{id}/arrivals")
    @Produces(MediaType.APPLICATION_JSON)
    HttpResponse<MapArrivals> arrivals(HttpRequest<?> request, String id) {
        limits.pass(request, AddressLimits.Door.MAP);
        return HttpResponse.ok(transit.arrivals(id).orElseThrow(PageRefused::noSuchPage))
                .contentType(MediaType.APPLICATION_JSON_TYPE)
                .header("Cache-Control", "no-store");
    }

    /** Every vehicle, then what changes; a visitor who comes back after a break gets every vehicle again. */
    @Get(Links.MAP_STREAM)
    @Produces(MediaType.TEXT_EVENT_STREAM)
    Publisher<Event<MapVehicles>> stream(HttpRequest<?> request) {
        limits.pass(request, AddressLimits.Door.MAP);
        String place = limits.streamBegins(request);
        return Flux.concat(Flux.just(transit.vehicles()), looks)
                .onBackpressureLatest()
                .scan(new Changed(Map.of(), new MapVehicles(Instant.EPOCH, List.of(), List.of())), Changed::next)
                .skip(1)
                .map(changed -> Event.of(changed.news()).name("vehicles").id(changed.news().asOf().toString()))
                .doFinally(_ -> limits.streamEnded(place));
    }

    /** What one visitor was sent last, and what is new against it. */
    private record Changed(Map<String, MapVehicles.Vehicle> sent, MapVehicles news) {
        Changed next(MapVehicles now) {
            Map<String, MapVehicles.Vehicle> all = now.vehicles().stream()
                    .collect(Collectors.toMap(MapVehicles.Vehicle::id, each -> each, (one, _) -> one));
            List<MapVehicles.Vehicle> news = now.vehicles().stream()
                    .filter(each -> !each.equals(sent.get(each.id())))
                    .toList();
            return new Changed(all, new MapVehicles(now.asOf(), news, now.shortfalls()));
        }
    }

    /** Open maps end with the node, at once: each of them would otherwise hold the node up. */
    @Override
    public CompletionStage<?> shutdownGracefully() {
        stopping.tryEmitEmpty();
        return CompletableFuture.completedStage(null);
    }

    @Override
    public OptionalLong reportActiveTasks() {
        return OptionalLong.empty();
    }
}
