package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.marketplace.apikey.ApiKeys;
import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.consent.Consent;
import cn.jingshu.marketplace.consent.Consents;
import cn.jingshu.marketplace.consent.SubjectToken;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.library.LibraryProduct;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.scope.ImpactAssessment;
import cn.jingshu.marketplace.scope.ImpactAssessments;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.echo.v1.EchoRequest;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes on one PostgreSQL: what ends a right ends it on both within a second, announced or not. */
class TwoNodesIT {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int ROUNDS = 10;
    private static final int STREAM_ROUNDS = 3;
    private static final String LOANS = "/v1/library/readers/r1/loans";

    @TempDir
    private static Path folder;

    private static RunningNode first;
    private static RunningNode second;
    private static Market market;
    private static List<RestCaller> nodes;
    private static List<GrpcCaller> overGrpc;
    private static UUID bureau;
    private static UUID operator;

    @BeforeAll
    static void start() {
        String pepper = "0123456789abcdef".repeat(4);
        first = RunningNode.start(folder.resolve("first"), Clock.systemUTC(), Map.of("jingshu.secrets.pepper", pepper));
        second = startBeside("second");
        nodes = List.of(new RestCaller(first.httpPort()), new RestCaller(second.httpPort()));
        overGrpc = List.of(new GrpcCaller(first.grpcPort(), first.get(Contracts.class)),
                new GrpcCaller(second.grpcPort(), second.get(Contracts.class)));
        market = new Market(first);
        market.sellLibrary("2", "1.5");
        bureau = market.person("bureau").id();
        operator = market.person("operator").id();
    }

    private static RunningNode startBeside(String name) {
        Map<String, Object> settings = new HashMap<>(first.postgres().settings());
        settings.put("jingshu.secrets.pepper", "0123456789abcdef".repeat(4));
        return RunningNode.start(folder.resolve(name), Clock.systemUTC(), settings);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        nodes.forEach(RestCaller::close);
        for (GrpcCaller node : overGrpc) {
            node.close();
        }
        second.close();
        first.close();
    }

    private static void everywhere(Duration atMost, String path, String key, String answer) throws Exception {
        for (RestCaller node : nodes) {
            Until.holds(atMost, () -> node.get(path, key), reply -> answer.equals("200")
                    ? reply.status() == 200
                    : reply.text().contains("\"code\":\"" + answer + "\""));
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    /** Times from a decision's commit until both nodes answer by it; each has to be below a second. */
    private static void measure(String what, String path, String key, Refusal refusal, Step end, Step restore)
            throws Exception {
        List<Long> millis = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            everywhere(SOON, path, key, "200");
            end.run();
            long decided = System.nanoTime();
            everywhere(SECOND, path, key, refusal.code());
            millis.add((System.nanoTime() - decided) / 1_000_000);
            restore.run();
        }
        report(what, millis);
    }

    private static void report(String what, List<Long> millis) {
        Collections.sort(millis);
        System.out.printf("%s: on both nodes after %d ms (median of %d), %d ms at the most%n", what,
                millis.get(millis.size() / 2), millis.size(), millis.getLast());
    }

    @Test
    void everyEndOfARightHoldsOnBothNodesWithinASecond() throws Exception {
        Subscription library = market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        String key = market.key(library);
        String book = "/v1/library/books/b1";
        Organisations organisations = first.get(Organisations.class);
        measure("party suspended", book, key, Refusal.ORGANISATION_SUSPENDED,
                () -> organisations.suspend(library.organisationId(), bureau, "test"),
                () -> organisations.restore(library.organisationId(), bureau, "test"));
        Subscription transit = market.subscribe("bank", "transit", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        ProviderGrants grants = first.get(ProviderGrants.class);
        UUID grant = grants.listOf("transit").getFirst().id();
        measure("grant suspended", "/v1/transit/routes", market.key(transit), Refusal.GRANT_MISSING,
                () -> grants.suspend(grant, bureau, "test"), () -> grants.restore(grant, bureau, "test"));
    }

    @Test
    void aRevokedKeyIsRefusedOnBothNodesWithinASecond() throws Exception {
        Subscription library = market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        List<Long> millis = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            ApiKeys.Issue.Issued issued = market.issueKey(library, false);
            String key = issued.key().reveal();
            everywhere(SOON, "/v1/library/books/b1", key, "200");
            first.get(ApiKeys.class).revoke(issued.record().id(), null, "test");
            long decided = System.nanoTime();
            everywhere(SECOND, "/v1/library/books/b1", key, "KEY_REVOKED");
            millis.add((System.nanoTime() - decided) / 1_000_000);
        }
        report("key revoked", millis);
    }

    @Test
    void aWithdrawnConsentIsRefusedOnBothNodesWithinASecond() throws Exception {
        Subscription library = market.subscribe("app-studio", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        String key = market.key(library);
        UUID scenario = market.scenarioOf(library);
        Instant now = Instant.now();
        ImpactAssessments assessments = first.get(ImpactAssessments.class);
        UUID assessment = UUID.randomUUID();
        assessments.file(new ImpactAssessment(assessment, "library", Set.of(Purpose.INDUSTRY), "PIA-1", "可行",
                now.minusSeconds(1), now.plus(Duration.ofDays(300))), operator);
        assessments.approve(assessment, bureau, "test");
        Consents consents = first.get(Consents.class);
        List<Long> millis = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            UUID consent = UUID.randomUUID();
            consents.give(new Consent(consent, SubjectToken.of(first.get(Pepper.class), "r1"), library.organisationId(),
                    scenario, Purpose.INDUSTRY, "library", Set.of(), "v1", "doc", now.minusSeconds(1),
                    now.plus(Duration.ofDays(1))), operator);
            everywhere(SOON, LOANS, key, "200");
            consents.withdraw(consent, operator);
            long decided = System.nanoTime();
            everywhere(SECOND, LOANS, key, "CONSENT_REQUIRED");
            millis.add((System.nanoTime() - decided) / 1_000_000);
        }
        report("consent withdrawn", millis);
    }

    /** One stream at each node over each protocol; each answers with the code it was ended for, once it is. */
    private static List<Future<String>> streams(ExecutorService threads, String path, String method, String request, String requestId,
            String key, String lastEventId) throws Exception {
        List<Future<String>> ends = new ArrayList<>();
        for (GrpcCaller node : overGrpc) {
            DynamicMessage.Builder asked = DynamicMessage.newBuilder(node.method(method).request());
            JsonFormat.parser().merge(request, asked);
            Iterator<Message> items = node.stream(method, asked.build(), requestId, key, "last-event-id", lastEventId);
            ends.add(threads.submit(() -> {
                try {
                    while (items.hasNext()) {
                        items.next();
                    }
                    return "ended by itself";
                } catch (StatusRuntimeException refused) {
                    return new GrpcCaller.Reply(requestId, null, refused, new Metadata()).reason();
                }
            }));
        }
        for (RestCaller node : nodes) {
            HttpResponse<Stream<String>> response = node.client().send(node.request(path, key)
                    .header("X-Request-Id", requestId).header("Last-Event-ID", lastEventId).build(), BodyHandlers.ofLines());
            assertThat(response.statusCode()).isEqualTo(200);
            ends.add(threads.submit(() -> {
                String last = response.body().filter(line -> line.startsWith("data:")).reduce("", (_, line) -> line);
                return last.replaceFirst(".*\"code\":\"([A-Z_]+)\".*", "$1");
            }));
        }
        return ends;
    }

    /** How long after a decision's commit the last of the streams had ended with this refusal; below a second, or it fails. */
    private static long endsAll(List<Future<String>> streams, Refusal refusal, Step end) throws Exception {
        assertThat(streams).hasSize(4).noneMatch(Future::isDone);
        end.run();
        long decided = System.nanoTime();
        for (Future<String> stream : streams) {
            assertThat(stream.get(SECOND.toNanos() - (System.nanoTime() - decided), TimeUnit.NANOSECONDS)).isEqualTo(refusal.code());
        }
        return (System.nanoTime() - decided) / 1_000_000;
    }

    /** Streams of which nothing comes, so that nothing but the end of the right can end them. */
    private static List<Future<String>> stillStreams(ExecutorService threads, String key) throws Exception {
        List<Future<String>> streams = streams(threads, "/v1/library/returns?books=1", "jingshu.library.v1.LibraryService/WatchReturns",
                "{\"books\":1}", UUID.randomUUID().toString(), key, "still");
        for (RunningNode node : List.of(first, second)) {
            Until.holds(SOON, node.get(LibraryProduct.class)::still, open -> open == 2);
        }
        return streams;
    }

    @Test
    void anOpenStreamEndsOnBothNodesWithinASecondOfTheEndOfItsRight() throws Exception {
        Subscription library = market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        String book = "/v1/library/books/b1";
        List<Long> keys = new ArrayList<>();
        List<Long> parties = new ArrayList<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            for (int round = 0; round < STREAM_ROUNDS; round++) {
                ApiKeys.Issue.Issued issued = market.issueKey(library, false);
                String key = issued.key().reveal();
                everywhere(SOON, book, key, "200");
                keys.add(endsAll(stillStreams(threads, key), Refusal.KEY_REVOKED,
                        () -> first.get(ApiKeys.class).revoke(issued.record().id(), null, "test")));
            }
            String key = market.key(library);
            Organisations organisations = first.get(Organisations.class);
            for (int round = 0; round < STREAM_ROUNDS; round++) {
                everywhere(SOON, book, key, "200");
                parties.add(endsAll(stillStreams(threads, key), Refusal.ORGANISATION_SUSPENDED,
                        () -> organisations.suspend(library.organisationId(), bureau, "test")));
                organisations.restore(library.organisationId(), bureau, "test");
            }
        } finally {
            threads.shutdownNow(); // a stream that was not ended would be waited for
        }
        for (RunningNode node : List.of(first, second)) {
            assertThat(node.get(LibraryProduct.class).still()).as("each product was told").isZero();
        }
        report("key revoked, open streams", keys);
        report("party suspended, open streams", parties);
    }

    @Test
    void aStreamThatSendsEndsWithItsGrantAndTheMinuteItSentInStands() throws Exception {
        Subscription transit = market.subscribe("bank", "transit", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        String key = market.key(transit);
        ProviderGrants grants = first.get(ProviderGrants.class);
        UUID grant = grants.listOf("transit").getFirst().id();
        UsageRecords usage = new UsageRecords(first);
        List<Long> millis = new ArrayList<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        for (RestCaller node : nodes) {
            Until.holds(Duration.ofSeconds(20), () -> node.get("/v1/transit/vehicles", key).text(), text -> text.contains("vehicleId"));
        }
        try {
            for (int round = 0; round < STREAM_ROUNDS; round++) {
                everywhere(SOON, "/v1/transit/routes", key, "200");
                String requestId = UUID.randomUUID().toString();
                List<Future<String>> streams = streams(threads, "/v1/transit/stream/vehicles",
                        "jingshu.transit.v1.TransitService/StreamVehicles", "{}", requestId, key, "");
                Until.holds(SOON, () -> usage.of(requestId), events -> events.size() == 4); // something was sent over each
                millis.add(endsAll(streams, Refusal.GRANT_MISSING, () -> grants.suspend(grant, bureau, "test")));
                grants.restore(grant, bureau, "test");
                assertThat(usage.of(requestId)).hasSize(4)
                        .allSatisfy(event -> assertThat(event.outcome()).isEqualTo("ANSWERED"));
            }
        } finally {
            threads.shutdownNow();
        }
        report("grant suspended, open streams", millis);
    }

    @Test
    void aNewPriceHoldsOnBothNodesWithinASecondOfItsDate() throws Exception {
        Subscription echo = market.subscribe("app-studio", "echo", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        String key = market.key(echo);
        List<Long> millis = new ArrayList<>();
        for (int round = 0; round < 4; round++) {
            everywhere(SOON, "/v1/echo", key, "200");
            Instant lower = Instant.now().plusMillis(50);
            assertThat(first.get(PriceBook.class).setCeiling(new PriceCeiling(UUID.randomUUID(), "echo",
                    PriceBook.EVERY_OPERATION, UnitPrice.ofFen("0.01"), lower, "test"), bureau))
                    .isInstanceOf(PriceBook.Outcome.Saved.class);
            everywhere(SECOND, "/v1/echo", key, "NO_LAWFUL_PRICE");
            Instant again = Instant.now().plusMillis(50);
            assertThat(first.get(PriceBook.class).setCeiling(new PriceCeiling(UUID.randomUUID(), "echo",
                    PriceBook.EVERY_OPERATION, UnitPrice.ofFen("0.10"), again, "test"), bureau))
                    .isInstanceOf(PriceBook.Outcome.Saved.class);
            market.setPrice("echo", "0.05", again.plusMillis(50));
            long decided = System.nanoTime();
            everywhere(SECOND, "/v1/echo", key, "200");
            millis.add((System.nanoTime() - decided) / 1_000_000);
        }
        report("new price, its 100 ms in the future included", millis);
    }

    @Test
    void whatWasNeverAnnouncedIsFoundByThePoll() throws Exception {
        Subscription library = market.subscribe("institute", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        ApiKeys.Issue.Issued issued = market.issueKey(library, false);
        String key = issued.key().reveal();
        everywhere(SOON, "/v1/library/books/b1", key, "200");
        execute("ALTER TABLE market.api_key DISABLE TRIGGER api_key_changed");
        first.get(ApiKeys.class).revoke(issued.record().id(), null, "test");
        execute("ALTER TABLE market.api_key ENABLE TRIGGER api_key_changed");
        everywhere(SOON, "/v1/library/books/b1", key, "KEY_REVOKED");
    }

    @Test
    void whatWasAnnouncedWhileNobodyListenedIsFoundOnceTheConnectionIsBack() throws Exception {
        Subscription library = market.subscribe("institute", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        ApiKeys.Issue.Issued issued = market.issueKey(library, false);
        String key = issued.key().reveal();
        everywhere(SOON, "/v1/library/books/b1", key, "200");
        assertThat(execute("""
                SELECT pg_terminate_backend(pid)
                  FROM pg_stat_activity
                 WHERE datname = current_database() AND query LIKE 'LISTEN%' AND pid <> pg_backend_pid()
                """)).isEqualTo(2);
        first.get(ApiKeys.class).revoke(issued.record().id(), null, "test");
        everywhere(SOON, "/v1/library/books/b1", key, "KEY_REVOKED");
    }

    /** Runs a statement as the superuser, who may do what a node may not; answers how many rows it showed. */
    private static int execute(String sql) throws SQLException {
        try (Connection superuser = DriverManager.getConnection(first.postgres().url(), "postgres", first.postgres().ownerPassword());
                Statement statement = superuser.createStatement()) {
            int rows = 0;
            if (statement.execute(sql)) {
                try (ResultSet shown = statement.getResultSet()) {
                    while (shown.next()) {
                        rows++;
                    }
                }
            }
            return rows;
        }
    }

    @Test
    void aNodeThatHasNotReadItsFactsSaysSoAndAnswersOnceItHas() throws Exception {
        Subscription echo = market.subscribe("institute", "echo", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        String key = market.key(echo);
        everywhere(SOON, "/v1/echo", key, "200");
        execute("ALTER TABLE market.scenario RENAME TO scenario_away");
        try (RunningNode third = startBeside("third");
                RestCaller rest = new RestCaller(third.httpPort());
                GrpcCaller grpc = new GrpcCaller(third.grpcPort(), third.get(Contracts.class))) {
            assertThat(rest.get("/v1/echo", key).text()).contains("\"code\":\"NODE_NOT_READY\"");
            assertThat(grpc.call("jingshu.echo.v1.EchoService/Echo", EchoRequest.getDefaultInstance(), key).reason())
                    .isEqualTo("NODE_NOT_READY");
            assertThat(nodes.getFirst().get("/v1/echo", key).status()).isEqualTo(200); // the last facts stay in use
            execute("ALTER TABLE market.scenario_away RENAME TO scenario");
            Until.holds(SOON, () -> rest.get("/v1/echo", key).status(), status -> status == 200);
        }
    }
}
