package cn.jingshu.products.efficacy;

import static cn.jingshu.products.domain.ResourceTable.Column.of;
import static cn.jingshu.products.domain.ResourceTable.Identifier.ENTERPRISE;
import static cn.jingshu.products.domain.ResourceTable.Type.BOOLEAN;
import static cn.jingshu.products.domain.ResourceTable.Type.TEXT;

import cn.jingshu.products.domain.ResourceTable;
import java.util.List;

/** What the market regulator lists of drugs: resource A2.1.8 of 市市场监管局. */
public final class MarketTables {
    private MarketTables() {}

    /** 市场流通药品: a drug approved for the market. */
    public static final ResourceTable MARKET_DRUG = new ResourceTable("market_drug", "A2.1.8", List.of(
            of("approval_number", TEXT, "批准文号", "number of the approval"),
            of("generic_name", TEXT, "药品通用名", "generic name"),
            of("holder", TEXT, "上市许可持有人统一社会信用代码", "unified social credit code of the holder of the approval")
                    .identifying(ENTERPRISE),
            of("on_market", BOOLEAN, "是否在市", "true: on the market now")),
            List.of("approval_number"), List.of(List.of("generic_name")));
}
