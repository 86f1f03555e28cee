package cn.jingshu.ledger.account;

/** The two sides of a posting (借 / 贷). */
public enum Side {
    DEBIT,
    CREDIT;

    public Side opposite() {
        return this == DEBIT ? CREDIT : DEBIT;
    }
}
