package cn.jingshu.marketplace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which commands the command line reads. */
class JingshuTest {
    @Test
    void aCommandThatIsNamedFirstIsTheOnlyOneRead() {
        assertThat(Jingshu.commandLine("run", "--port", "0").getSubcommands()).containsOnlyKeys("run");
        assertThat(Jingshu.commandLine("verify").getSubcommands()).containsOnlyKeys("verify");
    }

    @Test
    void withoutOneAllAreThere() {
        assertThat(Jingshu.commandLine().getSubcommands()).containsKeys("run", "close", "load", "verify", "settings", "train").hasSize(19);
        assertThat(Jingshu.commandLine("--help").getSubcommands()).hasSize(19);
        assertThat(Jingshu.commandLine("rum").getSubcommands()).hasSize(19);
    }

    @Test
    void aCommandThatIsNotKnownIsRefusedWithTheOnesThatAre() {
        Commands.Ran refused = Commands.run("rum");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.out()).contains("rum", "run");
    }
}
