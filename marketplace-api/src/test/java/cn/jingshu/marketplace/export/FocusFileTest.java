package cn.jingshu.marketplace.export;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.tariff.TariffJson;
import cn.jingshu.marketplace.export.FocusFile.Line;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** List prices of lines that were reduced, in yuan, by hand. */
class FocusFileTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // A tenth off of 1 fen; deeper, and two reductions.
        "{\"kind\":\"DISCOUNTED\",\"off\":\"1/10\",\"list\":{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"1\"}} | 100 | 100 | 1/1 | true | 0.01",
        "{\"kind\":\"DISCOUNTED\",\"off\":\"1/2\",\"list\":{\"kind\":\"DISCOUNTED\",\"off\":\"1/2\",\"list\":{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"4\"}}} | 3 | 3 | 1/1 | true | 0.04",
        // 28 yuan a month and half of the usage off: the month alone, then 10 units of a line that follows it, then all of it taken back.
        "{\"kind\":\"BASE_PLUS_USAGE\",\"baseFen\":2800,\"usage\":{\"kind\":\"DISCOUNTED\",\"off\":\"1/2\",\"list\":{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"3\"}}} | 0 | 0 | 1/1 | true | 28",
        "{\"kind\":\"BASE_PLUS_USAGE\",\"baseFen\":2800,\"usage\":{\"kind\":\"DISCOUNTED\",\"off\":\"1/2\",\"list\":{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"3\"}}} | 0 | 0 | 1/2 | true | 14",
        "{\"kind\":\"BASE_PLUS_USAGE\",\"baseFen\":2800,\"usage\":{\"kind\":\"DISCOUNTED\",\"off\":\"1/2\",\"list\":{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"3\"}}} | 10 | 10 | 1/1 | false | 0.03",
        "{\"kind\":\"BASE_PLUS_USAGE\",\"baseFen\":2800,\"usage\":{\"kind\":\"DISCOUNTED\",\"off\":\"1/2\",\"list\":{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"3\"}}} | -10 | 0 | 1/1 | false | 2.83",
        // Everything off still has its list price.
        "{\"kind\":\"DISCOUNTED\",\"off\":\"1/1\",\"list\":{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"0.5\"}} | 7 | 7 | 1/1 | true | 0.005"
    })
    void theListPriceIsTheOneBeforeEveryReduction(String tariff, long quantity, long total, String share, boolean first, String yuan) {
        assertThat(FocusFile.listPrice(TariffJson.read(tariff), new Line(quantity, total, share, first))).isEqualByComparingTo(yuan);
    }
}
