package cn.jingshu.marketplace.party;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PasswordsTest {
    private final Passwords passwords = new Passwords(new PasswordCost(64, 1, 2));

    @Test
    void onlyThePasswordItselfMatches() {
        String hash = passwords.hash("密码 with 文字 🚌".toCharArray());
        assertThat(passwords.matches("密码 with 文字 🚌".toCharArray(), hash)).isTrue();
        assertThat(passwords.matches("密码 with 文字 🚋".toCharArray(), hash)).isFalse();
        assertThat(passwords.matches(new char[0], hash)).isFalse();
    }

    @Test
    void equalPasswordsHaveDifferentHashes() {
        assertThat(passwords.hash("equal-password".toCharArray())).isNotEqualTo(passwords.hash("equal-password".toCharArray()));
    }

    @Test
    void aHashIsReadWithTheCostItWasMadeWith() {
        String dearer = new Passwords(new PasswordCost(128, 2, 1)).hash("equal-password".toCharArray());
        assertThat(dearer).startsWith("$argon2id$v=19$m=128,t=2,p=1$");
        assertThat(passwords.matches("equal-password".toCharArray(), dearer)).isTrue();
    }

    @Test
    void anythingThatIsNoArgon2idHashIsAnError() {
        assertThatThrownBy(() -> passwords.matches("x".toCharArray(), "$2y$10$abcdefghijklmnopqrstuv"))
                .isInstanceOf(IllegalStateException.class);
    }
}
