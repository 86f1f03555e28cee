package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.export.BundleExport;
import cn.jingshu.ledger.export.ExportFile;
import cn.jingshu.ledger.export.ExportProgress;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.EntryProposals;
import cn.jingshu.marketplace.billing.Reconciliation;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.store.Database;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Finance staff write into the books: alone up to the limit, by two above it; what is booked is read by account and by dimension. */
class EntriesByHandIT {
    private static final String DAY = "2027-01-08";

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static RunningNode node;
    private static RestCaller rest;
    private static Desk operator;
    private static Desk colleague;
    private static Desk bureau;

    @BeforeAll
    static void openTheBooks() throws Exception {
        node = RunningNode.start(data.resolve("node"), new ShiftedClock(Instant.parse("2027-01-10T02:00:00Z")), Map.of());
        Market market = new Market(node);
        rest = new RestCaller(node.httpPort());
        operator = Desk.of(node, rest, "operator");
        colleague = Desk.hired(node, rest, market.person("operator"), Role.OPERATIONS);
        bureau = Desk.of(node, rest, "bureau");
    }

    @AfterAll
    static void closeTheBooks() {
        rest.close();
        node.close();
    }

    private static Map<String, Object> interest(String id, String yuan, String consumer) {
        return entry(id, "ADJUSTMENT", "1002", "660301", yuan, consumer);
    }

    private static Map<String, Object> entry(String id, String reason, String debit, String credit, String yuan, String consumer) {
        return Map.of("entryId", id, "effectiveOn", DAY, "reason", reason, "description", "银行回单 0042", "postings", List.of(
                Map.of("account", debit, "side", "DEBIT", "amountYuan", yuan),
                Map.of("account", credit, "side", "CREDIT", "amountYuan", yuan, "consumer", consumer, "servicePeriod", "2027-02")));
    }

    private static String balance(String account) throws Exception {
        for (JsonNode row : operator.get("/api/ledger/trial-balance").json().path("accounts")) {
            if (row.path("account").asText().equals(account)) {
                return row.path("balanceYuan").asText();
            }
        }
        return "0.00";
    }

    @Test
    void withinTheLimitOnePersonBooksAndARetryIsNoSecondEntry() throws Exception {
        String id = UUID.randomUUID().toString();
        String before = balance("660301");
        for (int i = 0; i < 2; i++) {
            Desk.Answer booked = operator.post("/api/entry-proposals", interest(id, "1000.00", "alone"));
            assertThat(booked.status()).as(booked.text()).isEqualTo(201);
            assertThat(booked.json().path("status").asText()).isEqualTo("BOOKED");
        }
        assertThat(operator.post("/api/entry-proposals", interest(id, "999.00", "alone")).status()).isEqualTo(409);
        assertThat(balance("660301")).isNotEqualTo(before);
        JsonNode statement = operator.get("/api/ledger/accounts/660301/statement?consumer=alone").json();
        assertThat(statement.path("lines")).hasSize(1);
        assertThat(statement.path("closingYuan").asText()).isEqualTo("-1000.00");
        assertThat(statement.path("lines").path(0).path("posting").path("servicePeriod").asText()).isEqualTo("2027-02");
        assertThat(operator.get("/api/ledger/accounts/660301/statement?consumer=alone&asKnownAt=2027-01-09T00:00:00Z").json().path("lines")).isEmpty();
    }

    @Test
    void aboveTheLimitASecondPersonApproves() throws Exception {
        String id = UUID.randomUUID().toString();
        Desk.Answer proposed = operator.post("/api/entry-proposals", interest(id, "1000.01", "two"));
        assertThat(proposed.json().path("status").asText()).as(proposed.text()).isEqualTo("OPEN");
        assertThat(proposed.json().path("fourEyesAboveYuan").asText()).isEqualTo("1000.00");
        String statement = "/api/ledger/accounts/660301/statement?consumer=two";
        assertThat(operator.get(statement).json().path("lines")).isEmpty();
        assertThat(operator.post("/api/entry-proposals/" + id + "/approve", null).code()).isEqualTo("RULE_BROKEN");
        assertThat(bureau.post("/api/entry-proposals/" + id + "/approve", null).status()).isEqualTo(403);
        // Not even past the application: the database itself asks for two.
        assertThatThrownBy(() -> node.get(Database.class).inTransaction(t ->
                t.change("UPDATE market.entry_proposal SET status = 'BOOKED' WHERE id = ?", UUID.fromString(id))))
                .hasMessageContaining("entry_proposal_four_eyes");
        for (int i = 0; i < 2; i++) {
            Desk.Answer approved = colleague.post("/api/entry-proposals/" + id + "/approve", null);
            assertThat(approved.json().path("status").asText()).as(approved.text()).isEqualTo("BOOKED");
        }
        assertThat(operator.get(statement).json().path("closingYuan").asText()).isEqualTo("-1000.01");
        assertThat(operator.post("/api/entry-proposals/" + id + "/withdraw", Map.of("reason", "x")).status()).isEqualTo(409);
    }

    @Test
    void aReversalIsProposedWithItsReasonAndBookedOnce() throws Exception {
        String original = UUID.randomUUID().toString();
        operator.post("/api/entry-proposals", interest(original, "7000", "reversed"));
        colleague.post("/api/entry-proposals/" + original + "/approve", null);
        String id = UUID.randomUUID().toString();
        Map<String, Object> asked = Map.of("entryId", id, "reverses", original, "effectiveOn", DAY, "description", "退票");
        assertThat(operator.post("/api/entry-proposals/reversals", asked).json().path("status").asText()).isEqualTo("OPEN");
        Desk.Answer refused = colleague.post("/api/entry-proposals/" + id + "/refuse", Map.of("reason", "附件不全"));
        assertThat(refused.json().path("status").asText()).as(refused.text()).isEqualTo("REFUSED");
        String again = UUID.randomUUID().toString();
        assertThat(colleague.post("/api/entry-proposals/reversals",
                Map.of("entryId", again, "reverses", original, "effectiveOn", DAY, "description", "退票")).status()).isEqualTo(201);
        Desk.Answer booked = operator.post("/api/entry-proposals/" + again + "/approve", null);
        assertThat(booked.json().path("status").asText()).as(booked.text()).isEqualTo("BOOKED");
        assertThat(operator.get("/api/ledger/accounts/660301/statement?consumer=reversed").json().path("closingYuan").asText()).isEqualTo("0.00");
        String third = UUID.randomUUID().toString();
        operator.post("/api/entry-proposals/reversals", Map.of("entryId", third, "reverses", original, "effectiveOn", DAY, "description", "x"));
        Desk.Answer twice = colleague.post("/api/entry-proposals/" + third + "/approve", null);
        assertThat(twice.code()).isEqualTo("RULE_BROKEN");
        assertThat(twice.text()).contains("ALREADY_REVERSED");
        assertThat(operator.get("/api/entry-proposals/" + third).json().path("status").asText()).isEqualTo("OPEN");
        assertThat(operator.post("/api/entry-proposals/" + third + "/withdraw", Map.of("reason", "已冲销")).json().path("status").asText())
                .isEqualTo("WITHDRAWN");
    }

    @Test
    void whatIsWrongIsRefusedWithItsReason() throws Exception {
        String id = UUID.randomUUID().toString();
        Desk.Answer unbalanced = operator.post("/api/entry-proposals", Map.of("entryId", id, "effectiveOn", DAY, "reason", "COST",
                "description", "x", "postings", List.of(Map.of("account", "6602", "side", "DEBIT", "amountYuan", "5"),
                        Map.of("account", "1002", "side", "CREDIT", "amountYuan", "4.99"))));
        assertThat(unbalanced.code()).isEqualTo("INVALID_REQUEST");
        assertThat(unbalanced.text()).contains("500 fen").contains("499 fen");
        Desk.Answer charge = operator.post("/api/entry-proposals", Map.of("entryId", id, "effectiveOn", DAY, "reason", "CHARGE",
                "description", "x", "postings", List.of(Map.of("account", "1122", "side", "DEBIT", "amountYuan", "5"),
                        Map.of("account", "6001", "side", "CREDIT", "amountYuan", "5"))));
        assertThat(charge.code()).isEqualTo("RULE_BROKEN");
        Desk.Answer account = operator.post("/api/entry-proposals", entry(id, "ADJUSTMENT", "9999", "1002", "5", "x"));
        assertThat(account.code()).isEqualTo("RULE_BROKEN");
        assertThat(operator.get("/api/entry-proposals/" + id).status()).isEqualTo(404); // the refusal left nothing behind
        assertThat(operator.post("/api/entry-proposals", Map.of("entryId", id)).code()).isEqualTo("INVALID_REQUEST");
        assertThat(bureau.post("/api/entry-proposals", interest(id, "1", "x")).status()).isEqualTo(403);
        assertThat(operator.get("/api/ledger/accounts/12/statement").code()).isEqualTo("INVALID_REQUEST");
        assertThat(operator.get("/api/ledger/by-dimension/COLOUR").code()).isEqualTo("INVALID_REQUEST");
        assertThat(operator.get("/api/ledger/trial-balance?asOf=yesterday").code()).isEqualTo("INVALID_REQUEST");
    }

    /** Decision 0072: what another record of the market stands on is not moved by hand, not even by two. */
    @Test
    void whatBillsAccountsVouchersOrdersAndSettlementsBookIsNotWrittenByHand() throws Exception {
        String consumer = new Market(node).person("app-studio").organisationId().toString();
        List<List<String>> wrong = List.of(
                List.of("RECEIPT", "1002", "1122"), List.of("REFUND", "2203", "1002"), List.of("COST", "6602", "1002"),
                List.of("PAYOUT", "2202", "1002"), List.of("REMITTANCE", "2232", "1002"),
                List.of("ADJUSTMENT", "2203", "1122"), List.of("ADJUSTMENT", "1002", "2203"), List.of("ADJUSTMENT", "6001", "1002"),
                List.of("ADJUSTMENT", "222101", "1002"), List.of("ADJUSTMENT", "6401", "1002"), List.of("ADJUSTMENT", "660301", "1002"),
                List.of("ADJUSTMENT", "2241", "1002"), List.of("ADJUSTMENT", "1002", "4103"), List.of("OPENING", "1122", "410402"),
                List.of("OPENING", "1002", "2203"), List.of("TAX_PAYMENT", "6001", "1002"), List.of("TAX_PAYMENT", "1122", "1002"));
        for (List<String> each : wrong) {
            String id = UUID.randomUUID().toString();
            Desk.Answer refused = operator.post("/api/entry-proposals", entry(id, each.get(0), each.get(1), each.get(2), "50000", consumer));
            assertThat(refused.code()).as(each + " " + refused.text()).isEqualTo("RULE_BROKEN");
            assertThat(operator.get("/api/entry-proposals/" + id).status()).as("%s", each).isEqualTo(404);
        }
        assertThat(operator.post("/api/entry-proposals", entry(UUID.randomUUID().toString(), "ADJUSTMENT", "2203", "1122", "1", consumer)).text())
                .contains("receipts, credit notes and pay-backs");
        assertThatThrownBy(() -> node.get(Database.class).inTransaction(t -> t.change("""
                INSERT INTO market.entry_proposal_line (proposal_id, line, account_code, side, amount_fen) VALUES (?, 1, '1122', 'DEBIT', 1)""",
                UUID.randomUUID()))).hasMessageContaining("entry_proposal_line_account_by_hand");
        for (List<String> right : List.of(List.of("TAX_PAYMENT", "222101", "1002"), List.of("OPENING", "1002", "410402"), List.of("ADJUSTMENT", "1002", "660302"))) {
            String id = UUID.randomUUID().toString();
            Desk.Answer booked = operator.post("/api/entry-proposals", entry(id, right.get(0), right.get(1), right.get(2), "3", consumer));
            assertThat(booked.json().path("status").asText()).as(right + " " + booked.text()).isEqualTo("BOOKED");
            assertThat(operator.post("/api/entry-proposals/reversals", Map.of("entryId", UUID.randomUUID().toString(), "reverses", id, "effectiveOn", DAY,
                    "description", "误记")).json().path("status").asText()).isEqualTo("BOOKED");
        }
    }

    private static List<Reconciliation.Check> onAccounts() throws SQLException {
        return node.get(Reconciliation.class).run(YearMonth.of(2027, 1)).stream()
                .filter(check -> check.what().contains("1122") || check.what().contains("2203")).toList();
    }

    /** A receipt on an account, a cost and a payment are taken back by their own ways, whoever asks, below the limit and above it. */
    @Test
    void whatStandsForSomethingElseIsNotReversedByHand() throws Exception {
        UUID consumer = new Market(node).person("app-studio").organisationId();
        UUID receipt = UUID.randomUUID();
        assertThat(node.get(Accounts.class).receive(new Accounts.Receipt(receipt, consumer, Money.ofYuan("7"), LocalDate.parse(DAY), "流水 " + receipt), null))
                .isInstanceOf(Accounts.Received.Booked.class);
        UUID cost = UUID.randomUUID();
        Desk.Answer voucher = operator.send("PUT", "/api/cost-vouchers/" + cost, """
                {"month": "2027-01", "kind": "SHARED", "amountYuan": "20000", "document": "记-0072", "documentSha256": "%s",
                 "documentReference": "档案室", "description": "机房电费"}""".formatted("ab".repeat(32)));
        assertThat(voucher.status()).as(voucher.text()).isEqualTo(200);
        assertThat(onAccounts()).hasSizeGreaterThanOrEqualTo(3).allMatch(Reconciliation.Check::agrees);
        UUID charge = UUID.randomUUID();
        Posting debit = Posting.debit(Chart.RECEIVABLES, Money.ofYuan("50000"), Dimensions.authorisedOperation().withConsumer(consumer.toString()));
        UUID payout = UUID.randomUUID();
        assertThat(node.get(Journal.class).postAll(List.of(
                new JournalEntry(charge, LocalDate.parse(DAY), EntryReason.CHARGE, "账单", List.of(debit,
                        Posting.credit(Chart.REVENUE, Money.ofYuan("50000"), Dimensions.authorisedOperation()))),
                new JournalEntry(payout, LocalDate.parse(DAY), EntryReason.PAYOUT, "支付", List.of(
                        Posting.debit(Chart.MERCHANT_PAYABLES, Money.ofYuan("5"), Dimensions.NONE), Posting.credit(Chart.BANK, Money.ofYuan("5"), Dimensions.NONE))))))
                .allSatisfy(each -> assertThat(each).isInstanceOf(PostResult.Posted.class));
        // Booked past its account, it is named with its consumer.
        assertThat(onAccounts()).filteredOn(check -> !check.agrees()).extracting(Reconciliation.Check::what).containsExactly(
                "consumer " + consumer + ": owed and paid ahead by its account = 1122 and 2203",
                "consumers whose account is not what 1122 and 2203 say of them = none", "owed by all accounts = account 1122");
        Map<UUID, String> ways = Map.of(receipt, "pay it back", cost, "cancel the voucher", charge, "void the calls", payout, "bank's return");
        for (Map.Entry<UUID, String> way : ways.entrySet()) {
            String id = UUID.randomUUID().toString();
            Desk.Answer refused = operator.post("/api/entry-proposals/reversals",
                    Map.of("entryId", id, "reverses", way.getKey().toString(), "effectiveOn", DAY, "description", "误记"));
            assertThat(refused.code()).as(refused.text()).isEqualTo("RULE_BROKEN");
            assertThat(refused.text()).contains(way.getValue());
            assertThat(operator.get("/api/entry-proposals/" + id).status()).isEqualTo(404);
        }
        // An entry of the market's own does not become one by hand by being proposed again, word for word.
        JournalEntry tax = new JournalEntry(UUID.randomUUID(), LocalDate.parse(DAY), EntryReason.TAX_PAYMENT, "银行回单 0042", List.of(
                Posting.debit(Chart.OUTPUT_VAT, Money.ofYuan("2"), Dimensions.NONE), Posting.credit(Chart.BANK, Money.ofYuan("2"), Dimensions.NONE)));
        node.get(Journal.class).postAll(List.of(tax));
        assertThat(node.get(EntryProposals.class).propose(tax, new Market(node).person("operator").id()))
                .isEqualTo(new EntryProposals.Outcome.Refused(EntryProposals.Fault.ID_TAKEN));
        // Nor past the application: what is reversed was proposed by hand.
        assertThatThrownBy(() -> node.get(Database.class).inTransaction(t -> t.change("""
                INSERT INTO market.entry_proposal (id, reason, effective_on, description, reverses, amount_fen, limit_fen, proposed_by, proposed_at, status)
                VALUES (?, 'REVERSAL', DATE '2027-01-08', 'x', ?, 1, 1, ?, now(), 'OPEN')""",
                UUID.randomUUID(), charge, new Market(node).person("operator").id()))).hasMessageContaining("entry_proposal_reverses_by_hand");
    }

    @Test
    void theLedgerIsReadByDimensionInPages() throws Exception {
        for (String consumer : List.of("page-1", "page-2", "page-3")) {
            operator.post("/api/entry-proposals", interest(UUID.randomUUID().toString(), "10", consumer));
        }
        int rows = 0;
        String cursor = "";
        do {
            JsonNode page = operator.get("/api/ledger/by-dimension/CONSUMER?accounts=660301&limit=2" + cursor).json();
            rows += page.path("rows").size();
            cursor = page.path("nextCursor").isTextual() ? "&cursor=" + page.path("nextCursor").asText() : "";
        } while (!cursor.isEmpty());
        assertThat(rows).isGreaterThanOrEqualTo(3);
        assertThat(operator.get("/api/ledger/periods").json().path("months").path(0).path("month").asText()).isEqualTo("2027-01");
        Desk.Answer early = operator.post("/api/ledger/years/2027/close", null);
        assertThat(early.code()).isEqualTo("RULE_BROKEN");
        assertThat(operator.get("/api/entries?month=2027-01&asKnownAt=2027-01-01T00:00:00Z").json().path("entries")).isEmpty();
    }

    /** GB/T 24589.1 asks of each voucher who prepared and who reviewed it. */
    @Test
    void theAuditorsFormNamesWhoWroteAnEntryAndWhoApprovedIt() throws Exception {
        String alone = UUID.randomUUID().toString();
        String two = UUID.randomUUID().toString();
        operator.post("/api/entry-proposals", interest(alone, "10", "form"));
        operator.post("/api/entry-proposals", interest(two, "2000.00", "form"));
        assertThat(colleague.post("/api/entry-proposals/" + two + "/approve", null).status()).isEqualTo(200);
        BundleExport export = node.get(BundleExport.class);
        ExportFile form = export.files().stream().filter(each -> each.name().equals("gbt24589-ledger.xml")).findFirst().orElseThrow();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        YearMonth month = YearMonth.parse(DAY.substring(0, 7));
        export.write(form, new Months(month, month), out, ExportProgress.SILENT);
        String xml = out.toString(Charset.forName("GB18030"));
        String preparer = node.get(Database.class).inTransaction(t -> t.find("SELECT display_name FROM market.person WHERE sign_in_name = 'operator'",
                row -> row.text("display_name"))).orElseThrow();
        String made = "<附件数>0</附件数><制单人>" + preparer + "</制单人>";
        assertThat(xml).contains("<凭证头可扩展字段结构值>" + alone + "</凭证头可扩展字段结构值>" + made + "<记账标志>")
                .contains("<凭证头可扩展字段结构值>" + two + "</凭证头可扩展字段结构值>" + made + "<审核人>New</审核人><记账标志>");
    }

    /** A running node, whose database is its own, works as a role that may not touch what is booked. */
    @Test
    void theNodesOwnConnectionsCannotChangeTheBooks() throws Exception {
        operator.post("/api/entry-proposals", interest(UUID.randomUUID().toString(), "1", "kept"));
        for (String change : List.of(
                "UPDATE ledger.posting SET amount_fen = amount_fen + 1", "DELETE FROM ledger.entry", "TRUNCATE ledger.posting",
                "UPDATE ledger.account_sum SET debit_fen = 0", "UPDATE ledger.period SET last_number = 0",
                "ALTER TABLE ledger.entry DISABLE TRIGGER ALL", "DROP TABLE market.audit_log")) {
            assertThatThrownBy(() -> node.get(Database.class).inTransaction(t -> t.change(change)))
                    .as(change).rootCause().isInstanceOfSatisfying(SQLException.class,
                            refused -> assertThat(refused.getSQLState()).as(change).isEqualTo("42501"));
        }
    }
}
