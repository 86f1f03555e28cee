package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.bundle.Digests;
import cn.jingshu.ledger.bundle.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A bundle's archive, read in the one form in which bundles are written: files one behind the other without a gap, plain names, no
 * comment, no extra field, the directory exactly what follows from the files. Anything else is refused, so that two programs cannot see
 * two different archives in the same bytes, and names cannot lead out of a folder. Sizes are bounded before anything is unpacked.
 */
final class BundleArchive implements AutoCloseable {
    private static final int LOCAL = 0x04034b50;
    private static final int DIRECTORY = 0x02014b50;
    private static final int BEHIND = 0x08074b50;
    private static final int END = 0x06054b50;
    private static final int LOCAL_SIZE = 30;
    private static final int DIRECTORY_SIZE = 46;
    private static final int BEHIND_SIZE = 16;
    private static final int END_SIZE = 22;
    private static final int DATE = 0x0041_0000; // 1980-02-01 00:00, of every file
    private static final int LARGEST_DIRECTORY = 1 << 17;

    /** Unpacked bytes of all files together. */
    private static final long MOST_BYTES = 1L << 36;

    /** A packed byte may stand for so many unpacked ones; books come to some 60. */
    private static final long MOST_GROWTH = 400;

    private static final int BUFFER = 1 << 16;

    /**
     * One file.
     *
     * @param from where its packed bytes begin
     * @param packed how many they are
     * @param isPacked false: stored as it is
     */
    private record Part(String name, long header, long from, long packed, long size, int crc, boolean isPacked) {
        long end() {
            return from + packed + (isPacked ? BEHIND_SIZE : 0);
        }
    }

    private final FileChannel channel;
    private final Map<String, Part> parts = new LinkedHashMap<>();

    private BundleArchive(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws BundleRefusedException if it is no archive in the form of a bundle */
    static BundleArchive open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            BundleArchive archive = new BundleArchive(channel);
            archive.readDirectory();
            return archive;
        } catch (IOException | RuntimeException refused) {
            channel.close();
            throw refused;
        }
    }

    /** The names of all files, in the order of the archive. */
    List<String> names() {
        return List.copyOf(parts.keySet());
    }

    private void readDirectory() throws IOException {
        long length = channel.size();
        if (length < END_SIZE || length > 0xFFFF_FFFFL) {
            throw refused("一个压缩包应有的长度", "the length of an archive");
        }
        ByteBuffer end = read(length - END_SIZE, END_SIZE);
        int files = end.getShort(8) & 0xFFFF;
        long size = end.getInt(12) & 0xFFFF_FFFFL;
        long from = end.getInt(16) & 0xFFFF_FFFFL;
        ByteBuffer expectedEnd = little(END_SIZE).putInt(END).putShort((short) 0).putShort((short) 0)
                .putShort((short) files).putShort((short) files).putInt((int) size).putInt((int) from).putShort((short) 0);
        if (!end.equals(expectedEnd.flip()) || from + size != length - END_SIZE) {
            throw refused("文件包的结尾", "the end of the archive");
        }
        if (size > LARGEST_DIRECTORY || files > Manifest.MOST_FILES + 1 || files == 0) {
            throw refused("1 至 " + (Manifest.MOST_FILES + 1) + " 个文件的目录", "a directory of 1 to "
                    + (Manifest.MOST_FILES + 1) + " files");
        }
        ByteBuffer directory = read(from, (int) size);
        long place = 0;
        long unpacked = 0;
        for (int i = 0; i < files; i++) {
            Part part = readPart(directory, place);
            if (parts.put(part.name(), part) != null) {
                throw refused("不重复的文件名(" + part.name() + ")", "names that occur once (" + part.name() + ")");
            }
            place = part.end();
            unpacked += part.size();
            if (unpacked > MOST_BYTES || part.size() > (part.packed() + 1) * MOST_GROWTH) {
                throw refused("不超限的解压长度(" + part.name() + ")", "an unpacked size within the bounds (" + part.name() + ")");
            }
        }
        if (directory.hasRemaining() || place != from) {
            throw refused("紧接文件之后的目录", "a directory right behind the files");
        }
    }

    private Part readPart(ByteBuffer directory, long place) throws IOException {
        if (directory.remaining() < DIRECTORY_SIZE) {
            throw refused("完整的目录", "a whole directory");
        }
        int at = directory.position();
        boolean isPacked = directory.getShort(at + 10) != 0;
        int crc = directory.getInt(at + 16);
        long packed = directory.getInt(at + 20) & 0xFFFF_FFFFL;
        long size = directory.getInt(at + 24) & 0xFFFF_FFFFL;
        int nameLength = directory.getShort(at + 28) & 0xFFFF;
        if (nameLength == 0 || nameLength > 200 || directory.remaining() < DIRECTORY_SIZE + nameLength) {
            throw refused("完整的目录", "a whole directory");
        }
        byte[] nameBytes = new byte[nameLength];
        directory.get(at + DIRECTORY_SIZE, nameBytes);
        String name = new String(nameBytes, StandardCharsets.ISO_8859_1);
        if (!Manifest.isName(name)) {
            throw refused("简单的文件名", "plain file names");
        }
        short version = (short) (isPacked ? 20 : 10);
        short flags = (short) (isPacked ? 0x0808 : 0x0800);
        short method = (short) (isPacked ? 8 : 0);
        byte[] expected = little(DIRECTORY_SIZE + nameLength).putInt(DIRECTORY).putShort(version).putShort(version)
                .putShort(flags).putShort(method).putInt(DATE).putInt(crc).putInt((int) packed).putInt((int) size)
                .putShort((short) nameLength).putShort((short) 0).putShort((short) 0).putShort((short) 0)
                .putShort((short) 0).putInt(0).putInt((int) place).put(nameBytes).array();
        byte[] found = new byte[expected.length];
        directory.get(found);
        if (!Arrays.equals(found, expected)) {
            throw refused("文件包目录中 " + name + " 一行", "the line of " + name + " in the archive's directory");
        }
        ByteBuffer local = little(LOCAL_SIZE + nameLength).putInt(LOCAL).putShort(version).putShort(flags).putShort(method)
                .putInt(DATE).putInt(isPacked ? 0 : crc).putInt(isPacked ? 0 : (int) packed).putInt(isPacked ? 0 : (int) size)
                .putShort((short) nameLength).putShort((short) 0).put(nameBytes);
        requireBytes(place, local, name);
        Part part = new Part(name, place, place + local.capacity(), packed, size, crc, isPacked);
        if (isPacked) {
            requireBytes(part.from() + packed, little(BEHIND_SIZE).putInt(BEHIND).putInt(crc).putInt((int) packed)
                    .putInt((int) size), name);
        } else if (packed != size) {
            throw refused(name + " 的长度", "the size of " + name);
        }
        return part;
    }

    private void requireBytes(long from, ByteBuffer expected, String name) throws IOException {
        if (from + expected.capacity() > channel.size() || !read(from, expected.capacity()).equals(expected.flip())) {
            throw refused(name + " 在文件包中的前后记号", "the marks around " + name + " in the archive");
        }
    }

    private static BundleRefusedException refused(String zh, String en) {
        return new BundleRefusedException("不是荆数导出包:缺少" + zh, "not a bundle of this form: it lacks " + en);
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer read(long from, int size) throws IOException {
        ByteBuffer bytes = little(size);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new IOException("the archive ends while it is read");
            }
        }
        return bytes.flip();
    }

    /** Where the manifest's own header stands: the bytes before it are those it speaks of. */
    long bytesBefore(String name) {
        Part part = parts.get(name);
        if (part == null) {
            throw new IllegalArgumentException("no file " + name);
        }
        return part.header();
    }

    String sha256OfFirst(long bytes) throws IOException {
        MessageDigest digest = Digests.sha256();
        long done = 0;
        while (done < bytes) {
            ByteBuffer some = read(done, (int) Math.min(BUFFER, bytes - done));
            digest.update(some);
            done += some.limit();
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The unpacked bytes of a file, no more than its stated size; reading fails if they are fewer or cannot be unpacked. */
    InputStream read(String name) {
        Part part = parts.get(name);
        if (part == null) {
            throw new IllegalArgumentException("no file " + name);
        }
        return part.isPacked() ? new Unpacked(part) : new Stored(part);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private final class Stored extends InputStream {
        private final Part part;
        private long done;

        Stored(Part part) {
            this.part = part;
        }

        @Override
        public int read() throws IOException {
            byte[] single = new byte[1];
            return read(single, 0, 1) < 0 ? -1 : single[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (done == part.size()) {
                return -1;
            }
            ByteBuffer some = BundleArchive.this.read(part.from() + done, (int) Math.min(Math.min(length, BUFFER), part.size() - done));
            some.get(into, offset, some.limit());
            done += some.limit();
            return some.limit();
        }
    }

    private final class Unpacked extends InputStream {
        private final Part part;
        private final Inflater inflater = new Inflater(true);
        private long fed;
        private long done;

        Unpacked(Part part) {
            this.part = part;
        }

        @Override
        public int read() throws IOException {
            byte[] single = new byte[1];
            return read(single, 0, 1) < 0 ? -1 : single[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            try {
                while (true) {
                    int count = inflater.inflate(into, offset, length);
                    done += count;
                    if (done > part.size()) {
                        throw new IOException(part.name() + " unpacks to more than its stated size");
                    }
                    if (count > 0) {
                        return count;
                    }
                    if (inflater.finished()) {
                        if (done != part.size() || fed != part.packed() || inflater.getRemaining() > 0) {
                            throw new IOException(part.name() + " does not unpack to its stated size");
                        }
                        return -1;
                    }
                    if (fed == part.packed() || inflater.needsDictionary()) {
                        throw new IOException(part.name() + " ends in the middle");
                    }
                    ByteBuffer some = BundleArchive.this.read(part.from() + fed, (int) Math.min(BUFFER, part.packed() - fed));
                    fed += some.limit();
                    inflater.setInput(some);
                }
            } catch (DataFormatException damaged) {
                throw new IOException(part.name() + " cannot be unpacked: " + damaged.getMessage(), damaged);
            }
        }

        @Override
        public void close() {
            inflater.end();
        }
    }
}
