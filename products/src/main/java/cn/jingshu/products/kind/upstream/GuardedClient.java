package cn.jingshu.products.kind.upstream;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The HTTP/1.1 client for addresses that people enter at run time. A connection is made to an address that was looked at ({@link AddressGuard}) and to
 * no other; redirects are not followed, cookies not kept, no proxy is taken from the environment, nothing is repeated or unpacked.
 */
final class GuardedClient {
    private GuardedClient() {}

    /**
     * @param connect how long making a connection may take
     * @param wait how long each wait for bytes may take; the whole of an answer is bounded by who asks
     * @param mostConnections to all hosts, and to one of them
     */
    static CloseableHttpClient open(AddressGuard guard, Duration connect, Duration wait, int mostConnections) {
        Timeout timeout = Timeout.of(wait);
        return HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new Pinned(guard))
                        .setMaxConnPerRoute(mostConnections)
                        .setMaxConnTotal(mostConnections)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(Timeout.of(connect))
                                .setSocketTimeout(timeout)
                                .setTimeToLive(TimeValue.ofMinutes(1)) // a name that has moved is looked up again
                                .build())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(timeout)
                        .setConnectionRequestTimeout(timeout)
                        .setRedirectsEnabled(false)
                        .setAuthenticationEnabled(false)
                        .build())
                .setUserAgent("Jingshu")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableContentCompression()
                .disableAuthCaching()
                .disableDefaultUserAgent()
                .build();
    }

    /** Resolves a name for one connection, whose addresses are then connected to. */
    private record Pinned(AddressGuard guard) implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            throw new AddressGuard.Refused("a host without its port is not looked up: " + host);
        }

        @Override
        public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
            return guard.resolve(host, port).stream().map(address -> new InetSocketAddress(address, port)).toList();
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}
