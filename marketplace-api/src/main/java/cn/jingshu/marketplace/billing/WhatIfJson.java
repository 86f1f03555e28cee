package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.settlement.MerchantShare;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.TariffJson;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.marketplace.pricing.Purpose;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A proposal to replay, and what came of it, as JSON: one form for the interface and for the command.
 *
 * <pre>
 * {"prices":[{"product":"transit","operation":"*","plan":null,"tariff":{"kind":"PER_UNIT","fenPerUnit":"1.1"}}],
 *  "ceilings":[{"product":"transit","operation":"*","fenPerUnit":"1.2","fenPerMonth":0}],
 *  "shares":{"operator":"3/5","merchants":{"ORGANISATION":"2/5"}}}
 * </pre>
 */
public final class WhatIfJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private WhatIfJson() {}

    /** @throws IllegalArgumentException if it is no proposal; the message says what is wrong */
    public static WhatIf.Proposal read(String text) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException("not JSON", malformed);
        }
        json.fieldNames().forEachRemaining(name -> {
            if (!List.of("prices", "ceilings", "shares").contains(name)) {
                throw new IllegalArgumentException("unknown field " + name);
            }
        });
        List<PublishedTariff> tariffs = new ArrayList<>();
        for (JsonNode price : json.path("prices")) {
            tariffs.add(new PublishedTariff(WhatIf.proposedId("price " + price), text(price, "product"), operation(price),
                    Purpose.INDUSTRY, TariffJson.read(price.path("tariff").toString()), Instant.EPOCH, Instant.EPOCH,
                    price.hasNonNull("plan") ? text(price, "plan") : null, false));
        }
        List<PriceCeiling> ceilings = new ArrayList<>();
        for (JsonNode ceiling : json.path("ceilings")) {
            try {
                ceilings.add(new PriceCeiling(WhatIf.proposedId("ceiling " + ceiling), text(ceiling, "product"),
                        operation(ceiling), new Ceiling(UnitPrice.ofFen(text(ceiling, "fenPerUnit")),
                                new Money(ceiling.path("fenPerMonth").longValue())), Instant.EPOCH, "proposed"));
            } catch (ArithmeticException | NumberFormatException unfit) {
                throw new IllegalArgumentException("fenPerUnit is no price with up to six decimals: " + ceiling, unfit);
            }
        }
        @Nullable Portion operator = null;
        List<MerchantShare> merchants = new ArrayList<>();
        if (json.hasNonNull("shares")) {
            operator = Portion.parse(text(json.path("shares"), "operator"));
            json.path("shares").path("merchants").properties().forEach(each ->
                    merchants.add(new MerchantShare(each.getKey(), Portion.parse(each.getValue().asText()))));
        }
        if (tariffs.isEmpty() && ceilings.isEmpty() && operator == null) {
            throw new IllegalArgumentException("nothing is proposed: give prices, ceilings or shares");
        }
        return new WhatIf.Proposal(tariffs, ceilings, operator, merchants);
    }

    private static String operation(JsonNode json) {
        return json.hasNonNull("operation") ? text(json, "operation") : PriceBook.EVERY_OPERATION;
    }

    private static String text(JsonNode json, String name) {
        JsonNode value = json.path(name);
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value.textValue();
    }

    /** What a replay gave, amounts in yuan as text. */
    public static String write(WhatIf.Outcome.Replayed replayed) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("beforeYuan", replayed.before().toYuan());
        json.put("afterYuan", replayed.after().toYuan());
        json.set("products", compared("product", replayed.products()));
        json.set("consumers", compared("organisationId", replayed.consumers()));
        ArrayNode months = json.putArray("settlements");
        for (WhatIf.Settled settled : replayed.settlements()) {
            months.addObject().put("month", settled.month().toString())
                    .put("netProfitBeforeYuan", settled.before().netProfit().toYuan())
                    .put("netProfitAfterYuan", settled.after().netProfit().toYuan())
                    .put("treasuryBeforeYuan", settled.before().treasury().toYuan())
                    .put("treasuryAfterYuan", settled.after().treasury().toYuan())
                    .put("operatorBeforeYuan", settled.before().operator().toYuan())
                    .put("operatorAfterYuan", settled.after().operator().toYuan())
                    .put("merchantsBeforeYuan", settled.before().merchants().toYuan())
                    .put("merchantsAfterYuan", settled.after().merchants().toYuan());
        }
        return json.toPrettyString();
    }

    private static ArrayNode compared(String name, List<WhatIf.Compared> all) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (WhatIf.Compared each : all) {
            array.addObject().put(name, each.what()).put("quantity", each.quantity())
                    .put("beforeYuan", each.before().toYuan()).put("afterYuan", each.after().toYuan());
        }
        return array;
    }
}
