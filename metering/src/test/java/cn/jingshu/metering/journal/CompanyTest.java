package cn.jingshu.metering.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CompanyTest {
    private final Company company = new Company();

    private void forcesOf(long nanos) {
        for (int i = 0; i < 200; i++) {
            company.forced(nanos);
        }
    }

    @Test
    void nobodyIsWaitedForBeforeAnFsyncIsKnown() {
        assertThat(company.patienceNanos()).isZero();
        assertThat(company.expected()).isZero();
    }

    @Test
    void patienceIsAFourthOfAnFsyncAndNeverLong() {
        forcesOf(400_000);
        assertThat(company.patienceNanos()).isBetween(99_000L, 100_000L);
        forcesOf(90_000_000);
        assertThat(company.patienceNanos()).isEqualTo(500_000);
    }

    @Test
    void thoseWhoWereAnsweredAndThoseWhoWaitAreExpected() {
        company.answering(32, 30);
        assertThat(company.expected()).isEqualTo(62);
    }

    @Test
    void whoDoesNotComeBackIsWaitedForEverMoreRarely() {
        forcesOf(400_000);
        int tried = 0;
        for (int group = 0; group < 10_000; group++) {
            if (company.patienceNanos() > 0) {
                tried++;
                company.gathered(0, 1);
            }
        }
        assertThat(tried).isBetween(10, 25);
        while (company.patienceNanos() == 0) {
            company.answering(1, 0);
        }
        company.gathered(16, 32); // they are back: from now on each group is waited for
        for (int group = 0; group < 100; group++) {
            assertThat(company.patienceNanos()).isPositive();
            company.gathered(32, 32);
        }
    }
}
