package cn.jingshu.products.address;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * The table of divisions of the whole country down to townships: the edition of 2023, and the names and codes of 2015 and 2016
 * that it no longer lists, because people write an address by the name they grew up with.
 *
 * <p>Origin: 统计用区划代码 of the National Bureau of Statistics by way of modood/Administrative-divisions-of-China (NOTICE).
 */
public final class Divisions {
    /** Year of the newest edition. */
    public static final int EDITION = 2023;

    private static final String RESOURCE = "/address/divisions.tsv.gz";
    private static final Divisions CHINA = read();

    private final Map<String, Division> byCode;
    private final Map<String, List<Division>> byName;
    private final Map<String, List<Street>> streets;
    private final Map<String, List<Street>> cityStreets;
    private final BitSet beginnings = new BitSet();
    private final int longestName;

    /** A township and its name without rank. */
    record Street(String stem, Division division) {}

    private Divisions(List<Division> all) {
        Map<String, Division> codes = new HashMap<>();
        Map<String, List<Division>> names = new HashMap<>();
        Map<String, List<Street>> towns = new HashMap<>();
        Map<String, List<Street>> cityTowns = new HashMap<>();
        int longest = 0;
        for (Division d : all) {
            codes.merge(d.code(), d, (a, b) -> a.edition() >= b.edition() ? a : b);
            if (d.level() == Division.Level.STREET) {
                Street street = new Street(DivisionNames.streetStem(d.name()), d);
                towns.computeIfAbsent(d.code().substring(0, 6), _ -> new ArrayList<>()).add(street);
                cityTowns.computeIfAbsent(d.code().substring(0, 4), _ -> new ArrayList<>()).add(street);
            } else if (!d.placeholder()) {
                for (String spelling : DivisionNames.spellings(d)) {
                    names.computeIfAbsent(spelling, _ -> new ArrayList<>()).add(d);
                    beginnings.set(spelling.charAt(0));
                    longest = Math.max(longest, spelling.length());
                }
            }
        }
        byCode = Map.copyOf(codes);
        byName = names;
        streets = towns;
        cityStreets = cityTowns;
        longestName = longest;
    }

    /** The whole country's. */
    public static Divisions china() {
        return CHINA;
    }

    /** The division of that code, the newest if several editions used it. */
    public Optional<Division> find(String code) {
        return Optional.ofNullable(byCode.get(code));
    }

    /** Provinces, cities and districts that are called just {@code spelling}, in full or short. */
    List<Division> named(String spelling) {
        return byName.getOrDefault(spelling, List.of());
    }

    /** Characters of the longest spelling of a province, city or district. */
    int longestName() {
        return longestName;
    }

    /** False: no name of a province, city or district begins with {@code first}. */
    boolean mayBegin(char first) {
        return beginnings.get(first);
    }

    /** Townships of a district (six digits). */
    List<Street> streetsOf(String district) {
        return streets.getOrDefault(district, List.of());
    }

    /** Townships of all districts of a city (four digits). */
    List<Street> streetsOfCity(String city) {
        return cityStreets.getOrDefault(city, List.of());
    }

    /** Townships of a district (six digits) by the newest edition. */
    public List<Division> townshipsOf(String district) {
        return streetsOf(district).stream().map(Street::division).filter(Division::current).toList();
    }

    /**
     * What the division is today: itself, or for one that was renamed or recoded the division of the same city with the same name
     * but for its rank (京山县 → 京山市). One that was merged into others stays what it was.
     */
    public Division today(Division division) {
        if (division.current()) {
            return division;
        }
        String stem = DivisionNames.stem(division.name());
        String around = division.code().substring(0, Math.max(2, division.code().length() - 2));
        for (Division other : named(stem)) {
            if (other.current() && other.level() == division.level() && other.code().startsWith(around)) {
                return other;
            }
        }
        return division;
    }

    /** Districts of a city (four digits), those of the newest edition. */
    public List<Division> districtsOf(String city) {
        List<Division> found = new ArrayList<>();
        for (int n = 0; n < 100; n++) {
            find(city + (n < 10 ? "0" : "") + n).filter(Division::current).ifPresent(found::add);
        }
        return found;
    }

    /** Codes the same place had in older editions: same city, same name but for its rank (赣县, 赣县区). */
    public Set<String> formerCodes(Division division) {
        Set<String> former = new HashSet<>();
        for (String spelling : DivisionNames.spellings(division)) {
            for (Division other : named(spelling)) {
                if (other.level() == division.level() && !other.current() && !other.code().equals(division.code())
                        && other.code().startsWith(division.code().substring(0, Math.max(2, division.code().length() - 2)))) {
                    former.add(other.code());
                }
            }
        }
        return former;
    }

    private static Divisions read() {
        List<Division> all = new ArrayList<>();
        Map<String, Division> known = new HashMap<>();
        try (InputStream packed = Divisions.class.getResourceAsStream(RESOURCE)) {
            if (packed == null) {
                throw new IllegalStateException("the table of divisions is not on the class path: " + RESOURCE);
            }
            var lines = new BufferedReader(new InputStreamReader(new GZIPInputStream(packed), StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] parts = line.split("\t", -1);
                String code = parts[0];
                int edition = parts.length > 2 ? Integer.parseInt(parts[2]) : EDITION;
                Division parent = code.length() == 2 ? null : known.get(parentCode(code));
                Division division = new Division(code, parts[1], edition, parent);
                known.merge(code, division, (a, b) -> a.edition() >= b.edition() ? a : b);
                all.add(division);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException("the table of divisions cannot be read", broken);
        }
        return new Divisions(all);
    }

    private static String parentCode(String code) {
        return code.substring(0, code.length() == 9 ? 6 : code.length() - 2);
    }
}
