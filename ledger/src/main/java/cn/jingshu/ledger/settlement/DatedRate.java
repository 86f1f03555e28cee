package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.money.Portion;
import java.time.LocalDate;

/**
 * A rate set by law or by the plan.
 *
 * @param from first day it applies; it applies until a later rate of the same rule does
 * @param citation the text that sets it, and whether that text is in force or was checked
 */
public record DatedRate(Rule rule, Portion rate, LocalDate from, String citation) {}
