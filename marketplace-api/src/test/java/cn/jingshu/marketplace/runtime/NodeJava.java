package cn.jingshu.marketplace.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a node that is a process of its own runs from.
 *
 * @param options of Java, before those of the test
 */
public record NodeJava(String classPath, List<String> options) {
    /** The modules whose classes the node runs, beside this one. */
    private static final List<String> MODULES = List.of("ledger", "metering", "products");

    public NodeJava {
        options = List.copyOf(options);
    }

    /**
     * The jars the build has made, as the launcher starts them, with the cache of classes it made of them: a start takes half the processor's time.
     * Where they are not made, or are older than the classes under test, the test's own class path, which no cache serves.
     */
    public static NodeJava usual() {
        return built().orElseGet(NodeJava::ofClasses);
    }

    /** The class path of this test. */
    public static NodeJava ofClasses() {
        return new NodeJava(System.getProperty("java.class.path"), List.of());
    }

    private static Optional<NodeJava> built() {
        try {
            Path target = Path.of(NodeJava.class.getProtectionDomain().getCodeSource().getLocation().toURI()).getParent();
            if (target == null || !Files.isDirectory(target.resolve("lib"))) {
                return Optional.empty();
            }
            Optional<Path> jar = one(target, "marketplace-api-");
            if (jar.isEmpty() || !isNewer(jar.get(), target.resolve("classes")) || !areModulesNewer(target)) {
                return Optional.empty();
            }
            List<String> options = new ArrayList<>(List.of("-XX:+UseCompactObjectHeaders"));
            Path cache = target.resolve("jingshu.aot");
            if (Files.exists(cache)) {
                options.add("-XX:AOTCache=" + cache);
                options.add("-Xlog:aot*=off,cds*=off"); // one of other jars is left unread, and nothing needs to be said of it
            }
            // The same words as in the build: Java takes the cache only for the class path it was made of, in its order.
            return Optional.of(new NodeJava(jar.get() + ":" + target.resolve("lib") + "/*", options));
        } catch (IOException e) {
            throw new UncheckedIOException("what the build has made cannot be looked at", e);
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException("a class under test lies somewhere", impossible);
        }
    }

    private static boolean areModulesNewer(Path target) throws IOException {
        for (String module : MODULES) {
            Optional<Path> jar = one(target.resolve("lib"), module + "-");
            if (jar.isEmpty() || !isNewer(jar.get(), target.resolve("../../" + module + "/target/classes"))) {
                return false;
            }
        }
        return true;
    }

    /** The one jar whose name begins so; empty: none, or several, of which nobody can say which is meant. */
    private static Optional<Path> one(Path folder, String beginning) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(file -> file.getFileName().toString().matches(beginning + "[0-9].*\\.jar")).toList();
            return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
        }
    }

    /** Whether no file of {@code classes} was written after {@code jar}. */
    private static boolean isNewer(Path jar, Path classes) throws IOException {
        if (!Files.isDirectory(classes)) {
            return false;
        }
        FileTime made = Files.getLastModifiedTime(jar);
        try (Stream<Path> files = Files.walk(classes)) {
            return files.filter(Files::isRegularFile).allMatch(file -> {
                try {
                    return Files.getLastModifiedTime(file).compareTo(made) <= 0;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
