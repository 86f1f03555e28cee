package cn.jingshu.products.address;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The normal form under which a register keeps and finds a standard address within its district: {@code
 * building-entrance-room} in figures ({@code 7-2-802}, {@code 7--802}), or {@code @} and the house number where there is no
 * unit ({@code @205}). Addresses that mean one unit and write all of its parts have one key; the reverse has to be checked
 * by {@link AddressMatch}.
 */
public final class UnitKey {
    private static final List<String> ENTRANCES = Stream.concat(IntStream.rangeClosed(1, 20).mapToObj(Integer::toString),
            Stream.of("东", "西", "南", "北", "中", "甲", "乙", "丙", "A", "B", "C")).toList();

    private UnitKey() {}

    /** The key of a complete address; empty: neither unit nor house number is written. */
    public static String of(Address address) {
        Unit unit = address.unit();
        if (unit.absent()) {
            String number = AddressNumber.key(address.number());
            return number.isEmpty() ? "" : "@" + number;
        }
        return unit.building() + "-" + unit.entrance() + "-" + unit.room();
    }

    /** The keys an address may have whose entrance is not written: every entrance a building usually has; empty if it is written. */
    public static List<String> withAnyEntrance(Address address) {
        Unit unit = address.unit();
        if (unit.absent() || !unit.entrance().isEmpty()) {
            return List.of();
        }
        List<String> keys = new ArrayList<>();
        for (String entrance : ENTRANCES) {
            keys.add(unit.building() + "-" + entrance + "-" + unit.room());
        }
        return List.copyOf(keys);
    }
}
