package cn.jingshu.marketplace.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private static final Duration SOON = Duration.ofMillis(1);

    @Test
    void aRoundThatFailsEndsNoneOfTheNext() throws InterruptedException {
        CountDownLatch four = new CountDownLatch(4);
        try (Rounds rounds = new Rounds("rounds-test", SOON, SOON, () -> {
            four.countDown();
            if (four.getCount() == 3) {
                throw new DatabaseException(new SQLException("away"));
            }
            throw new IllegalStateException("a defect");
        })) {
            assertThat(four.getCount()).as("nothing before the start").isEqualTo(4);
            rounds.start();
            assertThat(four.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
