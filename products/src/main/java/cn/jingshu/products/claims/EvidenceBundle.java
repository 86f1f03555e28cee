package cn.jingshu.products.claims;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * A case as a file that can be checked on a desk: {@code case.json} with all its events, {@code manifest.json} with the digests of
 * that, {@code manifest.sig} with the signature over the manifest, {@code VERIFY.txt}. The same case gives the same bytes.
 */
final class EvidenceBundle {
    private static final String CASE = "case.json";
    private static final String MANIFEST = "manifest.json";
    private static final String SIGNATURE = "manifest.sig";
    private static final String HOW_TO = "VERIFY.txt";
    private static final int MOST_BYTES = 8 << 20;
    private static final String VERIFY = """
            理赔调查证据包 / Evidence bundle of a claims investigation

            1. manifest.sig 是对 manifest.json 全部字节的 Ed25519 (RFC 8032) 签名 (Base64);公钥以产品接口 GetEvidenceKey 公布的为准。
               manifest.sig is the Ed25519 signature over the bytes of manifest.json; take the public key from the operation GetEvidenceKey.
            2. manifest.json 载有 case.json 的 SHA-256 与 SM3 摘要。
               manifest.json holds the SHA-256 and SM3 digests of case.json.
            3. case.json 中每个事件的摘要 = 摘要(前一事件摘要 + LF + 序号 + LF + 时刻 + LF + 种类 + LF + 正文),首个事件之前为空。
               The digest of an event is that of: digest of the one before (empty for the first), LF, number, LF, moment, LF, kind, LF, body.
            程序 / program: cn.jingshu.products.claims.VerifyBundleMain BUNDLE PUBLIC_KEY
            """;

    private EvidenceBundle() {}

    /** What checking a bundle gives. */
    sealed interface Check {
        /** Everything holds. */
        record Sound(UUID caseId, CaseFile file, List<CaseEvent> events) implements Check {
            public Sound {
                events = List.copyOf(events);
            }
        }

        /** Something does not, in a sentence. */
        record Broken(String why) implements Check {}
    }

    static byte[] of(UUID caseId, List<CaseEvent> events, EvidenceKey key) {
        byte[] document = CanonicalJson.of(Map.of("case_id", caseId.toString(), "events", events.stream().map(EvidenceBundle::event).toList()))
                .getBytes(StandardCharsets.UTF_8);
        byte[] manifest = CanonicalJson.of(Map.of(
                "bundle", "jingshu-claims-evidence", "format", 1, "case_id", caseId.toString(), "version", events.getLast().number(),
                "key_id", key.id(), "files", List.of(new TreeMap<>(Map.of("name", CASE, "bytes", document.length,
                        "sha256", Digests.sha256(document), "sm3", Digests.sm3(document)))))).getBytes(StandardCharsets.UTF_8);
        try (var out = new ByteArrayOutputStream(); var zip = new ZipOutputStream(out)) {
            put(zip, CASE, document);
            put(zip, MANIFEST, manifest);
            put(zip, SIGNATURE, key.sign(manifest).getBytes(StandardCharsets.US_ASCII));
            put(zip, HOW_TO, VERIFY.getBytes(StandardCharsets.UTF_8));
            zip.finish();
            return out.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory does not fail to be written to", impossible);
        }
    }

    private static Map<String, Object> event(CaseEvent event) {
        return Map.of("number", event.number(), "at", event.at().toString(), "kind", event.kind().name(), "body", event.body(),
                "sha256", event.sha256(), "sm3", event.sm3());
    }

    /** Stored, not compressed, and without a time of its own: bytes that depend on nothing but the content. */
    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var entry = new ZipEntry(name);
        var crc = new CRC32();
        crc.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** Checks signature, digests, chain and history. */
    static Check check(byte[] bundle, String publicKey) {
        try {
            Map<String, byte[]> files = files(bundle);
            if (!files.keySet().equals(Set.of(CASE, MANIFEST, SIGNATURE, HOW_TO))) {
                return new Check.Broken("the bundle does not hold exactly its four files");
            }
            byte[] manifest = content(files, MANIFEST);
            byte[] document = content(files, CASE);
            if (!EvidenceKey.verify(publicKey, manifest, new String(content(files, SIGNATURE), StandardCharsets.US_ASCII).strip())) {
                return new Check.Broken("the signature is not that of this key over the manifest");
            }
            Map<String, Object> stated = CanonicalJson.parse(new String(manifest, StandardCharsets.UTF_8));
            Object listed = List.of(Map.of("name", CASE, "bytes", document.length, "sha256", Digests.sha256(document), "sm3", Digests.sm3(document)));
            if (!listed.equals(stated.get("files"))) {
                return new Check.Broken("the case is not the one the manifest was made for");
            }
            Map<String, Object> body = CanonicalJson.parse(new String(document, StandardCharsets.UTF_8));
            List<CaseEvent> events = events(body);
            CaseFile file = CaseFile.of(events);
            return new Check.Sound(UUID.fromString(String.valueOf(body.get("case_id"))), file, events);
        } catch (IOException | IllegalArgumentException | IllegalStateException | DateTimeParseException | ClassCastException | NullPointerException broken) {
            return new Check.Broken("the bundle is broken: " + broken.getMessage());
        }
    }

    private static byte[] content(Map<String, byte[]> files, String name) {
        return Objects.requireNonNull(files.get(name));
    }

    private static List<CaseEvent> events(Map<String, Object> body) {
        List<CaseEvent> events = new ArrayList<>();
        for (Object entry : (List<?>) Objects.requireNonNull(body.get("events"))) {
            Map<?, ?> e = (Map<?, ?>) Objects.requireNonNull(entry);
            events.add(new CaseEvent((Integer) Objects.requireNonNull(e.get("number")), Instant.parse(text(e, "at")),
                    CaseEvent.Kind.valueOf(text(e, "kind")), text(e, "body"), text(e, "sha256"), text(e, "sm3")));
        }
        return events;
    }

    private static String text(Map<?, ?> values, String name) {
        return (String) Objects.requireNonNull(values.get(name));
    }

    private static Map<String, byte[]> files(byte[] bundle) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (var zip = new ZipInputStream(new ByteArrayInputStream(bundle))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                byte[] content = zip.readNBytes(MOST_BYTES + 1);
                if (content.length > MOST_BYTES || files.size() > 8 || files.put(entry.getName(), content) != null) {
                    throw new IOException("a file too many or too large");
                }
            }
        }
        return files;
    }
}
