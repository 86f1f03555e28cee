package cn.jingshu.ledger.account;

/** What an account holds; income and expenses are brought to zero when a period is settled (结转). */
public enum AccountKind {
    ASSET,
    LIABILITY,
    EQUITY,
    INCOME,
    EXPENSE,
    /** Beside the balance sheet (表外备查): neither owed nor owned, and moved against another of its kind only. */
    MEMO;

    /** Whether the account belongs to the profit and loss of a period (损益类). */
    public boolean isProfitAndLoss() {
        return this == INCOME || this == EXPENSE;
    }
}
