package cn.jingshu.ledger.journal;

import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/**
 * What a posting is about, beside its account; the separate accounting of the authorised line (单独核算,
 * 发改价格〔2025〕65号) reads them. Every text is a caller's identifier of 1 to 200 characters; null: does not
 * apply. As a filter, null means "any".
 *
 * @param purposeClass {@code PUBLIC_INTEREST} or {@code INDUSTRY}
 * @param businessLine {@link #AUTHORISED_OPERATION} or another line of the operator
 * @param priceVersion the published price a charge was rated with
 * @param servicePeriod the month whose use, cost or profit the line is about; null: the month it is booked in
 */
public record Dimensions(
        @Nullable String product,
        @Nullable String provider,
        @Nullable String merchant,
        @Nullable String consumer,
        @Nullable String purposeClass,
        @Nullable String businessLine,
        @Nullable String priceVersion,
        @Nullable YearMonth servicePeriod) {

    /** The business line of authorised operation (公共数据授权运营), whose net profit is split. */
    public static final String AUTHORISED_OPERATION = "AUTHORISED_OPERATION";

    public static final Dimensions NONE = new Dimensions(null, null, null, null, null, null, null, null);

    private static final int LONGEST = 200;

    public Dimensions {
        check("product", product);
        check("provider", provider);
        check("merchant", merchant);
        check("consumer", consumer);
        check("purposeClass", purposeClass);
        check("businessLine", businessLine);
        check("priceVersion", priceVersion);
    }

    /** The authorised line and nothing else yet. */
    public static Dimensions authorisedOperation() {
        return NONE.withBusinessLine(AUTHORISED_OPERATION);
    }

    public Dimensions withProduct(@Nullable String value) {
        return new Dimensions(value, provider, merchant, consumer, purposeClass, businessLine, priceVersion, servicePeriod);
    }

    public Dimensions withProvider(@Nullable String value) {
        return new Dimensions(product, value, merchant, consumer, purposeClass, businessLine, priceVersion, servicePeriod);
    }

    public Dimensions withMerchant(@Nullable String value) {
        return new Dimensions(product, provider, value, consumer, purposeClass, businessLine, priceVersion, servicePeriod);
    }

    public Dimensions withConsumer(@Nullable String value) {
        return new Dimensions(product, provider, merchant, value, purposeClass, businessLine, priceVersion, servicePeriod);
    }

    public Dimensions withPurposeClass(@Nullable String value) {
        return new Dimensions(product, provider, merchant, consumer, value, businessLine, priceVersion, servicePeriod);
    }

    public Dimensions withBusinessLine(@Nullable String value) {
        return new Dimensions(product, provider, merchant, consumer, purposeClass, value, priceVersion, servicePeriod);
    }

    public Dimensions withPriceVersion(@Nullable String value) {
        return new Dimensions(product, provider, merchant, consumer, purposeClass, businessLine, value, servicePeriod);
    }

    public Dimensions withServicePeriod(@Nullable YearMonth value) {
        return new Dimensions(product, provider, merchant, consumer, purposeClass, businessLine, priceVersion, value);
    }

    private static void check(String name, @Nullable String value) {
        if (value != null && (value.isBlank() || value.length() > LONGEST || value.indexOf('\0') >= 0)) {
            throw new IllegalArgumentException(name + " is not 1 to " + LONGEST + " characters");
        }
    }
}
