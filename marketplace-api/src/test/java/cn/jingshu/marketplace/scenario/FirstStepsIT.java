package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.catalogue.ProviderGrants.ProviderGrant;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.catalogue.Registrations;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.term.Deadline;
import cn.jingshu.marketplace.term.Deadlines;
import cn.jingshu.marketplace.term.Term;
import cn.jingshu.products.domain.DomainNeeds;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Type;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The clocks of a registration's first steps, and of delivering what was granted. */
class FirstStepsIT {
    private static SharedNode house;

    @BeforeAll
    static void open() throws Exception {
        house = SharedNode.get();
    }

    private static Registration shelf(UUID id) {
        Instant now = Instant.now();
        return new Registration(id, "steps-" + id.toString().substring(0, 8), 1, "步骤", "Steps", "6" + id.toString().replace("-", "").substring(0, 31), now,
                now.plus(Duration.ofDays(300)), house.market.person("operator").organisationId(), house.market.person("merchant2").organisationId(),
                Registration.Status.REGISTERED, null, List.of());
    }

    private static List<Term> termsOf(UUID subject) {
        return house.node.get(Deadlines.class).listOpen().stream().filter(each -> each.subject().equals(subject)).map(Deadline::term).toList();
    }

    @Test
    void aRegistrationIsTakenInWithinThreeDaysAndReviewedFromThen() throws Exception {
        Registrations registrations = house.node.get(Registrations.class);
        Deadlines deadlines = house.node.get(Deadlines.class);
        Desk bureau = Desk.of(house.node, house.rest, "bureau");
        Desk operator = Desk.of(house.node, house.rest, "operator");
        UUID id = UUID.randomUUID();
        registrations.register(shelf(id), house.market.person("operator").id());
        Deadline acceptance = deadlines.find(Term.REGISTRATION_ACCEPTANCE, id).orElseThrow();
        assertThat(acceptance.workingDays()).isEqualTo(3);
        assertThat(termsOf(id)).as("nothing is reviewed that was not taken in").containsExactly(Term.REGISTRATION_ACCEPTANCE);

        String path = "/api/registrations/" + id + "/acceptance";
        Map<String, Object> taken = Map.of("accepted", true, "said", "登记受〔2026〕8号");
        assertThat(operator.post(path, taken).status()).isEqualTo(403);
        assertThat(bureau.post(path, Map.of("accepted", true)).status()).isEqualTo(400);
        assertThat(bureau.post("/api/registrations/" + UUID.randomUUID() + "/acceptance", taken).status()).isEqualTo(404);
        assertThat(bureau.post(path, taken).status()).isEqualTo(200);
        assertThat(bureau.post(path, taken).status()).as("sent again").isEqualTo(200);
        assertThat(bureau.post(path, Map.of("accepted", false, "said", "缺材料")).status()).isEqualTo(409);
        Deadline review = deadlines.find(Term.REGISTRATION_REVIEW, id).orElseThrow();
        assertThat(review.workingDays()).isEqualTo(20);
        assertThat(review.begins()).isEqualTo(deadlines.today());
        assertThat(registrations.approve(id, house.market.person("bureau").id())).isEqualTo(Registrations.Approval.APPROVED);
        assertThat(termsOf(id)).isEmpty();
    }

    @Test
    void whatIsSentBackWaitsForNobodyOfTheBureau() throws Exception {
        UUID id = UUID.randomUUID();
        house.node.get(Registrations.class).register(shelf(id), house.market.person("operator").id());
        assertThat(Desk.of(house.node, house.rest, "bureau").post("/api/registrations/" + id + "/acceptance",
                Map.of("accepted", false, "said", "缺数据安全风险评估;缺存证情况")).status()).isEqualTo(200);
        assertThat(termsOf(id)).isEmpty();
        house.node.get(Registrations.class).cancel(id, house.market.person("bureau").id(), "test");
    }

    @Test
    void whatWasGrantedIsDueUntilEveryTableOfItWasLoaded() throws Exception {
        ResourceTable table = new ResourceTable("late_note", "A2.8.1", List.of(Column.of("id", Type.TEXT, "编号", "id")), List.of("id"), List.of());
        DomainNeeds needs = new DomainNeeds("late-notes", 1, Map.of(table, List.of("id")), null, (sink, seed) -> sink.row(table, Map.of("id", "1")));
        JdbcDataDomain domain = house.node.get(JdbcDataDomain.class);
        domain.open(needs);
        UUID id = UUID.randomUUID();
        try {
            house.node.get(ProviderGrants.class).grant(ProviderGrant.given(id, "A2.8.1", "late-notes", Set.of("late_note.*"),
                    Instant.now().minusSeconds(1), Instant.now().plus(Duration.ofDays(30))), house.market.person("bus-group").id());
            assertThat(termsOf(id)).as("rows of the demonstration are there").isEmpty();
            asOwner("DELETE FROM domain_keeping.newest_load WHERE table_name = 'late_note'");
            domain.readNewestLoads();
            Deadline delivery = house.node.get(Deadlines.class).find(Term.DELIVERY, id).orElseThrow();
            assertThat(delivery.workingDays()).isEqualTo(20);
            assertThat(delivery.responsible()).isEqualTo(house.market.person("bus-group").organisationId());
            assertThat(delivery.begins()).isEqualTo(house.node.get(Deadlines.class).today());
            assertThat(delivery.reference()).isEqualTo("A2.8.1");

            asOwner("INSERT INTO domain_keeping.newest_load (table_name, loaded_at, synthetic, degraded) VALUES ('late_note', now(), false, false)");
            domain.readNewestLoads();
            assertThat(termsOf(id)).as("delivered").isEmpty();
        } finally {
            house.node.get(ProviderGrants.class).withdraw(id, house.market.person("bus-group").id(), "test");
            domain.giveUp(needs);
        }
    }

    private static void asOwner(String sql) throws SQLException {
        RunningNode.Postgres postgres = house.node.postgres();
        try (Connection connection = DriverManager.getConnection(postgres.url(), "postgres", postgres.ownerPassword());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
