package cn.jingshu.products.domain;

import static cn.jingshu.products.domain.OwnerConnection.quoted;

import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Keeping;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Row security of products whose statements are not ours: of a table about people their roles see the rows of the subjects a transaction is about and no
 * other, by whatever a statement says (PIPL Art. 6, 13). PostgreSQL puts it under every reading of the table, below joins, subqueries and aggregates, and
 * before any function of the statement sees a row.
 *
 * <p>The policy of a table is for the members of one role without rights, {@value #GROUP}; the role of such a product is made a member before it may read
 * anything. Which subjects and columns a transaction is about are settings of the transaction; where they were not set, no row is seen. To everyone else
 * all rows stay what they were.
 */
final class SubjectRows {
    /** The role whose members see rows by subject alone. */
    static final String GROUP = "js_by_subject";

    private static final String SUBJECTS = "jingshu.subjects";
    private static final String COLUMNS = "jingshu.subject_columns";
    private static final String POLICY = "rows_of_subjects";
    private static final String OTHERS = "rows_of_all";

    /** What a list of settings may consist of: tokens (Base64url), and names of tables and columns. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.*-]+");

    private static final String EXISTS = "SELECT 1 AS yes FROM pg_catalog.pg_roles WHERE rolname = ?";

    /** The columns the policy of a table looks at; none where row security is off. */
    private static final String LOOKED_AT = """
            SELECT a.attname AS name
              FROM pg_catalog.pg_policy p
              JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
              JOIN pg_catalog.pg_depend d ON d.classid = CAST('pg_catalog.pg_policy' AS regclass) AND d.objid = p.oid
                                         AND d.refclassid = CAST('pg_catalog.pg_class' AS regclass) AND d.refobjid = c.oid
              JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
             WHERE n.nspname = ? AND c.relname = ? AND p.polname = ? AND d.refobjsubid > 0 AND c.relrowsecurity
            """;

    private SubjectRows() {}

    /**
     * What the policies let a product that reads these columns look at: {@code table.column} of subjects' columns it reads, and {@code table.*} of tables of
     * which it reads nothing about people.
     */
    static List<String> of(Map<ResourceTable, List<String>> reads) {
        List<String> columns = new ArrayList<>();
        reads.forEach((table, names) -> {
            if (names.stream().map(table::column).noneMatch(Column::isAboutPeople)) {
                columns.add(table.name() + ".*");
            }
            names.stream().filter(name -> table.column(name).keeping() == Keeping.TOKEN).forEach(name -> columns.add(table.name() + "." + name));
        });
        return columns.stream().sorted().toList();
    }

    /** Binds a role and the tables it reads; before it is given any right. Doing it again changes nothing. */
    static void bind(OwnerConnection owner, ProductRole role, Collection<ResourceTable> tables) throws SQLException {
        if (owner.list(EXISTS, row -> row.getInt("yes"), GROUP).isEmpty()) {
            owner.execute("CREATE ROLE " + GROUP + " NOLOGIN NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS");
        }
        // A policy for the group is one for a member only if the membership is inherited, whatever the role itself inherits.
        owner.execute("GRANT " + GROUP + " TO " + quoted(role.name()) + " WITH INHERIT TRUE, SET FALSE");
        for (ResourceTable table : tables) {
            guard(owner, role.resources(), table);
        }
    }

    /** Locks the table for a moment where something is to be done, which is once. */
    private static void guard(OwnerConnection owner, String schema, ResourceTable table) throws SQLException {
        Set<String> due = table.columns().stream().filter(column -> column.keeping() == Keeping.TOKEN).map(Column::name)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> there = Set.copyOf(owner.list(LOOKED_AT, row -> row.getString("name"), schema, table.name(), POLICY));
        if (there.containsAll(due)) {
            return;
        }
        due.addAll(there); // another version may know a later definition of the table
        String place = DomainTables.qualified(schema, table);
        String rows = due.stream().map(column -> "(" + quoted(column) + " = ANY (" + setting(SUBJECTS) + ") AND '" + table.name() + "." + column + "' = ANY ("
                + setting(COLUMNS) + "))").collect(Collectors.joining(" OR ", "'" + table.name() + ".*' = ANY (" + setting(COLUMNS) + ") OR ", ""));
        owner.execute(String.join(";\n",
                "DROP POLICY IF EXISTS " + POLICY + " ON " + place,
                "DROP POLICY IF EXISTS " + OTHERS + " ON " + place,
                "CREATE POLICY " + OTHERS + " ON " + place + " USING (true)",
                "CREATE POLICY " + POLICY + " ON " + place + " AS RESTRICTIVE TO " + GROUP + " USING (" + rows + ")",
                "ALTER TABLE " + place + " ENABLE ROW LEVEL SECURITY"));
    }

    /** The list a setting holds, read once for a statement; empty where it was not set. */
    private static String setting(String name) {
        return "coalesce((SELECT CAST(nullif(pg_catalog.current_setting('" + name + "', true), '') AS text[])), CAST('{}' AS text[]))";
    }

    /** Statements that say whom a transaction is about. */
    static String settings(Collection<String> tokens, List<String> columns) {
        return "SET LOCAL " + SUBJECTS + " = '" + list(tokens) + "'; SET LOCAL " + COLUMNS + " = '" + list(columns) + "'";
    }

    private static String list(Collection<String> values) {
        values.forEach(value -> {
            if (!PLAIN.matcher(value).matches()) {
                throw new IllegalArgumentException("what a transaction is about is named by tokens, tables and columns");
            }
        });
        return values.stream().map(value -> '"' + value + '"').collect(Collectors.joining(",", "{", "}"));
    }
}
