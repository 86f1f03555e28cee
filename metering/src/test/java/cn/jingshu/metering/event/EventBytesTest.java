package cn.jingshu.metering.event;

import static cn.jingshu.metering.Events.NOON;
import static cn.jingshu.metering.Events.SUBSCRIPTION;
import static cn.jingshu.metering.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class EventBytesTest {
    private static UsageEvent chinese() {
        return new UsageEvent(
                new UUID(0x0123456789abcdefL, 0xfedcba9876543210L),
                Instant.parse("2026-11-30T15:59:59.999999Z"),
                "node-ä",
                SUBSCRIPTION,
                new UUID(-1, -2),
                "公交",
                "到站",
                "PUBLIC_INTEREST",
                Outcome.NOT_FOUND,
                "HIT",
                0,
                404,
                999_999_999_999L,
                0,
                "请求-1",
                true,
                "GRPC");
    }

    @Test
    void whatIsWrittenIsReadBackTheSame() {
        for (UsageEvent event : new UsageEvent[] {chinese(), event("node-1")}) {
            ByteBuffer bytes = ByteBuffer.allocate(EventBytes.mostBytes(event));
            EventBytes.write(event, bytes);
            assertThat(EventBytes.read(bytes.flip())).isEqualTo(event);
        }
    }

    @Test
    void theBytesOfVersionOneNeverChange() {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        EventBytes.write(chinese(), bytes);
        byte[] written = new byte[bytes.flip().remaining()];
        bytes.get(written);
        assertThat(HexFormat.of().formatHex(written))
                .isEqualTo("010123456789abcdeffedcba98765432100006618080825fff00000000000000070000000000000007"
                        + "fffffffffffffffffffffffffffffffe0201000000000000000000000194000000e8d4a50fff"
                        + "000000000000000000076e6f64652dc3a40006e585ace4baa40006e588b0e7ab99000f5055424c49435f494e544552455354"
                        + "00034849540008e8afb7e6b1822d31000447525043");
    }

    @Test
    void bytesCutAnywhereAreNoEvent() {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        EventBytes.write(event("node-1"), bytes);
        int length = bytes.position();
        for (int cut = 0; cut < length; cut++) {
            ByteBuffer part = ByteBuffer.wrap(bytes.array(), 0, cut);
            assertThatThrownBy(() -> EventBytes.read(part)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anUnknownVersionIsNamed() {
        assertThatThrownBy(() -> EventBytes.read(ByteBuffer.wrap(new byte[] {9, 0})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("event version 9 is unknown");
    }

    @Test
    void aBadEventCannotBeBuilt() {
        assertThatThrownBy(() -> event("node", SUBSCRIPTION, NOON, Outcome.ANSWERED, -1, false))
                .hasMessageContaining("quantity is -1");
        assertThatThrownBy(() -> event(" ", SUBSCRIPTION, NOON, Outcome.ANSWERED, 1, false))
                .hasMessageContaining("nodeId");
        assertThatThrownBy(() -> event("a\u0000b", SUBSCRIPTION, NOON, Outcome.ANSWERED, 1, false))
                .hasMessageContaining("not allowed at index 1");
        assertThatThrownBy(() -> event("a\ud800", SUBSCRIPTION, NOON, Outcome.ANSWERED, 1, false))
                .hasMessageContaining("not allowed at index 1");
        assertThatThrownBy(() -> event("n", SUBSCRIPTION, Instant.EPOCH, Outcome.ANSWERED, 1, false))
                .hasMessageContaining("outside 2020 to 2119");
    }

    @Test
    void momentsAreCutToMicroseconds() {
        UsageEvent event = event("n", SUBSCRIPTION, NOON.plusNanos(1_999), Outcome.ANSWERED, 1, false);
        assertThat(event.occurredAt()).isEqualTo(NOON.plusNanos(1_000));
    }

    @Test
    void idsOnlyGrow() {
        EventIds ids = new EventIds(Clock.systemUTC());
        String last = "";
        for (int i = 0; i < 10_000; i++) {
            UUID id = ids.next();
            assertThat(id.version()).isEqualTo(7);
            assertThat(id.toString()).isGreaterThan(last);
            last = id.toString();
        }
    }

    @Test
    void aBillingPeriodBeginsAtMidnightInShanghai() {
        BillingPeriod november = new BillingPeriod(YearMonth.of(2026, 11));
        assertThat(november.start()).isEqualTo(Instant.parse("2026-10-31T16:00:00Z"));
        assertThat(november.contains(Instant.parse("2026-11-30T15:59:59.999999Z"))).isTrue();
        assertThat(november.contains(november.end())).isFalse();
        assertThat(BillingPeriod.of(november.end()).month()).isEqualTo(YearMonth.of(2026, 12));
    }
}
