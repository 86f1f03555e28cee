package cn.jingshu.ledger.bundle;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a bundle consists of. Its text is what is signed; it is written in one way only.
 *
 * @param madeAt when the export was made
 * @param archiveSize bytes of the archive before the manifest
 * @param archiveSha256 over them, so that no byte of the archive is without a guard
 * @param files all other files, in the order of the archive
 */
public record Manifest(Months months, Instant madeAt, long archiveSize, String archiveSha256, List<File> files) {
    /** The file with the manifest, the last of the archive. */
    public static final String NAME = "manifest.txt";

    /** Files a bundle may have at most. */
    public static final int MOST_FILES = 200;

    private static final String FORM = "jingshu bundle 1";
    private static final Pattern FILE_NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,60}(\\.[a-z0-9-]{1,20}){1,2}");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern ARCHIVE = Pattern.compile("archive (0|[1-9][0-9]{0,17}) ([0-9a-f]{64})");
    private static final Pattern FILE =
            Pattern.compile("file ([^ ]{1,200}) (0|[1-9][0-9]{0,17}) ([0-9a-f]{64}) ([0-9a-f]{64})");

    /**
     * One file.
     *
     * @param size bytes, unpacked
     * @param sha256 64 hexadecimal digits
     * @param sm3 likewise
     */
    public record File(String name, long size, String sha256, String sm3) {
        public File {
            if (!isName(name) || size < 0 || !DIGEST.matcher(sha256).matches() || !DIGEST.matcher(sm3).matches()) {
                throw new IllegalArgumentException("not a file of a manifest: " + name);
            }
        }
    }

    public Manifest {
        files = List.copyOf(files);
        Set<String> names = new HashSet<>();
        for (File file : files) {
            if (!names.add(file.name()) || file.name().equals(NAME)) {
                throw new IllegalArgumentException("the manifest names " + file.name() + " twice");
            }
        }
        if (archiveSize < 0 || !DIGEST.matcher(archiveSha256).matches() || files.size() > MOST_FILES) {
            throw new IllegalArgumentException("not a manifest");
        }
    }

    /** Whether a file of a bundle may be called so: plain letters and digits, no folder, at most two endings. */
    public static boolean isName(String name) {
        return FILE_NAME.matcher(name).matches();
    }

    /** Reads {@link #toText}. @throws IllegalArgumentException if it is none, or written in another way */
    public static Manifest parse(String text) {
        List<String> lines = List.of(text.split("\n", -1));
        if (lines.size() < 5 || !lines.get(0).equals(FORM) || !lines.get(1).startsWith("made ")
                || !lines.get(2).startsWith("period ")) {
            throw new IllegalArgumentException("not a manifest of the form " + FORM);
        }
        Matcher archive = ARCHIVE.matcher(lines.get(3));
        if (!archive.matches()) {
            throw new IllegalArgumentException("the manifest's fourth line is not that of the archive");
        }
        List<File> files = new ArrayList<>();
        for (String line : lines.subList(4, lines.size() - 1)) {
            Matcher file = FILE.matcher(line);
            if (!file.matches()) {
                throw new IllegalArgumentException("not a line of a manifest: " + line);
            }
            files.add(new File(file.group(1), Long.parseLong(file.group(2)), file.group(3), file.group(4)));
        }
        try {
            Manifest manifest = new Manifest(Months.parse(lines.get(2).substring("period ".length())),
                    Instant.parse(lines.get(1).substring("made ".length())), Long.parseLong(archive.group(1)),
                    archive.group(2), files);
            if (!manifest.toText().equals(text)) {
                throw new IllegalArgumentException("a manifest is written in one way only");
            }
            return manifest;
        } catch (DateTimeException notATime) {
            throw new IllegalArgumentException("the manifest's time is none", notATime);
        }
    }

    public String toText() {
        StringBuilder text = new StringBuilder(FORM).append("\nmade ").append(madeAt).append("\nperiod ").append(months)
                .append("\narchive ").append(archiveSize).append(' ').append(archiveSha256).append('\n');
        for (File file : files) {
            text.append("file ").append(file.name()).append(' ').append(file.size()).append(' ').append(file.sha256())
                    .append(' ').append(file.sm3()).append('\n');
        }
        return text.toString();
    }
}
