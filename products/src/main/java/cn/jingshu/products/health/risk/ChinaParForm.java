package cn.jingshu.products.health.risk;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The questionnaire of the official China-PAR calculator and what it says of a wrong one. The rules were inferred from its
 * recorded answers: every item must be there and be a number (whole but for waist and cholesterols), or it is said to be empty;
 * then each number must lie in its range and each choice among the choices, in the form's order; only of the sex any number
 * passes. The wording for region, antihypertensive drugs and smoking was not among the recorded answers and follows the others'.
 */
public final class ChinaParForm {
    /** What it says of an item that is missing, empty or no number. */
    public static final String EMPTY = "评测项不得为空";

    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,9}");
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,9}(\\.[0-9]{1,9})?");
    private static final String MG_DL = "1";
    private static final String MMOL_L = "2";

    private sealed interface Item {
        String name();

        /** Any whole number. */
        record Any(String name) implements Item {}

        record Choice(String name, String label, List<String> choices) implements Item {}

        record Range(String name, String label, String least, String greatest, boolean whole) implements Item {}

        /** A cholesterol, its range by the unit that another item names. */
        record Lipid(String name, String label, String unit, String leastMgDl, String greatestMgDl, String leastMmolL, String greatestMmolL) implements Item {}
    }

    private static final List<String> YES_OR_NO = List.of("0", "1");
    private static final List<Item> ITEMS = List.of(
            new Item.Any("sex"),
            new Item.Range("age", "年龄", "20", "85", true),
            new Item.Choice("region", "现住址区域", YES_OR_NO),
            new Item.Choice("area", "现住址地区", YES_OR_NO),
            new Item.Range("waist", "腰围", "50", "130", false),
            new Item.Choice("tc_unit", "总胆固醇单位", List.of(MG_DL, MMOL_L)),
            new Item.Lipid("tc", "总胆固醇", "tc_unit", "80", "400", "2", "11"),
            new Item.Choice("hdlc_unit", "高密度脂蛋白胆固醇单位", List.of(MG_DL, MMOL_L)),
            new Item.Lipid("hdlc", "高密度脂蛋白胆固醇", "hdlc_unit", "20", "130", "0.5", "4"),
            new Item.Range("sbp", "收缩压", "70", "200", true),
            new Item.Range("dbp", "舒张压", "40", "140", true),
            new Item.Choice("drug", "服用降压药", YES_OR_NO),
            new Item.Choice("dm", "患糖尿病", YES_OR_NO),
            new Item.Choice("csmoke", "现在吸烟", YES_OR_NO),
            new Item.Choice("fh_ascvd", "心脑血管病家族史", YES_OR_NO));

    private ChinaParForm() {}

    /** The first complaint of the official calculator about a form, items by their names there; empty: it takes the form. */
    public static Optional<String> complaint(Map<String, String> form) {
        for (Item item : ITEMS) {
            String value = form.getOrDefault(item.name(), "").strip();
            if (!pattern(item).matcher(value).matches()) {
                return Optional.of(EMPTY);
            }
        }
        return ITEMS.stream().map(item -> outside(item, form)).flatMap(Optional::stream).findFirst();
    }

    /** What it says of one given cholesterol in mmol/L, pressure, waist or age; empty: it is taken, or the form does not ask for it. */
    static Optional<String> complaint(Input input, double value) {
        BigDecimal given = BigDecimal.valueOf(value);
        for (Item item : ITEMS) {
            switch (item) {
                case Item.Range(var name, var label, var least, var greatest, _) when name.equals(nameOf(input)) -> {
                    return range(label, given, least, greatest, "");
                }
                case Item.Lipid lipid when lipid.name().equals(nameOf(input)) -> {
                    return range(lipid.label(), given, lipid.leastMmolL(), lipid.greatestMmolL(), "mmol/L");
                }
                case Item.Any _, Item.Choice _, Item.Range _, Item.Lipid _ -> { } // another item
            }
        }
        return Optional.empty();
    }

    private static String nameOf(Input input) {
        return switch (input) {
            case AGE -> "age";
            case WAIST -> "waist";
            case SYSTOLIC -> "sbp";
            case TOTAL_CHOLESTEROL -> "tc";
            case HDL -> "hdlc";
            default -> "";
        };
    }

    private static Pattern pattern(Item item) {
        return switch (item) {
            case Item.Any _, Item.Choice _ -> WHOLE;
            case Item.Range range -> range.whole() ? WHOLE : DECIMAL;
            case Item.Lipid _ -> DECIMAL;
        };
    }

    private static Optional<String> outside(Item item, Map<String, String> form) {
        String value = form.getOrDefault(item.name(), "").strip();
        return switch (item) {
            case Item.Any _ -> Optional.empty();
            case Item.Choice(_, var label, var choices) ->
                choices.contains(value) ? Optional.empty() : Optional.of(label + "不在给定范围内");
            case Item.Range(_, var label, var least, var greatest, _) -> range(label, new BigDecimal(value), least, greatest, "");
            case Item.Lipid lipid -> form.getOrDefault(lipid.unit(), "").strip().equals(MG_DL)
                    ? range(lipid.label(), new BigDecimal(value), lipid.leastMgDl(), lipid.greatestMgDl(), "mg/dl")
                    : range(lipid.label(), new BigDecimal(value), lipid.leastMmolL(), lipid.greatestMmolL(), "mmol/L");
        };
    }

    private static Optional<String> range(String label, BigDecimal value, String least, String greatest, String unit) {
        boolean inside = value.compareTo(new BigDecimal(least)) >= 0 && value.compareTo(new BigDecimal(greatest)) <= 0;
        return inside ? Optional.empty() : Optional.of(label + "应在" + least + "-" + greatest + unit + "之间");
    }
}
