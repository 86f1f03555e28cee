package cn.jingshu.ledger.settlement;

/** The two readings of "30 % of net profit"; a parameter, because the plan does not decide between them. */
public enum TreasuryBase {
    /** The net profit of the period, if there is one. */
    NET_PROFIT,
    /**
     * Net profit less losses carried from earlier years and less the statutory reserve on what is left, as Hubei
     * reckons income from state capital (湖北省省出资企业国有资本收益收取管理办法, 2011).
     */
    NP_AFTER_LOSS_RESERVE
}
