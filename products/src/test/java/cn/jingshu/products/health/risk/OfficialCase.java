package cn.jingshu.products.health.risk;

import cn.jingshu.products.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** One recorded answer of the official China-PAR calculator; null: it gave no lifetime risk. */
record OfficialCase(ChinaParReading reading, double tenYear, double idealTenYear, @Nullable Double lifetime, @Nullable Double idealLifetime) {
    static List<OfficialCase> readAll() throws IOException {
        List<OfficialCase> cases = new ArrayList<>();
        var format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
        try (var parser = format.parse(Files.newBufferedReader(SharedData.file("health-profile/china_par_official_outputs_a.csv"), StandardCharsets.UTF_8))) {
            for (CSVRecord row : parser) {
                cases.add(new OfficialCase(new ChinaParReading(row.get("sex").equals("1"), number(row, "age"), number(row, "sbp"),
                        yes(row, "drug"), mgDl(row, "tc"), mgDl(row, "hdlc"), number(row, "waist"), yes(row, "csmoke"), yes(row, "dm"),
                        yes(row, "region"), yes(row, "area"), yes(row, "fh_ascvd")), number(row, "risk10_pct"), number(row, "ideal_risk10_pct"),
                        optional(row, "lifetime_pct"), optional(row, "ideal_lifetime_pct")));
            }
        }
        return cases;
    }

    private static double mgDl(CSVRecord row, String column) {
        return row.get(column + "_unit").equals("1") ? number(row, column) : number(row, column) / ChinaParReading.MMOL_L_PER_MG_DL;
    }

    private static double number(CSVRecord row, String column) {
        return Double.parseDouble(row.get(column));
    }

    private static boolean yes(CSVRecord row, String column) {
        return row.get(column).equals("1");
    }

    private static @Nullable Double optional(CSVRecord row, String column) {
        return row.get(column).isEmpty() ? null : number(row, column);
    }
}
