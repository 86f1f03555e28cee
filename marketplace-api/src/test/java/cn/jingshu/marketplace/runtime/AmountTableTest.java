package cn.jingshu.marketplace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class AmountTableTest {
    private static List<String> printed(AmountTable table) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        table.printTo(out);
        out.flush();
        return text.toString().lines().toList();
    }

    @Test
    void amountsEndInOneColumnWhateverTheNames() {
        AmountTable table = new AmountTable();
        table.add("Charges", "units", "yuan", "");
        table.add("荆门市公共数据运营有限公司 transit/ListVehicles", 1_234_567, "12345.60", "");
        table.add("a name in Latin letters that is longer than forty columns", 2, "0.02", "(correction of 2026-10)");
        table.add("全角(括号)、café", 3, "1.00", "");
        List<String> lines = printed(table);
        assertThat(lines).hasSize(4);
        assertThat(lines.stream().map(line -> line.replace("  (correction of 2026-10)", "")).map(AmountTable::columnsOf))
                .containsOnly(AmountTable.columnsOf(lines.getFirst()));
        assertThat(lines.get(1)).endsWith("  1,234,567  12345.60");
    }

    @Test
    void aTableWithoutUnitsHasNoColumnForThem() {
        AmountTable table = new AmountTable();
        table.add("= revenue", "", "0.57", "");
        assertThat(printed(table)).containsExactly("= revenue" + " ".repeat(31) + "  0.57");
    }

    @Test
    void aChineseCharacterIsTwoColumnsAndAnAccentNone() {
        assertThat(AmountTable.columnsOf("荆数")).isEqualTo(4);
        assertThat(AmountTable.columnsOf("\uff08数\uff09")).isEqualTo(6);
        assertThat(AmountTable.columnsOf("cafe\u0301")).isEqualTo(4);
        assertThat(AmountTable.columnsOf("〔2025〕")).isEqualTo(8);
        assertThat(AmountTable.columnsOf("")).isZero();
    }
}
