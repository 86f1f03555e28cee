package cn.jingshu.marketplace.party;

/** The part an organisation plays; one organisation may play several. */
public enum OrganisationKind {
    /** 授权主体(实施机构:市数据局): grants, supervises, sets the price ceilings. */
    AUTHORITY,
    /** 发展改革部门: fixes the permitted revenue. */
    PRICE_AUTHORITY,
    /** 财政部门: receives remittances. */
    TREASURY,
    /** 运营机构: runs the market; never a merchant in it. */
    OPERATOR,
    /** 数商: builds products. */
    MERCHANT,
    /** 数据提供单位: its resources feed products. */
    PROVIDER,
    /** 数据使用方: subscribes and calls. */
    CONSUMER
}
