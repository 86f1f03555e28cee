package cn.jingshu.marketplace.declared;

import cn.jingshu.marketplace.billing.account.FreeProducts;
import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.declared.DeclaredProducts.ServedId;
import cn.jingshu.marketplace.declared.DeclaredProducts.Version;
import cn.jingshu.marketplace.gate.AccessRefresh;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.products.contract.ContractException;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.declared.Kinds;
import cn.jingshu.products.declared.Prepared;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.kind.DeclarationException;
import cn.jingshu.products.kind.DescriptorSets;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.ProductFault;
import cn.jingshu.products.spi.Retirement;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.micronaut.context.annotation.Value;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node serves of the declared products. It is told of changes by {@link AccessRefresh}, which listens to PostgreSQL and
 * polls; making a product ready takes its time on a thread of this class, so that no revoked key waits for it.
 */
@Singleton
public final class DeclaredServing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeclaredServing.class);

    /** How long one that could not be made ready is left alone. */
    private static final Duration TRY_AGAIN = Duration.ofSeconds(30);

    private final DeclaredProducts products;
    private final Kinds kinds;
    private final Contracts contracts;
    private final AccessRefresh access;
    private final FreeProducts free;
    private final Notifications notifications;
    private final Database database;
    private final Clock clock;
    private final Duration answerTimeout;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("declared-products").factory());
    private final ScheduledExecutorService closer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("declared-products-closer").factory());
    private final AtomicBoolean asked = new AtomicBoolean();

    /** What is served, by the id of the revision. Of use to the worker alone. */
    private Map<UUID, Ready> ready = Map.of();

    private List<ServedId> seen = List.of();
    private volatile Map<UUID, String> broken = Map.of();
    private Instant tryBrokenAt = Instant.MIN;
    private boolean pricesEnded = true; // a start ends them before it serves

    DeclaredServing(DeclaredProducts products, Kinds kinds, Contracts contracts, AccessRefresh access, FreeProducts free,
            Notifications notifications, Database database, Clock clock,
            @Value("${jingshu.limits.answer-timeout}") Duration answerTimeout) {
        this.products = products;
        this.kinds = kinds;
        this.contracts = contracts;
        this.access = access;
        this.free = free;
        this.notifications = notifications;
        this.database = database;
        this.clock = clock;
        this.answerTimeout = answerTimeout;
    }

    /** @param retirement null: it is not on its way out */
    private record Ready(DataProduct product, @Nullable Retirement retirement) {}

    /** Serves what is approved, and from now on whatever will be. To be called before the edges open. */
    public void start() {
        products.retireReplaced();
        refresh();
        access.tellOfDeclared(this::look);
    }

    /** Why a revision that is approved is not served by this node, by its id; empty: all are. */
    public Map<UUID, String> broken() {
        return broken;
    }

    private void look() {
        if (asked.compareAndSet(false, true)) {
            try {
                worker.execute(() -> {
                    asked.set(false);
                    try {
                        refresh();
                    } catch (RuntimeException failed) {
                        LOG.error("the declared products cannot be renewed; what was served still is", failed);
                    }
                });
            } catch (RejectedExecutionException closed) {
                asked.set(false); // the node stops
            }
        }
    }

    /** Reads what is approved and serves it, if that is not what is served already. */
    private synchronized void refresh() {
        Instant now = clock.instant();
        List<ServedId> wanted;
        Map<Version, Retirement> retirements;
        try {
            retirements = products.retirements();
            wanted = products.listServedIds().stream().filter(each -> !isOver(retirements.get(each.version()), now)).toList();
        } catch (DatabaseException away) {
            LOG.warn("what is declared cannot be read, what was served still is: {}", away.toString());
            return;
        }
        boolean same = wanted.equals(seen) && ready.entrySet().stream().allMatch(each -> wanted.stream().anyMatch(id ->
                id.id().equals(each.getKey()) && Objects.equals(retirements.get(id.version()), each.getValue().retirement())));
        if (same && !pricesEnded) {
            endPrices();
        }
        if (same && (broken.isEmpty() || now.isBefore(tryBrokenAt))) {
            return;
        }
        serve(wanted, retirements, now);
    }

    private static boolean isOver(@Nullable Retirement retirement, Instant now) {
        Instant sunset = retirement == null ? null : retirement.sunsetAt();
        return sunset != null && !now.isBefore(sunset);
    }

    private void serve(List<ServedId> wanted, Map<Version, Retirement> retirements, Instant now) {
        Map<UUID, DeclaredProduct> stored = new HashMap<>();
        products.listServed().forEach(each -> stored.put(each.id(), each));
        tellWhatIsFreeNow(wanted.stream().map(each -> stored.get(each.id())).filter(Objects::nonNull).toList());
        Map<UUID, Ready> next = new HashMap<>();
        Map<UUID, String> failed = new HashMap<>();
        for (ServedId id : wanted) {
            Retirement retirement = retirements.get(id.version());
            Ready before = ready.get(id.id());
            DeclaredProduct product = stored.get(id.id());
            if (before != null && Objects.equals(before.retirement(), retirement)) {
                next.put(id.id(), before);
            } else if (product != null) {
                try {
                    next.put(id.id(), new Ready(make(product, retirement), retirement));
                } catch (ProductFault | DomainException | IllegalArgumentException broke) {
                    failed.put(id.id(), String.valueOf(broke.getMessage()));
                }
            }
        }
        place(next, failed);
        failed.forEach((id, why) -> {
            if (!why.equals(broken.get(id))) {
                LOG.error("declared product {} cannot be served: {}", id, why);
            }
        });
        closeLater(ready, next);
        ready = next;
        seen = wanted;
        broken = Map.copyOf(failed);
        tryBrokenAt = now.plus(TRY_AGAIN);
        endPrices();
        access.again(); // the gate reads what the contracts read
    }

    /** What is served now may say that it is free; a price that cannot be ended now is ended by a later round or start. */
    private void endPrices() {
        try {
            free.enter();
            pricesEnded = true;
        } catch (DatabaseException away) {
            pricesEnded = false;
            LOG.warn("prices of products that say they are free cannot be ended yet: {}", away.toString());
        }
    }

    /** Whose stale answers or failed calls their contracts billed when they were approved. Told once for each version. */
    private void tellWhatIsFreeNow(List<DeclaredProduct> served) {
        List<DeclaredProduct> changed = served.stream()
                .filter(each -> (each.billedStale() || each.billedFailed()) && !ready.containsKey(each.id()))
                .toList();
        if (!changed.isEmpty()) {
            database.inTransaction(t -> {
                for (DeclaredProduct each : changed) {
                    String about = each.code() + " v" + each.version();
                    if (each.billedStale()) {
                        notifications.tell(t, each.merchantId(), Notifications.Kind.STALE_IS_FREE, about, null, "");
                    }
                    if (each.billedFailed()) {
                        notifications.tell(t, each.merchantId(), Notifications.Kind.FAILED_IS_FREE, about, null, "");
                    }
                }
                return changed.size();
            });
        }
    }

    private DataProduct make(DeclaredProduct stored, @Nullable Retirement retirement) {
        Faults faults = new Faults();
        Prepared prepared = kinds.prepareKept(stored.definition(), stored.artefact(), faults);
        if (prepared == null || !faults.isEmpty()) {
            throw new DeclarationException(faults.list());
        }
        // What was approved is the contract that is kept; what this node would make of the declaration may have moved on. That stale answers and failed
        // calls are free came after some approvals and holds for all.
        return kinds.make(prepared.under(DescriptorSets.parse(stored.contract().toByteArray())), retirement);
    }

    /** Serves all; one that is in another's way, which approval should have found, is left out instead of stopping the others. */
    private void place(Map<UUID, Ready> next, Map<UUID, String> failed) {
        List<ServiceDescriptor> known = products.listContracts().stream()
                .map(contract -> DescriptorSets.service(DescriptorSets.parse(contract.toByteArray())))
                .toList();
        List<DataProduct> placed = new ArrayList<>();
        for (UUID id : List.copyOf(next.keySet())) {
            DataProduct product = Objects.requireNonNull(next.get(id)).product();
            try {
                contracts.checkBeside(product.contract());
                placed.add(product);
            } catch (ContractException clash) {
                failed.put(id, String.valueOf(clash.getMessage()));
                next.remove(id);
            }
        }
        contracts.serve(placed, known);
    }

    /** What is served no more is closed when the last call on its way must have ended. */
    @SuppressWarnings("ReferenceEquality") // a product that was made anew is another object
    private void closeLater(Map<UUID, Ready> before, Map<UUID, Ready> now) {
        before.forEach((id, old) -> {
            Ready still = now.get(id);
            if ((still == null || still.product() != old.product()) && old.product() instanceof AutoCloseable closeable) {
                ScheduledFuture<?> closing =
                        closer.schedule(() -> close(id, closeable), answerTimeout.toMillis() + 1_000, TimeUnit.MILLISECONDS);
                LOG.debug("declared product {} is closed in {} ms", id, closing.getDelay(TimeUnit.MILLISECONDS));
            }
        });
    }

    private static void close(UUID id, AutoCloseable product) {
        try {
            product.close();
        } catch (Exception failed) {
            LOG.warn("declared product {} did not close cleanly", id, failed);
        }
    }

    @Override
    @PreDestroy
    public void close() {
        worker.shutdownNow();
        closer.shutdownNow();
        ready.forEach((id, each) -> {
            if (each.product() instanceof AutoCloseable closeable) {
                close(id, closeable);
            }
        });
    }
}
