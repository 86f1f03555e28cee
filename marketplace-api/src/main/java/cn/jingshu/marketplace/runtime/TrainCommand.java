package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.portal.Links;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/**
 * A short life for Java to learn from: starts a node with the demo city in a folder that is removed again, calls it, looks at its
 * public pages and stops. The build runs it with {@code -XX:AOTCacheOutput} (JEP 514): the cache holds the classes and what was
 * called often, and every start takes less of the processor's time. Nothing depends on the cache being there.
 */
@Command(name = "train", hidden = true, description = "Starts, calls and stops a node for Java's cache.", mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
    private static final int CALLS = 300;
    private static final List<String> PAGES = List.of(
            Links.HOME, Links.CATALOGUE, "/products/transit", Links.MAP, Links.FEES, Links.RESOURCES, Links.SIGN_IN, Links.OPENAPI);

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("jingshu-train");
        try {
            learn(folder);
        } finally {
            remove(folder);
        }
        return 0;
    }

    private static void learn(Path folder) throws IOException, InterruptedException {
        WorkspaceOptions options = new WorkspaceOptions();
        options.data = folder;
        Map<String, Object> given = Map.of(Setting.PORT.key(), "0", Setting.GRPC_PORT.key(), "0");
        StartProgress progress = new StartProgress(System.out);
        try (Node node = Node.start(options, given, progress, CommandContext.systemClock());
                HttpClient caller = HttpClient.newHttpClient()) {
            try (PrintStream unread = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
                node.printWelcome(unread, 0); // its key is of no use to anybody
            }
            String portal = "http://localhost:" + node.httpPort();
            String key = Files.readString(DataDirectory.open(folder).demoKey(), StandardCharsets.UTF_8).strip();
            for (int i = 0; i < CALLS; i++) {
                get(caller, portal + "/v1/transit/vehicles", key);
            }
            get(caller, portal + "/api/usage", key);
            for (String page : PAGES) {
                get(caller, portal + page, key);
            }
        }
    }

    /** What is answered is for the tests to judge; here it only has to be answered. */
    private static void get(HttpClient caller, String address, String key) throws IOException, InterruptedException {
        caller.send(HttpRequest.newBuilder(URI.create(address)).header("Authorization", "Bearer " + key).build(),
                HttpResponse.BodyHandlers.discarding());
    }

    private static void remove(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
