package cn.jingshu.products.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names without their rank. */
class DivisionNamesTest {
    private static final Pattern STREET_RANK = Pattern.compile("(?:街道办事处|街道办|办事处|街道|地区|民族乡|镇|乡|苏木)$");

    @ParameterizedTest
    @CsvSource({"荆门市, 荆门", "湖北省, 湖北", "黔南布依族苗族自治州, 黔南", "恩施土家族苗族自治州, 恩施", "长阳土家族自治县, 长阳", "内蒙古自治区, 内蒙古",
        "香港特别行政区, 香港", "神农架林区, 神农架", "沙洋县, 沙洋", "市北区, 市北", "城区, 城区", "大兴安岭地区, 大兴安岭"})
    void aNameWithoutItsRank(String name, String stem) {
        assertThat(DivisionNames.stem(name)).isEqualTo(stem);
    }

    @ParameterizedTest
    @CsvSource({"团林铺镇, 团林铺", "泉口街道, 泉口", "龙泉街道办事处, 龙泉", "东宝办事处, 东宝", "子陵回族民族乡, 子陵回族", "东镇, 东镇", "虎牙关, 虎牙关"})
    void aTownshipWithoutItsRank(String name, String stem) {
        assertThat(DivisionNames.streetStem(name)).isEqualTo(stem);
    }

    /** The longest rank goes, which is what an expression that is looked for from the left takes. */
    @Test
    void everyTownshipOfTheCountryLosesItsLongestRank() {
        int seen = 0;
        for (int code = 110000; code < 660000; code++) {
            for (Division township : Divisions.china().streetsOf(Integer.toString(code)).stream().map(Divisions.Street::division).toList()) {
                String without = STREET_RANK.matcher(township.name()).replaceFirst("");
                assertThat(DivisionNames.streetStem(township.name())).isEqualTo(without.length() >= 2 ? without : township.name());
                seen++;
            }
        }
        assertThat(seen).isGreaterThan(40_000);
    }
}
