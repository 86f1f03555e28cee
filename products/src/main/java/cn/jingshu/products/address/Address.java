package cn.jingshu.products.address;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An address read into its parts. Every text part may be empty; none is made up.
 *
 * @param division the narrowest of province, city and district that is certain; null: none
 * @param street the township (街道, 镇, 乡) by the table; null: none written or not known
 * @param widestStated the level the address begins with; null: it writes no division, what is known comes from the hint
 * @param candidates the divisions a name may mean when it means several; empty otherwise
 * @param town a township (街道, 镇, 乡) by its form alone, which the table does not have there; empty if {@code street} is known
 * @param zone a development zone or remark of place written after the divisions: {@code 开发区}
 * @param village village or community: {@code 东艾家庄村}
 * @param road road with its lane: {@code 乐群路南一巷}
 * @param number house number on the road or in the village, in figures: {@code 116号}, {@code 58弄}, {@code 甲1号院}
 * @param unit building, entrance, room
 * @param place estate, firm, remarks outside brackets, without punctuation
 * @param remarks what stood in brackets, in order, without punctuation
 * @param detail everything after the district as it was written (after unification of characters)
 */
public record Address(@Nullable Division division, @Nullable Division street, Division.@Nullable Level widestStated,
        List<Division> candidates, String town, String zone, String village, String road, String number, Unit unit, String place,
        List<String> remarks, String detail) {
    /** Parts that decide whether two addresses are one unit. */
    public enum Part {
        DISTRICT,
        STREET,
        VILLAGE,
        ROAD,
        NUMBER,
        ESTATE,
        BUILDING,
        ENTRANCE,
        FLOOR,
        ROOM
    }

    public Address {
        candidates = List.copyOf(candidates);
        remarks = List.copyOf(remarks);
    }

    /** The division at {@code level} around what is known; null: not known. */
    public @Nullable Division at(Division.Level level) {
        if (level == Division.Level.STREET) {
            return street;
        }
        return division == null ? null : division.at(level);
    }

    /** The narrowest of district, city and province, six digits; empty: nothing is known. */
    public String divisionCode() {
        return division == null ? "" : division.paddedCode();
    }

    /** The township's name, by the table or by its form; empty: none is written. */
    public String townName() {
        return street != null ? street.name() : town;
    }

    /** Place and remarks in one, as free text. */
    public String text() {
        return place + String.join("", remarks);
    }

    /** The address in one spelling: divisions in full, then what is written below them, in figures; remarks left out. */
    public String standardText() {
        StringBuilder text = new StringBuilder();
        for (Division.Level level : Division.Level.values()) {
            Division d = at(level);
            boolean repeated = level == Division.Level.DISTRICT && d != null && d.parent() != null && d.name().equals(d.parent().name());
            if (d != null && !d.placeholder() && !repeated) {
                text.append(d.name());
            }
        }
        text.append(town).append(village).append(road).append(number).append(place);
        appendPart(text, unit.building(), "号楼");
        appendPart(text, unit.entrance(), "单元");
        appendPart(text, unit.floor(), "层");
        appendPart(text, unit.room(), "室");
        return text.toString();
    }

    private static void appendPart(StringBuilder text, String part, String word) {
        if (!part.isEmpty()) {
            text.append(part).append(word);
        }
    }

    /** True: a division, and below it a road with number, a village with number, or a place with a unit. */
    public boolean fullyDivided() {
        return division != null && division.level() == Division.Level.DISTRICT
                && ((!number.isEmpty() && !(road.isEmpty() && village.isEmpty())) || (!place.isEmpty() && !unit.absent()));
    }

    /** What has to be written before this address can mean one flat; empty: enough is. A village house needs its number alone. */
    public Set<Part> missing() {
        Set<Part> missing = EnumSet.noneOf(Part.class);
        boolean house = !village.isEmpty() && !number.isEmpty();
        if (road.isEmpty() && village.isEmpty() && place.isEmpty() && remarks.isEmpty()) {
            missing.add(Part.ESTATE);
        }
        if (!road.isEmpty() && number.isEmpty() && place.isEmpty() && remarks.isEmpty()) {
            missing.add(Part.NUMBER);
        }
        if (!house && unit.room().isEmpty()) {
            missing.add(Part.ROOM);
        }
        if (!house && unit.building().isEmpty() && number.isEmpty()) {
            missing.add(Part.BUILDING);
        }
        return missing;
    }
}
