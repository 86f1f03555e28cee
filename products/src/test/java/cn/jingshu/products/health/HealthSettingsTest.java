package cn.jingshu.products.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HealthSettingsTest {
    @Test
    void issuerAndKeyComeTogether() {
        assertThatThrownBy(() -> new HealthSettings("city", null, 15, true)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("identity-key");
        assertThatThrownBy(() -> new HealthSettings(" ", "key", 15, true)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new HealthSettings("", "", 15, true).qrisk3()).isTrue();
    }

    @Test
    void sessionsLastMinutes() {
        assertThatThrownBy(() -> new HealthSettings(null, null, 0, true)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HealthSettings(null, null, 61, true)).isInstanceOf(IllegalArgumentException.class);
        assertThat(HealthSettings.usual().sessionMinutes()).isEqualTo(15);
    }
}
