package cn.jingshu.marketplace.torture;

import cn.jingshu.marketplace.runtime.NodeJava;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code docs/benchmarks/torture.sh}: rounds of real crashes, and a verdict as the last line and the exit status. Several cities, which
 * know nothing of each other, share the rounds and are tortured at the same time, since the start of a node keeps one processor busy at most.
 */
public final class TortureCommand {
    private static final Set<String> OPTIONS =
            Set.of("--rounds", "--cities", "--minutes", "--seed", "--fault", "--data", "--node-class-path", "--cached");

    private TortureCommand() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            given.put(arguments[i], arguments[i + 1]);
        }
        Set<String> unknown = new HashSet<>(given.keySet());
        unknown.removeAll(OPTIONS);
        if (arguments.length % 2 != 0 || !unknown.isEmpty()) {
            System.err.println("--rounds N [--cities M] [--minutes T] [--seed S] [--fault NAME] [--data DIR]");
            System.exit(2);
        }
        int rounds = Integer.parseInt(given.getOrDefault("--rounds", "20"));
        int cities = Integer.parseInt(given.getOrDefault("--cities", "1"));
        if (cities < 1 || rounds < cities) {
            System.err.println("--cities: from 1 to the number of rounds");
            System.exit(2);
        }
        long minutes = Long.parseLong(given.getOrDefault("--minutes", "100000"));
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
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
        System.out.printf("rounds %d, cities %d, seed %d, in %s%n", rounds, cities, seed, data);
        List<City.Plan> plans = new ArrayList<>();
        for (int i = 0; i < cities; i++) {
            int share = rounds / cities + (i < rounds % cities ? 1 : 0);
            Path folder = cities == 1 ? data : data.resolve("city-" + (i + 1));
            plans.add(new City.Plan(share, seed + i, folder, java, cached));
        }
        boolean clean = run(plans, only.orElse(null), deadline);
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

    private static boolean run(List<City.Plan> plans, @Nullable Strike only, long deadline) {
        RedisProcess.prepare();
        List<FutureTask<Outcome>> runs = new ArrayList<>();
        for (City.Plan plan : plans) {
            FutureTask<Outcome> run = new FutureTask<>(() -> run(plan, only, deadline));
            Thread.ofPlatform().name(plan.folder().getFileName() + "-torture").start(run);
            runs.add(run);
        }
        Verdict verdict = new Verdict();
        boolean whole = true;
        for (FutureTask<Outcome> run : runs) {
            try {
                whole &= run.get().whole();
                verdict.add(run.get().verdict());
            } catch (ExecutionException | InterruptedException failed) {
                failed.printStackTrace(System.out);
                whole = false;
            }
        }
        System.out.println(verdict);
        return whole && verdict.isClean();
    }

    /** What one city's rounds came to; not whole: they broke off. */
    private record Outcome(Verdict verdict, boolean whole) {}

    private static Outcome run(City.Plan plan, @Nullable Strike only, long deadline) {
        Torture torture = null;
        boolean whole = false;
        try {
            torture = Torture.open(plan, System.out);
            for (int i = 0; i < plan.rounds() && System.nanoTime() - deadline < 0; i++) {
                torture.round(only);
            }
            torture.finish();
            whole = true;
        } catch (IOException | SQLException | InterruptedException | RuntimeException | AssertionError failed) {
            failed.printStackTrace(System.out);
        }
        if (torture == null) {
            return new Outcome(new Verdict(), false);
        }
        if (!whole) {
            torture.city().nodes.forEach(node -> System.out.printf("%n%s:%n%s%n", node, node.output()));
            System.out.println("the run in " + plan.folder() + " broke off");
        }
        torture.close();
        return new Outcome(torture.verdict(), whole);
    }
}
