package cn.jingshu.marketplace.portal;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.YearMonth;
import java.util.UUID;

/** Where each page is: the one list of the portal's addresses, used by templates and by the controllers that serve them. */
public final class Links {
    public static final String HOME = "/";
    public static final String CATALOGUE = "/catalogue";
    public static final String RESOURCES = "/resources";
    public static final String RESOURCE_CHANGES = "/resources/changes";
    public static final String RESOURCE_REVIEW = "/resources/review";
    /** Followed by a batch's id. */
    public static final String DRAFT_BATCHES = "/resources/batches";
    public static final String NEW_BATCH = "/resources/batches/new";
    public static final String LOADS = "/loads";
    public static final String LOAD_SOURCES = "/loads/sources";
    public static final String OBJECTIONS = "/objections";
    public static final String NEW_OBJECTION = "/objections/new";
    public static final String DEADLINES = "/deadlines";
    public static final String CATALOGUE_CHANGE = "/deadlines/changes";
    public static final String WORKING_DAYS = "/working-days";
    public static final String PERSONAL_REQUESTS = "/personal-requests";
    public static final String PERSONAL_OUTCOME = "/personal-requests/outcome";
    /** For those who answer. */
    public static final String PERSONAL_CASES = "/personal-requests/cases";
    public static final String POLICY = "/policy";
    public static final String RESOURCE_TABLES = "/resource-tables";
    public static final String RETENTION = "/retention";
    public static final String MODEL_DRIFT = "/model-drift";
    public static final String DCAT = "/api/catalogue/dcat";
    public static final String MAP = "/map";
    public static final String FEES = "/fees";
    public static final String SIGN_UP = "/sign-up";
    public static final String SIGN_IN = "/sign-in";
    public static final String SIGN_OUT = "/sign-out";
    public static final String DASHBOARD = "/dashboard";
    public static final String USAGE = "/usage";
    public static final String USAGE_CSV = "/usage.csv";
    public static final String EVENTS = "/events";
    public static final String STATEMENTS = "/statements";
    public static final String BUDGET = "/statements/budget";
    public static final String RECEIVABLES = "/receivables";
    public static final String DUNNING = "/receivables/dunning";
    public static final String OPERATOR = "/operator";
    public static final String REVENUE = "/operator/revenue";
    public static final String APPROVALS = "/approvals";
    public static final String SHARES = "/shares";
    public static final String DECLARED = "/declared";
    public static final String DECLARE = "/declare";
    public static final String FINANCE = "/finance";
    public static final String LEDGER = "/books/ledger";
    public static final String LEDGER_CSV = "/books/ledger.csv";
    public static final String ENTRIES = "/books/entries";
    public static final String ENTRY_REVERSALS = "/books/entries/reversals";
    public static final String COSTS = "/books/costs";
    public static final String COST_CANCELLATIONS = "/books/costs/cancellations";
    public static final String PERMITTED = "/operator/permitted-revenue";
    /** Prepayments paid back: a consumer's own, or for readers of the books all. */
    public static final String PAY_BACKS = "/pay-backs";
    public static final String FINANCE_ORDERS = "/finance/orders";
    public static final String FINANCE_BANK = "/finance/bank";
    public static final String FINANCE_LINES = "/finance/lines";
    public static final String LOG = "/log";
    public static final String FEES_JSON = "/fees.json";
    public static final String REFUSALS = "/docs/refusals";
    public static final String OPENAPI = "/openapi.json";
    public static final String OPENAPI_3_0 = "/openapi-3.0.json";
    /** The document of the management API. */
    public static final String OPENAPI_MANAGEMENT = "/openapi/management.json";
    /** Files of the portal and of its web jars; the next path segment is the content's digest. */
    public static final String ASSETS = "/portal/assets/";

    public static final String MAP_NETWORK = "/portal/map/network.json";
    public static final String MAP_VEHICLES = "/portal/map/vehicles.json";
    public static final String MAP_STREAM = "/portal/map/stream";
    /** Followed by a stop's id and {@code /arrivals}. */
    public static final String MAP_STOPS = "/portal/map/stops/";

    private Links() {}

    public static String resource(String id) {
        return RESOURCES + "/" + segment(id);
    }

    public static String draftBatch(UUID batchId) {
        return DRAFT_BATCHES + "/" + batchId;
    }

    public static String submitBatch(UUID batchId) {
        return draftBatch(batchId) + "/submission";
    }

    public static String removeEntry(UUID batchId) {
        return draftBatch(batchId) + "/removal";
    }

    /** Where any entry of a batch is edited; without a resource, a new one. */
    public static String draftEntry(UUID batchId) {
        return draftBatch(batchId) + "/entry";
    }

    public static String draftEntry(UUID batchId, String resource) {
        return draftEntry(batchId) + "?resource=" + segment(resource);
    }

    public static String objection(UUID objectionId) {
        return OBJECTIONS + "/" + objectionId;
    }

    /** A step: {@code message}, {@code answer}, {@code escalation}, {@code decision} or {@code withdrawal}. */
    public static String objection(UUID objectionId, String step) {
        return objection(objectionId) + "/" + step;
    }

    public static String objectTo(String resource) {
        return NEW_OBJECTION + "?resource=" + segment(resource);
    }

    public static String objectToProduct(String product) {
        return NEW_OBJECTION + "?product=" + segment(product);
    }

    /** The product is that of the call. */
    public static String objectToAnswer(UUID eventId) {
        return NEW_OBJECTION + "?event=" + eventId;
    }

    public static String extension(String term, UUID subject) {
        return DEADLINES + "/" + term + "/" + subject;
    }

    public static String decideExtension(String term, UUID subject) {
        return extension(term, subject) + "/decision";
    }

    public static String releaseHold(UUID holdId) {
        return RETENTION + "/" + holdId;
    }

    /** A step: {@code answer} or {@code told}. */
    public static String personalCase(UUID requestId, String step) {
        return PERSONAL_CASES + "/" + requestId + "/" + step;
    }

    public static String decideTable(UUID declarationId) {
        return RESOURCE_TABLES + "/" + declarationId;
    }

    public static String decidePolicy(UUID proposalId) {
        return POLICY + "/" + proposalId;
    }

    public static String signNotice(UUID noticeId) {
        return WORKING_DAYS + "/" + noticeId;
    }

    public static String publishBatch(UUID batchId) {
        return RESOURCE_REVIEW + "/" + batchId;
    }

    public static String load(UUID loadId) {
        return LOADS + "?load=" + loadId;
    }

    public static String setFreshness(UUID loadId) {
        return LOADS + "/" + loadId + "/freshness";
    }

    public static String loadSource(String code) {
        return LOAD_SOURCES + "?source=" + segment(code);
    }

    public static String scheduleSource(String code) {
        return LOAD_SOURCES + "/" + segment(code) + "/schedule";
    }

    public static String runSource(String code) {
        return LOAD_SOURCES + "/" + segment(code) + "/run";
    }

    /** What a product's sandbox twins hold. */
    public static String sandbox(String code) {
        return product(code) + "/sandbox";
    }

    public static String sandboxSample(String code, UUID sampleId) {
        return sandbox(code) + "/" + sampleId;
    }

    public static String product(String code) {
        return "/products/" + segment(code);
    }

    public static String proto(String code) {
        return product(code) + "/contract.proto";
    }

    public static String openApiPage(String code) {
        return product(code) + "/openapi";
    }

    public static String openApiDocument(String code) {
        return product(code) + "/openapi.json";
    }

    public static String tryIt(String code) {
        return product(code) + "/try";
    }

    public static String subscribe(String code) {
        return product(code) + "/subscribe";
    }

    public static String keys(UUID subscriptionId) {
        return "/subscriptions/" + subscriptionId + "/keys";
    }

    public static String changePlan(UUID subscriptionId) {
        return "/subscriptions/" + subscriptionId + "/plan";
    }

    public static String rotateKey(UUID subscriptionId, UUID keyId) {
        return keys(subscriptionId) + "/" + keyId + "/rotate";
    }

    public static String revokeKey(UUID subscriptionId, UUID keyId) {
        return keys(subscriptionId) + "/" + keyId + "/revoke";
    }

    public static String event(UUID eventId) {
        return EVENTS + "/" + eventId;
    }

    public static String statement(YearMonth month) {
        return STATEMENTS + "/" + month;
    }

    public static String statementCsv(YearMonth month) {
        return statement(month) + "/lines.csv";
    }

    public static String statementPdf(YearMonth month) {
        return "/api/statements/" + month + "/document.pdf";
    }

    public static String statementJson(YearMonth month) {
        return "/api/statements/" + month + "/document.json";
    }

    /** The calls behind one line of a statement. */
    public static String statementLine(YearMonth month, UUID chargeId) {
        return statement(month) + "/lines/" + chargeId;
    }

    /** The same from where a page ended. */
    public static String statementLine(YearMonth month, UUID chargeId, String before) {
        return statementLine(month, chargeId) + "?before=" + segment(before);
    }

    /** One consumer's account, for who runs the market. */
    public static String receivables(UUID organisationId) {
        return RECEIVABLES + "/" + organisationId;
    }

    public static String accountTerms(UUID organisationId) {
        return receivables(organisationId) + "/terms";
    }

    public static String accountReceipt(UUID organisationId) {
        return receivables(organisationId) + "/receipts";
    }

    public static String accountInvoice(UUID organisationId) {
        return receivables(organisationId) + "/invoices";
    }

    public static String accountRefund(UUID organisationId) {
        return receivables(organisationId) + "/refunds";
    }

    public static String accountPdf(UUID organisationId, YearMonth month) {
        return statementPdf(month) + "?organisation=" + organisationId;
    }

    public static String decideRefund(UUID refundId) {
        return RECEIVABLES + "/refunds/" + refundId;
    }

    /** Whether a line of a statement is sealed, and its proof. */
    public static String sealOf(UUID chargeId) {
        return LOG + "/lines/" + chargeId;
    }

    public static String proofOf(UUID chargeId) {
        return "/api/log/charges/" + chargeId;
    }

    /** The proofs of the usage that a line rests on. */
    public static String batchProofsOf(UUID chargeId) {
        return proofOf(chargeId) + "/batches";
    }

    public static String checkpoint(long number) {
        return "/api/log/checkpoints/" + number;
    }

    public static String operator(YearMonth month) {
        return OPERATOR + "?month=" + month;
    }

    public static String revenue(int year) {
        return REVENUE + "?year=" + year;
    }

    public static String operatorCsv(YearMonth month) {
        return "/api/exports/" + month + "/postings.csv";
    }

    public static String operatorBundle(YearMonth month) {
        return "/api/exports/" + month + "/bundle.zip";
    }

    public static String operatorWorkbook(YearMonth month) {
        return "/api/exports/" + month + "/tables.xlsx";
    }

    public static String operatorHledger(YearMonth month) {
        return "/api/exports/" + month + "/books.journal";
    }

    public static String decide(UUID applicationId) {
        return APPROVALS + "/" + applicationId;
    }

    /** The way to a new declared product of that kind. */
    public static String declare(String kind) {
        return DECLARE + "?kind=" + segment(kind);
    }

    public static String declared(UUID id) {
        return DECLARED + "/" + id;
    }

    public static String declaredDraft(UUID id) {
        return declared(id) + "/draft";
    }

    public static String declaredFile(UUID id) {
        return declared(id) + "/file";
    }

    public static String declaredDecision(UUID id) {
        return declared(id) + "/decision";
    }

    public static String financeOrder(UUID orderId) {
        return FINANCE_ORDERS + "/" + orderId;
    }

    public static String payBack(UUID payBackId) {
        return PAY_BACKS + "/" + payBackId;
    }

    /** Where the bank's refusal is said, with its paper. */
    public static String payBackRefusal(UUID payBackId) {
        return payBack(payBackId) + "/refusal";
    }

    public static String payBackEvidence(UUID payBackId, String sha256) {
        return payBack(payBackId) + "/evidence/" + sha256;
    }

    public static String entryStep(UUID entryId) {
        return ENTRIES + "/" + entryId;
    }

    /** Where a cost voucher is taken back. */
    public static String costCancellation(UUID voucherId) {
        return COSTS + "/" + voucherId + "/cancellation";
    }

    /** Where a proposed cancellation is decided. */
    public static String costCancellationStep(UUID cancellationId) {
        return COST_CANCELLATIONS + "/" + cancellationId;
    }

    public static String permittedStep(UUID revenueId) {
        return PERMITTED + "/" + revenueId;
    }

    public static String financeLine(UUID lineId) {
        return FINANCE_LINES + "/" + lineId;
    }

    public static String shareJson(UUID proposalId) {
        return "/api/share-proposals/" + proposalId;
    }

    public static String settlementJson(String period) {
        return "/api/settlements/" + period;
    }

    /** The map page with one stop chosen; works without JavaScript. */
    public static String mapStop(String stopId) {
        return MAP + "?stop=" + segment(stopId) + "#arrivals";
    }

    private static String segment(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
