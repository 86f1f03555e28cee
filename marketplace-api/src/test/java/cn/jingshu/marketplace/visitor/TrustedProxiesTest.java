package cn.jingshu.marketplace.visitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Behind a city's proxies the caller's address counts, whatever the caller writes into the field itself. */
class TrustedProxiesTest {
    private static final String NETWORKS = "10.0.0.0/8, 192.0.2.7,fd00::/8";

    /** @param lines of the field, separated by a bar */
    private static String origin(String header, String from, String lines) {
        List<String> all = lines.isEmpty() ? List.of() : Arrays.asList(lines.split("\\|", -1));
        return new TrustedProxies(NETWORKS, header).origin(InetAddress.ofLiteral(from), all).getHostAddress();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '\'', value = {
        // who is no proxy of ours says what it likes
        "203.0.113.5; 198.51.100.1; 203.0.113.5",
        "192.0.2.8; 198.51.100.1; 192.0.2.8",
        "10.0.0.1; ''; 10.0.0.1",
        "10.0.0.1; 198.51.100.1; 198.51.100.1",
        "192.0.2.7; 198.51.100.1; 198.51.100.1",
        // the last one counts that is not trusted: what stands before it was sent along
        "10.0.0.1; '1.1.1.1, 198.51.100.1'; 198.51.100.1",
        "10.0.0.1; '10.9.9.9, 198.51.100.1'; 198.51.100.1",
        "10.0.0.1; '1.1.1.1, 198.51.100.1, 10.0.0.2'; 198.51.100.1",
        "10.0.0.1; '1.1.1.1|198.51.100.1'; 198.51.100.1",
        "10.0.0.1; '1.1.1.1|198.51.100.1|10.0.0.2 , 10.0.0.3'; 198.51.100.1",
        // a caller within the city
        "10.0.0.1; 10.0.0.5; 10.0.0.5",
        // addresses with ports, and of IPv6
        "10.0.0.1; 198.51.100.1:4711; 198.51.100.1",
        "10.0.0.1; 2001:db8::1; 2001:db8:0:0:0:0:0:1",
        "10.0.0.1; '[2001:db8::1]:4711'; 2001:db8:0:0:0:0:0:1",
        "fd00::1; 2001:db8::1; 2001:db8:0:0:0:0:0:1",
        "fd00::1; ::ffff:198.51.100.1; 198.51.100.1",
        "::ffff:10.0.0.1; 198.51.100.1; 198.51.100.1",
        // what is no address: whoever said it is known, and nobody before
        "10.0.0.1; unknown; 10.0.0.1",
        "10.0.0.1; '198.51.100.1, '; 10.0.0.1",
        "10.0.0.1; '198.51.100.1, localhost'; 10.0.0.1",
        "10.0.0.1; '198.51.100.1, evil.example'; 10.0.0.1",
        "10.0.0.1; '198.51.100.1, 010.0.0.5'; 10.0.0.1",
        "10.0.0.1; '198.51.100.1, 0x7f.1'; 10.0.0.1",
        "10.0.0.1; '198.51.100.1, 1'; 10.0.0.1",
        "10.0.0.1; '198.51.100.1, 999.1.1.1'; 10.0.0.1",
        "10.0.0.1; '198.51.100.1, fe80::1%eth0'; 10.0.0.1",
        "10.0.0.1; '198.51.100.1, :::1'; 10.0.0.1",
        "10.0.0.1; '198.51.100.1, \"'; 10.0.0.1",
        "10.0.0.1; '\"198.51.100.1, 198.51.100.2'; 198.51.100.2",
        "10.0.0.1; 'for=198.51.100.1'; 10.0.0.1",
    })
    void theLastHopThatIsNotTrustedCounts(String from, String lines, String counted) {
        assertThat(origin("X-Forwarded-For", from, lines)).isEqualTo(counted);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '!', quoteCharacter = '\'', value = {
        "10.0.0.1 ! for=198.51.100.1 ! 198.51.100.1",
        "10.0.0.1 ! For=\"198.51.100.1:80\";proto=https;by=10.0.0.1 ! 198.51.100.1",
        "10.0.0.1 ! proto=https; for=\"[2001:db8::1]:4711\" ! 2001:db8:0:0:0:0:0:1",
        "10.0.0.1 ! for=1.1.1.1, for=198.51.100.1, for=10.0.0.2 ! 198.51.100.1",
        "10.0.0.1 ! for=1.1.1.1|for=198.51.100.1 ! 198.51.100.1",
        // a quotation mark left open, or one in another's value, swallows nothing that a proxy wrote
        "10.0.0.1 ! for=\"1.1.1.1, for=198.51.100.1 ! 198.51.100.1",
        "10.0.0.1 ! for=1.1.1.1;x=\"a\\\", for=198.51.100.1 ! 198.51.100.1",
        "10.0.0.1 ! for=1.1.1.1;host=\"a, for=2.2.2.2\", for=198.51.100.1;host=\"b,c\" ! 198.51.100.1",
        // the proxy writes the host it was asked for, which is the visitor's word: marks in it join nothing with what was sent along
        "10.0.0.1 ! for=6.6.6.6;y=1, for=198.51.100.1;host=\"a\\\"\" ! 198.51.100.1",
        "10.0.0.1 ! for=6.6.6.6;y=1, for=198.51.100.1;host=\"a\\\\\" ! 198.51.100.1",
        "10.0.0.1 ! for=6.6.6.6;y=1, for=198.51.100.1;host=\"a;for=7.7.7.7\" ! 198.51.100.1",
        "10.0.0.1 ! for=6.6.6.6;y=1, for=198.51.100.1;host=a\" ! 10.0.0.1",
        "10.0.0.1 ! for=6.6.6.6;y=1, for=198.51.100.1;host=\"a\"\" ! 10.0.0.1",
        "10.0.0.1 ! for=6.6.6.6;y=\", for=198.51.100.1;host=a\" ! 10.0.0.1",
        "10.0.0.1 ! for=6.6.6.6;y=\", For=198.51.100.1;host=\";x=\"\" ! 10.0.0.1",
        "10.0.0.1 ! for=6.6.6.6;y=1, for=198.51.100.1;host=a\"b\" ! 10.0.0.1",
        "10.0.0.1 ! for=6.6.6.6;y=1, for=198.51.100.1;host=\"a\"b ! 10.0.0.1",
        "10.0.0.1 ! by=a\\\"b,c;for=6.6.6.6\" ! 10.0.0.1",
        // hidden, twice, or nowhere
        "10.0.0.1 ! for=1.1.1.1, for=unknown ! 10.0.0.1",
        "10.0.0.1 ! for=1.1.1.1, for=_hidden ! 10.0.0.1",
        "10.0.0.1 ! for=1.1.1.1;for=198.51.100.1 ! 10.0.0.1",
        "10.0.0.1 ! for=1.1.1.1, proto=http ! 10.0.0.1",
        "10.0.0.1 ! 198.51.100.1 ! 10.0.0.1",
        "10.0.0.1 ! for=\"198.51.100.1 ! 10.0.0.1",
        "203.0.113.5 ! for=198.51.100.1 ! 203.0.113.5",
    })
    void theSameByTheFieldOfTheStandard(String from, String lines, String counted) {
        assertThat(origin("Forwarded", from, lines)).isEqualTo(counted);
    }

    @Test
    void noMoreHopsAreFollowedThanAnybodyHas() {
        assertThat(origin("X-Forwarded-For", "10.0.0.1", "198.51.100.1" + ", 10.0.0.2".repeat(15))).isEqualTo("198.51.100.1");
        assertThat(origin("X-Forwarded-For", "10.0.0.1", "198.51.100.1" + ", 10.0.0.2".repeat(1_000))).isEqualTo("10.0.0.2");
    }

    @Test
    void withoutASettingNobodyIsTrusted() {
        assertThat(new TrustedProxies("", "X-Forwarded-For").origin(InetAddress.getLoopbackAddress(), List.of("198.51.100.1")))
                .isEqualTo(InetAddress.getLoopbackAddress());
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.0/31, 127.0.0.1, true", "127.0.0.0/31, 127.0.0.2, false", "127.0.0.128/25, 127.0.0.129, true",
        "127.0.0.128/25, 127.0.0.127, false", "127.0.0.1/32, 127.0.0.1, true", "128.0.0.0/1, 192.0.2.1, true", "128.0.0.0/1, 127.0.0.1, false",
        "fd00::/8, fd12::1, true", "fd00::/8, fe00::1, false", "2001:db8::/33, 2001:db8:7fff::1, true", "2001:db8::/33, 2001:db8:8000::1, false"})
    void aNetworkIsItsFirstBits(String network, String from, boolean trusted) {
        String counted = new TrustedProxies(network, "X-Forwarded-For").origin(InetAddress.ofLiteral(from), List.of("198.51.100.1")).getHostAddress();
        assertThat(counted.equals("198.51.100.1")).isEqualTo(trusted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0/0", "::/0", "10.0.0.0/33", "fd00::/129", "proxy.example", "10.0.0/8", "10", "10.0.0.0/8 10.0.0.0/8", ":::/8"})
    void whatIsNoNetworkOrEverybodysIsRefused(String network) {
        assertThatThrownBy(() -> new TrustedProxies(network, "X-Forwarded-For")).isInstanceOf(IllegalArgumentException.class);
    }
}
