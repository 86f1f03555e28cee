package cn.jingshu.marketplace.payment;

import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.governance.PolicyParameters;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.store.Database;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.UUID;

/** Takes a step of a pay-back and dies after it is booked and before it is marked, as a process that is killed there would. */
public final class PayBackThatDies {
    /** What a killed process would never get to. */
    public static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Died() {
            super("died on purpose", null, false, false);
        }
    }

    private final PayBacks payBacks;

    public PayBackThatDies(RunningNode node) {
        this.payBacks = new PayBacks(node.get(Database.class), node.get(Accounts.class), node.get(MonthClose.class), node.get(Organisations.class),
                node.get(PolicyParameters.class), new Clock() {
                    @Override
                    public Instant instant() {
                        throw new Died(); // accounts have their own clock: the first question left is when the step was taken
                    }

                    @Override
                    public ZoneId getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(ZoneId zone) {
                        return this;
                    }
                });
    }

    public void approve(UUID id, UUID by) {
        payBacks.approve(id, by);
    }

    public void cancel(UUID id, UUID by) {
        payBacks.cancel(id, by, "died");
    }
}
