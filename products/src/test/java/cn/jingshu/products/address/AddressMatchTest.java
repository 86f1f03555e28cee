package cn.jingshu.products.address;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.SharedData;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two addresses, one unit or not. */
class AddressMatchTest {
    private static final AddressParser PARSER = new AddressParser(Divisions.china());

    @Test
    void theReferencePairsAreJudgedAsStated() {
        for (CSVRecord row : SharedData.rows("rental/address_pairs.csv")) {
            AddressMatch match = AddressMatch.of(PARSER.parse(row.get("a")), PARSER.parse(row.get("b")));
            assertThat(match.verdict()).as(row.get("a") + " / " + row.get("b"))
                    .isEqualTo(row.get("same_unit").equals("1") ? AddressMatch.Verdict.SAME : AddressMatch.Verdict.DIFFERENT);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            象山大道12号金虾小区7号楼2单元802室 | 象山大道12号金虾小区7-2-802 | SAME |
            象山大道12号金虾小区7号楼2单元802室 | 象山大道１２号金虾小区柒号楼二单元802户 | SAME |
            象山大道12号金虾小区7号楼2单元802室 | 象山大道12号金虾7栋2-802 | SAME |
            象山大道12号7号楼2单元802室 | 象山大道12号金虾小区7-2-802 | SAME |
            象山大道金虾小区7幢2单元0802室 | 金虾小区07号楼2单元802 | SAME |
            金虾小区A座1203 | 金虾小区a栋1203室 | SAME |
            五里铺镇十里村3组12号 | 五里铺镇十里村三组12号 | SAME |
            沙洋县五里铺镇十里村3组12号 | 五里铺镇十里村3组13号 | DIFFERENT | NUMBER
            象山大道12号金虾小区7-2-802 | 象山大道13号金虾小区7-2-802 | DIFFERENT | NUMBER
            象山大道12号附1号 | 象山大道12号附2号 | DIFFERENT | NUMBER
            象山大道甲1号院3号楼601 | 象山大道1号院3号楼601 | DIFFERENT | NUMBER
            金虾小区7-2-802 | 金虾小区8-2-802 | DIFFERENT | BUILDING
            金虾小区7-2-802 | 金虾小区7-3-802 | DIFFERENT | ENTRANCE
            金虾小区7-2-802 | 金虾小区7-2-803 | DIFFERENT | ROOM
            金虾小区7-2-802 | 银杏花园7-2-802 | DIFFERENT | ESTATE
            绿城城园东区7-2-802 | 绿城城园西区7-2-802 | DIFFERENT | ESTATE
            碧桂园一期7-2-802 | 碧桂园二期7-2-802 | DIFFERENT | ESTATE
            碧桂园1期7-2-802 | 碧桂园一期7-2-802 | SAME |
            碧桂园7-2-802 | 碧桂园二期7-2-802 | UNDECIDED | ESTATE
            东宝区金虾小区7-2-802 | 掇刀区金虾小区7-2-802 | DIFFERENT | DISTRICT
            东宝区龙泉街道金虾小区7-2-802 | 东宝区泉口街道金虾小区7-2-802 | DIFFERENT | STREET
            金虾小区7号楼802 | 金虾小区7-2-802 | UNDECIDED | ENTRANCE
            金虾小区7号楼 | 金虾小区7-2-802 | UNDECIDED | ROOM
            象山大道7-2-802 | 象山大道12号7-2-802 | UNDECIDED | NUMBER
            象山大道12号7-2-802 | 金虾小区7-2-802 | UNDECIDED | ROAD
            7-2-802 | 7-2-802 | UNDECIDED | ESTATE
            """)
    void everyPartIsComparedAndNoneIsGuessed(String a, String b, AddressMatch.Verdict verdict, Address.@Nullable Part part) {
        Address one = PARSER.parse(a, "420800");
        Address other = PARSER.parse(b, "420800");
        AddressMatch match = AddressMatch.of(one, other);
        assertThat(match.verdict()).as("%s / %s: %s; %s; %s", a, b, match, one, other).isEqualTo(verdict);
        if (verdict == AddressMatch.Verdict.DIFFERENT) {
            assertThat(match.differs()).isEqualTo(part);
        } else if (verdict == AddressMatch.Verdict.UNDECIDED) {
            assertThat(match.missing()).contains(part);
        }
        assertThat(AddressMatch.of(other, one).verdict()).as("the order does not matter").isEqualTo(verdict);
        if (verdict == AddressMatch.Verdict.SAME && one.missing().isEmpty() && other.missing().isEmpty()) {
            assertThat(UnitKey.of(one)).isEqualTo(UnitKey.of(other));
        }
    }

    @Test
    void aRenamedCountyIsTheSamePlace() {
        AddressMatch match = AddressMatch.of(PARSER.parse("湖北省京山县轻机大道88号1栋1单元101室"), PARSER.parse("荆门京山市轻机大道88号1-1-101"));
        assertThat(match.verdict()).isEqualTo(AddressMatch.Verdict.SAME);
    }
}
