package cn.jingshu.products.kind.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
    private static InetAddress address(String literal) throws UnknownHostException {
        return InetAddress.getByName(literal);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254", "169.254.0.1",
        "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7",
        "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16", "100.100.100.200",
        "::", "::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "100::1", "fe80::1",
        "fec0::1", "fc00::1", "fd00::1", "fd00:ec2::254", "ff02::1", "2001::1", "2001:db8::1", "2001:10::1", "2001:20::1", "2002:0a00:0001::1", "3fff::1",
        "4000::1", "5f00::1"
    })
    void whatIsNoMachineOfThePublicInternetIsNotSentTo(String literal) throws UnknownHostException {
        assertThat(AddressGuard.faultOf(address(literal), false)).as(literal).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "192.167.1.1", "198.17.1.1",
        "198.20.1.1", "223.255.255.254", "2400:3200::1", "2606:4700::1111", "2a00::1", "2001:200::1", "2001:4860:4860::8888"})
    void thePublicInternetIs(String literal) throws UnknownHostException {
        assertThat(AddressGuard.faultOf(address(literal), false)).as(literal).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "100.100.100.200", "168.63.129.16", "fd00:ec2::254", "fe80::1", "224.0.0.1", "0.0.0.0", "::", "ff02::1",
        "255.255.255.255"})
    void notEvenAnInnerHostMayBeWhereCloudsAnswerOrMany(String literal) throws UnknownHostException {
        assertThat(AddressGuard.faultOf(address(literal), true)).as(literal).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "127.0.0.1", "192.168.1.1", "172.20.0.1", "100.64.3.4", "::1", "fd12::1"})
    void anInnerHostMayBeOfTheInnerNetwork(String literal) throws UnknownHostException {
        assertThat(AddressGuard.faultOf(address(literal), true)).as(literal).isEmpty();
    }

    @Test
    void nobodyTheOperatorDidNotNameIsAskedAndNoNameIsLookedUpForThem() {
        List<String> lookedUp = new ArrayList<>();
        AddressGuard guard = new AddressGuard(Set.of("api.example.com", "other.example.com:8443"), Set.of(), host -> {
            lookedUp.add(host);
            return List.of(address("1.1.1.1"));
        });
        assertThatThrownBy(() -> guard.resolve("evil.example.com", 443)).isInstanceOf(AddressGuard.Refused.class);
        assertThatThrownBy(() -> guard.resolve("other.example.com", 443)).isInstanceOf(AddressGuard.Refused.class);
        assertThatThrownBy(() -> guard.resolve("api.example.com.evil.com", 443)).isInstanceOf(AddressGuard.Refused.class);
        assertThatThrownBy(() -> guard.resolve("1.1.1.1", 443)).isInstanceOf(AddressGuard.Refused.class);
        assertThat(lookedUp).isEmpty();
    }

    @Test
    void oneBadAddressAmongGoodOnesIsEnough() throws UnknownHostException {
        List<InetAddress> both = List.of(address("1.1.1.1"), address("10.0.0.1"));
        AddressGuard guard = new AddressGuard(Set.of("api.example.com"), Set.of(), _ -> both);
        assertThatThrownBy(() -> guard.resolve("api.example.com", 443)).isInstanceOf(AddressGuard.Refused.class).hasMessageContaining("private");
    }

    @Test
    void aNameIsLookedUpOnceAndWhatWasLookedAtIsWhatIsGiven() throws UnknownHostException {
        // A name that answers otherwise the second time, as in DNS rebinding.
        List<InetAddress> answers = new ArrayList<>(List.of(address("1.1.1.1"), address("169.254.169.254")));
        AddressGuard guard = new AddressGuard(Set.of("API.example.com"), Set.of(), _ -> List.of(answers.removeFirst()));
        assertThat(guard.resolve("api.EXAMPLE.com", 443)).containsExactly(address("1.1.1.1"));
        assertThat(answers).hasSize(1);
    }

    @Test
    void anythingBeyondTheGlobalRangesIsRefusedWhateverItsBytes() throws UnknownHostException {
        Random random = new Random(20261130);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[16];
            random.nextBytes(bytes);
            InetAddress any = InetAddress.getByAddress(bytes);
            if ((bytes[0] & 0xe0) != 0x20) {
                assertThat(AddressGuard.faultOf(any, false)).as(any.toString()).isPresent();
            }
        }
    }
}
