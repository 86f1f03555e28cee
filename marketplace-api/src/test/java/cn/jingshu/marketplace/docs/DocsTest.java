package cn.jingshu.marketplace.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every Markdown file of the repository: where it points exists, and it speaks of no machine it was written on. */
class DocsTest {
    /** The module is the working directory of its tests. */
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Set<String> NOT_OURS = Set.of("target", "node_modules", "data");

    /** {@code [text](target)} and {@code ![text](target)}, a title left out. */
    private static final Pattern LINK = Pattern.compile("\\]\\(\\s*<?([^)\\s>]+)>?[^)]*\\)");

    private static final Pattern ELSEWHERE = Pattern.compile("^[a-z][a-z0-9+.-]*:.*");

    /** Paths of a machine, and hosts packages are fetched from: a reader has other ones. */
    private static final Pattern MACHINE = Pattern.compile(
            "(?<![\\w./-])/(work|root)(/|\\b)|repo1?\\.maven\\.(org|apache)|repo\\.maven\\.apache|maven\\.aliyun"
                    + "|registry\\.npmjs|pypi\\.org|files\\.pythonhosted|proxy\\.golang|artifactory|nexus\\.");

    @Test
    void everyRelativeLinkResolves() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(withoutCode(Files.readString(document)));
            while (link.find()) {
                String target = link.group(1);
                if (ELSEWHERE.matcher(target).matches() || target.startsWith("#")) {
                    continue;
                }
                String file = URLDecoder.decode(target.replaceFirst("[#?].*$", ""), StandardCharsets.UTF_8);
                Path pointed = folderOf(document).resolve(file).normalize();
                if (!pointed.startsWith(ROOT) || !Files.exists(pointed)) {
                    broken.add(ROOT.relativize(document) + " -> " + target);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyHeadingPointedAtExists() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(withoutCode(Files.readString(document)));
            while (link.find()) {
                String target = link.group(1);
                int anchor = target.indexOf('#');
                if (ELSEWHERE.matcher(target).matches() || anchor < 0) {
                    continue;
                }
                Path pointed = anchor == 0 ? document : folderOf(document).resolve(target.substring(0, anchor)).normalize();
                if (Files.isRegularFile(pointed) && !anchors(Files.readString(pointed)).contains(target.substring(anchor + 1))) {
                    broken.add(ROOT.relativize(document) + " -> " + target);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void noDocumentNamesTheMachineItWasWrittenOn() throws IOException {
        List<String> named = new ArrayList<>();
        for (Path document : documents()) {
            int number = 0;
            for (String line : Files.readAllLines(document)) {
                number++;
                Matcher found = MACHINE.matcher(line);
                if (found.find()) {
                    named.add(ROOT.relativize(document) + ":" + number + ": " + found.group());
                }
            }
        }
        assertThat(named).isEmpty();
    }

    @Test
    void theWaysIntoTheRepositoryAreThere() throws IOException {
        assertThat(documents().stream().map(document -> ROOT.relativize(document).toString()))
                .contains("README.md", "README.zh-CN.md", "CHANGELOG.md", "docs/README.md", "docs/architecture.md");
        assertThat(ROOT.resolve("LICENSE")).exists();
        assertThat(ROOT.resolve("NOTICE")).exists();
    }

    /** GitHub's anchors of the headings: lower case, punctuation gone, spaces as hyphens. */
    private static List<String> anchors(String text) {
        return withoutCode(text).lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+\\s*", "").toLowerCase(java.util.Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .toList();
    }

    private static String withoutCode(String text) {
        return text.replaceAll("(?s)```.*?```", "").replaceAll("`[^`\\n]*`", "");
    }

    private static Path folderOf(Path file) {
        Path folder = file.getParent();
        return folder == null ? ROOT : folder;
    }

    private static List<Path> documents() throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.equals(ROOT) ? "" : String.valueOf(folder.getFileName());
                return NOT_OURS.contains(name) || name.startsWith(".")
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".md")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        found.sort(null);
        assertThat(found).as("documents below " + ROOT).isNotEmpty();
        return found;
    }
}
