package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.apikey.RecentKeys;
import cn.jingshu.marketplace.gate.AccessTable.Grant;
import cn.jingshu.marketplace.gate.AccessTable.KeyEntry;
import cn.jingshu.marketplace.gate.AccessTable.Product;
import cn.jingshu.marketplace.consent.SubjectToken;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.scope.Scenario;
import cn.jingshu.marketplace.subscription.AuthorisedUse;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.EventIds;
import cn.jingshu.metering.limit.LimitDecision;
import cn.jingshu.metering.quota.QuotaDecision;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decides about every call, from memory. The rules are asked in one fixed order and the first that is broken answers:
 * key, parties, authorisation, product, grants, law, scope, consent, assessment, price, payment, room on the node, rate limit,
 * quota, budget.
 * Only the last three can take anything, so a call refused by any rule has cost nobody anything.
 */
@Singleton
public final class Gate {
    /** Rules whose breach is an attempt beyond an authorised scope, and raises an alert. */
    static final Set<Refusal> ALARMING = EnumSet.of(Refusal.COLUMN_NOT_GRANTED, Refusal.BLOCKED_BY_LAW,
            Refusal.OVER_SCOPE, Refusal.WRONG_SCENARIO, Refusal.WRONG_PURPOSE, Refusal.WRONG_DISTRICT);

    private static final Duration SHORTLY = Duration.ofSeconds(1);

    private final LatestAccess access;
    private final Pepper pepper;
    private final Limits limits;
    private final QuotaSource quotas;
    private final BudgetSource budgets;
    private final EventIds eventIds;
    private final Alarm alarm;
    private final RecentKeys<RecentKey> recentKeys = new RecentKeys<>();

    public Gate(LatestAccess access, Pepper pepper, Limits limits, QuotaSource quotas, BudgetSource budgets, EventIds eventIds, Alarm alarm) {
        this.access = access;
        this.pepper = pepper;
        this.limits = limits;
        this.quotas = quotas;
        this.budgets = budgets;
        this.eventIds = eventIds;
        this.alarm = alarm;
    }

    /** Judges one call. The stage is complete at once unless a limit or a lease has to be asked for elsewhere. */
    public CompletionStage<Admission> admit(Call call) {
        return Stages.then(judge(call), judgement -> switch (judgement) {
            case Admission.Refused refused -> CompletableFuture.completedFuture(refused);
            case Passed passed -> take(passed, eventIds.next());
        });
    }

    /** The first half of {@link #admit}: every rule, and the rate limit. */
    public CompletionStage<Judgement> judge(Call call) {
        String sent = call.credential();
        if (sent == null || sent.isBlank()) {
            return no(Refusal.KEY_MISSING, null, null, null);
        }
        RecentKeys.Fingerprint fingerprint = recentKeys.fingerprint(sent);
        RecentKey recent = recentKeys.find(fingerprint);
        RecentKey caller = recent != null ? recent : parse(sent, fingerprint);
        if (caller == null) {
            return no(Refusal.KEY_MALFORMED, null, null, null);
        }
        AccessTable table = access.table();
        if (table == null) {
            return no(Refusal.NODE_NOT_READY, null, SHORTLY, null);
        }
        RecentKey.Found found = caller.in(table, limits);
        if (found == null) {
            return no(Refusal.KEY_UNKNOWN, null, null, null);
        }
        KeyEntry key = found.key();
        if (recent == null) {
            recentKeys.remember(caller); // known keys only, so that guesses push nobody out
        }
        Refusal broken = firstBroken(call, key, table);
        if (broken != null) {
            Grant grant = key.grant();
            if (ALARMING.contains(broken)) {
                alarm.raise(new Alarm.Breach(grant.organisationId(), grant.subscriptionId(), call.product(),
                        call.operation(), broken, call.occurredAt()));
            }
            return no(broken, grant.subscriptionId(), null, null);
        }
        if (!call.entrance().admits(key.grant().purpose())) {
            return no(Refusal.NODE_OVERLOADED, key.grant().subscriptionId(), SHORTLY, null);
        }
        return Stages.then(found.limiter().take(), decision -> switch (decision) {
            case LimitDecision.Limited(Duration retryAfter) -> {
                LimitFacts facts = new LimitFacts(rate(key.grant(), 0, retryAfter), month(call.occurredAt(), key.grant(), null), null);
                yield no(Refusal.RATE_LIMITED, key.grant().subscriptionId(), retryAfter, facts);
            }
            case LimitDecision.Allowed allowed -> CompletableFuture.completedFuture(
                    passed(call, caller, key, rate(key.grant(), allowed.remaining(), allowed.reset()), table));
        });
    }

    /** Grows whenever the node has read its facts anew: what runs on an earlier answer is to be asked about again by {@link #endedRight}. */
    public long factsRead() {
        return access.number();
    }

    /**
     * Whether a right of a call that is being answered has ended since it was let in: every rule but those of the price and the payment,
     * by the newest facts. Nothing is taken, counted or told to anyone. What a call costs, and whether that is paid, is a
     * matter of each unit sold, and is asked with the next.
     *
     * @param call as it would be if it came now
     * @return null: no right has ended, or it never had one, as {@link #judge} says to whoever asks for the first time
     */
    public Admission.@Nullable Refused endedRight(Call call) {
        String sent = call.credential();
        AccessTable table = access.table();
        if (sent == null || table == null) {
            return null;
        }
        RecentKeys.Fingerprint fingerprint = recentKeys.fingerprint(sent);
        RecentKey recent = recentKeys.find(fingerprint);
        RecentKey caller = recent != null ? recent : parse(sent, fingerprint);
        if (caller == null) {
            return null;
        }
        RecentKey.Found found = caller.in(table, limits);
        if (found == null) {
            return new Admission.Refused(Refusal.KEY_UNKNOWN, null, null, null);
        }
        KeyEntry key = found.key();
        Refusal broken = brokenRight(call, key, table.products().get(call.product()), table);
        return broken == null ? null : new Admission.Refused(broken, key.grant().subscriptionId(), null, null);
    }

    private static Passed passed(Call call, RecentKey caller, KeyEntry key, LimitFact rate, AccessTable table) {
        Grant grant = key.grant();
        if (table.budgets().isEmpty() || key.sandbox() || grant.purpose() == Purpose.PUBLIC_INTEREST) {
            return new Passed(call, caller, key, rate, null, null);
        }
        Product product = table.products().get(call.product());
        return new Passed(call, caller, key, rate, table.budgets().get(grant.organisationId()), product == null ? null : product.prices());
    }

    private @Nullable RecentKey parse(String sent, RecentKeys.Fingerprint fingerprint) {
        return ApiKey.parse(sent).map(key -> new RecentKey(fingerprint, pepper.hash(key))).orElse(null);
    }

    /** The first rule broken, of all that need no counting; null: none. */
    private @Nullable Refusal firstBroken(Call call, KeyEntry key, AccessTable table) {
        Product product = table.products().get(call.product());
        Refusal broken = brokenRight(call, key, product, table);
        return broken == null && product != null && !key.sandbox() ? moneyRule(call, key, product, table) : broken;
    }

    /** The first rule broken of those that say whether the caller may; null: none. */
    private @Nullable Refusal brokenRight(Call call, KeyEntry key, @Nullable Product product, AccessTable table) {
        Instant at = call.occurredAt();
        Refusal broken = keyRule(key, at);
        if (broken == null) {
            broken = partyRule(key, product, at);
        }
        if (broken == null) {
            broken = product == null ? Refusal.PRODUCT_NOT_LIVE : productRule(call, product);
        }
        if (broken == null) {
            broken = scopeRule(call, key, table);
        }
        if (broken == null && product != null && !key.sandbox()) {
            broken = personRule(call, key, product, table);
        }
        return broken;
    }

    private static @Nullable Refusal keyRule(KeyEntry key, Instant at) {
        Instant expiresAt = key.expiresAt();
        if (key.revokedAt() != null) {
            return Refusal.KEY_REVOKED;
        }
        return expiresAt != null && !at.isBefore(expiresAt) ? Refusal.KEY_EXPIRED : null;
    }

    private static @Nullable Refusal partyRule(KeyEntry key, @Nullable Product product, Instant at) {
        Grant grant = key.grant();
        if (!grant.organisationActive()
                || (product != null && !(product.operator().active() && product.merchant().active()))) {
            return Refusal.ORGANISATION_SUSPENDED;
        }
        boolean works = switch (grant.status()) {
            case ACTIVE -> true;
            case PENDING -> key.sandbox(); // development may begin while the bureau decides
            case REFUSED, SUSPENDED, ENDED -> false;
        };
        if (!works) {
            return Refusal.SUBSCRIPTION_NOT_ACTIVE;
        }
        if (product == null) {
            return null;
        }
        if (!product.operator().bound(at) || !product.merchant().bound(at)) {
            return Refusal.AGREEMENT_EXPIRED;
        }
        AuthorisedUse use = grant.use();
        return product.authorised(use == null ? null : use.scenarioId(), at) ? null : Refusal.AUTHORISATION_MISSING;
    }

    private static @Nullable Refusal productRule(Call call, Product product) {
        Instant at = call.occurredAt();
        if (!product.registration().inForceAt(at)) {
            return Refusal.PRODUCT_NOT_LIVE;
        }
        // A blocked resource can never be granted; the law answers for it below, not a provider's silence.
        boolean blocked = false;
        for (AccessTable.Resource resource : product.resources()) {
            blocked |= resource.blockedBy() != null;
            if (resource.blockedBy() == null && !resource.granted(at)) {
                return Refusal.GRANT_MISSING;
            }
        }
        List<AccessTable.Read> reads = product.reads().getOrDefault(call.operation(), List.of());
        for (AccessTable.Read read : reads) {
            if (!read.registered()) {
                return Refusal.GRANT_MISSING; // the contract reads what the product was registered without
            }
        }
        for (AccessTable.Read read : reads) {
            if (!read.covered(at)) {
                return Refusal.COLUMN_NOT_GRANTED;
            }
        }
        return blocked ? Refusal.BLOCKED_BY_LAW : null;
    }

    private static @Nullable Refusal scopeRule(Call call, KeyEntry key, AccessTable table) {
        Grant grant = key.grant();
        AuthorisedUse use = grant.use();
        boolean pendingTest = key.sandbox() && grant.status() == Subscription.Status.PENDING;
        if (!grant.product().equals(call.product()) || (use == null && !pendingTest)
                || (use != null && !covers(use, call))) {
            return Refusal.OVER_SCOPE;
        }
        Stated stated = call.stated();
        if (use != null) {
            Scenario.Reviewed scenario = table.scenarioOf(use);
            if (scenario == null || !scenario.allows(call.product(), grant.purpose(), call.occurredAt())) {
                return Refusal.SCENARIO_NOT_APPROVED;
            }
            if (stated.scenario() != null && !scenario.scenario().code().equals(stated.scenario())) {
                return Refusal.WRONG_SCENARIO;
            }
        }
        if (stated.purpose() != null && !grant.purpose().name().equals(stated.purpose())) {
            return Refusal.WRONG_PURPOSE;
        }
        return use == null || use.districts().isEmpty()
                        || (stated.district() != null && use.districts().contains(stated.district()))
                ? null
                : Refusal.WRONG_DISTRICT;
    }

    private static boolean covers(AuthorisedUse use, Call call) {
        return !call.occurredAt().isBefore(use.startsAt()) && call.occurredAt().isBefore(use.endsAt())
                && (use.operations().isEmpty() || use.operations().contains(call.operation()));
    }

    /** Guards people in live data only: the sandbox twin holds nothing about anyone. */
    private @Nullable Refusal personRule(Call call, KeyEntry key, Product product, AccessTable table) {
        Supplier<Optional<List<String>>> subjects = call.subjects();
        if (subjects == null) {
            return null;
        }
        if (!consented(call, key.grant(), subjects.get(), table.consents())) {
            return Refusal.CONSENT_REQUIRED;
        }
        return product.assessed(key.grant().purpose(), call.occurredAt()) ? null : Refusal.IMPACT_ASSESSMENT_MISSING;
    }

    /** Of live data only: the sandbox twin costs nothing. */
    private static @Nullable Refusal moneyRule(Call call, KeyEntry key, Product product, AccessTable table) {
        Purpose purpose = key.grant().purpose();
        boolean lawful = purpose == Purpose.PUBLIC_INTEREST
                || product.prices().priceAt(call.operation(), purpose, key.grant().plan(), call.occurredAt())
                        .filter(published -> call.unit() == null || published.counts(call.unit())).isPresent();
        if (!lawful) {
            return Refusal.NO_LAWFUL_PRICE;
        }
        // Whoever does not pay, or does not want to pay more, still has what is free.
        return purpose == Purpose.PUBLIC_INTEREST ? null : table.stopOf(key.grant().organisationId(), call.occurredAt());
    }

    /** Whether everybody asked about agreed to just this. */
    private boolean consented(Call call, Grant grant, Optional<List<String>> subjects, ConsentIndex consents) {
        if (subjects.isEmpty()) {
            return true; // the request cannot be read: it will be refused for that, and tells nothing of anyone
        }
        if (subjects.get().isEmpty()) {
            return false; // about people, and nobody is named who could have agreed
        }
        for (String subject : subjects.get()) {
            if (!consented(call, grant, consents.of(SubjectToken.of(pepper, subject)))) {
                return false;
            }
        }
        return true;
    }

    private static boolean consented(Call call, Grant grant, List<ConsentIndex.Entry> given) {
        AuthorisedUse use = grant.use();
        String named = call.stated().consent();
        for (ConsentIndex.Entry consent : given) {
            if (use != null && consent.scenarioId().equals(use.scenarioId())
                    && consent.recipientId().equals(grant.organisationId()) && consent.purpose() == grant.purpose()
                    && (named == null || named.equalsIgnoreCase(consent.id().toString()))
                    && consent.covers(call.product(), call.operation(), call.occurredAt())) {
                return true;
            }
        }
        return false;
    }

    /**
     * The second half of {@link #admit}: takes of the quota, and of a budget, the most that a call which has passed can cost without an
     * answer. {@link #settle} gives back what it did not cost.
     *
     * @param eventId under which the call will be recorded
     */
    public CompletionStage<Admission> take(Passed passed, UUID eventId) {
        return take(passed, eventId, passed.call.occurredAt());
    }

    /**
     * As above, for a call whose first run began earlier.
     *
     * @param occurredAt when it first came: its quota and its bill are those of that month
     */
    public CompletionStage<Admission> take(Passed passed, UUID eventId, Instant occurredAt) {
        KeyEntry key = passed.key;
        Grant grant = key.grant();
        LimitFact rate = passed.rate;
        Admitting admitting = new Admitting(eventId, occurredAt, key);
        if (key.sandbox()) {
            return admitting.with(new LimitFacts(rate, month(occurredAt, grant, grant.monthlyQuotaUnits()), null), 0);
        }
        long units = passed.call.mostWithoutAnswer();
        return Stages.then(
                passed.caller.quota(quotas, grant.subscriptionId(), BillingPeriod.of(occurredAt).month())
                        .take(grant.monthlyQuotaUnits(), units),
                decision -> switch (decision) {
                    case QuotaDecision.Taken(long remaining) -> withinBudget(passed,
                            admitting.admitted(new LimitFacts(rate, month(occurredAt, grant, remaining), null), units));
                    case QuotaDecision.Exhausted(Instant resetsAt, long remaining) ->
                        refused(Refusal.QUOTA_EXHAUSTED, grant.subscriptionId(), Duration.between(occurredAt, resetsAt),
                                new LimitFacts(rate, month(occurredAt, grant, remaining), null));
                    case QuotaDecision.Unavailable() -> {
                        LimitFacts limits = new LimitFacts(rate, month(occurredAt, grant, null), null);
                        // Paid use fails closed, since more than was sold must not be billed; free use goes on.
                        yield grant.purpose() == Purpose.PUBLIC_INTEREST
                                ? admitting.with(limits, 0)
                                : refused(Refusal.METER_UNAVAILABLE, grant.subscriptionId(), SHORTLY, limits);
                    }
                });
    }

    /**
     * The admission of a call that has passed and whose event is recorded: an earlier run took what it cost, so nothing is taken and there is
     * nothing to settle.
     */
    public Admission.Admitted admitRecorded(Passed passed, UUID eventId, Instant occurredAt) {
        return new Admitting(eventId, occurredAt, passed.key)
                .admitted(new LimitFacts(passed.rate, month(occurredAt, passed.key.grant(), null), null), 0);
    }

    /** Takes the most the call can cost without an answer of its consumer's budget, if it has one. */
    private CompletionStage<Admission> withinBudget(Passed passed, Admission.Admitted admitted) {
        Long limit = passed.budget;
        PriceList prices = passed.prices;
        if (limit == null || prices == null) {
            return CompletableFuture.completedFuture(admitted);
        }
        Grant grant = passed.key.grant();
        Instant occurredAt = admitted.occurredAt();
        PriceList.Dearest dearest = prices.dearest(
                passed.call.operation(), grant.purpose(), grant.plan(), occurredAt, BillingPeriod.of(occurredAt).end());
        if (dearest.perUnit() == 0) {
            return CompletableFuture.completedFuture(admitted);
        }
        Admission.Admitted.OfBudget budget = new Admission.Admitted.OfBudget(limit, dearest.perUnit(), dearest.perCall(), 0);
        return takeMoney(admitted.with(budget), budget.of(passed.call.mostWithoutAnswer()), refused -> {
            settle(admitted, 0);
            return refused;
        });
    }

    /** @param otherwise what is to be done when it is refused */
    private CompletionStage<Admission> takeMoney(Admission.Admitted admitted, long milliFen, UnaryOperator<Admission.Refused> otherwise) {
        Admission.Admitted.OfBudget budget = Objects.requireNonNull(admitted.budget(), "there is a budget");
        return Stages.then(budgets.take(admitted.organisationId(), BillingPeriod.of(admitted.occurredAt()).month(), budget.limit(), milliFen),
                decision -> CompletableFuture.completedFuture(switch (decision) {
                    case QuotaDecision.Taken _ -> admitted.with(budget.with(milliFen));
                    // Not how long: what others hold for calls under way may come back at once, or be used.
                    case QuotaDecision.Exhausted _ -> otherwise.apply(new Admission.Refused(
                            Refusal.BUDGET_USED_UP, admitted.subscriptionId(), null, admitted.limits()));
                    case QuotaDecision.Unavailable() -> otherwise.apply(new Admission.Refused(
                            Refusal.METER_UNAVAILABLE, admitted.subscriptionId(), SHORTLY, admitted.limits()));
                }));
    }

    /**
     * Takes what an answer costs beyond the units its call was admitted with, before it leaves: a call is let in before anyone
     * knows how many rows or kilobytes its answer has, and all calls together must stay within the quota. Refused is an
     * answer that does not fit; what the call has taken stays taken until it is settled.
     *
     * @param quantity the quantity its usage event will have
     * @return the admission with all its units; free use goes on with what it has while the quota cannot be asked
     */
    public CompletionStage<Admission> takeRest(Admission.Admitted admitted, long quantity) {
        long rest = quantity - admitted.unitsTaken();
        if (rest <= 0 || admitted.unitsTaken() == 0) { // none are taken for a test key, nor for free use let in unasked
            return CompletableFuture.completedFuture(admitted);
        }
        YearMonth month = BillingPeriod.of(admitted.occurredAt()).month();
        return Stages.then(quotas.take(admitted.subscriptionId(), month, admitted.limits().month().quota(), rest),
                decision -> switch (decision) {
                    case QuotaDecision.Taken(long remaining) -> takeRestOfMoney(admitted.with(quantity, remaining), quantity, rest);
                    case QuotaDecision.Exhausted(Instant resetsAt, long remaining) -> // and what it has taken comes back
                        refused(Refusal.QUOTA_EXHAUSTED, admitted.subscriptionId(), Duration.between(admitted.occurredAt(), resetsAt),
                                admitted.with(admitted.unitsTaken(), remaining + admitted.unitsTaken()).limits());
                    case QuotaDecision.Unavailable() -> admitted.purpose() == Purpose.PUBLIC_INTEREST
                            ? CompletableFuture.completedFuture(admitted)
                            : refused(Refusal.METER_UNAVAILABLE, admitted.subscriptionId(), SHORTLY, admitted.limits());
                });
    }

    private CompletionStage<Admission> takeRestOfMoney(Admission.Admitted admitted, long quantity, long rest) {
        Admission.Admitted.OfBudget budget = admitted.budget();
        long more = budget == null ? 0 : budget.of(quantity) - budget.taken();
        return more <= 0 ? CompletableFuture.completedFuture(admitted) : takeMoney(admitted, more, refused -> {
            quotas.giveBack(admitted.subscriptionId(), BillingPeriod.of(admitted.occurredAt()).month(), rest);
            return refused;
        });
    }

    private record Admitting(UUID eventId, Instant occurredAt, KeyEntry key) {
        CompletionStage<Admission> with(LimitFacts limits, long unitsTaken) {
            return CompletableFuture.completedFuture(admitted(limits, unitsTaken));
        }

        Admission.Admitted admitted(LimitFacts limits, long unitsTaken) {
            Grant grant = key.grant();
            return new Admission.Admitted(eventId, occurredAt, grant.subscriptionId(), grant.organisationId(), key.keyId(), grant.purpose(),
                    key.sandbox(), limits, unitsTaken, null);
        }
    }

    private static LimitFact rate(Grant grant, long remaining, Duration reset) {
        return new LimitFact(LimitFact.Kind.RATE, grant.rate().capacity(), ceilSeconds(grant.rate().period()), remaining,
                ceilSeconds(reset));
    }

    /** @param remaining null: nobody was asked, or nobody who knows answered */
    private static LimitFact month(Instant at, Grant grant, @Nullable Long remaining) {
        BillingPeriod period = BillingPeriod.of(at);
        return new LimitFact(LimitFact.Kind.MONTH, grant.monthlyQuotaUnits(),
                period.end().getEpochSecond() - period.start().getEpochSecond(), remaining,
                period.end().getEpochSecond() - at.getEpochSecond()); // whole seconds: ends have no others, and it is rounded up
    }

    /** A time told in whole seconds is never told too short. */
    private static long ceilSeconds(Duration duration) {
        return duration.getSeconds() + (duration.getNano() > 0 ? 1 : 0);
    }

    private static CompletionStage<Judgement> no(Refusal refusal, @Nullable UUID subscriptionId,
            @Nullable Duration retryAfter, @Nullable LimitFacts limits) {
        return CompletableFuture.completedFuture(new Admission.Refused(refusal, subscriptionId, retryAfter, limits));
    }

    private static CompletionStage<Admission> refused(Refusal refusal, @Nullable UUID subscriptionId,
            @Nullable Duration retryAfter, @Nullable LimitFacts limits) {
        return CompletableFuture.completedFuture(new Admission.Refused(refusal, subscriptionId, retryAfter, limits));
    }

    /**
     * Squares the quota with what a call really used: gives back what it did not, books what it used beyond. That counts
     * whatever the limit, since the answer is out; only free use that went on while the quota could not be asked gets there.
     *
     * @param usedUnits the quantity of the call's usage event; at least zero
     */
    public void settle(Admission.Admitted admitted, long usedUnits) {
        settleMoney(admitted, usedUnits);
        long unused = admitted.unitsTaken() - usedUnits;
        if (unused == 0 || admitted.sandbox()) {
            return; // as most calls do, which cost one unit
        }
        YearMonth month = BillingPeriod.of(admitted.occurredAt()).month();
        if (unused > 0) {
            quotas.giveBack(admitted.subscriptionId(), month, unused);
        } else {
            quotas.book(admitted.subscriptionId(), month, -unused);
        }
    }

    /** What a call costs was taken of the budget before, so nothing is ever booked beyond it. */
    private void settleMoney(Admission.Admitted admitted, long usedUnits) {
        Admission.Admitted.OfBudget budget = admitted.budget();
        if (budget == null) {
            return;
        }
        YearMonth month = BillingPeriod.of(admitted.occurredAt()).month();
        long used = Math.min(budget.taken(), budget.of(usedUnits));
        if (used < budget.taken()) {
            budgets.giveBack(admitted.organisationId(), month, budget.taken() - used);
        }
        if (used > 0) {
            budgets.recorded(admitted.organisationId(), month, used);
        }
    }
}
