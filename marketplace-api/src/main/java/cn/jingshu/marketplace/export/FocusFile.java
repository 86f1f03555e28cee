package cn.jingshu.marketplace.export;

import cn.jingshu.ledger.bundle.SafeText;
import cn.jingshu.ledger.export.ExportFile;
import cn.jingshu.ledger.export.ExportView;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.TariffJson;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.math3.fraction.BigFraction;

/**
 * Lines of bills as rows of the FinOps Open Cost and Usage Specification, version 1.2: all its mandatory columns and those conditional ones the
 * market has an answer for, and four of our own ({@code x_…}). One row a line; prices are tax-inclusive, so the tax is in the row
 * ({@code x_VatIncluded}) and not in one of its own. A line that bills usage of a month that was closed is a correction.
 *
 * <p>List prices are those before every reduction in the tariff, contracted ones those the line was charged by. An invoice is named where the tax
 * platform's number was handed to the market and one invoice alone can be meant.
 *
 * @see "FOCUS 1.2: ListCost and ContractedCost are unit price × quantity, unrounded; BilledCost is what is owed"
 */
public final class FocusFile implements ExportFile {
    private static final String NAMES = """
            SELECT id, name_zh, kinds @> ARRAY['OPERATOR'] AS operator FROM market.organisation ORDER BY joined_at, id
            """;
    /** Of statements that one invoice alone stands for: one that was taken back whole stands for none. */
    private static final String INVOICES = """
            SELECT s.organisation_id, s.period, min(i.number) AS number
              FROM market.invoice_record i
              JOIN market.statement s ON s.id = i.statement_id
             WHERE i.red_of IS NULL AND s.period >= ? AND s.period <= ?
               AND i.amount_fen > (SELECT coalesce(sum(red.amount_fen), 0) FROM market.invoice_record red WHERE red.red_of = i.id)
             GROUP BY s.organisation_id, s.period
            HAVING count(*) = 1
            """;
    /** The red-letter invoice of the credit note a line below zero is on. */
    private static final String RED_INVOICES = """
            SELECT l.charge_id, min(i.number) AS number
              FROM market.invoice_record i
              JOIN market.credit_note_line l ON l.note_id = i.credit_note_id
              JOIN market.charge c ON c.id = l.charge_id
             WHERE c.period >= ? AND c.period <= ?
             GROUP BY l.charge_id
            HAVING count(*) = 1
            """;
    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
    private static final int PRICE_SCALE = 8; // of yuan: a price is exact to six decimals of a fen

    private static final String[] COLUMNS = {
        "BilledCost", "BillingAccountId", "BillingAccountName", "BillingAccountType", "BillingCurrency", "BillingPeriodEnd",
        "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd",
        "ChargePeriodStart", "ConsumedQuantity", "ConsumedUnit", "ContractedCost", "ContractedUnitPrice", "EffectiveCost", "InvoiceId",
        "InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory", "PricingQuantity", "PricingUnit", "ProviderName",
        "PublisherName", "ServiceCategory", "ServiceName", "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceId", "SubAccountId",
        "SubAccountName", "SubAccountType", "Tags", "x_ChargeId", "x_CorrectedChargeId", "x_PurposeClass", "x_VatIncluded"
    };

    @Override
    public String name() {
        return "focus-1-2.csv";
    }

    @Override
    public String mediaType() {
        return "text/csv; charset=utf-8";
    }

    @Override
    public void write(ExportView view, OutputStream out) throws SQLException, IOException {
        Map<Object, String> names = new HashMap<>();
        String[] operator = {""};
        MarketTables.each(view, NAMES, row -> {
            names.put(Objects.requireNonNull(row.getObject("id")), row.getString("name_zh"));
            if (row.getBoolean("operator") && operator[0].isEmpty()) {
                operator[0] = row.getString("name_zh");
            }
        });
        LocalDate from = view.months().from().atDay(1);
        LocalDate through = view.months().through().atDay(1);
        Map<Bill, String> invoices = new HashMap<>();
        MarketTables.each(view, INVOICES, row -> invoices.put(new Bill(Objects.requireNonNull(row.getObject("organisation_id")),
                MarketTables.month(row, "period")), row.getString("number")), from, through);
        Map<Object, String> redInvoices = new HashMap<>();
        MarketTables.each(view, RED_INVOICES, row -> redInvoices.put(Objects.requireNonNull(row.getObject("charge_id")), row.getString("number")),
                from, through);
        Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        CSVPrinter rows = new CSVPrinter(text, CSVFormat.RFC4180);
        rows.printRecord((Object[]) COLUMNS);
        MarketTables.eachCharge(view, row -> print(row, names, operator[0], invoiceOf(row, invoices, redInvoices), rows));
        text.flush();
    }

    /** A statement, which is a consumer's of a month. */
    private record Bill(Object consumer, YearMonth month) {}

    /** The tax platform's number; empty: none was handed over, or not one alone can be meant. */
    private static String invoiceOf(ResultSet row, Map<Bill, String> invoices, Map<Object, String> redInvoices) throws SQLException {
        return row.getLong("amount_fen") < 0 ? redInvoices.getOrDefault(row.getObject("id"), "")
                : invoices.getOrDefault(new Bill(Objects.requireNonNull(row.getObject("organisation_id")), MarketTables.month(row, "period")), "");
    }

    private static void print(ResultSet row, Map<Object, String> names, String operator, String invoice, CSVPrinter rows)
            throws SQLException, IOException {
        YearMonth billed = MarketTables.month(row, "period");
        YearMonth used = MarketTables.month(row, "usage_period");
        Object consumer = Objects.requireNonNull(row.getObject("organisation_id"));
        String product = row.getString("product_code");
        Tariff tariff = TariffJson.read(row.getString("terms"));
        Money amount = new Money(row.getLong("amount_fen"));
        long quantity = row.getLong("quantity");
        boolean purchase = quantity == 0; // nothing was used: what is owed is the amount of the month
        BigDecimal priced = purchase ? BigDecimal.ONE : BigDecimal.valueOf(quantity);
        BigDecimal unitPrice = unitPrice(tariff, amount, priced);
        BigDecimal contractedCost = unitPrice.multiply(priced).stripTrailingZeros();
        BigDecimal listPrice = tariff.hasDiscount() ? listPrice(tariff, new Line(quantity, row.getLong("total_quantity"),
                row.getString("month_share"), row.getObject("corrects") == null)) : unitPrice;
        BigDecimal listCost = listPrice.multiply(priced).stripTrailingZeros();
        boolean correction = billed.isAfter(used);
        Object tariffId = row.getObject("tariff_id");
        String unit = row.getString("unit");
        rows.printRecord(
                amount.toYuan(), consumer, SafeText.guarded(names.get(consumer)), "Organisation", "CNY", start(billed.plusMonths(1)),
                start(billed), purchase ? "Purchase" : "Usage", correction ? "Correction" : "",
                SafeText.guarded(product + "/" + row.getString("operation") + " " + used), purchase ? "Recurring" : "Usage-Based",
                start(used.plusMonths(1)), start(used), purchase ? "" : quantity, purchase ? "" : unit, contractedCost.toPlainString(),
                unitPrice.toPlainString(), amount.toYuan(), invoice, SafeText.guarded(operator), listCost.toPlainString(),
                listPrice.toPlainString(), "Standard", priced.toPlainString(), purchase ? "month" : unit, SafeText.guarded(operator),
                SafeText.guarded(operator), "Other", SafeText.guarded(product), "Other (Other)",
                SafeText.guarded(product + "/" + row.getString("operation")), unit, tariffId == null ? "FREE_BY_LAW" : tariffId,
                row.getObject("subscription_id"), SafeText.guarded(product), "Subscription", "{}", row.getObject("id"), row.getObject("corrects"),
                row.getString("purpose"), new Money(row.getLong("vat_fen")).toYuan());
    }

    /** In yuan: the published price where every unit costs the same, else what a unit of this line costs on average. Never below zero. */
    private static BigDecimal unitPrice(Tariff tariff, Money amount, BigDecimal quantity) {
        BigDecimal yuan = switch (tariff) {
            case Tariff.Free() -> BigDecimal.ZERO;
            case Tariff.PerUnit(var price) -> price.fenPerUnit().movePointLeft(2);
            default -> BigDecimal.valueOf(amount.fen(), 2).divide(quantity, PRICE_SCALE, RoundingMode.HALF_UP).abs();
        };
        return yuan.signum() == 0 ? BigDecimal.ZERO : yuan.stripTrailingZeros();
    }

    /**
     * What a line adds to its key.
     *
     * @param quantity its own units
     * @param total the key's units with it
     * @param share the month's, a fraction
     * @param first whether no line of the key was billed before
     */
    record Line(long quantity, long total, String share, boolean first) {}

    /** In yuan: what a unit of a line, or its month, costs before every reduction; eight decimals. Never below zero. */
    static BigDecimal listPrice(Tariff tariff, Line line) {
        Tariff listed = tariff.listed();
        Portion portion = Portion.parse(line.share());
        BigFraction share = new BigFraction(portion.numerator(), portion.denominator());
        // A key of which everything was voided owes nothing, whatever a month costs.
        BigFraction after = line.total() == 0 && !line.first() ? BigFraction.ZERO : listed.exactFen(new BigFraction(line.total()), share);
        BigFraction before = line.first() ? BigFraction.ZERO : listed.exactFen(new BigFraction(line.total() - line.quantity()), share);
        BigFraction each = after.subtract(before).divide(BigInteger.valueOf(line.quantity() == 0 ? 1 : line.quantity())).divide(BigInteger.valueOf(100));
        BigDecimal yuan = new BigDecimal(each.getNumerator()).divide(new BigDecimal(each.getDenominator()), PRICE_SCALE, RoundingMode.HALF_UP).abs();
        return yuan.signum() == 0 ? BigDecimal.ZERO : yuan.stripTrailingZeros();
    }

    private static String start(YearMonth month) {
        return month.atDay(1).atStartOfDay(SHANGHAI).toInstant().toString();
    }
}
