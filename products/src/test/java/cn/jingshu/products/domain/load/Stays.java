package cn.jingshu.products.domain.load;

import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Protection;
import cn.jingshu.products.domain.ResourceTable.Type;
import java.util.List;

/** A made-up table with every kind of column. */
final class Stays {
    static final ResourceTable TABLE = new ResourceTable("test_stay", "A2.2.4", List.of(
            Column.of("stay_id", Type.TEXT, "住院号", "id of the stay"),
            Column.subject("patient", "患者", "patient"),
            Column.of("admitted_on", Type.DATE, "入院日期", "day of admission"),
            Column.of("discharged_on", Type.DATE, "出院日期", "day of discharge").optional(),
            Column.of("cost_yuan", Type.DECIMAL, "费用", "cost, yuan").optional(),
            Column.of("days", Type.INTEGER, "天数", "days").optional(),
            Column.of("recorded_at", Type.TIMESTAMP, "记录时间", "when it was recorded").optional(),
            Column.of("insured", Type.BOOLEAN, "医保", "insured").optional(),
            Column.personal("ward", Type.TEXT, Protection.PERSONAL, "病区", "ward").optional(),
            Column.sealed("diagnosis", "诊断", "diagnosis").optional()), List.of("stay_id"), List.of());

    static final String HEADER = "stay_id,patient,admitted_on,discharged_on,cost_yuan,days,recorded_at,insured,ward,diagnosis\n";

    private Stays() {}

    /** A record whose values all fit. */
    static String row(int number) {
        return "s" + number + ",p" + number % 97 + ",2026-01-0" + (1 + number % 9) + ",2026-02-01," + number + ".50," + number % 30
                + ",2026-02-01T08:00:00+08:00,是,内科,诊断" + number % 7 + "\n";
    }

    static String rows(int from, int to) {
        StringBuilder rows = new StringBuilder(HEADER);
        for (int i = from; i < to; i++) {
            rows.append(row(i));
        }
        return rows.toString();
    }
}
