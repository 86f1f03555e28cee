package cn.jingshu.ledger.account;

/** What an account holds; income and expenses are brought to zero when a period is settled (结转). */
public enum AccountKind {
    ASSET,
    LIABILITY,
    EQUITY,
    INCOME,
    EXPENSE;

    /** Whether the account belongs to the profit and loss of a period (损益类). */
    public boolean isProfitAndLoss() {
        return this == INCOME || this == EXPENSE;
    }
}
