package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.money.Money;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a consumer was told for a month, read from the exact text it was told in. */
record StatementText(String reference, int number, YearMonth month, String consumer, String creditCode, Instant asOf, LocalDate dueOn, String vatRate,
        Balance opening, List<Move> moves, List<Line> lines, Money charged, Money net, Money vat, Money received, Money givenBack, Money shadow,
        Balance closing) {
    private static final String FORM = "jingshu statement 1";
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Where the account stood.
     *
     * @param lastMovement number of the last movement it contains; 0: none
     */
    record Balance(Money owed, Money prepaid, long lastMovement) {
        Money net() {
            return owed.minus(prepaid);
        }

        Balance with(Move move) {
            return new Balance(owed.plus(move.owed()), prepaid.plus(move.prepaid()), move.number());
        }
    }

    record Move(long number, UUID id, String kind, LocalDate effectiveOn, @Nullable String month, Money owed, Money prepaid) {
        /** What it lowers the debt by. */
        Money lowers() {
            return prepaid.minus(owed);
        }
    }

    /**
     * One line; texts as the table of lines has them.
     *
     * @param told all that the table of lines says too, in one order
     */
    record Line(String charge, Money amount, Money vat, @Nullable Money shadow, List<String> told) {}

    StatementText {
        moves = List.copyOf(moves);
        lines = List.copyOf(lines);
    }

    /** @throws IllegalArgumentException or DateTimeException if it is no final statement */
    static StatementText read(String text) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException("not JSON", malformed);
        }
        if (!need(json, "form").equals(FORM) || !need(json, "status").equals("FINAL") || !need(json, "currency").equals("CNY")) {
            throw new IllegalArgumentException("not a final statement: form " + json.path("form") + ", status " + json.path("status"));
        }
        List<Move> moves = new ArrayList<>();
        json.path("movements").forEach(each -> moves.add(new Move(whole(each, "number"), UUID.fromString(need(each, "id")), need(each, "kind"),
                LocalDate.parse(need(each, "effectiveOn")), text(each, "month"), yuan(each, "owedYuan"), yuan(each, "prepaidYuan"))));
        List<Line> lines = new ArrayList<>();
        json.path("lines").forEach(each -> lines.add(line(each)));
        return new StatementText(need(json, "statement"), Math.toIntExact(whole(json, "number")), YearMonth.parse(need(json, "month")),
                need(json, "organisationId"), need(json, "uscc"), Instant.parse(need(json, "asOf")), LocalDate.parse(need(json, "dueOn")),
                need(json, "vatRate"), balance(json.path("opening")), moves, lines, yuan(json, "chargedYuan"), yuan(json, "netYuan"),
                yuan(json, "vatYuan"), yuan(json, "receivedYuan"), yuan(json, "givenBackYuan"), yuan(json, "shadowYuan"),
                balance(json.path("closing")));
    }

    private static Line line(JsonNode json) {
        String shadow = text(json, "shadowYuan");
        return new Line(need(json, "chargeId"), yuan(json, "amountYuan"), yuan(json, "vatYuan"), shadow == null ? null : Money.ofYuan(shadow),
                told(need(json, "usageMonth"), need(json, "subscriptionId"), need(json, "product"), need(json, "operation"),
                        need(json, "purpose"), need(json, "unit"), Long.toString(whole(json, "quantity")), text(json, "priceVersion"),
                        text(json, "ceilingVersion"), text(json, "corrects"), need(json, "amountYuan"), need(json, "vatYuan")));
    }

    /** What a row of the table of lines tells, in the order of {@link Line#told}. */
    static List<String> told(TableReader.Row row) {
        return told(row.text("usage_period"), row.text("subscription"), row.text("product"), row.text("operation"), row.text("purpose"),
                row.text("unit"), row.cell("quantity"), row.text("tariff"), row.text("ceiling"), row.text("corrects"),
                row.cell("amount_yuan"), row.cell("vat_yuan"));
    }

    private static List<String> told(@Nullable String... texts) {
        List<String> told = new ArrayList<>();
        for (@Nullable String text : texts) {
            told.add(text == null ? "" : text);
        }
        return List.copyOf(told);
    }

    private static Balance balance(JsonNode json) {
        Balance balance = new Balance(yuan(json, "owedYuan"), yuan(json, "prepaidYuan"), whole(json, "lastMovement"));
        if (!balance.net().equals(yuan(json, "balanceYuan"))) {
            throw new IllegalArgumentException("a balance that is not what is owed less what is paid ahead");
        }
        return balance;
    }

    private static long whole(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException(field + " is not a whole number: " + value);
        }
        return value.longValue();
    }

    private static Money yuan(JsonNode json, String field) {
        return Money.ofYuan(need(json, field));
    }

    private static String need(JsonNode json, String field) {
        String text = text(json, field);
        if (text == null) {
            throw new IllegalArgumentException("no " + field);
        }
        return text;
    }

    private static @Nullable String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        return value.isNull() || value.isMissingNode() ? null : value.asText();
    }
}
