package cn.jingshu.products.domain.load;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Type;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CellsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "DATE|2026-01-05|2026-01-05", "DATE|2026/1/5|2026-01-05", "DATE|20260105|2026-01-05", "DATE|2026年1月5日|2026-01-05",
        "DATE|2026-01-05 00:00:00|2026-01-05", "DATE|2026-02-30|", "DATE|05.01.2026|", "DATE|2026-13-01|",
        "TIMESTAMP|2026-01-05T08:00:00+08:00|2026-01-05T00:00:00Z", "TIMESTAMP|2026-01-05 08:00|2026-01-05T00:00:00Z",
        "TIMESTAMP|2026/01/05 08:00:30|2026-01-05T00:00:30Z", "TIMESTAMP|2026-01-05 08:00:30.500|2026-01-05T00:00:30.500Z",
        "TIMESTAMP|2026-01-05|2026-01-04T16:00:00Z", "TIMESTAMP|2026-01-05 25:00|",
        "INTEGER|42|42", "INTEGER|+42|42", "INTEGER| 42 |42", "INTEGER|4.2|", "INTEGER|9223372036854775808|", "INTEGER|４２|42",
        "DECIMAL|1.50|1.50", "DECIMAL|-1e2|-100", "DECIMAL|1e999999999|", "DECIMAL|1,5|", "DECIMAL|NaN|",
        "BOOLEAN|是|true", "BOOLEAN|N|false", "BOOLEAN|1|true", "BOOLEAN|2|", "TEXT| a | a ",
    })
    void readsWhatSourcesWrite(Type type, String raw, String expected) {
        Cells.Cell cell = Cells.read(Column.of("c", type, "列", "column"), raw);
        if (expected == null) {
            assertThat(cell).isInstanceOf(Cells.Cell.Unfit.class);
        } else {
            assertThat(cell).isEqualTo(new Cells.Cell.Value(expected));
        }
    }
}
