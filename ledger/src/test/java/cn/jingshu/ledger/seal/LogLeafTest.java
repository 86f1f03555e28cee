package cn.jingshu.ledger.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogLeafTest {
    private static final LogLeaf ENTRY = new LogLeaf.Entry(UUID.fromString("01936f5e-0000-7000-8000-0000000000a1"), YearMonth.of(2026, 11), 17,
            Instant.parse("2026-11-23T04:00:00.123456Z"), "ab".repeat(32), "cd".repeat(32));
    private static final LogLeaf BATCH = new LogLeaf.UsageBatch("node-6d841a2f0396", 3, 2_041, 2_107, 66,
            Instant.parse("2026-11-23T04:00:01.250Z"), "ab".repeat(32), null);
    private static final LogLeaf WITH_SUMS = new LogLeaf.UsageBatch("node-6d841a2f0396", 3, 2_041, 2_107, 66,
            Instant.parse("2026-11-23T04:00:01.250Z"), "ab".repeat(32), new LogLeaf.BatchSums(YearMonth.of(2026, 10), "ef".repeat(32)));

    /** Reckoned with {@code printf}, {@code sha256sum} and {@code openssl dgst -sm3}, as the auditor guide says. */
    @Test
    void aLeafIsHashedAsAnAuditorHashesItByHand() {
        assertThat(ENTRY.hash(LogHash.SHA_256)).hasToString("09f67e21bba59bc3c5cae2ba898680ff06b70234797600d2ca50b879551e23d9");
        assertThat(ENTRY.hash(LogHash.SM3)).hasToString("a2eb6828b1f1dd8b708616afa1f99f64ced63752a5426eb5ee3060d96023fb1d");
        assertThat(BATCH.hash(LogHash.SHA_256)).hasToString("7bf1f48efedf30dd8ce41de3d64797204112c907e04b63d4c4ea1cbd3be43523");
        assertThat(BATCH.hash(LogHash.SM3)).hasToString("b0fd11e6af9717b05b0faff7e6672e9a8cf6cf4513c036b7cf3d6092e19c8af4");
        assertThat(WITH_SUMS.hash(LogHash.SHA_256)).hasToString("0db7ce6aa934ddcdcd3ce6e624717d26402ee090239d12c8e9ee81ac9bc766d9");
        assertThat(WITH_SUMS.hash(LogHash.SM3)).hasToString("f6e8d3690be5f89c6119f049801f9f23873665aedd5bbd586fae42daba53ab09");
    }

    @Test
    void aLeafIsReadBackAndInOneWayOnly() {
        for (LogLeaf leaf : List.of(ENTRY, BATCH, WITH_SUMS)) {
            assertThat(LogLeaf.parse(leaf.toText())).isEqualTo(leaf);
            for (String other : List.of(leaf.toText() + "\n", leaf.toText().strip(), leaf.toText().replace("number ", "number 0"),
                    leaf.toText().replace("content ab", "content AB"), leaf.toText().replaceFirst("(?m)^number.*\\R", ""),
                    leaf.toText().replace("Z\n", ".000Z\n"), leaf.toText().replaceFirst("leaf [12]", "leaf 3"),
                    leaf.toText().contains("leaf 1") ? leaf.toText().replaceFirst("leaf 1", "leaf 2") : leaf.toText().replaceFirst("leaf 2", "leaf 1"),
                    leaf.toText() + "earliest none\n")) {
                assertThatIllegalArgumentException().as(other).isThrownBy(() -> LogLeaf.parse(other));
            }
        }
    }

    /** Digests by {@code printf} and {@code sha256sum}. */
    @Test
    void whatABatchAddsUpToIsALineForEachTotal() {
        LogLeaf.BatchSums sums = LogLeaf.BatchSums.of("2026-10\t00000000-0000-0005-0000-000000000001\tbus\tposition\tINDUSTRY\tCALL\t7\n");
        assertThat(sums.earliest()).isEqualTo(YearMonth.of(2026, 10));
        assertThat(sums.sha256()).isEqualTo("07371515d78c067ffbfb97c802abb64d7bdd9399d789e7847604726264f5b15b");
        LogLeaf.BatchSums none = LogLeaf.BatchSums.of("");
        assertThat(none.earliest()).isNull();
        assertThat(none.sha256()).isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        LogLeaf sandbox = new LogLeaf.UsageBatch("a", 1, 1, 2, 1, Instant.EPOCH, "ab".repeat(32), none);
        assertThat(LogLeaf.parse(sandbox.toText())).isEqualTo(sandbox);
        assertThat(sandbox.toText()).contains("\nearliest none\n");
        assertThatIllegalArgumentException().isThrownBy(() -> new LogLeaf.BatchSums(null, "ab"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "jingshu leaf 1 entry", "jingshu leaf 1 entry\nid x\nmonth 2026-13\n", "hello\nworld\n"})
    void whatIsNoLeafIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> LogLeaf.parse(text));
    }

    @Test
    void aLeafBelongsToItsMonthOrItsNode() {
        assertThat(ENTRY.chain()).isEqualTo("2026-11");
        assertThat(ENTRY.number()).isEqualTo(17);
        assertThat(BATCH.chain()).isEqualTo("node-6d841a2f0396");
        assertThat(BATCH.number()).isEqualTo(3);
        assertThatIllegalArgumentException().isThrownBy(() -> entry("ab", "cd".repeat(32)));
        assertThatIllegalArgumentException().isThrownBy(() -> entry("ab".repeat(32), "cd"));
    }

    private static LogLeaf entry(String content, String chain) {
        return new LogLeaf.Entry(new UUID(1, 1), YearMonth.of(2026, 11), 1, Instant.EPOCH, content, chain);
    }

    @Test
    void aNodeWhoseNameWouldBreakALineIsNone() {
        assertThatIllegalArgumentException().isThrownBy(
                () -> new LogLeaf.UsageBatch("a\nb", 1, 1, 2, 1, Instant.EPOCH, "ab".repeat(32), null));
        assertThatIllegalArgumentException().isThrownBy(
                () -> new LogLeaf.UsageBatch("a", 1, 1, 2, 1, Instant.EPOCH, "ab", null));
    }
}
