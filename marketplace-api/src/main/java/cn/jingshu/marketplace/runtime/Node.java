package cn.jingshu.marketplace.runtime;

import cn.jingshu.ledger.log.LogBrokenException;
import cn.jingshu.marketplace.billing.account.FreeProducts;
import cn.jingshu.marketplace.billing.account.RevenueWatch;
import cn.jingshu.marketplace.billing.account.SpendWatch;
import cn.jingshu.marketplace.catalogue.DueBatches;
import cn.jingshu.marketplace.declared.DeclaredServing;
import cn.jingshu.marketplace.demo.SeedMarket;
import cn.jingshu.marketplace.drift.DriftWatch;
import cn.jingshu.marketplace.edge.EndedRights;
import cn.jingshu.marketplace.edge.LateLoops;
import cn.jingshu.marketplace.edge.SlowReaders;
import cn.jingshu.marketplace.edge.StreamPath;
import cn.jingshu.marketplace.edge.grpc.GrpcEdge;
import cn.jingshu.marketplace.edge.http.HttpDrain;
import cn.jingshu.marketplace.gate.AccessRefresh;
import cn.jingshu.marketplace.gate.LeasedBudgets;
import cn.jingshu.marketplace.idempotency.ExpiredCalls;
import cn.jingshu.marketplace.idempotency.StoredCalls;
import cn.jingshu.marketplace.keeping.RetentionRounds;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.seal.Sealing;
import cn.jingshu.marketplace.source.FreshnessRounds;
import cn.jingshu.marketplace.source.SourceRuns;
import cn.jingshu.marketplace.term.OverdueTerms;
import cn.jingshu.marketplace.usagepush.UsagePush;
import cn.jingshu.metering.journal.Shipper;
import cn.jingshu.metering.journal.UsageJournal;
import cn.jingshu.metering.limit.RateLimits;
import cn.jingshu.metering.quota.Quotas;
import cn.jingshu.metering.usage.Retention;
import cn.jingshu.products.address.Divisions;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.spi.ProductFault;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.graceful.GracefulShutdownManager;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running node, from the first check to the last drained call. */
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    /** How long running calls may take to end when the node stops; open streams are ended at once. */
    private static final Duration DRAIN = Duration.ofSeconds(10);

    /** How long the edges wait for the gate's first facts before they open all the same. */
    private static final Duration FIRST_FACTS = Duration.ofSeconds(10);

    private static final Duration SHIP_EVERY = Duration.ofMillis(200);

    private final Workspace workspace;
    private final ApplicationContext context;
    private final EmbeddedServer http;
    private final GrpcEdge grpc;
    private final Optional<SeedMarket.Seeded> demo;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Node(
            Workspace workspace,
            ApplicationContext context,
            EmbeddedServer http,
            GrpcEdge grpc,
            Optional<SeedMarket.Seeded> demo) {
        this.workspace = workspace;
        this.context = context;
        this.http = http;
        this.grpc = grpc;
        this.demo = demo;
    }

    /**
     * Checks, opens and starts everything.
     *
     * @param clock what the whole node takes for the time
     * @throws StartFailure if something is in the way; what had been started is stopped again
     */
    public static Node start(WorkspaceOptions options, Map<String, Object> given, StartProgress progress, Clock clock) {
        Settings settings = Settings.read(options.config, given);
        DataDirectory data = DataDirectory.open(options.data);
        requireFree(settings, Setting.PORT, "--port");
        requireFree(settings, Setting.GRPC_PORT, "--grpc-port");
        // The largest table that is read at a start, while this thread waits for PostgreSQL; whoever needs it waits for it.
        Thread.ofPlatform().daemon().name("divisions").start(Divisions::china);
        Workspace workspace = Workspace.openForServer(settings, data, progress);
        try {
            return startOn(workspace, progress, clock);
        } catch (RuntimeException | Error failed) {
            workspace.close();
            throw failed;
        }
    }

    private static Node startOn(Workspace workspace, StartProgress progress, Clock clock) {
        progress.step("Application");
        ApplicationContext context = CommandContext.start(workspace, clock);
        try {
            Sealing sealing = context.getBean(Sealing.class);
            FutureTask<Boolean> logIsRight = beside("log-check", sealing::open);
            Optional<SeedMarket.Seeded> demo = Optional.empty();
            if (workspace.isEmbedded() && workspace.settings().isTrue(Setting.DEMO)) {
                progress.step("Demo city (synthetic)");
                demo = Optional.of(DemoCity.load(context, workspace.data()));
            }
            progress.step("Log of the books");
            startSealing(sealing, logIsRight);
            progress.step("Usage journal, quotas, access table");
            context.getBean(Shipper.class).start(SHIP_EVERY);
            context.getBean(Quotas.class);
            context.getBean(LeasedBudgets.class);
            boolean retentionLocked = context.getBean(Retention.class).isLocked();
            if (!retentionLocked) {
                LOG.warn("PostgreSQL does not hold usage records for three years by itself: see docs/guides/operations.md");
            }
            context.getBean(StoredCalls.class).beginLife();
            context.getBean(ExpiredCalls.class).start();
            context.getBean(DueBatches.class).start();
            context.getBean(OverdueTerms.class).start();
            context.getBean(SlowReaders.class).start();
            context.getBean(EndedRights.class).start();
            context.getBean(UsagePush.class).start();
            context.getBean(SpendWatch.class).start();
            context.getBean(RevenueWatch.class).start();
            context.getBean(DeclaredServing.class).start();
            AccessRefresh access = context.getBean(AccessRefresh.class);
            PriceBook prices = context.getBean(PriceBook.class);
            prices.fixUnits();
            tellOfMixedPrices(prices);
            context.getBean(FreeProducts.class).enter();
            access.start();
            if (!access.awaitFirst(FIRST_FACTS)) {
                LOG.warn("the gate has not read its facts yet; calls are refused until it has");
            }
            context.getBean(DomainRights.class).start(access);
            context.getBean(SourceRuns.class).start();
            context.getBean(TransitKeeping.class).start();
            context.getBean(RetentionRounds.class).start();
            context.getBean(FreshnessRounds.class).start();
            context.getBean(NodeMetrics.class).bindTo(context.getBean(MeterRegistry.class), retentionLocked);
            context.getBean(DriftWatch.class).start();
            progress.step("Edges");
            context.getBean(LateLoops.class).start();
            GrpcEdge grpc = context.getBean(GrpcEdge.class);
            grpc.start();
            EmbeddedServer http = context.getBean(EmbeddedServer.class);
            http.start();
            return new Node(workspace, context, http, grpc, demo);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            context.close();
            throw new StartFailure("The start was interrupted.", stopped);
        } catch (SQLException e) {
            context.close();
            throw new StartFailure("The database cannot be asked: " + e.getMessage(), e);
        } catch (IOException e) {
            context.close();
            throw new StartFailure("The gRPC port cannot be opened: " + e.getMessage(), e);
        } catch (RuntimeException failed) {
            context.close();
            throw sentenceOf(failed);
        } catch (Error failed) {
            context.close();
            throw failed;
        }
    }

    /** Nothing is changed by itself, people have to: the gate refuses what such a price does not count. */
    private static void tellOfMixedPrices(PriceBook prices) {
        prices.listMixed().forEach(each -> LOG.error("the price {} of {} counts operations together that count in different units: one by the unit, or for each operation, is to be proposed",
                each.id(), each.product()));
    }

    /** Does {@code work} on a thread of its own while the start goes on; whoever needs it done asks what came of it. */
    private static FutureTask<Boolean> beside(String name, Runnable work) {
        FutureTask<Boolean> task = new FutureTask<>(work, true);
        Thread.ofPlatform().daemon().name(name).start(task);
        return task;
    }

    /** A log that is not what was signed is looked at by people, not written on. */
    private static void startSealing(Sealing sealing, FutureTask<Boolean> logIsRight) throws InterruptedException {
        try {
            logIsRight.get();
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case LogBrokenException broken -> throw new StartFailure("The log of the books is not what was signed: " + broken.getMessage()
                        + ". See \"The log does not fit\" in docs/guides/operations.md.", broken);
                case RuntimeException other -> throw other;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException("the log cannot be checked", failed);
            }
        }
        sealing.start();
    }

    /** What a product says of its own start or settings is said to the person; everything else stays a failure. */
    private static RuntimeException sentenceOf(RuntimeException failed) {
        if (failed instanceof StartFailure) {
            return failed;
        }
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && (cause instanceof ProductFault || cause instanceof IllegalArgumentException)) {
                return new StartFailure(message, failed);
            }
        }
        return failed;
    }

    /** A port in use is said before anything is started. */
    private static void requireFree(Settings settings, Setting setting, String option) {
        int port = settings.getPort(setting);
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(settings.get(Setting.HOST)), port));
        } catch (IOException taken) {
            throw new StartFailure("Port " + port + " is taken (" + taken.getMessage() + "): choose another with "
                    + option + " N.", taken);
        }
    }

    public int httpPort() {
        return http.getPort();
    }

    public int grpcPort() {
        return grpc.port();
    }

    /** The beans of this node, for tests that look behind the edges. */
    ApplicationContext context() {
        return context;
    }

    void printWelcome(PrintStream out, double seconds) {
        String portal = "http://localhost:" + httpPort();
        out.printf("%nJingshu (荆数) is ready after %.1f s.%n%n  Portal    %s/%n", seconds, portal);
        demo.ifPresentOrElse(seeded -> DemoCity.printWelcome(
                        out, seeded, portal, grpcPort(), workspace.data(), context.getBean(Contracts.class)),
                () -> out.printf("  gRPC      localhost:%d%n", grpcPort()));
        out.printf("%n  Ctrl-C stops it. Everything is kept in %s.%n", workspace.data().root());
        out.flush();
    }

    /** Drains and stops, in the order of a call's way: edges, journal, quotas, database. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        context.getBean(StreamPath.class).drain();
        Thread grpcStop = Thread.ofVirtual().start(() -> grpc.stop(DRAIN.toSeconds()));
        try {
            if (!context.getBean(HttpDrain.class).drain(DRAIN)) {
                LOG.warn("some calls did not end within {} and are cut off", DRAIN);
            }
            context.getBean(GracefulShutdownManager.class)
                    .shutdownGracefully()
                    .toCompletableFuture()
                    .get(DRAIN.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException slow) {
            LOG.warn("some pages did not end within {} and are cut off", DRAIN);
        } catch (ExecutionException | InterruptedException e) {
            LOG.warn("draining HTTP failed", e);
        }
        try {
            grpcStop.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeMeters();
        http.stop(); // takes the application context with it
        context.close();
        workspace.close();
    }

    /** Quotas before the shipper, the shipper before the journal: what one gives back the next still records. */
    private void closeMeters() {
        context.getBean(SourceRuns.class).close();
        context.getBean(TransitKeeping.class).close();
        context.getBean(RetentionRounds.class).close();
        context.getBean(FreshnessRounds.class).close();
        context.getBean(DriftWatch.class).close();
        context.getBean(DomainRights.class).close();
        context.getBean(AccessRefresh.class).close();
        context.getBean(DeclaredServing.class).close();
        context.getBean(Quotas.class).close();
        context.getBean(LeasedBudgets.class).close();
        context.getBean(Shipper.class).close();
        context.getBean(Sealing.class).close();
        context.getBean(UsagePush.class).close(); // after the shipper, so that what it still stored goes too
        context.getBean(RateLimits.class).close();
        try {
            context.getBean(UsageJournal.class).close();
        } catch (IOException e) {
            LOG.error("the usage journal did not close cleanly; its events are on disk", e);
        }
    }
}
