package cn.jingshu.marketplace.portal;

import java.util.List;

/**
 * Subscribing to a product: what is chosen, and a statement of what the data are for. The
 * form holds the plan and the statement.
 *
 * @param minStatementLength in characters
 */
public record SubscribeView(
        String code, Bilingual product, Reading<List<ProductView.Price>> plans, Form form, int minStatementLength) {}
