package cn.jingshu.products.lending;

import cn.jingshu.products.domain.DataDomain;
import cn.jingshu.products.domain.DomainNeeds;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.lending.policy.PolicyBook;
import cn.jingshu.products.lending.rate.LprHistory;
import cn.jingshu.products.lending.v1.BatchEstimateEnterprisesRequest;
import cn.jingshu.products.lending.v1.BatchEstimateRequest;
import cn.jingshu.products.lending.v1.EstimateEnterpriseLoanRequest;
import cn.jingshu.products.lending.v1.EstimateMortgageRequest;
import cn.jingshu.products.lending.v1.EstimateStartupLoanRequest;
import cn.jingshu.products.lending.v1.GetModelCardRequest;
import cn.jingshu.products.lending.v1.LendingProto;
import cn.jingshu.products.lending.v1.ScheduleRequest;
import cn.jingshu.products.lending.v1.ScoreRequest;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.WatchedModel;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;

/** Estimates of loans, repayment schedules and reference scores. */
public final class LendingProduct implements DataProduct {
    static final String CODE = "lending";

    /** Days begin in Shanghai. */
    static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    private final EstimateOperations estimates;
    private final ScheduleOperation schedules;
    private final ScoreOperations scores;

    private LendingProduct(EstimateOperations estimates, ScheduleOperation schedules, ScoreOperations scores) {
        this.estimates = estimates;
        this.schedules = schedules;
        this.scores = scores;
    }

    /**
     * The product over a domain.
     *
     * @param demonstration true: live data are made up, so the personal pipeline needs no licence
     * @throws IllegalArgumentException if a file the settings name is broken, in one sentence
     */
    public static LendingProduct open(LendingSettings settings, DataDomain domain, Clock clock, boolean demonstration) {
        LprHistory lpr = LprHistory.load(settings.lprFile());
        PolicyBook policy = PolicyBook.load(settings.policyFile());
        policy.on(LocalDate.now(clock.withZone(ZONE))).get("adverse.years"); // a broken book fails the start, not a call
        ProductData data = domain.open(needs());
        return new LendingProduct(new EstimateOperations(data, policy, lpr, settings.personalLicence() || demonstration),
                new ScheduleOperation(lpr), new ScoreOperations(data));
    }

    /** What the product reads and keeps. */
    public static DomainNeeds needs() {
        return new DomainNeeds(CODE, 1, LendingResources.reads(), "db/product/lending", new SyntheticBorrowers(), LendingKept.ALL);
    }

    @Override
    public ServiceDescriptor contract() {
        return LendingProto.getDescriptor().findServiceByName("LendingService");
    }

    @Override
    public List<WatchedModel> watchedModels() {
        return scores.watchedModels();
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                new Operation.Unary<>("EstimateMortgage", EstimateMortgageRequest.getDefaultInstance(), estimates::mortgage),
                new Operation.Unary<>("EstimateEnterpriseLoan", EstimateEnterpriseLoanRequest.getDefaultInstance(), estimates::enterprise),
                new Operation.Unary<>("EstimateStartupLoan", EstimateStartupLoanRequest.getDefaultInstance(), estimates::startup),
                new Operation.Unary<>("BatchEstimate", BatchEstimateRequest.getDefaultInstance(), estimates::batch),
                new Operation.Unary<>("BatchEstimateEnterprises", BatchEstimateEnterprisesRequest.getDefaultInstance(),
                        estimates::enterpriseBatch),
                new Operation.Unary<>("Schedule", ScheduleRequest.getDefaultInstance(), schedules::answer),
                new Operation.Unary<>("Score", ScoreRequest.getDefaultInstance(), scores::score),
                new Operation.Unary<>("GetModelCard", GetModelCardRequest.getDefaultInstance(), scores::card));
    }
}
