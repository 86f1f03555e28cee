package cn.jingshu.products.address;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.SharedData;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/** The divisions of the city, against another publisher's table. */
class JingmenDivisionsTest {
    private static List<CSVRecord> ofLength(List<CSVRecord> rows, int digits) {
        return rows.stream().filter(row -> row.get("code").length() == digits).toList();
    }

    @Test
    void oneCityFiveCountiesAndEightyFourTownshipsAreTheirs() {
        List<CSVRecord> rows = SharedData.rows("rental/jingmen_divisions.csv");
        List<CSVRecord> counties = ofLength(rows, 6);
        List<CSVRecord> townships = ofLength(rows, 9);
        assertThat(List.of(ofLength(rows, 4).size(), counties.size(), townships.size())).containsExactly(1, 5, 84);
        Map<String, String> names = rows.stream().collect(Collectors.toMap(row -> row.get("code"), row -> row.get("name")));

        assertThat(Divisions.china().find("4208").orElseThrow().name()).isEqualTo(names.get("4208"));
        assertThat(Divisions.china().districtsOf("4208")).extracting(Division::code)
                .containsExactlyInAnyOrder("420802", "420804", "420822", "420881", "420882")
                .containsExactlyInAnyOrderElementsOf(counties.stream().map(row -> row.get("code")).toList());
        for (CSVRecord county : counties) {
            assertThat(Divisions.china().find(county.get("code")).orElseThrow().name()).isEqualTo(county.get("name"));
            List<Division> own = Divisions.china().townshipsOf(county.get("code"));
            assertThat(own).extracting(Division::code).as(county.get("name")).containsExactlyInAnyOrderElementsOf(
                    townships.stream().map(row -> row.get("code")).filter(code -> code.startsWith(county.get("code"))).toList());
            assertThat(own).allSatisfy(each -> assertThat(each.name()).isEqualTo(Objects.requireNonNull(names.get(each.code()))));
        }
    }
}
