package cn.jingshu.marketplace.source;

import cn.jingshu.marketplace.source.LoadSource.From;
import cn.jingshu.marketplace.source.SourceFiles.Lying;
import cn.jingshu.marketplace.source.SourceOpenings.UnreadyException;
import cn.jingshu.products.domain.load.SourceAwayException;
import cn.jingshu.products.domain.load.UnfitSourceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A folder a provider puts files into. Every step below the root the operator allows is opened relative to the one before and without following links, so that
 * whoever may write there cannot lead a read elsewhere, not even by exchanging a name between a look and a read. Files are copied before they are read, so what
 * is loaded is what was looked at; they are neither moved nor changed.
 */
final class WatchedFolder implements AutoCloseable {
    private static final int MOST_FILES = 10_000;
    private static final int MOST_NAME = 200;
    private static final int MOST_SIDECAR = 1_024;
    private static final int CHUNK = 1 << 16;
    private static final Duration MOST_OPENING = Duration.ofSeconds(20);
    private static final Pattern DIGEST = Pattern.compile("([0-9a-fA-F]{64})(\\s.*)?", Pattern.DOTALL);

    /** Names under which files are written before they are whole. */
    private static final List<String> UNDER_WAY = List.of(".part", ".tmp", ".filepart", ".crdownload", ".swp");

    private final From.Folder from;
    private final List<SecureDirectoryStream<Path>> opened;
    private final SecureDirectoryStream<Path> folder;

    private WatchedFolder(From.Folder from, List<SecureDirectoryStream<Path>> opened) {
        this.from = from;
        this.opened = opened;
        this.folder = opened.getLast();
    }

    /**
     * @param root a folder the operator allows, or one below it
     * @throws UnreadyException if it cannot be opened as a folder, or a link lies on the way
     */
    @SuppressWarnings("StreamResourceLeak") // each is closed with the folder
    static WatchedFolder open(Path root, From.Folder from) throws UnreadyException {
        List<SecureDirectoryStream<Path>> opened = new ArrayList<>();
        boolean done = false;
        try {
            opened.add(secure(Files.newDirectoryStream(root.toRealPath())));
            for (Path step : root.relativize(Path.of(from.path()))) {
                if (!step.toString().isEmpty()) {
                    opened.add(opened.getLast().newDirectoryStream(step, LinkOption.NOFOLLOW_LINKS));
                }
            }
            done = true;
            return new WatchedFolder(from, opened);
        } catch (IOException unreadable) {
            throw new UnreadyException("本节点无法打开文件夹 " + from.path() + ":不存在、无权限或途中有符号链接。",
                    "This node cannot open the folder " + from.path() + ": it is not there, may not be read, or a link lies on the way.");
        } finally {
            if (!done) {
                close(opened);
            }
        }
    }

    private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        stream.close();
        throw new IOException("this system opens no folder relative to another");
    }

    /** The files that are there, match and are complete as far as their names and what lies beside them say; by name. */
    List<Lying> list() throws IOException, UnreadyException {
        PathMatcher matches = Path.of(from.path()).getFileSystem().getPathMatcher("glob:" + from.names());
        Map<String, BasicFileAttributes> there = new HashMap<>();
        Set<String> sidecars = new HashSet<>();
        int entries = 0;
        // The stream a folder was opened by is read once; another one is opened for each look.
        try (SecureDirectoryStream<Path> look = folder.newDirectoryStream(Path.of("."), LinkOption.NOFOLLOW_LINKS)) {
            for (Path entry : look) {
                if (++entries > 2 * MOST_FILES) {
                    throw new UnreadyException("文件夹中的文件超过 " + MOST_FILES + " 个。", "The folder has more than " + MOST_FILES + " files.");
                }
                String name = String.valueOf(entry.getFileName());
                if (name.endsWith(From.Folder.DONE) || name.endsWith(From.Folder.SHA256)) {
                    sidecars.add(name);
                }
                if (isFile(name) && matches.matches(Path.of(name))) {
                    BasicFileAttributes attributes = attributes(name);
                    if (attributes != null && attributes.isRegularFile()) {
                        there.put(name, attributes);
                    }
                }
            }
        }
        List<Lying> lying = new ArrayList<>();
        for (Map.Entry<String, BasicFileAttributes> each : there.entrySet()) {
            String name = each.getKey();
            Instant modified = each.getValue().lastModifiedTime().toInstant();
            String beside = from.whole() == From.Folder.Whole.STILL ? null : name + (from.whole() == From.Folder.Whole.DONE ? From.Folder.DONE : From.Folder.SHA256);
            if (beside != null) {
                BasicFileAttributes sidecar = sidecars.contains(beside) ? attributes(beside) : null;
                if (sidecar == null || !sidecar.isRegularFile()) {
                    continue; // not complete yet
                }
                Instant said = sidecar.lastModifiedTime().toInstant();
                modified = said.isAfter(modified) ? said : modified;
            }
            lying.add(new Lying(name, each.getValue().size(), modified.truncatedTo(ChronoUnit.MICROS)));
        }
        lying.sort(Comparator.comparing(Lying::name));
        return lying;
    }

    private static boolean isFile(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && name.length() <= MOST_NAME && name.chars().noneMatch(Character::isISOControl)
                && !name.endsWith(From.Folder.DONE) && !name.endsWith(From.Folder.SHA256) && UNDER_WAY.stream().noneMatch(lower::endsWith);
    }

    private @Nullable BasicFileAttributes attributes(String name) throws IOException {
        try {
            return folder.getFileAttributeView(Path.of(name), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS).readAttributes();
        } catch (NoSuchFileException gone) {
            return null;
        }
    }

    /** The digest that lies beside a file; null: none is asked for. @throws UnfitSourceException if it is none */
    @Nullable String statedDigest(Lying file) throws IOException {
        if (from.whole() != From.Folder.Whole.DIGEST) {
            return null;
        }
        try (InputStream in = read(file.name() + From.Folder.SHA256)) {
            var text = DIGEST.matcher(new String(in.readNBytes(MOST_SIDECAR), StandardCharsets.US_ASCII).strip());
            if (!text.matches()) {
                throw new UnfitSourceException("文件 " + file.name() + From.Folder.SHA256 + " 不是 SHA-256 摘要。",
                        "What lies in " + file.name() + From.Folder.SHA256 + " is no SHA-256.");
            }
            return String.valueOf(text.group(1)).toLowerCase(Locale.ROOT);
        }
    }

    /** Copies a file as it was looked at. @throws SourceAwayException if it has changed since, or cannot be read */
    void copy(Lying file, Path to, RunLimits limits) throws IOException {
        try (InputStream in = read(file.name()); OutputStream out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW)) {
            byte[] chunk = new byte[CHUNK];
            long bytes = 0;
            for (int read = in.read(chunk); read > 0; read = in.read(chunk)) {
                limits.requireTime();
                bytes += read;
                if (bytes > file.bytes()) {
                    break;
                }
                out.write(chunk, 0, read);
            }
            BasicFileAttributes now = attributes(file.name());
            if (bytes != file.bytes() || now == null || now.size() != file.bytes()
                    || now.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.MICROS).isAfter(file.modifiedAt())) {
                throw new SourceAwayException("文件 " + file.name() + " 在读取时改变", "the file " + file.name() + " changed while it was read", null);
            }
        } catch (FileSystemException unreadable) {
            throw new SourceAwayException("文件 " + file.name() + " 无法读取", "the file " + file.name() + " cannot be read", null);
        }
    }

    /** @throws SourceAwayException if it is no regular file any more: a pipe, say, whose opening waits for who writes into it */
    private InputStream read(String name) throws IOException {
        BasicFileAttributes attributes = attributes(name);
        if (attributes == null || !attributes.isRegularFile()) {
            throw noFile(name);
        }
        return opened(name, MOST_OPENING).orElseThrow(() -> noFile(name));
    }

    /**
     * Opens a file without another look at it; empty: it took longer than {@code most}. The folder is opened once more for it: a folder in which something
     * is being opened cannot be closed before that has ended.
     */
    Optional<InputStream> opened(String name, Duration most) throws IOException {
        return BoundedOpen.open(() -> {
            try (SecureDirectoryStream<Path> own = folder.newDirectoryStream(Path.of("."), LinkOption.NOFOLLOW_LINKS)) {
                return Channels.newInputStream(own.newByteChannel(Path.of(name), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
            }
        }, most);
    }

    private static SourceAwayException noFile(String name) {
        return new SourceAwayException("文件 " + name + " 已不是普通文件", "the file " + name + " is no regular file any more", null);
    }

    private static void close(List<SecureDirectoryStream<Path>> opened) {
        for (SecureDirectoryStream<Path> each : opened.reversed()) {
            try {
                each.close();
            } catch (IOException gone) {
                throw new java.io.UncheckedIOException(gone);
            }
        }
    }

    @Override
    public void close() {
        close(opened);
    }
}
