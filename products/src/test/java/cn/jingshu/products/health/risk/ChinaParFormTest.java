package cn.jingshu.products.health.risk;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.SharedData;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChinaParFormTest {
    private static Map<String, String> good() {
        return new HashMap<>(Map.ofEntries(Map.entry("sex", "1"), Map.entry("age", "50"), Map.entry("region", "1"), Map.entry("area", "0"),
                Map.entry("waist", "85"), Map.entry("tc_unit", "1"), Map.entry("tc", "200"), Map.entry("hdlc_unit", "1"), Map.entry("hdlc", "50"),
                Map.entry("sbp", "130"), Map.entry("dbp", "80"), Map.entry("drug", "0"), Map.entry("dm", "0"), Map.entry("csmoke", "0"), Map.entry("fh_ascvd", "0")));
    }

    /** {@code age=86}, {@code tc_mmol=11.01} (the unit changes with it) or {@code missing_sex}. */
    private static Map<String, String> formOf(String name) {
        Map<String, String> form = good();
        if (name.startsWith("missing_")) {
            form.remove(name.substring("missing_".length()));
            return form;
        }
        String[] parts = name.split("=", 2);
        if (parts[0].endsWith("_mmol")) {
            String item = parts[0].substring(0, parts[0].length() - "_mmol".length());
            form.put(item + "_unit", "2");
            form.put(item, parts[1]);
        } else {
            form.put(parts[0], parts[1]);
        }
        return form;
    }

    @Test
    void saysWhatTheOfficialCalculatorSays() throws IOException {
        ObjectMapper json = new ObjectMapper();
        var lines = Files.readAllLines(SharedData.file("health-profile/china_par_valid_input_messages_a.jsonl"), StandardCharsets.UTF_8);
        assertThat(lines).hasSize(50);
        for (String line : lines) {
            JsonNode one = json.readTree(line);
            String message = one.path("result").path("msg").asText();
            assertThat(ChinaParForm.complaint(formOf(one.path("case").asText())).orElse("")).as(line).isEqualTo(message);
        }
    }

    @Test
    void aGoodFormIsTaken() {
        assertThat(ChinaParForm.complaint(good())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sex", "age", "region", "area", "waist", "tc_unit", "tc", "hdlc_unit", "hdlc", "sbp", "dbp", "drug", "dm", "csmoke", "fh_ascvd"})
    void everyItemIsNeededAndMustBeANumber(String item) {
        for (String wrong : new String[] {"", " ", "abc", "NaN", "Infinity", "1e2", "0x10", "--1", "9".repeat(400), "1;DROP TABLE"}) {
            Map<String, String> form = good();
            form.put(item, wrong);
            assertThat(ChinaParForm.complaint(form)).as("%s = %s", item, wrong).contains("评测项不得为空");
        }
        Map<String, String> form = good();
        form.remove(item);
        assertThat(ChinaParForm.complaint(form)).contains("评测项不得为空");
    }

    @ParameterizedTest
    @CsvSource({"age,20,85,年龄应在20-85之间", "waist,50,130,腰围应在50-130之间", "sbp,70,200,收缩压应在70-200之间", "dbp,40,140,舒张压应在40-140之间",
        "tc,80,400,总胆固醇应在80-400mg/dl之间", "hdlc,20,130,高密度脂蛋白胆固醇应在20-130mg/dl之间"})
    void boundsBelongToTheRange(String item, int least, int greatest, String message) {
        for (int inside : new int[] {least, greatest}) {
            assertThat(ChinaParForm.complaint(formOf(item + "=" + inside))).isEmpty();
        }
        for (int outside : new int[] {least - 1, greatest + 1, -5}) {
            assertThat(ChinaParForm.complaint(formOf(item + "=" + outside))).contains(message);
        }
    }

    @Test
    void emptinessIsSaidBeforeAnyRange() {
        Map<String, String> form = formOf("age=99");
        form.put("fh_ascvd", "");
        assertThat(ChinaParForm.complaint(form)).contains("评测项不得为空");
    }

    @ParameterizedTest
    @CsvSource({"sbp=120.5,评测项不得为空", "age=40.5,评测项不得为空", "region=9,现住址区域不在给定范围内", "tc_unit=9,总胆固醇单位不在给定范围内",
        "drug=9,服用降压药不在给定范围内", "csmoke=9,现在吸烟不在给定范围内", "dm=-1,患糖尿病不在给定范围内", "tc_mmol=1.99,总胆固醇应在2-11mmol/L之间",
        "hdlc_mmol=0.49,高密度脂蛋白胆固醇应在0.5-4mmol/L之间"})
    void theRulesGoBeyondTheRecordedCases(String wrong, String message) {
        assertThat(ChinaParForm.complaint(formOf(wrong))).contains(message);
    }

    @Test
    void aScoreOutOfRangeCarriesTheOfficialMessage() {
        var person = People.known(true, 50).with(Input.SYSTOLIC, Given.answer(201));
        RiskScore score = new ChinaPar(false);
        assertThat(RiskScores.officialMessage(score, person, score.assess(person))).contains("收缩压应在70-200之间");
        RiskScore other = new Framingham(false);
        assertThat(RiskScores.officialMessage(other, person, other.assess(person))).isEmpty();
    }
}
