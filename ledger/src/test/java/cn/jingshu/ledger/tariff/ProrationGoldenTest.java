package cn.jingshu.ledger.tariff;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The proration and period vectors of killbill/killbill, TestInvoiceDateUtils and its two kin. */
class ProrationGoldenTest {

    private static final Path VECTORS = Path.of("..", "..", "shared", "data", "metering-ledger", "killbill_proration.csv");

    private static List<CSVRecord> vectors = List.of();

    @BeforeAll
    static void read() throws IOException {
        if (!Files.exists(VECTORS)) {
            String message = "NOT RUN: ../shared is absent, the reference tests of proration did not run";
            System.err.println(message);
            Assumptions.abort(message);
        }
        try (Reader in = Files.newBufferedReader(VECTORS)) {
            vectors = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get().parse(in).getRecords();
        }
    }

    @Test
    void partsOfACycleAgree() {
        int checked = 0;
        for (CSVRecord vector : vectors) {
            if (!vector.get("function").startsWith("calculateProRation")) {
                continue;
            }
            DayCount days = vector.get("test_class").endsWith("WithFixedProration") ? new DayCount.Fixed(30) : new DayCount.Actual();
            LocalDate one = LocalDate.parse(vector.get("arg1"));
            LocalDate other = LocalDate.parse(vector.get("arg2"));
            BigFraction share = vector.get("function").endsWith("BeforeFirstBillingPeriod")
                    ? days.share(one, other, BillingCycle.MONTHLY.plus(other, -1), other)
                    : days.share(other, one, other, BillingCycle.MONTHLY.plus(other, 1));
            assertThat(Fractions.decimal(share, 9, RoundingMode.HALF_UP).toPlainString())
                    .as("%s", vector)
                    .isEqualTo(vector.get("expected"));
            checked++;
        }
        assertThat(checked).isEqualTo(19);
    }

    /** The source asks each pair of days twice: first with months of 30 days, then with months of 28. */
    @Test
    void daysOfFixedMonthsAgree() {
        List<String> seen = new ArrayList<>();
        int checked = 0;
        for (CSVRecord vector : vectors) {
            if (!vector.get("function").equals("daysBetweenWithFixedDaysInMonth")) {
                continue;
            }
            String pair = vector.get("arg1") + vector.get("arg2");
            DayCount days = new DayCount.Fixed(seen.contains(pair) ? 28 : 30);
            seen.add(pair);
            assertThat(days.between(LocalDate.parse(vector.get("arg1")), LocalDate.parse(vector.get("arg2"))))
                    .as("%s", vector)
                    .isEqualTo(Long.parseLong(vector.get("expected")));
            checked++;
        }
        assertThat(checked).isEqualTo(12);
    }

    @Test
    void cyclesForwardAndBackAgree() {
        int checked = 0;
        for (CSVRecord vector : vectors) {
            if (!vector.get("function").endsWith("ByNPeriods")) {
                continue;
            }
            long cycles = Long.parseLong(vector.get("arg2"));
            assertThat(BillingCycle.valueOf(vector.get("billing_period"))
                            .plus(LocalDate.parse(vector.get("arg1")), vector.get("function").startsWith("advance") ? cycles : -cycles))
                    .as("%s", vector)
                    .isEqualTo(LocalDate.parse(vector.get("expected")));
            checked++;
        }
        assertThat(checked).isEqualTo(48);
    }
}
