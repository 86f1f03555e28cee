package cn.jingshu.marketplace.runtime;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.export.BundleExport;
import cn.jingshu.ledger.export.ExportFile;
import cn.jingshu.ledger.export.Gbt24589File;
import cn.jingshu.ledger.export.HledgerExport;
import cn.jingshu.ledger.export.LedgerTables;
import cn.jingshu.ledger.export.LogTables;
import cn.jingshu.ledger.export.TableFile;
import cn.jingshu.ledger.export.XlsxFile;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.GeneralLedger;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalWriter;
import cn.jingshu.ledger.journal.PendingEntries;
import cn.jingshu.ledger.period.Periods;
import cn.jingshu.ledger.settlement.PolicyChoices;
import cn.jingshu.ledger.settlement.PolicyRates;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.catalogue.GrantedColumns;
import cn.jingshu.marketplace.catalogue.TableDeclarations;
import cn.jingshu.marketplace.declared.DeclaredProducts;
import cn.jingshu.marketplace.declared.GrpcUpstream;
import cn.jingshu.marketplace.export.FocusFile;
import cn.jingshu.marketplace.export.MarketTables;
import cn.jingshu.marketplace.gate.LeasedBudgets;
import cn.jingshu.marketplace.seal.Sealing;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.metering.event.EventIds;
import cn.jingshu.metering.journal.JournalSettings;
import cn.jingshu.metering.journal.Shipper;
import cn.jingshu.metering.journal.ShipperSettings;
import cn.jingshu.metering.journal.UnshippedEvents;
import cn.jingshu.metering.journal.UsageJournal;
import cn.jingshu.metering.limit.RateLimits;
import cn.jingshu.metering.limit.SharedLimitSettings;
import cn.jingshu.metering.quota.Budgets;
import cn.jingshu.metering.quota.QuotaSettings;
import cn.jingshu.metering.quota.Quotas;
import cn.jingshu.metering.usage.LiveUsage;
import cn.jingshu.metering.usage.Retention;
import cn.jingshu.metering.usage.Usage;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.declared.Kinds;
import cn.jingshu.products.domain.DataDomain;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.kind.DescriptorSets;
import cn.jingshu.products.kind.upstream.AddressGuard;
import cn.jingshu.products.kind.upstream.UpstreamSettings;
import cn.jingshu.products.spi.DataProduct;
import io.lettuce.core.RedisURI;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Prototype;
import io.micronaut.context.annotation.Value;
import io.micronaut.data.connection.jdbc.advice.DelegatingDataSource;
import io.micronaut.transaction.TransactionOperations;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** The rooms below the marketplace, built from the one connection pool, the one clock and the data directory. */
@Factory
final class NodeBeans {

    /** The pool itself, without the framework's transactions around it: metering and ledger run their own. */
    static DataSource plain(DataSource dataSource) {
        return DelegatingDataSource.unwrapDataSource(dataSource);
    }

    @Singleton
    Database database(TransactionOperations<Connection> transactions) {
        return new Database(transactions);
    }

    @Singleton
    Pepper pepper(@Value("${jingshu.secrets.pepper}") String hex) {
        return new Pepper(HexFormat.of().parseHex(hex));
    }

    /** Where products come by their data; asked for by those that need some, so a command opens none. */
    @Bean(preDestroy = "close")
    @Singleton
    JdbcDataDomain dataDomain(DomainAccess access, OwnerConnections owner, GrantedColumns grants, TableDeclarations declared, Clock clock) {
        return new JdbcDataDomain(owner.dataSource(), access.nodes(), access.owner().url(), access.keys(), grants, declared, access.settings(), clock);
    }

    /** With what was ever declared and approved, whose names and units are needed for what was sold; a node serves it besides. */
    @Singleton
    Contracts contracts(List<DataProduct> products, DeclaredProducts declared) {
        Contracts contracts = Contracts.of(products);
        contracts.serve(List.of(), declared.listContracts().stream()
                .map(contract -> DescriptorSets.service(DescriptorSets.parse(contract.toByteArray())))
                .toList());
        return contracts;
    }

    @Singleton
    Kinds kinds(BeanProvider<DataDomain> domain, Pepper pepper, @Value("${jingshu.upstream.hosts:}") String hosts,
            @Value("${jingshu.upstream.inner-hosts:}") String inner, @Value("${jingshu.upstream.answer-timeout}") Duration timeout, Clock clock) {
        UpstreamSettings usual = UpstreamSettings.USUAL;
        return new Kinds(domain.isPresent() ? Optional.of(domain.get()) : Optional.empty(), pepper.derive("declared.cursors", new byte[0]),
                AddressGuard.of(listed(hosts), listed(inner)), GrpcUpstream::new,
                new UpstreamSettings(timeout, usual.maxBytes(), usual.callsUnderWay(), usual.failuresToOpen(), usual.leftAlone(), usual.leftAloneAtMost()),
                clock);
    }

    static Set<String> listed(String names) {
        return Arrays.stream(names.split(",", -1)).map(String::strip).filter(name -> !name.isEmpty()).collect(Collectors.toUnmodifiableSet());
    }

    @Singleton
    EventIds eventIds(Clock clock) {
        return new EventIds(clock);
    }

    @Singleton
    UsageJournal usageJournal(
            DataDirectory data, @Value("${jingshu.journal.durability}") JournalSettings.Durability durability, Clock clock)
            throws IOException {
        return UsageJournal.open(data.journal(), JournalSettings.of(durability), clock);
    }

    @Singleton
    Shipper shipper(UsageJournal journal, DataSource dataSource, Clock clock) {
        return Shipper.of(journal, plain(dataSource), ShipperSettings.USUAL, clock);
    }

    @Singleton
    UnshippedEvents unshippedEvents(UsageJournal journal, Shipper shipper) {
        return new UnshippedEvents(journal, shipper);
    }

    @Singleton
    Usage usage(DataSource dataSource) {
        return new Usage(plain(dataSource));
    }

    @Singleton
    LiveUsage liveUsage(DataSource dataSource) {
        return new LiveUsage(plain(dataSource));
    }

    @Singleton
    Retention retention(DataSource dataSource) {
        return new Retention(plain(dataSource), Retention.LEAST_MONTHS);
    }

    @Singleton
    Quotas quotas(DataSource dataSource, UsageJournal journal) {
        return Quotas.open(plain(dataSource), journal.nodeId(), journal.openReport().nextSequence(), UUID.randomUUID(),
                QuotaSettings.USUAL);
    }

    @Singleton
    LeasedBudgets leasedBudgets(DataSource dataSource, UsageJournal journal) {
        return new LeasedBudgets(Quotas.openBudgets(plain(dataSource), journal.nodeId(), journal.openReport().nextSequence(),
                UUID.randomUUID(), () -> journal.stats().appendedEvents() + 1, QuotaSettings.BUDGETS));
    }

    @Singleton
    Budgets budgets(DataSource dataSource) {
        return new Budgets(plain(dataSource));
    }

    @Singleton
    RateLimits rateLimits(
            @Value("${jingshu.redis.uri:}") String redis, @Value("${jingshu.redis.nodes}") int nodes, Clock clock) {
        return redis.isBlank()
                ? RateLimits.inProcess(clock)
                : RateLimits.shared(RedisURI.create(redis), SharedLimitSettings.ofNodes(nodes), clock);
    }

    @Singleton
    Journal journal(DataSource dataSource, Clock clock) {
        return new Journal(plain(dataSource), clock);
    }

    /** Entries that stand by themselves share transactions; what is booked with an act of the market joins that act's. */
    @Bean(preDestroy = "close")
    @Singleton
    JournalWriter journalWriter(Journal journal) {
        return new JournalWriter(journal);
    }

    @Singleton
    PendingEntries pendingEntries(DataSource dataSource, Journal journal, Clock clock) {
        return new PendingEntries(plain(dataSource), journal, clock);
    }

    @Singleton
    GeneralLedger generalLedger(DataSource dataSource) {
        return new GeneralLedger(plain(dataSource));
    }

    @Singleton
    Periods periods(DataSource dataSource, Clock clock) {
        return new Periods(plain(dataSource), clock);
    }

    @Singleton
    Balances balances(DataSource dataSource) {
        return new Balances(plain(dataSource));
    }

    @Singleton
    Chart chart(DataSource dataSource) {
        return new Chart(plain(dataSource));
    }

    @Singleton
    SettlementBook settlementBook(DataSource dataSource, Journal journal, Clock clock) {
        return new SettlementBook(plain(dataSource), journal, clock);
    }

    /** Read anew whenever they are asked for: a choice or rate may be approved while the node runs. */
    @Prototype
    PolicyChoices policyChoices(DataSource dataSource) {
        return PolicyChoices.load(plain(dataSource));
    }

    @Prototype
    PolicyRates policyRates(DataSource dataSource) {
        return PolicyRates.load(plain(dataSource));
    }

    @Singleton
    BundleExport bundleExport(DataSource dataSource, Clock clock, Sealing sealing) {
        List<TableFile> tables = new ArrayList<>(LedgerTables.list());
        tables.addAll(LogTables.list());
        tables.addAll(MarketTables.list());
        List<ExportFile> files = new ArrayList<>(tables);
        files.add(new XlsxFile(tables));
        files.add(new HledgerExport());
        for (Gbt24589File.Part part : Gbt24589File.Part.values()) {
            files.add(new Gbt24589File(part, MarketTables::bookkeeper));
        }
        files.add(new FocusFile());
        return new BundleExport(plain(dataSource), files, () -> {
            sealing.seal(); // so that a checkpoint covers what is exported
            return sealing.sealers();
        }, clock);
    }
}
