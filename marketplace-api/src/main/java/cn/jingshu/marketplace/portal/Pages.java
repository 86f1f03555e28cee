package cn.jingshu.marketplace.portal;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.Map;

/** Renders a page from its view. A page is whole before its first byte is sent, so a fault in it can still be a 500. */
public final class Pages {
    private final TemplateEngine templates = TemplateEngine.createPrecompiled(ContentType.Html);

    public String home(Page page, HomeView view) {
        return render("home.jte", page, view);
    }

    public String catalogue(Page page, CatalogueView view) {
        return render("catalogue.jte", page, view);
    }

    public String resources(Page page, ResourcesView view) {
        return render("resources.jte", page, view);
    }

    public String resource(Page page, ResourceView view) {
        return render("resource.jte", page, view);
    }

    public String resourceChanges(Page page, ResourceChangesView view) {
        return render("resourceChanges.jte", page, view);
    }

    public String resourceReview(Page page, ResourceReviewView view) {
        return render("resourceReview.jte", page, view);
    }

    public String draftBatch(Page page, DraftBatchView view) {
        return render("draftBatch.jte", page, view);
    }

    public String draftEntry(Page page, DraftEntryView view) {
        return render("draftEntry.jte", page, view);
    }

    public String deadlines(Page page, DeadlinesView view) {
        return render("deadlines.jte", page, view);
    }

    public String personalRequests(Page page, PersonalRequestsView view) {
        return render("personalRequests.jte", page, view);
    }

    public String personalCases(Page page, PersonalCasesView view) {
        return render("personalCases.jte", page, view);
    }

    public String resourceTables(Page page, ResourceTablesView view) {
        return render("resourceTables.jte", page, view);
    }

    public String policy(Page page, PolicyView view) {
        return render("policy.jte", page, view);
    }

    public String retention(Page page, RetentionView view) {
        return render("retention.jte", page, view);
    }

    public String modelDrift(Page page, ModelDriftView view) {
        return render("modelDrift.jte", page, view);
    }

    public String workingDays(Page page, WorkingDaysView view) {
        return render("workingDays.jte", page, view);
    }

    public String objections(Page page, ObjectionsView view) {
        return render("objections.jte", page, view);
    }

    public String objection(Page page, ObjectionView view) {
        return render("objection.jte", page, view);
    }

    public String newObjection(Page page, NewObjectionView view) {
        return render("newObjection.jte", page, view);
    }

    public String loads(Page page, LoadsView view) {
        return render("loads.jte", page, view);
    }

    public String sources(Page page, SourcesView view) {
        return render("sources.jte", page, view);
    }

    public String twins(Page page, TwinsView view) {
        return render("twins.jte", page, view);
    }

    public String product(Page page, ProductView view) {
        return render("product.jte", page, view);
    }

    public String openApi(Page page, OpenApiView view) {
        return render("openApi.jte", page, view);
    }

    public String map(Page page, MapView view) {
        return render("map.jte", page, view);
    }

    public String signUp(Page page, SignUpView view) {
        return render("signUp.jte", page, view);
    }

    public String signIn(Page page, SignInView view) {
        return render("signIn.jte", page, view);
    }

    public String subscribe(Page page, SubscribeView view) {
        return render("subscribe.jte", page, view);
    }

    public String keys(Page page, KeysView view) {
        return render("keys.jte", page, view);
    }

    public String dashboard(Page page, DashboardView view) {
        return render("dashboard.jte", page, view);
    }

    public String usage(Page page, UsageView view) {
        return render("usage.jte", page, view);
    }

    public String event(Page page, EventView view) {
        return render("event.jte", page, view);
    }

    public String statement(Page page, StatementView view) {
        return render("statement.jte", page, view);
    }

    public String bills(Page page, BillsView view) {
        return render("bills.jte", page, view);
    }

    public String statementLine(Page page, StatementLineView view) {
        return render("statementLine.jte", page, view);
    }

    public String receivables(Page page, ReceivablesView view) {
        return render("receivables.jte", page, view);
    }

    public String consumerAccount(Page page, ConsumerAccountView view) {
        return render("consumerAccount.jte", page, view);
    }

    public String revenue(Page page, RevenueView view) {
        return render("revenue.jte", page, view);
    }

    public String operator(Page page, OperatorView view) {
        return render("operator.jte", page, view);
    }

    public String approvals(Page page, ApprovalsView view) {
        return render("approvals.jte", page, view);
    }

    public String ledger(Page page, LedgerView view) {
        return render("ledger.jte", page, view);
    }

    public String entries(Page page, EntriesView view) {
        return render("entries.jte", page, view);
    }

    public String costs(Page page, CostsView view) {
        return render("costs.jte", page, view);
    }

    public String permitted(Page page, PermittedView view) {
        return render("permitted.jte", page, view);
    }

    public String payBacks(Page page, PayBacksView view) {
        return render("payBacks.jte", page, view);
    }

    public String finance(Page page, FinanceView view) {
        return render("finance.jte", page, view);
    }

    public String shares(Page page, SharesView view) {
        return render("shares.jte", page, view);
    }

    public String fees(Page page, FeesView view) {
        return render("fees.jte", page, view);
    }

    public String log(Page page, LogView view) {
        return render("log.jte", page, view);
    }

    public String logLine(Page page, LogLineView view) {
        return render("logLine.jte", page, view);
    }

    public String declaredList(Page page, DeclaredListView view) {
        return render("declaredList.jte", page, view);
    }

    public String declared(Page page, DeclaredView view) {
        return render("declared.jte", page, view);
    }

    public String declare(Page page, DeclareView view) {
        return render("declare.jte", page, view);
    }

    public String refusals(Page page, RefusalsView view) {
        return render("refusals.jte", page, view);
    }

    public String error(Page page, ErrorView view) {
        return render("error.jte", page, view);
    }

    private String render(String template, Page page, Object view) {
        StringOutput output = new StringOutput();
        templates.render(template, Map.of("page", page, "view", view), output);
        return output.toString();
    }
}
