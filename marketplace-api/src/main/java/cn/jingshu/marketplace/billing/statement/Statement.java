package cn.jingshu.marketplace.billing.statement;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.account.Balance;
import cn.jingshu.marketplace.billing.account.Movement;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one consumer is told for one month (账单): where the account stood, what was paid and given back since, what is
 * charged line by line, and where it stands with all of that. A preview and the final statement are made by the same
 * function; page, PDF, CSV and JSON are made of this and of nothing else.
 *
 * @param lines of this month, corrections of earlier months and free use included
 * @param movements since the statement before, those of this month's charges included
 * @param opening where the account stood after the statement before
 * @param closing where it stands with every movement
 */
public record Statement(Heading heading, List<Line> lines, List<Movement> movements, Balance opening, Balance closing) {
    public Statement {
        lines = List.copyOf(lines);
        movements = List.copyOf(movements);
        Balance sum = opening;
        for (Movement movement : movements) {
            sum = sum.with(movement);
        }
        if (!sum.equals(closing)) {
            throw new IllegalArgumentException(opening + " and the movements are " + sum + ", not " + closing);
        }
    }

    /**
     * What stands above the lines.
     *
     * @param number of the consumer's statements of that year; null: a preview, which has none
     * @param asOf when it was issued, or previewed
     * @param dueOn until when it is to be paid; null: a preview
     * @param vatRate rate of the tax inside the prices, such as {@code 6/100}
     */
    public record Heading(
            UUID organisationId,
            String uscc,
            String nameZh,
            String nameEn,
            YearMonth month,
            @Nullable Integer number,
            Instant asOf,
            @Nullable LocalDate dueOn,
            String vatRate) {
        /** The number as it is quoted, unique in the market: credit code, year, number; null: a preview. */
        public @Nullable String reference() {
            return number == null ? null : referenceOf(uscc, month.getYear(), number);
        }
    }

    /** A statement's number as it is quoted, such as {@code 91420800…-2026-0003}. */
    static String referenceOf(String uscc, int year, int number) {
        return "%s-%d-%04d".formatted(uscc, year, number);
    }

    /**
     * One rated line.
     *
     * @param chargeId also the id of the journal entry that books it
     * @param usageMonth the month of the calls; before the statement's: a correction
     * @param corrects the line of an earlier statement this one corrects; null: none, or no earlier line had its price
     * @param correctsStatement the month of that statement
     * @param fenPerUnit price of one unit in fen
     * @param priceVersion the published price; null: free by its purpose
     * @param ceilingVersion the ceiling it was published under; null: free, or none was set
     * @param ceilingFen the highest price allowed
     * @param amount tax included; below zero: taken back
     * @param vat the tax inside
     * @param shadow what the use would have cost at the price of paid use (影子价格); null: it is paid use, or has no such price
     */
    public record Line(
            UUID chargeId,
            YearMonth usageMonth,
            boolean correction,
            @Nullable UUID corrects,
            @Nullable YearMonth correctsStatement,
            UUID subscriptionId,
            String product,
            String productZh,
            String productEn,
            String operation,
            String purpose,
            String unit,
            long quantity,
            BigDecimal fenPerUnit,
            @Nullable UUID priceVersion,
            @Nullable UUID ceilingVersion,
            @Nullable BigDecimal ceilingFen,
            Money amount,
            Money vat,
            @Nullable Money shadow) {

        public boolean isFree() {
            return priceVersion == null;
        }
    }

    /** What the lines come to, tax included. */
    public Money charged() {
        return Money.sum(lines.stream().map(Line::amount).toList());
    }

    /** The tax inside {@link #charged}. */
    public Money vat() {
        return Money.sum(lines.stream().map(Line::vat).toList());
    }

    /** {@link #charged} without the tax. */
    public Money net() {
        return charged().minus(vat());
    }

    /** What the free use would have cost. */
    public Money shadow() {
        Money sum = Money.ZERO;
        for (Line line : lines) {
            Money shadow = line.shadow();
            sum = shadow == null ? sum : sum.plus(shadow);
        }
        return sum;
    }

    /** What was received since the statement before. */
    public Money received() {
        return Money.sum(movements.stream()
                .filter(movement -> movement.kind() == Movement.Kind.RECEIPT)
                .map(movement -> movement.net().negated())
                .toList());
    }

    /** What credit notes gave back since the statement before. */
    public Money givenBack() {
        return Money.sum(movements.stream()
                .filter(movement -> movement.kind() == Movement.Kind.CREDIT_NOTE)
                .map(movement -> movement.net().negated())
                .toList());
    }

    /** Whether it can still change. */
    public boolean isPreview() {
        return heading.number() == null;
    }
}
