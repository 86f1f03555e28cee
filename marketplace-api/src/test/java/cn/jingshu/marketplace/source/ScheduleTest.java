package cn.jingshu.marketplace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.marketplace.source.Schedule.Timing;
import cn.jingshu.products.domain.load.LoadRequest;
import cn.jingshu.products.domain.load.SchemaDrift;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    private static final Instant FROM = Instant.parse("2026-11-23T04:10:00Z"); // 12:10 in Asia/Shanghai

    private static Schedule of(Timing timing) {
        return new Schedule(1, "leases", FROM, timing, "a test", FROM);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T04:00:00Z, 2026-11-23T04:10:00Z",
        "2026-11-23T04:10:00Z, 2026-11-23T10:10:00Z",
        "2026-11-23T10:09:59Z, 2026-11-23T10:10:00Z",
        "2026-11-23T10:10:00Z, 2026-11-23T16:10:00Z",
        "2026-12-23T04:11:00Z, 2026-12-23T10:10:00Z",
    })
    void anIntervalIsCountedFromTheBeginningAndWhatWasMissedIsMadeUpForOnce(Instant after, Instant next) {
        Schedule schedule = of(new Timing.Every(Duration.ofHours(6)));
        assertThat(schedule.first()).contains(FROM);
        assertThat(schedule.after(after)).contains(next);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T04:10:00Z, 12:10, 2026-11-24T04:10:00Z",
        "2026-11-23T04:10:00Z, 12:11, 2026-11-23T04:11:00Z",
        "2026-11-23T04:10:00Z, 03:30, 2026-11-23T19:30:00Z",
        "2026-11-23T19:30:00Z, 03:30, 2026-11-24T19:30:00Z",
        "2026-11-23T15:59:59Z, 00:00, 2026-11-23T16:00:00Z",
        "2026-11-20T00:00:00Z, 12:10, 2026-11-23T04:10:00Z",
    })
    void aTimeOfDayIsOneOfShanghaiAndNotBeforeTheBeginning(Instant after, LocalTime time, Instant next) {
        assertThat(of(new Timing.DailyAt(time)).after(after)).contains(next);
    }

    @Test
    void whatRestsIsNeverDueAndAMomentThatIsTheBeginningCounts() {
        assertThat(of(new Timing.Resting()).first()).isEmpty();
        assertThat(of(new Timing.Resting()).after(FROM)).isEmpty();
        assertThat(of(new Timing.DailyAt(LocalTime.of(12, 10))).first()).contains(FROM);
    }

    @Test
    void anIntervalBelowAMinuteOrBeyondAYearIsNone() {
        assertThatThrownBy(() -> new Timing.Every(Duration.ofSeconds(59))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Timing.Every(Duration.ofDays(367))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Timing.DailyAt(LocalTime.of(3, 30, 1))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://api.example/leases", "https://reader:word@api.example/leases", "https:///leases", "https://api.example/leases#a",
        "https://api.example/leases?api_key=abc", "https://api.example/leases?a=b&access_token=abc", "https://api.example/leases?PASSWORD=x"})
    void anAddressHoldsNoSecret(String address) {
        assertThatThrownBy(() -> new LoadSource.From.Interface(URI.create(address), "cursor", "items", "next", null, false))
                .isInstanceOf(IllegalArgumentException.class).hasMessageNotContaining("abc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"reg?socketFactory=x", "reg/other", "", "a&b"})
    void aDatabaseIsANameAndNothingBesides(String database) {
        assertThatThrownBy(() -> new LoadSource.From.Table("db.example", 5432, database, "reader", null, "lease", List.of("id")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSecretIsNamedAndNotGiven() {
        LoadSource.From.Remote from = new LoadSource.From.Interface(URI.create("https://api.example/leases?district=420802"), "cursor", "items", "next",
                "X-Key", false);
        assertThatThrownBy(() -> new LoadSource("leases", "lease", "A2.4.6", from, "../../etc/passwd", LoadRequest.Mode.REPLACE,
                SchemaDrift.Rule.GO_ON, BigDecimal.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThat(from.port()).isEqualTo(443);
    }
}
