package cn.jingshu.marketplace.billing.statement;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.account.Balance;
import cn.jingshu.marketplace.billing.account.Movement;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A statement as JSON without spaces, fields in a fixed order, amounts in yuan as text. The same statement always makes the
 * same bytes, so that a digest over them means something.
 */
public final class StatementJson {
    private static final String FORM = "jingshu statement 1";
    private static final ObjectMapper JSON = new ObjectMapper();

    private StatementJson() {}

    public static String write(Statement statement) {
        Statement.Heading heading = statement.heading();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("form", FORM);
        json.put("statement", heading.reference());
        json.put("number", heading.number());
        json.put("status", statement.isPreview() ? "PREVIEW" : "FINAL");
        json.put("month", heading.month().toString());
        json.put("organisationId", heading.organisationId().toString());
        json.put("uscc", heading.uscc());
        json.put("nameZh", heading.nameZh());
        json.put("nameEn", heading.nameEn());
        json.put("asOf", heading.asOf().toString());
        json.put("dueOn", text(heading.dueOn()));
        json.put("currency", "CNY");
        json.put("vatRate", heading.vatRate());
        json.set("opening", balance(statement.opening()));
        ArrayNode movements = json.putArray("movements");
        statement.movements().forEach(movement -> movements.add(movement(movement)));
        ArrayNode lines = json.putArray("lines");
        statement.lines().forEach(line -> lines.add(line(line)));
        json.put("chargedYuan", statement.charged().toYuan());
        json.put("netYuan", statement.net().toYuan());
        json.put("vatYuan", statement.vat().toYuan());
        json.put("receivedYuan", statement.received().toYuan());
        json.put("givenBackYuan", statement.givenBack().toYuan());
        json.put("shadowYuan", statement.shadow().toYuan());
        json.set("closing", balance(statement.closing()));
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static ObjectNode balance(Balance balance) {
        return JsonNodeFactory.instance.objectNode()
                .put("owedYuan", balance.owed().toYuan())
                .put("prepaidYuan", balance.prepaid().toYuan())
                .put("balanceYuan", balance.net().toYuan())
                .put("lastMovement", balance.lastMovement());
    }

    private static ObjectNode movement(Movement movement) {
        return JsonNodeFactory.instance.objectNode()
                .put("number", movement.number())
                .put("id", movement.id().toString())
                .put("kind", movement.kind().name())
                .put("effectiveOn", movement.effectiveOn().toString())
                .put("month", text(movement.month()))
                .put("owedYuan", movement.owed().toYuan())
                .put("prepaidYuan", movement.prepaid().toYuan())
                .put("document", movement.document());
    }

    private static ObjectNode line(Statement.Line line) {
        Money shadow = line.shadow();
        return JsonNodeFactory.instance.objectNode()
                .put("chargeId", line.chargeId().toString())
                .put("usageMonth", line.usageMonth().toString())
                .put("correction", line.correction())
                .put("corrects", text(line.corrects()))
                .put("correctsStatement", text(line.correctsStatement()))
                .put("subscriptionId", line.subscriptionId().toString())
                .put("product", line.product())
                .put("productZh", line.productZh())
                .put("productEn", line.productEn())
                .put("operation", line.operation())
                .put("purpose", line.purpose())
                .put("unit", line.unit())
                .put("quantity", line.quantity())
                .put("fenPerUnit", plain(line.fenPerUnit()))
                .put("priceVersion", text(line.priceVersion()))
                .put("ceilingVersion", text(line.ceilingVersion()))
                .put("ceilingFenPerUnit", plain(line.ceilingFen()))
                .put("amountYuan", line.amount().toYuan())
                .put("vatYuan", line.vat().toYuan())
                .put("shadowYuan", shadow == null ? null : shadow.toYuan());
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static @Nullable String plain(@Nullable BigDecimal value) {
        return value == null ? null : value.stripTrailingZeros().toPlainString();
    }

    /** The statement that was written so. */
    public static Statement read(String content) {
        try {
            JsonNode json = JSON.readTree(content);
            if (!json.path("form").asText().equals(FORM)) {
                throw new IllegalArgumentException("not a statement: form " + json.path("form"));
            }
            List<Statement.Line> lines = new ArrayList<>();
            json.path("lines").forEach(each -> lines.add(readLine(each)));
            List<Movement> movements = new ArrayList<>();
            json.path("movements").forEach(each -> movements.add(readMovement(each)));
            String due = optional(json, "dueOn");
            return new Statement(
                    new Statement.Heading(UUID.fromString(need(json, "organisationId")), need(json, "uscc"),
                            need(json, "nameZh"), need(json, "nameEn"), YearMonth.parse(need(json, "month")),
                            json.path("number").isNull() ? null : json.path("number").intValue(),
                            Instant.parse(need(json, "asOf")), due == null ? null : LocalDate.parse(due),
                            need(json, "vatRate")),
                    lines, movements, readBalance(json.path("opening")), readBalance(json.path("closing")));
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException("not a statement", broken);
        }
    }

    private static Balance readBalance(JsonNode json) {
        return new Balance(Money.ofYuan(need(json, "owedYuan")), Money.ofYuan(need(json, "prepaidYuan")),
                json.path("lastMovement").longValue());
    }

    private static Movement readMovement(JsonNode json) {
        String month = optional(json, "month");
        return new Movement(json.path("number").longValue(), UUID.fromString(need(json, "id")),
                Movement.Kind.valueOf(need(json, "kind")), LocalDate.parse(need(json, "effectiveOn")),
                month == null ? null : YearMonth.parse(month), Money.ofYuan(need(json, "owedYuan")),
                Money.ofYuan(need(json, "prepaidYuan")), need(json, "document"));
    }

    private static Statement.Line readLine(JsonNode json) {
        String correctsStatement = optional(json, "correctsStatement");
        String ceiling = optional(json, "ceilingFenPerUnit");
        String shadow = optional(json, "shadowYuan");
        return new Statement.Line(UUID.fromString(need(json, "chargeId")), YearMonth.parse(need(json, "usageMonth")),
                json.path("correction").booleanValue(), id(json, "corrects"),
                correctsStatement == null ? null : YearMonth.parse(correctsStatement),
                UUID.fromString(need(json, "subscriptionId")), need(json, "product"), need(json, "productZh"),
                need(json, "productEn"), need(json, "operation"), need(json, "purpose"), need(json, "unit"),
                json.path("quantity").longValue(), new BigDecimal(need(json, "fenPerUnit")), id(json, "priceVersion"),
                id(json, "ceilingVersion"), ceiling == null ? null : new BigDecimal(ceiling),
                Money.ofYuan(need(json, "amountYuan")), Money.ofYuan(need(json, "vatYuan")),
                shadow == null ? null : Money.ofYuan(shadow));
    }

    private static @Nullable UUID id(JsonNode json, String field) {
        String text = optional(json, field);
        return text == null ? null : UUID.fromString(text);
    }

    private static @Nullable String optional(JsonNode json, String field) {
        JsonNode value = json.path(field);
        return value.isNull() || value.isMissingNode() ? null : value.asText();
    }

    private static String need(JsonNode json, String field) {
        String text = optional(json, field);
        if (text == null) {
            throw new IllegalArgumentException("not a statement: no " + field);
        }
        return text;
    }
}
