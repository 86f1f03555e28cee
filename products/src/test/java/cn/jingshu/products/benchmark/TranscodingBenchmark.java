package cn.jingshu.products.benchmark;

import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.Payload;
import cn.jingshu.products.contract.RequestReading;
import cn.jingshu.products.contract.RouteMatch;
import cn.jingshu.products.contract.Transcoder;
import cn.jingshu.products.garden.GardenProduct;
import cn.jingshu.products.garden.v1.Colour;
import cn.jingshu.products.garden.v1.ListPlantsResponse;
import cn.jingshu.products.garden.v1.Plant;
import cn.jingshu.products.garden.v1.Position;
import com.google.protobuf.Message;
import com.google.protobuf.util.Timestamps;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Between HTTP and a contract's messages: the route, a query or a body read and checked, an answer of some items written
 * as JSON or stripped for gRPC.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = {"-Xmx512m", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class TranscodingBenchmark {
    private static final String QUERY = "colours=RED&near.latitude=31.5&near.longitude=112.2&pageSize=20&watered=false";
    private static final byte[] NO_BODY = {};

    /** Items of the answer. */
    @Param({"1", "100"})
    public int items = 1;

    private final Contracts contracts = Contracts.of(List.of(new GardenProduct(GardenProduct.ALL)));
    private final RouteMatch.Matched list = matched("GET", "/v1/garden/plants");
    private final RouteMatch.Matched plant = matched("POST", "/v1/garden/plants:plant");
    private final byte[] body = """
            {"plants": [{"plantId": "p花", "colour": "GREEN", "position": {"latitude": 31.1, "longitude": 112.2},
              "tags": ["a", "b"], "counts": {"x": "9007199254740993"}, "plantedAt": "2026-11-01T08:00:00.123456Z",
              "weight": 0.5, "leaves": 42}], "atOnce": false}""".getBytes(StandardCharsets.UTF_8);
    private Message answer = ListPlantsResponse.getDefaultInstance();

    @Setup
    public void fill() {
        ListPlantsResponse.Builder filled = ListPlantsResponse.newBuilder();
        for (int i = 0; i < items; i++) {
            filled.addPlants(Plant.newBuilder()
                    .setPlantId("plant-" + i)
                    .setColour(Colour.GREEN)
                    .setPosition(Position.newBuilder().setLatitude(31.0 + i / 1e5).setLongitude(112.0 - i / 1e5))
                    .addTags("早春")
                    .setPlantedAt(Timestamps.fromMillis(1_793_000_000_000L + i))
                    .setHeight(0.25 + i)
                    .setLeaves(i));
        }
        answer = filled.build();
    }

    private RouteMatch.Matched matched(String verb, String path) {
        if (contracts.routes().match(verb, path) instanceof RouteMatch.Matched matched) {
            return matched;
        }
        throw new IllegalStateException("no route for " + verb + " " + path);
    }

    @Benchmark
    public RouteMatch route() {
        return contracts.routes().match("GET", "/v1/garden/plants/p1");
    }

    @Benchmark
    public RequestReading readQuery() {
        return Transcoder.read(list, QUERY, NO_BODY);
    }

    @Benchmark
    public RequestReading readBody() {
        return Transcoder.read(plant, "", body);
    }

    @Benchmark
    public Payload writeJson() {
        return Transcoder.write(method(), answer);
    }

    @Benchmark
    public Message stripForGrpc() {
        return Transcoder.strip(method(), answer);
    }

    private ContractMethod method() {
        return list.method();
    }
}
