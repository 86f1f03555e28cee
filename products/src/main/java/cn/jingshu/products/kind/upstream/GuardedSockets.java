package cn.jingshu.products.kind.upstream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Optional;
import javax.net.SocketFactory;

/**
 * Sockets that connect to nothing an {@link AddressGuard} would refuse: what is looked at is the very address that is connected to, however its name was
 * resolved. For drivers of databases, which take a factory by its name alone; whether the host may be asked at all is looked at before.
 */
public abstract sealed class GuardedSockets extends SocketFactory {
    private final boolean inner;

    private GuardedSockets(boolean inner) {
        this.inner = inner;
    }

    /** For a host of the inner network. */
    public static final class Inner extends GuardedSockets {
        public Inner() {
            super(true);
        }
    }

    /** For every other host. */
    public static final class Outer extends GuardedSockets {
        public Outer() {
            super(false);
        }
    }

    @Override
    public Socket createSocket() {
        return new Guarded(inner);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) throws IOException {
        return connected(new InetSocketAddress(address, port));
    }

    private Socket connected(InetSocketAddress to) throws IOException {
        Socket socket = createSocket();
        boolean done = false;
        try {
            socket.connect(to);
            done = true;
            return socket;
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    private static final class Guarded extends Socket {
        private final boolean inner;

        Guarded(boolean inner) {
            this.inner = inner;
        }

        @Override
        public void connect(SocketAddress endpoint) throws IOException {
            connect(endpoint, 0);
        }

        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
            InetAddress address = endpoint instanceof InetSocketAddress to ? to.getAddress() : null;
            if (address == null) {
                throw new IOException("the host is not known");
            }
            Optional<String> fault = AddressGuard.faultOf(address, inner);
            if (fault.isPresent()) {
                throw new AddressGuard.Refused("the host is at an address that is not sent to: " + fault.get());
            }
            super.connect(endpoint, timeout);
        }
    }
}
