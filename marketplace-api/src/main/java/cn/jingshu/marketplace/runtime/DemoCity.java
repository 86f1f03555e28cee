package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.demo.SeedMarket;
import cn.jingshu.marketplace.demo.SeedProducts;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import io.micronaut.context.ApplicationContext;
import java.io.PrintStream;
import java.util.Optional;
import java.util.stream.Collectors;

/** The synthetic city of the embedded mode: loaded at the start, announced with lines one can paste. */
final class DemoCity {
    private static final String KEY_FILE = "demo-api-key";

    private DemoCity() {}

    /** Adds what is missing of the demo city and keeps its one ready key where only the owner can read it. */
    static SeedMarket.Seeded load(ApplicationContext context, DataDirectory data) {
        SeedMarket.Seeded seeded = context.getBean(SeedMarket.class).seed(data.readSecret(KEY_FILE).isPresent());
        context.getBean(SeedProducts.class).seed();
        seeded.newKey().ifPresent(key -> data.writeSecret(KEY_FILE, key.reveal()));
        return seeded;
    }

    static void printWelcome(PrintStream out, SeedMarket.Seeded seeded, String portal, int grpcPort,
            DataDirectory data, Contracts contracts) {
        String key = data.readSecret(KEY_FILE).orElse("js_live_…");
        out.printf("  gRPC      localhost:%d%n", grpcPort);
        out.printf("  API key   %s%n", key);
        out.printf("  Sign in   password %s (demo only), as%n", SeedMarket.DEMO_PASSWORD);
        for (SeedMarket.DemoPerson person : seeded.people()) {
            if (person.introduced()) {
                out.printf("            %-15s %s%n", person.signInName(), person.organisationEn());
            }
        }
        out.printf("            and %s%n", seeded.people().stream()
                .filter(person -> !person.introduced())
                .map(SeedMarket.DemoPerson::signInName)
                .collect(Collectors.joining(", ")));
        out.printf("%n  Everything in this city is synthetic. Three lines to paste:%n%n");
        out.printf("  curl -s -H 'Authorization: Bearer %s' %s/v1/transit/vehicles%n%n", key, portal);
        Optional<ContractMethod> vehicles =
                contracts.findMethod("jingshu.transit.v1.TransitService/ListVehicles");
        vehicles.ifPresent(method -> out.printf("  grpcurl -plaintext -H 'authorization: Bearer %s' localhost:%d %s%n%n",
                key, grpcPort, method.fullMethodName()));
        out.printf("  curl -s -H 'Authorization: Bearer %s' %s/api/usage%n", key, portal);
    }
}
