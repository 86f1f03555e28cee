package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.apikey.ApiKeys;
import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.catalogue.ProviderGrants.ProviderGrant;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.catalogue.Registrations;
import cn.jingshu.marketplace.consent.Consent;
import cn.jingshu.marketplace.consent.Consents;
import cn.jingshu.marketplace.consent.SubjectToken;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.governance.Agreements;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.scope.Authorisations;
import cn.jingshu.marketplace.scope.ImpactAssessment;
import cn.jingshu.marketplace.scope.ImpactAssessments;
import cn.jingshu.marketplace.scope.Scenarios;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.products.contract.Contracts;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Status;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every refusal of the gate, once over REST and once over gRPC, by the fact that is broken for it and then mended. */
class GateFactsIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String BOOK = "/v1/library/books/b1";
    private static final String ROUTES = "/v1/transit/routes";

    @TempDir
    private static Path folder;

    private static RunningNode node;
    private static Market market;
    private static RestCaller rest;
    private static GrpcCaller grpc;
    private static Subscription library;
    private static Subscription transit;
    private static String libraryKey;
    private static String transitKey;
    private static UUID reading;
    private static UUID bureau;
    private static UUID operator;

    @BeforeAll
    static void open() throws Exception {
        node = RunningNode.start(folder.resolve("node"), Clock.systemUTC(), Map.of());
        market = new Market(node);
        market.sellLibrary("2", "1.5");
        rest = new RestCaller(node.httpPort());
        grpc = new GrpcCaller(node.grpcPort(), node.get(Contracts.class));
        library = market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        transit = market.subscribe("bank", "transit", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        libraryKey = market.key(library);
        transitKey = market.key(transit);
        reading = market.scenarioOf(library);
        bureau = market.person("bureau").id();
        operator = market.person("operator").id();
        inOrder();
    }

    @AfterAll
    static void close() throws Exception {
        rest.close();
        grpc.close();
        node.close();
    }

    private static void inOrder() throws Exception {
        Until.holds(SOON, () -> rest.get(BOOK, libraryKey).status(), status -> status == 200);
        Until.holds(SOON, () -> rest.get(ROUTES, transitKey).status(), status -> status == 200);
    }

    /** Breaks one fact; what it answers mends it again. */
    private interface Breaking {
        AutoCloseable run() throws Exception;
    }

    /** How a refusal is provoked: a call, the headers of it and the fact that is broken for it. */
    private record Provocation(Target target, @Nullable String key, List<String> headers, Breaking breaking) {}

    private enum Target {
        LIBRARY(BOOK, "jingshu.library.v1.LibraryService/GetBook", "{\"bookId\":\"b1\"}"),
        LOANS("/v1/library/readers/r1/loans", "jingshu.library.v1.LibraryService/ListLoans", "{\"readerId\":\"r1\"}"),
        TRANSIT(ROUTES, "jingshu.transit.v1.TransitService/ListRoutes", "{}"),
        ECHO("/v1/echo", "jingshu.echo.v1.EchoService/Echo", "{}");

        private final String path;
        private final String method;
        private final String request;

        Target(String path, String method, String request) {
            this.path = path;
            this.method = method;
            this.request = request;
        }
    }

    private static final Breaking NOTHING = () -> () -> {};

    private static void sql(String sql, Object... parameters) {
        node.get(Database.class).inTransaction(t -> t.change(sql, parameters));
    }

    /** What a node has no right to do: law alone opens a blocked resource. */
    private static void asSuperuser(String sql) throws SQLException {
        try (Connection superuser = DriverManager.getConnection(node.postgres().url(), "postgres", node.postgres().ownerPassword());
                Statement statement = superuser.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Provocation broken(Target target, Breaking breaking) {
        return new Provocation(target, target == Target.TRANSIT ? transitKey : libraryKey, List.of(), breaking);
    }

    private static Provocation stated(String header, String value) {
        return new Provocation(Target.LIBRARY, libraryKey, List.of(header, value), NOTHING);
    }

    private static Consent consent(UUID id, Duration length) {
        Instant now = Instant.now();
        return new Consent(id, SubjectToken.of(node.get(Pepper.class), "r1"), library.organisationId(), reading,
                Purpose.INDUSTRY, "library", Set.of("ListLoans"), "v1", "doc 1", now.minusSeconds(1), now.plus(length));
    }

    private static UUID agree() {
        UUID id = UUID.randomUUID();
        assertThat(node.get(Consents.class).give(consent(id, Duration.ofDays(1)), operator)).isEqualTo(new Change.Done(false));
        return id;
    }

    private static UUID assess() {
        UUID id = UUID.randomUUID();
        Instant now = Instant.now();
        ImpactAssessments assessments = node.get(ImpactAssessments.class);
        assessments.file(new ImpactAssessment(id, "library", Set.of(Purpose.INDUSTRY), "PIA-1", "可行", now.minusSeconds(1),
                now.plus(Duration.ofDays(300))), operator);
        assertThat(assessments.approve(id, bureau, "test")).isEqualTo(new Change.Done(false));
        return id;
    }

    private static AutoCloseable narrowGrant() {
        ProviderGrants grants = node.get(ProviderGrants.class);
        UUID officer = market.person("bus-group").id();
        ProviderGrant whole = grants.listOf("transit").stream()
                .filter(grant -> grant.resource().equals("A2.8.1") && grant.inForceAt(Instant.now())).findFirst().orElseThrow();
        UUID narrow = UUID.randomUUID();
        Set<String> less = whole.columns().stream().filter(column -> !column.equals("Route.short_name"))
                .collect(java.util.stream.Collectors.toSet());
        assertThat(less).hasSizeLessThan(whole.columns().size());
        assertThat(grants.grant(ProviderGrant.given(narrow, "A2.8.1", "transit", less, Instant.now().minusSeconds(1),
                whole.endsAt()), officer)).isEqualTo(ProviderGrants.Outcome.GRANTED);
        grants.suspend(whole.id(), officer, "test");
        return () -> {
            grants.restore(whole.id(), officer, "test");
            grants.withdraw(narrow, officer, "test");
        };
    }

    private static AutoCloseable priceAboveCeiling() {
        Instant soon = Instant.now().plusMillis(200);
        assertThat(node.get(PriceBook.class).setCeiling(new PriceCeiling(UUID.randomUUID(), "library",
                PriceBook.EVERY_OPERATION, UnitPrice.ofFen("1"), soon, "test"), bureau))
                .isInstanceOf(PriceBook.Outcome.Saved.class);
        return () -> market.setPrice("library", "0.5", Instant.now().plusMillis(300));
    }

    private static AutoCloseable endAgreement() {
        Agreements agreements = node.get(Agreements.class);
        UUID merchant = market.person("merchant2").organisationId();
        Agreements.Agreement before = agreements.listOf(merchant).getFirst();
        agreements.terminate(before.id(), bureau, "test");
        LocalDate today = LocalDate.now(BillingPeriod.ZONE);
        return () -> agreements.sign(new Agreements.Agreement(UUID.randomUUID(), merchant,
                Agreements.AgreementKind.MERCHANT, today, today.plusYears(7), "test",
                "市政府专题会议纪要 1 号"), operator);
    }

    private static String fresh(Subscription subscription) throws Exception {
        String key = market.key(subscription);
        Until.holds(SOON, () -> rest.get("/v1/library/books/absent", key).status(), status -> status == 200);
        return key;
    }

    private static Provocation provocationOf(Refusal refusal) throws Exception {
        return switch (refusal) {
            case KEY_MISSING -> new Provocation(Target.LIBRARY, null, List.of(), NOTHING);
            case KEY_MALFORMED -> new Provocation(Target.LIBRARY, "js_live_short", List.of(), NOTHING);
            case KEY_UNKNOWN -> new Provocation(
                    Target.LIBRARY, ApiKey.next(false, new SecureRandom()).reveal(), List.of(), NOTHING);
            case KEY_REVOKED, KEY_EXPIRED -> {
                ApiKeys.Issue.Issued issued = market.issueKey(
                        market.subscribe("app-studio", "library", Purpose.INDUSTRY, 1_000, Market.WIDE), false);
                yield new Provocation(Target.LIBRARY, issued.key().reveal(), List.of(), () -> {
                    if (refusal == Refusal.KEY_REVOKED) {
                        node.get(ApiKeys.class).revoke(issued.record().id(), null, "test");
                    } else {
                        sql("UPDATE market.api_key SET expires_at = ? WHERE id = ?", Instant.now(), issued.record().id());
                    }
                    return () -> {};
                });
            }
            case ORGANISATION_SUSPENDED -> broken(Target.LIBRARY, () -> {
                node.get(Organisations.class).suspend(library.organisationId(), bureau, "test");
                return () -> node.get(Organisations.class).restore(library.organisationId(), bureau, "test");
            });
            case SUBSCRIPTION_NOT_ACTIVE -> broken(Target.LIBRARY, () -> {
                node.get(Subscriptions.class).suspend(library.id(), bureau, "test");
                return () -> node.get(Subscriptions.class).restore(library.id(), bureau, "test");
            });
            case AGREEMENT_EXPIRED -> broken(Target.LIBRARY, GateFactsIT::endAgreement);
            case AUTHORISATION_MISSING -> broken(Target.LIBRARY, () -> {
                Authorisations authorisations = node.get(Authorisations.class);
                UUID whole = authorisations.list(null, 10).getFirst().authorisation().id();
                authorisations.suspend(whole, bureau, "test");
                return () -> authorisations.resume(whole, bureau, "test");
            });
            case PRODUCT_NOT_LIVE -> broken(Target.LIBRARY, () -> {
                Registration registered = node.get(Registrations.class).findInForce("library", Instant.now()).orElseThrow();
                node.get(Registrations.class).suspend(registered.id(), bureau, "test");
                return () -> node.get(Registrations.class).restore(registered.id(), bureau, "test");
            });
            case GRANT_MISSING -> broken(Target.TRANSIT, () -> {
                ProviderGrants grants = node.get(ProviderGrants.class);
                UUID grant = grants.listOf("transit").stream()
                        .filter(each -> each.resource().equals("A2.8.3")).findFirst().orElseThrow().id();
                grants.suspend(grant, bureau, "test");
                return () -> grants.restore(grant, bureau, "test");
            });
            case COLUMN_NOT_GRANTED -> broken(Target.TRANSIT, GateFactsIT::narrowGrant);
            case BLOCKED_BY_LAW -> broken(Target.TRANSIT, () -> {
                sql("UPDATE market.data_resource SET kind = 'BLOCKED', blocked_by = '新法' WHERE id = 'A2.8.7'");
                return () -> asSuperuser("ALTER TABLE market.data_resource DISABLE TRIGGER data_resource_stays_blocked;"
                        + "UPDATE market.data_resource SET kind = 'THING', blocked_by = NULL WHERE id = 'A2.8.7';"
                        + "ALTER TABLE market.data_resource ENABLE TRIGGER data_resource_stays_blocked");
            });
            case OVER_SCOPE -> new Provocation(Target.ECHO, libraryKey, List.of(), NOTHING);
            case SCENARIO_NOT_APPROVED -> broken(Target.LIBRARY, () -> {
                node.get(Scenarios.class).suspend(reading, bureau, "test");
                return () -> node.get(Scenarios.class).resume(reading, bureau, "test");
            });
            case WRONG_SCENARIO -> stated("Jingshu-Scenario", "advertising");
            case WRONG_PURPOSE -> stated("Jingshu-Purpose", "PUBLIC_INTEREST");
            case WRONG_DISTRICT -> new Provocation(Target.LIBRARY, libraryKey, List.of("Jingshu-District", "420822"), () -> {
                node.get(Subscriptions.class).bind(library.id(), reading, Set.of("420802", "420804"), bureau);
                return () -> node.get(Subscriptions.class).bind(library.id(), reading, Set.of(), bureau);
            });
            case CONSENT_REQUIRED -> broken(Target.LOANS, NOTHING);
            case IMPACT_ASSESSMENT_MISSING -> broken(Target.LOANS, () -> {
                UUID consent = agree();
                return () -> node.get(Consents.class).withdraw(consent, operator);
            });
            case NO_LAWFUL_PRICE -> broken(Target.LIBRARY, GateFactsIT::priceAboveCeiling);
            case PAYMENT_OVERDUE, PREPAID_USED_UP, CREDIT_USED_UP, BUDGET_USED_UP -> broken(Target.LIBRARY, () -> {
                String reason = refusal == Refusal.PAYMENT_OVERDUE ? "OVERDUE" : refusal.name();
                sql("INSERT INTO market.payment_stop (organisation_id, reason, since) VALUES (?, ?, now())",
                        library.organisationId(), reason);
                return () -> sql("DELETE FROM market.payment_stop WHERE organisation_id = ?", library.organisationId());
            });
            case RATE_LIMITED -> new Provocation(Target.LIBRARY, fresh(market.subscribe("institute", "library",
                    Purpose.INDUSTRY, 1_000, new RateLimit(1, Duration.ofSeconds(60)))), List.of(), NOTHING);
            case QUOTA_EXHAUSTED -> new Provocation(Target.LIBRARY,
                    fresh(market.subscribe("institute", "library", Purpose.INDUSTRY, 1, Market.WIDE)), List.of(), NOTHING);
            case METER_UNAVAILABLE -> {
                String unused = market.key(market.subscribe("institute", "library", Purpose.INDUSTRY, 1_000, Market.WIDE));
                // Known to the gate, without any unit leased: a call that is refused says so.
                Until.holds(SOON, () -> rest.get(BOOK, unused, "Jingshu-Purpose", "none").text(),
                        text -> text.contains("WRONG_PURPOSE"));
                yield new Provocation(Target.LIBRARY, unused, List.of(), () -> {
                    RunningNode.Postgres postgres = node.postgres();
                    postgres.stop();
                    return postgres::startAgain;
                });
            }
            default -> throw new AssertionError(refusal + " is not provoked here");
        };
    }

    /** All that the gate of a running node can answer; {@link TwoNodesIT} and {@link OverloadIT} provoke the other two. */
    static Stream<Refusal> refusalsOfTheGate() {
        return Stream.of(Refusal.values()).takeWhile(refusal -> refusal != Refusal.KEY_IN_QUERY)
                .filter(refusal -> refusal != Refusal.NODE_NOT_READY && refusal != Refusal.NODE_OVERLOADED);
    }

    @ParameterizedTest
    @MethodSource("refusalsOfTheGate")
    void eachIsAnsweredOverBothEdges(Refusal refusal) throws Exception {
        Provocation provocation = provocationOf(refusal);
        String[] headers = provocation.headers().toArray(new String[0]);
        try (AutoCloseable mending = provocation.breaking().run()) {
            RestCaller.Reply reply = Until.holds(SOON,
                    () -> rest.get(provocation.target().path, provocation.key(), headers),
                    answer -> answer.text().contains("\"code\":\"" + refusal.code() + "\""));
            assertThat(reply.status()).isEqualTo(refusal.httpStatus());
            assertThat(reply.text()).contains("\"titleZh\":\"" + refusal.zh() + "\"", "\"title\":\"" + refusal.en() + "\"");
            if (refusal.legalBasis() != null) {
                assertThat(reply.text()).contains("\"legalBasis\":\"" + refusal.legalBasis() + "\"");
            }
            Message.Builder request = grpc.method(provocation.target().method).requestPrototype().newBuilderForType();
            JsonFormat.parser().merge(provocation.target().request, request);
            GrpcCaller.Reply answer = grpc.call(provocation.target().method, request.build(), provocation.key(), headers);
            assertThat(answer.reason()).isEqualTo(refusal.code());
            assertThat(answer.code()).isEqualTo(Status.Code.valueOf(refusal.grpcStatus()));
        }
        inOrder();
    }

    @Test
    void whatAPersonAgreedToIsAnsweredUntilItIsWithdrawn() throws Exception {
        UUID consent = agree();
        UUID assessment = assess();
        Until.holds(SOON, () -> rest.get(Target.LOANS.path, libraryKey).status(), status -> status == 200);
        assertThat(rest.get(Target.LOANS.path, libraryKey, "Jingshu-Consent", consent.toString()).status()).isEqualTo(200);
        assertThat(rest.get(Target.LOANS.path, libraryKey, "Jingshu-Consent", UUID.randomUUID().toString()).text())
                .contains("CONSENT_REQUIRED");
        assertThat(rest.get("/v1/library/readers/r2/loans", libraryKey).text()).contains("CONSENT_REQUIRED");
        assertThat(rest.get(Target.LOANS.path + "?colour=red", libraryKey).text()).contains("INVALID_REQUEST");
        node.get(Consents.class).withdraw(consent, operator);
        Until.holds(Duration.ofSeconds(1), () -> rest.get(Target.LOANS.path, libraryKey).text(),
                text -> text.contains("CONSENT_REQUIRED"));
        node.get(ImpactAssessments.class).end(assessment, bureau, "test");
    }

    @Test
    void whatLiesBeyondTheScopeIsAnAlertOfItsOwn() throws Exception {
        rest.get(BOOK, libraryKey, "Jingshu-Scenario", "gambling");
        Until.holds(SOON, () -> node.get(cn.jingshu.marketplace.gate.ScopeAlerts.class).listNewest(100), alerts -> alerts.stream()
                .anyMatch(alert -> alert.rule().equals("WRONG_SCENARIO") && alert.subscriptionId().equals(library.id())));
    }
}
