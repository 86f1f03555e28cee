package cn.jingshu.marketplace.billing.statement;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.account.Balance;
import cn.jingshu.marketplace.billing.account.Movement;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement as one table: opening balance, movements, lines and closing balance are rows of their own kind. A reader adds up
 * {@code amount_yuan} of the lines, or {@code owed_yuan} and {@code prepaid_yuan} of the movements.
 */
public final class StatementCsv {
    private static final List<String> HEAD = List.of("row", "statement", "status", "organisation_uscc", "billed_month", "id",
            "kind", "effective_on", "document", "usage_month", "correction", "corrects", "corrects_statement",
            "subscription_id", "product", "product_zh", "operation", "purpose", "quantity", "unit", "fen_per_unit",
            "price_version", "ceiling_fen_per_unit", "ceiling_version", "amount_yuan", "vat_yuan", "shadow_yuan", "owed_yuan",
            "prepaid_yuan", "events");

    private StatementCsv() {}

    /** The rows of a statement, the heading first; every row has a cell for every column. */
    public static List<List<String>> rows(Statement statement) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        rows.add(balance(statement, "OPENING", statement.opening()));
        for (Movement movement : statement.movements()) {
            rows.add(row(statement, "MOVEMENT", movement.id().toString(), movement.kind().name(),
                    movement.effectiveOn().toString(), movement.document(), "", "", "", "", "", "", "", "", "", "", "", "", "",
                    "", "", "", "", "", movement.owed().toYuan(), movement.prepaid().toYuan(), ""));
        }
        for (Statement.Line line : statement.lines()) {
            Money shadow = line.shadow();
            rows.add(row(statement, "LINE", line.chargeId().toString(), line.isFree() ? "FREE" : "CHARGE", "", "",
                    line.usageMonth().toString(), Boolean.toString(line.correction()), text(line.corrects()),
                    text(line.correctsStatement()), line.subscriptionId().toString(), line.product(), line.productZh(),
                    line.operation(), line.purpose(), Long.toString(line.quantity()), line.unit(), plain(line.fenPerUnit()),
                    text(line.priceVersion()), plain(line.ceilingFen()), text(line.ceilingVersion()), line.amount().toYuan(),
                    line.vat().toYuan(), shadow == null ? "" : shadow.toYuan(), "", "",
                    "/api/statements/" + statement.heading().month() + "/lines/" + line.chargeId() + "/events"));
        }
        rows.add(balance(statement, "CLOSING", statement.closing()));
        return rows;
    }

    private static List<String> balance(Statement statement, String what, Balance balance) {
        return row(statement, what, "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "",
                balance.owed().toYuan(), balance.prepaid().toYuan(), "");
    }

    private static List<String> row(Statement statement, String what, String... cells) {
        Statement.Heading heading = statement.heading();
        List<String> row = new ArrayList<>(List.of(what, text(heading.reference()),
                statement.isPreview() ? "PREVIEW" : "FINAL", heading.uscc(), heading.month().toString()));
        row.addAll(List.of(cells));
        if (row.size() != HEAD.size()) {
            throw new IllegalStateException(row.size() + " cells under " + HEAD.size() + " headings");
        }
        return List.copyOf(row);
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static String plain(@Nullable BigDecimal value) {
        return value == null ? "" : value.stripTrailingZeros().toPlainString();
    }
}
