package cn.jingshu.products.address;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An address told in the words of other libraries, whose cases are our reference: what differs is how they name the same parts,
 * and that one of them answers nothing for an address that does not begin with a province or city.
 */
final class Conventions {
    private Conventions() {}

    /**
     * As IceMimosa/geocoding tells it; null: that library does not answer. A municipality's province is written without 市 and
     * repeated as its city; towns are repeated as streets; villages stay in the text; a road without number has an empty number.
     */
    static @Nullable Map<String, @Nullable String> geocoding(Address a) {
        if (a.widestStated() == null || a.widestStated().compareTo(Division.Level.CITY) > 0) {
            return null;
        }
        Map<String, @Nullable String> told = new LinkedHashMap<>();
        Division province = Objects.requireNonNull(a.at(Division.Level.PROVINCE));
        Division city = a.at(Division.Level.CITY);
        boolean municipality = province.name().endsWith("市");
        told.put("provinceId", province.statisticalCode());
        told.put("province", municipality ? province.name().substring(0, province.name().length() - 1) : province.name());
        told.put("cityId", municipality ? province.code() + "0100000000" : city == null ? null : city.statisticalCode());
        told.put("city", municipality ? province.name() : city == null ? null : city.name());
        Division district = a.at(Division.Level.DISTRICT);
        told.put("districtId", district == null ? null : district.statisticalCode());
        told.put("district", district == null ? null : district.name());
        Division street = a.street();
        boolean town = street != null && (street.name().endsWith("镇") || street.name().endsWith("乡"));
        told.put("streetId", street == null ? null : street.statisticalCode());
        told.put("street", street == null ? null : street.name());
        told.put("townId", town ? Objects.requireNonNull(street).statisticalCode() : null);
        told.put("town", town ? Objects.requireNonNull(street).name() : null);
        told.put("villageId", null);
        told.put("village", null);
        told.put("road", a.road().isEmpty() ? null : a.road());
        boolean group = a.number().contains("组");
        told.put("roadNum", a.road().isEmpty() ? null : a.number());
        told.put("buildingNum", group ? a.number() : a.unit().absent() ? null : a.unit().written());
        told.put("text", a.town() + a.village() + (a.road().isEmpty() && !group ? a.number() : "") + a.text());
        return told;
    }

    /** As DQinYuan/chinese_province_city_area_mapper tells it: province, city, district, rest, adcode. */
    static String cpca(Address a) {
        Division city = a.at(Division.Level.CITY);
        Division district = a.at(Division.Level.DISTRICT);
        Division province = a.at(Division.Level.PROVINCE);
        boolean shown = city != null && (district != null || !city.placeholder());
        return String.join(",", province == null ? "" : province.name(), shown ? Objects.requireNonNull(city).name() : "",
                district == null ? "" : district.name(), a.detail(), a.divisionCode());
    }
}
