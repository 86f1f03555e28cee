package cn.jingshu.marketplace.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.period.Periods;
import cn.jingshu.ledger.settlement.PolicyChoices;
import cn.jingshu.ledger.settlement.PolicyRates;
import cn.jingshu.ledger.settlement.Rule;
import cn.jingshu.marketplace.governance.PolicyParameters;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.policy.PolicyProposals.Outcome;
import cn.jingshu.marketplace.policy.PolicyProposals.Proposed;
import cn.jingshu.marketplace.policy.PolicyProposals.Refusal;
import cn.jingshu.marketplace.policy.PolicyProposals.State;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.scenario.SharedNode;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.products.domain.JdbcDataDomain;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers of policy by two people: what may be proposed, who decides, and that nothing is set back. Numbers of these tests begin years ahead. */
class PolicyProposalsIT {
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    private static SharedNode house;
    private static UUID first;
    private static UUID second;
    private static UUID operator;
    private static LocalDate today;

    @BeforeAll
    static void open() throws IOException {
        house = SharedNode.get();
        first = house.market.person("bureau").id();
        second = UUID.randomUUID();
        house.node.get(People.class).add(new Person(second, house.market.person("bureau").organisationId(), "policy-" + second, "Second",
                Set.of(Role.REGULATOR)), "jingshu-demo".toCharArray(), null);
        operator = house.market.person("operator").id();
        today = LocalDate.now(ZONE);
    }

    private static PolicyProposals policyAt(Clock clock) {
        return new PolicyProposals(house.node.get(Database.class), house.node.get(PolicyParameters.class), () -> house.node.get(PolicyRates.class),
                () -> house.node.get(PolicyChoices.class), house.node.get(Periods.class), house.node.get(JdbcDataDomain.class), clock);
    }

    private static PolicyProposals policy() {
        return house.node.get(PolicyProposals.class);
    }

    private static Clock on(LocalDate day) {
        return Clock.fixed(day.atTime(12, 0).atZone(ZONE).toInstant(), ZoneOffset.UTC);
    }

    private static Proposed proposed(String name, String value, LocalDate on) {
        return new Proposed(name, value, on, "某办法〔2026〕3号第五条", "新办法施行");
    }

    private static Outcome propose(Proposed proposed) {
        return policy().propose(UUID.randomUUID(), proposed, first);
    }

    private static Outcome refused(Refusal refusal) {
        return new Outcome.Refused(refusal);
    }

    private static void asOwner(String sql) throws SQLException {
        RunningNode.Postgres postgres = house.node.postgres();
        try (Connection connection = DriverManager.getConnection(postgres.url(), "postgres", postgres.ownerPassword());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Whatever code writes it, and whoever sits at the database. */
    @Test
    void noNumberStandsThatTwoDidNotDecide() throws SQLException {
        LocalDate day = today.plusYears(6);
        String number = "INSERT INTO market.policy_parameter (name, effective_from, value, citation) VALUES ('dunning.reminder-days', TIMESTAMP '" + day
                + " 00:00' AT TIME ZONE 'Asia/Shanghai', '%s', '某办法〔2026〕3号第五条')";
        assertByTwo(number.formatted("7"));
        UUID open = UUID.randomUUID();
        policy().propose(open, proposed("dunning.reminder-days", "7", day), first);
        assertByTwo(number.formatted("7")); // nobody decided
        UUID declined = UUID.randomUUID();
        policy().propose(declined, proposed("dunning.reminder-days", "8", day), first);
        policy().decide(declined, false, "不同意", second);
        assertByTwo(number.formatted("8"));
        assertThatThrownBy(() -> asOwner("UPDATE market.policy_proposal SET approved = true, decided_by = proposed_by, decided_at = now(), decision = 'x'"
                + " WHERE id = '" + open + "'")).hasMessageContaining("policy_proposal_decided_by_another");
        assertThat(policy().decide(open, true, "同意", second)).isEqualTo(new Outcome.Done(false));
        assertByTwo(number.formatted("9")); // another value
        assertByTwo(number.formatted("7").replace("00:00' AT", "00:01' AT")); // another moment
        assertByTwo(number.formatted("7").replace("dunning.reminder-days", "dunning.suspension-days")); // another number
    }

    private static void assertByTwo(String sql) {
        assertThatThrownBy(() -> asOwner(sql)).as(sql).isInstanceOf(SQLException.class).hasMessageContaining("approved by another");
    }

    /** A variable of the transaction is anybody's to set; a release is brought by the owner of the table. */
    @Test
    void aNodeCannotSayThatANumberCameWithARelease() {
        String number = """
                INSERT INTO market.policy_parameter (name, effective_from, value, citation)
                SELECT 'test.of-a-release', TIMESTAMPTZ '2041-01-01 00:00+08', '1', 'test' FROM set_config('market.numbers_of', 'release', true)
                """;
        assertThatThrownBy(() -> house.node.get(Database.class).inTransaction(t -> t.change(number))).hasStackTraceContaining("approved by another");
        assertThatCode(() -> asOwner("BEGIN; " + number + "; ROLLBACK")).doesNotThrowAnyException();
    }

    @Test
    void oneProposesAnotherApprovesAndItHoldsFromItsDay() {
        LocalDate day = today.plusYears(3);
        Instant begins = day.atStartOfDay(ZONE).toInstant();
        PolicyParameters parameters = house.node.get(PolicyParameters.class);
        String before = parameters.getAt("dunning.reminder-days", begins).value();
        UUID id = UUID.randomUUID();
        Proposed seven = proposed("dunning.reminder-days", "7", day);

        assertThat(policy().propose(id, seven, operator)).isEqualTo(refused(Refusal.NOT_THE_BUREAU));
        assertThat(policy().propose(id, seven, first)).isEqualTo(new Outcome.Done(false));
        assertThat(policy().propose(id, seven, first)).as("sent again").isEqualTo(new Outcome.Done(true));
        assertThat(policy().propose(id, proposed("dunning.reminder-days", "8", day), first)).isEqualTo(refused(Refusal.ID_TAKEN));
        assertThat(parameters.getAt("dunning.reminder-days", begins).value()).as("nothing holds yet").isEqualTo(before);

        assertThat(policy().decide(id, true, "同意", first)).as("its own").isEqualTo(refused(Refusal.SAME_PERSON));
        assertThat(policy().decide(id, true, "同意", operator)).isEqualTo(refused(Refusal.NOT_THE_BUREAU));
        assertThat(policy().decide(id, true, "同意", second)).isEqualTo(new Outcome.Done(false));
        assertThat(policy().decide(id, true, "同意", second)).isEqualTo(new Outcome.Done(true));
        assertThat(policy().decide(id, false, "改主意", second)).isEqualTo(refused(Refusal.DECIDED));

        assertThat(parameters.getAt("dunning.reminder-days", begins.minusMillis(1)).value()).as("the day before").isEqualTo(before);
        assertThat(parameters.getAt("dunning.reminder-days", begins).value()).isEqualTo("7");
        assertThat(policy().listAll().stream().filter(each -> each.name().equals("dunning.reminder-days")).map(PolicyProposals.Dated::state))
                .contains(State.IN_FORCE, State.TO_COME);
        assertThat(policyAt(on(day)).listAll().stream().filter(each -> each.name().equals("dunning.reminder-days"))
                .filter(each -> each.state() == State.IN_FORCE).map(PolicyProposals.Dated::value)).containsExactly("7");
        assertThat(propose(seven)).as("of that day there is one").isEqualTo(refused(Refusal.DATE_TAKEN));
        List<String> logged = house.node.get(Database.class).inTransaction(t -> t.list(
                "SELECT action FROM market.audit_log WHERE subject_id = ? ORDER BY sequence", row -> row.text("action"), id.toString()));
        assertThat(logged).containsExactly("policy.propose", "policy.approve");
        assertThatThrownBy(() -> asOwner("UPDATE market.policy_proposal SET value = '9' WHERE id = '" + id + "'")).isInstanceOf(SQLException.class);
    }

    @Test
    void whatIsRefusedNeverHolds() {
        UUID id = UUID.randomUUID();
        LocalDate day = today.plusYears(4);
        assertThat(policy().propose(id, proposed("dunning.reminder-days", "30", day), first)).isEqualTo(new Outcome.Done(false));
        assertThat(policy().decide(id, false, "依据不足", second)).isEqualTo(new Outcome.Done(false));
        assertThat(policy().listAll()).noneMatch(each -> each.name().equals("dunning.reminder-days") && each.value().equals("30"));
    }

    @Test
    void nothingIsSetBack() {
        assertThat(propose(proposed("dunning.reminder-days", "5", today.minusDays(1)))).isEqualTo(refused(Refusal.NOT_TO_COME));
        assertThat(propose(proposed("dunning.reminder-days", "5", today))).as("the day has begun").isEqualTo(refused(Refusal.NOT_TO_COME));
        assertThat(propose(proposed("dunning.reminder-days", "5", today.plusYears(11)))).isEqualTo(refused(Refusal.TOO_FAR));

        LocalDate day = today.plusYears(2);
        UUID id = UUID.randomUUID();
        assertThat(policy().propose(id, proposed("dunning.reminder-days", "5", day), first)).isEqualTo(new Outcome.Done(false));
        assertThat(policyAt(on(day)).decide(id, true, "同意", second)).as("it was proposed in time and its day has come")
                .isEqualTo(refused(Refusal.NOT_TO_COME));
        assertThat(policyAt(on(day)).decide(id, false, "过期", second)).isEqualTo(new Outcome.Done(false));
        assertThat(policy().listAll()).noneMatch(each -> each.name().equals("dunning.reminder-days")
                && each.from().equals(day.atStartOfDay(ZONE).toInstant()));
    }

    @Test
    void aClosedPeriodIsLeftAsItIs() throws SQLException {
        YearMonth closed = YearMonth.from(today.plusYears(9));
        UUID waiting = UUID.randomUUID();
        assertThat(policy().propose(waiting, proposed("dunning.reminder-days", "6", closed.atDay(20)), first)).isEqualTo(new Outcome.Done(false));
        asOwner("INSERT INTO ledger.period (period, closed_at, closed_entries, closed_total_fen, closed_sha256) VALUES ('" + closed.atDay(1)
                + "', now(), 0, 0, '')");
        try {
            assertThat(propose(proposed("dunning.reminder-days", "6", closed.atDay(15)))).isEqualTo(refused(Refusal.PERIOD_CLOSED));
            assertThat(propose(proposed("rate.TREASURY", "0.25", closed.minusMonths(1).atDay(1)))).as("a later month is closed")
                    .isEqualTo(refused(Refusal.PERIOD_CLOSED));
            assertThat(policy().decide(waiting, true, "同意", second)).as("closed since").isEqualTo(refused(Refusal.PERIOD_CLOSED));
            assertThatThrownBy(() -> asOwner("SELECT ledger.enact_rate('TREASURY', DATE '" + closed.atDay(1) + "', 1, 4, 'x', '" + first + "', '"
                    + second + "')")).hasMessageContaining("is closed");
        } finally {
            asOwner("ALTER TABLE ledger.period DISABLE TRIGGER ALL; DELETE FROM ledger.period WHERE period = '" + closed.atDay(1)
                    + "'; ALTER TABLE ledger.period ENABLE TRIGGER ALL");
        }
    }

    @ParameterizedTest
    @CsvSource({"no.such-number,1,NO_SUCH_NUMBER", "dunning.reminder-days,0,VALUE_UNFIT", "dunning.reminder-days,1.5,VALUE_UNFIT",
        "dunning.reminder-days,-3,VALUE_UNFIT", "price.deviation,1.01,VALUE_UNFIT", "price.deviation,ten,VALUE_UNFIT", "rate.TREASURY,30,VALUE_UNFIT",
        "choice.TREASURY_BASE,EVERYTHING,VALUE_UNFIT", "retention.claims.case,3,VALUE_UNFIT", "retention.claims.case,P-1Y,VALUE_UNFIT",
        "retention.claims.case,P35M,UNDER_THE_LAW", "retention.disclosure,P1D,UNDER_THE_LAW", "term.objection,0,VALUE_UNFIT",
        "books.four-eyes-above-yuan,10.001,VALUE_UNFIT"})
    void aValueHasTheFormAndRangeOfItsNumber(String name, String value, Refusal why) {
        assertThat(propose(proposed(name, value, today.plusYears(1).withDayOfMonth(1)))).isEqualTo(refused(why));
    }

    @Test
    void aRateOfTheBooksBeginsWithAMonthAndIsReadByTheRunningNode() {
        LocalDate month = today.plusYears(8).withDayOfMonth(1);
        assertThat(propose(proposed("rate.TREASURY", "0.25", month.plusDays(14)))).isEqualTo(refused(Refusal.NO_FIRST_OF_MONTH));
        UUID id = UUID.randomUUID();
        assertThat(policy().propose(id, proposed("rate.TREASURY", "0.25", month), first)).isEqualTo(new Outcome.Done(false));
        assertThat(policy().decide(id, true, "同意", second)).isEqualTo(new Outcome.Done(false));
        PolicyRates rates = house.node.get(PolicyRates.class);
        assertThat(rates.rateAt(Rule.TREASURY, month.minusDays(1)).rate()).isEqualTo(Portion.of(3, 10));
        assertThat(rates.rateAt(Rule.TREASURY, month).rate()).isEqualTo(Portion.of(1, 4));
        assertThat(rates.rateAt(Rule.TREASURY, month).citation()).isEqualTo("某办法〔2026〕3号第五条");

        UUID base = UUID.randomUUID();
        assertThat(policy().propose(base, proposed("choice.TREASURY_BASE", "NP_AFTER_LOSS_RESERVE", month), first)).isEqualTo(new Outcome.Done(false));
        assertThat(policy().decide(base, true, "同意", second)).isEqualTo(new Outcome.Done(false));
        assertThat(house.node.get(PolicyChoices.class).treasuryBaseAt(month).name()).isEqualTo("NP_AFTER_LOSS_RESERVE");
        assertThat(house.node.get(PolicyChoices.class).treasuryBaseAt(month.minusDays(1)).name()).isEqualTo("NET_PROFIT");
    }

    /** The books hold it themselves, whoever calls. */
    @Test
    void theBooksRefuseWhatOnePersonOrThePastSays() {
        LocalDate month = today.plusYears(7).withDayOfMonth(1);
        String call = "SELECT ledger.enact_rate('%s', DATE '%s', 1, 4, '%s', '%s', '%s')";
        assertThatThrownBy(() -> asOwner(call.formatted("TREASURY", month, "x", first, first))).hasMessageContaining("another than who proposes");
        assertThatThrownBy(() -> asOwner(call.formatted("TREASURY", month, " ", first, second))).hasMessageContaining("cited");
        assertThatThrownBy(() -> asOwner(call.formatted("TREASURY", month.plusDays(1), "x", first, second))).hasMessageContaining("first of a month");
        assertThatThrownBy(() -> asOwner(call.formatted("TREASURY", today.minusYears(1).withDayOfMonth(1), "x", first, second)))
                .hasMessageContaining("never set back");
        assertThatThrownBy(() -> asOwner(call.formatted("NO_RATE", month, "x", first, second))).hasMessageContaining("there is no rate");
    }
}
