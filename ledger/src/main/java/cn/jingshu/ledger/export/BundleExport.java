package cn.jingshu.ledger.export;

import cn.jingshu.ledger.Transaction;
import cn.jingshu.ledger.bundle.Digests;
import cn.jingshu.ledger.bundle.Manifest;
import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.seal.Sealer;
import cn.jingshu.ledger.seal.SignedNote;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.sql.DataSource;

/**
 * Writes all files of an export as one archive with a signed manifest, as one unchanging view of the books, in constant memory. The
 * archive appears under its name whole or not at all: it is written beside it, forced to the disk and then renamed.
 */
public final class BundleExport {
    /** Of every file in the archive, so that the same books give the same bytes; earlier ones would be written with their zone. */
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

    /** The plain archive form counts bytes in 32 bits. */
    private static final long LARGEST = 0xFFFF_0000L;

    private static final String COUNT_ENTRIES = """
            SELECT CAST(coalesce(sum(last_number), 0) AS bigint) AS entries FROM ledger.period WHERE period >= ? AND period <= ?
            """;
    private static final int BUFFER = 1 << 16;

    private final DataSource dataSource;
    private final List<ExportFile> files;
    private final List<Sealer> sealers;
    private final Clock clock;

    /**
     * @param files in the order of the archive
     * @param sealers who sign the manifest; none: it is not signed
     */
    public BundleExport(DataSource dataSource, List<? extends ExportFile> files, List<Sealer> sealers, Clock clock) {
        this.dataSource = dataSource;
        this.files = List.copyOf(files);
        this.sealers = List.copyOf(sealers);
        this.clock = clock;
    }

    /** The files that can be had one by one, in the order of the archive. */
    public List<ExportFile> files() {
        return files;
    }

    /** How many entries the books have in these months, for whoever shows how far an export has come. */
    public long countEntries(Months months) {
        return Transaction.read(dataSource, connection -> {
            try (PreparedStatement count = connection.prepareStatement(COUNT_ENTRIES)) {
                count.setObject(1, months.from().atDay(1));
                count.setObject(2, months.through().atDay(1));
                try (ResultSet row = count.executeQuery()) {
                    row.next();
                    return row.getLong("entries");
                }
            }
        });
    }

    /** Writes one file of the export by itself; {@code out} is left open. */
    public void write(ExportFile file, Months months, OutputStream out, ExportProgress progress) throws IOException {
        inView(months, progress, view -> file.write(view, out));
    }

    /**
     * Writes the bundle.
     *
     * @param to replaced if it is there
     * @throws IOException if it cannot be written; whatever was at {@code to} is then still there
     */
    public Manifest write(Months months, Path to, ExportProgress progress) throws IOException {
        Path folder = to.toAbsolutePath().getParent();
        Path beside = Files.createTempFile(folder, "." + to.getFileName() + ".", ".part");
        try {
            List<Manifest> made = new ArrayList<>();
            try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
                inView(months, progress, view -> made.add(write(view, out)));
                out.flush();
                channel.force(true);
            }
            Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
            return made.getFirst();
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private interface Work {
        void run(ExportView view) throws SQLException, IOException;
    }

    private void inView(Months months, ExportProgress progress, Work work) throws IOException {
        try {
            Transaction.<Boolean>read(dataSource, connection -> {
                try {
                    work.run(new ExportView(connection, months, clock.instant().truncatedTo(ChronoUnit.MICROS), progress));
                    return true;
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    private Manifest write(ExportView view, OutputStream out) throws SQLException, IOException {
        Counted archive = new Counted(out);
        List<Manifest.File> written = new ArrayList<>();
        ZipOutputStream zip = new ZipOutputStream(archive, StandardCharsets.UTF_8);
        for (ExportFile file : files) {
            view.progress().fileBegins(file.name(), written.size() + 1, files.size());
            ZipEntry entry = new ZipEntry(file.name());
            entry.setTimeLocal(NO_TIME);
            zip.putNextEntry(entry);
            Digested digested = new Digested(zip);
            file.write(view, digested);
            zip.closeEntry();
            written.add(digested.of(file.name()));
            if (archive.size > LARGEST) {
                throw new IOException("the bundle grows beyond 4 GiB: export a shorter period");
            }
        }
        Manifest manifest = new Manifest(view.months(), view.madeAt(), archive.size,
                HexFormat.of().formatHex(archive.sha256.digest()), written);
        String text = manifest.toText();
        store(zip, (sealers.isEmpty() ? text : SignedNote.sign(text, sealers).toString()).getBytes(StandardCharsets.UTF_8));
        zip.finish();
        return manifest;
    }

    /** Not packed, so that each of its bytes is its own. */
    private static void store(ZipOutputStream zip, byte[] manifest) throws IOException {
        ZipEntry entry = new ZipEntry(Manifest.NAME);
        entry.setTimeLocal(NO_TIME);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(manifest.length);
        CRC32 crc = new CRC32();
        crc.update(manifest);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(manifest);
        zip.closeEntry();
    }

    /** The archive with its size and digest so far. */
    private static final class Counted extends FilterOutputStream {
        private final MessageDigest sha256 = Digests.sha256();
        private long size;

        Counted(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int single) throws IOException {
            out.write(single);
            sha256.update((byte) single);
            size++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            sha256.update(bytes, offset, length);
            size += length;
        }
    }

    /** One file of the archive with its digests; closing it ends nothing. */
    private static final class Digested extends OutputStream {
        private final OutputStream out;
        private final Digests digests = new Digests();

        Digested(OutputStream out) {
            this.out = out;
        }

        Manifest.File of(String name) {
            return digests.of(name);
        }

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            digests.update(bytes, offset, length);
        }
    }
}
