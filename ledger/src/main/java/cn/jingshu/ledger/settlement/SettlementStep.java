package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.journal.EntryReason;

/** The entries of a settlement in the order they are booked; one entry per step. */
enum SettlementStep {
    MERCHANT_COST(EntryReason.MERCHANT_COST, "计提数商成本"),
    SURCHARGES(EntryReason.SURCHARGES, "计提税金及附加"),
    INCOME_TAX(EntryReason.INCOME_TAX, "计提企业所得税"),
    CLOSING(EntryReason.CLOSING, "结转损益"),
    NET_PROFIT(EntryReason.CLOSING, "结转本年利润"),
    TREASURY(EntryReason.DISTRIBUTION, "应付财政利润"),
    PARTIES(EntryReason.DISTRIBUTION, "运营机构与数商收益分配");

    private final EntryReason reason;
    private final String nameZh;

    SettlementStep(EntryReason reason, String nameZh) {
        this.reason = reason;
        this.nameZh = nameZh;
    }

    EntryReason reason() {
        return reason;
    }

    String nameZh() {
        return nameZh;
    }
}
