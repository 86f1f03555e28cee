package cn.jingshu.metering.simulation;

import cn.jingshu.metering.simulation.SimulatedDisk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/** An open file of a simulated disk, or its directory, which can only be forced. */
final class DiskChannel extends FileChannel {
    private final SimulatedDisk disk;
    private final SimulatedProcess process;
    private final @Nullable DiskFile file; // null: the directory
    private long position;
    private int toldFailures;
    private boolean locked;

    private DiskChannel(SimulatedDisk disk, SimulatedProcess process, @Nullable DiskFile file) {
        this.disk = disk;
        this.process = process;
        this.file = file;
        this.toldFailures = file == null ? 0 : disk.failures(file);
    }

    static DiskChannel ofFile(SimulatedDisk disk, SimulatedProcess process, DiskFile file) {
        return new DiskChannel(disk, process, file);
    }

    static DiskChannel ofDirectory(SimulatedDisk disk, SimulatedProcess process) {
        return new DiskChannel(disk, process, null);
    }

    private DiskFile file() {
        DiskFile known = file;
        if (known == null) {
            throw new UnsupportedOperationException("a directory");
        }
        return known;
    }

    @Override
    public int write(ByteBuffer source, long at) throws IOException {
        process.cross();
        if (process.meets(Fault.DISK_FULL)) {
            disk.write(file(), source, at, source.remaining() / 2);
            throw new IOException("No space left on device");
        }
        int half = source.remaining() / 2;
        // In two parts, so that a kill can come between them.
        int written = half == 0 ? 0 : disk.write(file(), source, at, half);
        process.cross();
        return written + disk.write(file(), source, at + written, source.remaining());
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int written = write(source, position);
        position += written;
        return written;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        process.cross();
        if (file == null) {
            disk.forceNames();
            return;
        }
        if (process.meets(Fault.FORCE_FAILED)) {
            disk.failForce(file);
        }
        if (toldFailures < disk.failures(file)) {
            toldFailures = disk.failures(file);
            throw new IOException("Input/output error");
        }
        disk.force(file);
        process.cross();
    }

    @Override
    public FileChannel truncate(long size) {
        process.cross();
        disk.truncate(file(), size);
        return this;
    }

    @Override
    public int read(ByteBuffer target, long at) throws IOException {
        process.requireAlive();
        if (process.meets(Fault.IO_ERROR)) {
            throw new IOException("Input/output error");
        }
        return file().read(target, at);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int read = read(target, position);
        position += Math.max(0, read);
        return read;
    }

    @Override
    public long size() {
        process.requireAlive();
        return file().size();
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public FileChannel position(long newPosition) {
        position = newPosition;
        return this;
    }

    @Override
    public @Nullable FileLock tryLock(long from, long size, boolean shared) {
        process.requireAlive();
        return disk.tryLock(process) ? new Lock(this) : null;
    }

    @Override
    protected void implCloseChannel() {
        // The lock file is the only one that is locked, and closing it lets the lock go.
        if (locked) {
            disk.unlock(process);
        }
    }

    private static final class Lock extends FileLock {
        private boolean valid = true;

        Lock(DiskChannel channel) {
            super(channel, 0, Long.MAX_VALUE, false);
            channel.locked = true;
        }

        @Override
        public boolean isValid() {
            return valid;
        }

        @Override
        public void release() {
            valid = false;
        }
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw new UnsupportedOperationException("a journal does not scatter");
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw new UnsupportedOperationException("a journal does not gather");
    }

    @Override
    public long transferTo(long from, long count, WritableByteChannel target) {
        throw new UnsupportedOperationException("a journal does not transfer");
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long from, long count) {
        throw new UnsupportedOperationException("a journal does not transfer");
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long from, long size) {
        throw new UnsupportedOperationException("a journal does not map");
    }

    @Override
    public FileLock lock(long from, long size, boolean shared) {
        throw new UnsupportedOperationException("a journal does not wait for its lock");
    }
}
