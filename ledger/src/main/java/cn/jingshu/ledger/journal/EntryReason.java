package cn.jingshu.ledger.journal;

/** Why an entry was made; stable text in the books and in every export. */
public enum EntryReason {
    /** Balances brought in from other books. */
    OPENING(false),
    /** A rated amount owed by a consumer (应收费用). */
    CHARGE(false),
    /** Money received from a consumer. */
    RECEIPT(false),
    /** What a consumer paid ahead is used for what it owes, or what it is owed back is kept for later (抵扣). */
    SET_OFF(false),
    /** A cost voucher. */
    COST(false),
    /** A charge that corrects another (费用调整), or what a person adjusts by hand. */
    ADJUSTMENT(false),
    /** Money given back to a consumer. */
    REFUND(false),
    /** Money sent to a merchant (支付). */
    PAYOUT(false),
    /** Money sent to the treasury (上缴). */
    REMITTANCE(false),
    /** Money sent to the tax office. */
    TAX_PAYMENT(false),
    /** Mirror of an earlier entry (红字冲销). */
    REVERSAL(false),
    /** What a review cycle earned too much, or what of it a permitted revenue deducted: memo accounts alone (超额收入). */
    OVER_RECOVERY(false),
    /** A merchant's cost of service, owed by settlement. */
    MERCHANT_COST(true),
    /** Surcharges on VAT, computed by settlement. */
    SURCHARGES(true),
    /** Income tax, computed by settlement. */
    INCOME_TAX(true),
    /** Profit-and-loss accounts brought to zero by settlement (结转). */
    CLOSING(true),
    /** Net profit handed to treasury, operator and merchants by settlement (收益分配). */
    DISTRIBUTION(true);

    private final boolean settlement;

    EntryReason(boolean settlement) {
        this.settlement = settlement;
    }

    /** Whether only a settlement makes such entries; they are revised by settling again, never reversed by hand. */
    public boolean isSettlement() {
        return settlement;
    }
}
