package cn.jingshu.products.identifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResidentIdTest {
    /** The first two are the examples of GB 11643-1999, the others from python-stdnum's documentation. */
    @ParameterizedTest
    @CsvSource({
        "11010519491231002X, 1949-12-31, false",
        "440524188001010014, 1880-01-01, true",
        "360426199101010071, 1991-01-01, true",
        "44011320141005001x, 2014-10-05, true"
    })
    void validNumbersTellBirthAndSex(String typed, LocalDate birth, boolean male) {
        ResidentId id = ResidentId.parse(typed).orElseThrow();
        assertThat(id.birthDate()).isEqualTo(birth);
        assertThat(id.male()).isEqualTo(male);
    }

    @ParameterizedTest
    @ValueSource(strings = {"T60426199101010078", "360426199113010079", "36042619910102009X", "990426199112010074", "", "36042619910101007"})
    void whatIsWrongIsNoNumber(String typed) {
        assertThat(ResidentId.parse(typed)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "11010519491231002X, true",
        "11010519491231002x, true",
        "证号11010519491231002X。, true",
        "'张三 440524188001010014, 13800138000', true",
        "11010519491231002, false",
        "110105194912310021, false",
        "A11010519491231002X, false",
        "11010519491231002X1, false",
        "91420899TEXT00017Y, false",
        "'', false"
    })
    void aNumberIsFoundWithinAText(String text, boolean is) {
        assertThat(ResidentId.isIn(text)).isEqualTo(is);
    }

    @Test
    void everyOtherCheckCharacterIsRefused() {
        String body = "36042619910101007";
        for (char check : "023456789X".toCharArray()) {
            assertThat(ResidentId.parse(body + check)).isEmpty();
        }
    }

    @Test
    void neitherTextNorMessageNamesThePerson() {
        assertThat(ResidentId.complete("420802", LocalDate.of(1990, 5, 6), 11)).asString().isEqualTo("420802***********"
                + ResidentId.complete("420802", LocalDate.of(1990, 5, 6), 11).number().charAt(17));
        assertThatThrownBy(() -> new ResidentId("360426199101010072")).hasMessageNotContaining("19910101");
    }
}
