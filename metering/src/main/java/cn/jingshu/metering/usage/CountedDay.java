package cn.jingshu.metering.usage;

import java.time.LocalDate;

/**
 * What the events asked for come to on one day of Asia/Shanghai.
 *
 * @param quantity units
 */
public record CountedDay(LocalDate day, long events, long quantity) {}
