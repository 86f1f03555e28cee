package cn.jingshu.ledger;

import static cn.jingshu.ledger.LedgerDatabase.entry;
import static cn.jingshu.ledger.LedgerDatabase.execute;
import static cn.jingshu.ledger.LedgerDatabase.queryLong;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.period.CloseResult;
import cn.jingshu.ledger.period.Periods;
import java.time.Clock;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The role a node works as books and closes, and can change nothing that is in the books: by rights, before any trigger is asked. */
class LedgerRightsIT {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private final DataSource owner = LedgerDatabase.create();
    private final DataSource node = LedgerDatabase.asNode(owner);
    private final Journal journal = new Journal(node, Clock.systemUTC());

    @Test
    void theNodesRoleBooksReadsAndCloses() {
        assertThat(journal.post(entry(UUID.randomUUID(), DAY, Chart.BANK, Chart.RECEIVABLES, 7))).isInstanceOf(PostResult.Posted.class);
        assertThat(new Balances(node).trialBalance(ReadPoint.LATEST).total()).isEqualTo(new Money(7));
        Periods periods = new Periods(node, Clock.systemUTC());
        assertThat(periods.close(YearMonth.of(2026, 11))).isInstanceOf(CloseResult.Closed.class);
        assertThat(periods.close(YearMonth.of(2026, 12))).isInstanceOf(CloseResult.Closed.class);
    }

    @Test
    void theNodesRoleHasNoRightToChangeWhatIsWritten() {
        journal.post(entry(UUID.randomUUID(), DAY, Chart.BANK, Chart.RECEIVABLES, 7));
        for (String change : List.of(
                "UPDATE ledger.entry SET description = 'x'",
                "DELETE FROM ledger.entry",
                "TRUNCATE ledger.entry CASCADE",
                "UPDATE ledger.posting SET amount_fen = 1",
                "DELETE FROM ledger.posting",
                "TRUNCATE ledger.posting",
                "UPDATE ledger.account_sum SET debit_fen = 1",
                "INSERT INTO ledger.account_sum VALUES ('1002', '2026-11-01', 1, 0)",
                "DELETE FROM ledger.account_sum",
                "UPDATE ledger.account SET postable = false",
                "DELETE FROM ledger.account",
                "UPDATE ledger.period SET last_number = 0",
                "UPDATE ledger.period SET last_chain_sha256 = NULL",
                "INSERT INTO ledger.period (period, last_number) VALUES ('2027-01-01', 5)",
                "DELETE FROM ledger.period",
                "UPDATE ledger.settlement SET revision = 7",
                "DELETE FROM ledger.settlement",
                "INSERT INTO ledger.policy_rate VALUES ('TREASURY', '2027-01-01', 0, 1, 'nobody said so')",
                "INSERT INTO ledger.policy_choice VALUES ('TREASURY_BASE', '2027-01-01', 'GROSS', 'nobody said so')",
                "DELETE FROM ledger.flyway_schema_history",
                "SELECT ledger.grant_to('ledger_node')")) {
            refused(INSUFFICIENT_PRIVILEGE, change);
        }
        for (String people : List.of("NULL, NULL", "gen_random_uuid(), NULL", "NULL, gen_random_uuid()")) {
            refused("JL010", "SELECT ledger.enact_rate('TREASURY', '2999-01-01', 1, 3, 'a law', " + people + ")");
        }
        refused("JL010", "SELECT ledger.enact_rate('TREASURY', '2999-01-01', 1, 3, NULL, gen_random_uuid(), gen_random_uuid())");
        for (String change : List.of( // what only an owner may
                "ALTER TABLE ledger.entry DISABLE TRIGGER ALL",
                "DROP TABLE ledger.posting",
                "CREATE TABLE ledger.mine (x int)",
                "CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                "ALTER ROLE ledger_node SUPERUSER",
                "SET session_replication_role = replica")) {
            refused(INSUFFICIENT_PRIVILEGE, change);
        }
        assertThat(queryLong(owner, "SELECT count(*) FROM ledger.posting")).isEqualTo(2);
    }

    private void refused(String sqlState, String change) {
        assertThatThrownBy(() -> execute(node, change)).as(change).isInstanceOfSatisfying(LedgerStoreException.class,
                failure -> assertThat(failure.sqlState()).as(change).isEqualTo(sqlState));
    }
}
