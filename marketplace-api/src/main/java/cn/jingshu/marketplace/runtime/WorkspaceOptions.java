package cn.jingshu.marketplace.runtime;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The two options every command has: which data directory, which configuration file. */
final class WorkspaceOptions {
    @Option(names = "--data", paramLabel = "DIR", description = "Data directory (default: ${DEFAULT-VALUE}).")
    Path data = Path.of("data");

    @Option(names = "--config", paramLabel = "FILE", description = "Settings as YAML, TOML or properties.")
    @Nullable Path config;
}
