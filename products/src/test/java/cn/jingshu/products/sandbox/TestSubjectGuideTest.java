package cn.jingshu.products.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The developer guide's list of test subjects is the one the sandbox has. */
class TestSubjectGuideTest {
    private static final Path GUIDE = Path.of("../docs/guides/developer.md");

    /** Cells of the rows of the first table under the section whose first cell is a test subject. */
    private static Map<String, List<String>> table() throws IOException {
        String guide = Files.readString(GUIDE, StandardCharsets.UTF_8);
        int from = guide.indexOf("## Sandbox: test subjects");
        assertThat(from).as("the section stands in the guide").isPositive();
        String section = guide.substring(from, guide.indexOf("\n## ", from + 1));
        return section.lines()
                .filter(line -> line.startsWith("| ") && Arrays.stream(TestSubject.values()).anyMatch(s -> line.startsWith("| " + s.name() + " |")))
                .map(line -> Arrays.stream(line.split("\\|", -1)).map(cell -> cell.strip().replace("`", "")).toList())
                .collect(Collectors.toMap(cells -> cells.get(1), cells -> cells));
    }

    @Test
    void everySubjectStandsThereWithItsIdentifiers() throws IOException {
        Map<String, List<String>> rows = table();
        assertThat(rows.keySet()).containsExactlyInAnyOrder(
                Arrays.stream(TestSubject.values()).map(Enum::name).toArray(String[]::new));
        for (TestSubject subject : TestSubject.values()) {
            assertThat(rows.get(subject.name())).as(subject.name()).contains(subject.person().number(), subject.enterprise().code());
        }
    }

    @Test
    void theWaitIsTheOneOfTheSandbox() throws IOException {
        assertThat(table().get("SLOW")).anyMatch(cell -> cell.contains(TestSubject.SLOW_MILLIS + " ms"));
    }
}
