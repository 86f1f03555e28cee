package cn.jingshu.marketplace.portal;

import cn.jingshu.metering.limit.LimitDecision;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.metering.limit.RateLimits;
import io.micronaut.http.HttpRequest;
import jakarta.inject.Singleton;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much one address on the network may ask of what is open to everyone. Behind a proxy all visitors share the
 * proxy's address, so the limits are wide; what they stop is one machine taking the house for itself.
 */
@Singleton
final class ClientLimits {
    /** What is limited, each on its own. */
    enum Door {
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

    private static final int STREAMS_OF_ONE = 20;
    private static final int STREAMS_OF_ALL = 2_000;

    private final RateLimits limits;
    private final Map<String, Integer> streams = new ConcurrentHashMap<>();

    ClientLimits(RateLimits limits) {
        this.limits = limits;
    }

    /** Lets the request on, or refuses the page as "too fast". */
    void pass(HttpRequest<?> request, Door door) {
        if (limits.tryTake("portal/" + door + "/" + addressOf(request), door.limit())
                instanceof LimitDecision.Limited(var retryAfter)) {
            throw new PageRefused(new PageRefused.Reason.TooFast(retryAfter));
        }
    }

    /** Takes a place for an open stream, to be given back by {@link #streamEnded}; refused when there is none left. */
    String streamBegins(HttpRequest<?> request) {
        String address = addressOf(request);
        int open = streams.values().stream().mapToInt(Integer::intValue).sum();
        boolean full = open >= STREAMS_OF_ALL || streams.merge(address, 1, Integer::sum) > STREAMS_OF_ONE;
        if (full) {
            if (open < STREAMS_OF_ALL) {
                streamEnded(address);
            }
            throw new PageRefused(new PageRefused.Reason.TooFast(Duration.ofSeconds(30)));
        }
        return address;
    }

    void streamEnded(String address) {
        streams.computeIfPresent(address, (_, open) -> open <= 1 ? null : open - 1);
    }

    private static String addressOf(HttpRequest<?> request) {
        InetSocketAddress remote = request.getRemoteAddress();
        return remote.getAddress() == null ? remote.getHostString() : remote.getAddress().getHostAddress();
    }
}
