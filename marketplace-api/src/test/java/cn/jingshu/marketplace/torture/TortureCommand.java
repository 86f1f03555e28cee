package cn.jingshu.marketplace.torture;

import cn.jingshu.marketplace.runtime.NodeJava;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code docs/benchmarks/torture.sh}: rounds of real crashes, and a verdict as the last line and the exit status. */
public final class TortureCommand {
    private static final Set<String> OPTIONS =
            Set.of("--rounds", "--seed", "--fault", "--data", "--node-class-path", "--cached");

    private TortureCommand() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            given.put(arguments[i], arguments[i + 1]);
        }
        Set<String> unknown = new HashSet<>(given.keySet());
        unknown.removeAll(OPTIONS);
        if (arguments.length % 2 != 0 || !unknown.isEmpty()) {
            System.err.println("--rounds N [--seed S] [--fault NAME] [--data DIR]");
            System.exit(2);
        }
        int rounds = Integer.parseInt(given.getOrDefault("--rounds", "20"));
        long seed = given.containsKey("--seed") ? Long.parseLong(given.get("--seed")) : System.currentTimeMillis();
        NodeJava java = given.containsKey("--node-class-path") ? new NodeJava(given.get("--node-class-path"), List.of()) : NodeJava.ofClasses();
        boolean cached = Boolean.parseBoolean(given.getOrDefault("--cached", "false"));
        Optional<Strike> only = Optional.ofNullable(given.get("--fault")).map(TortureCommand::named);
        Path data = given.containsKey("--data") ? Path.of(given.get("--data")) : Files.createTempDirectory("jingshu-torture-");
        if (Files.exists(data)) {
            try (Stream<Path> inside = Files.list(data)) {
                if (inside.findAny().isPresent()) {
                    System.err.println(data + " is not empty");
                    System.exit(2);
                }
            }
        }
        System.out.printf("rounds %d, seed %d, in %s%n", rounds, seed, data);
        boolean clean = run(rounds, seed, only.orElse(null), data, java, cached);
        if (clean && !given.containsKey("--data")) {
            delete(data); // what a run that is not clean leaves behind is there to be looked at
        }
        System.exit(clean ? 0 : 1);
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static Strike named(String name) {
        return Stream.<Strike[]>of(Fault.values(), Sabotage.values())
                .flatMap(Arrays::stream)
                .filter(strike -> ((Enum<?>) strike).name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no fault " + name));
    }

    private static boolean run(int rounds, long seed, @Nullable Strike only, Path data, NodeJava java, boolean cached) {
        Torture torture = null;
        boolean whole = false;
        try {
            torture = Torture.open(rounds, seed, data, java, cached, System.out);
            for (int i = 0; i < rounds; i++) {
                torture.round(only);
            }
            torture.finish();
            whole = true;
        } catch (IOException | SQLException | InterruptedException | RuntimeException | AssertionError failed) {
            failed.printStackTrace(System.out);
        }
        if (torture == null) {
            return false;
        }
        if (!whole) {
            torture.city().nodes.forEach(node -> System.out.printf("%n%s:%n%s%n", node, node.output()));
            System.out.println("the run broke off");
        }
        torture.close();
        System.out.println(torture.verdict());
        return whole && torture.isClean();
    }
}
