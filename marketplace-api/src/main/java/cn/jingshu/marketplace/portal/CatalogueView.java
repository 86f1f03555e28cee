package cn.jingshu.marketplace.portal;

import java.util.List;

/**
 * The public catalogue (产品与服务清单).
 *
 * @param search what was searched for; empty: everything is listed
 * @param purpose which use the list is for; {@code ANY}: both
 */
public record CatalogueView(String search, Purpose purpose, Reading<List<ProductCard>> products) {
    /** A choice of the catalogue's filter. */
    public enum Purpose implements Labelled {
        ANY,
        PUBLIC_INTEREST,
        INDUSTRY
    }
}
