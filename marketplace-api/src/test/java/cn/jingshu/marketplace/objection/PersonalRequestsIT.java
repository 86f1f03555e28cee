package cn.jingshu.marketplace.objection;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.catalogue.Registrations;
import cn.jingshu.marketplace.keeping.RetentionRounds;
import cn.jingshu.marketplace.objection.PersonalRequests.Asked;
import cn.jingshu.marketplace.objection.PersonalRequests.Outcome;
import cn.jingshu.marketplace.objection.PersonalRequests.Raising;
import cn.jingshu.marketplace.objection.PersonalRequests.Refusal;
import cn.jingshu.marketplace.objection.PersonalRequests.Request;
import cn.jingshu.marketplace.objection.PersonalRequests.Status;
import cn.jingshu.marketplace.objection.PersonalRequests.Wish;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.scenario.SharedNode;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.term.Deadline;
import cn.jingshu.marketplace.term.Deadlines;
import cn.jingshu.marketplace.term.Term;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.RemovalRecord;
import cn.jingshu.products.domain.load.LoadHistory;
import cn.jingshu.products.health.HealthSettings;
import cn.jingshu.products.health.session.IdentityProofs;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.sandbox.TestSubject;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What people ask about their own data: who they are is proved and not kept, and what came of it is theirs to read. */
class PersonalRequestsIT {
    private static final ResidentId ANN = TestSubject.APPROVE.person();
    private static final ResidentId BOB = TestSubject.REFER.person();
    private static final String PAPER = "ab".repeat(32);

    private static SharedNode house;
    private static KeyPair provider;
    private static PersonalRequests requests;
    private static Person bus;
    private static Person bureau;

    @BeforeAll
    static void open() throws Exception {
        house = SharedNode.get();
        provider = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        requests = with(new HealthSettings("https://id.example", Base64.getEncoder().encodeToString(provider.getPublic().getEncoded()), 15, true));
        bus = house.market.person("bus-group");
        bureau = house.market.person("bureau");
    }

    private static PersonalRequests with(HealthSettings health) {
        RunningNode node = house.node;
        return new PersonalRequests(node.get(Database.class), node.get(Pepper.class), node.get(JdbcDataDomain.class), node.get(LoadHistory.class),
                node.get(Deadlines.class), node.get(Notifications.class), health, Clock.systemUTC());
    }

    private static String proof(ResidentId person, String audience) throws Exception {
        String id = UUID.randomUUID().toString();
        long now = Instant.now().getEpochSecond();
        String claims = "{\"iss\":\"https://id.example\",\"aud\":\"%s\",\"jti\":\"%s\",\"iat\":%d,\"exp\":%d,\"sub\":\"%s\"}".formatted(audience, id, now,
                now + 300, IdentityProofs.subject(id, person));
        Base64.Encoder url = Base64.getUrlEncoder().withoutPadding();
        String signed = url.encodeToString("{\"alg\":\"EdDSA\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + url.encodeToString(claims.getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(provider.getPrivate());
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + url.encodeToString(signature.sign());
    }

    private static Asked aboutStops(String statement) {
        return new Asked(Wish.CORRECT, null, "A2.8.1", statement);
    }

    private static Raising refused(Refusal refusal) {
        return new Raising.Refused(refusal);
    }

    private static List<String> texts(String sql) throws SQLException {
        RunningNode.Postgres postgres = house.node.postgres();
        try (Connection connection = DriverManager.getConnection(postgres.url(), "postgres", postgres.ownerPassword());
                Statement statement = connection.createStatement()) {
            List<String> found = new ArrayList<>();
            if (statement.execute(sql)) {
                ResultSet row = statement.getResultSet();
                while (row.next()) {
                    found.add(row.getString(1));
                }
            }
            return found;
        }
    }

    private static Person officerOf(UUID organisation, Role role) {
        Person person = new Person(UUID.randomUUID(), organisation, "officer-" + UUID.randomUUID(), "Officer", Set.of(role));
        house.node.get(People.class).add(person, "jingshu-demo".toCharArray(), null);
        return person;
    }

    private static UUID merchantOf(String product) {
        return house.node.get(Registrations.class).listAll().stream().filter(each -> each.product().equals(product)).findFirst().orElseThrow().merchantId();
    }

    @Test
    void whoProvesWhoTheyAreAsksOnceAndReadsTheAnswer() throws Exception {
        UUID id = UUID.randomUUID();
        String proof = proof(ANN, PersonalRequests.AUDIENCE);
        Raising.Raised raised = (Raising.Raised) requests.raise(id, aboutStops("站点记录中我的住址有误"), ANN, proof);
        assertThat(raised.already()).isFalse();
        assertThat(raised.code()).matches("[2-9A-Z]{12}");
        assertThat(requests.raise(id, aboutStops("站点记录中我的住址有误"), ANN, proof)).as("sent again")
                .isEqualTo(new Raising.Raised(raised.reference(), raised.code(), raised.due(), true));
        assertThat(requests.raise(id, aboutStops("别的"), ANN, proof)).isEqualTo(refused(Refusal.ID_TAKEN));
        assertThat(requests.raise(UUID.randomUUID(), aboutStops("又一个"), ANN, proof)).as("a proof is good once").isEqualTo(refused(Refusal.PROOF_USED));

        Deadline deadline = house.node.get(Deadlines.class).find(Term.PERSONAL_REQUEST, id).orElseThrow();
        assertThat(deadline.workingDays()).isEqualTo(10);
        assertThat(deadline.due().on()).isEqualTo(raised.due());
        assertThat(deadline.responsible()).isEqualTo(bus.organisationId());
        assertThat(requests.findOutcome(raised.reference(), raised.code()).orElseThrow().status()).isEqualTo(Status.OPEN);
        assertThat(requests.findOutcome(raised.reference(), "AAAAAAAAAAAA")).isEmpty();
        assertThat(requests.findOutcome("GR-999999999", raised.code())).isEmpty();
        assertThat(requests.findOutcome("GR-" + "9".repeat(40), raised.code())).isEmpty();

        assertThat(requests.answer(id, true, "已更正", null, bureau.id())).as("the provider answers").isEqualTo(new Outcome.Refused(Refusal.NOT_YOURS));
        assertThat(requests.answer(id, true, "已更正", UUID.randomUUID(), bus.id())).isEqualTo(new Outcome.Refused(Refusal.NO_SUCH_LOAD));
        assertThat(requests.answer(id, true, "电话 13800138000", null, bus.id())).isEqualTo(new Outcome.Refused(Refusal.PERSONAL_VALUES));
        assertThat(requests.tell(id, bureau.id())).isEqualTo(new Outcome.Refused(Refusal.NOT_THE_STEP));
        assertThat(requests.answer(id, true, "已更正", null, bus.id())).isEqualTo(new Outcome.Done(false));
        assertThat(requests.answer(id, true, "已更正", null, bus.id())).isEqualTo(new Outcome.Done(true));
        assertThat(requests.answer(id, false, "不同意", null, bus.id())).isEqualTo(new Outcome.Refused(Refusal.NOT_THE_STEP));
        Request outcome = requests.findOutcome(raised.reference().toLowerCase(java.util.Locale.ROOT), " " + raised.code()).orElseThrow();
        assertThat(outcome.status()).isEqualTo(Status.GRANTED);
        assertThat(outcome.answer()).isEqualTo("已更正");
        assertThat(house.node.get(Deadlines.class).find(Term.PERSONAL_REQUEST, id)).isEmpty();
        assertThat(requests.tell(id, bus.id())).isEqualTo(new Outcome.Refused(Refusal.NOT_YOURS));
        assertThat(requests.tell(id, bureau.id())).isEqualTo(new Outcome.Done(false));
    }

    @Test
    void aProofOfAnotherUseOrPersonProvesNothing() throws Exception {
        assertThat(requests.raise(UUID.randomUUID(), aboutStops("x"), ANN, proof(ANN, IdentityProofs.AUDIENCE))).as("made for a session of health")
                .isEqualTo(refused(Refusal.NOT_PROVED));
        assertThat(requests.raise(UUID.randomUUID(), aboutStops("x"), ANN, proof(BOB, PersonalRequests.AUDIENCE))).isEqualTo(refused(Refusal.NOT_PROVED));
        assertThat(requests.raise(UUID.randomUUID(), aboutStops("x"), ANN, "a.b.c")).isEqualTo(refused(Refusal.NOT_PROVED));
        assertThat(with(HealthSettings.usual()).raise(UUID.randomUUID(), aboutStops("x"), ANN, proof(ANN, PersonalRequests.AUDIENCE)))
                .isEqualTo(refused(Refusal.NO_PROVIDER));
        assertThat(requests.knowsProvider()).isTrue();
        assertThat(with(HealthSettings.usual()).knowsProvider()).isFalse();
    }

    @Test
    void nothingSaysWhoItIs() throws Exception {
        UUID id = UUID.randomUUID();
        assertThat(requests.enter(id, new Asked(Wish.EXPLAIN, "prescription", null, "续方记录从何而来"), BOB, PAPER, bureau.id()))
                .isInstanceOf(Raising.Raised.class);
        assertThat(requests.enter(UUID.randomUUID(), aboutStops("证号 " + BOB.number()), BOB, PAPER, bureau.id())).isEqualTo(refused(Refusal.PERSONAL_VALUES));
        assertThat(requests.enter(UUID.randomUUID(), aboutStops("x"), BOB, "no digest", bureau.id())).isEqualTo(refused(Refusal.NO_EVIDENCE));
        assertThat(requests.enter(UUID.randomUUID(), aboutStops("x"), BOB, PAPER, bus.id())).isEqualTo(refused(Refusal.NOT_YOURS));
        assertThat(requests.enter(UUID.randomUUID(), new Asked(Wish.ERASE, "no-such-product", null, "x"), BOB, PAPER, bureau.id()))
                .isEqualTo(refused(Refusal.NO_SUCH_DATA));
        assertThat(texts("SELECT t::text FROM market.personal_request t UNION ALL SELECT s::text FROM market.personal_request_subject s"
                + " UNION ALL SELECT a::text FROM market.audit_log a WHERE a.subject_kind = 'personal_request'").toString()).doesNotContain(BOB.number());
        assertThat(requests.listFor(bus, 100)).as("another's").noneMatch(each -> each.id().equals(id));
        assertThat(requests.listFor(bureau, 500)).anyMatch(each -> each.id().equals(id));
    }

    /** Without subjects nothing would be held, and nothing erased, though it was granted. */
    @Test
    void aboutAProductThatIsKeptElsewhereNothingIsTakenHere() throws Exception {
        Asked transit = new Asked(Wish.ERASE, "transit", null, "请删除");
        assertThat(house.node.get(JdbcDataDomain.class).isKeptElsewhere("health")).as("it is open here").isFalse();
        assertThat(requests.enter(UUID.randomUUID(), transit, BOB, PAPER, bureau.id())).as("nobody keeps anything of it").isInstanceOf(Raising.Raised.class);
        texts("CREATE SCHEMA state_transit");
        try {
            UUID id = UUID.randomUUID();
            assertThat(requests.raise(id, transit, ANN, proof(ANN, PersonalRequests.AUDIENCE))).isEqualTo(refused(Refusal.NOT_OPEN_HERE));
            assertThat(requests.listFor(bureau, 500)).noneMatch(each -> each.id().equals(id));
            assertThat(requests.enter(UUID.randomUUID(), transit, BOB, PAPER, bureau.id())).as("whoever is sent to the window is heard there")
                    .isInstanceOf(Raising.Raised.class);
            assertThat(requests.raise(id, new Asked(Wish.ERASE, "No Such", null, "请删除"), ANN, proof(ANN, PersonalRequests.AUDIENCE)))
                    .isEqualTo(refused(Refusal.NO_SUCH_DATA));
        } finally {
            texts("DROP SCHEMA state_transit");
        }
    }

    @Test
    void whatIsAskedAboutIsHeldAndWhatIsGrantedIsErased() throws Exception {
        JdbcDataDomain domain = house.node.get(JdbcDataDomain.class);
        String preference = Objects.requireNonNull(domain.subjectKeys("health", BOB).get("preference"));
        String refill = Objects.requireNonNull(domain.subjectKeys("prescription", BOB).get("refill"));
        texts("INSERT INTO state_health.warning_preference (person, opted_in, topics, changed_at) VALUES ('" + preference
                + "', true, '', now() - interval '3 years')");
        texts("INSERT INTO state_prescription.refill (refill_id, person, drug_token, days, status, rules_version, requested_at) VALUES ('"
                + UUID.randomUUID() + "', '" + refill + "', 'kept', 7, 'REQUESTED', '', now() - interval '1 year')");
        UUID wish = UUID.randomUUID();
        UUID other = UUID.randomUUID();
        assertThat(requests.enter(wish, new Asked(Wish.ERASE, "health", null, "不再接受提醒,请删除"), BOB, PAPER, bureau.id())).isInstanceOf(Raising.Raised.class);
        assertThat(requests.enter(other, new Asked(Wish.ERASE, "prescription", null, "请删除续方记录"), BOB, PAPER, bureau.id()))
                .isInstanceOf(Raising.Raised.class);
        RetentionRounds rounds = house.node.get(RetentionRounds.class);
        rounds.round();
        assertThat(texts("SELECT 1 FROM state_health.warning_preference WHERE person = '" + preference + "'"))
                .as("its time is over, and the request is open").hasSize(1);

        texts("UPDATE state_health.warning_preference SET changed_at = now() - interval '1 day' WHERE person = '" + preference + "'");
        Person health = officerOf(merchantOf("health"), Role.MERCHANT_OFFICER);
        Person prescription = officerOf(merchantOf("prescription"), Role.MERCHANT_OFFICER);
        assertThat(requests.answer(wish, true, "同意删除", null, health.id())).isEqualTo(new Outcome.Done(false));
        assertThat(requests.answer(other, true, "依法保存至期满", null, prescription.id())).isEqualTo(new Outcome.Done(false));
        rounds.round();
        assertThat(texts("SELECT 1 FROM state_health.warning_preference WHERE person = '" + preference + "'")).as("before its time").isEmpty();
        assertThat(texts("SELECT 1 FROM state_prescription.refill WHERE drug_token = 'kept' AND person = '" + refill + "'"))
                .as("what a law tells to keep stays").hasSize(1);
        assertThat(domain.removals(null, 50)).anySatisfy(each -> {
            assertThat(each.cause()).isEqualTo(RemovalRecord.Cause.ERASURE);
            assertThat(each.request()).isEqualTo(wish);
        });
    }

    @Test
    void nobodyBuriesTheAnswerers() throws Exception {
        ResidentId slow = TestSubject.SLOW.person();
        List<UUID> raised = new ArrayList<>();
        for (int i = 0; i < PersonalRequests.MOST_OPEN; i++) {
            UUID id = UUID.randomUUID();
            assertThat(requests.enter(id, aboutStops("第 " + i + " 项"), slow, PAPER, bureau.id())).isInstanceOf(Raising.Raised.class);
            raised.add(id);
        }
        assertThat(requests.enter(UUID.randomUUID(), aboutStops("再一项"), slow, PAPER, bureau.id())).isEqualTo(refused(Refusal.TOO_MANY));
        for (UUID id : raised) {
            assertThat(requests.answer(id, false, "数据无误", null, bus.id())).isEqualTo(new Outcome.Done(false));
        }
    }
}
