package cn.jingshu.products.domain.quality;

import cn.jingshu.products.identifier.RealEstateUnit;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.identifier.Uscc;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Counts, record by record, what the rules find that look at one record alone. Values are seen here before they become tokens. */
public final class RowChecks {
    /** A pattern somebody declared must not hold a load up on a long text. */
    private static final int MOST_MATCHED = 1_000;

    private final List<Check> checks = new ArrayList<>();

    private static final class Check {
        private final QualityRule rule;
        private final Pattern pattern;
        private long checked;
        private long failed;

        Check(QualityRule rule) {
            this.rule = rule;
            this.pattern = Pattern.compile(rule instanceof QualityRule.Matches matches ? matches.pattern() : "");
        }
    }

    public RowChecks(QualityRules rules) {
        rules.rules().forEach(rule -> {
            boolean aboutRows = switch (rule) {
                case QualityRule.Accepted _, QualityRule.Matches _, QualityRule.Filled _, QualityRule.Between _, QualityRule.Identifies _ -> true;
                case QualityRule.Unique _, QualityRule.Refers _, QualityRule.Agrees _, QualityRule.InOrder _, QualityRule.Recent _,
                        QualityRule.OnSchedule _, QualityRule.LoadsSucceed _ -> false;
            };
            if (aboutRows) {
                checks.add(new Check(rule));
            }
        });
    }

    /** A record that was rejected. */
    public void rejected() {
        for (Check check : checks) {
            if (check.rule instanceof QualityRule.Accepted) {
                check.checked++;
                check.failed++;
            }
        }
    }

    /**
     * A record that is taken.
     *
     * @param values by the table's columns, as the domain writes them; what is empty is not there
     */
    public void accepted(Map<String, String> values) {
        for (Check check : checks) {
            switch (check.rule) {
                case QualityRule.Accepted _ -> check.checked++;
                case QualityRule.Filled(var column, var _) -> count(check, values.containsKey(column));
                case QualityRule.Matches(var column, var _) -> {
                    String value = values.get(column);
                    if (value != null) {
                        count(check, value.length() <= MOST_MATCHED && check.pattern.matcher(value).matches());
                    }
                }
                case QualityRule.Between(var column, var least, var most) -> {
                    String value = values.get(column);
                    if (value != null) {
                        BigDecimal number = new BigDecimal(value);
                        count(check, (least == null || number.compareTo(least) >= 0) && (most == null || number.compareTo(most) <= 0));
                    }
                }
                case QualityRule.Identifies(var column, var kind) -> {
                    String value = values.get(column);
                    if (value != null) {
                        count(check, switch (kind) {
                            case RESIDENT -> ResidentId.parse(value).isPresent();
                            case ENTERPRISE -> Uscc.parse(value).isPresent();
                            case RESIDENT_OR_ENTERPRISE -> ResidentId.parse(value).isPresent() || Uscc.parse(value).isPresent();
                            case REAL_ESTATE_UNIT -> RealEstateUnit.parse(value).isPresent();
                        });
                    }
                }
                case QualityRule.Unique _, QualityRule.Refers _, QualityRule.Agrees _, QualityRule.InOrder _, QualityRule.Recent _,
                        QualityRule.OnSchedule _, QualityRule.LoadsSucceed _ -> throw new IllegalStateException("looks at more than a record");
            }
        }
    }

    private static void count(Check check, boolean conforms) {
        check.checked++;
        if (!conforms) {
            check.failed++;
        }
    }

    public List<QualityScore.Result> results() {
        return checks.stream().map(each -> QualityScore.Result.of(each.rule, each.checked, each.failed)).toList();
    }

    /** What was counted so far, for {@link #resume}. */
    public List<Long> counts() {
        return checks.stream().flatMap(each -> java.util.stream.Stream.of(each.checked, each.failed)).toList();
    }

    /** Goes on from what was counted before; false: those are counts of other rules. */
    public boolean resume(List<Long> counts) {
        if (counts.size() != 2 * checks.size()) {
            return false;
        }
        for (int i = 0; i < checks.size(); i++) {
            checks.get(i).checked = counts.get(2 * i);
            checks.get(i).failed = counts.get(2 * i + 1);
        }
        return true;
    }
}
