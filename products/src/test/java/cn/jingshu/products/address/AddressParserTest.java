package cn.jingshu.products.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How addresses are read. */
class AddressParserTest {
    private static final AddressParser PARSER = new AddressParser(Divisions.china());

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            湖北省荆门市东宝区龙泉街道象山大道12号 | 420802 | 420802001
            荆门东宝龙泉街道象山大道12号 | 420802 | 420802001
            湖北荆门湖北省荆门市东宝区象山大道12号 | 420802 | -
            中国湖北省荆门市掇刀区双喜街道 | 420804 | 420804004
            湖北省荆门市漳河新区双喜街道天山路8号 | 420804 | 420804004
            沙洋县后港镇 | 420822 | 420822105
            钟祥市郢中街道办事处 | 420881 | 420881001
            湖北省京山县新市镇 | 420821 | 420821100
            湖北恩施来凤县 | 422827 | -
            黔南布依族苗族自治州长顺县 | 522729 | -
            黔南长顺县 | 522729 | -
            内蒙古呼和浩特新城区 | 150102 | -
            广东省东莞市长安镇 | 441900 | 441900119
            仙桃市干河街道 | 429004 | 429004002
            义乌市场北路3号 | - | -
            上海路12号 | - | -
            南京大学 | 320100 | -
            """)
    void divisionsAreFoundInFullAndShortAndRepeated(String text, @Nullable String division, @Nullable String street) {
        if (text.equals("南京大学")) {
            assertThat(PARSER.parse(text).division()).as("a university names no city").isNull();
            return;
        }
        Address read = PARSER.parse(text);
        assertThat(read.divisionCode()).isEqualTo(division == null ? "" : division);
        assertThat(read.street() == null ? null : read.street().code()).isEqualTo(street);
    }

    @Test
    void aNameThatMeansSeveralDistrictsIsNotGuessed() {
        Address unknown = PARSER.parse("朝阳区建国路1号");
        assertThat(unknown.division()).isNull();
        assertThat(unknown.candidates()).extracting(Division::code).contains("110105", "220104");
        assertThat(PARSER.parse("朝阳区建国路1号", "110000").divisionCode()).isEqualTo("110105");
        assertThat(PARSER.parse("鼓楼区中山路1号", "320100").divisionCode()).isEqualTo("320106");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            象山大道１２号金虾小区七号楼二单元802室 | 象山大道 | 12号 | 金虾小区 | 7 | 2 | '' | 802
            象山大道12号金虾小区柒号楼2单元802户 | 象山大道 | 12号 | 金虾小区 | 7 | 2 | '' | 802
            虎牙关大道58号绿城花园3栋2-1201 | 虎牙关大道 | 58号 | 绿城花园 | 3 | 2 | '' | 1201
            王府大道甲1号院3号楼六层 | 王府大道 | 甲1号院 | '' | 3 | '' | 6 | ''
            文峰路43号附2号 | 文峰路 | 43号附2号 | '' | '' | '' | '' | ''
            海慧路二巷5号 | 海慧路二巷 | 5号 | '' | '' | '' | '' | ''
            南台小区A栋东单元三〇二室 | '' | '' | 南台小区 | A | 东 | '' | 302
            中天街26号-3 联系电话13800138000 王先生 | 中天街 | 26号-3 | '' | '' | '' | '' | ''
            宁夏路118号4号楼6单元202 | 宁夏路 | 118号 | '' | 4 | 6 | '' | 202
            莫干山路1744号美都广场C座1391 | 莫干山路 | 1744号 | 美都广场 | C | '' | '' | 1391
            菊太路777弄24号602室 | 菊太路 | 777弄 | '' | 24 | '' | '' | 602
            新沪路58弄11-802 | 新沪路 | 58弄 | '' | 11 | '' | '' | 802
            双龙西路236号5-4 | 双龙西路 | 236号 | '' | 5 | '' | '' | 4
            天鹅湖路二十三号八栋一单元三层 | 天鹅湖路 | 23号 | '' | 8 | 1 | 3 | ''
            官庄小区12号楼3单元5楼西户 | '' | '' | 官庄小区 | 12 | 3 | 5 | 西
            象山大道南11号金虾小区6-408/411 | 象山大道南 | 11号 | 金虾小区 | 6 | '' | '' | 408-411
            长宁大道12弄5号11幢302 | 长宁大道 | 12弄5号 | '' | 11 | '' | '' | 302
            金龙泉大道科技园创新路9号A座12楼 | 创新路 | 9号 | 金龙泉大道科技园 | A | '' | 12 | ''
            （象山大道12号）7-2-802 | 象山大道 | 12号 | '' | 7 | 2 | '' | 802
            """)
    void theRestIsCutIntoRoadNumberEstateAndUnit(String text, String road, String number, String place, String building,
            String entrance, String floor, String room) {
        Address read = PARSER.parse("湖北省荆门市东宝区" + text);
        assertThat(read.road()).isEqualTo(road);
        assertThat(read.number()).isEqualTo(number);
        assertThat(read.place()).isEqualTo(place);
        assertThat(read.unit().building()).isEqualTo(building);
        assertThat(read.unit().entrance()).isEqualTo(entrance);
        assertThat(read.unit().floor()).isEqualTo(floor);
        assertThat(read.unit().room()).isEqualTo(room);
    }

    @Test
    void peopleAndTelephonesAreNotKept() {
        Address read = PARSER.parse("荆门市东宝区象山大道12号7-2-802 (联系人:张三丰,电话:0724-12345678) 李女士 13800138000");
        assertThat(read.toString()).doesNotContain("张三丰", "李女士", "13800138000", "12345678");
        assertThat(read.unit().shortForm()).isEqualTo("7-2-802");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "()()", "路", "号", "((((((", "))))", "1008中国", "-", "一一一一一一一一一一", "%_\\'\";--", "\u0000\uD800"})
    void nothingThrows(String text) {
        assertThat(PARSER.parse(text)).isNotNull();
        assertThat(PARSER.parse(text, "420800").divisionCode()).isEqualTo("420800");
    }

    @Test
    void randomTextNeitherThrowsNorTakesLong() {
        long seed = 20261130;
        Random random = new Random(seed);
        String letters = "湖北省荆门市东宝区路街道号楼栋单元室村镇一二三四五0123456789ABab-#()【】 ,。上海中国开发区弄巷附甲层组";
        for (int i = 0; i < 2_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(i % 50 == 0 ? 2_000 : 60);
            for (int k = 0; k < length; k++) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            long from = System.nanoTime();
            Address read = PARSER.parse(text.toString(), "420800");
            AddressMatch.of(read, read);
            assertThat(System.nanoTime() - from).as("seed %d, text %s", seed, text).isLessThan(5_000_000_000L);
        }
    }
}
