package cn.jingshu.products.health;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.sandbox.TestSubject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SyntheticHealthTest {
    private record Written(ResourceTable table, Map<String, @Nullable String> values) {}

    private static List<Written> rows(long seed) {
        List<Written> rows = new ArrayList<>();
        new SyntheticHealth().write((table, values) -> rows.add(new Written(table, new TreeMap<>(values))), seed);
        return rows;
    }

    @Test
    void theSameSeedMakesTheSameRowsAndAnotherOthers() {
        assertThat(rows(1).toString()).isEqualTo(rows(1).toString()).isNotEqualTo(rows(2).toString());
    }

    @Test
    void subjectsHaveRowsOrNoneWhateverTheSeed() {
        for (long seed = 0; seed < 5; seed++) {
            List<String> people = rows(seed).stream().map(row -> Objects.requireNonNull(row.values().get("person"))).distinct().toList();
            assertThat(people).contains(TestSubject.APPROVE.person().number(), TestSubject.REFER.person().number(), TestSubject.SLOW.person().number())
                    .doesNotContain(TestSubject.NOT_FOUND.person().number());
            assertThat(people).allSatisfy(person -> assertThat(person).as("of an area given to nobody").startsWith("420899"));
        }
    }

    @Test
    void keysAreUniqueAndColumnsAreThoseOfTheTables() {
        List<Written> rows = rows(3);
        assertThat(rows.stream().map(row -> row.table().name() + row.values().get(row.table().key().getFirst())).toList()).doesNotHaveDuplicates();
        for (Written row : rows) {
            row.values().keySet().forEach(column -> assertThat(row.table().column(column)).isNotNull());
            row.table().columns().stream().filter(ResourceTable.Column::required).forEach(column ->
                    assertThat(row.values().get(column.name())).as("%s.%s", row.table().name(), column.name()).isNotNull());
        }
    }
}
