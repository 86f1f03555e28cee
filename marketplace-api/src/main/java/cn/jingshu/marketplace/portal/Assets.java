package cn.jingshu.marketplace.portal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The files a page loads: the portal's own and those of its web jars, all from the class path. Each is named by the
 * digest of its content, so a browser may keep it for ever.
 */
public final class Assets {
    /** Folder on the class path for each first path segment that is served; nothing else can be reached. */
    private static final Map<String, String> FOLDERS = Map.of(
            "css", "/portal/css/",
            "js", "/portal/js/",
            "icons", "/portal/icons/",
            "htmx", "/META-INF/resources/webjars/htmx.org/2.0.10/dist/",
            "uplot", "/META-INF/resources/webjars/uplot/1.6.30/dist/",
            "swagger-ui", "/META-INF/resources/webjars/swagger-ui/5.34.1/");

    private static final Pattern PATH = Pattern.compile("([a-z-]+)/([A-Za-z0-9._-]+)");
    private static final int DIGEST_CHARACTERS = 16;

    private final Map<String, Optional<Asset>> known = new ConcurrentHashMap<>();

    /** One file. Not a record, because its content is an array. */
    public static final class Asset {
        private final byte[] content;
        private final String contentType;
        private final String digest;

        private Asset(byte[] content, String contentType, String digest) {
            this.content = content;
            this.contentType = contentType;
            this.digest = digest;
        }

        /** A copy of its content. */
        public byte[] content() {
            return content.clone();
        }

        /** As in {@code Content-Type}. */
        public String contentType() {
            return contentType;
        }

        /** The first 16 hex digits of the content's SHA-256. */
        public String digest() {
            return digest;
        }
    }

    /** The address of {@code path}, for instance {@code css/portal.css}, with the digest of what it now holds. */
    public String href(String path) {
        Asset asset = find(path).orElseThrow(() -> new IllegalArgumentException("no asset " + path));
        return Links.ASSETS + asset.digest() + "/" + path;
    }

    /** The file at {@code path}; empty: there is none, or the path leaves the folders that are served. */
    public Optional<Asset> find(String path) {
        var parts = PATH.matcher(path);
        if (!parts.matches() || path.contains("..")) {
            return Optional.empty();
        }
        String folder = FOLDERS.get(parts.group(1));
        if (folder == null) {
            return Optional.empty();
        }
        String resource = folder + parts.group(2);
        Optional<Asset> cached = known.get(path);
        if (cached != null) {
            return cached;
        }
        Optional<Asset> read = read(resource);
        if (read.isPresent()) {
            known.put(path, read); // only what exists is kept, so a stranger's paths cannot fill memory
        }
        return read;
    }

    private static Optional<Asset> read(String resource) {
        try (InputStream in = Assets.class.getResourceAsStream(resource)) {
            if (in == null) {
                return Optional.empty();
            }
            byte[] bytes = in.readAllBytes();
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes))
                    .substring(0, DIGEST_CHARACTERS);
            return Optional.of(new Asset(bytes, contentType(resource), digest));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String contentType(String resource) {
        String ending = resource.substring(resource.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return switch (ending) {
            case "css" -> "text/css; charset=utf-8";
            case "js", "mjs" -> "text/javascript; charset=utf-8";
            case "svg" -> "image/svg+xml";
            case "png" -> "image/png";
            case "json", "map" -> "application/json";
            default -> "application/octet-stream";
        };
    }
}
