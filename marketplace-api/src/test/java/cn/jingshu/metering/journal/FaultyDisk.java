package cn.jingshu.metering.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.time.Clock;

/** A disk below a node's usage journal that runs full or refuses to force when told to; the files are real ones. */
public final class FaultyDisk {
    private volatile boolean full;
    private volatile boolean failingForce;

    /** From now on nothing more can be written; or it can again. */
    public void full(boolean now) {
        full = now;
    }

    /** From now on every fsync fails; or succeeds again, as some systems have it. */
    public void failingForce(boolean now) {
        failingForce = now;
    }

    /** Opens a journal on this disk. */
    public UsageJournal open(Path path, JournalSettings settings, Clock clock) throws IOException {
        return UsageJournal.open(path, settings, clock, file -> new Channel(SegmentFiles.ON_DISK.open(file)));
    }

    private final class Channel extends FileChannel {
        private final FileChannel file;

        private Channel(FileChannel file) {
            this.file = file;
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            if (full) {
                // As a disk does that runs full in mid-write: some of it is there.
                file.write(source.slice().limit(Math.min(source.remaining(), 7)), position);
                throw new IOException("No space left on device");
            }
            return file.write(source, position);
        }

        @Override
        public void force(boolean metaData) throws IOException {
            if (failingForce) {
                throw new IOException("Input/output error");
            }
            file.force(metaData);
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return file.read(target);
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
            return file.read(targets, offset, length);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public int write(ByteBuffer source) {
            throw new UnsupportedOperationException("the journal writes at positions");
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) {
            throw new UnsupportedOperationException("the journal writes at positions");
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        public FileChannel position(long newPosition) throws IOException {
            file.position(newPosition);
            return this;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            file.truncate(size);
            return this;
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
            return file.transferTo(position, count, target);
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
            return file.transferFrom(source, position, count);
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
            return file.map(mode, position, size);
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) throws IOException {
            return file.lock(position, size, shared);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return file.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            file.close();
        }
    }
}
