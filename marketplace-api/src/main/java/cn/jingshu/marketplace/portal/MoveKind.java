package cn.jingshu.marketplace.portal;

/** Why a consumer's account changed, as a page names it. */
public enum MoveKind implements Labelled {
    CHARGES,
    SET_OFF,
    RECEIPT,
    CREDIT_NOTE,
    PAY_BACK,
    PAY_BACK_ENDED
}
