package cn.jingshu.marketplace.portal;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.Tier;
import java.util.ArrayList;
import java.util.List;

/** A tariff in words, complete enough to reckon a bill by. */
final class TariffWords {
    private final Bilingual unit;

    /** @param unit what one unit is called */
    TariffWords(Bilingual unit) {
        this.unit = unit;
    }

    Bilingual of(Tariff tariff) {
        return switch (tariff) {
            case Tariff.Free() -> new Bilingual("免费", "free");
            case Tariff.Flat(Money perMonth) -> words("每月 %s(不足一月按实际时间折算)", "%s a month, less for a part of one", yuan(perMonth));
            case Tariff.PerUnit(UnitPrice price) -> perUnit(price);
            case Tariff.Graduated(List<Tier> tiers) ->
                tiers("累进阶梯(各段用量按本段价格):", "each unit at its own band's price: ", tiers);
            case Tariff.Volume(List<Tier> tiers) ->
                tiers("全量阶梯(全部用量按所在段价格):", "all units at the price of the band the total falls in: ", tiers);
            case Tariff.Packages(Money perPackage, long units) -> new Bilingual(
                    "资源包:每 " + Format.number(units) + " " + unit.zh() + " " + yuan(perPackage) + ",不足一包按一包计",
                    yuan(perPackage) + " for each package of " + Format.number(units) + " (" + unit.en() + ") begun");
            case Tariff.BasePlusUsage(Money base, Tariff usage) -> joined(
                    words("每月基本费 %s,另加:", "%s a month, and besides: ", yuan(base)), of(usage));
            case Tariff.Minimum(Money least, Tariff usage) ->
                joined(words("每月至少 %s:", "at least %s a month: ", yuan(least)), of(usage));
            case Tariff.Included(long units, Tariff beyond) -> joined(
                    new Bilingual("每月前 " + Format.number(units) + " " + unit.zh() + "不另计费,超出部分:",
                            "the first " + Format.number(units) + " a month (" + unit.en() + ") included, beyond them: "),
                    of(beyond));
            case Tariff.Discounted(Portion off, Tariff list) ->
                joined(words("优惠 %s,优惠前:", "%s off of: ", off.toPercentText()), of(list));
        };
    }

    Bilingual of(Ceiling ceiling) {
        Bilingual each = perUnit(ceiling.perUnit());
        return ceiling.perMonth().isZero() ? each
                : joined(words("每月 %s,另加 ", "%s a month and ", yuan(ceiling.perMonth())), each);
    }

    private Bilingual perUnit(UnitPrice price) {
        String yuan = Format.price(price.fenPerUnit());
        return new Bilingual(yuan + " / " + unit.zh(), yuan + " / " + unit.en());
    }

    private Bilingual tiers(String zh, String en, List<Tier> tiers) {
        List<String> partsZh = new ArrayList<>();
        List<String> partsEn = new ArrayList<>();
        long from = 1;
        for (Tier tier : tiers) {
            Long upTo = tier.upTo();
            Bilingual price = perUnit(tier.price());
            String range = upTo == null ? Format.number(from) + "+" : Format.number(from) + "–" + Format.number(upTo);
            boolean flat = tier.flat().isPositive();
            partsZh.add(range + ":" + price.zh() + (flat ? " + " + yuan(tier.flat()) : ""));
            partsEn.add(range + ": " + price.en() + (flat ? " + " + yuan(tier.flat()) : ""));
            from = upTo == null ? from : upTo + 1;
        }
        return new Bilingual(zh + String.join(";", partsZh), en + String.join("; ", partsEn));
    }

    private static Bilingual words(String zh, String en, String value) {
        return new Bilingual(zh.replace("%s", value), en.replace("%s", value));
    }

    private static Bilingual joined(Bilingual one, Bilingual other) {
        return new Bilingual(one.zh() + other.zh(), one.en() + other.en());
    }

    private static String yuan(Money amount) {
        return Format.yuan(amount.fen());
    }
}
