package cn.jingshu.ledger.share;

import cn.jingshu.ledger.money.Portion;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of shares: JSON without spaces, fields in a fixed order, fractions as text. Groups of parties are
 * arrays of places among the parties, from 0; exact worths stand in the order of the groups' bits, the first party's lowest.
 */
final class ShareJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ShareJson() {}

    static String write(ShareInputs in) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("form", in.salt() == null ? "jingshu share inputs 1" : "jingshu share inputs 2");
        json.put("product", in.product());
        json.put("from", in.from().toString());
        json.put("operator", in.operator());
        switch (in.basis()) {
            case ShareInputs.Agreed agreed -> {
                json.put("basis", "AGREED");
                json.put("source", agreed.source());
                ArrayNode weights = json.putArray("weights");
                agreed.weights().forEach(each -> weights.addObject()
                        .put("party", each.party())
                        .put("weight", each.weight().toPlainString()));
            }
            case ShareInputs.Scored scored -> {
                json.put("basis", "SCORED");
                json.put("source", scored.source());
                ArrayNode comparisons = json.putArray("comparisons");
                for (List<BigFraction> line : scored.comparisons()) {
                    ArrayNode columns = comparisons.addArray();
                    line.forEach(times -> columns.add(text(times)));
                }
                ArrayNode measures = json.putArray("measures");
                scored.measures().forEach(each -> measures.addObject()
                        .put("party", each.party())
                        .put("processingCostFen", each.processingCostFen())
                        .put("demand", text(each.demand())));
                write(json.putObject("contribution"), scored.contribution());
            }
        }
        if (in.salt() != null) {
            json.put("salt", in.salt());
        }
        return json.toString();
    }

    private static void write(ObjectNode json, ShareInputs.@Nullable Contribution contribution) {
        switch (contribution) {
            case null -> json.put("method", "NONE");
            case ShareInputs.Contribution.Exact(var worth) -> {
                json.put("method", "SHAPLEY_EXACT");
                ArrayNode values = json.putArray("worth");
                for (int mask = 1; mask < 1 << worth.parties().size(); mask++) {
                    values.add(text(worth.of(mask)));
                }
            }
            case ShareInputs.Contribution.Sampled(var worth, var orders, var seed) -> {
                json.put("method", "SHAPLEY_SAMPLED");
                json.put("orders", orders);
                json.put("seed", seed);
                ArrayNode groups = json.putArray("worth");
                worth.worth().entrySet().stream()
                        .map(each -> Map.entry(places(worth.parties(), each.getKey()), each.getValue()))
                        .sorted(Map.Entry.comparingByKey(Comparator.comparing(List::toString)))
                        .forEach(each -> {
                            ObjectNode group = groups.addObject();
                            ArrayNode places = group.putArray("group");
                            each.getKey().forEach(places::add);
                            group.put("worth", text(each.getValue()));
                        });
            }
        }
    }

    private static List<Integer> places(List<String> parties, Set<String> group) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < parties.size(); i++) {
            if (group.contains(parties.get(i))) {
                places.add(i);
            }
        }
        return places;
    }

    static ShareInputs readInputs(String text) {
        JsonNode json = parse(text);
        JsonNode operator = json.required("operator");
        String source = json.required("source").asText();
        ShareInputs.Basis basis = switch (json.required("basis").asText()) {
            case "AGREED" -> {
                List<ShareInputs.Weight> weights = new ArrayList<>();
                json.required("weights").forEach(each -> weights.add(new ShareInputs.Weight(
                        each.required("party").asText(), new BigDecimal(each.required("weight").asText()))));
                yield new ShareInputs.Agreed(weights, source);
            }
            case "SCORED" -> {
                List<List<BigFraction>> comparisons = new ArrayList<>();
                for (JsonNode line : json.required("comparisons")) {
                    List<BigFraction> columns = new ArrayList<>();
                    line.forEach(times -> columns.add(fraction(times.asText())));
                    comparisons.add(columns);
                }
                List<ShareInputs.Measure> measures = new ArrayList<>();
                json.required("measures").forEach(each -> measures.add(new ShareInputs.Measure(
                        each.required("party").asText(), each.required("processingCostFen").asLong(),
                        fraction(each.required("demand").asText()))));
                List<String> parties = measures.stream().map(ShareInputs.Measure::party).toList();
                yield new ShareInputs.Scored(
                        comparisons, measures, contribution(json.required("contribution"), parties), source);
            }
            default -> throw new IllegalArgumentException("unknown basis " + json.required("basis"));
        };
        return new ShareInputs(json.required("product").asText(), YearMonth.parse(json.required("from").asText()),
                operator.isNull() ? null : operator.asText(), basis,
                json.hasNonNull("salt") ? json.get("salt").asText() : null);
    }

    private static ShareInputs.@Nullable Contribution contribution(JsonNode json, List<String> parties) {
        return switch (json.required("method").asText()) {
            case "NONE" -> null;
            case "SHAPLEY_EXACT" -> {
                Map<Set<String>, BigFraction> worth = new HashMap<>();
                int mask = 1;
                for (JsonNode value : json.required("worth")) {
                    Set<String> group = new HashSet<>();
                    for (int i = 0; i < parties.size(); i++) {
                        if ((mask >> i & 1) == 1) {
                            group.add(parties.get(i));
                        }
                    }
                    worth.put(group, fraction(value.asText()));
                    mask++;
                }
                yield new ShareInputs.Contribution.Exact(new CoalitionWorth(parties, worth));
            }
            case "SHAPLEY_SAMPLED" -> {
                Map<Set<String>, BigFraction> worth = new HashMap<>();
                for (JsonNode each : json.required("worth")) {
                    Set<String> group = new HashSet<>();
                    each.required("group").forEach(place -> group.add(parties.get(place.asInt())));
                    worth.put(group, fraction(each.required("worth").asText()));
                }
                yield new ShareInputs.Contribution.Sampled(
                        new GroupWorth(parties, worth), json.required("orders").asInt(), json.required("seed").asLong());
            }
            default -> throw new IllegalArgumentException("unknown method " + json.required("method"));
        };
    }

    static String write(ShareResult result) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("form", "jingshu share result 1");
        ShareResult.Score score = result.score();
        if (score != null) {
            ArrayNode weights = json.putArray("weights");
            score.weights().forEach(weight -> weights.add(weight.toString()));
            json.put("consistencyRatio", score.consistencyRatio().toPlainString());
            ArrayNode contributions = json.putArray("contributions");
            for (ShareResult.Contributed each : score.contributions()) {
                BigDecimal halfWidth = each.halfWidth();
                contributions.addObject()
                        .put("party", each.party())
                        .put("value", text(each.value()))
                        .put("halfWidth", halfWidth == null ? null : halfWidth.toPlainString());
            }
        }
        ArrayNode portions = json.putArray("portions");
        for (ShareScore.PartyPortion each : result.portions()) {
            Portion portion = each.portion();
            portions.addObject().put("party", each.party()).put("portion", portion.toString());
        }
        return json.toString();
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

    /** {@code 40} or {@code 155/3}. */
    static String text(BigFraction fraction) {
        return fraction.getDenominator().equals(BigInteger.ONE)
                ? fraction.getNumerator().toString()
                : fraction.getNumerator() + "/" + fraction.getDenominator();
    }

    private static BigFraction fraction(String text) {
        return Fractions.parse(text);
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException("not the JSON of shares", malformed);
        }
    }
}
