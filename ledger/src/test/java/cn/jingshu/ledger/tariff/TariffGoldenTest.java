package cn.jingshu.ledger.tariff;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What Lago (getlago/lago-api, its charge model specs) expects its charge models to cost; one of its units of currency is one fen here. */
class TariffGoldenTest {

    private static final Path VECTORS =
            Path.of("..", "..", "shared", "data", "metering-ledger", "lago_charge_models.json");

    private static JsonNode vectors;

    @BeforeAll
    static void read() throws IOException {
        if (!Files.exists(VECTORS)) {
            String message = "NOT RUN: ../shared is absent, the reference tests of tariffs did not run";
            System.err.println(message);
            Assumptions.abort(message);
        }
        vectors = new ObjectMapper().readTree(VECTORS.toFile());
    }

    @Test
    void graduatedChargesAgree() {
        JsonNode model = vectors.required("graduated");
        assertThat(check(new Tariff.Graduated(tiers(model)), model)).isEqualTo(6);
    }

    @Test
    void volumeChargesAgree() {
        JsonNode model = vectors.required("volume");
        assertThat(check(new Tariff.Volume(tiers(model)), model)).isEqualTo(7);
    }

    @Test
    void packageChargesAgree() {
        JsonNode model = vectors.required("package");
        Tariff packages = new Tariff.Packages(
                fen(model.required("amount_per_package").asText()), model.required("package_size").longValue());
        int checked = 0;
        for (JsonNode vector : model.required("cases")) {
            long free = vector.required("free_units").longValue();
            Tariff tariff = free == 0 ? packages : new Tariff.Included(free, packages);
            assertThat(tariff.amount(vector.required("units").longValue()))
                    .as("%s", vector)
                    .isEqualTo(new Money(vector.required("amount").longValue()));
            checked++;
        }
        assertThat(checked).isEqualTo(3);
    }

    /**
     * A percentage of turnover is no base 发改价格〔2025〕65号 names, so there is no tariff of that kind. Its values are those
     * of a price for each unit of turnover and one for each event, each with its free part.
     */
    @Test
    void percentageChargesAreTwoUnitPricesWithIncludedUnits() {
        int checked = 0;
        for (JsonNode vector : vectors.required("percentage").required("cases")) {
            BigDecimal rate = new BigDecimal(vector.path("rate_pct").asText("0")).movePointLeft(2);
            Tariff turnover = new Tariff.PerUnit(new UnitPrice(rate));
            if (vector.has("free_base")) {
                turnover = new Tariff.Included(new BigDecimal(vector.required("free_base").asText()).longValueExact(), turnover);
            }
            Tariff events = new Tariff.PerUnit(UnitPrice.ofFen(vector.path("fixed_per_event").asText("0")));
            if (vector.has("free_events_used")) { // the free amount of turnover was used up by the second event
                events = new Tariff.Included(vector.required("free_events_used").longValue(), events);
            }
            BigFraction cost = turnover.exactFen(new BigFraction(vector.required("base").longValue()))
                    .add(events.exactFen(new BigFraction(vector.path("events").longValue())));
            assertThat(cost).as("%s", vector).isEqualTo(exact(vector.required("amount").asText()));
            checked++;
        }
        assertThat(checked).isEqualTo(4);
    }

    private static int check(Tariff tariff, JsonNode model) {
        int checked = 0;
        for (JsonNode vector : model.required("cases")) {
            assertThat(tariff.exactFen(exact(vector.required("units").asText())))
                    .as("%s", vector)
                    .isEqualTo(exact(vector.required("amount").asText()));
            checked++;
        }
        return checked;
    }

    private static List<Tier> tiers(JsonNode model) {
        List<Tier> tiers = new ArrayList<>();
        for (JsonNode range : model.required("ranges")) {
            JsonNode to = range.required("to");
            tiers.add(new Tier(to.isNull() ? null : to.longValue(), UnitPrice.ofFen(range.required("per_unit").asText()),
                    fen(range.required("flat").asText())));
        }
        return tiers;
    }

    private static Money fen(String amount) {
        return new Money(new BigDecimal(amount).longValueExact());
    }

    private static BigFraction exact(String decimal) {
        BigDecimal value = new BigDecimal(decimal);
        return new BigFraction(value.movePointRight(Math.max(0, value.scale())).toBigIntegerExact(),
                BigInteger.TEN.pow(Math.max(0, value.scale())));
    }
}
