package cn.jingshu.marketplace.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {
    private static final String ID = "8e03978e-40d5-43dd-bc93-6894a57f9324";

    @Test
    void aStructuredStringAndABareOneAreTheSameKey() {
        assertThat(IdempotencyKey.parse("\"" + ID + "\"")).isEqualTo(Optional.of(new IdempotencyKey(ID)));
        assertThat(IdempotencyKey.parse(" " + ID + " ")).isEqualTo(IdempotencyKey.parse("\"" + ID + "\""));
        assertThat(IdempotencyKey.parse("k".repeat(IdempotencyKey.MAX_LENGTH))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\"\"", "\"", "two words", "\"open", "a\"b", "back\\slash", "汉字", "tab\there", "bell\u0007"})
    void whatIsNoKeyIsNotTaken(String header) {
        assertThat(IdempotencyKey.parse(header)).isEmpty();
    }

    @Test
    void aKeyHasABound() {
        String tooLong = "k".repeat(IdempotencyKey.MAX_LENGTH + 1);
        assertThat(IdempotencyKey.parse(tooLong)).isEmpty();
        assertThatThrownBy(() -> new IdempotencyKey(tooLong)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aKeyStaysOutOfLogs() {
        assertThat(new IdempotencyKey(ID).toString()).doesNotContain(ID);
    }
}
