package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.seal.LogLeaf;
import cn.jingshu.ledger.verify.TableReader.Row;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The check of usage totals: what the batches add up to, less what was voided, is the usage that was counted. The sums of a sealed batch have the
 * digest that its leaf in the log says. They are read beside the log, in its order, so that no more is kept than a number for each total.
 */
final class UsageSums {
    /** What a total is of; usage does not care for operations and prices. */
    record Use(YearMonth month, String subscription, String product, String purpose, String unit) {}

    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    private final BundleTables tables;
    private final Months months;
    private final Report report;
    private final Map<Use, Long> counted = new HashMap<>();
    private final Map<Use, Long> voided = new HashMap<>();
    private final Map<YearMonth, Long> unsealed = new HashMap<>();
    private final Set<String> events = new HashSet<>();
    private final @Nullable TableReader rows;
    private @Nullable Row row;
    /** The last month with a batch whose sums were not kept; null: all were. */
    private @Nullable YearMonth unknownUntil;
    private boolean missing;

    UsageSums(BundleTables tables, Months months, Report report) {
        this.tables = tables;
        this.months = months;
        this.report = report;
        this.rows = open();
        next();
    }

    static YearMonth monthOf(Instant moment) {
        return YearMonth.from(moment.atZone(ZONE));
    }

    private @Nullable TableReader open() {
        if (!tables.has(Table.USAGE_BATCHES)) {
            return null;
        }
        try {
            return tables.open(Table.USAGE_BATCHES);
        } catch (IOException unreadable) {
            unreadable(unreadable);
            return null;
        }
    }

    private void unreadable(IOException why) {
        report.wrong(Check.USAGE, Table.USAGE_BATCHES.file(), "无法读取:" + why.getMessage(), "cannot be read: " + why.getMessage());
    }

    private void next() {
        row = null;
        if (rows != null) {
            try {
                row = rows.next();
            } catch (IOException unreadable) {
                unreadable(unreadable);
            }
        }
    }

    /** A batch that the log holds at {@code leaf}; they come in the order of the log. */
    void sealed(long leaf, LogLeaf.UsageBatch batch) {
        LogLeaf.@Nullable BatchSums sums = batch.sums();
        if (sums == null) {
            unknown(monthOf(batch.shippedAt()));
            return;
        }
        if (!tables.has(Table.USAGE_BATCHES)) {
            if (!missing) {
                report.wrong(Check.USAGE, Table.USAGE_BATCHES.file(), "日志封存了各批次的数量,包内却没有此表",
                        "the log seals what batches add up to, and the bundle lacks this table");
            }
            missing = true;
            return;
        }
        report.looked(Check.USAGE, 1);
        StringBuilder lines = new StringBuilder();
        String place = Table.USAGE_BATCHES.file() + " (" + batch.nodeId() + "/" + batch.number() + ")";
        for (Row here = row; here != null && !here.cell("leaf").isEmpty(); here = row) {
            try {
                long of = here.whole("leaf");
                if (of > leaf) {
                    break;
                }
                if (of < leaf || !here.required("node").equals(batch.nodeId()) || here.whole("number") != batch.number()) {
                    strange(here);
                } else {
                    lines.append(line(here));
                    count(here);
                }
            } catch (IllegalArgumentException | ArithmeticException | DateTimeException malformed) {
                malformed(here, malformed);
            }
            next();
        }
        if (!LogLeaf.BatchSums.of(lines.toString()).equals(sums)) {
            report.wrong(Check.USAGE, place, "该批次的数量与日志封存的摘要不符", "what the batch adds up to is not what the log sealed");
        }
    }

    private void unknown(YearMonth month) {
        unknownUntil = unknownUntil == null || unknownUntil.isBefore(month) ? month : unknownUntil;
    }

    private void strange(Row here) {
        report.wrong(Check.USAGE, here.place(), "日志中此处没有这一批次", "the log holds no such batch at this place");
    }

    private void malformed(Row here, RuntimeException why) {
        report.wrong(Check.USAGE, here.place(), "这一行无法理解:" + why.getMessage(), "a row that makes no sense: " + why.getMessage());
    }

    private static String line(Row here) {
        return String.join("\t", here.required("month"), here.required("subscription"), here.required("product"), here.required("operation"),
                here.required("purpose"), here.required("unit"), here.required("units")) + "\n";
    }

    private static Use use(Row here, String month) {
        return new Use(YearMonth.parse(here.required(month)), here.required("subscription"), here.required("product"), here.required("purpose"),
                here.required("unit"));
    }

    private void count(Row here) {
        Use use = use(here, "month");
        if (months.contains(use.month())) {
            counted.merge(use, here.whole("units"), Math::addExact);
        }
    }

    /** The log has ended: what is left are batches that no checkpoint covers yet. */
    void after() {
        for (Row here = row; here != null; here = row) {
            try {
                if (!here.cell("leaf").isEmpty()) {
                    strange(here);
                } else if (here.cell("month").isEmpty()) {
                    unknown(months.through());
                } else {
                    count(here);
                    unsealed.merge(YearMonth.parse(here.required("month")), here.whole("units"), Math::addExact);
                }
            } catch (IllegalArgumentException | ArithmeticException | DateTimeException malformed) {
                malformed(here, malformed);
            }
            next();
        }
        if (rows != null) {
            try {
                rows.close();
            } catch (IOException unreadable) {
                unreadable(unreadable);
            }
        }
        tables.forEach(Table.USAGE_VOIDS, Check.USAGE, List.of("void"), this::takenBack);
    }

    /** An event is voided once; that two people stand behind it the house's record says. */
    private void takenBack(Row here) {
        report.looked(Check.USAGE, 1);
        Use use = use(here, "period");
        if (here.whole("units") < 0 || !months.contains(use.month()) || !events.add(here.required("event"))) {
            report.wrong(Check.USAGE, here.place(), "作废的数量、期间不对,或同一调用作废两次", "a void of less than nothing, of another month, or of an event voided before");
        }
        voided.merge(use, here.whole("units"), Math::addExact);
    }

    /** A total that the bundle states, once for each. */
    void stated(Row here, Use use, long units) {
        if (!tables.has(Table.USAGE_BATCHES)) {
            return;
        }
        Long batches = counted.remove(use);
        Long less = voided.remove(use);
        held(here.place(), use, units, batches == null ? 0 : batches, less == null ? 0 : less);
    }

    private void held(String place, Use use, long units, long batches, long less) {
        if (units == batches - less && less <= batches) {
            return;
        }
        if (unknownUntil != null && !use.month().isAfter(unknownUntil) && units > batches - less) {
            report.notChecked(Check.USAGE, use.month() + " 有较早版本写下的批次,其数量未封存:" + (units - batches + less) + " 个单位未核对",
                    use.month() + ": an earlier build shipped batches whose sums are not sealed: " + (units - batches + less) + " units were not checked");
            return;
        }
        report.wrong(Check.USAGE, place, use.month() + " 用量 " + units + ",各批次合计 " + batches + "、作废 " + less,
                use.month() + ": " + units + " units are stated, the batches add up to " + batches + ", of which " + less + " were voided");
    }

    /** All totals were stated: what is left of the batches is in none. */
    void heldToUsage() {
        if (!tables.has(Table.USAGE)) {
            return;
        }
        if (!tables.has(Table.USAGE_BATCHES)) {
            report.notChecked(Check.USAGE, "用量汇总由运营方给出:包内没有各批次的数量", "the totals of usage are the house's own: the bundle does not say what batches add up to");
            return;
        }
        Set<Use> left = new HashSet<>(counted.keySet());
        left.addAll(voided.keySet());
        for (Use use : left) {
            held(Table.USAGE.file(), use, 0, counted.getOrDefault(use, 0L), voided.getOrDefault(use, 0L));
        }
        unsealed.forEach((month, units) -> {
            if (months.contains(month)) {
                report.notChecked(Check.USAGE, month + " 有 " + units + " 个单位的批次尚无检查点", month + ": batches with " + units + " units are under no checkpoint yet");
            }
        });
    }
}
