package cn.jingshu.products.rental;

import java.time.Duration;

/**
 * The numbers the product goes by. None of them is set by law: 住房租赁条例 (State Council decree 812, in force 2025-09-15) Art. 9,
 * 16 and 23 ask that listings be true and checked, and leave the means to platforms and cities.
 *
 * @param city division in which an address without one is looked for, six digits
 * @param tokenValidity how long a tenant may ask by a listing's token before the listing has to be verified again
 * @param failureWindow the time over which failing questions are counted
 * @param failuresOfPublisher distinct failing questions about one publisher in the window; the next is withheld
 * @param failuresOfCaller the same of one caller, whatever platform it names
 */
record RentalRules(String city, Duration tokenValidity, Duration failureWindow, int failuresOfPublisher, int failuresOfCaller) {
    RentalRules {
        if (failuresOfPublisher < 1 || failuresOfCaller < 1 || !failureWindow.isPositive()) {
            throw new IllegalArgumentException("limits of " + failuresOfPublisher + " and " + failuresOfCaller + " within " + failureWindow);
        }
    }

    static final RentalRules OF_2026 = new RentalRules("420800", Duration.ofDays(30), Duration.ofHours(24), 20, 1_000);
}
