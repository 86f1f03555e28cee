package cn.jingshu.products.lending.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.SharedData;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The figures of public calculators and of Apache Fineract, to the cent. */
class WorkedValuesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter FINERACT_DAY = DateTimeFormatter.ofPattern("dd MMMM yyyy", Locale.ENGLISH);

    @Test
    void theFiguresOfPublicCalculatorsAreMetToTheCent() throws IOException {
        JsonNode file = JSON.readTree(SharedData.file("loan/amortisation_worked_values.json").toFile());
        for (JsonNode given : file.get("worked")) {
            String id = given.get("id").asText();
            RepaymentMethod method =
                    given.get("method").asText().equals("等额本息") ? RepaymentMethod.EQUAL_INSTALMENTS : RepaymentMethod.EQUAL_PRINCIPAL;
            Schedule schedule = Amortisation.schedule(LoanTerms.monthly(fen(given.get("principal")), method, given.get("months").asInt(),
                    new BigDecimal(given.get("annual_rate_pct").asText()).movePointLeft(2), LocalDate.of(2020, 1, 15)));
            same(id, given, "monthly_payment", schedule.firstInstalmentFen());
            same(id, given, "total_interest", schedule.totalInterestFen());
            same(id, given, "total_paid", schedule.totalPaidFen());
            same(id, given, "principal_left_after_12", schedule.instalments().get(11).balanceFen());
            same(id, given, "first_payment", schedule.instalments().getFirst().paymentFen());
            same(id, given, "last_payment", schedule.instalments().getLast().paymentFen());
            same(id, given, "first_principal", schedule.instalments().getFirst().principalFen());
            same(id, given, "first_interest", schedule.instalments().getFirst().interestFen());
        }
    }

    @Test
    void paymentDatesFollowTheStatedRules() throws IOException {
        JsonNode dates = JSON.readTree(SharedData.file("loan/amortisation_worked_values.json").toFile()).get("dates");
        int checked = 0;
        for (JsonNode rule : dates) {
            if (rule.has("add_months")) {
                LocalDate from = LocalDate.parse(rule.get("add_months").get(0).asText());
                PaymentDates days = PaymentDates.monthlyFrom(from);
                assertThat(days.date(1 + rule.get("add_months").get(1).asInt())).isEqualTo(LocalDate.parse(rule.get("result").asText()));
                checked++;
            }
            if (rule.has("paid_by")) {
                PaymentDates days = PaymentDates.monthlyFrom(LocalDate.parse(rule.get("start").asText()));
                int made = rule.get("payments_made").asInt();
                assertThat(days.dueBy(LocalDate.parse(rule.get("paid_by").asText()), 360)).isEqualTo(made);
                if (rule.has("next_payment")) {
                    assertThat(days.date(made + 1)).isEqualTo(LocalDate.parse(rule.get("next_payment").asText()));
                    assertThat(days.date(rule.get("months").asInt())).isEqualTo(LocalDate.parse(rule.get("last_payment").asText()));
                }
                checked++;
            }
        }
        assertThat(checked).isEqualTo(dates.size());
    }

    @Test
    void fineractsSchedulesAreMetPeriodByPeriod() throws IOException {
        JsonNode scenarios = JSON.readTree(SharedData.file("loan/fineract_schedules_RS.json").toFile());
        assertThat(scenarios).hasSize(7);
        for (JsonNode scenario : scenarios) {
            Schedule schedule = Amortisation.schedule(terms(scenario.get("loan")));
            int row = 0;
            for (JsonNode step : scenario.get("steps")) {
                if (!step.get("type").asText().equals("schedule")) {
                    continue;
                }
                for (JsonNode given : step.get("rows")) {
                    if (given.get("Nr").asText().isEmpty()) {
                        continue;
                    }
                    Instalment ours = schedule.instalments().get(row++);
                    String at = scenario.get("scenario").asText().substring(0, 4) + " row " + row;
                    assertThat(ours.number()).as(at).isEqualTo(given.get("Nr").asInt());
                    assertThat(ours.dueOn()).as(at).isEqualTo(LocalDate.parse(given.get("Date").asText(), FINERACT_DAY));
                    assertThat(ours.days()).as(at).isEqualTo(given.get("Days").asInt());
                    assertThat(ours.principalFen()).as(at).isEqualTo(fen(given.get("Principal due")));
                    assertThat(ours.interestFen()).as(at).isEqualTo(fen(given.get("Interest")));
                    assertThat(ours.paymentFen()).as(at).isEqualTo(fen(given.get("Due")));
                    assertThat(ours.balanceFen()).as(at).isEqualTo(fen(given.get("Balance of loan")));
                }
            }
            assertThat(row).isEqualTo(18);
            assertThat(schedule.instalments()).hasSize(18);
        }
    }

    /**
     * RS06 names a grace of three payments on interest and its figures show none; RS07 names an interest-free period of three and
     * its figures show interest that is put off (200 in the fourth). The figures are the reference, so the labels are read so.
     */
    private static LoanTerms terms(JsonNode loan) {
        RepaymentMethod method = loan.get("interest type").asText().equals("FLAT") ? RepaymentMethod.FLAT
                : loan.get("amortization type").asText().equals("EQUAL_INSTALLMENTS")
                        ? RepaymentMethod.EQUAL_INSTALMENTS : RepaymentMethod.EQUAL_PRINCIPAL;
        LoanTerms terms = LoanTerms.monthly(fen(loan.get("with Principal")), method, loan.get("numberOfRepayments").asInt(),
                new BigDecimal(loan.get("ANNUAL interest rate %").asText()).movePointLeft(2), LocalDate.of(2022, 11, 1))
                .with(Rounding.INSTALMENT_TO_YUAN)
                .with(new Grace(loan.get("graceOnPrincipalPayment").asInt(), loan.get("interest free period").asInt(), 0));
        return loan.get("interest calculation period").asText().equals("DAILY")
                ? terms.with(InterestBasis.DAILY, DayCount.ACTUAL_365) : terms;
    }

    private static void same(String id, JsonNode given, String name, long oursFen) {
        if (given.has(name)) {
            assertThat(oursFen).as(id + " " + name).isEqualTo(fen(given.get(name)));
        }
    }

    private static long fen(JsonNode yuan) {
        return new BigDecimal(yuan.asText()).movePointRight(2).longValueExact();
    }
}
