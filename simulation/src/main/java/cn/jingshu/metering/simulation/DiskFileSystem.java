package cn.jingshu.metering.simulation;

import cn.jingshu.metering.simulation.SimulatedDisk.DiskFile;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A simulated disk as one process sees it, behind the JDK's own boundary for file systems: the journal's calls to
 * {@code java.nio.file} reach it unchanged. It holds one directory of files, which is all a journal needs.
 */
final class DiskFileSystem extends FileSystem {
    private final SimulatedDisk disk;
    private final SimulatedProcess process;
    private final DiskProvider provider = new DiskProvider();
    private final DiskPath directory = new DiskPath(this, "");

    DiskFileSystem(SimulatedDisk disk, SimulatedProcess process) {
        this.disk = disk;
        this.process = process;
    }

    Path directory() {
        return directory;
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public String getSeparator() {
        return "/";
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return List.of(directory);
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return List.of();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return Set.of("basic");
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("a disk is not closed");
    }

    @Override
    public Path getPath(String first, String... more) {
        throw new UnsupportedOperationException("paths are resolved from the directory");
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        throw new UnsupportedOperationException("no patterns");
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        throw new UnsupportedOperationException("no users");
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException("nothing is watched");
    }

    private final class DiskProvider extends FileSystemProvider {
        @Override
        public String getScheme() {
            return "simulated";
        }

        @Override
        public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            process.cross();
            String name = name(path);
            if (name.isEmpty()) {
                return DiskChannel.ofDirectory(disk, process);
            }
            boolean writes = options.contains(StandardOpenOption.WRITE);
            if (process.meets(writes ? Fault.FILE_REFUSED : Fault.IO_ERROR)) {
                throw new IOException("Permission denied: " + path);
            }
            DiskFile file = options.contains(StandardOpenOption.CREATE) ? disk.getOrMake(name) : disk.get(name);
            if (options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
                disk.truncate(file, 0);
            }
            return DiskChannel.ofFile(disk, process, file);
        }

        @Override
        public SeekableByteChannel newByteChannel(
                Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
            return newFileChannel(path, options, attributes);
        }

        @Override
        public DirectoryStream<Path> newDirectoryStream(Path path, DirectoryStream.Filter<? super Path> filter)
                throws IOException {
            process.requireAlive();
            List<Path> paths =
                    disk.list().stream().<Path>map(name -> new DiskPath(DiskFileSystem.this, name)).toList();
            return new DirectoryStream<>() {
                @Override
                public Iterator<Path> iterator() {
                    return paths.iterator();
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
            disk.makeDirectory();
        }

        @Override
        public void delete(Path path) throws IOException {
            process.cross();
            if (process.meets(Fault.IO_ERROR)) {
                throw new IOException("Input/output error: " + path);
            }
            if (!disk.delete(name(path))) {
                throw new NoSuchFileException(path.toString());
            }
        }

        @Override
        public void move(Path source, Path target, CopyOption... options) throws IOException {
            process.cross();
            disk.move(name(source), name(target));
        }

        @Override
        public void checkAccess(Path path, AccessMode... modes) throws IOException {
            process.requireAlive();
            if (!name(path).isEmpty() && !disk.holds(name(path))) {
                throw new NoSuchFileException(path.toString());
            }
        }

        @Override
        @SuppressWarnings("unchecked") // there are only basic attributes here
        public <A extends BasicFileAttributes> A readAttributes(
                Path path, Class<A> type, LinkOption... options) throws IOException {
            checkAccess(path);
            boolean isDirectory = name(path).isEmpty();
            if (isDirectory && !disk.directoryMade()) {
                throw new NoSuchFileException(path.toString());
            }
            return (A) new Attributes(isDirectory, isDirectory ? 0 : disk.get(name(path)).size());
        }

        @Override
        public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
            throw new UnsupportedOperationException("made by the simulation");
        }

        @Override
        public FileSystem getFileSystem(URI uri) {
            throw new UnsupportedOperationException("made by the simulation");
        }

        @Override
        public Path getPath(URI uri) {
            throw new UnsupportedOperationException("paths are resolved from the directory");
        }

        @Override
        public void copy(Path source, Path target, CopyOption... options) {
            throw new UnsupportedOperationException("a journal copies no file");
        }

        @Override
        public boolean isSameFile(Path path, Path other) {
            return path.equals(other);
        }

        @Override
        public boolean isHidden(Path path) {
            return false;
        }

        @Override
        public FileStore getFileStore(Path path) {
            throw new UnsupportedOperationException("no stores");
        }

        @Override
        public <V extends FileAttributeView> @Nullable V getFileAttributeView(
                Path path, Class<V> type, LinkOption... options) {
            return null;
        }

        @Override
        public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) {
            throw new UnsupportedOperationException("read by type");
        }

        @Override
        public void setAttribute(Path path, String attribute, @Nullable Object value, LinkOption... options) {
            throw new UnsupportedOperationException("attributes are not set");
        }
    }

    private static String name(Path path) {
        return ((DiskPath) path).name();
    }

    private record Attributes(boolean isDirectory, long size) implements BasicFileAttributes {
        private static final FileTime NEVER = FileTime.fromMillis(0);

        @Override
        public boolean isRegularFile() {
            return !isDirectory;
        }

        @Override
        public boolean isSymbolicLink() {
            return false;
        }

        @Override
        public boolean isOther() {
            return false;
        }

        @Override
        public FileTime lastModifiedTime() {
            return NEVER;
        }

        @Override
        public FileTime lastAccessTime() {
            return NEVER;
        }

        @Override
        public FileTime creationTime() {
            return NEVER;
        }

        @Override
        public @Nullable Object fileKey() {
            return null;
        }
    }
}
