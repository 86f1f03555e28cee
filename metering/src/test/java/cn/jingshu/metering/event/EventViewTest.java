package cn.jingshu.metering.event;

import static cn.jingshu.metering.Events.SUBSCRIPTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import cn.jingshu.metering.event.EventView.Text;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class EventViewTest {
    private final UsageEvent event = new UsageEvent(
            new UUID(0x0123456789abcdefL, 0xfedcba9876543210L), Instant.parse("2026-11-30T15:59:59.999999Z"), "node-ä",
            SUBSCRIPTION, new UUID(-1, -2), "公交", "到站", "PUBLIC_INTEREST", Outcome.NOT_FOUND, "HIT", 7, 404,
            999_999_999_999L, 202, "请求-1", true, "GRPC");

    /** The event's bytes with others before and behind it. */
    private static byte[] among(UsageEvent event, int before) {
        ByteBuffer bytes = ByteBuffer.allocate(before + EventBytes.mostBytes(event) + 100);
        EventBytes.write(event, bytes.position(before));
        byte[] all = Arrays.copyOf(bytes.array(), bytes.position() + 5);
        Arrays.fill(all, bytes.position(), all.length, (byte) 1);
        return all;
    }

    private static EventView look(byte[] bytes, int before) {
        EventView view = new EventView();
        view.moveTo(bytes, before, bytes.length - 5);
        return view;
    }

    @Test
    void itSeesWhatTheEventHolds() {
        EventView view = look(among(event, 33), 33);
        assertThat(view.event()).isEqualTo(event);
        assertThat(view.occurredAt()).isEqualTo(event.occurredAt());
        assertThat(new UUID(view.subscriptionHigh(), view.subscriptionLow())).isEqualTo(SUBSCRIPTION);
        assertThat(view.outcome()).isEqualTo(Outcome.NOT_FOUND);
        assertThat(view.sandbox()).isTrue();
        assertThat(view.quantity()).isEqualTo(7);
        assertThat(view.status()).isEqualTo(404);
        assertThat(view.latencyMicros()).isEqualTo(999_999_999_999L);
        assertThat(view.answerBytes()).isEqualTo(202);
        assertThat(view.isOf("node-ä".getBytes(StandardCharsets.UTF_8))).isTrue();
        assertThat(view.isOf("node-".getBytes(StandardCharsets.UTF_8))).isFalse();
    }

    @Test
    void itsBytesGoOnAsTheyAre() {
        EventView view = look(among(event, 1), 1);
        ByteBuffer out = ByteBuffer.allocate(500);
        view.putEventId(out);
        view.putSubscriptionId(out);
        view.putKeyId(out);
        for (Text text : Text.values()) {
            view.putText(text, out);
        }
        out.flip();
        assertThat(new UUID(out.getLong(), out.getLong())).isEqualTo(event.eventId());
        assertThat(new UUID(out.getLong(), out.getLong())).isEqualTo(SUBSCRIPTION);
        assertThat(new UUID(out.getLong(), out.getLong())).isEqualTo(event.keyId());
        for (String text : new String[] {"node-ä", "公交", "到站", "PUBLIC_INTEREST", "HIT", "请求-1", "GRPC"}) {
            byte[] utf8 = new byte[out.getInt()];
            out.get(utf8);
            assertThat(new String(utf8, StandardCharsets.UTF_8)).isEqualTo(text);
        }
        assertThat(out.hasRemaining()).isFalse();
    }

    @Test
    void callsOfOneKindHaveOneKindAndOthersHaveAnother() {
        byte[] kind = look(among(event, 0), 0).kind();
        for (String unit : new String[] {"HIT", "ROW", "CALL"}) {
            UsageEvent other = new UsageEvent(new UUID(1, 1), event.occurredAt(), "n", SUBSCRIPTION, new UUID(2, 2), "公交", "到站",
                    "PUBLIC_INTEREST", Outcome.ANSWERED, unit, 1, 200, 1, 1, "another", false, "REST");
            assertThat(look(among(other, 9), 9).isOfKind(kind)).as(unit).isEqualTo(unit.equals("HIT"));
        }
    }

    /** Cut or with one byte changed, it is refused exactly where and as reading it as an object refuses its form. */
    @Test
    void whatIsNoEventIsRefusedInTheSameWords() {
        byte[] sound = among(event, 0);
        int length = sound.length - 5;
        EventView view = new EventView();
        for (int cut = 0; cut < length; cut++) {
            int end = cut;
            Throwable read = catchThrowable(() -> EventBytes.read(ByteBuffer.wrap(sound, 0, end)));
            assertThatThrownBy(() -> view.moveTo(sound, 0, end))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(read.getMessage());
        }
        Random random = new Random(20_261_130);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = sound.clone();
            damaged[random.nextInt(length)] = (byte) random.nextInt();
            Throwable looked = catchThrowable(() -> view.moveTo(damaged, 0, length));
            Throwable read = catchThrowable(() -> EventBytes.read(ByteBuffer.wrap(damaged, 0, length)));
            if (looked != null) {
                refused++;
                assertThat(looked).isInstanceOf(IllegalArgumentException.class).hasMessage(read.getMessage());
            } else if (read == null) {
                assertThat(view.event()).isEqualTo(EventBytes.read(ByteBuffer.wrap(damaged, 0, length)));
            }
        }
        assertThat(refused).isGreaterThan(500);
    }
}
