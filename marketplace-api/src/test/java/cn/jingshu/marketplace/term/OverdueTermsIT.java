package cn.jingshu.marketplace.term;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.scenario.SharedNode;
import cn.jingshu.marketplace.store.Database;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The looking for overdue terms on a thread of its own. */
class OverdueTermsIT {
    @Test
    void aDefectDoesNotEndTheLooking() throws Exception {
        SharedNode house = SharedNode.get();
        CountDownLatch looks = new CountDownLatch(3);
        try (OverdueTerms terms = new OverdueTerms(house.node.get(Database.class), () -> {
            looks.countDown();
            if (looks.getCount() > 0) {
                throw new IllegalStateException("no length of a term");
            }
            return List.of();
        }, house.node.get(Notifications.class), Duration.ofMillis(5))) {
            terms.start();
            assertThat(looks.await(20, TimeUnit.SECONDS)).as("it looks a third time").isTrue();
        }
    }
}
