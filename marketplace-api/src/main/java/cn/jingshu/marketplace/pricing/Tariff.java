package cn.jingshu.marketplace.pricing;

import cn.jingshu.ledger.money.UnitPrice;

/** How a usage total becomes an amount due (具体收费标准). A new kind stops compiling until every switch rates it. */
public sealed interface Tariff {
    /** Nothing is due. */
    record Free() implements Tariff {}

    /** Every unit costs the same. */
    record PerUnit(UnitPrice price) implements Tariff {}

    /** The most one unit can cost under this tariff: what is held against the ceiling. */
    default UnitPrice dearestUnit() {
        return switch (this) {
            case Free() -> UnitPrice.ofFen("0");
            case PerUnit(UnitPrice price) -> price;
        };
    }
}
