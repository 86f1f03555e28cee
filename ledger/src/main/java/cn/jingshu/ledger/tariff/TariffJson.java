package cn.jingshu.ledger.tariff;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The written form of a tariff, for the store and for auditors: JSON without spaces, fields in a fixed order, amounts as
 * whole fen, unit prices as decimal text such as {@code "0.35"}. The same tariff always writes the same bytes.
 *
 * <pre>
 * {"kind":"FREE"}
 * {"kind":"FLAT","perMonthFen":50000}
 * {"kind":"PER_UNIT","fenPerUnit":"0.35"}
 * {"kind":"GRADUATED","tiers":[{"upTo":1000,"fenPerUnit":"0.35","flatFen":0},{"upTo":null,"fenPerUnit":"0.2","flatFen":0}]}
 * {"kind":"VOLUME","tiers":[…]}
 * {"kind":"PACKAGES","perPackageFen":10000,"units":1000}
 * {"kind":"BASE_PLUS_USAGE","baseFen":100000,"usage":{…}}
 * {"kind":"MINIMUM","leastFen":10000,"usage":{…}}
 * {"kind":"INCLUDED","units":100,"beyond":{…}}
 * {"kind":"DISCOUNTED","off":"1/5","list":{…}}
 * </pre>
 */
public final class TariffJson {
    private static final int DEEPEST = 8;
    private static final int MOST_TIERS = 100;
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private TariffJson() {}

    public static String write(Tariff tariff) {
        return node(tariff).toString();
    }

    /** The kind's name as {@link #write} gives it, such as {@code PER_UNIT}. */
    public static String kindOf(Tariff tariff) {
        return switch (tariff) {
            case Tariff.Free() -> "FREE";
            case Tariff.Flat _ -> "FLAT";
            case Tariff.PerUnit _ -> "PER_UNIT";
            case Tariff.Graduated _ -> "GRADUATED";
            case Tariff.Volume _ -> "VOLUME";
            case Tariff.Packages _ -> "PACKAGES";
            case Tariff.BasePlusUsage _ -> "BASE_PLUS_USAGE";
            case Tariff.Minimum _ -> "MINIMUM";
            case Tariff.Included _ -> "INCLUDED";
            case Tariff.Discounted _ -> "DISCOUNTED";
        };
    }

    private static ObjectNode node(Tariff tariff) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("kind", kindOf(tariff));
        switch (tariff) {
            case Tariff.Free() -> {}
            case Tariff.Flat(Money perMonth) -> json.put("perMonthFen", perMonth.fen());
            case Tariff.PerUnit(UnitPrice price) -> json.put("fenPerUnit", plain(price));
            case Tariff.Graduated(List<Tier> tiers) -> json.set("tiers", tiers(tiers));
            case Tariff.Volume(List<Tier> tiers) -> json.set("tiers", tiers(tiers));
            case Tariff.Packages(Money perPackage, long units) ->
                json.put("perPackageFen", perPackage.fen()).put("units", units);
            case Tariff.BasePlusUsage(Money base, Tariff usage) ->
                json.put("baseFen", base.fen()).set("usage", node(usage));
            case Tariff.Minimum(Money least, Tariff usage) ->
                json.put("leastFen", least.fen()).set("usage", node(usage));
            case Tariff.Included(long units, Tariff beyond) -> json.put("units", units).set("beyond", node(beyond));
            case Tariff.Discounted(Portion off, Tariff list) -> json.put("off", off.toString()).set("list", node(list));
        }
        return json;
    }

    private static ArrayNode tiers(List<Tier> tiers) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Tier tier : tiers) {
            array.addObject()
                    .put("upTo", tier.upTo())
                    .put("fenPerUnit", plain(tier.price()))
                    .put("flatFen", tier.flat().fen());
        }
        return array;
    }

    private static String plain(UnitPrice price) {
        BigDecimal fen = price.fenPerUnit();
        return fen.signum() == 0 ? "0" : fen.stripTrailingZeros().toPlainString();
    }

    /**
     * Reads what {@link #write} writes; a missing, unknown or unfit field is named.
     *
     * @throws IllegalArgumentException if it is no tariff
     */
    public static Tariff read(String text) {
        try {
            return tariff(JSON.readTree(text), 1);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException("not the JSON of a tariff", malformed);
        }
    }

    private static Tariff tariff(JsonNode json, int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("a tariff of more than " + DEEPEST + " tariffs in each other");
        }
        String kind = text(json, "kind");
        return switch (kind) {
            case "FREE" -> only(json, Set.of(), new Tariff.Free());
            case "FLAT" -> only(json, Set.of("perMonthFen"), new Tariff.Flat(money(json, "perMonthFen")));
            case "PER_UNIT" -> only(json, Set.of("fenPerUnit"), new Tariff.PerUnit(price(json)));
            case "GRADUATED" -> only(json, Set.of("tiers"), new Tariff.Graduated(readTiers(json)));
            case "VOLUME" -> only(json, Set.of("tiers"), new Tariff.Volume(readTiers(json)));
            case "PACKAGES" -> only(json, Set.of("perPackageFen", "units"),
                    new Tariff.Packages(money(json, "perPackageFen"), whole(json, "units")));
            case "BASE_PLUS_USAGE" -> only(json, Set.of("baseFen", "usage"),
                    new Tariff.BasePlusUsage(money(json, "baseFen"), tariff(field(json, "usage"), depth + 1)));
            case "MINIMUM" -> only(json, Set.of("leastFen", "usage"),
                    new Tariff.Minimum(money(json, "leastFen"), tariff(field(json, "usage"), depth + 1)));
            case "INCLUDED" -> only(json, Set.of("units", "beyond"),
                    new Tariff.Included(whole(json, "units"), tariff(field(json, "beyond"), depth + 1)));
            case "DISCOUNTED" -> only(json, Set.of("off", "list"), new Tariff.Discounted(
                    Portion.parse(text(json, "off")), tariff(field(json, "list"), depth + 1)));
            default -> throw new IllegalArgumentException("unknown kind of tariff: " + kind);
        };
    }

    private static List<Tier> readTiers(JsonNode json) {
        JsonNode array = field(json, "tiers");
        if (!array.isArray() || array.size() > MOST_TIERS) {
            throw new IllegalArgumentException("tiers is not a list of at most " + MOST_TIERS + " bands");
        }
        List<Tier> tiers = new ArrayList<>();
        for (JsonNode tier : array) {
            JsonNode upTo = field(tier, "upTo");
            tiers.add(new Tier(upTo.isNull() ? null : whole(tier, "upTo"), price(tier), money(tier, "flatFen")));
            if (tier.size() != 3) {
                throw new IllegalArgumentException("a band has other fields than upTo, fenPerUnit and flatFen: " + tier);
            }
        }
        return tiers;
    }

    private static Tariff only(JsonNode json, Set<String> fields, Tariff read) {
        json.fieldNames().forEachRemaining(name -> {
            if (!name.equals("kind") && !fields.contains(name)) {
                throw new IllegalArgumentException("unknown field " + name + " of a tariff");
            }
        });
        return read;
    }

    private static JsonNode field(JsonNode json, String name) {
        JsonNode value = json.get(name);
        if (value == null) {
            throw new IllegalArgumentException("a tariff lacks the field " + name);
        }
        return value;
    }

    private static String text(JsonNode json, String name) {
        JsonNode value = field(json, name);
        if (!value.isTextual()) {
            throw new IllegalArgumentException(name + " is not text: " + value);
        }
        return value.textValue();
    }

    private static long whole(JsonNode json, String name) {
        JsonNode value = field(json, name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException(name + " is not a whole number: " + value);
        }
        return value.longValue();
    }

    private static Money money(JsonNode json, String name) {
        return new Money(whole(json, name));
    }

    private static UnitPrice price(JsonNode json) {
        String text = text(json, "fenPerUnit");
        try {
            if (text.length() > 30) {
                throw new NumberFormatException(text);
            }
            return UnitPrice.ofFen(text);
        } catch (ArithmeticException | NumberFormatException unfit) {
            throw new IllegalArgumentException("fenPerUnit is not a price with up to six decimals: " + text, unfit);
        }
    }
}
