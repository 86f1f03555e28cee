package cn.jingshu.products.address;

/**
 * The normal form under which a register keeps and finds a standard address within its district: {@code
 * building-entrance-room} in figures ({@code 7-2-802}, {@code 7--802}), or {@code @} and the house number where there is no
 * unit ({@code @205}). Addresses that mean one unit and write all of its parts have one key; the reverse has to be checked
 * by {@link AddressMatch}.
 */
public final class UnitKey {
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

    /** The key as a pattern of SQL's {@code LIKE}: what is not written may be anything. */
    public static String pattern(Address address) {
        Unit unit = address.unit();
        if (unit.absent()) {
            return of(address).isEmpty() ? "%" : escaped(of(address));
        }
        return any(unit.building()) + "-" + any(unit.entrance()) + "-" + any(unit.room());
    }

    private static String any(String part) {
        return part.isEmpty() ? "%" : escaped(part);
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
    }
}
