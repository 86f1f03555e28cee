package cn.jingshu.products.domain;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;

/**
 * Takes from everybody what PostgreSQL lets every role do by default (send announcements, take the nodes' locks, make large objects, run text
 * as SQL, look at sessions), and gives it to the roles that work with it. A superuser's to do, once; {@code db/domain/harden.sql} is what
 * is run, for those who run it by hand.
 */
public final class DatabaseHardening {
    private static final String SCRIPT = "db/domain/harden.sql";
    private static final String IS_SUPERUSER = "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user";
    private static final String NAME_TRUSTED = "SELECT pg_catalog.set_config('jingshu.trusted', ?, false)";

    private DatabaseHardening() {}

    /**
     * Hardens the database of {@code superuser}; doing it again changes nothing.
     *
     * @param trusted roles that own the database or work as nodes
     * @throws SQLException if it is no superuser's connection, or the database is away
     */
    public static void apply(Connection superuser, List<String> trusted) throws SQLException {
        try (PreparedStatement name = superuser.prepareStatement(NAME_TRUSTED); Statement statement = superuser.createStatement()) {
            name.setString(1, String.join(",", trusted));
            name.execute();
            statement.execute(script());
        }
    }

    static boolean isSuperuser(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(IS_SUPERUSER)) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static String script() {
        try (InputStream script = Objects.requireNonNull(DatabaseHardening.class.getClassLoader().getResourceAsStream(SCRIPT), SCRIPT)) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
