package cn.jingshu.products.kind.upstream;

import cn.jingshu.products.domain.load.PageClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;

/**
 * Asks interfaces whose addresses people enter at run time: only hosts the operator named, each connection to an address that was looked at
 * ({@link AddressGuard}), without redirects, cookies or a proxy of the environment, over TLS unless the host is one of the inner network, a page to a size and
 * for a time.
 */
public final class GuardedPages implements PageClient, AutoCloseable {
    private static final ScheduledExecutorService DEADLINES =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("source-deadlines").factory());

    /** One more than a page may have, so that the reader sees that it is too large. */
    private static final int MOST_BYTES = (16 << 20) + 1;

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int MOST_CONNECTIONS = 20;

    private final AddressGuard guard;
    private final CloseableHttpClient client;

    public GuardedPages(AddressGuard guard) {
        this.guard = guard;
        this.client = GuardedClient.open(guard, CONNECT, TIMEOUT, MOST_CONNECTIONS);
    }

    /** Whether an address may be asked as far as its form says. @throws AddressGuard.Refused if not */
    private void look(URI address) throws AddressGuard.Refused {
        String host = address.getHost();
        boolean tls = "https".equals(address.getScheme());
        int port = address.getPort() == -1 ? tls ? 443 : 80 : address.getPort();
        if (host == null || address.getRawUserInfo() != null || (!tls && !"http".equals(address.getScheme()))) {
            throw new AddressGuard.Refused("an interface has an address of https or http, without a user");
        }
        if (!tls && !guard.isInner(host, port)) {
            throw new AddressGuard.Refused("the host " + host + " is asked over TLS alone");
        }
    }

    @Override
    public Reply get(URI address, Map<String, String> headers) throws IOException {
        look(address);
        HttpGet request = new HttpGet(address);
        request.setHeader("Accept", "application/json");
        headers.forEach(request::setHeader);
        // The client's own time-outs are for each wait; a source that drips is ended by this one.
        ScheduledFuture<?> deadline = DEADLINES.schedule(request::cancel, TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return client.execute(request, GuardedPages::read);
        } catch (IOException failure) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedByCallerException(failure);
            }
            throw failure;
        } finally {
            deadline.cancel(false);
        }
    }

    private static Reply read(ClassicHttpResponse response) throws IOException {
        Header stated = response.getFirstHeader("ETag");
        Header tag = stated != null ? stated : response.getFirstHeader("Last-Modified");
        HttpEntity entity = response.getEntity();
        byte[] bytes = new byte[0];
        if (entity != null) {
            try (InputStream in = entity.getContent()) {
                bytes = in.readNBytes(MOST_BYTES);
            }
        }
        return new Reply(response.getCode(), tag == null ? null : tag.getValue(), new ByteArrayInputStream(bytes));
    }

    @Override
    public void close() {
        client.close(org.apache.hc.core5.io.CloseMode.IMMEDIATE);
    }
}
