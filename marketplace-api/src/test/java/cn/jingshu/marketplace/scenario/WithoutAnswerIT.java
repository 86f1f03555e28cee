package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.library.TollProduct;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.products.contract.Contracts;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A contract that says what a 304, a refused and a failed call cost: it is recorded, taken of the quota and billed, over both protocols. */
class WithoutAnswerIT {
    private static final String TOLL = "jingshu.declared.toll.v1.TollService/";

    @TempDir
    private static Path folder;

    private static RunningNode node;
    private static Market market;
    private static RestCaller rest;
    private static GrpcCaller grpc;
    private static UsageRecords usage;
    private static String key;

    @BeforeAll
    static void open() throws Exception {
        ShiftedClock clock = new ShiftedClock(Instant.parse("2027-01-10T02:00:00Z"));
        node = RunningNode.start(folder.resolve("node"), clock, Map.of(TollProduct.PROPERTY, "true"));
        market = new Market(node);
        market.sell("toll", 1, "counting", List.of(), "2", "1.5");
        rest = new RestCaller(node.httpPort());
        grpc = new GrpcCaller(node.grpcPort(), node.get(Contracts.class));
        usage = new UsageRecords(node);
        // The test's calls cost 53, with what the first one costs that finds the gate open; the last four are too few for any call.
        Subscription subscription = market.subscribe("bank", "toll", Purpose.INDUSTRY, 57, Market.WIDE);
        key = market.key(subscription);
    }

    @AfterAll
    static void close() throws Exception {
        grpc.close();
        rest.close();
        node.close();
    }

    private static void counted(String requestId, String outcome, int status, long units) throws Exception {
        UsageRecords.Recorded event = usage.one(requestId);
        assertThat(event.outcome()).isEqualTo(outcome);
        assertThat(event.status()).isEqualTo(status);
        assertThat(event.quantity()).isEqualTo(units);
    }

    private static void rest(String gate, int status, String outcome, long units) throws Exception {
        RestCaller.Reply reply = rest.get("/v1/toll/gates/" + gate, key);
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        counted(reply.requestId(), outcome, status, units);
    }

    private static Message gate(String gate) throws InvalidProtocolBufferException {
        Message.Builder request = grpc.method(TOLL + "CountGate").requestPrototype().newBuilderForType();
        JsonFormat.parser().merge("{\"gate\":\"" + gate + "\"}", request);
        return request.build();
    }

    private static void grpc(String gate, int status, String outcome, long units) throws Exception {
        GrpcCaller.Reply reply = grpc.call(TOLL + "CountGate", gate(gate), key);
        assertThat(reply.failure() == null).isEqualTo(status == 200);
        counted(reply.requestId(), outcome, status, units);
    }

    private static void grpcStream(String gate, int status, String outcome, long units) throws Exception {
        String requestId = UUID.randomUUID().toString();
        Iterator<Message> items = grpc.stream(TOLL + "WatchGate", gate(gate), requestId, key);
        assertThatThrownBy(items::next).isInstanceOf(StatusRuntimeException.class);
        counted(requestId, outcome, status, units);
    }

    /** Refused at the gate: nothing runs, and nothing is recorded. */
    private static void refusedForTheQuota(String gate) throws Exception {
        RestCaller.Reply over = rest.get("/v1/toll/gates/" + gate, key);
        assertThat(over.text()).contains("QUOTA_EXHAUSTED");
        assertThat(usage.of(over.requestId())).isEmpty();
    }

    @Test
    void whatTheContractSaysIsCountedTakenAndBilled() throws Exception {
        RestCaller.Reply first = Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/toll/gates/g7", key), reply -> reply.status() == 200);
        counted(first.requestId(), "ANSWERED", 200, 1);
        RestCaller.Reply held = rest.get("/v1/toll/gates/g7", key, "If-None-Match", first.header("ETag"));
        assertThat(held.status()).isEqualTo(304);
        assertThat(held.response().body()).isEmpty();
        counted(held.requestId(), "NOT_MODIFIED", 304, 7);
        rest("none", 404, "NOT_FOUND", 3);
        rest("far-too-long", 400, "REFUSED", 3);
        rest("broken", 500, "FAILED", 5);
        rest("none/watch", 429, "REFUSED", 4);
        rest("broken/watch", 500, "FAILED", 6);
        grpc("g7", 200, "ANSWERED", 1);
        grpc("none", 404, "NOT_FOUND", 3);
        grpc("far-too-long", 400, "REFUSED", 3);
        grpc("broken", 500, "FAILED", 5);
        grpcStream("none", 429, "REFUSED", 4);
        grpcStream("broken", 500, "FAILED", 6);
        RestCaller.Reply dear = rest.get("/v1/toll/gates/g7", key, "If-None-Match", first.header("ETag"));
        assertThat(dear.text()).as("a 304 costs seven, and six are left").contains("QUOTA_EXHAUSTED");
        assertThat(dear.header("RateLimit")).contains("\"month\";r=6;");
        counted(dear.requestId(), "REFUSED", 429, 0); // what the meter refuses costs nothing, whatever refusals cost
        counted(rest.get("/v1/toll/gates/g7", key).requestId(), "ANSWERED", 200, 1);
        refusedForTheQuota("broken/watch"); // five are left, and a stream may cost six
        counted(rest.get("/v1/toll/gates/g7", key).requestId(), "ANSWERED", 200, 1);
        refusedForTheQuota("broken"); // it would cost five, and four are left
        refusedForTheQuota("g7"); // nobody knows before that it would cost one

        UUID bank = market.person("bank").organisationId();
        List<Charge> lines = node.get(MonthClose.class).preview(YearMonth.of(2027, 1)).stream()
                .filter(line -> line.key().product().equals("toll") && line.key().organisationId().equals(bank)).toList();
        assertThat(lines).allSatisfy(line -> assertThat(line.amount()).isEqualTo(line.price().times(line.quantity())));
        assertThat(lines.stream().mapToLong(Charge::quantity).sum()).isEqualTo(53);
    }
}
