package cn.jingshu.products.address;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.SharedData;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/** Thousands of real addresses: none throws, and how well they are divided is measured and printed. */
class AddressVolumeTest {
    private static final AddressParser PARSER = new AddressParser(Divisions.china());

    @Test
    void twoThousandCompanyAddresses() {
        List<CSVRecord> rows = SharedData.rows("rental/company_addresses_2000.csv");
        int district = 0;
        int road = 0;
        int unit = 0;
        int full = 0;
        long from = System.nanoTime();
        for (CSVRecord row : rows) {
            Address read = PARSER.parse(row.get(0));
            district += read.at(Division.Level.DISTRICT) != null ? 1 : 0;
            road += !read.road().isEmpty() && !read.number().isEmpty() ? 1 : 0;
            unit += read.unit().absent() ? 0 : 1;
            full += read.fullyDivided() ? 1 : 0;
        }
        long micros = (System.nanoTime() - from) / 1_000 / rows.size();
        System.out.printf("company addresses: %d, district %.1f %%, road and number %.1f %%, unit %.1f %%, fully divided %.1f %%, %d us each%n",
                rows.size(), share(district, rows.size()), share(road, rows.size()), share(unit, rows.size()), share(full, rows.size()), micros);
        assertThat(rows).hasSize(2_000);
        assertThat(share(district, rows.size())).isGreaterThan(60);
        assertThat(share(full, rows.size())).isGreaterThan(58);
    }

    /** Agreement with the labels of the NAACL 2019 development set, where both name the part; digits are blurred there. */
    @Test
    void labelledElements() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Map<String, int[]> agreement = new LinkedHashMap<>();
        int lines = 0;
        for (String line : Files.readAllLines(SharedData.file("rental/address_elements_naacl2019_dev.jsonl"), StandardCharsets.UTF_8)) {
            JsonNode one = mapper.readTree(line);
            lines++;
            Map<String, List<String>> labels = new LinkedHashMap<>();
            one.get("spans").forEach(s -> labels.computeIfAbsent(s.get(0).asText(), _ -> new ArrayList<>()).add(s.get(1).asText()));
            Address read = PARSER.parse(one.get("text").asText());
            compare(agreement, labels, "prov", name(read, Division.Level.PROVINCE));
            compare(agreement, labels, "city", name(read, Division.Level.CITY));
            compare(agreement, labels, "district", name(read, Division.Level.DISTRICT));
            compare(agreement, labels, "town", read.townName());
            compare(agreement, labels, "road", read.road());
            compare(agreement, labels, "roadno", read.number());
            compare(agreement, labels, "community", read.village());
            compare(agreement, labels, "roomno", read.unit().room());
        }
        int right = 0;
        int all = 0;
        for (var entry : agreement.entrySet()) {
            int[] counted = entry.getValue();
            right += counted[0];
            all += counted[1];
            System.out.printf("labelled elements: %s %d of %d (%.1f %%)%n", entry.getKey(), counted[0], counted[1], share(counted[0], counted[1]));
        }
        System.out.printf("labelled elements: all %d of %d (%.1f %%)%n", right, all, share(right, all));
        assertThat(lines).isEqualTo(2_985);
        assertThat(share(right, all)).isGreaterThan(85);
    }

    private static void compare(Map<String, int[]> agreement, Map<String, List<String>> labels, String label, String ours) {
        List<String> said = labels.get(label);
        if (said == null) {
            return;
        }
        int[] counted = agreement.computeIfAbsent(label, _ -> new int[2]);
        counted[1]++;
        String want = stem(label, AddressNumber.canonical(AddressText.unify(String.join("", said))));
        if (want.equals(stem(label, AddressNumber.canonical(ours)))) {
            counted[0]++;
        }
    }

    /** A division may be written short; a room with or without its measure word. */
    private static String stem(String label, String text) {
        return switch (label) {
            case "prov", "city", "district" -> DivisionNames.stem(text);
            case "town" -> DivisionNames.streetStem(text);
            case "community" -> text.replaceAll("(?:村民?委会?|居民?委会|村|社区)$", "");
            case "roomno" -> text.replaceAll("(?:室|户|房|号)$", "");
            default -> text;
        };
    }

    private static String name(Address read, Division.Level level) {
        Division division = read.at(level);
        if (division == null || division.placeholder()) {
            Division province = read.at(Division.Level.PROVINCE);
            return level == Division.Level.CITY && province != null ? province.name() : "";
        }
        return division.name();
    }

    private static double share(int part, int whole) {
        return 100.0 * part / whole;
    }
}
