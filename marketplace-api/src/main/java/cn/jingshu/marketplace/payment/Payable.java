package cn.jingshu.marketplace.payment;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.SettlementPeriod;

/**
 * What one party is owed by one settlement.
 *
 * @param owed by the settlement that counts
 * @param ordered in orders that were not cancelled or returned, those paid among them
 * @param paid as the bank has confirmed
 */
public record Payable(Key key, Money owed, Money ordered, Money paid) {

    /** What is paid to whom for what. */
    public enum Kind {
        /** 上缴财政: the treasury's part of net profit; the party is the data provider it is earmarked for. */
        REMITTANCE,
        /** A merchant's cost of service, owed with the month. */
        MERCHANT_COST,
        /** A merchant's portion of net profit, owed with the year. */
        MERCHANT_SHARE,
        /** What the operator keeps of the authorised line, owed with the year. */
        OPERATOR_SHARE
    }

    /** @param party organisation id, or of a remittance the code of a data provider or GENERAL */
    public record Key(Kind kind, SettlementPeriod period, String party) {
        public Key {
            if ((kind == Kind.MERCHANT_COST) == (period.basis() == SettlementPeriod.Basis.ANNUAL_BINDING)) {
                throw new IllegalArgumentException(kind + " is not owed by " + period);
            }
        }
    }

    /** What may still be ordered; below zero: more was ordered than a later revision owes. */
    public Money left() {
        return owed.minus(ordered);
    }
}
