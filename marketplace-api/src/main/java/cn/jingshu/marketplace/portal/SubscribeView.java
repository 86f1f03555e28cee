package cn.jingshu.marketplace.portal;

import java.util.List;

/**
 * Subscribing to a product: a plan and a statement of what the data are for. Fields: {@code plan}, {@code statement}.
 *
 * @param minStatementLength in characters
 */
public record SubscribeView(
        String code, Bilingual product, Reading<List<ProductView.Price>> plans, Form form, int minStatementLength) {}
