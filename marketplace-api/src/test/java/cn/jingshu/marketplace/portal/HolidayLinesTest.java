package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.term.WorkingDays.Kind;
import cn.jingshu.marketplace.term.WorkingDays.Special;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HolidayLinesTest {
    @Test
    void spansAreReadDayByDay() {
        assertThat(HolidayLines.read("2027-02-05 2027-02-07 休 春节 Spring Festival\n\n 2027-02-20\t2027-02-20 WORKED 春节 Spring Festival \n"))
                .isInstanceOfSatisfying(HolidayLines.Read.Days.class, read -> assertThat(read.days()).containsExactly(
                        new Special(LocalDate.of(2027, 2, 5), Kind.OFF, "春节", "Spring Festival"),
                        new Special(LocalDate.of(2027, 2, 6), Kind.OFF, "春节", "Spring Festival"),
                        new Special(LocalDate.of(2027, 2, 7), Kind.OFF, "春节", "Spring Festival"),
                        new Special(LocalDate.of(2027, 2, 20), Kind.WORKED, "春节", "Spring Festival")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2027-02-05 2027-02-12 休 春节", "2027-02-30 2027-02-30 休 春节 x", "2027-02-12 2027-02-05 休 春节 x",
        "2027-02-05 2027-04-05 休 春节 x", "2027-02-05 2027-02-05 放 春节 x", "2027-02-05 2027-02-05 班 春节 x", "2027-02-05"})
    void aWrongLineIsToldOf(String line) {
        assertThat(HolidayLines.read("2027-01-01 2027-01-01 休 元旦 New Year\n" + line)).isInstanceOfSatisfying(HolidayLines.Read.Wrong.class,
                wrong -> assertThat(wrong.why().en()).contains("line 2"));
        assertThat(HolidayLines.read("  \n")).isInstanceOf(HolidayLines.Read.Wrong.class);
    }
}
