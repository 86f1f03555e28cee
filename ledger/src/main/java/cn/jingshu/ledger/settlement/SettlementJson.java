package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.share.ShareRecord;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of inputs and results: JSON without spaces, fields in a fixed order, amounts as whole fen, fractions
 * as text such as {@code 3/10}. The same value always writes the same bytes, so a digest over them means something. The
 * second form adds what {@link SettlementDetail} and {@link DistributionDetail} hold, the third the months of a year and their surcharges' rates; the
 * earlier ones are still read and written.
 */
final class SettlementJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private SettlementJson() {}

    static String write(SettlementInputs in) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        SettlementDetail detail = in.detail();
        json.put("form", "jingshu settlement inputs " + (detail == null ? 1 : detail.vatByMonth().isEmpty() ? 2 : 3));
        json.put("firstMonth", in.period().first().toString());
        json.put("lastMonth", in.period().last().toString());
        json.put("businessLine", in.businessLine());
        json.put("grossFen", in.gross().fen());
        json.put("outputVatFen", in.outputVat().fen());
        json.put("inputVatFen", in.inputVat().fen());
        json.set("merchantCosts", amounts(in.merchantCosts()));
        ArrayNode costs = json.putArray("costs");
        for (Cost cost : in.costs()) {
            costs.addObject()
                    .put("kind", cost.kind().name())
                    .put("account", cost.account().value())
                    .put("amountFen", cost.amount().fen());
        }
        ArrayNode rates = json.putArray("rates");
        SettlementRates used = in.rates();
        for (DatedRate rate : List.of(
                used.urbanMaintenance(),
                used.education(),
                used.localEducation(),
                used.incomeTax(),
                used.statutoryReserve(),
                used.treasury())) {
            rates.add(rate(rate));
        }
        json.put("treasuryBase", in.treasuryBase().name());
        json.put("lossesCarriedFen", in.lossesCarried().fen());
        json.put("operatorShare", in.operatorShare().toString());
        ArrayNode shares = json.putArray("merchantShares");
        for (MerchantShare share : in.merchantShares()) {
            shares.addObject().put("merchant", share.merchant()).put("portion", share.portion().toString());
        }
        if (detail != null) {
            json.put("bookedOn", detail.bookedOn().toString());
            ArrayNode products = json.putArray("products");
            for (ProductRevenue each : detail.products()) {
                ObjectNode product = products.addObject()
                        .put("product", each.product())
                        .put("netRevenueFen", each.netRevenue().fen());
                product.set("shares", shares(each.shares()));
                product.set("providerShares", shares(each.providerShares()));
                ArrayNode resources = product.putArray("resources");
                each.resources().forEach(own -> resources.addObject()
                        .put("provider", own.provider())
                        .put("resources", own.resources()));
            }
            json.putObject("sharedCostsBy")
                    .put("measure", detail.costKey().measure())
                    .put("paid", detail.costKey().paid())
                    .put("free", detail.costKey().free());
            json.put("taxLossesFen", detail.taxLosses().fen());
            json.set("carried", carried(detail.carried()));
            json.set("carriedByProvider", carried(detail.carriedByProvider()));
            if (!detail.vatByMonth().isEmpty()) {
                ArrayNode months = json.putArray("vatByMonth");
                for (MonthVat each : detail.vatByMonth()) {
                    ObjectNode month = months.addObject()
                            .put("month", each.month().toString())
                            .put("outputVatFen", each.outputVat().fen())
                            .put("inputVatFen", each.inputVat().fen());
                    month.putArray("rates").add(rate(each.urbanMaintenance())).add(rate(each.education())).add(rate(each.localEducation()));
                }
            }
        }
        return json.toString();
    }

    private static ObjectNode rate(DatedRate rate) {
        return JsonNodeFactory.instance.objectNode()
                .put("rule", rate.rule().name())
                .put("rate", rate.rate().toString())
                .put("from", rate.from().toString())
                .put("citation", rate.citation());
    }

    private static PolicyRates readRates(JsonNode array) {
        List<DatedRate> rates = new ArrayList<>();
        for (JsonNode rate : array) {
            rates.add(new DatedRate(
                    Rule.valueOf(rate.required("rule").asText()),
                    Portion.parse(rate.required("rate").asText()),
                    LocalDate.parse(rate.required("from").asText()),
                    rate.required("citation").asText()));
        }
        return new PolicyRates(rates);
    }

    private static List<MonthVat> readMonths(JsonNode json) {
        List<MonthVat> months = new ArrayList<>();
        if (json.has("vatByMonth")) {
            for (JsonNode each : json.required("vatByMonth")) {
                months.add(MonthVat.of(YearMonth.parse(each.required("month").asText()), money(each, "outputVatFen"), money(each, "inputVatFen"),
                        readRates(each.required("rates"))));
            }
        }
        return months;
    }

    /** The exact texts of a record of shares, as texts, so that its digest stays the same. */
    private static JsonNode shares(@Nullable ShareRecord record) {
        return record == null
                ? JsonNodeFactory.instance.nullNode()
                : JsonNodeFactory.instance.objectNode()
                        .put("inputs", record.inputsJson())
                        .put("result", record.resultJson())
                        .put("sha256", record.sha256());
    }

    private static @Nullable ShareRecord readShares(JsonNode json) {
        return json.isNull()
                ? null
                : new ShareRecord(json.required("inputs").asText(), json.required("result").asText(),
                        json.required("sha256").asText());
    }

    private static ArrayNode carried(List<Carried> carried) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        carried.forEach(each -> array.addObject().put("party", each.party()).put("fen", each.fen().toPlainString()));
        return array;
    }

    private static List<Carried> readCarried(JsonNode array) {
        List<Carried> carried = new ArrayList<>();
        array.forEach(each -> carried.add(
                new Carried(each.required("party").asText(), new BigDecimal(each.required("fen").asText()))));
        return carried;
    }

    private static @Nullable SettlementDetail readDetail(JsonNode json) {
        if (!json.has("bookedOn")) {
            return null;
        }
        List<ProductRevenue> products = new ArrayList<>();
        for (JsonNode each : json.required("products")) {
            List<ProductRevenue.ProviderResources> resources = new ArrayList<>();
            each.required("resources").forEach(own -> resources.add(new ProductRevenue.ProviderResources(
                    own.required("provider").asText(), own.required("resources").asInt())));
            products.add(new ProductRevenue(each.required("product").asText(), money(each, "netRevenueFen"),
                    readShares(each.required("shares")), readShares(each.required("providerShares")), resources));
        }
        JsonNode key = json.required("sharedCostsBy");
        return new SettlementDetail(LocalDate.parse(json.required("bookedOn").asText()), products,
                new CostKey(key.required("measure").asText(), key.required("paid").asLong(), key.required("free").asLong()),
                money(json, "taxLossesFen"), readCarried(json.required("carried")),
                readCarried(json.required("carriedByProvider")), readMonths(json));
    }

    static SettlementInputs readInputs(String text) {
        JsonNode json = parse(text);
        List<Cost> costs = new ArrayList<>();
        for (JsonNode cost : json.required("costs")) {
            costs.add(new Cost(
                    CostKind.valueOf(cost.required("kind").asText()),
                    new AccountCode(cost.required("account").asText()),
                    money(cost, "amountFen")));
        }
        List<MerchantShare> shares = new ArrayList<>();
        for (JsonNode share : json.required("merchantShares")) {
            shares.add(new MerchantShare(
                    share.required("merchant").asText(),
                    Portion.parse(share.required("portion").asText())));
        }
        SettlementPeriod period = period(json);
        return new SettlementInputs(
                period,
                json.required("businessLine").asText(),
                money(json, "grossFen"),
                money(json, "outputVatFen"),
                money(json, "inputVatFen"),
                amounts(json.required("merchantCosts")),
                costs,
                SettlementRates.at(readRates(json.required("rates")), period.lastDay()),
                TreasuryBase.valueOf(json.required("treasuryBase").asText()),
                money(json, "lossesCarriedFen"),
                Portion.parse(json.required("operatorShare").asText()),
                shares,
                readDetail(json));
    }

    static String write(SettlementResult result) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        DistributionDetail detail = result.detail();
        json.put("form", detail == null ? "jingshu settlement result 1" : "jingshu settlement result 2");
        json.put("firstMonth", result.period().first().toString());
        json.put("lastMonth", result.period().last().toString());
        json.put("basis", result.period().basis().name());
        json.put("grossFen", result.gross().fen());
        json.put("outputVatFen", result.outputVat().fen());
        json.put("revenueFen", result.revenue().fen());
        json.set("merchantCosts", amounts(result.merchantCosts()));
        json.put("directPaidCostsFen", result.directPaidCosts().fen());
        json.put("directFreeCostsFen", result.directFreeCosts().fen());
        json.put("sharedCostsFen", result.sharedCosts().fen());
        json.put("surchargesFen", result.surcharges().fen());
        json.put("urbanMaintenanceFen", result.urbanMaintenance().fen());
        json.put("educationFen", result.education().fen());
        json.put("localEducationFen", result.localEducation().fen());
        json.put("profitBeforeTaxFen", result.profitBeforeTax().fen());
        json.put("incomeTaxFen", result.incomeTax().fen());
        json.put("netProfitFen", result.netProfit().fen());
        json.put("treasuryBaseFen", result.treasuryBase().fen());
        json.put("treasuryFen", result.treasury().fen());
        json.put("operatorFen", result.operator().fen());
        json.set("merchantShares", amounts(result.merchantShares()));
        if (detail != null) {
            json.put("sharedPaidFen", detail.sharedPaid().fen());
            json.put("sharedFreeFen", detail.sharedFree().fen());
            json.put("taxLossesUsedFen", detail.taxLossesUsed().fen());
            ArrayNode earmarks = json.putArray("earmarks");
            detail.earmarks().forEach(each -> earmarks.addObject()
                    .put("provider", each.provider())
                    .put("amountFen", each.amount().fen()));
            json.set("carried", carried(detail.carried()));
            json.set("carriedByProvider", carried(detail.carriedByProvider()));
        }
        return json.toString();
    }

    static SettlementResult readResult(String text) {
        JsonNode json = parse(text);
        return new SettlementResult(
                period(json),
                money(json, "grossFen"),
                money(json, "outputVatFen"),
                money(json, "revenueFen"),
                amounts(json.required("merchantCosts")),
                money(json, "directPaidCostsFen"),
                money(json, "directFreeCostsFen"),
                money(json, "sharedCostsFen"),
                money(json, "surchargesFen"),
                money(json, "urbanMaintenanceFen"),
                money(json, "educationFen"),
                money(json, "localEducationFen"),
                money(json, "profitBeforeTaxFen"),
                money(json, "incomeTaxFen"),
                money(json, "netProfitFen"),
                money(json, "treasuryBaseFen"),
                money(json, "treasuryFen"),
                money(json, "operatorFen"),
                amounts(json.required("merchantShares")),
                readDistribution(json));
    }

    private static @Nullable DistributionDetail readDistribution(JsonNode json) {
        if (!json.has("earmarks")) {
            return null;
        }
        List<Earmark> earmarks = new ArrayList<>();
        json.required("earmarks").forEach(each ->
                earmarks.add(new Earmark(each.required("provider").asText(), money(each, "amountFen"))));
        return new DistributionDetail(money(json, "sharedPaidFen"), money(json, "sharedFreeFen"),
                money(json, "taxLossesUsedFen"), earmarks, readCarried(json.required("carried")),
                readCarried(json.required("carriedByProvider")));
    }

    /** SHA-256 over inputs, a line feed and result in UTF-8, as 64 hexadecimal digits. */
    static String digest(String inputs, String result) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest((inputs + "\n" + result).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException("not the JSON of a settlement", malformed);
        }
    }

    private static SettlementPeriod period(JsonNode json) {
        return new SettlementPeriod(
                YearMonth.parse(json.required("firstMonth").asText()),
                YearMonth.parse(json.required("lastMonth").asText()));
    }

    private static Money money(JsonNode json, String field) {
        JsonNode value = json.required(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException(field + " is not a whole number of fen: " + value);
        }
        return new Money(value.longValue());
    }

    private static ArrayNode amounts(List<PartyAmount> amounts) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (PartyAmount amount : amounts) {
            array.addObject().put("merchant", amount.merchant()).put("amountFen", amount.amount().fen());
        }
        return array;
    }

    private static List<PartyAmount> amounts(JsonNode array) {
        List<PartyAmount> amounts = new ArrayList<>();
        for (JsonNode amount : array) {
            amounts.add(new PartyAmount(amount.required("merchant").asText(), money(amount, "amountFen")));
        }
        return amounts;
    }
}
