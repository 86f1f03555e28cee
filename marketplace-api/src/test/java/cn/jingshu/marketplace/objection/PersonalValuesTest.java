package cn.jingshu.marketplace.objection;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.identifier.ResidentId;
import java.time.LocalDate;
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

    @ParameterizedTest
    @ValueSource(strings = {"请联系13800138000", "+86 138 0013 8000", "13800138000。", "卡号6222 0212 3456 7890 128", "4111-1111-1111-1111"})
    void telephonesAndCardsAreFound(String text) {
        assertThat(PersonalValues.areIn(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"调用 01936f5e-0000-7000-8000-0000000000a1 的应答", "2026-11-30 08:00 的位置偏移 200 米", "站点 30.9876543, 112.1234567",
        "共 123456789012 行", "A2.8.4 第 3 项应为 1380", "统一社会信用代码 91420800MA4F000007", "4111111111111112"})
    void whatIsNoneIsLeft(String text) {
        assertThat(PersonalValues.areIn(text)).isFalse();
    }
}
