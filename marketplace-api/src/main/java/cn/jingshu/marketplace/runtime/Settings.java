package cn.jingshu.marketplace.runtime;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertySource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The settings of one process: command line before environment before {@code --config} file before defaults. */
final class Settings {
    private final ApplicationContext context;

    private Settings(ApplicationContext context) {
        this.context = context;
    }

    /**
     * Reads and checks the settings.
     *
     * @param config a YAML, TOML or properties file; null: none
     * @param commandLine what the command line sets, by full key
     * @throws StartFailure if a key under {@code jingshu.} is unknown or the file is missing
     */
    static Settings read(@Nullable Path config, Map<String, Object> commandLine) {
        if (config != null) {
            if (!Files.isReadable(config)) {
                throw new StartFailure("The configuration file " + config + " cannot be read: check --config.");
            }
            System.setProperty(Environment.PROPERTY_SOURCES_KEY, config.toAbsolutePath().toString());
        }
        ApplicationContext context = ApplicationContext.builder()
                .banner(false)
                .deduceEnvironment(false)
                .bootstrapEnvironment(false) // nothing is read from a server of configurations
                .propertySources(PropertySource.of("command-line", commandLine, Integer.MAX_VALUE))
                .build();
        context.getEnvironment().start();
        Settings settings = new Settings(context);
        settings.refuseUnknownKeys();
        settings.refuseUnreadableValues();
        return settings;
    }

    String get(Setting setting) {
        return find(setting).orElse(setting.defaultValue());
    }

    /** The value somebody set; empty when nobody did or it was set to nothing. */
    Optional<String> find(Setting setting) {
        return context.getEnvironment().getProperty(setting.key(), String.class).filter(value -> !value.isBlank());
    }

    int getPort(Setting setting) {
        try {
            int port = Integer.parseInt(get(setting));
            if (port >= 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            // Answered below, together with numbers out of range.
        }
        throw new StartFailure("The setting " + setting.key() + " is not a port between 0 and 65535: " + get(setting));
    }

    Duration getDuration(Setting setting) {
        return Objects.requireNonNull(context.getConversionService().convertRequired(get(setting), Duration.class));
    }

    boolean isTrue(Setting setting) {
        return "true".equalsIgnoreCase(get(setting));
    }

    /** The context these settings were read into, with {@code derived} added; not started yet. */
    ApplicationContext contextWith(Map<String, Object> derived) {
        context.getEnvironment().addPropertySource(PropertySource.of("derived", derived, Integer.MAX_VALUE));
        return context;
    }

    /** The defaults as properties, so that beans bind them without writing them a second time. */
    Map<String, Object> defaults() {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Setting setting : Setting.values()) {
            if (!setting.defaultValue().isEmpty() && find(setting).isEmpty()) {
                properties.put(setting.key(), setting.defaultValue());
            }
        }
        return properties;
    }

    private void refuseUnknownKeys() {
        List<String> unknown = new ArrayList<>();
        for (PropertySource source : context.getEnvironment().getPropertySources()) {
            for (String key : source) {
                boolean ours = key.startsWith("jingshu.") || key.startsWith("JINGSHU_");
                if (ours && !key.startsWith("JINGSHU_JAVA_") && Setting.find(key).isEmpty()) {
                    unknown.add(key);
                }
            }
        }
        if (!unknown.isEmpty()) {
            throw new StartFailure("Unknown setting " + String.join(", ", unknown)
                    + ": see docs/configuration.md for every key, or `jingshu settings`.");
        }
    }

    /** A value that cannot be what its setting is stops the start; it is never replaced by the default in silence. */
    private void refuseUnreadableValues() {
        for (Setting setting : Setting.values()) {
            find(setting).filter(value -> !setting.kind().accepts(value)).ifPresent(value -> {
                throw new StartFailure("The setting " + setting.key() + " must be " + setting.kind().description() + ", not "
                        + value + ".");
            });
        }
    }
}
