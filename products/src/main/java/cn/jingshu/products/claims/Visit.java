package cn.jingshu.products.claims;

import java.time.LocalDate;

/** One outpatient visit, operation or other service of a day. */
public record Visit(String id, String person, String provider, LocalDate on) {}
