package cn.jingshu.products.efficacy;

import cn.jingshu.products.efficacy.v1.EfficacyProto;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What a reader needs to repeat an analysis: protocol, versions, parameters, the aggregates it rests on and the results, each
 * section with its SHA-256. The same sections make the same bytes.
 */
final class AnalysisPackage {
    /** Version of the methods; a change of a number in any result makes a new one. */
    static final String METHODS_VERSION = "1.0.0";

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).enable(SerializationFeature.INDENT_OUTPUT);
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().alwaysPrintFieldsWithNoPresence();

    private AnalysisPackage() {}

    static ObjectNode section() {
        return JSON.createObjectNode();
    }

    static JsonNode of(Message message) {
        try {
            return JSON.readTree(PRINTER.print(message));
        } catch (InvalidProtocolBufferException | JsonProcessingException broken) {
            throw new IllegalStateException("a message of the contract cannot be written as JSON", broken);
        }
    }

    /** The package as JSON text, its sections by name, each with its digest. */
    static String text(Map<String, JsonNode> sections) {
        ObjectNode whole = JSON.createObjectNode();
        whole.put("package", "jingshu-efficacy-analysis");
        whole.put("form", 1);
        ObjectNode digests = JSON.createObjectNode();
        new TreeMap<>(sections).forEach((name, section) -> {
            whole.set(name, section);
            digests.put(name, sha256(write(section).getBytes(StandardCharsets.UTF_8)));
        });
        whole.set("digests", digests);
        return write(whole);
    }

    /** The same as a ZIP: a file for each section, and {@code manifest.json} with their digests. */
    static byte[] zip(String text) {
        try (var bytes = new ByteArrayOutputStream(); var zip = new ZipOutputStream(bytes)) {
            JsonNode whole = JSON.readTree(text);
            for (Map.Entry<String, JsonNode> section : whole.properties()) {
                if (section.getValue().isObject() && !section.getKey().equals("digests")) {
                    entry(zip, section.getKey() + ".json", section.getValue());
                }
            }
            ObjectNode manifest = JSON.createObjectNode();
            manifest.set("package", whole.path("package"));
            manifest.set("form", whole.path("form"));
            ObjectNode files = manifest.putObject("sha256");
            whole.path("digests").properties().forEach(digest -> files.set(digest.getKey() + ".json", digest.getValue()));
            entry(zip, "manifest.json", manifest);
            zip.finish();
            return bytes.toByteArray();
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
    }

    private static void entry(ZipOutputStream zip, String name, JsonNode content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0)); // the same bytes whenever it is asked for
        zip.putNextEntry(entry);
        zip.write(write(content).getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    private static String write(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException broken) {
            throw new IllegalStateException("a tree of JSON cannot be written", broken);
        }
    }

    /** The versions behind every result: of the methods, and of the contract by the digest of its descriptor. */
    static ObjectNode versions() {
        ObjectNode versions = section();
        versions.put("methods", METHODS_VERSION);
        versions.put("contractSha256", sha256(EfficacyProto.getDescriptor().toProto().toByteArray()));
        ObjectNode cited = versions.putObject("citations");
        cited.put("newUsers", "Ray 2003, Am J Epidemiol 158:915");
        cited.put("signals", "DuMouchel 1999, Am Stat 53:177; Evans et al. 2001, Pharmacoepidemiol Drug Saf 10:483; "
                + "Norén et al. 2013, Stat Methods Med Res 22:57; Zorych et al. 2013, Stat Methods Med Res 22:39");
        cited.put("survival", "Kaplan, Meier 1958, JASA 53:457; Mantel 1966, Cancer Chemother Rep 50:163; Cox 1972, J R Stat Soc B 34:187; "
                + "Efron 1977, JASA 72:557");
        cited.put("comparison", "Rosenbaum, Rubin 1983, Biometrika 70:41; Austin 2011, Pharm Stat 10:150; Lunceford, Davidian 2004, Stat Med 23:2937");
        return versions;
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java has SHA-256", absent);
        }
    }
}
