package cn.jingshu.products.lending.schedule;

/**
 * Payments at the start in which less is due.
 *
 * @param principalPayments payments without principal (宽限期只付息)
 * @param interestDeferredPayments payments whose interest falls due with the payment after them, without interest on it
 * @param interestFreePayments payments in whose periods no interest arises at all (免息期)
 */
public record Grace(int principalPayments, int interestDeferredPayments, int interestFreePayments) {
    public static final Grace NONE = new Grace(0, 0, 0);

    public Grace {
        if (principalPayments < 0 || interestDeferredPayments < 0 || interestFreePayments < 0) {
            throw new IllegalArgumentException("grace below zero");
        }
    }

    int longest() {
        return Math.max(principalPayments, Math.max(interestDeferredPayments, interestFreePayments));
    }
}
