package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.bundle.ShareRows;
import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.settlement.ProductRevenue;
import cn.jingshu.ledger.settlement.SettlementDetail;
import cn.jingshu.ledger.share.ShareInputs;
import cn.jingshu.ledger.share.ShareRecord;
import cn.jingshu.ledger.verify.TableReader.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The checks of the shares: each is what its inputs give, was approved by another than proposed it and not for months gone by, and what settlements
 * split by is what was approved for their months.
 *
 * @see "方案(征求意见稿):综合加工成本、市场需求、价值贡献等确定运营机构与数商的分成比例"
 */
final class ShareChecks {
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    /** Whose shares of what. */
    private record Subject(String product, String subject) {}

    private final BundleTables tables;
    private final BookChecks books;
    private final Report report;
    /** Digests by the first month they hold for. */
    private final Map<Subject, NavigableMap<YearMonth, String>> approved = new HashMap<>();

    ShareChecks(BundleTables tables, BookChecks books, Report report) {
        this.tables = tables;
        this.books = books;
        this.report = report;
    }

    void run() {
        if (!tables.has(Table.SHARES) || !tables.has(Table.SHARE_PARTIES)) {
            return; // named by the check of the digests
        }
        try (TableReader reader = tables.open(Table.SHARE_PARTIES)) {
            Peeked parties = new Peeked(reader);
            tables.forEach(Table.SHARES, Check.SHARES, List.of("product", "subject", "from"), row -> share(row, parties));
            for (@Nullable Row left = parties.peek(); left != null; left = parties.peek()) {
                report.wrong(Check.SHARES, left.place(), "不属于任何分成比例,或次序不对", "of no share, or out of order");
                parties.take();
            }
        } catch (IOException unreadable) {
            report.wrong(Check.SHARES, Table.SHARE_PARTIES.file(), "无法读取:" + unreadable.getMessage(),
                    "cannot be read: " + unreadable.getMessage());
        } catch (UncheckedIOException unreadable) {
            report.wrong(Check.SHARES, Table.SHARE_PARTIES.file(), "无法读取:" + unreadable.getMessage(),
                    "cannot be read: " + unreadable.getMessage());
        }
        books.settled().forEach(this::settlement);
    }

    private void share(Row row, Peeked parties) {
        report.looked(Check.SHARES, 1);
        ShareRecord record = new ShareRecord(row.required("inputs"), row.required("result"), row.required("sha256"));
        record.findFault().ifPresent(fault -> wrong(row, "依据、结果与摘要不相符:" + fault, "inputs, result and digest do not belong together: " + fault));
        ShareInputs inputs = record.inputs();
        YearMonth from = YearMonth.parse(row.required("from"));
        Subject subject = new Subject(row.required("product"), row.required("subject"));
        if (!inputs.from().equals(from) || !inputs.product().equals(subject.product())
                || !subject.subject().equals(ShareRows.subjectOf(inputs))) {
            wrong(row, "依据属于 " + inputs.product() + "、" + inputs.from(), "the inputs are those of " + inputs.product() + " from " + inputs.from());
        }
        NavigableMap<YearMonth, String> known = approved.computeIfAbsent(subject, _ -> new TreeMap<>());
        approvals(row, from, known.isEmpty()); // in the order of their months
        known.put(from, record.sha256());
        ShareRows rows = ShareRows.of(record);
        if (!row.required("basis").equals(rows.basis()) || !row.required("source").equals(rows.source())
                || !weights(row).equals(rows.weights()) || !row.cell("consistency_ratio").equals(rows.consistencyRatio())) {
            wrong(row, "权重与依据重算的不同", "weights are not those its inputs give");
        }
        parties(row, rows, parties);
    }

    private static List<String> weights(Row row) {
        List<String> weights = List.of(row.cell("cost_weight"), row.cell("demand_weight"), row.cell("contribution_weight"));
        return weights.stream().allMatch(String::isEmpty) ? List.of() : weights;
    }

    /** Shares hold from a month after their approval; only where there were none before, from its own month on. */
    private void approvals(Row row, YearMonth from, boolean first) {
        @Nullable String proposedBy = row.text("proposed_by"); // null: entered before shares were proposed
        Instant approvedAt = Instant.parse(row.required("approved_at"));
        if (row.required("approved_by").equals(proposedBy) || row.text("citation") == null
                || Instant.parse(row.required("proposed_at")).isAfter(approvedAt)) {
            wrong(row, "未经两人签署,或没有依据", "proposed and approved by the same person, or without a document");
        }
        YearMonth latest = first ? from.plusMonths(1) : from;
        if (proposedBy != null && !approvedAt.isBefore(latest.atDay(1).atStartOfDay(ZONE).toInstant())) {
            wrong(row, first ? "批准晚于其生效月份" : "批准不早于其生效月份", first ? "approved after the month it holds from"
                    : "approved when the month it holds from had begun, though other shares held then");
        }
    }

    private void parties(Row row, ShareRows rows, Peeked parties) {
        for (ShareRows.Party party : rows.parties()) {
            @Nullable Row stated = parties.peek();
            if (stated == null || !stated.cell("share").equals(row.cell("share"))) {
                wrong(row, "缺少 " + party.party() + " 的一行", "the line of " + party.party() + " is missing");
                return;
            }
            parties.take();
            if (!party.equals(new ShareRows.Party(stated.required("party"),
                    stated.cell("processing_cost_yuan").isEmpty() ? null : stated.yuan("processing_cost_yuan"), stated.text("demand"),
                    stated.text("contribution"), stated.cell("half_width"), stated.required("portion")))) {
                report.wrong(Check.SHARES, stated.place(), party.party() + " 的数值与依据重算的不同",
                        "the figures of " + party.party() + " are not those its inputs give");
            }
        }
    }

    private void settlement(BookChecks.Settled settled) {
        SettlementDetail detail = settled.inputs().detail();
        if (detail == null) {
            report.notChecked(Check.SHARES, settled.inputs().period() + " 的结算不记载分成依据(旧格式)",
                    "the settlement of " + settled.inputs().period() + " does not hold what its shares rest on (the first form)");
            return;
        }
        for (ProductRevenue product : detail.products()) {
            used(settled, product.product(), ShareRows.PARTIES, product.shares());
            used(settled, product.product(), ShareRows.PROVIDERS, product.providerShares());
        }
    }

    /** A month has the shares that hold in it, a year those that held in one of its months. */
    private void used(BookChecks.Settled settled, String product, String subject, @Nullable ShareRecord record) {
        NavigableMap<YearMonth, String> dated = approved.getOrDefault(new Subject(product, subject), new TreeMap<>());
        @Nullable String digest = record == null ? null : record.sha256();
        YearMonth last = settled.inputs().period().last();
        for (YearMonth month = settled.inputs().period().first(); !month.isAfter(last); month = month.plusMonths(1)) {
            Map.@Nullable Entry<YearMonth, String> held = dated.floorEntry(month);
            @Nullable String inForce = held == null ? null : held.getValue();
            if (inForce == null ? digest == null : inForce.equals(digest)) {
                return;
            }
        }
        report.wrong(Check.SHARES, settled.place(), settled.inputs().period() + " " + product + ":结算所用分成不是当时批准有效的",
                settled.inputs().period() + " " + product + ": the shares it was settled by are not the approved ones of its months");
    }

    private void wrong(Row row, String zh, String en) {
        report.wrong(Check.SHARES, row.place() + " (" + row.text("share") + ")", zh, en);
    }
}
