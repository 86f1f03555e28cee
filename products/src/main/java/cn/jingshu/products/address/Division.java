package cn.jingshu.products.address;

import org.jspecify.annotations.Nullable;

/**
 * An administrative division (行政区划) of the mainland's statistical table: province, prefecture, county, township.
 *
 * @param code 2, 4, 6 or 9 digits (GB/T 2260 for the first six, GB/T 10114 for the rest)
 * @param name its full name: {@code 荆门市}
 * @param edition year of the newest edition of the table that lists it
 * @param parent the division it lies in; null: a province
 */
public record Division(String code, String name, int edition, @Nullable Division parent) {

    /** Levels, from wide to narrow. */
    public enum Level {
        PROVINCE,
        CITY,
        DISTRICT,
        STREET
    }

    public Level level() {
        return switch (code.length()) {
            case 2 -> Level.PROVINCE;
            case 4 -> Level.CITY;
            case 6 -> Level.DISTRICT;
            default -> Level.STREET;
        };
    }

    /** False: renamed, merged or recoded since; addresses go on being written with it for years. */
    public boolean current() {
        return edition == Divisions.EDITION;
    }

    /** True: a line of the table that names no place, such as 市辖区 of a municipality or 省直辖县级行政区划. */
    public boolean placeholder() {
        return level() == Level.CITY && (name.equals("市辖区") || name.equals("县") || name.endsWith("直辖县级行政区划"));
    }

    /** The code filled up to six digits with zeros, as administrative codes are written; nine digits stay. */
    public String paddedCode() {
        return code.length() >= 6 ? code : code + "0".repeat(6 - code.length());
    }

    /** The code filled up to twelve digits, as the statistical table writes it. */
    public String statisticalCode() {
        return code + "0".repeat(12 - code.length());
    }

    /** True: {@code other} is this division or lies in it. */
    public boolean holds(Division other) {
        return other.code.startsWith(code);
    }

    /** This division or the one around it at {@code level}; null: there is none. */
    public @Nullable Division at(Level level) {
        for (Division d = this; d != null; d = d.parent) {
            if (d.level() == level) {
                return d;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return code + " " + name;
    }
}
