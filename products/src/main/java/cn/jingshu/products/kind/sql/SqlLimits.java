package cn.jingshu.products.kind.sql;

import java.time.Duration;

/**
 * What one run of a query may take.
 *
 * @param maxRows rows of a download; a page has at most 1,000
 * @param time of the statement
 * @param maxCost the planner's estimate, in its units (a page read in order costs 1), held against the plan at registration and
 *     again, with the caller's values, before each run
 */
public record SqlLimits(int maxRows, Duration time, double maxCost) {
    public static final SqlLimits USUAL = new SqlLimits(50_000, Duration.ofSeconds(5), 500_000);
}
