package cn.jingshu.products.domain;

import static cn.jingshu.products.domain.OwnerConnection.quoted;

import cn.jingshu.products.domain.DomainException.Reason;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.postgresql.util.PasswordUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the roles of products and keeps their rights at what is granted. */
final class DomainRoles {
    private static final Logger LOG = LoggerFactory.getLogger(DomainRoles.class);

    private static final String EXISTS = "SELECT 1 AS yes FROM pg_catalog.pg_roles WHERE rolname = ?";

    /** Whatever a role has beyond signing in: an attribute, a membership, a thing it owns. */
    private static final String TOO_MUCH = """
            SELECT 'SUPERUSER' AS what FROM pg_catalog.pg_roles WHERE rolname = ? AND rolsuper
             UNION ALL SELECT 'INHERIT' FROM pg_catalog.pg_roles WHERE rolname = ? AND rolinherit
             UNION ALL SELECT 'CREATEROLE' FROM pg_catalog.pg_roles WHERE rolname = ? AND rolcreaterole
             UNION ALL SELECT 'CREATEDB' FROM pg_catalog.pg_roles WHERE rolname = ? AND rolcreatedb
             UNION ALL SELECT 'REPLICATION' FROM pg_catalog.pg_roles WHERE rolname = ? AND rolreplication
             UNION ALL SELECT 'BYPASSRLS' FROM pg_catalog.pg_roles WHERE rolname = ? AND rolbypassrls
             UNION ALL SELECT 'membership in ' || g.rolname
                         FROM pg_catalog.pg_auth_members m
                         JOIN pg_catalog.pg_roles r ON r.oid = m.member
                         JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
                        WHERE r.rolname = ? AND g.rolname <> 'js_by_subject' -- that takes from it and gives nothing
             UNION ALL SELECT 'ownership of ' || c.relname
                         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
                        WHERE r.rolname = ?
            """;
    private static final int TOO_MUCH_PARAMETERS = 8;

    /** A superuser, or who was given the settings by one. */
    private static final String MAY_SET = """
            SELECT pg_catalog.has_parameter_privilege('temp_file_limit', 'SET')
               AND pg_catalog.has_parameter_privilege('log_min_messages', 'SET') AS yes
            """;

    /** The server writes no error, statement or parameter of a product's role to its log: each may hold a value about a person. */
    private static final List<String> QUIET = List.of("log_min_messages = fatal", "log_min_error_statement = panic",
            "log_error_verbosity = terse", "log_parameter_max_length = 0", "log_parameter_max_length_on_error = 0", "log_statement = none",
            "log_min_duration_statement = -1");

    private static final String REMEMBER = """
            INSERT INTO domain_keeping.product_role (role, product, version, sandbox)
            VALUES (?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT product_role_pk DO NOTHING
            """;
    private static final String FORGET = "DELETE FROM domain_keeping.product_role WHERE role = ?";
    private static final String SCHEMA = "SELECT 1 AS yes FROM pg_catalog.pg_namespace WHERE nspname = ?";
    private static final String ELSEWHERE = """
            SELECT DISTINCT coalesce(b.datname, 'what all databases share') AS place
              FROM pg_catalog.pg_shdepend d
              JOIN pg_catalog.pg_roles r ON r.oid = d.refobjid
              LEFT JOIN pg_catalog.pg_database b ON b.oid = d.dbid
             WHERE d.refclassid = CAST('pg_catalog.pg_authid' AS regclass) AND r.rolname = ?
            """;
    private static final String READABLE = """
            SELECT c.relname AS table_name, a.attname AS column_name
              FROM pg_catalog.pg_attribute a
              JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
              CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) x
              JOIN pg_catalog.pg_roles r ON r.oid = x.grantee
             WHERE n.nspname = ? AND r.rolname = ? AND x.privilege_type = 'SELECT'
            """;

    /**
     * Rounds of hashing (RFC 5802) make guessing a person's password dear; one of 256 bits that a key derived cannot be guessed. They would cost
     * the node a tenth of a second of each start for each role, and as much for each connection.
     */
    private static final int ITERATIONS = 1;

    private static final int SALT_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final DomainKeys keys;
    private final DomainSettings settings;

    DomainRoles(DomainKeys keys, DomainSettings settings) {
        this.keys = keys;
        this.settings = settings;
    }

    /** What a role may read: columns by table. */
    record Granted(Map<String, Set<String>> columns) {}

    /**
     * Makes a role that can sign in and do nothing else, or brings one that is there to that.
     *
     * @throws DomainException if it has rights that are not this program's to take
     */
    void make(OwnerConnection owner, ProductRole role) throws SQLException {
        String name = quoted(role.name());
        if (owner.list(EXISTS, row -> row.getInt("yes"), role.name()).isEmpty()) {
            owner.execute("CREATE ROLE " + name + " LOGIN NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS");
        }
        List<String> tooMuch = owner.list(TOO_MUCH, row -> row.getString("what"),
                java.util.Collections.nCopies(TOO_MUCH_PARAMETERS, role.name()).toArray());
        if (!tooMuch.isEmpty()) {
            throw new DomainException(Reason.NOT_GRANTED, "Role " + role.name() + " has " + String.join(", ", tooMuch)
                    + ": a product's role may have nothing of the kind. Take it away, or drop the role.", null);
        }
        String database = quoted(owner.database());
        List<String> brings = new ArrayList<>();
        // The verifier instead of the password: what the server logs of this statement is of no use to anyone.
        brings.add("ALTER ROLE " + name + " CONNECTION LIMIT " + settings.connectionLimit() + " PASSWORD '"
                + verifier(keys.passwordOf(role.name())) + "'");
        brings.add("GRANT CONNECT ON DATABASE " + database + " TO " + name);
        String ofRole = "ALTER ROLE " + name + " IN DATABASE " + database + " SET ";
        brings.add(ofRole + "search_path = " + quoted(role.state()) + ", " + quoted(role.resources()));
        brings.add(ofRole + "statement_timeout = '" + settings.statementTimeout().toMillis() + "ms'");
        brings.add(ofRole + "idle_in_transaction_session_timeout = '" + settings.idleInTransaction().toMillis() + "ms'");
        brings.add(ofRole + "work_mem = '" + settings.workMemoryKb() + "kB'");
        if (owner.list(MAY_SET, row -> row.getBoolean("yes")).getFirst()) {
            brings.add(ofRole + "temp_file_limit = '" + settings.temporaryFilesKb() + "kB'");
            QUIET.forEach(setting -> brings.add(ofRole + setting));
        } else {
            LOG.warn("PostgreSQL may write values of {}'s statements to its log, and its temporary files are not limited: see"
                    + " \"The data domain\" in docs/guides/operations.md", role.name());
        }
        brings.add("GRANT USAGE ON SCHEMA " + quoted(role.resources()) + " TO " + name);
        owner.execute(String.join(";\n", brings)); // one after the other, and one trip
        owner.change(REMEMBER, role.name(), role.product(), role.version(), role.sandbox());
    }

    /** What the server keeps of a password ("SCRAM-SHA-256$iterations:salt$…"). */
    private static String verifier(String password) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return PasswordUtil.encodeScramSha256(password.toCharArray(), ITERATIONS, salt);
    }

    /** Lets a role read and write the rows of its state, but change no table of it. */
    void giveState(OwnerConnection owner, ProductRole role) throws SQLException {
        String name = quoted(role.name());
        String schema = quoted(role.state());
        owner.execute(String.join(";\n",
                "GRANT USAGE ON SCHEMA " + schema + " TO " + name,
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + schema + " TO " + name,
                "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA " + schema + " TO " + name,
                "REVOKE ALL ON " + schema + ".flyway_schema_history FROM " + name));
    }

    /** Makes what a role may read exactly {@code due}. */
    static void giveResources(OwnerConnection owner, ProductRole role, Granted due) throws SQLException {
        Map<String, Set<String>> has = readable(owner, role);
        Set<String> tables = new TreeSet<>(has.keySet());
        tables.addAll(due.columns().keySet());
        for (String table : tables) {
            Set<String> now = has.getOrDefault(table, Set.of());
            Set<String> then = due.columns().getOrDefault(table, Set.of());
            Set<String> taken = change(owner, role, table, "REVOKE SELECT (", now, then, " FROM ");
            if (!taken.isEmpty()) {
                LOG.info("{} may no longer read {} of {}.{}", role.name(), taken, role.resources(), table);
            }
            Set<String> given = change(owner, role, table, "GRANT SELECT (", then, now, " TO ");
            if (!given.isEmpty()) {
                LOG.debug("{} may read {} of {}.{}", role.name(), given, role.resources(), table);
            }
        }
    }

    /** The columns that were given or taken. */
    private static Set<String> change(OwnerConnection owner, ProductRole role, String table, String verb, Set<String> of, Set<String> without,
            String preposition) throws SQLException {
        Set<String> columns = new TreeSet<>(of);
        columns.removeAll(without);
        if (columns.isEmpty()) {
            return columns;
        }
        owner.execute(verb + columns.stream().map(OwnerConnection::quoted).collect(Collectors.joining(", ")) + ") ON "
                + quoted(role.resources()) + "." + quoted(table) + preposition + quoted(role.name()));
        return columns;
    }

    /** Drops a role with its rights in this database; what is not there is left alone. */
    static void drop(OwnerConnection owner, ProductRole role) throws SQLException {
        owner.change(FORGET, role.name());
        if (owner.list(EXISTS, row -> row.getInt("yes"), role.name()).isEmpty()) {
            return;
        }
        String name = quoted(role.name());
        giveResources(owner, role, new Granted(Map.of()));
        if (!owner.list(SCHEMA, row -> row.getInt("yes"), role.resources()).isEmpty()) {
            owner.execute("REVOKE ALL ON SCHEMA " + quoted(role.resources()) + " FROM " + name);
        }
        owner.execute("REVOKE ALL ON DATABASE " + quoted(owner.database()) + " FROM " + name);
        List<String> elsewhere = owner.list(ELSEWHERE, row -> row.getString("place"), role.name());
        if (!elsewhere.isEmpty()) {
            LOG.warn("{} is left, because it has rights in {}", role.name(), elsewhere); // another database of this server
            return;
        }
        owner.execute("DROP ROLE " + name);
    }

    /** What a role may read now. */
    static Map<String, Set<String>> readable(OwnerConnection owner, ProductRole role) throws SQLException {
        return owner.list(READABLE, row -> Map.entry(row.getString("table_name"), row.getString("column_name")), role.resources(), role.name())
                .stream()
                .collect(Collectors.groupingBy(Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toSet())));
    }
}
