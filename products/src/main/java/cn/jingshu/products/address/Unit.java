package cn.jingshu.products.address;

import java.util.ArrayList;
import java.util.List;

/**
 * Which flat of an estate or house: building (号楼, 栋, 幢, 座), entrance (单元, 门, 梯, 组), floor, room (室, 户, 房), each in
 * figures without leading zeros and without its measure word; empty: not written.
 *
 * @param written how it stood in the address
 */
public record Unit(String building, String entrance, String floor, String room, String written) {
    /** No unit at all. */
    public static final Unit NONE = new Unit("", "", "", "", "");

    /** True: neither building nor entrance, floor or room is written. */
    public boolean absent() {
        return building.isEmpty() && entrance.isEmpty() && floor.isEmpty() && room.isEmpty();
    }

    /** True: a number and 号 and nothing else, which may be the house itself. */
    boolean onlyHouseNumber() {
        return entrance.isEmpty() && floor.isEmpty() && room.isEmpty() && written.endsWith("号");
    }

    /** {@code 7-2-802}: building, entrance, room, what is not written left out. */
    public String shortForm() {
        List<String> parts = new ArrayList<>();
        for (String part : List.of(building, entrance, room)) {
            if (!part.isEmpty()) {
                parts.add(part);
            }
        }
        return String.join("-", parts);
    }
}
