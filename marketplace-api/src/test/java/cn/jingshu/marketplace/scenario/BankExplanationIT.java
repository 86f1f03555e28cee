package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.store.Database;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What nothing known explains is closed by one person's word up to the limit of entries by hand, above it by two. */
class BankExplanationIT {
    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static JsonNode line(Desk desk, String reference) throws Exception {
        for (JsonNode each : desk.get("/api/bank-files?open=false").json().path("shown")) {
            if (each.path("bankReference").asText().equals(reference)) {
                return each;
            }
        }
        throw new AssertionError("no line " + reference);
    }

    @Test
    void aLargeMovementIsExplainedByTwo() throws Exception {
        try (RunningNode node = RunningNode.start(data.resolve("node"), new ShiftedClock(Instant.parse("2027-01-10T02:00:00Z")), Map.of());
                RestCaller rest = new RestCaller(node.httpPort())) {
            Desk operator = Desk.of(node, rest, "operator");
            Desk colleague = Desk.hired(node, rest, new Market(node).person("operator"), Role.OPERATIONS);
            Desk.Answer taken = operator.upload("/api/bank-files?name=a.csv", """
                    date,direction,amount_yuan,counterparty_name,counterparty_account,bank_reference,text
                    2027-01-01,OPENING,9000.00,,4200010001,,
                    2027-01-06,OUT,1000.00,某公司,4200990001,B1,转账
                    2027-01-06,OUT,1000.01,某公司,4200990001,B2,转账
                    2027-01-31,CLOSING,6999.99,,,,
                    """);
            assertThat(taken.status()).as(taken.text()).isEqualTo(200);
            String small = "/api/bank-lines/" + line(operator, "B1").path("id").asText() + "/explanation";
            assertThat(operator.post(small, Map.of("reason", "税款,见完税证明")).json().path("matchedKind").asText()).isEqualTo("EXPLAINED");

            String id = line(operator, "B2").path("id").asText();
            String large = "/api/bank-lines/" + id + "/explanation";
            for (int i = 0; i < 2; i++) { // the same person a second time is no second person
                JsonNode open = operator.post(large, Map.of("reason", "税款,见完税证明")).json();
                assertThat(open.path("matchedKind").isTextual()).isFalse();
                assertThat(open.path("difference").asText()).isEqualTo("SAID_BY_ONE");
            }
            operator.post("/api/bank-lines/matching", null);
            assertThat(line(operator, "B2").path("difference").asText()).as("another matching leaves it").isEqualTo("SAID_BY_ONE");
            // Not even past the application: the database itself asks for two.
            assertThatThrownBy(() -> node.get(Database.class).inTransaction(t -> t.change("""
                    UPDATE market.bank_line
                       SET difference = NULL, matched_kind = 'EXPLAINED', matched_id = 'x', matched_by = said_by, matched_at = now()
                     WHERE id = ?""", UUID.fromString(id)))).hasMessageContaining("bank_line_explained_by_two");
            JsonNode closed = colleague.post(large, Map.of("reason", "已核对")).json();
            assertThat(closed.path("matchedKind").asText()).isEqualTo("EXPLAINED");
            assertThat(closed.path("note").asText()).isEqualTo("税款,见完税证明 · 已核对");
            assertThat(colleague.post(large, Map.of("reason", "x")).status()).isEqualTo(409);
        }
    }
}
