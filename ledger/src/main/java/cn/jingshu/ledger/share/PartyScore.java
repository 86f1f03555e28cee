package cn.jingshu.ledger.share;

import cn.jingshu.ledger.money.Money;
import org.apache.commons.math3.fraction.BigFraction;

/**
 * What is known of one party to a product in one period.
 *
 * @param party its id
 * @param processingCost what processing the data cost it (加工成本), by vouchers; at least zero
 * @param demand what the market took of it (市场需求): billed units or fen, one measure for all parties; at least zero
 * @param contribution what it adds to the whole (价值贡献), such as its Shapley value; below zero counts as nothing
 */
public record PartyScore(String party, Money processingCost, BigFraction demand, BigFraction contribution) {
    public PartyScore {
        if (party.isBlank()) {
            throw new IllegalArgumentException("a party without an id");
        }
        if (processingCost.isNegative() || demand.compareTo(BigFraction.ZERO) < 0) {
            throw new IllegalArgumentException(party + ": cost " + processingCost + " and demand " + demand
                    + " must be at least zero");
        }
    }
}
