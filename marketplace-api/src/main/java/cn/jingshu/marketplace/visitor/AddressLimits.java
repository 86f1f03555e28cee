package cn.jingshu.marketplace.visitor;

import cn.jingshu.metering.limit.LimitDecision;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.metering.limit.RateLimits;
import io.micronaut.http.HttpRequest;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/**
 * How often one address on the network may ask for what is open to everyone, on a page or over the management interface, both together. Behind a
 * proxy of the city's own the visitor's address counts ({@link TrustedProxies}), behind any other all visitors share the proxy's; so the limits are
 * wide, and what they stop is one machine taking the house for itself. An address of IPv6 counts with all whose first 64 bits it shares
 * (RFC 4291, section 2.5.4): one machine is given as many.
 */
@Singleton
public final class AddressLimits {
    private final RateLimits limits;
    private final TrustedProxies proxies;

    AddressLimits(RateLimits limits, TrustedProxies proxies) {
        this.limits = limits;
        this.proxies = proxies;
    }

    /** What is limited, each on its own. */
    public enum Door {
        /** Vehicles, arrivals and the network of the public map. */
        MAP(600),
        /** Forms that cost a password hash. */
        PASSWORD(60),
        /** Requests of people about themselves, and what came of them: a code cannot be guessed at this pace. */
        PERSON(30);

        private final int requestsAMinute;

        Door(int requestsAMinute) {
            this.requestsAMinute = requestsAMinute;
        }

        private RateLimit limit() {
            return new RateLimit(requestsAMinute, Duration.ofMinutes(1));
        }
    }

    /** Counts the request; how long to wait if it came too fast, empty: it may go on. */
    public Optional<Duration> tooFast(HttpRequest<?> request, Door door) {
        return limits.tryTake("portal/" + door + "/" + whose(addressOf(request)), door.limit()) instanceof LimitDecision.Limited(var retryAfter)
                ? Optional.of(retryAfter) : Optional.empty();
    }

    /** What one visitor's requests are counted by: the address, of IPv6 its network; what is no address counts as it is. */
    static String whose(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        int zone = address.indexOf('%');
        try {
            byte[] bytes = InetAddress.ofLiteral(zone < 0 ? address : address.substring(0, zone)).getAddress();
            return bytes.length == 16 ? HexFormat.of().formatHex(bytes, 0, 8) + "/64" : address;
        } catch (IllegalArgumentException none) {
            return address;
        }
    }

    /** The address a request came from. */
    public String addressOf(HttpRequest<?> request) {
        return proxies.addressOf(request);
    }
}
