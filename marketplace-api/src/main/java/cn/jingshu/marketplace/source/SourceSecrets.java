package cn.jingshu.marketplace.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Secrets of sources: files of the installation, one a secret, below a folder named like the host that may learn it. So whoever changes where a source
 * lies cannot send its secret elsewhere; and no secret is in the database, in an answer or in a log.
 */
final class SourceSecrets {
    private static final long MOST_BYTES = 8_192;

    private final Path folder;

    SourceSecrets(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /** The secret of that name for that host; empty: there is none that can be read. */
    Optional<String> find(String host, String name) {
        Path file = folder.resolve(host).resolve(name).normalize();
        if (!file.startsWith(folder) || !Files.isRegularFile(file)) {
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
