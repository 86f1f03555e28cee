package cn.jingshu.metering.simulation;

import java.io.File;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;

/** The directory of a simulated disk, or a file in it. */
final class DiskPath implements Path {
    private final DiskFileSystem system;
    private final String name;

    /** @param name empty: the directory itself */
    DiskPath(DiskFileSystem system, String name) {
        this.system = system;
        this.name = name;
    }

    String name() {
        return name;
    }

    @Override
    public FileSystem getFileSystem() {
        return system;
    }

    @Override
    public Path resolve(String other) {
        return new DiskPath(system, other);
    }

    @Override
    public Path resolve(Path other) {
        return other;
    }

    @Override
    public Path getFileName() {
        return this;
    }

    @Override
    public Path toAbsolutePath() {
        return this;
    }

    @Override
    public Path normalize() {
        return this;
    }

    @Override
    public boolean isAbsolute() {
        return true;
    }

    @Override
    public @Nullable Path getParent() {
        return name.isEmpty() ? null : system.directory();
    }

    @Override
    public Path getRoot() {
        return system.directory();
    }

    @Override
    public int getNameCount() {
        return name.isEmpty() ? 0 : 1;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DiskPath path && path.system == system && path.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public int compareTo(Path other) {
        return name.compareTo(((DiskPath) other).name);
    }

    @Override
    public String toString() {
        return name.isEmpty() ? "disk" : name;
    }

    @Override
    public Path getName(int index) {
        throw new UnsupportedOperationException("one name at most");
    }

    @Override
    public Path subpath(int beginIndex, int endIndex) {
        throw new UnsupportedOperationException("one name at most");
    }

    @Override
    public boolean startsWith(Path other) {
        throw new UnsupportedOperationException("one name at most");
    }

    @Override
    public boolean endsWith(Path other) {
        throw new UnsupportedOperationException("one name at most");
    }

    @Override
    public Path relativize(Path other) {
        throw new UnsupportedOperationException("one name at most");
    }

    @Override
    public URI toUri() {
        throw new UnsupportedOperationException("no address");
    }

    @Override
    public File toFile() {
        throw new UnsupportedOperationException("no such file on this machine");
    }

    @Override
    public Path toRealPath(LinkOption... options) {
        return this;
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
        throw new UnsupportedOperationException("nothing is watched");
    }
}
