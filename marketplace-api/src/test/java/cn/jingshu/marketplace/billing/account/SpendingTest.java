package cn.jingshu.marketplace.billing.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import cn.jingshu.ledger.money.Money;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When paid calls stop, where an account stands, and what is set off; without any store. */
class SpendingTest {
    private static final Instant MONTH_END = Instant.parse("2026-11-30T16:00:00Z");

    private static AccountTerms credit(long limit) {
        return new AccountTerms(new Money(limit), null, false);
    }

    private static Balance owing(long owed, long prepaid) {
        return new Balance(new Money(owed), new Money(prepaid), 1);
    }

    private static Map<Spending.Stop, Optional<Instant>> stops(AccountTerms terms, Balance balance, long spent, long unbilled) {
        return Spending.stops(terms, balance, Money.ZERO, new Money(spent), new Money(unbilled), MONTH_END);
    }

    @Test
    void whatIsHeldForAPayBackPaysForNoCall() {
        assertThat(Spending.stops(credit(0), owing(0, 50), new Money(20), new Money(29), new Money(29), MONTH_END)).isEmpty();
        assertThat(Spending.stops(credit(0), owing(0, 50), new Money(20), new Money(30), new Money(30), MONTH_END))
                .isEqualTo(Map.of(Spending.Stop.PREPAID_USED_UP, Optional.empty()));
        assertThat(new Spending.Position(YearMonth.of(2026, 11), credit(100), owing(30, 10), new Money(7), Money.ZERO, new Money(5), false, Map.of()).left())
                .isEqualTo(new Money(68));
    }

    @Test
    void creditIsUsedUpWhenWhatIsOwedAndWhatIsNotBilledReachIt() {
        assertThat(stops(credit(100), owing(60, 0), 0, 39)).isEmpty();
        assertThat(stops(credit(100), owing(60, 0), 0, 40)).isEqualTo(Map.of(Spending.Stop.CREDIT_USED_UP, Optional.empty()));
        assertThat(stops(credit(100), owing(60, 1), 0, 40)).as("what was paid ahead counts").isEmpty();
        assertThat(stops(AccountTerms.NONE, owing(1_000_000, 0), 1_000_000, 1_000_000)).as("no limit was agreed").isEmpty();
    }

    @Test
    void aPrepaidAccountStopsWithItsLastFen() {
        assertThat(stops(credit(0), owing(0, 50), 49, 49)).isEmpty();
        assertThat(stops(credit(0), owing(0, 50), 50, 50)).isEqualTo(Map.of(Spending.Stop.PREPAID_USED_UP, Optional.empty()));
        assertThat(credit(0).isPrepaid()).isTrue();
        assertThat(credit(1).isPrepaid()).isFalse();
        assertThat(AccountTerms.NONE.isPrepaid()).isFalse();
    }

    @Test
    void onlyAHardBudgetStopsCallsAndOnlyUntilTheMonthEnds() {
        AccountTerms hard = new AccountTerms(null, new Money(100), true);
        assertThat(stops(hard, Balance.NOTHING, 99, 99)).isEmpty();
        assertThat(stops(hard, Balance.NOTHING, 100, 100)).isEqualTo(Map.of(Spending.Stop.BUDGET_USED_UP, Optional.of(MONTH_END)));
        assertThat(stops(new AccountTerms(null, new Money(100), false), Balance.NOTHING, 200, 200)).isEmpty();
        assertThat(stops(new AccountTerms(new Money(10), new Money(10), true), Balance.NOTHING, 10, 10)).containsOnlyKeys(
                Spending.Stop.CREDIT_USED_UP, Spending.Stop.BUDGET_USED_UP);
    }

    @Test
    void limitsAreNotBelowZeroAndAHardBudgetIsSaid() {
        assertThatIllegalArgumentException().isThrownBy(() -> credit(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new AccountTerms(null, new Money(-1), false));
        assertThatIllegalArgumentException().isThrownBy(() -> new AccountTerms(null, null, true));
        assertThat(new AccountTerms(null, Money.ZERO, true).budget()).isEqualTo(Money.ZERO);
    }

    private static Spending.Position position(AccountTerms terms, long spent, long unbilled) {
        return new Spending.Position(YearMonth.of(2026, 11), terms, owing(30, 10), Money.ZERO, new Money(spent), new Money(unbilled), false, Map.of());
    }

    @Test
    void whatIsLeftAndHowMuchOfTheBudgetIsSpent() {
        assertThat(position(credit(100), 0, 5).left()).isEqualTo(new Money(75));
        assertThat(position(credit(0), 0, 5).left()).isEqualTo(new Money(-25));
        assertThat(position(AccountTerms.NONE, 0, 5).left()).isNull();
        assertThat(position(new AccountTerms(null, new Money(200), false), 159, 0).percentOfBudget()).isEqualTo(79);
        assertThat(position(new AccountTerms(null, new Money(200), false), 160, 0).percentOfBudget()).isEqualTo(80);
        assertThat(position(new AccountTerms(null, Money.ZERO, false), 1, 0).percentOfBudget()).isNull();
        assertThat(position(AccountTerms.NONE, 1, 0).percentOfBudget()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"0,0,0", "50,0,0", "0,50,0", "50,20,-20", "20,50,-20", "20,20,-20", "-30,0,30", "-30,5,30"})
    void nobodyOwesWhileHavingPaidAhead(long owed, long prepaid, long setOff) {
        assertThat(owing(owed, prepaid).toSetOff()).isEqualTo(new Money(setOff));
    }

    private static Movement movement(long number, @Nullable YearMonth month, long owed, long prepaid) {
        return new Movement(number, new UUID(1, number), Movement.Kind.RECEIPT, LocalDate.of(2026, 11, 9), month, new Money(owed), new Money(prepaid), "B-1");
    }

    @Test
    void anAccountStandsWhereItsMovementsLeftIt() {
        Balance balance = Balance.NOTHING.with(movement(1, YearMonth.of(2026, 10), 100, 0)).with(movement(2, null, -60, 25));
        assertThat(balance).isEqualTo(new Balance(new Money(40), new Money(25), 2));
        assertThat(balance.net()).isEqualTo(new Money(15));
        assertThat(movement(2, null, -60, 25).net()).isEqualTo(new Money(-85));
        assertThat(movement(2, null, -60, 25).on(LocalDate.of(2026, 12, 1))).isEqualTo(new Movement(2, new UUID(1, 2), Movement.Kind.RECEIPT,
                LocalDate.of(2026, 12, 1), null, new Money(-60), new Money(25), "B-1"));
    }
}
