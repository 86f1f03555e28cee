package cn.jingshu.products.identifier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RealEstateUnitTest {
    @ParameterizedTest
    @ValueSource(strings = {"370105012002GB00001F00010751", "320505400202GB00001F00010069", "370105012002gb00001w00000000"})
    void validCodes(String typed) {
        assertThat(RealEstateUnit.parse(typed)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"370105012002GB00001F0001075", "37010501200GB00001F00010751", "370105012002XB00001F00010751",
        "370105012002GB00001K00010751", "370105012002GB00001W00000001", ""})
    void whatIsWrongIsNoCode(String typed) {
        assertThat(RealEstateUnit.parse(typed)).isEmpty();
    }

    @Test
    void theParcelIsTheFirstNineteen() {
        RealEstateUnit unit = new RealEstateUnit("370105012002GB00001F00010751");
        assertThat(unit.parcel()).isEqualTo("370105012002GB00001");
        assertThat(unit.area()).isEqualTo("370105");
    }
}
