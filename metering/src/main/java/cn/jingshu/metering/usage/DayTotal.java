package cn.jingshu.metering.usage;

import cn.jingshu.metering.event.Outcome;
import java.time.LocalDate;

/**
 * What one kind of call of a subscription added up to on one day.
 *
 * @param day a day of Asia/Shanghai
 * @param calls events, billable or not
 * @param quantity billable units of {@code unit}
 */
public record DayTotal(
        LocalDate day,
        String product,
        String operation,
        String purposeClass,
        String unit,
        Outcome outcome,
        boolean sandbox,
        long calls,
        long quantity,
        long answerBytes) {}
