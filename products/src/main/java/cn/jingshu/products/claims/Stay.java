package cn.jingshu.products.claims;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

/**
 * One inpatient stay that was recorded or claimed.
 *
 * @param id of the claim or record
 * @param person token or anonymous id of the person
 * @param provider code of the institution
 * @param dischargedOn may lie before the admission: that is a clue, not an error
 * @param amountFen what was charged or claimed
 */
public record Stay(String id, String person, String provider, LocalDate admittedOn, LocalDate dischargedOn, long amountFen) {
    /** True: the discharge lies before the admission, so the days say nothing. */
    boolean reversed() {
        return dischargedOn.isBefore(admittedOn);
    }

    /** True: both share at least one night. A stay that ends the day the next begins does not overlap it. */
    boolean overlaps(Stay other) {
        return admittedOn.isBefore(other.dischargedOn) && other.admittedOn.isBefore(dischargedOn);
    }

    /** Days from admission to discharge, at least one. */
    long days() {
        return Math.max(1, ChronoUnit.DAYS.between(admittedOn, dischargedOn));
    }

    /** The charge for one day, fen. */
    double chargeADay() {
        return (double) amountFen / days();
    }
}
