package cn.jingshu.products.domain;

import static cn.jingshu.products.domain.OwnerConnection.quoted;

import cn.jingshu.products.domain.DomainException.Reason;
import cn.jingshu.products.identifier.ResidentId;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The domain in PostgreSQL: live rows of resources in the schema {@code domain}, a sandbox twin and a state of its own for each
 * product, and a role for each that can read what is granted and nothing else. Several nodes may open it at once.
 */
public final class JdbcDataDomain implements DataDomain, AutoCloseable {
    /** The seed of every sandbox twin: the same everywhere, so that examples in documents hold. */
    public static final long SANDBOX_SEED = 20_261_101;

    /** The seed of a demonstration's live rows: other people than those of the sandbox. */
    public static final long DEMONSTRATION_SEED = 20_261_102;

    private static final String FILLED = """
            SELECT 1 AS yes FROM domain_keeping.synthetic_fill WHERE schema_name = ? AND product = ? AND version = ? AND seed = ?
            """;
    private static final String REMEMBER_FILL = """
            INSERT INTO domain_keeping.synthetic_fill (schema_name, product, version, seed, filled_at)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT synthetic_fill_pk DO UPDATE SET seed = excluded.seed, filled_at = excluded.filled_at
            """;
    private static final String FORGET_FILL = "DELETE FROM domain_keeping.synthetic_fill WHERE schema_name = ?";
    private static final String REAL_LOAD = "SELECT 1 AS yes FROM domain_keeping.newest_load WHERE table_name = ? AND NOT synthetic";
    private static final String REMEMBER_SYNTHETIC_LOAD = """
            INSERT INTO domain_keeping.newest_load (table_name, loaded_at, synthetic, degraded)
            VALUES (?, ?, true, false)
            ON CONFLICT ON CONSTRAINT newest_load_pk DO UPDATE SET loaded_at = excluded.loaded_at
             WHERE domain_keeping.newest_load.synthetic
            """;
    private static final String NEWEST_LOADS = """
            SELECT table_name, loaded_at, stale_from, quality_score, degraded FROM domain_keeping.newest_load
            """;
    /** One filling of a twin at a time; grants are applied and loads run meanwhile. */
    private static final String TWIN_TURN = "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('domain.twin ' || ?, 0))";
    private static final String MADE_UP = """
            SELECT 1 AS yes FROM domain_keeping.newest_load WHERE table_name = ? AND synthetic
            """;

    /** Rows of one table that can be sampled: masking looks at all of them at once, in memory. */
    static final long MOST_LIVE_ROWS = 500_000;

    private static final String TABLES = "SELECT table_name, resource FROM domain_keeping.resource_table";
    private static final String ROLES = "SELECT product, version FROM domain_keeping.product_role WHERE NOT sandbox";

    private final DataSource owner;
    private final List<String> nodes;
    private final String url;
    private final DomainKeys keys;
    private final DomainGrants grants;
    private final DeclaredTables declared;
    private final DomainSettings settings;
    private final Clock clock;
    private final DomainRoles roles;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Opened> opened = new LinkedHashMap<>();
    private boolean prepared;
    private volatile Map<String, NewestLoad> newestLoads = Map.of();

    /**
     * @param owner plain connections as the role that owns the database and may make roles; used for tables, roles, grants and loads
     * @param nodes further roles that work with the database and go on using what products may not
     * @param url where products connect, without a user
     * @param grants what products may read
     * @param declared the tables that providers declared
     */
    public JdbcDataDomain(DataSource owner, List<String> nodes, String url, DomainKeys keys, DomainGrants grants, DeclaredTables declared,
            DomainSettings settings, Clock clock) {
        this.owner = owner;
        this.nodes = List.copyOf(nodes);
        this.url = url;
        this.keys = keys;
        this.grants = grants;
        this.declared = declared;
        this.settings = settings;
        this.clock = clock;
        this.roles = new DomainRoles(keys, settings);
    }

    private record Opened(DomainNeeds needs, JdbcProductData data) {}

    /** What is known of a table's newest load. */
    record NewestLoad(Instant loadedAt, @Nullable Instant staleFrom, boolean degraded, @Nullable Double qualityScore) {}

    @Override
    public synchronized ProductData open(DomainNeeds needs) {
        String id = needs.product() + " version " + needs.version();
        Opened before = opened.get(id);
        if (before != null) {
            if (!columnsRead(before.needs()).equals(columnsRead(needs))) {
                throw new DomainException(Reason.BROKEN_STATEMENT, "Product " + id + " is opened twice and reads different columns.", null);
            }
            return before.data();
        }
        ProductRole live = new ProductRole(needs.product(), needs.version(), false);
        ProductRole sandbox = new ProductRole(needs.product(), needs.version(), true);
        List<StateSchema> behind = OwnerConnection.inTurn(owner, connection -> {
            List<StateSchema> old = new ArrayList<>();
            for (ProductRole role : List.of(live, sandbox)) {
                make(connection, needs, role);
                if (needs.state() != null) {
                    StateSchema state = new StateSchema(role.state(), needs.state());
                    if (!state.isCurrent(connection)) {
                        old.add(state);
                    }
                }
            }
            return old;
        });
        behind.forEach(state -> state.migrate(owner));
        OwnerConnection.inTurn(owner, connection -> {
            if (needs.state() != null) {
                roles.giveState(connection, live);
                roles.giveState(connection, sandbox);
            }
            DomainRoles.giveResources(connection, sandbox, new DomainRoles.Granted(declared(needs)));
            DomainRoles.giveResources(connection, live, due(needs, grants.inForce()));
            fillTwin(connection, needs, sandbox);
            if (settings.demonstration()) {
                fillLive(connection, needs, DEMONSTRATION_SEED);
            }
            return true;
        });
        readNewestLoads();
        JdbcProductData data = new JdbcProductData(needs, keys, connections(live, needs), connections(sandbox, needs), this::findNewestLoad, clock);
        opened.put(id, new Opened(needs, data));
        return data;
    }

    @Override
    public synchronized ProductData reopen(DomainNeeds needs) {
        Opened before = opened.remove(needs.product() + " version " + needs.version());
        if (before != null) {
            before.data().close();
        }
        String twin = new ProductRole(needs.product(), needs.version(), true).resources();
        OwnerConnection.inTurn(owner, connection -> {
            prepare(connection);
            return connection.change(FORGET_FILL, twin);
        });
        return open(needs);
    }

    @Override
    public synchronized void giveUp(DomainNeeds needs) {
        if (needs.state() != null) {
            throw new IllegalArgumentException("product " + needs.product() + " keeps a state and is not given up");
        }
        Opened before = opened.remove(needs.product() + " version " + needs.version());
        if (before != null) {
            before.data().close();
        }
        ProductRole live = new ProductRole(needs.product(), needs.version(), false);
        ProductRole sandbox = new ProductRole(needs.product(), needs.version(), true);
        OwnerConnection.inTurn(owner, connection -> {
            prepare(connection);
            connection.execute("DROP SCHEMA IF EXISTS " + quoted(sandbox.resources()) + " CASCADE");
            DomainRoles.drop(connection, sandbox);
            DomainRoles.drop(connection, live);
            return connection.change(FORGET_FILL, sandbox.resources()); // the history of its fillings stays, as every twin's
        });
    }

    @Override
    public Optional<ResourceTable> findTable(String name) {
        // A product may have been opened with an earlier revision of a declared table.
        List<ResourceTable> among = name.startsWith(DeclaredTables.PREFIX) ? declared.list() : read();
        return among.stream().filter(table -> table.name().equals(name)).findFirst();
    }

    /** The columns a product reads, as they are defined; a declared table may have got further ones since it was opened. */
    private static Map<String, List<ResourceTable.Column>> columnsRead(DomainNeeds needs) {
        return needs.reads().entrySet().stream().collect(Collectors.toMap(each -> each.getKey().name() + " of " + each.getKey().resource(),
                each -> each.getValue().stream().map(each.getKey()::column).toList()));
    }

    private RoleConnections connections(ProductRole role, DomainNeeds needs) {
        return new RoleConnections(url, role.name(), keys.passwordOf(role.name()), settings, new ProductSeals(keys.seals(), needs.reads()),
                SubjectRows.of(needs.reads()), executor);
    }

    /** What is made once, by whichever node comes first. */
    private void prepare(OwnerConnection connection) throws SQLException {
        if (prepared) {
            return;
        }
        DomainTables.makeOwn(connection, keys, nodes);
        connection.hardenIfSuperuser(nodes);
        prepared = true;
    }

    private void make(OwnerConnection connection, DomainNeeds needs, ProductRole role) throws SQLException {
        prepare(connection);
        connection.execute("CREATE SCHEMA IF NOT EXISTS " + quoted(role.resources()));
        DomainTables.make(connection, role.resources(), needs.reads().keySet());
        if (needs.state() != null) {
            connection.execute("CREATE SCHEMA IF NOT EXISTS " + quoted(role.state()));
        }
        roles.make(connection, role);
        if (needs.bySubject()) {
            SubjectRows.bind(connection, role, needs.reads().keySet());
        }
    }

    /** Everything a product declared, as its sandbox twin gives it: nobody's data need nobody's grant. */
    private static Map<String, Set<String>> declared(DomainNeeds needs) {
        return needs.reads().entrySet().stream()
                .collect(Collectors.toMap(read -> read.getKey().name(), read -> Set.copyOf(read.getValue())));
    }

    /** What of that is granted now. */
    private static DomainRoles.Granted due(DomainNeeds needs, DomainGrants.InForce inForce) {
        Map<String, Set<String>> columns = new HashMap<>();
        needs.reads().forEach((table, names) -> columns.put(table.name(), names.stream()
                .filter(name -> inForce.covers(needs.product(), table.resource(), table.name(), name))
                .collect(Collectors.toSet())));
        return new DomainRoles.Granted(columns);
    }

    private void fillTwin(OwnerConnection connection, DomainNeeds needs, ProductRole sandbox) throws SQLException {
        if (isFilled(connection, sandbox.resources(), needs, SANDBOX_SEED)) {
            return;
        }
        makeUp(connection, needs, sandbox, "the start");
    }

    private TwinRecord makeUp(OwnerConnection connection, DomainNeeds needs, ProductRole sandbox, String by) throws SQLException {
        for (ResourceTable table : needs.reads().keySet()) {
            connection.execute("DELETE FROM " + DomainTables.qualified(sandbox.resources(), table));
        }
        Map<String, Long> rows = write(connection, needs, sandbox.resources(), SANDBOX_SEED, false);
        remember(connection, sandbox.resources(), needs, SANDBOX_SEED);
        TwinReport report = new TwinReport(needs.product(), needs.version(), true, clock.instant(), rows.entrySet().stream()
                .map(each -> TwinReport.Table.plain(each.getKey(), each.getValue()))
                .toList(), 0);
        return TwinHistory.add(connection, TwinRecord.Kind.SYNTHETIC, report, null, by, null, null, null);
    }

    /**
     * A product version whose sandbox twin is kept here.
     *
     * @param aboutPeople whether any of its tables is
     * @param realPeople whether live rows of such a table are more than made up for a demonstration
     */
    public record Twin(String product, int version, boolean aboutPeople, boolean realPeople) {}

    /** The twins of the products that are open here, by code and version. */
    public List<Twin> twins() {
        List<DomainNeeds> needs = openNeeds();
        return OwnerConnection.run(owner, connection -> {
            List<Twin> twins = new ArrayList<>();
            for (DomainNeeds each : needs) {
                boolean aboutPeople = each.reads().keySet().stream().anyMatch(table -> !TwinSampling.isAboutNobody(table));
                twins.add(new Twin(each.product(), each.version(), aboutPeople, isAboutRealPeople(connection, each)));
            }
            return twins.stream().sorted(Comparator.comparing(Twin::product).thenComparingInt(Twin::version)).toList();
        });
    }

    private synchronized List<DomainNeeds> openNeeds() {
        return opened.values().stream().map(Opened::needs).toList();
    }

    private static boolean isAboutRealPeople(OwnerConnection connection, DomainNeeds needs) throws SQLException {
        boolean real = false;
        for (ResourceTable table : needs.reads().keySet()) {
            real |= !TwinSampling.isAboutNobody(table) && isReal(connection, table);
        }
        return real;
    }

    /** Rows nobody said to be made up are taken for real. */
    private static boolean isReal(OwnerConnection connection, ResourceTable table) throws SQLException {
        return connection.list(MADE_UP, row -> row.getInt("yes"), table.name()).isEmpty()
                && !connection.list("SELECT 1 AS yes FROM " + DomainTables.qualified(ProductRole.LIVE, table) + " LIMIT 1", row -> row.getInt("yes"))
                        .isEmpty();
    }

    /** Takes back what a sample wrote, with what was measured. */
    private static final class WithheldException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient @Nullable TwinReport report;
        private final String zh;
        private final String en;

        WithheldException(@Nullable TwinReport report, String zh, String en) {
            super(en, null, false, false);
            this.report = report;
            this.zh = zh;
            this.en = en;
        }
    }

    /**
     * Fills the sandbox twin of an open product anew with a masked sample of its live rows and the made-up test subjects, if the sample keeps to the
     * terms. It stays so over restarts. Callers of the sandbox see the old twin until the new one is whole; what came of it is on record either way.
     *
     * @param approvedForRealPeople whether a second person has approved that live rows are about real people: without it such rows are not sampled, whenever
     *     they were loaded
     * @param by who asks for it
     * @param approval id of the decision it rests on; null: none is needed
     * @throws IllegalArgumentException if the product is not open here
     * @throws DomainException if the database is away; the twin is then what it was
     */
    public SampleOutcome sampleTwin(String product, int version, TwinRecord.Terms terms, boolean approvedForRealPeople, String by,
            @Nullable String approval, TwinProgress progress) {
        DomainNeeds needs = needsOf(product, version);
        try {
            return new SampleOutcome.Drawn(filled(needs, connection -> {
                long most = 0;
                for (ResourceTable table : needs.reads().keySet()) {
                    long rows = countLive(connection, table);
                    if (!TwinSampling.isAboutNobody(table)) {
                        most = Math.max(most, rows);
                    }
                }
                requireApproved(connection, needs, approvedForRealPeople);
                double share = most == 0 ? 1 : Math.min(1, (double) terms.rows() / most);
                TwinReport report = sample(connection, needs, share, terms.k(), progress);
                // Again: each statement sees what was loaded before it, so rows of real people may have come in between and be in the sample.
                boolean real = requireApproved(connection, needs, approvedForRealPeople);
                hold(report, terms, real, most > 0);
                return TwinHistory.add(connection, TwinRecord.Kind.SAMPLED, report, terms, by, approval, null, null);
            }));
        } catch (WithheldException withheld) {
            TwinReport report = withheld.report;
            TwinRecord record = report == null ? null : OwnerConnection.run(owner, connection -> TwinHistory.add(connection,
                    TwinRecord.Kind.WITHHELD, report, terms, by, approval, withheld.zh, withheld.en));
            return new SampleOutcome.Withheld(record, withheld.zh, withheld.en);
        }
    }

    /** Whether its live rows are about real people. @throws WithheldException if they are, and nobody has approved it */
    private static boolean requireApproved(OwnerConnection connection, DomainNeeds needs, boolean approved) throws SQLException {
        boolean real = isAboutRealPeople(connection, needs);
        if (real && !approved) {
            throw new WithheldException(null, "数据涉及真实个人,须先由另一人批准。",
                    "It is about real people: another person has to approve it first.");
        }
        return real;
    }

    private static long countLive(OwnerConnection connection, ResourceTable table) throws SQLException {
        long rows = connection.list("SELECT count(*) AS n FROM (SELECT 1 FROM " + DomainTables.qualified(ProductRole.LIVE, table) + " LIMIT "
                + (MOST_LIVE_ROWS + 1) + ") r", row -> row.getLong("n")).getFirst();
        if (rows > MOST_LIVE_ROWS) {
            throw new WithheldException(null, "表 " + table.name() + " 超过 " + MOST_LIVE_ROWS + " 行,无法在内存中整体度量,不抽样。",
                    "Table " + table.name() + " has more than " + MOST_LIVE_ROWS + " rows, too many to be measured as a whole: nothing is sampled.");
        }
        return rows;
    }

    /** @param any whether there are live rows about people at all */
    private static void hold(TwinReport report, TwinRecord.Terms terms, boolean real, boolean any) {
        if (!report.hasSubjects() && any) {
            throw new WithheldException(report, "脱敏后没有可展示的行:每一等价类都少于 " + terms.k() + " 人。",
                    "No row is left after masking: every class has fewer than " + terms.k() + " subjects.");
        }
        if (report.hasSubjects() && report.k() < terms.leastK()) {
            throw new WithheldException(report, "最小等价类为 " + report.k() + " 人,低于下限 " + terms.leastK() + "。",
                    "The smallest class has " + report.k() + " subjects, fewer than the least of " + terms.leastK() + ".");
        }
        if (real && report.shareAtRisk() > terms.mostUnique()) {
            String share = String.format(Locale.ROOT, "%.1f %%", 100 * report.shareAtRisk());
            String most = String.format(Locale.ROOT, "%.1f %%", 100 * terms.mostUnique());
            throw new WithheldException(report, "有 " + share + " 的个人,其记录(含跨表)合在一起是唯一的,超过上限 " + most + "。",
                    share + " of the people have rows, in one table or in all, that together nobody else has; at most " + most + " may.");
        }
    }

    /** The same without terms, of a share of the subjects; for tests. */
    TwinReport sampleTwin(String product, int version, double share, int k) {
        DomainNeeds needs = needsOf(product, version);
        return filled(needs, connection -> TwinHistory.add(connection, TwinRecord.Kind.SAMPLED, sample(connection, needs, share, k, TwinProgress.NONE),
                new TwinRecord.Terms(1, k, k, 1), "a test", null, null, null)).report();
    }

    private TwinReport sample(OwnerConnection connection, DomainNeeds needs, double share, int k, TwinProgress progress) throws SQLException {
        TwinSampling sampling = new TwinSampling(connection, keys, new ProductRole(needs.product(), needs.version(), true).resources(), share, k);
        List<TwinReport.Table> tables = new ArrayList<>();
        sampling.learn(needs.reads().keySet());
        for (ResourceTable table : needs.reads().keySet().stream().sorted(Comparator.comparing(ResourceTable::name)).toList()) {
            tables.add(sampling.fill(table, progress));
        }
        sampling.addTestSubjects(needs, SANDBOX_SEED);
        return new TwinReport(needs.product(), needs.version(), false, clock.instant(), tables, sampling.uniqueTogether());
    }

    /** Takes a sample out of the twin of an open product and fills it with made-up rows again. */
    public TwinRecord makeUpTwin(String product, int version, String by) {
        DomainNeeds needs = needsOf(product, version);
        ProductRole sandbox = new ProductRole(product, version, true);
        return filled(needs, connection -> {
            connection.change(FORGET_FILL, sandbox.resources());
            return makeUp(connection, needs, sandbox, by);
        });
    }

    private TwinRecord filled(DomainNeeds needs, OwnerConnection.Work<TwinRecord> work) {
        String twin = new ProductRole(needs.product(), needs.version(), true).resources();
        return OwnerConnection.run(owner, connection -> {
            connection.list(TWIN_TURN, row -> true, twin);
            return work.in(connection);
        });
    }

    private synchronized DomainNeeds needsOf(String product, int version) {
        Opened here = opened.get(product + " version " + version);
        if (here == null) {
            throw new IllegalArgumentException("product " + product + " version " + version + " is not open here");
        }
        return here.needs();
    }

    /** What the sandbox twin of a product version holds, and how far anybody could be found in it; empty: it was never filled. */
    public Optional<TwinReport> findTwinReport(String product, int version) {
        return findTwinRecord(product, version).map(TwinRecord::report);
    }

    /** The same as it stands on record. */
    public Optional<TwinRecord> findTwinRecord(String product, int version) {
        ready();
        return OwnerConnection.run(owner, connection -> TwinHistory.current(connection, product, version));
    }

    /**
     * The fillings of a product's twins and the samples that were withheld, the newest first.
     *
     * @param version null: of every version
     */
    public List<TwinRecord> twinRecords(String product, @Nullable Integer version, int most) {
        ready();
        return OwnerConnection.run(owner, connection -> TwinHistory.list(connection, product, version, most));
    }

    /**
     * Seals anew what was sealed with another key or algorithm than those in use, in all tables of the domain, whichever products are open here. One
     * process at a time; what one has left that died, the next goes on with. When the record says {@code DONE}, the older keys are needed no more.
     *
     * @param by who asks for it
     * @throws DomainException if the database fails; what was done until then stands
     */
    public ResealRecord.Outcome reseal(String by, ResealProgress progress) {
        return reseal(by, progress, Resealing.BLOCKS);
    }

    ResealRecord.Outcome reseal(String by, ResealProgress progress, int blocks) {
        ready();
        return new Resealing(owner, keys, clock, blocks).run(by, progress);
    }

    /** How many values each key has sealed, column by column. */
    public List<ResealRecord.Kept> sealedBy() {
        ready();
        return new Resealing(owner, keys, clock, Resealing.BLOCKS).kept();
    }

    /** Changes of the sealing key, the newest first. */
    public List<ResealRecord> resealings(int most) {
        ready();
        return new Resealing(owner, keys, clock, Resealing.BLOCKS).list(most);
    }

    /** The domain's own tables are there. */
    private synchronized void ready() {
        if (!prepared) {
            OwnerConnection.inTurn(owner, connection -> {
                prepare(connection);
                return true;
            });
        }
    }

    /** Fills live tables with made-up rows, where no real ones were ever loaded. */
    private void fillLive(OwnerConnection connection, DomainNeeds needs, long seed) throws SQLException {
        if (isFilled(connection, ProductRole.LIVE, needs, seed)) {
            return;
        }
        for (ResourceTable table : needs.reads().keySet()) {
            if (!connection.list(REAL_LOAD, row -> row.getInt("yes"), table.name()).isEmpty()) {
                return;
            }
        }
        write(connection, needs, ProductRole.LIVE, seed, true); // another product may have made up rows of the same table
        for (ResourceTable table : needs.reads().keySet()) {
            connection.change(REMEMBER_SYNTHETIC_LOAD, table.name(), clock.instant());
        }
        remember(connection, ProductRole.LIVE, needs, seed);
    }

    /** Writes a product's made-up rows; how many there are of each table. */
    private Map<String, Long> write(OwnerConnection connection, DomainNeeds needs, String schema, long seed, boolean skipKnown) throws SQLException {
        Map<String, Long> rows = new TreeMap<>();
        RowWriter writer = new RowWriter(connection, schema, keys, skipKnown);
        Set<ResourceTable> tables = needs.reads().keySet();
        needs.synthetic().write((table, values) -> {
            if (!tables.contains(table)) {
                throw new IllegalArgumentException("product " + needs.product() + " makes up rows of " + table.name() + ", which it does not read");
            }
            writer.row(table, values);
            rows.merge(table.name(), 1L, Long::sum);
        }, seed);
        writer.flush();
        for (ResourceTable table : tables) {
            connection.execute("ANALYZE " + DomainTables.qualified(schema, table)); // so that the first plans know what is there
        }
        return rows;
    }

    private static boolean isFilled(OwnerConnection connection, String schema, DomainNeeds needs, long seed) throws SQLException {
        return !connection.list(FILLED, row -> row.getInt("yes"), schema, needs.product(), needs.version(), seed).isEmpty();
    }

    private void remember(OwnerConnection connection, String schema, DomainNeeds needs, long seed) throws SQLException {
        connection.change(REMEMBER_FILL, schema, needs.product(), needs.version(), seed, clock.instant());
    }

    /** Fills the live tables of a product with made-up rows of {@code seed}; for tests of products. */
    void loadLive(DomainNeeds needs, long seed) {
        open(needs);
        OwnerConnection.inTurn(owner, connection -> {
            fillLive(connection, needs, seed);
            return true;
        });
        readNewestLoads();
    }

    /** Adds one made-up live row; for tests of products. */
    void addLive(ResourceTable table, Map<String, @Nullable String> values) {
        OwnerConnection.inTurn(owner, connection -> {
            RowWriter writer = new RowWriter(connection, ProductRole.LIVE, keys, false);
            writer.row(table, values);
            writer.flush();
            connection.change(REMEMBER_SYNTHETIC_LOAD, table.name(), clock.instant());
            return true;
        });
        readNewestLoads();
    }

    /**
     * Makes the rights of every product's live role equal to what is granted now; doing it again changes nothing. A right that is taken
     * is gone for the next statement of every open connection, on whatever node.
     *
     * @throws DomainException if the database or the grants are away; the rights are then what they were
     */
    public synchronized void apply() {
        DomainGrants.InForce inForce = grants.inForce();
        OwnerConnection.inTurn(owner, connection -> {
            prepare(connection);
            Map<String, String> resources = new HashMap<>();
            connection.each(TABLES, row -> resources.put(row.getString("table_name"), row.getString("resource")));
            for (ProductRole role : connection.list(ROLES, row -> new ProductRole(row.getString("product"), row.getInt("version"), false))) {
                Opened here = opened.get(role.product() + " version " + role.version());
                DomainRoles.giveResources(connection, role, here != null
                        ? due(here.needs(), inForce)
                        : stillDue(role, DomainRoles.readable(connection, role), resources, inForce));
            }
            return true;
        });
    }

    /** Of a version that runs on other nodes alone: what it has, less what is not granted any more. */
    private static DomainRoles.Granted stillDue(
            ProductRole role, Map<String, Set<String>> has, Map<String, String> resources, DomainGrants.InForce inForce) {
        Map<String, Set<String>> columns = new HashMap<>();
        has.forEach((table, names) -> columns.put(table, names.stream()
                .filter(name -> inForce.covers(role.product(), resources.getOrDefault(table, ""), table, name))
                .collect(Collectors.toSet())));
        return new DomainRoles.Granted(columns);
    }

    /** Reads anew how the newest loads stand, for {@link ProductData#freshness}. @throws DomainException if the database is away */
    public void readNewestLoads() {
        Map<String, NewestLoad> read = new HashMap<>();
        OwnerConnection.run(owner, connection -> {
            connection.each(NEWEST_LOADS, row -> {
                Timestamp staleFrom = row.getTimestamp("stale_from");
                double score = row.getDouble("quality_score");
                Double known = row.wasNull() ? null : score;
                read.put(row.getString("table_name"), new NewestLoad(row.getTimestamp("loaded_at").toInstant(),
                        staleFrom == null ? null : staleFrom.toInstant(), row.getBoolean("degraded"), known));
            });
            return true;
        });
        newestLoads = Map.copyOf(read);
    }

    private Optional<NewestLoad> findNewestLoad(String table) {
        return Optional.ofNullable(newestLoads.get(table));
    }

    /** Those tables a product reads whose newest load is below its threshold, by name. */
    public List<String> degradedTables(String product) {
        return tablesOf(product, NewestLoad::degraded);
    }

    /** Those tables a product reads that are stale at a moment, by name; of those never loaded it says nothing. */
    public List<String> staleTables(String product, Instant at) {
        return tablesOf(product, newest -> newest.staleFrom() != null && !at.isBefore(newest.staleFrom()));
    }

    private synchronized List<String> tablesOf(String product, Predicate<NewestLoad> which) {
        Map<String, NewestLoad> newest = newestLoads;
        return opened.values().stream()
                .filter(each -> each.needs().product().equals(product))
                .flatMap(each -> each.needs().reads().keySet().stream())
                .map(ResourceTable::name)
                .filter(name -> newest.containsKey(name) && which.test(newest.get(name)))
                .distinct()
                .sorted()
                .toList();
    }

    /** A product that reads a resource of which a table was never loaded. */
    public record Missing(String product, String resource) {}

    /** What products that are open here read and was never delivered: as of the newest loads that were read, without asking the database. */
    public List<Missing> missing() {
        Map<String, NewestLoad> newest = newestLoads;
        return openNeeds().stream()
                .flatMap(each -> each.reads().keySet().stream().filter(table -> !newest.containsKey(table.name()))
                        .map(table -> new Missing(each.product(), table.resource())))
                .distinct()
                .toList();
    }

    /** The tables products that were opened read, and those that providers declared: what can be loaded. @throws DomainException if these cannot be read */
    public List<ResourceTable> tables() {
        return Stream.concat(read().stream().filter(table -> !table.name().startsWith(DeclaredTables.PREFIX)), declared.list().stream()).toList();
    }

    private synchronized List<ResourceTable> read() {
        return opened.values().stream().flatMap(each -> each.needs().reads().keySet().stream()).distinct().toList();
    }

    /** What a kind of kept rows is called where it is listed with its product. */
    public record KeptOf(String product, Kept kept) {}

    /** Everything that products that are open here, and the domain itself, keep of their own. */
    public List<KeptOf> kept() {
        return Removals.places(openNeeds()).stream().filter(place -> !place.sandbox()).map(place -> new KeptOf(place.product(), place.kept())).toList();
    }

    /**
     * Removes what is kept beyond its time, live and in sandboxes, in batches of which each stands by itself with its record; one process at a time.
     *
     * @param by the node, for the record
     * @return how many rows went
     * @throws DomainException the first failure, after everything else was gone through; what went is on record
     */
    public long removeDue(RetentionRules retention, String by) {
        return removeDue(retention, by, Removals.BATCH);
    }

    long removeDue(RetentionRules retention, String by, int batch) {
        ready();
        return new Removals(owner, retention, clock, by, batch).run(Removals.places(openNeeds()));
    }

    /**
     * What went, the newest first.
     *
     * @param before number of a record, for those of before it; null: from the newest
     */
    public List<RemovalRecord> removals(@Nullable Long before, int most) {
        ready();
        return OwnerConnection.run(owner, connection -> Removals.records(connection, before, most));
    }

    /** What is kept, as it was counted when it was looked over last. */
    public List<KeptStanding> keptStandings() {
        ready();
        return OwnerConnection.run(owner, Removals::standings);
    }

    private static final String HAS_STATE = "SELECT 1 FROM pg_catalog.pg_namespace n WHERE n.nspname = ?";

    /** Whether some node keeps state of a product which this one has not open, so that nobody here can say how that state names a person. */
    public boolean isKeptElsewhere(String product) {
        if (openNeeds().stream().anyMatch(needs -> needs.product().equals(product) && needs.state() != null)) {
            return false;
        }
        ready();
        String schema = new ProductRole(product, 1, false).state(); // all versions share it
        return OwnerConnection.run(owner, connection -> !connection.list(HAS_STATE, row -> row.getInt(1), schema).isEmpty());
    }

    /** How the kinds a product keeps name a person, by kind; those that lead to nobody are not there. */
    public Map<String, String> subjectKeys(String product, ResidentId person) {
        Map<String, String> subjects = new TreeMap<>();
        for (KeptOf each : kept()) {
            Kept.SubjectKey key = each.kept().subjectKey();
            if (each.product().equals(product) && key != null) {
                subjects.put(each.kept().kind(), key.of(keys.tokens()::of, person.number()));
            }
        }
        return subjects;
    }

    /** Ends every connection of products; calls under way fail. */
    @Override
    public synchronized void close() {
        opened.values().forEach(each -> each.data().close());
        executor.shutdown();
    }
}
