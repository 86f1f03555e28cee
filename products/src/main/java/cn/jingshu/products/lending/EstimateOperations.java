package cn.jingshu.products.lending;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.identifier.Uscc;
import cn.jingshu.products.lending.LendingResources.Named;
import cn.jingshu.products.lending.estimate.EnterpriseEstimates;
import cn.jingshu.products.lending.estimate.EnterpriseFacts;
import cn.jingshu.products.lending.estimate.EstimateAsk;
import cn.jingshu.products.lending.estimate.LoanEstimate;
import cn.jingshu.products.lending.estimate.PersonFacts;
import cn.jingshu.products.lending.estimate.PersonalEstimates;
import cn.jingshu.products.lending.policy.PolicyBook;
import cn.jingshu.products.lending.rate.LprHistory;
import cn.jingshu.products.lending.v1.BatchEstimateEnterprisesRequest;
import cn.jingshu.products.lending.v1.BatchEstimateEnterprisesResponse;
import cn.jingshu.products.lending.v1.BatchEstimateRequest;
import cn.jingshu.products.lending.v1.BatchEstimateResponse;
import cn.jingshu.products.lending.v1.BatchItem;
import cn.jingshu.products.lending.v1.BatchResult;
import cn.jingshu.products.lending.v1.ConsentItem;
import cn.jingshu.products.lending.v1.Estimate;
import cn.jingshu.products.lending.v1.EstimateEnterpriseLoanRequest;
import cn.jingshu.products.lending.v1.EstimateEnterpriseLoanResponse;
import cn.jingshu.products.lending.v1.EstimateMortgageRequest;
import cn.jingshu.products.lending.v1.EstimateMortgageResponse;
import cn.jingshu.products.lending.v1.EstimateStartupLoanRequest;
import cn.jingshu.products.lending.v1.EstimateStartupLoanResponse;
import cn.jingshu.products.lending.v1.HomeOrder;
import cn.jingshu.products.lending.v1.ItemRefusal;
import cn.jingshu.products.lending.v1.PropertyKind;
import cn.jingshu.products.lending.v1.QueryPurpose;
import cn.jingshu.products.lending.v1.WrittenConsent;
import cn.jingshu.products.sandbox.SandboxCalls;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import com.google.protobuf.Message;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.Period;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The estimates, one by one and in batches. */
final class EstimateOperations {
    static final String FORMULA = "estimate-1";
    private final ProductData data;
    private final PolicyBook policy;
    private final LprHistory lpr;
    private final boolean licensed;

    /** @param licensed whether persons may be estimated from live data */
    EstimateOperations(ProductData data, PolicyBook policy, LprHistory lpr, boolean licensed) {
        this.data = data;
        this.policy = policy;
        this.lpr = lpr;
        this.licensed = licensed;
    }

    CompletionStage<Answer<EstimateMortgageResponse>> mortgage(CallFacts facts, EstimateMortgageRequest request) {
        return single(facts, request.getApplicantId(), session -> mortgage(session, facts, request),
                estimate -> EstimateMortgageResponse.newBuilder().setEstimate(estimate).build());
    }

    CompletionStage<Answer<EstimateEnterpriseLoanResponse>> enterprise(CallFacts facts, EstimateEnterpriseLoanRequest request) {
        return single(facts, request.getEnterpriseCode(), session -> enterprise(session, facts, request),
                estimate -> EstimateEnterpriseLoanResponse.newBuilder().setEstimate(EnterpriseMessages.of(estimate)).build());
    }

    CompletionStage<Answer<EstimateStartupLoanResponse>> startup(CallFacts facts, EstimateStartupLoanRequest request) {
        return single(facts, request.getApplicantId(), session -> startup(session, facts, request),
                estimate -> EstimateStartupLoanResponse.newBuilder().setEstimate(estimate).build());
    }

    private <A extends Message> CompletionStage<Answer<A>> single(
            CallFacts facts, String identifier, Function<DataSession, Estimate> work, Function<Estimate, A> wrap) {
        return SandboxCalls.of(facts, identifier, () -> data.within(facts, work)
                .handle((estimate, failure) -> Failures.answer(failure,
                        () -> new Answer.Found<>(wrap.apply(estimate), 1, true, estimate.getStale(), null))));
    }

    CompletionStage<Answer<BatchEstimateResponse>> batch(CallFacts facts, BatchEstimateRequest request) {
        List<Item> items = request.getItemsList().stream()
                .map(item -> new Item(item.getItemId(), identifier(item), session -> estimate(session, facts, item))).toList();
        return all(facts, items, Function.identity());
    }

    CompletionStage<Answer<BatchEstimateEnterprisesResponse>> enterpriseBatch(CallFacts facts, BatchEstimateEnterprisesRequest request) {
        List<Item> items = request.getItemsList().stream()
                .map(item -> new Item(item.getItemId(), item.getEnterprise().getEnterpriseCode(),
                        session -> enterprise(session, facts, item.getEnterprise()))).toList();
        return all(facts, items, EnterpriseMessages::of);
    }

    private record Item(String id, String identifier, Function<DataSession, Estimate> work) {}

    private static String identifier(BatchItem item) {
        return switch (item.getAskCase()) {
            case MORTGAGE -> item.getMortgage().getApplicantId();
            case ENTERPRISE -> item.getEnterprise().getEnterpriseCode();
            case STARTUP -> item.getStartup().getApplicantId();
            case ASK_NOT_SET -> "";
        };
    }

    private Estimate estimate(DataSession session, CallFacts facts, BatchItem item) {
        return switch (item.getAskCase()) {
            case MORTGAGE -> mortgage(session, facts, item.getMortgage());
            case ENTERPRISE -> enterprise(session, facts, item.getEnterprise());
            case STARTUP -> startup(session, facts, item.getStartup());
            case ASK_NOT_SET -> throw RefusedException.invalid("items", "须给出 mortgage、enterprise、startup 之一",
                    "one of mortgage, enterprise and startup is needed");
        };
    }

    /** All items in one transaction: they see the data of one moment. What refuses an item refuses it alone; a source that is away refuses all. */
    private <A extends Message> CompletionStage<Answer<A>> all(CallFacts facts, List<Item> items, Function<BatchEstimateResponse, A> told) {
        Set<String> ids = new HashSet<>();
        for (Item item : items) {
            if (!ids.add(item.id())) {
                return CompletableFuture.completedFuture(
                        Answer.invalid("items", "itemId 在批内须唯一", "an itemId occurs twice in the batch"));
            }
        }
        boolean slow = items.stream().anyMatch(item -> TestSubject.of(item.identifier()).equals(Optional.of(TestSubject.SLOW)));
        TestSubject pace = slow ? TestSubject.SLOW : TestSubject.APPROVE;
        return SandboxCalls.of(facts, pace.person().number(), () -> data.within(facts, session -> answered(session, facts, items))
                .handle((response, failure) -> Failures.answer(failure, () -> found(response, told))));
    }

    private static BatchEstimateResponse answered(DataSession session, CallFacts facts, List<Item> items) {
        BatchEstimateResponse.Builder response = BatchEstimateResponse.newBuilder();
        int answered = 0;
        for (Item item : items) {
            BatchResult.Builder result = BatchResult.newBuilder().setItemId(item.id());
            try {
                if (facts.sandbox() && TestSubject.of(item.identifier()).equals(Optional.of(TestSubject.ERROR))) {
                    throw RefusedException.away("数据源暂不可用(沙箱测试对象)。", "The source is away (a test subject of the sandbox).");
                }
                result.setEstimate(item.work().apply(session));
                answered++;
            } catch (RefusedException refused) { // the item's own answer
                result.setRefusal(ItemRefusal.newBuilder()
                        .setCode(refused.fault().name()).setTextZh(refused.zh()).setTextEn(refused.en()));
            }
            response.addResults(result);
        }
        return response.setAnswered(answered).setRefused(items.size() - answered).build();
    }

    /** Metered by the items answered from data in time; a batch in which all are stale is free. */
    private static <A extends Message> Answer<A> found(BatchEstimateResponse response, Function<BatchEstimateResponse, A> told) {
        long fresh = response.getResultsList().stream().filter(r -> r.hasEstimate() && !r.getEstimate().getStale()).count();
        boolean stale = response.getAnswered() > 0 && fresh == 0;
        return new Answer.Found<>(told.apply(response), fresh, fresh > 0, stale, null);
    }

    private Estimate mortgage(DataSession session, CallFacts facts, EstimateMortgageRequest request) {
        ResidentId applicant = person(facts, request.getApplicantId(), request.getPurpose());
        LocalDate today = Requests.today(facts);
        adult(applicant, today);
        BigDecimal rate = Requests.rateOn(request.getRate(), request.getMonths(), today, lpr);
        EstimateAsk.Consented consented = consented(request.hasWrittenConsent(), request.getWrittenConsent());
        PersonFacts known = known(session, applicant, consented, today);
        EstimateAsk.Mortgage ask = new EstimateAsk.Mortgage(today, request.getMonths(), rate, request.getRequestedFen(),
                applicant.birthDate(), request.getPriceFen(), request.getHomeOrder() == HomeOrder.FIRST_HOME,
                request.getPropertyKind() != PropertyKind.COMMERCIAL, request.getMonthlyDebtFen(), request.getMonthlyHousingCostFen(),
                request.getStatedMonthlyIncomeFen(), request.getWithProvidentFund(), consented);
        return estimated(facts, request.getPurpose(), ask, PersonalEstimates.mortgage(ask, known, policy), personUse(facts, consented));
    }

    private Estimate startup(DataSession session, CallFacts facts, EstimateStartupLoanRequest request) {
        ResidentId applicant = person(facts, request.getApplicantId(), request.getPurpose());
        LocalDate today = Requests.today(facts);
        adult(applicant, today);
        BigDecimal rate = Requests.rateOn(request.getRate(), request.getMonths(), today, lpr);
        EstimateAsk.Consented consented = consented(request.hasWrittenConsent(), request.getWrittenConsent());
        PersonFacts known = known(session, applicant, consented, today);
        EstimateAsk.Startup ask = new EstimateAsk.Startup(today, request.getMonths(), rate, request.getRequestedFen(),
                request.getMonthlyDebtFen(), request.getStatedMonthlyIncomeFen(), consented);
        return estimated(facts, request.getPurpose(), ask, PersonalEstimates.startup(ask, known, policy), personUse(facts, consented));
    }

    private Estimate enterprise(DataSession session, CallFacts facts, EstimateEnterpriseLoanRequest request) {
        Uscc code = Uscc.parse(request.getEnterpriseCode()).orElseThrow(() -> RefusedException.invalid("enterpriseCode",
                "不是有效的统一社会信用代码", "is no valid unified social credit code"));
        if (code.isSoleTrader()) {
            throw RefusedException.invalid("enterpriseCode", "个体工商户属于个人,请经本人同意后申请个人创业贷款估算(EstimateStartupLoan)",
                    "a sole trader (个体工商户) is a person: ask for a start-up loan (EstimateStartupLoan), with the person's consent");
        }
        purpose(request.getPurpose());
        LocalDate today = Requests.today(facts);
        BigDecimal rate = Requests.rateOn(request.getRate(), request.getMonths(), today, lpr);
        Optional<EnterpriseFacts> known = records(session, today).enterprise(data.token(code.code()));
        if (known.isEmpty()) {
            throw RefusedException.notFound("登记中没有该企业。", "The enterprise is not on the register.");
        }
        EstimateAsk.Enterprise ask = new EstimateAsk.Enterprise(today, request.getMonths(), rate, request.getRequestedFen(),
                request.getExistingLoansFen(), request.getStatedRevenueFen());
        return estimated(facts, request.getPurpose(), ask, EnterpriseEstimates.estimate(ask, known.get(), policy),
                LendingResources.ENTERPRISE.stream().map(named -> used(facts, named)).toList());
    }

    private LendingRecords records(DataSession session, LocalDate today) {
        int years = policy.on(today).get("adverse.years").intValueExact();
        return new LendingRecords(session, today, today.minusYears(years));
    }

    private PersonFacts known(DataSession session, ResidentId applicant, EstimateAsk.Consented consented, LocalDate today) {
        PersonFacts known = records(session, today).person(data.token(applicant.number()), consented);
        if (known.unknown()) {
            throw RefusedException.notFound("没有该申请人的可用记录。", "There is no record of the applicant that may be used.");
        }
        return known;
    }

    /** 征信业管理条例 Art. 2 and 7: whoever provides credit information of people needs a licence; the sandbox holds nobody. */
    private ResidentId person(CallFacts facts, String typed, QueryPurpose purpose) {
        if (!licensed && !facts.sandbox()) {
            throw RefusedException.away(
                    "个人管道未启用:个人征信业务须经许可(征信业管理条例第二条、第七条),由运营机构在取得许可或确认无需许可后开启。",
                    "The personal pipeline is off: credit information of people needs a licence (征信业管理条例 Art. 2 and 7); the operator switches it"
                            + " on once there is one, or it is confirmed that none is needed.");
        }
        purpose(purpose);
        return ResidentId.parse(typed).orElseThrow(() -> RefusedException.invalid("applicantId",
                "不是有效的公民身份号码", "is no valid identity number"));
    }

    private static void purpose(QueryPurpose purpose) {
        if (purpose == QueryPurpose.QUERY_PURPOSE_UNSPECIFIED || purpose == QueryPurpose.UNRECOGNIZED) {
            throw RefusedException.invalid("purpose", "须说明查询用途", "the purpose of the query is needed");
        }
    }

    private static void adult(ResidentId applicant, LocalDate today) {
        if (Period.between(applicant.birthDate(), today).getYears() < 18) {
            throw RefusedException.invalid("applicantId", "申请人须年满十八周岁", "the applicant must be of age");
        }
    }

    /** Only what was consented to in writing, the consequences having been told (征信业管理条例 Art. 14). */
    private static EstimateAsk.Consented consented(boolean given, WrittenConsent consent) {
        if (!given) {
            return new EstimateAsk.Consented(false, false, false);
        }
        if (consent.getReference().isBlank()) {
            throw RefusedException.invalid("writtenConsent.reference", "须给出书面同意文件编号", "the reference of the written consent is needed");
        }
        if (!consent.getConsequencesTold()) {
            throw RefusedException.invalid("writtenConsent.consequencesTold", "须已明确告知可能产生的不利后果(征信业管理条例第十四条)",
                    "the person must have been told the consequences (征信业管理条例 Art. 14)");
        }
        List<ConsentItem> items = consent.getItemsList();
        return new EstimateAsk.Consented(items.contains(ConsentItem.INCOME), items.contains(ConsentItem.DEPOSITS),
                items.contains(ConsentItem.REAL_ESTATE));
    }

    private List<ResourceUse> personUse(CallFacts facts, EstimateAsk.Consented consented) {
        List<ResourceUse> uses = new ArrayList<>();
        uses.add(consented.income() ? used(facts, LendingResources.CONTRIBUTIONS) : used(facts, LendingResources.CONTRIBUTIONS,
                "仅用缴费月数;无收入项书面同意,未读取缴费基数", "months of contribution alone; without written consent to income the bases were not read"));
        uses.add(consented.deposits() ? used(facts, LendingResources.FUND) : used(facts, LendingResources.FUND,
                "仅用缴存月数;无存款项书面同意,未读取金额", "months of deposit alone; without written consent to deposits the amounts were not read"));
        uses.add(used(facts, LendingResources.LITIGATION));
        uses.add(used(facts, LendingResources.ENFORCEMENT));
        uses.add(used(facts, LendingResources.TALENT));
        for (Named estate : LendingResources.ESTATE) {
            uses.add(consented.realEstate() ? used(facts, estate) : ResourceUse.left(estate,
                    "无不动产项书面同意,未读取", "not read: no written consent to real estate"));
        }
        return uses;
    }

    private ResourceUse used(CallFacts facts, Named named) {
        return used(facts, named, "", "");
    }

    private ResourceUse used(CallFacts facts, Named named, String zh, String en) {
        return new ResourceUse(named, true, data.freshness(facts, named.table().name()), zh, en);
    }

    private Estimate estimated(CallFacts facts, QueryPurpose purpose, EstimateAsk ask, LoanEstimate estimate, List<ResourceUse> uses) {
        return EstimateMessages.toProto(Requests.today(facts), purpose, ask, estimate, uses);
    }
}
