package cn.jingshu.products.transit.feed;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A feed that something else writes to a file; read again when the file's time, size or identity changes. */
public final class FileFeed implements FeedSource {
    private final Path file;
    private @Nullable Version last;

    /** @throws FeedException when the file does not exist */
    public FileFeed(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new FeedException("The feed file " + file + " does not exist.");
        }
        this.file = file;
    }

    private record Version(FileTime modified, long size, @Nullable Object key) {}

    @Override
    public String name() {
        return String.valueOf(file.getFileName());
    }

    @Override
    public Optional<byte[]> fetch() throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        Version version = new Version(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        if (version.equals(last)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = FeedBytes.read(name(), in);
            last = version;
            return Optional.of(bytes);
        }
    }
}
