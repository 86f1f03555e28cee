package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.bundle.Digests;
import cn.jingshu.ledger.bundle.Manifest;
import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.seal.SealKey;
import cn.jingshu.ledger.seal.Sealer;
import cn.jingshu.ledger.seal.SignedNote;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * The tables of a bundle that an earlier build wrote, kept as {@code bundles/bundle-1.zip} and never written anew, and of one with all tables of the third
 * form ({@code bundle-3.zip}): two months of {@link ExampleBundle}'s books. What an auditor holds today has to be verified by every later build. Changed copies are signed by a
 * key of the tests, so that only the books themselves can tell; no database is needed.
 */
final class KeptBundle {
    static final Months MONTHS = Months.parse("2026-10..2026-11");

    /** Signs the changed copies. */
    static final Sealer SEALER = Sealer.newEd25519("auditor.example/tests");

    private final Map<String, byte[]> files;

    private KeptBundle(Map<String, byte[]> files) {
        this.files = files;
    }

    /** The bundle as it was written. */
    static byte[] original() throws IOException {
        return original(1);
    }

    static byte[] original(int form) throws IOException {
        try (InputStream in = KeptBundle.class.getResourceAsStream("/bundles/bundle-" + form + ".zip")) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }

    /** The key that signed it. */
    static SealKey key() throws IOException {
        return key(1);
    }

    static SealKey key(int form) throws IOException {
        try (InputStream in = KeptBundle.class.getResourceAsStream("/bundles/bundle-" + form + ".key")) {
            return SealKey.ofVkey(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8).strip());
        }
    }

    static KeptBundle read() throws IOException {
        return read(1);
    }

    static KeptBundle read(int form) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(original(form)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.getName().equals(Manifest.NAME)) {
                    files.put(entry.getName(), zip.readAllBytes());
                }
            }
        }
        return new KeptBundle(files);
    }

    /** The files of the bundle but for the manifest, in their order. */
    Map<String, byte[]> files() {
        return files;
    }

    /** A copy with another file, or with another content of one. */
    KeptBundle with(String name, byte[] content) {
        Map<String, byte[]> changed = new LinkedHashMap<>(files);
        changed.put(name, content);
        return new KeptBundle(changed);
    }

    KeptBundle without(String name) {
        Map<String, byte[]> changed = new LinkedHashMap<>(files);
        changed.remove(name);
        return new KeptBundle(changed);
    }

    /** The rows of a table, the names of its columns first. */
    List<List<String>> rows(Table table) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        rows.add(table.columns().stream().map(Table.Column::name).toList());
        try (TableReader reader = new TableReader(table, new ByteArrayInputStream(Objects.requireNonNull(files.get(table.file()))))) {
            for (TableReader.Row row = reader.next(); row != null; row = reader.next()) {
                rows.add(row.cells());
            }
        }
        return rows;
    }

    /** A copy with other rows. */
    KeptBundle with(Table table, Consumer<List<List<String>>> change) throws IOException {
        List<List<String>> rows = rows(table);
        change.accept(rows);
        return with(table.file(), rows.stream()
                .map(row -> row.stream().map(cell -> '"' + cell.replace("\"", "\"\"") + '"').collect(Collectors.joining(",", "", "\r\n")))
                .collect(Collectors.joining()).getBytes(StandardCharsets.UTF_8));
    }

    /** A copy with another cell; row 1 is the first behind the names. */
    KeptBundle with(Table table, int row, String column, String value) throws IOException {
        return with(table, rows -> {
            List<String> cells = new ArrayList<>(rows.get(row));
            cells.set(table.indexOf(column), value);
            rows.set(row, cells);
        });
    }

    String cell(Table table, int row, String column) throws IOException {
        return rows(table).get(row).get(table.indexOf(column));
    }

    /** What a reader who trusts the tests' key is told. */
    Report verify(Path folder) throws IOException {
        return new Verifier(List.of(SEALER.key())).verify(write(folder, List.of(SEALER)));
    }

    Path write(Path folder, List<Sealer> by) throws IOException {
        return write(folder, by, files.entrySet().stream().map(each -> listed(each.getKey(), each.getValue())).toList());
    }

    static Manifest.File listed(String name, byte[] content) {
        Digests digests = new Digests();
        digests.update(content, 0, content.length);
        return digests.of(name);
    }

    /** An archive in the right form whose manifest lists whatever one likes. */
    Path write(Path folder, List<Sealer> by, List<Manifest.File> listed) throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        ZipOutputStream zip = new ZipOutputStream(archive);
        for (Map.Entry<String, byte[]> each : files.entrySet()) {
            zip.putNextEntry(entry(each.getKey()));
            zip.write(each.getValue());
            zip.closeEntry();
        }
        byte[] before = archive.toByteArray();
        String text = new Manifest(MONTHS, Instant.EPOCH, before.length,
                HexFormat.of().formatHex(Digests.sha256().digest(before)), listed).toText();
        stored(zip, Manifest.NAME, (by.isEmpty() ? text : SignedNote.sign(text, by).toString()).getBytes(StandardCharsets.UTF_8));
        zip.finish();
        return Files.write(folder.resolve("kept.zip"), archive.toByteArray());
    }

    static void stored(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = entry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private static ZipEntry entry(String name) {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(LocalDateTime.of(1980, 2, 1, 0, 0));
        return entry;
    }
}
