package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The stored form of inputs and results: JSON without spaces, fields in a fixed order, amounts as whole fen, fractions
 * as text such as {@code 3/10}. The same value always writes the same bytes, so a digest over them means something.
 */
final class SettlementJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private SettlementJson() {}

    static String write(SettlementInputs in) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("form", "jingshu settlement inputs 1");
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
            rates.addObject()
                    .put("rule", rate.rule().name())
                    .put("rate", rate.rate().toString())
                    .put("from", rate.from().toString())
                    .put("citation", rate.citation());
        }
        json.put("treasuryBase", in.treasuryBase().name());
        json.put("lossesCarriedFen", in.lossesCarried().fen());
        json.put("operatorShare", in.operatorShare().toString());
        ArrayNode shares = json.putArray("merchantShares");
        for (MerchantShare share : in.merchantShares()) {
            shares.addObject().put("merchant", share.merchant()).put("portion", share.portion().toString());
        }
        return json.toString();
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
        List<DatedRate> rates = new ArrayList<>();
        for (JsonNode rate : json.required("rates")) {
            rates.add(new DatedRate(
                    Rule.valueOf(rate.required("rule").asText()),
                    Portion.parse(rate.required("rate").asText()),
                    LocalDate.parse(rate.required("from").asText()),
                    rate.required("citation").asText()));
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
                SettlementRates.at(new PolicyRates(rates), period.lastDay()),
                TreasuryBase.valueOf(json.required("treasuryBase").asText()),
                money(json, "lossesCarriedFen"),
                Portion.parse(json.required("operatorShare").asText()),
                shares);
    }

    static String write(SettlementResult result) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("form", "jingshu settlement result 1");
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
                amounts(json.required("merchantShares")));
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
