package cn.jingshu.ledger.settlement;

import java.math.BigDecimal;

/**
 * What rounding has given a party too little in all settlements so far; below zero: too much. It decides who gets the
 * next fen that is left over, and so keeps rounding from favouring anybody.
 *
 * @param party {@link #TREASURY}, {@link #OPERATOR}, or an id
 * @param fen to six decimals
 */
public record Carried(String party, BigDecimal fen) {
    public static final String TREASURY = "TREASURY";
    public static final String OPERATOR = "OPERATOR";

    public Carried {
        fen = fen.setScale(6);
    }
}
