package cn.jingshu.marketplace.billing.statement;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.billing.statement.Dunning.State;
import java.time.LocalDate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DunningTermsTest {
    private static final Dunning.Terms TERMS = new Dunning.Terms(3, 10, 15);
    private static final LocalDate DUE_ON = LocalDate.of(2027, 2, 16);

    @ParameterizedTest
    @CsvSource({
        "OPEN,         2027-02-01, 2027-02-16, ",
        "OPEN,         2027-02-01, 2027-02-17, DUE",
        "DUE,          2027-02-17, 2027-02-18, ",
        "DUE,          2027-02-17, 2027-02-19, REMINDED",
        "REMINDED,     2027-03-01, 2027-03-10, ",
        "REMINDED,     2027-03-01, 2027-03-11, FINAL_NOTICE",
        "FINAL_NOTICE, 2027-03-11, 2027-03-25, ",
        "FINAL_NOTICE, 2027-03-11, 2027-03-26, SUSPENDED",
        "SUSPENDED,    2027-03-26, 2029-01-01, ",
        "SETTLED,      2027-03-26, 2029-01-01, "
    })
    void aStepIsTakenWhenItsDayHasCome(State state, LocalDate since, LocalDate today, @Nullable State next) {
        assertThat(Dunning.next(state, since, DUE_ON, today, TERMS)).isEqualTo(Optional.ofNullable(next));
    }

    @Test
    void aNumberIsCheckedAsFarAsItTells() {
        LocalDate day = LocalDate.of(2026, 11, 30);
        assertThat(Invoices.faultOf("26420000000000000123", day)).isEmpty();
        assertThat(Invoices.faultOf("2642000000000000012", day)).contains(Invoices.Fault.NOT_TWENTY_DIGITS);
        assertThat(Invoices.faultOf("264200000000000001234", day)).contains(Invoices.Fault.NOT_TWENTY_DIGITS);
        assertThat(Invoices.faultOf("2642000000000000012x", day)).contains(Invoices.Fault.NOT_TWENTY_DIGITS);
        assertThat(Invoices.faultOf("25420000000000000123", day)).contains(Invoices.Fault.YEAR_DIFFERS);
        assertThat(Invoices.faultOf("26990000000000000123", day)).contains(Invoices.Fault.NO_SUCH_PROVINCE);
    }
}
