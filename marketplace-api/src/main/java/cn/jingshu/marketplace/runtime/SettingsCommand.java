package cn.jingshu.marketplace.runtime;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints every setting with its default and meaning. */
@Command(name = "settings", description = "List every setting, its default and what it does.", mixinStandardHelpOptions = true)
final class SettingsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        for (Setting setting : Setting.values()) {
            spec.commandLine().getOut().printf("%s (%s)%n  default: %s%n  %s%n", setting.key(), setting.environmentName(),
                    setting.defaultValue().isEmpty() ? "-" : setting.defaultValue(), setting.meaning());
        }
        return 0;
    }
}
