package cn.jingshu.products.domain.load;

import cn.jingshu.products.domain.LoadStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * The files that were loaded as a whole and are kept as they came, the newest of each name: a node makes of them what it works from in
 * memory. They lie where no product's role can look.
 */
public final class KeptArchives {
    private static final int CHUNK = 1 << 20;

    static final List<String> TABLES = List.of("""
            CREATE TABLE IF NOT EXISTS domain_keeping.archive (
                name      text        CONSTRAINT archive_pk PRIMARY KEY,
                digest    text        NOT NULL,
                file_name text        NOT NULL,
                size      bigint      NOT NULL,
                kept_at   timestamptz NOT NULL
            )
            """, """
            CREATE TABLE IF NOT EXISTS domain_keeping.archive_chunk (
                name   text    NOT NULL,
                number integer NOT NULL,
                bytes  bytea   NOT NULL,
                CONSTRAINT archive_chunk_pk PRIMARY KEY (name, number),
                CONSTRAINT archive_chunk_archive_fk FOREIGN KEY (name) REFERENCES domain_keeping.archive (name) ON DELETE CASCADE
            )
            """);
    private static final String MADE = "SELECT to_regclass('domain_keeping.archive') IS NOT NULL AND to_regclass('domain_keeping.archive_chunk') IS NOT NULL";
    private static final String FIND = "SELECT name, digest, file_name, size, kept_at FROM domain_keeping.archive WHERE name = ?";
    private static final String FORGET = "DELETE FROM domain_keeping.archive WHERE name = ?";
    private static final String KEEP = "INSERT INTO domain_keeping.archive (name, digest, file_name, size, kept_at) VALUES (?, ?, ?, ?, ?)";
    private static final String KEEP_CHUNK = "INSERT INTO domain_keeping.archive_chunk (name, number, bytes) VALUES (?, ?, ?)";
    private static final String CHUNKS = """
            SELECT c.bytes FROM domain_keeping.archive_chunk AS c JOIN domain_keeping.archive AS a ON a.name = c.name
             WHERE a.name = ? AND a.digest = ? ORDER BY c.number
            """;

    private final LoadStore store;

    public KeptArchives(LoadStore store) {
        this.store = store;
    }

    /**
     * A file that is kept.
     *
     * @param digest hexadecimal SHA-256
     * @param size bytes
     */
    public record Kept(String name, String digest, String fileName, long size, Instant keptAt) {}

    /** The file kept under a name; empty: none is. @throws cn.jingshu.products.domain.DomainException if the database is away */
    public Optional<Kept> find(String name) {
        try (Connection connection = store.connect()) {
            return isMade(connection) ? find(connection, name) : Optional.empty();
        } catch (SQLException failure) {
            throw LoadStore.failed(failure);
        }
    }

    private static boolean isMade(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(MADE)) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static Optional<Kept> find(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(new Kept(row.getString("name"), row.getString("digest"), row.getString("file_name"),
                        row.getLong("size"), row.getTimestamp("kept_at").toInstant())) : Optional.empty();
            }
        }
    }

    /**
     * Writes a kept file to {@code to}, chunk by chunk, and holds it against its digest.
     *
     * @return false: another one has taken its place meanwhile
     * @throws IOException if it cannot be written, or is not what was kept
     */
    public boolean copy(Kept kept, Path to) throws IOException {
        try (Connection connection = store.connect()) {
            connection.setAutoCommit(false); // one snapshot, and rows fetched in turn
            long written = 0;
            try (PreparedStatement statement = connection.prepareStatement(CHUNKS); OutputStream out = Files.newOutputStream(to)) {
                statement.setFetchSize(4);
                statement.setString(1, kept.name());
                statement.setString(2, kept.digest());
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        byte[] bytes = row.getBytes(1);
                        out.write(bytes);
                        written += bytes.length;
                    }
                }
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            if (written == 0) {
                return false;
            }
        } catch (SQLException failure) {
            throw LoadStore.failed(failure);
        }
        if (!SourceFile.digestOf(to).equals(kept.digest())) {
            throw new IOException("the kept archive " + kept.name() + " is not what its digest says");
        }
        return true;
    }

    static boolean has(Connection connection, LoadRequest.Archive archive) throws SQLException {
        return find(connection, archive.name()).filter(kept -> kept.digest().equals(archive.file().sha256())).isPresent();
    }

    static void keep(Connection connection, LoadRequest.Archive archive, Instant now) throws SQLException, IOException {
        try (PreparedStatement forget = connection.prepareStatement(FORGET)) {
            forget.setString(1, archive.name());
            forget.executeUpdate();
        }
        try (PreparedStatement keep = connection.prepareStatement(KEEP)) {
            keep.setString(1, archive.name());
            keep.setString(2, archive.file().sha256());
            keep.setString(3, archive.file().name());
            keep.setLong(4, archive.file().size());
            keep.setObject(5, now.atOffset(ZoneOffset.UTC));
            keep.executeUpdate();
        }
        try (PreparedStatement chunk = connection.prepareStatement(KEEP_CHUNK); InputStream in = Files.newInputStream(archive.file().path())) {
            int number = 0;
            for (byte[] bytes = in.readNBytes(CHUNK); bytes.length > 0; bytes = in.readNBytes(CHUNK)) {
                chunk.setString(1, archive.name());
                chunk.setInt(2, number++);
                chunk.setBytes(3, bytes);
                chunk.executeUpdate();
            }
        }
        // The file was looked at when the load began: one that was written over meanwhile is none to keep.
        if (!SourceFile.digestOf(archive.file().path()).equals(archive.file().sha256())) {
            throw new UnfitSourceException("文件 " + archive.file().name() + " 在装载期间被改写,请重新装载。",
                    "The file " + archive.file().name() + " was changed while it was loaded: load it again.");
        }
    }
}
