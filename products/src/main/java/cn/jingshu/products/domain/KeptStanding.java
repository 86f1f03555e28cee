package cn.jingshu.products.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What of a kind was kept when it was looked over last.
 *
 * @param rows all of them
 * @param open those that are not over yet
 * @param due those whose time is over and that are still there: held, or to go with the next round
 * @param held of these, those under a hold
 * @param oldest the earliest moment from which the time of any counts; null: there is none
 */
public record KeptStanding(String product, boolean sandbox, String kind, long rows, long open, long due, long held, @Nullable Instant oldest,
        Instant countedAt) {}
