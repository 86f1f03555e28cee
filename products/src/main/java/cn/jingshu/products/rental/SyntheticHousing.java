package cn.jingshu.products.rental;

import cn.jingshu.products.address.AddressParser;
import cn.jingshu.products.address.Division;
import cn.jingshu.products.address.Divisions;
import cn.jingshu.products.address.UnitKey;
import cn.jingshu.products.domain.DomainNeeds.RowSink;
import cn.jingshu.products.domain.DomainNeeds.SyntheticData;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.records.HousingTables;
import cn.jingshu.products.sandbox.TestSubject;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A made-up register of dwellings: Jingmen's real districts and townships, estates nobody built, owners of an area code given to
 * nobody. The dwellings of the test subjects are the same for every seed.
 */
final class SyntheticHousing implements SyntheticData {
    /** The estate of the test subjects. */
    static final String TEST_ESTATE = "荆门市东宝区龙泉街道象山大道1号示范花园";
    private static final String TEST_PARCEL = "420802001001GB00001F";
    private static final String[] FIRST = {"锦绣", "清河", "白云", "银杏", "海棠", "漳水", "楚韵", "荷塘", "翠竹", "星湖", "金穗", "紫薇"};
    private static final String[] LAST = {"花园", "新城", "佳苑", "家园", "名邸", "雅居"};
    private static final String[] ROADS = {"建设路", "团结路", "富康路", "春晖路", "文化路", "滨湖大道", "学府路", "丰收大道"};
    private static final int ESTATES_PER_DISTRICT = 4;
    private static final int BUILDINGS = 2;
    private static final int ENTRANCES = 2;
    private static final int FLOORS = 5;
    private static final int ROOMS = 2;

    private final AddressParser parser = new AddressParser(Divisions.china());

    /** The code of a test subject's dwelling: APPROVE's and SLOW's may be let, REFER's is restricted, NOT_FOUND has none. */
    static String unitOf(TestSubject subject, boolean enterprise) {
        return TEST_PARCEL + "%04d%04d".formatted(buildingOf(subject), enterprise ? 102 : 101);
    }

    /** Its address. */
    static String addressOf(TestSubject subject, boolean enterprise) {
        return TEST_ESTATE + buildingOf(subject) + "号楼1单元" + (enterprise ? 102 : 101) + "室";
    }

    private static int buildingOf(TestSubject subject) {
        return switch (subject) {
            case APPROVE -> 1;
            case REFER -> 2;
            case NOT_FOUND -> 3;
            case SLOW -> 4;
            case ERROR -> 5;
        };
    }

    @Override
    public void write(RowSink sink, long seed) {
        for (TestSubject subject : List.of(TestSubject.APPROVE, TestSubject.REFER, TestSubject.SLOW)) {
            dwelling(sink, unitOf(subject, false), addressOf(subject, false), subject.person().number(), 88, true);
            dwelling(sink, unitOf(subject, true), addressOf(subject, true), subject.enterprise().code(), 120, true);
        }
        String seized = unitOf(TestSubject.REFER, false);
        sink.row(HousingTables.SEIZURE, values("seizure_id", "CF-" + seized, "unit_code", seized, "from_day", "2025-03-01", "until_day", null));
        mortgage(sink, unitOf(TestSubject.REFER, true), true, null);
        mortgage(sink, unitOf(TestSubject.APPROVE, false), false, null); // an ordinary mortgage forbids no letting
        estates(sink, new Random(seed));
    }

    private void estates(RowSink sink, Random random) {
        int parcel = 100;
        for (Division district : Divisions.china().districtsOf("4208")) {
            List<Division> streets = Divisions.china().townshipsOf(district.code()).stream()
                    .filter(s -> s.name().endsWith("街道") || s.name().endsWith("镇")).toList();
            if (streets.isEmpty()) {
                continue; // 市辖区: the districts taken together
            }
            for (int e = 0; e < ESTATES_PER_DISTRICT; e++) {
                parcel++;
                String estate = FIRST[(parcel * 5 + e) % FIRST.length] + LAST[random.nextInt(LAST.length)];
                String base = "荆门市" + district.name() + streets.get(random.nextInt(streets.size())).name()
                        + ROADS[random.nextInt(ROADS.length)] + (1 + random.nextInt(180)) + "号" + estate;
                String code = district.code() + "001001GB%05dF".formatted(parcel);
                buildings(sink, random, base, code, parcel);
            }
        }
    }

    private void buildings(RowSink sink, Random random, String base, String parcelCode, int parcel) {
        for (int b = 1; b <= BUILDINGS; b++) {
            for (int e = 1; e <= ENTRANCES; e++) {
                for (int f = 1; f <= FLOORS; f++) {
                    for (int r = 1; r <= ROOMS; r++) {
                        int room = f * 100 + r;
                        String unit = parcelCode + "%02d%02d%04d".formatted(b, e, room);
                        String owner = ResidentId.complete("420899", LocalDate.of(1950 + random.nextInt(50), 1 + random.nextInt(12),
                                1 + random.nextInt(28)), 100 + random.nextInt(800)).number();
                        dwelling(sink, unit, base + b + "号楼" + e + "单元" + room + "室", owner, 45 + random.nextInt(100), random.nextInt(50) > 0);
                        burdens(sink, random, unit, owner, parcel);
                    }
                }
            }
        }
    }

    private void burdens(RowSink sink, Random random, String unit, String owner, int parcel) {
        int drawn = random.nextInt(100);
        if (drawn < 2) {
            sink.row(HousingTables.SEIZURE, values("seizure_id", "CF-" + unit, "unit_code", unit,
                    "from_day", "2024-06-01", "until_day", drawn == 0 ? "2025-06-01" : null));
        } else if (drawn < 25) {
            mortgage(sink, unit, drawn < 5, drawn % 4 == 0 ? "2025-01-15" : null);
        } else if (drawn < 40) {
            sink.row(HousingTables.HOUSE_CONTRACT, values("contract_id", "ZL-" + unit, "unit_code", unit, "kind", "LEASE",
                    "giver", owner, "taker", ResidentId.complete("420899", LocalDate.of(1990, 1 + parcel % 12, 1 + drawn % 28), 99).number(),
                    "signed_on", "2025-09-20", "ends_on", "2027-09-19", "amount_fen", Integer.toString(80_000 + drawn * 1_000)));
        }
    }

    private static void mortgage(RowSink sink, String unit, boolean restricting, @Nullable String released) {
        sink.row(HousingTables.MORTGAGE, values("mortgage_id", "DY-" + unit, "unit_code", unit, "registered_on", "2023-05-10",
                "released_on", released, "secured_fen", "40000000", "restricts_use", restricting ? "true" : "false"));
    }

    private void dwelling(RowSink sink, String unit, String address, String owner, int area, boolean rentable) {
        var read = parser.parse(address, "420800");
        Division street = read.street();
        sink.row(HousingTables.HOUSE, values("unit_code", unit, "district", unit.substring(0, 6), "address", address,
                "area_m2", Integer.toString(area), "built_year", "2012", "use", "RESIDENTIAL", "rentable", Boolean.toString(rentable)));
        sink.row(HousingTables.REAL_ESTATE, values("unit_code", unit, "owner", owner, "share", "1", "registered_on", "2014-04-08",
                "appraised_fen", Integer.toString(area * 550_000)));
        sink.row(HousingTables.STANDARD_ADDRESS, values("address_id", "BZ-" + unit, "unit_code", unit, "district", unit.substring(0, 6),
                "street", street == null ? null : street.name(), "full_text", address, "normal_form", UnitKey.of(read)));
    }

    /** A row, names and values in turn. */
    private static Map<String, @Nullable String> values(@Nullable String... namesAndValues) {
        Map<String, @Nullable String> row = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String name = namesAndValues[i];
            if (name != null) {
                row.put(name, namesAndValues[i + 1]);
            }
        }
        return row;
    }
}
