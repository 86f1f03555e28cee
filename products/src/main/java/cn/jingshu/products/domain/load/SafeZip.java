package cn.jingshu.products.domain.load;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A zip archive that somebody sent: few entries with plain names, none twice, and none that unpacks to more than it may. Sizes are counted
 * while an entry is read: what the archive says of them is not believed. Nothing is ever written to a file.
 */
final class SafeZip implements AutoCloseable {
    static final int MOST_ENTRIES = 200;

    private final ZipFile zip;
    private final String name;
    private final long mostBytes;
    private final int mostRatio;
    private long unpacked;

    /**
     * @param mostBytes of all entries together, unpacked
     * @param mostRatio of unpacked to packed bytes, for an entry of more than a MiB
     * @throws UnfitSourceException if it is no archive we open
     */
    SafeZip(Path path, String name, long mostBytes, int mostRatio) throws IOException {
        this.name = name;
        this.mostBytes = mostBytes;
        this.mostRatio = mostRatio;
        try {
            this.zip = new ZipFile(path.toFile());
        } catch (ZipException broken) {
            throw new UnfitSourceException("文件 " + name + " 不是有效的 zip 压缩包,或已损坏。", "The file " + name + " is no zip archive, or damaged.");
        }
        boolean done = false;
        try {
            requirePlain();
            done = true;
        } finally {
            if (!done) {
                zip.close();
            }
        }
    }

    private void requirePlain() {
        List<? extends ZipEntry> entries = Collections.list(zip.entries());
        if (entries.size() > MOST_ENTRIES) {
            throw new UnfitSourceException("压缩包 " + name + " 有 " + entries.size() + " 个条目,最多 " + MOST_ENTRIES + " 个。",
                    "The archive " + name + " has " + entries.size() + " entries, more than " + MOST_ENTRIES + ".");
        }
        Set<String> names = new HashSet<>();
        for (ZipEntry entry : entries) {
            String path = entry.getName();
            if (path.startsWith("/") || path.contains("\\") || path.contains("..") || path.contains(":") || path.indexOf('\0') >= 0) {
                throw new UnfitSourceException("压缩包 " + name + " 有越出目录的条目名,拒绝读取。",
                        "The archive " + name + " has an entry whose name leads out of it: it is not read.");
            }
            if (!names.add(path)) {
                throw new UnfitSourceException("压缩包 " + name + " 有重名条目。", "The archive " + name + " has two entries of one name.");
            }
        }
    }

    /** The names of its files at the top, folders and what lies in them left out. */
    List<String> names() {
        return Collections.list(zip.entries()).stream().map(ZipEntry::getName).filter(each -> !each.contains("/")).sorted().toList();
    }

    /** An entry's bytes; empty: there is none of that name. */
    Optional<InputStream> open(String entryName) throws IOException {
        ZipEntry entry = zip.getEntry(entryName);
        return entry == null ? Optional.empty() : Optional.of(new Bounded(zip.getInputStream(entry), Math.max(1, entry.getCompressedSize())));
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private final class Bounded extends FilterInputStream {
        private final long packed;
        private long read;

        Bounded(InputStream in, long packed) {
            super(in);
            this.packed = packed;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int more;
            try {
                more = super.read(into, from, length);
            } catch (ZipException broken) {
                throw new UnfitSourceException("压缩包 " + name + " 已损坏。", "The archive " + name + " is damaged.");
            }
            read += Math.max(more, 0);
            unpacked += Math.max(more, 0);
            if (unpacked > mostBytes || (read > 1 << 20 && read / packed > mostRatio)) {
                throw new UnfitSourceException("压缩包 " + name + " 解压后过大,疑似压缩炸弹,拒绝读取。",
                        "The archive " + name + " unpacks to more than it may: it is not read.");
            }
            return more;
        }
    }
}
