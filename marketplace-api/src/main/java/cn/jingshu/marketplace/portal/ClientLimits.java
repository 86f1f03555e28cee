package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.visitor.AddressLimits;
import io.micronaut.http.HttpRequest;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How much one address on the network may ask of pages that are open to everyone, and how many streams it may hold open. */
@Singleton
final class ClientLimits {
    private static final int STREAMS_OF_ONE = 20;
    private static final int STREAMS_OF_ALL = 2_000;

    private final AddressLimits limits;
    private final Map<String, Integer> streams = new ConcurrentHashMap<>();

    ClientLimits(AddressLimits limits) {
        this.limits = limits;
    }

    /** Lets the request on, or refuses the page as "too fast". */
    void pass(HttpRequest<?> request, AddressLimits.Door door) {
        limits.tooFast(request, door).ifPresent(retryAfter -> {
            throw new PageRefused(new PageRefused.Reason.TooFast(retryAfter));
        });
    }

    /** Takes a place for an open stream, to be given back by {@link #streamEnded}; refused when there is none left. */
    String streamBegins(HttpRequest<?> request) {
        String address = limits.addressOf(request);
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
}
