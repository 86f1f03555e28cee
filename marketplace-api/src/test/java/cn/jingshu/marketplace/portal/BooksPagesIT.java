package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.scenario.Market;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.select.Elements;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Entries by hand, the general ledger and the permitted revenue, each on its page and by each role. */
class BooksPagesIT {
    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static RunningNode node;
    private static PlainBrowser operator;
    private static PlainBrowser auditor;
    private static PlainBrowser price;
    private static PlainBrowser bureau;
    private static PlainBrowser merchant;

    @BeforeAll
    static void start() throws Exception {
        node = RunningNode.start(data.resolve("node"), java.time.Clock.systemUTC(), Map.of());
        operator = PlainBrowser.signedIn(node.httpPort(), "operator");
        auditor = PlainBrowser.signedIn(node.httpPort(), hired("bureau", Role.AUDITOR));
        price = PlainBrowser.signedIn(node.httpPort(), "price");
        bureau = PlainBrowser.signedIn(node.httpPort(), "bureau");
        merchant = PlainBrowser.signedIn(node.httpPort(), "merchant");
    }

    @AfterAll
    static void stop() {
        for (PlainBrowser each : new PlainBrowser[] {operator, auditor, price, bureau, merchant}) {
            each.close();
        }
        node.close();
    }

    private static Map<String, String> entry(String amount, String other) {
        Map<String, String> entry = new HashMap<>(Map.of("on", java.time.LocalDate.now(java.time.ZoneId.of("Asia/Shanghai")).toString(),
                "reason", "ADJUSTMENT", "description", "运营机构往来", "document", "记-0012", "businessLine", "AUTHORISED_OPERATION"));
        entry.putAll(Map.of("line-0", "410402", "debit-0", amount, "line-1", "1002", "credit-1", other));
        return entry;
    }

    private static Element card(Document page, String text) {
        return page.select("article.card").stream().filter(each -> each.text().contains(text)).findFirst()
                .orElseThrow(() -> new AssertionError("no " + text + " on " + page.text()));
    }

    @Test
    void anEntryIsWrittenByOneAndAboveTheLimitApprovedByAnother() throws Exception {
        assertThat(merchant.get(Links.ENTRIES).status()).isEqualTo(403);
        assertThat(auditor.get(Links.ENTRIES).page().select("form[action=" + Links.ENTRIES + "]")).isEmpty();
        PlainBrowser.Shown wrong = operator.send(Links.ENTRIES, Links.ENTRIES, entry("12.34", "12.33"));
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.page().select("[role=alert]").text()).contains("12.34", "12.33");
        assertThat(wrong.page().select("#debit-0").attr("value")).as("what was typed stays").isEqualTo("12.34");
        PlainBrowser.Shown small = operator.send(Links.ENTRIES, Links.ENTRIES, entry("12.34", "12.34"));
        assertThat(small.location()).as(small.page().text()).endsWith("?done=booked");

        PlainBrowser.Shown large = operator.send(Links.ENTRIES, Links.ENTRIES, entry("98765.43", "98765.43"));
        assertThat(large.location()).endsWith("?done=proposed");
        Element open = card(operator.get(Links.ENTRIES).page(), "98,765.43");
        assertThat(open.text()).contains("运营机构往来", "记-0012");
        assertThat(open.select("button[value=APPROVE]")).as("not by who wrote it").isEmpty();
        String step = open.select("form").attr("action");
        assertThat(operator.send(Links.ENTRIES, step, Map.of("step", "APPROVE")).status()).as("nor past the page").isEqualTo(422);
        try (PlainBrowser second = colleague()) {
            assertThat(second.send(Links.ENTRIES, step, Map.of("step", "APPROVE")).location()).endsWith("?done=booked");
        }
        Document ledger = auditor.get(Links.LEDGER + "?account=410402&from=2020-01-01").page();
        assertThat(ledger.select("table.stack tbody tr").eachText()).anyMatch(row -> row.contains("98,765.43")).anyMatch(row -> row.contains("12.34"));
        assertThat(auditor.get(Links.LEDGER + "?account=410402&asKnownAt=2020-01-01T00:00").page().select("table.stack")).as("nothing was known then").isEmpty();
        assertThat(auditor.get(Links.LEDGER_CSV + "?account=410402").html()).contains("98765.43", "运营机构往来");
    }

    private static Map<String, String> cost(String amount, String kind, String merchant) {
        return Map.of("voucher", UUID.randomUUID().toString(), "of", java.time.YearMonth.now(java.time.ZoneId.of("Asia/Shanghai")).toString(), "kind", kind, "merchant",
                merchant, "amount", amount, "vat", kind.equals("SHARED") ? "0.60" : "", "document", "记-0077", "description", "机房电费 " + amount, "sha256",
                "ab".repeat(32), "kept", "档案室");
    }

    @Test
    void aCostIsEnteredWithItsDocumentAndCancelledByOneOrByTwo() throws Exception {
        assertThat(merchant.get(Links.COSTS).status()).isEqualTo(403);
        assertThat(auditor.get(Links.COSTS).page().select("form[action=" + Links.COSTS + "][method=post]")).isEmpty();
        assertThat(auditor.get(Links.COSTS + "?month=soon").status()).isEqualTo(422);
        PlainBrowser.Shown wrong = operator.send(Links.COSTS, Links.COSTS, cost("0", "MERCHANT_SERVICE", ""));
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.page().select("[role=alert]").text()).contains("金额须大于零", "数商服务须选择数商");
        assertThat(wrong.page().select("#document").attr("value")).as("what was typed stays").isEqualTo("记-0077");
        Map<String, String> small = cost("12.34", "SHARED", "");
        for (int i = 0; i < 2; i++) {
            assertThat(operator.send(Links.COSTS, Links.COSTS, small).location()).as("sent twice").endsWith("done=cost-entered");
        }
        Element card = card(auditor.get(Links.COSTS).page(), "12.34");
        assertThat(auditor.get(Links.COSTS).page().select("article.card").eachText()).filteredOn(text -> text.contains("机房电费 12.34")).hasSize(1);
        assertThat(card.text()).contains("机房电费", "记-0077", "档案室", "0.60");
        assertThat(card.select("form")).as("who reads the books cancels nothing").isEmpty();
        Elements own = card(operator.get(Links.COSTS).page(), "12.34").select("form");
        assertThat(operator.send(Links.COSTS, own.attr("action"), Map.of("cancellation", own.select("[name=cancellation]").attr("value"), "reason", "")).status())
                .as("without a reason").isEqualTo(422);
        assertThat(operator.send(Links.COSTS, own.attr("action"), Map.of("cancellation", own.select("[name=cancellation]").attr("value"), "reason", "重复入账"))
                .location()).endsWith("done=cost-cancelled");
        assertThat(card(auditor.get(Links.COSTS + "?lang=en").page(), "12.34").text()).contains("cancelled", "重复入账");
        auditor.get(Links.COSTS + "?lang=zh-CN");

        assertThat(operator.send(Links.COSTS, Links.COSTS, cost("5000.00", "MERCHANT_SERVICE", new Market(node).person("merchant").organisationId().toString()))
                .location()).endsWith("done=cost-entered");
        Elements large = card(operator.get(Links.COSTS).page(), "5,000.00").select("form");
        assertThat(operator.send(Links.COSTS, large.attr("action"), Map.of("cancellation", large.select("[name=cancellation]").attr("value"), "reason", "服务未交付"))
                .location()).endsWith("done=proposed");
        Element open = card(operator.get(Links.COSTS).page(), "5,000.00");
        assertThat(open.select("button[value=APPROVE]")).as("not by who asked for it").isEmpty();
        String step = open.select("form").attr("action");
        assertThat(operator.send(Links.COSTS, step, Map.of("step", "APPROVE")).status()).as("nor past the page").isEqualTo(422);
        try (PlainBrowser second = colleague()) {
            assertThat(second.send(Links.COSTS, step, Map.of("step", "APPROVE")).location()).endsWith("done=cost-cancelled");
        }
        assertThat(card(operator.get(Links.COSTS).page(), "5,000.00").select("form")).as("cancelled once").isEmpty();
    }

    private static PlainBrowser colleague() throws Exception {
        return PlainBrowser.signedIn(node.httpPort(), hired("operator", Role.OPERATIONS));
    }

    /** The sign-in name of a new colleague of {@code beside} with this role. */
    private static String hired(String beside, Role role) {
        String name = "new-" + UUID.randomUUID();
        node.get(People.class).add(new Person(UUID.randomUUID(), new Market(node).person(beside).organisationId(), name, "New", Set.of(role)),
                "jingshu-demo".toCharArray(), null);
        return name;
    }

    @Test
    void theLedgerIsReadByAccountAndByDimension() throws Exception {
        assertThat(operator.send(Links.ENTRIES, Links.ENTRIES, entry("1.00", "1.00")).location()).endsWith("?done=booked");
        Document trial = auditor.get(Links.LEDGER).page();
        assertThat(trial.select(".proof.done")).hasSize(1);
        assertThat(trial.select("table.waterfall rect")).isNotEmpty();
        Document by = bureau.get(Links.LEDGER + "?dimension=BUSINESS_LINE").page();
        assertThat(by.select("table.waterfall tbody tr").eachText()).anyMatch(row -> row.contains("AUTHORISED_OPERATION"));
        assertThat(bureau.get(Links.LEDGER + "?account=410402&dimension=BUSINESS_LINE&value=AUTHORISED_OPERATION").page().select("table.stack tbody tr")).isNotEmpty();
        assertThat(bureau.get(Links.LEDGER + "?account=410402&dimension=BUSINESS_LINE&value=OTHER").page().select(".empty")).hasSize(1);
        assertThat(bureau.get(Links.LEDGER + "?asOf=tomorrow").status()).isEqualTo(422);
        assertThat(bureau.get(Links.LEDGER + "?value=x").status()).isEqualTo(422);
        assertThat(bureau.get(Links.LEDGER + "?account=410402&cursor=nonsense").status()).isEqualTo(422);
        assertThat(merchant.get(Links.LEDGER).status()).isEqualTo(403);
        assertThat(merchant.get(Links.LEDGER_CSV).status()).isEqualTo(403);
        assertThat(auditor.get(Links.LEDGER + "?lang=en").page().select("html").attr("lang")).isEqualTo("en");
    }

    private static Map<String, String> revenue(String rate, String highest) {
        Map<String, String> revenue = new HashMap<>();
        for (String zero : new String[] {"processing", "staff", "acquisition", "period", "subsidies"}) {
            revenue.put(zero, "0.00");
        }
        revenue.putAll(Map.of("year", "2098", "cycleFirst", "2098", "cycleLast", "2099", "surveyYear", "2097", "bondYear", "2096",
                "platform", "1000000.00", "taxes", "50000.00", "yield", "1.8", "rate", rate, "highest", highest));
        revenue.putAll(Map.of("citation", "成本调查报告〔2097〕1号", "vatInTaxes", "false"));
        return revenue;
    }

    @Test
    void thePermittedRevenueIsWorkedOutInSightAndSignedByBoth() throws Exception {
        assertThat(merchant.get(Links.PERMITTED).status()).isEqualTo(403);
        assertThat(operator.get(Links.PERMITTED).page().select("form[action=" + Links.PERMITTED + "]")).as("the operator writes none").isEmpty();
        assertThat(price.send(Links.PERMITTED, Links.PERMITTED, revenue("7.9", "1129000.00")).status()).as("above g + 6").isEqualTo(422);
        assertThat(price.send(Links.PERMITTED, Links.PERMITTED, revenue("7.8", "1128000.01")).status()).as("not the formula's").isEqualTo(422);
        assertThat(price.send(Links.PERMITTED, Links.PERMITTED, revenue("x", "1128000.00")).page().select("#rate-error")).hasSize(1);
        PlainBrowser.Shown written = price.send(Links.PERMITTED, Links.PERMITTED, revenue("7.8", "1128000.00"));
        assertThat(written.location()).as(written.page().text()).endsWith("?done=proposed");

        Element card = card(price.get(Links.PERMITTED).page(), "1,128,000.00");
        assertThat(card.select(".proof.done")).as("formula and limit").hasSize(2);
        assertThat(card.text()).contains("1,000,000.00", "78,000.00", "50,000.00", "7.8 %", "1.8 %", "6 %");
        assertThat(card.select("button")).as("not by its writer").isEmpty();
        Element other = card(bureau.get(Links.PERMITTED).page(), "1,128,000.00");
        String step = other.select("form").attr("action");
        assertThat(bureau.send(Links.PERMITTED, step, Map.of("step", "SIGN", "ground", " ")).status()).isEqualTo(422);
        assertThat(bureau.send(Links.PERMITTED, step, Map.of("step", "SIGN", "ground", "批复〔2097〕9号")).location()).endsWith("?done=decided");
        assertThat(card(operator.get(Links.PERMITTED).page(), "1,128,000.00").text()).contains("批复〔2097〕9号");
        assertThat(step).contains(UUID.fromString(step.substring(step.lastIndexOf('/') + 1)).toString());
    }
}
