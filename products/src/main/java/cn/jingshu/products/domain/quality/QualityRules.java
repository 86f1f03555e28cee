package cn.jingshu.products.domain.quality;

import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Keeping;
import cn.jingshu.products.domain.ResourceTable.Type;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one table, what each dimension weighs, and how good is good enough.
 *
 * @param weights at least 0, at least one of them above; a dimension without one weighs 1
 * @param threshold 0 to 100: below it what products answer is degraded, and by their contract not billed
 * @param freshFor how long a load stays fresh, counted anew whenever its source is found unchanged; null: as long as the resource's update
 *     cycle allows, and where nothing says one, the table does not grow stale
 */
public record QualityRules(List<QualityRule> rules, Map<Dimension, Double> weights, double threshold, @Nullable Duration freshFor) {
    /** What a table is held against that nobody has declared rules for. The house's own figure: no standard sets one. */
    public static final double USUAL_THRESHOLD = 80;

    private static final int MOST_RULES = 200;
    private static final int USUAL_LOADS = 10;
    /** A load that came late is fresh once it is there: lateness tells of the provider, and by itself makes nothing free that is whole and right. */
    private static final Map<Dimension, Double> USUAL_WEIGHTS = Map.of(Dimension.TIMELINESS, 0.5);
    private static final ObjectMapper JSON = new ObjectMapper()
            .registerModule(new SimpleModule()
                    .addSerializer(Duration.class, ToStringSerializer.instance)
                    .addDeserializer(Duration.class, new JsonDeserializer<Duration>() {
                        @Override
                        public Duration deserialize(com.fasterxml.jackson.core.JsonParser parser,
                                com.fasterxml.jackson.databind.DeserializationContext context) throws java.io.IOException {
                            try {
                                return Duration.parse(parser.getValueAsString(""));
                            } catch (DateTimeException wrong) {
                                throw context.weirdStringException("", Duration.class, "a length of time has the form P1D or PT6H");
                            }
                        }
                    }))
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    public QualityRules {
        rules = List.copyOf(rules);
        weights = Map.copyOf(weights);
        if (rules.isEmpty() || rules.size() > MOST_RULES) {
            throw new IllegalArgumentException("a table has 1 to " + MOST_RULES + " rules");
        }
        Set<String> codes = new HashSet<>();
        for (QualityRule rule : rules) {
            if (!codes.add(rule.code())) {
                throw new IllegalArgumentException("the rule " + rule.code() + " comes twice");
            }
        }
        for (double weight : weights.values()) {
            if (!(weight >= 0 && weight <= 1_000)) {
                throw new IllegalArgumentException("a weight is from 0 to 1,000");
            }
        }
        if (!(threshold >= 0 && threshold <= 100)) {
            throw new IllegalArgumentException("a threshold is from 0 to 100");
        }
        if (freshFor != null && (freshFor.isNegative() || freshFor.isZero())) {
            throw new IllegalArgumentException("what is fresh is fresh for some time");
        }
    }

    double weight(Dimension dimension) {
        return weights.getOrDefault(dimension, 1.0);
    }

    /** What a definition of a table asks for by itself: for a table nobody has declared rules for. */
    public static QualityRules derived(ResourceTable table) {
        List<QualityRule> rules = new ArrayList<>();
        rules.add(new QualityRule.Accepted());
        for (Column column : table.columns()) {
            rules.add(new QualityRule.Filled(column.name(), column.required() ? 1.0 : 0.5));
            ResourceTable.Identifier identifies = column.identifies();
            if (identifies != null) {
                rules.add(new QualityRule.Identifies(column.name(), identifies));
            }
        }
        rules.add(new QualityRule.Unique(table.key()));
        rules.add(new QualityRule.OnSchedule(null));
        rules.add(new QualityRule.LoadsSucceed(USUAL_LOADS));
        return new QualityRules(rules, USUAL_WEIGHTS, USUAL_THRESHOLD, null);
    }

    /** The same rules of a table that stays fresh for another time. */
    public QualityRules withFreshFor(@Nullable Duration another) {
        return new QualityRules(rules, weights, threshold, another);
    }

    /** How soon a load has to come behind the one before it; null: nothing says it, so that the rule cannot be measured. */
    public @Nullable Duration soonEnough(QualityRule.OnSchedule rule) {
        return rule.atMost() == null ? freshFor : rule.atMost();
    }

    /** @throws IllegalArgumentException if a rule looks at what the table does not have, or cannot look at what it keeps */
    public void requireFits(ResourceTable table) {
        for (QualityRule rule : rules) {
            for (String name : rule.columns()) {
                Column column = table.column(name);
                requireFits(rule, column);
            }
        }
    }

    private static void requireFits(QualityRule rule, Column column) {
        boolean fits = switch (rule) {
            case QualityRule.Between _ -> column.type() == Type.INTEGER || column.type() == Type.DECIMAL;
            case QualityRule.Identifies _, QualityRule.Matches _ -> column.type() == Type.TEXT;
            case QualityRule.Recent _ -> column.type() == Type.DATE || column.type() == Type.TIMESTAMP;
            case QualityRule.InOrder _ -> column.keeping() == Keeping.PLAIN;
            case QualityRule.Unique _, QualityRule.Refers _, QualityRule.Agrees _ -> column.keeping() != Keeping.SEALED;
            case QualityRule.Accepted _, QualityRule.Filled _, QualityRule.OnSchedule _, QualityRule.LoadsSucceed _ -> true;
        };
        if (!fits) {
            throw new IllegalArgumentException("the rule " + rule.code() + " cannot look at " + column.name() + ", which is "
                    + column.type() + " and kept " + column.keeping());
        }
    }

    /** As JSON, lengths of time as ISO 8601. */
    public String toJson() {
        Map<String, Double> named = new java.util.TreeMap<>();
        weights.forEach((dimension, weight) -> named.put(dimension.name(), weight));
        try {
            var document = JSON.createObjectNode();
            document.set("rules", JSON.readTree(JSON.writerFor(JSON.getTypeFactory().constructCollectionType(List.class, QualityRule.class))
                    .writeValueAsString(rules)));
            document.set("weights", JSON.valueToTree(named));
            document.put("threshold", threshold);
            document.put("freshFor", freshFor == null ? null : freshFor.toString());
            return JSON.writeValueAsString(document);
        } catch (JsonProcessingException broken) {
            throw new IllegalStateException("rules cannot be written as JSON", broken);
        }
    }

    /** @throws IllegalArgumentException if that is no set of rules; the message says where */
    public static QualityRules fromJson(String json) {
        try {
            QualityRules read = JSON.readValue(json, QualityRules.class);
            if (read == null) {
                throw new IllegalArgumentException("the rules cannot be read: there are none");
            }
            return read;
        } catch (JsonProcessingException wrong) {
            String said = wrong.getCause() instanceof IllegalArgumentException rule ? rule.getMessage()
                    : wrong.getCause() instanceof NullPointerException ? "a field that is needed is null" : wrong.getOriginalMessage();
            throw new IllegalArgumentException("the rules cannot be read: " + said, wrong);
        }
    }
}
