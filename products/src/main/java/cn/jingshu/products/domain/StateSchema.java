package cn.jingshu.products.domain;

import static cn.jingshu.products.domain.OwnerConnection.quoted;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * The schema in which a product keeps its state. Flyway brings it to the scripts of this version and proves that what was applied are they; it takes
 * fifty statements to find that nothing is to be done. So it is told once: as long as neither a script nor a row of its history is another than when
 * it last looked, its finding stands.
 */
final class StateSchema {
    /** What every product's state has, whatever else it has. */
    private static final String COMMON = "db/domain/state";

    static final String KEPT = """
            CREATE TABLE IF NOT EXISTS domain_keeping.state_schema (
                schema_name text CONSTRAINT state_schema_pk PRIMARY KEY,
                looked_at   text NOT NULL
            )
            """;
    private static final String LOOKED_AT = """
            SELECT s.looked_at
              FROM domain_keeping.state_schema s
             WHERE s.schema_name = ? AND pg_catalog.to_regclass(?) IS NOT NULL
            """;
    private static final String REMEMBER = """
            INSERT INTO domain_keeping.state_schema (schema_name, looked_at)
            VALUES (?, ?)
            ON CONFLICT ON CONSTRAINT state_schema_pk DO UPDATE SET looked_at = excluded.looked_at
            """;

    private final String name;
    private final String scripts;

    /** @param scripts where those of the product lie on the class path */
    StateSchema(String name, String scripts) {
        this.name = name;
        this.scripts = scripts;
    }

    /** Whether Flyway found it right with the scripts of this version, and nothing was changed since. */
    boolean isCurrent(OwnerConnection owner) throws SQLException {
        List<String> lookedAt = owner.list(LOOKED_AT, row -> row.getString("looked_at"), name, history());
        return !lookedAt.isEmpty() && lookedAt.getFirst().equals(fingerprint(owner));
    }

    /** Lets Flyway do what is to be done, and remembers what it looked at. Several nodes may at once. */
    void migrate(DataSource owner) {
        Flyway.configure(StateSchema.class.getClassLoader())
                .dataSource(owner)
                .schemas(name)
                .defaultSchema(name)
                .createSchemas(false)
                .locations("classpath:" + scripts, "classpath:" + COMMON)
                .load()
                .migrate();
        OwnerConnection.inTurn(owner, connection -> connection.change(REMEMBER, name, fingerprint(connection)));
    }

    private String history() {
        return quoted(name) + ".flyway_schema_history";
    }

    private String fingerprint(OwnerConnection owner) throws SQLException {
        MessageDigest digest = sha256();
        digest.update(String.valueOf(Flyway.class.getPackage().getImplementationVersion()).getBytes(StandardCharsets.UTF_8));
        for (String location : List.of(scripts, COMMON)) {
            scriptsIn(location).forEach((script, content) -> {
                digest.update((location + "/" + script + " " + content.length + "\n").getBytes(StandardCharsets.UTF_8));
                digest.update(content);
            });
        }
        // A row as text: whatever is changed in it is noticed.
        for (String applied : owner.list("SELECT CAST(h AS text) AS applied FROM " + history() + " h ORDER BY h.installed_rank",
                row -> row.getString("applied"))) {
            digest.update((applied + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The scripts of a place of the class path by their names, from folders and jars. */
    private static SortedMap<String, byte[]> scriptsIn(String location) {
        SortedMap<String, byte[]> scripts = new TreeMap<>();
        try {
            for (URL root : Collections.list(StateSchema.class.getClassLoader().getResources(location))) {
                if (root.openConnection() instanceof JarURLConnection packed) {
                    readJar(packed, location + "/", scripts);
                } else {
                    readFolder(Path.of(URI.create(root.toString())), scripts);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the scripts in " + location + " cannot be read", e);
        }
        return scripts;
    }

    private static void readJar(JarURLConnection packed, String prefix, SortedMap<String, byte[]> scripts) throws IOException {
        var jar = packed.getJarFile(); // the class loader's own, which stays open
        for (var entry : Collections.list(jar.entries())) {
            if (!entry.isDirectory() && entry.getName().startsWith(prefix)) {
                try (InputStream content = jar.getInputStream(entry)) {
                    scripts.put(entry.getName().substring(prefix.length()), content.readAllBytes());
                }
            }
        }
    }

    private static void readFolder(Path folder, SortedMap<String, byte[]> scripts) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                scripts.put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
