package cn.jingshu.marketplace.billing.statement;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.account.Movement;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.metering.event.BillingPeriod;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A statement as a document to print and to file, in Chinese and English side by side. */
public final class StatementPdf {
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);
    private static final List<PdfSheet.Column> BALANCES = List.of(
            new PdfSheet.Column("", 0.28f, false),
            new PdfSheet.Column("日期 Date", 0.12f, false),
            new PdfSheet.Column("凭据 Document", 0.30f, false),
            new PdfSheet.Column("应付 Owed (元 CNY)", 0.15f, true),
            new PdfSheet.Column("预付 Paid ahead (元 CNY)", 0.15f, true));
    private static final List<PdfSheet.Column> LINES = List.of(
            new PdfSheet.Column("明细编号 Line", 0.09f, false),
            new PdfSheet.Column("产品 / 操作 Product / operation", 0.22f, false),
            new PdfSheet.Column("用途 Use", 0.13f, false),
            new PdfSheet.Column("数量 Quantity", 0.11f, true),
            new PdfSheet.Column("单价(分) Fen a unit", 0.08f, true),
            new PdfSheet.Column("价格/上限版本 Price/ceiling version", 0.14f, false),
            new PdfSheet.Column("税额 VAT", 0.09f, true),
            new PdfSheet.Column("金额(含税) Amount", 0.14f, true));

    private StatementPdf() {}

    /**
     * The document.
     *
     * @param sha256 of the statement's content, printed on every page
     */
    public static byte[] of(Statement statement, String sha256) {
        Statement.Heading heading = statement.heading();
        String reference = heading.reference();
        String title = "账单 Statement " + heading.month();
        UUID seed = heading.organisationId();
        try (PdfSheet sheet = new PdfSheet(title, "zh-CN", heading.asOf(),
                seed.getMostSignificantBits() ^ seed.getLeastSignificantBits() ^ heading.month().hashCode())) {
            sheet.text("荆数 · 公共数据运营服务费账单  Statement of operating service fees", 15);
            sheet.gap(4);
            sheet.text(heading.nameZh() + "  " + heading.nameEn(), 11);
            sheet.text("统一社会信用代码 USCC " + heading.uscc() + "    账期 Month " + heading.month()
                    + "    账单号 Number " + (reference == null ? "预览,未出具 preview, not issued" : reference), 9);
            sheet.text((reference == null ? "截至 As of " : "出具 Issued ") + minute(heading.asOf())
                    + due(heading.dueOn()) + "    币种 Currency 人民币 CNY", 9);
            sheet.gap(8);
            sheet.table(BALANCES, balances(statement), 8);
            sheet.gap(10);
            if (statement.lines().isEmpty()) {
                sheet.text("本月无调用。 No calls in this month.", 9);
            } else {
                sheet.table(LINES, statement.lines().stream().map(StatementPdf::line).toList(), 7.5f);
            }
            sheet.gap(8);
            sheet.text("本月费用合计 Charged " + yuan(statement.charged()) + "    不含税 Net " + yuan(statement.net())
                    + "    其中增值税 VAT inside " + yuan(statement.vat()) + " (" + heading.vatRate() + ")", 9);
            if (!statement.shadow().isZero()) {
                sheet.text("公益使用免费;按产业用途价格折算(影子价格,不收取) Public-interest use is free; at the price of paid use "
                        + "it would have been " + yuan(statement.shadow()) + " (not charged).", 9);
            }
            sheet.text(total(statement.closing().net()), 11);
            return sheet.finish("本账单不是发票。每行可按明细编号查询对应的每次调用。 This is no invoice. Every line can be traced to "
                    + "its calls by its number. SHA-256 " + sha256);
        }
    }

    private static String due(@Nullable LocalDate dueOn) {
        return dueOn == null ? "" : "    付款期限 Due on " + dueOn;
    }

    private static String total(Money balance) {
        return balance.isPositive()
                ? "期末应付 To be paid: " + yuan(balance)
                : "期末可用余额 To your credit: " + yuan(balance.negated());
    }

    private static List<List<String>> balances(Statement statement) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("期初余额 Opening balance", "", "", statement.opening().owed().toYuan(),
                statement.opening().prepaid().toYuan()));
        for (Movement movement : statement.movements()) {
            rows.add(List.of(name(movement.kind()), movement.effectiveOn().toString(), movement.document(),
                    movement.owed().toYuan(), movement.prepaid().toYuan()));
        }
        rows.add(List.of("期末余额 Closing balance", "", "", statement.closing().owed().toYuan(),
                statement.closing().prepaid().toYuan()));
        return rows;
    }

    private static String name(Movement.Kind kind) {
        return switch (kind) {
            case CHARGES -> "本月费用 Charges of the month";
            case SET_OFF -> "预付抵扣 Set off against prepayment";
            case RECEIPT -> "收款 Received";
            case CREDIT_NOTE -> "红字退费 Credit note";
            case PAY_BACK -> "退还预收款 Prepayment to be paid back";
            case PAY_BACK_ENDED -> "退还未成 Not paid back";
        };
    }

    private static List<String> line(Statement.Line line) {
        UUID corrects = line.corrects();
        String correction = !line.correction() ? ""
                : " · 更正 corrects " + line.usageMonth() + (corrects == null ? "" : " " + brief(corrects));
        Money shadow = line.shadow();
        return List.of(brief(line.chargeId()),
                line.productZh() + " " + line.operation() + correction,
                Purpose.parse(line.purpose()).map(purpose -> purpose.zh() + " " + purpose.en()).orElse(line.purpose()),
                String.format(Locale.ROOT, "%,d", line.quantity()) + " " + line.unit(),
                line.isFree() ? "免费 free" : plain(line.fenPerUnit()),
                line.isFree() ? "–" : brief(line.priceVersion()) + " / " + brief(line.ceilingVersion()),
                line.vat().toYuan(),
                shadow == null ? line.amount().toYuan() : line.amount().toYuan() + " (影子 " + shadow.toYuan() + ")");
    }

    /** The first eight digits of an id; enough to find it on the page and in the CSV. */
    private static String brief(@Nullable UUID id) {
        return id == null ? "–" : id.toString().substring(0, 8);
    }

    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }

    private static String yuan(Money amount) {
        BigDecimal yuan = new BigDecimal(amount.toYuan());
        return (yuan.signum() < 0 ? "-¥" : "¥") + String.format(Locale.ROOT, "%,.2f", yuan.abs());
    }

    private static String minute(Instant moment) {
        return MINUTE.format(ZonedDateTime.ofInstant(moment, BillingPeriod.ZONE));
    }
}
