package cn.jingshu.products.domain;

import cn.jingshu.products.domain.DomainException.Reason;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Keeping;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes the domain's own tables and those of resources. Their SQL is put together from definitions in the code, whose names
 * {@link ResourceTable} has checked; nothing a caller sends comes here.
 */
final class DomainTables {
    /** What the domain keeps about itself; no product may look into it. */
    static final String KEEPING = "domain_keeping";

    private static final List<String> OWN = List.of(
            "CREATE SCHEMA IF NOT EXISTS domain",
            "CREATE SCHEMA IF NOT EXISTS domain_keeping",
            // Tells a node that was given another secret: nothing stored would be found with it.
            """
            CREATE TABLE IF NOT EXISTS domain_keeping.installation (
                only_row    boolean CONSTRAINT installation_pk PRIMARY KEY,
                token_check text    NOT NULL,
                CONSTRAINT installation_one CHECK (only_row)
            )
            """,
            """
            CREATE TABLE IF NOT EXISTS domain_keeping.resource_table (
                table_name text CONSTRAINT resource_table_pk PRIMARY KEY,
                resource   text NOT NULL
            )
            """,
            """
            CREATE TABLE IF NOT EXISTS domain_keeping.product_role (
                role    text    CONSTRAINT product_role_pk PRIMARY KEY,
                product text    NOT NULL,
                version integer NOT NULL,
                sandbox boolean NOT NULL
            )
            """,
            // Who filled what with made-up rows, so that it is done once.
            """
            CREATE TABLE IF NOT EXISTS domain_keeping.synthetic_fill (
                schema_name text        NOT NULL,
                product     text        NOT NULL,
                version     integer     NOT NULL,
                seed        bigint      NOT NULL,
                filled_at   timestamptz NOT NULL,
                CONSTRAINT synthetic_fill_pk PRIMARY KEY (schema_name, product, version)
            )
            """,
            """
            CREATE TABLE IF NOT EXISTS domain_keeping.twin_report (
                product   text        NOT NULL,
                version   integer     NOT NULL,
                synthetic boolean     NOT NULL,
                made_at   timestamptz NOT NULL,
                tables    jsonb       NOT NULL,
                CONSTRAINT twin_report_pk PRIMARY KEY (product, version)
            )
            """,
            // Every filling of a twin with its report; never changed.
            """
            CREATE TABLE IF NOT EXISTS domain_keeping.twin_history (
                number      bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT twin_history_pk PRIMARY KEY,
                product     text        NOT NULL,
                version     integer     NOT NULL,
                kind        text        NOT NULL,
                made_at     timestamptz NOT NULL,
                rows_asked  bigint,
                k           integer,
                least_k     integer,
                most_unique numeric,
                by_whom     text        NOT NULL,
                approval    text,
                sentence_zh text,
                sentence_en text,
                report      text        NOT NULL,
                digest      text        NOT NULL,
                CONSTRAINT twin_history_kind_known CHECK (kind IN ('SYNTHETIC', 'SAMPLED', 'WITHHELD')),
                CONSTRAINT twin_history_terms CHECK ((kind = 'SYNTHETIC') = (rows_asked IS NULL) AND (rows_asked IS NULL) = (k IS NULL)
                    AND (k IS NULL) = (least_k IS NULL) AND (k IS NULL) = (most_unique IS NULL)),
                CONSTRAINT twin_history_said_why CHECK ((kind = 'WITHHELD') = (sentence_zh IS NOT NULL AND sentence_en IS NOT NULL)),
                CONSTRAINT twin_history_digest_form CHECK (digest ~ '^[0-9a-f]{64}$')
            )
            """,
            """
            CREATE OR REPLACE FUNCTION domain_keeping.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '%.% is only ever added to', TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END
            $$
            """,
            """
            CREATE OR REPLACE TRIGGER twin_history_append_only BEFORE UPDATE OR TRUNCATE ON domain_keeping.twin_history
                FOR EACH STATEMENT EXECUTE FUNCTION domain_keeping.refuse_rewriting()
            """,
            // A record goes when its time is over, never while its twin stands; one of real rows never within three years.
            """
            CREATE OR REPLACE FUNCTION domain_keeping.refuse_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF OLD.kind <> 'SYNTHETIC' AND OLD.made_at > pg_catalog.now() - interval '3 years' THEN
                    RAISE EXCEPTION 'record % of a sample is kept for three years', OLD.number USING ERRCODE = 'restrict_violation';
                END IF;
                IF OLD.kind <> 'WITHHELD'
                   AND EXISTS (SELECT 1 FROM domain_keeping.synthetic_fill f
                                WHERE f.product = OLD.product AND f.version = OLD.version AND f.schema_name LIKE 'twin\\_%')
                   AND NOT EXISTS (SELECT 1 FROM domain_keeping.twin_history n
                                    WHERE n.product = OLD.product AND n.version = OLD.version AND n.kind <> 'WITHHELD' AND n.number > OLD.number) THEN
                    RAISE EXCEPTION 'record % says what a twin holds', OLD.number USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN OLD;
            END
            $$
            """,
            """
            CREATE OR REPLACE TRIGGER twin_history_kept BEFORE DELETE ON domain_keeping.twin_history
                FOR EACH ROW EXECUTE FUNCTION domain_keeping.refuse_forgetting()
            """,
            // What went of what products keep, and nothing of what stood in it; and what was there when it was looked over last.
            """
            CREATE TABLE IF NOT EXISTS domain_keeping.removal (
                number     bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT removal_pk PRIMARY KEY,
                product    text        NOT NULL,
                sandbox    boolean     NOT NULL,
                kind       text        NOT NULL,
                table_name text        NOT NULL,
                rows       bigint      NOT NULL,
                cause      text        NOT NULL,
                rule       text        NOT NULL,
                rule_from  timestamptz NOT NULL,
                request    uuid,
                removed_at timestamptz NOT NULL,
                removed_by text        NOT NULL,
                CONSTRAINT removal_of_something CHECK (rows > 0),
                CONSTRAINT removal_cause_known CHECK (cause IN ('TERM', 'ERASURE')),
                CONSTRAINT removal_asked_for CHECK ((cause = 'ERASURE') = (request IS NOT NULL))
            )
            """,
            """
            CREATE OR REPLACE TRIGGER removal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON domain_keeping.removal
                FOR EACH STATEMENT EXECUTE FUNCTION domain_keeping.refuse_rewriting()
            """,
            """
            CREATE TABLE IF NOT EXISTS domain_keeping.kept_standing (
                product    text        NOT NULL,
                sandbox    boolean     NOT NULL,
                kind       text        NOT NULL,
                rows       bigint      NOT NULL,
                open       bigint      NOT NULL,
                due        bigint      NOT NULL,
                held       bigint      NOT NULL,
                oldest     timestamptz,
                counted_at timestamptz NOT NULL,
                CONSTRAINT kept_standing_pk PRIMARY KEY (product, sandbox, kind)
            )
            """,
            // Reports of the time before there was a history.
            """
            INSERT INTO domain_keeping.twin_history (product, version, kind, made_at, rows_asked, k, least_k, most_unique, by_whom, report, digest)
            SELECT r.product, r.version, CASE WHEN r.synthetic THEN 'SYNTHETIC' ELSE 'SAMPLED' END, r.made_at,
                   CASE WHEN r.synthetic THEN NULL ELSE 1 END, CASE WHEN r.synthetic THEN NULL ELSE 2 END,
                   CASE WHEN r.synthetic THEN NULL ELSE 2 END, CASE WHEN r.synthetic THEN NULL ELSE 1 END, 'before there was a history',
                   r.text, pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(r.text, 'UTF8')), 'hex')
              FROM (SELECT product, version, synthetic, made_at,
                           CAST(pg_catalog.jsonb_build_object('product', product, 'version', version, 'synthetic', synthetic,
                               'madeAt', pg_catalog.to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'tables', tables) AS text) AS text
                      FROM domain_keeping.twin_report) r
             WHERE NOT EXISTS (SELECT 1 FROM domain_keeping.twin_history h WHERE h.product = r.product AND h.version = r.version)
            """,
            // Changes of the sealing key: each from its beginning until nothing is sealed with another one.
            """
            CREATE TABLE IF NOT EXISTS domain_keeping.resealing (
                id         uuid        CONSTRAINT resealing_pk PRIMARY KEY,
                number     bigint      GENERATED ALWAYS AS IDENTITY,
                key_id     integer     NOT NULL,
                algorithm  text        NOT NULL,
                state      text        NOT NULL,
                started_by text        NOT NULL,
                runs       integer     NOT NULL,
                sealed     bigint      NOT NULL,
                broken     bigint      NOT NULL,
                left_over  bigint      NOT NULL,
                started_at timestamptz NOT NULL,
                touched_at timestamptz NOT NULL,
                ended_at   timestamptz,
                CONSTRAINT resealing_state_known CHECK (state IN ('RUNNING', 'DONE', 'INCOMPLETE')),
                CONSTRAINT resealing_ended CHECK ((state = 'RUNNING') = (ended_at IS NULL)),
                CONSTRAINT resealing_done CHECK (state <> 'DONE' OR left_over = 0)
            )
            """,
            // What Flyway last found in order in the schemas of products' states.
            StateSchema.KEPT,
            // The newest load of each live table: what freshness says of it.
            """
            CREATE TABLE IF NOT EXISTS domain_keeping.newest_load (
                table_name    text             CONSTRAINT newest_load_pk PRIMARY KEY,
                loaded_at     timestamptz      NOT NULL,
                synthetic     boolean          NOT NULL,
                stale_from    timestamptz,
                quality_score double precision,
                degraded      boolean          NOT NULL,
                CONSTRAINT newest_load_score_in_range CHECK (quality_score BETWEEN 0 AND 100)
            )
            """);

    private static final String FIRST_KEYS = """
            INSERT INTO domain_keeping.installation (only_row, token_check)
            VALUES (true, ?)
            ON CONFLICT ON CONSTRAINT installation_pk DO NOTHING
            """;
    private static final String KEYS = "SELECT token_check FROM domain_keeping.installation";
    private static final String COLUMNS = """
            SELECT c.relname AS table_name, a.attname AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type
              FROM pg_catalog.pg_attribute a
              JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = ? AND c.relname = ANY (?) AND a.attnum > 0 AND NOT a.attisdropped
            """;
    private static final String KEY = """
            SELECT c.relname AS table_name, a.attname AS name
              FROM pg_catalog.pg_constraint k
              JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
              CROSS JOIN LATERAL pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u (attnum, position)
              JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum
             WHERE n.nspname = ? AND c.relname = ANY (?) AND k.contype = 'p'
             ORDER BY u.position
            """;
    private static final String INDEXES = """
            SELECT i.relname AS name
              FROM pg_catalog.pg_index x
              JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
              JOIN pg_catalog.pg_class c ON c.oid = x.indrelid
              JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
             WHERE n.nspname = ? AND c.relname = ANY (?)
            """;
    private static final String CLAIM = """
            INSERT INTO domain_keeping.resource_table (table_name, resource)
            VALUES (?, ?)
            ON CONFLICT ON CONSTRAINT resource_table_pk DO NOTHING
            """;
    private static final String RESOURCES = "SELECT table_name, resource FROM domain_keeping.resource_table WHERE table_name = ANY (?)";

    private DomainTables() {}

    /**
     * The schemas of the domain and what it keeps about itself.
     *
     * @throws DomainException if the domain was made with other keys
     */
    static void makeOwn(OwnerConnection owner, DomainKeys keys, List<String> nodes) throws SQLException {
        for (String statement : OWN) {
            owner.execute(statement);
        }
        owner.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC");
        owner.execute("REVOKE TEMPORARY ON DATABASE " + OwnerConnection.quoted(owner.database()) + " FROM PUBLIC");
        for (String node : nodes) {
            owner.execute("GRANT TEMPORARY ON DATABASE " + OwnerConnection.quoted(owner.database()) + " TO " + OwnerConnection.quoted(node));
        }
        String check = keys.tokens().of("which keys these are");
        owner.change(FIRST_KEYS, check);
        if (owner.list(KEYS, row -> row.getString("token_check")).stream().noneMatch(check::equals)) {
            throw stop("The data domain was made with another secret or token hash (jingshu.secrets.domain, jingshu.secrets.pepper,"
                    + " jingshu.domain.token-hash): with these no stored subject would be found. Set what the other nodes have.");
        }
    }

    /**
     * Brings tables to their definitions: made when they are not there, with the columns they lack added. Where nothing is to be done, four
     * questions tell it for all of them.
     *
     * @throws DomainException if what is there cannot be brought to it without losing something
     */
    static void make(OwnerConnection owner, String schema, Collection<ResourceTable> tables) throws SQLException {
        List<String> names = tables.stream().map(ResourceTable::name).toList();
        if (names.isEmpty()) {
            return;
        }
        claim(owner, tables, names);
        Map<String, Map<String, String>> columns = new HashMap<>();
        owner.each(COLUMNS, row -> columns.computeIfAbsent(row.getString("table_name"), _ -> new HashMap<>())
                .put(row.getString("name"), row.getString("type")), schema, names);
        Map<String, List<String>> keys = new HashMap<>();
        owner.each(KEY, row -> keys.computeIfAbsent(row.getString("table_name"), _ -> new ArrayList<>()).add(row.getString("name")), schema, names);
        Set<String> indexes = Set.copyOf(owner.list(INDEXES, row -> row.getString("name"), schema, names));
        for (ResourceTable table : tables) {
            Map<String, String> there = columns.get(table.name());
            if (there == null) {
                owner.execute(creation(schema, table));
            } else {
                bringUp(owner, schema, table, there, keys.getOrDefault(table.name(), List.of()));
            }
            for (List<String> indexed : table.indexes()) {
                String index = indexName(table, indexed);
                if (!indexes.contains(index)) {
                    owner.execute("CREATE INDEX IF NOT EXISTS " + OwnerConnection.quoted(index) + " ON " + qualified(schema, table) + " ("
                            + names(indexed) + ")");
                }
            }
        }
    }

    /** A table holds rows of one resource, whichever product made it. */
    private static void claim(OwnerConnection owner, Collection<ResourceTable> tables, List<String> names) throws SQLException {
        Map<String, String> resources = new HashMap<>();
        owner.each(RESOURCES, row -> resources.put(row.getString("table_name"), row.getString("resource")), names);
        for (ResourceTable table : tables) {
            String resource = resources.get(table.name());
            if (resource == null) {
                owner.change(CLAIM, table.name(), table.resource());
            } else if (!resource.equals(table.resource())) {
                throw stop("Table " + table.name() + " of the domain belongs to resource " + resource + ", but a product says "
                        + table.resource() + ": give the table of one of them another name.");
            }
        }
    }

    private static String creation(String schema, ResourceTable table) {
        String columns = table.columns().stream()
                .map(column -> OwnerConnection.quoted(column.name()) + " " + typeOf(column) + (column.required() ? " NOT NULL" : ""))
                .collect(Collectors.joining(", "));
        return "CREATE TABLE " + qualified(schema, table) + " (" + columns + ", PRIMARY KEY (" + names(table.key()) + "))";
    }

    private static void bringUp(OwnerConnection owner, String schema, ResourceTable table, Map<String, String> there, List<String> key)
            throws SQLException {
        for (Column column : table.columns()) {
            String type = there.get(column.name());
            String place = schema + "." + table.name() + "." + column.name();
            if (type == null) {
                owner.execute("ALTER TABLE " + qualified(schema, table) + " ADD COLUMN " + OwnerConnection.quoted(column.name()) + " "
                        + typeOf(column));
                if (column.required()) {
                    // Rows that were loaded before have nothing in it; every new one must.
                    owner.execute("ALTER TABLE " + qualified(schema, table) + " ADD CHECK (" + OwnerConnection.quoted(column.name())
                            + " IS NOT NULL) NOT VALID");
                }
            } else if (!type.equals(typeOf(column))) {
                throw stop("Column " + place + " is kept as " + type + ", but this version of the product says " + typeOf(column)
                        + ": load the resource into a table of another name, or change the column by hand.");
            }
        }
        if (!key.equals(table.key())) {
            throw stop("Table " + schema + "." + table.name() + " has the key " + key + ", but this version of the product says "
                    + table.key() + ": load the resource into a table of another name.");
        }
    }

    static String qualified(String schema, ResourceTable table) {
        return OwnerConnection.quoted(schema) + "." + OwnerConnection.quoted(table.name());
    }

    static String names(List<String> columns) {
        return columns.stream().map(OwnerConnection::quoted).collect(Collectors.joining(", "));
    }

    /** The type of a column in PostgreSQL, as its catalogue writes it. */
    static String typeOf(Column column) {
        return column.keeping() == Keeping.SEALED
                ? "bytea"
                : switch (column.type()) {
                    case TEXT -> "text";
                    case INTEGER -> "bigint";
                    case DECIMAL -> "numeric";
                    case BOOLEAN -> "boolean";
                    case DATE -> "date";
                    case TIMESTAMP -> "timestamp with time zone";
                };
    }

    /** PostgreSQL cuts names at 63 bytes, so a long one ends in the hash of what it says. */
    private static String indexName(ResourceTable table, List<String> columns) {
        String name = table.name() + "_by_" + String.join("_", columns);
        return name.length() <= 63 ? name : name.substring(0, 54) + "_" + Integer.toHexString(name.hashCode());
    }

    private static DomainException stop(String sentence) {
        return new DomainException(Reason.BROKEN_STATEMENT, sentence, null);
    }
}
