package cn.jingshu.products.address;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.SharedData;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.csv.CSVRecord;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The parser against the reference answers of two libraries, told in their conventions. */
class AddressReferenceTest {
    private static final AddressParser PARSER = new AddressParser(Divisions.china());

    /** Code in that library's table of about 2016 → what the statistical tables have. */
    private static final Map<String, String> OTHER_CODES = Map.of("371402008000", "371471008000");

    @Test
    void everyStatedCaseOfGeocodingIsAnswered() throws IOException {
        JsonNode cases = new ObjectMapper().readTree(SharedData.file("rental/address_normalising_geocoding_a.json").toFile());
        SoftAssertions all = new SoftAssertions();
        for (JsonNode one : cases) {
            String input = one.get("input").asText();
            Address read = PARSER.parse(input);
            Map<String, @Nullable String> told = Conventions.geocoding(read);
            JsonNode expected = one.get("expected");
            if (expected.isNull()) {
                all.assertThat(told).as(input).isNull();
                continue;
            }
            all.assertThat(told).as(input).isNotNull();
            if (told == null) {
                continue;
            }
            for (var field : expected.properties()) {
                String want = field.getValue().isNull() ? null : field.getValue().asText();
                String got = told.get(field.getKey());
                if (want != null && field.getKey().endsWith("Id") && !want.equals(got)) {
                    all.assertThat(codesOf(read, Objects.toString(got, ""))).as(input + " " + field.getKey()).contains(OTHER_CODES.getOrDefault(want, want));
                } else {
                    all.assertThat(got).as(input + " " + field.getKey()).isEqualTo(want);
                }
            }
        }
        assertThat(cases.size()).isEqualTo(18);
        all.assertAll();
    }

    /** The code told and those the same place had in older editions of the table: that library's is of about 2016. */
    private static List<String> codesOf(Address read, String told) {
        List<String> codes = new ArrayList<>();
        codes.add(told);
        Division district = read.at(Division.Level.DISTRICT);
        if (district != null) {
            Set<String> former = Divisions.china().formerCodes(district);
            for (String code : former) {
                codes.add(code + (told.length() > 6 ? told.substring(6) : ""));
            }
        }
        return codes;
    }

    @Test
    void everyStatedDivisionOfCpcaIsAnswered() {
        SoftAssertions all = new SoftAssertions();
        List<CSVRecord> rows = SharedData.rows("rental/address_division_cpca.csv");
        for (CSVRecord row : rows) {
            String[] input = row.get("input").split(" \\(hint 朝阳区=", 2);
            String hint = input.length > 1 ? input[1].replace(")", "") : "";
            String want = String.join(",", row.get("province"), row.get("city"), row.get("district"), row.get("rest"), row.get("adcode"));
            all.assertThat(Conventions.cpca(PARSER.parse(input[0], hint))).as(row.get("input")).isEqualTo(want);
        }
        assertThat(rows).hasSize(12);
        all.assertAll();
    }
}
