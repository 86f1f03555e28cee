package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.bundle.Digests;
import cn.jingshu.ledger.bundle.Manifest;
import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.seal.KeySet;
import cn.jingshu.ledger.seal.SealKey;
import cn.jingshu.ledger.seal.SignedNote;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a bundle: reads it and nothing else.
 *
 * @param checkpoints of the log that the reader kept: the bundle's log has to go on from them
 * @param keys whose signature counts, and that of keys they handed over to; none: any signature is taken as somebody's, and the verdict says so
 */
public record Verifier(List<SealKey> keys, List<SignedNote> checkpoints) {
    private static final int LARGEST_MANIFEST = 1 << 20;
    private static final int BUFFER = 1 << 16;

    public Verifier {
        keys = List.copyOf(keys);
        checkpoints = List.copyOf(checkpoints);
    }

    public Verifier(List<SealKey> keys) {
        this(keys, List.of());
    }

    /**
     * All checks; whatever one finds does not keep the others from looking.
     *
     * @throws IOException if the file itself cannot be read
     */
    public Report verify(Path file) throws IOException {
        Report report = new Report();
        try (BundleArchive archive = BundleArchive.open(file)) {
            BundleTables tables = new BundleTables(archive, report);
            List<KeySet> sets = tables.has(Table.KEY_SETS) ? LogChecks.keySets(tables, report) : List.of();
            @Nullable Manifest manifest = manifest(archive, sets, report);
            if (manifest != null) {
                report.looked(Check.ARCHIVE, archive.names().size());
                digests(archive, manifest, report);
                BookChecks books = new BookChecks(tables, manifest.months(), report);
                books.run();
                UsageSums usage = new UsageSums(tables, manifest.months(), report);
                new LogChecks(tables, manifest.months(), books, usage, checkpoints, report).run(sets);
                ChargeChecks charges = new ChargeChecks(tables, manifest.months(), books, usage, report);
                charges.run();
                charges.settled(books.settled());
                new DocumentChecks(tables, manifest.months(), books, charges.rates(), report).run();
                new ShareChecks(tables, books, report).run();
            }
        } catch (BundleRefusedException refused) {
            report.wrong(Check.ARCHIVE, file.getFileName().toString(), refused.zh(), String.valueOf(refused.getMessage()));
        }
        return report;
    }

    private @Nullable Manifest manifest(BundleArchive archive, List<KeySet> sets, Report report) throws IOException {
        if (!archive.names().contains(Manifest.NAME)) {
            report.wrong(Check.ARCHIVE, Manifest.NAME, "缺少清单", "there is no manifest");
            return null;
        }
        if (!archive.names().getLast().equals(Manifest.NAME)) {
            report.wrong(Check.ARCHIVE, Manifest.NAME, "清单不是最后一个文件", "the manifest is not the last file");
        }
        byte[] bytes;
        try (InputStream in = archive.read(Manifest.NAME)) {
            bytes = in.readNBytes(LARGEST_MANIFEST + 1);
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        try {
            if (bytes.length > LARGEST_MANIFEST) {
                throw new IllegalArgumentException("longer than " + LARGEST_MANIFEST + " bytes");
            }
            if (!text.contains("\n\n")) {
                Manifest manifest = Manifest.parse(text);
                report.wrong(Check.SIGNATURE, Manifest.NAME, "没有签名", "it is not signed");
                return manifest;
            }
            SignedNote note = SignedNote.parse(text);
            signature(note, sets, report);
            return Manifest.parse(note.text());
        } catch (IllegalArgumentException malformed) {
            report.wrong(Check.ARCHIVE, Manifest.NAME, "清单无法理解:" + malformed.getMessage(),
                    "the manifest makes no sense: " + malformed.getMessage());
            return null;
        }
    }

    /** A key counts that the reader named, or that a named one handed over to in the bundle's own history of keys. */
    private void signature(SignedNote note, List<KeySet> sets, Report report) {
        String signers = note.signatures().stream()
                .map(line -> line.name() + "+" + HexFormat.of().formatHex(line.keyId()))
                .collect(Collectors.joining(", "));
        Set<SealKey> counting = new HashSet<>(keys);
        boolean follows = false;
        for (KeySet set : sets) {
            // From the first set with a named key on: each is signed by all keys of the set before it, or it would be no history. A set in place of
            // lost keys was signed by none before it: trust in those does not reach it.
            if (set.lost() != null) {
                follows = false;
                report.notChecked(Check.SIGNATURE, "第 " + set.number() + " 组公钥因前一组遗失而启用(" + set.lost() + "),未经其签署:须另行取得并用 --key 指明",
                        "keys " + set.number() + " replace lost ones (" + set.lost() + ") and are not signed by them: get them by another way and name them with --key");
            }
            follows = follows || set.keys().stream().anyMatch(keys::contains);
            if (follows) {
                counting.addAll(set.keys());
            }
        }
        Set<SealKey> known = new HashSet<>(counting);
        sets.forEach(set -> known.addAll(set.keys()));
        report.looked(Check.SIGNATURE, note.signatures().size());
        for (SignedNote.Line line : note.signatures()) {
            // Each has to be somebody's and right: one that cannot be checked would be a place for anything.
            boolean right = known.stream().anyMatch(key -> key.name().equals(line.name()) && note.isSignedBy(key)
                    && key.toVkey().contains("+" + HexFormat.of().formatHex(line.keyId()) + "+"));
            if (!right && !(known.isEmpty() && keys.isEmpty())) {
                report.wrong(Check.SIGNATURE, Manifest.NAME, "签名不成立,或其密钥不为所知:" + line.name(),
                        "a signature that is wrong, or of a key that is not known: " + line.name());
            }
        }
        if (keys.isEmpty()) {
            report.notChecked(Check.SIGNATURE, "未用 --key 给出公钥;清单自称由 " + signers + " 签署",
                    "no public key was given with --key; the manifest says it is signed by " + signers);
        } else if (counting.stream().anyMatch(note::isSignedBy)) {
            report.signerIsKnown();
        } else {
            report.wrong(Check.SIGNATURE, Manifest.NAME, "没有所指定密钥的有效签名;清单自称由 " + signers + " 签署",
                    "no valid signature by a key you named; it says it is signed by " + signers);
        }
    }

    private static void digests(BundleArchive archive, Manifest manifest, Report report) throws IOException {
        long before = archive.bytesBefore(Manifest.NAME);
        if (before != manifest.archiveSize() || !archive.sha256OfFirst(before).equals(manifest.archiveSha256())) {
            report.wrong(Check.ARCHIVE, Manifest.NAME, "文件包的字节与清单所记不同", "the bytes of the archive are not those the manifest speaks of");
        }
        List<String> found = new ArrayList<>(archive.names());
        found.remove(Manifest.NAME);
        Set<String> listed = new HashSet<>();
        for (Manifest.File file : manifest.files()) {
            listed.add(file.name());
            report.looked(Check.DIGESTS, 1);
            if (!found.contains(file.name())) {
                report.wrong(Check.DIGESTS, file.name(), "文件缺失", "the file is missing");
            } else {
                digest(archive, file, report);
            }
        }
        for (String name : found) {
            if (!listed.contains(name)) {
                report.wrong(Check.DIGESTS, name, "清单之外多出的文件", "a file the manifest does not list");
            }
        }
        boolean market = Arrays.stream(Table.values()).anyMatch(table -> !table.isOfTheBooks() && listed.contains(table.file()));
        int form = Arrays.stream(Table.values()).filter(table -> listed.contains(table.file())).mapToInt(Table::form).max().orElse(1);
        for (Table table : Table.values()) {
            if ((market || table.isOfTheBooks()) && table.form() <= form && !listed.contains(table.file())) {
                report.wrong(Check.DIGESTS, table.file(), "清单缺少此表", "the manifest lacks this table");
            }
        }
        if (market && form < 2) {
            for (Check check : List.of(Check.DOCUMENTS, Check.SHARES)) {
                report.notChecked(check, "此包由较早的版本写出,不含分成比例与账单原文", "an earlier build wrote the bundle: it holds no shares and no texts of statements");
            }
        }
        if (!market) {
            report.notChecked(Check.STATEMENTS, "包内只有账簿,没有价格、用量、账单与分成",
                    "the bundle holds the books alone, without prices, usage, bills and shares");
        }
    }

    private static void digest(BundleArchive archive, Manifest.File file, Report report) {
        Digests digests = new Digests();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = archive.read(file.name())) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digests.update(buffer, 0, count);
            }
        } catch (IOException damaged) {
            report.wrong(Check.DIGESTS, file.name(), "无法解压:" + damaged.getMessage(), "cannot be unpacked: " + damaged.getMessage());
            return;
        }
        Manifest.File computed = digests.of(file.name());
        if (!computed.equals(file)) {
            String what = computed.size() != file.size() ? "size " + computed.size() + " / " + file.size()
                    : !computed.sha256().equals(file.sha256()) ? "SHA-256" : "SM3";
            report.wrong(Check.DIGESTS, file.name(), "与清单不同:" + what, "not what the manifest lists: " + what);
        }
    }
}
