package cn.jingshu.marketplace.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Secrets of sources: files of the installation, one a secret: {@code <provider>/<host>_<port>/<name>}, such as
 * {@code A2.4/register.housing.example_5432/register-reader}. So a source reaches only what its own provider's secrets open, and whoever changes where it lies
 * cannot send its secret elsewhere; and no secret is in the database, in an answer or in a log.
 */
final class SourceSecrets {
    private static final long MOST_BYTES = 8_192;

    private final Path folder;

    SourceSecrets(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /**
     * The secret of that name for that host and port; empty: there is none that can be read.
     *
     * @param provider code of the provider whose resource is loaded: {@code A2.4}
     */
    Optional<String> find(String provider, String host, int port, String name) {
        Path file = folder.resolve(provider).resolve(host.toLowerCase(Locale.ROOT) + "_" + port).resolve(name).normalize();
        if (!file.startsWith(folder) || file.getNameCount() != folder.getNameCount() + 3 || !Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                return Optional.empty();
            }
            String text = Files.readString(file, StandardCharsets.UTF_8).strip();
            return text.isEmpty() || text.chars().anyMatch(c -> c < ' ') ? Optional.empty() : Optional.of(text);
        } catch (IOException unreadable) {
            return Optional.empty(); // said as "not there", without the system's words
        }
    }
}
