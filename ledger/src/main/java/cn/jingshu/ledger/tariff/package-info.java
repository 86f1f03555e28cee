/** Tariffs and ceilings (具体收费标准, 上限收费标准): exact arithmetic without any store, so that an auditor's tool can repeat it. */
@NullMarked
package cn.jingshu.ledger.tariff;

import org.jspecify.annotations.NullMarked;
