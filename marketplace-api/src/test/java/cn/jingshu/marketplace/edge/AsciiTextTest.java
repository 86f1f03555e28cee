package cn.jingshu.marketplace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AsciiTextTest {
    @Test
    void numbersAreWrittenAsJavaWritesThem() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            long number = random.nextLong() >> random.nextInt(64);
            assertThat(new AsciiText(random.nextInt(1, 30)).append("n").append(number)).hasToString("n" + number);
        }
        for (long number : new long[] {0, 9, 10, 99, 100, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThat(new AsciiText(1).append(number)).hasToString(Long.toString(number));
        }
    }

    @Test
    void itGrowsWithWhatIsWritten() {
        AsciiText text = new AsciiText(1);
        StringBuilder same = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            text.append("piece ").append(i);
            same.append("piece ").append(i);
        }
        assertThat(text).hasToString(same.toString());
        assertThat(text.length()).isEqualTo(same.length());
    }
}
