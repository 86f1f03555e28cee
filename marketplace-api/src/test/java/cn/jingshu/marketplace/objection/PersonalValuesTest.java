package cn.jingshu.marketplace.objection;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.identifier.ResidentId;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;

class PersonalValuesTest {
    @Test
    void aNumberOfAnIdentityCardIsFound() {
        String id = ResidentId.complete("420802", LocalDate.of(1990, 2, 3), 12).number();
        assertThat(PersonalValues.areIn("身份证" + id + "的记录有误")).isTrue();
        assertThat(PersonalValues.areIn("(" + id.toLowerCase(java.util.Locale.ROOT) + ")")).isTrue();
        char last = id.charAt(17);
        assertThat(PersonalValues.areIn("编号" + id.substring(0, 17) + (last == '1' ? '2' : '1'))).as("its check digit is wrong").isFalse();
    }

    @Test
    void itIsFoundHoweverItIsWritten() {
        String id = ResidentId.complete("420802", LocalDate.of(1990, 2, 3), 12).number();
        for (String apart : List.of(" ", ".", "-", "·", "\u3000", "\u200b", "\u2060")) {
            assertThat(PersonalValues.areIn("号 " + String.join(apart, id.substring(0, 6), id.substring(6, 14), id.substring(14)) + "。")).as(apart).isTrue();
            assertThat(PersonalValues.areIn(String.join(apart, id.split("", -1)))).as("each apart: " + apart).isTrue();
        }
        StringBuilder wide = new StringBuilder();
        id.chars().forEach(each -> wide.append((char) (each - '!' + '！')));
        assertThat(PersonalValues.areIn(wide.toString())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"请联系13800138000", "+86 138 0013 8000", "13800138000。", "卡号6222 0212 3456 7890 128", "4111-1111-1111-1111",
        "１３８００１３８０００", "138\u200b0013\u200d8000", "138.0013.8000", "138·0013·8000", "1 3 8 0 0 1 3 8 0 0 0", "138\u30000013\u30008000",
        "138\u00ad00138000", "4111.1111.1111.1111", "４１１１　１１１１　１１１１　１１１１", "旧身份证420802900203001", "420802 900203 001", "４２０８０２９００２０３００１"})
    void telephonesAndCardsAreFound(String text) {
        assertThat(PersonalValues.areIn(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"调用 01936f5e-0000-7000-8000-0000000000a1 的应答", "2026-11-30 08:00 的位置偏移 200 米", "站点 30.9876543, 112.1234567",
        "共 123456789012 行", "A2.8.4 第 3 项应为 1380", "统一社会信用代码 91420800MA4F000007", "4111111111111112",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "12345678-1234-7123-8123-123456789012", "01936f5e-0000-7000-8000-138001380001",
        "金额 1,380,013,800.00 元", "1234567.89 元,共 13.80 万元", "30.9876543 112.1234567", "132.12345678 东经", "流水号 420802901303001", "990802900203001",
        "2026.11.30 08.00.00"})
    void whatIsNoneIsLeft(String text) {
        assertThat(PersonalValues.areIn(text)).isFalse();
    }
}
