package cn.jingshu.marketplace.visitor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One machine has one limit, however many addresses it is given. */
class AddressLimitsTest {
    @ParameterizedTest
    @CsvSource({
        "198.51.100.1, 198.51.100.1, true",
        "198.51.100.1, 198.51.100.2, false",
        "2001:db8:0:1::1, 2001:db8:0:1:ffff:ffff:ffff:ffff, true",
        "2001:db8:0:1:0:0:0:1, 2001:db8:0:1::2, true",
        "2001:db8:0:1::1, 2001:db8:0:2::1, false",
        "fe80:0:0:0:0:0:0:1%eth0, fe80:0:0:0:0:0:0:2%eth1, true",
        "::1, 127.0.0.1, false",
        "proxy.example, proxy.example, true",
        "no:address, no:other, false",
    })
    void anAddressOfIpv6CountsByItsNetwork(String one, String other, boolean same) {
        assertThat(AddressLimits.whose(one).equals(AddressLimits.whose(other))).isEqualTo(same);
    }
}
