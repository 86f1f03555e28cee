package cn.jingshu.products.domain.load;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** JDBC drivers the operator has put into a folder as archives. They see the JDK and one another, and nothing of this program. */
final class DriverFolder {
    private final Path folder;
    private @Nullable List<Driver> drivers;

    /** @param folder need not be there */
    DriverFolder(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /**
     * The driver that takes an address; empty: there is none.
     *
     * @throws SQLException if the folder cannot be read
     */
    synchronized Optional<Driver> find(String url) throws SQLException {
        List<Driver> known = drivers;
        if (known == null) {
            known = load();
            drivers = known;
        }
        for (Driver driver : known) {
            if (driver.acceptsURL(url)) {
                return Optional.of(driver);
            }
        }
        return Optional.empty();
    }

    /** They stay for as long as the program runs. */
    @SuppressWarnings("resource")
    private List<Driver> load() throws SQLException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<URL> archives = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jar")) {
            for (Path each : files) {
                archives.add(each.toUri().toURL());
            }
        } catch (IOException unreadable) {
            throw new SQLException("the folder of drivers cannot be read", "08001", unreadable);
        }
        ClassLoader loader = new URLClassLoader("drivers", archives.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        List<Driver> found = new ArrayList<>();
        ServiceLoader.load(Driver.class, loader).forEach(found::add);
        return List.copyOf(found);
    }
}
