package cn.jingshu.marketplace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConfigurationDocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/configuration.md");

    private static String row(Setting setting) {
        return "| `" + setting.key() + "` | " + (setting.defaultValue().isEmpty() ? "-" : "`" + setting.defaultValue() + "`")
                + " | " + setting.meaning().replace("|", "\\|") + " |";
    }

    @Test
    void theDocumentListsEverySettingAndNoOther() throws IOException {
        List<String> rows = Files.readAllLines(DOCUMENT).stream().filter(line -> line.startsWith("| `jingshu.")).toList();
        assertThat(rows).containsExactlyElementsOf(Arrays.stream(Setting.values()).map(ConfigurationDocumentTest::row).toList());
    }

    @ParameterizedTest
    @EnumSource(Setting.class)
    void aDefaultIsAValueThatWouldBeTaken(Setting setting) {
        assertThat(setting.defaultValue().isEmpty() || setting.kind().accepts(setting.defaultValue())).isTrue();
    }

    @Test
    void aSettingIsFoundByItsKeyAndByItsNameInTheEnvironment() {
        assertThat(Setting.find("jingshu.limits.max-body-bytes")).hasValue(Setting.MAX_BODY);
        assertThat(Setting.find("JINGSHU_LIMITS_MAX_BODY_BYTES")).hasValue(Setting.MAX_BODY);
        assertThat(Setting.find("jingshu.limits.max-body")).isEmpty();
    }
}
