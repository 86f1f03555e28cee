package cn.jingshu.products.domain.load;

import java.util.regex.Pattern;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where a database lies and who asks it.
 *
 * @param user null: as the driver finds it
 * @param password null: none is needed; never shown
 * @param sockets what connects, made by its constructor without arguments; null: the driver itself
 */
public record SourceAddress(String host, int port, String database, @Nullable String user, @Nullable String password, Encryption encryption,
        @Nullable Class<? extends SocketFactory> sockets) {
    /** How a connection is kept from others. */
    public enum Encryption {
        /** TLS, with a certificate of that host. */
        VERIFIED,
        /** TLS, whoever answers. */
        ENCRYPTED,
        /** TLS where the server has it. */
        PREFERRED,
        /** None. */
        NONE
    }

    /** A name or an address, so that it stays that in every form of address. */
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{1,40}");

    public SourceAddress {
        if (!HOST.matcher(host).matches() || port < 1 || port > 65_535 || database.isBlank()) {
            throw new IllegalArgumentException("a database has a host, a port from 1 to 65535 and a name");
        }
    }

    @Override
    public String toString() {
        return "SourceAddress[" + host + ":" + port + "]";
    }
}
