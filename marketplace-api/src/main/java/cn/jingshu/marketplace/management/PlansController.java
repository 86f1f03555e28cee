package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.plan.Plan;
import cn.jingshu.marketplace.plan.Plans;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.metering.limit.RateLimit;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Plans (套餐): what a product can be subscribed to by. Their prices are in the price book. */
@Controller("/api/plans")
@ExecuteOn(TaskExecutors.BLOCKING)
final class PlansController {
    private final Plans plans;

    PlansController(Plans plans) {
        this.plans = plans;
    }

    /**
     * A plan of a product version for one purpose.
     *
     * @param code what people call it: lower-case letters, digits and hyphens, {@code transit-standard}
     * @param monthlyQuotaUnits units per calendar month in Asia/Shanghai; at least one
     * @param rateCapacity calls that may come at once, and again once {@code ratePeriodMillis} have passed: 1 to 1,000,000,000
     * @param ratePeriodMillis 1 ms to 31 days
     */
    @Serdeable
    record PlanRequest(@Nullable String code, @Nullable String product, @Nullable Integer productVersion, @Nullable Purpose purpose,
            @Nullable String nameZh, @Nullable String nameEn, @Nullable Long monthlyQuotaUnits, @Nullable Long rateCapacity,
            @Nullable Long ratePeriodMillis) {
        Plans.Offer fromApi(UUID id) {
            return Facts.built(() -> new Plans.Offer(id, Facts.need("code", code), Facts.need("product", product),
                    Facts.need("productVersion", productVersion), Facts.need("purpose", purpose), Facts.need("nameZh", nameZh),
                    Facts.need("nameEn", nameEn), Facts.need("monthlyQuotaUnits", monthlyQuotaUnits),
                    new RateLimit(Facts.need("rateCapacity", rateCapacity), Duration.ofMillis(Facts.need("ratePeriodMillis", ratePeriodMillis)))));
        }
    }

    /** @param withdrawnAt null: still offered; subscriptions outlive the withdrawal */
    @Serdeable
    record PlanView(UUID id, String code, String product, int productVersion, String purpose, String nameZh, String nameEn,
            long monthlyQuotaUnits, long rateCapacity, long ratePeriodMillis, Instant effectiveFrom, @Nullable Instant withdrawnAt) {
        static PlanView of(Plan p) {
            return new PlanView(p.id(), p.code(), p.product(), p.productVersion(), p.purpose().name(), p.nameZh(), p.nameEn(),
                    p.monthlyQuotaUnits(), p.rate().capacity(), p.rate().period().toMillis(), p.effectiveFrom(), p.withdrawnAt());
        }
    }

    @Serdeable
    record PlanList(List<PlanView> plans) {}

    /** All plans, those no longer offered among them: a few for each product. */
    @Get
    PlanList list(Visitor visitor) {
        Rights.require(visitor, Role.values());
        return new PlanList(plans.listAll().stream().map(PlanView::of).toList());
    }

    /** One plan. */
    @Get("/{id}")
    PlanView get(Visitor visitor, UUID id) {
        Rights.require(visitor, Role.values());
        return Facts.found(view(id));
    }

    private Optional<PlanView> view(UUID id) {
        return plans.find(id).map(PlanView::of);
    }

    /** The operator offers a plan, from this moment on. The same again changes nothing. */
    @Put("/{id}")
    HttpResponse<PlanView> offer(Visitor visitor, UUID id, @Body PlanRequest request) {
        Person operator = Rights.require(visitor, Role.OPERATIONS);
        return Facts.entered(plans.offer(request.fromApi(id), operator.id()), () -> view(id));
    }

    /** Stops offering a plan; who is subscribed to it stays so. */
    @Post("/{id}/withdrawal")
    PlanView withdraw(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        Person operator = Rights.require(visitor, Role.OPERATIONS);
        return Facts.stepped(plans.withdraw(id, operator.id(), ground.given()), () -> view(id));
    }
}
