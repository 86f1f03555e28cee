package cn.jingshu.products.kind.upstream;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which machines may be asked: those the operator named, and of a name only addresses of the public internet, unless the operator
 * said that the very host is one of the inner network. A name is resolved once for a connection, every address it has is looked
 * at, and the connection is made to what was looked at: there is no second look-up in which the answer could be another.
 *
 * <p>Refused are all ranges that are not globally reachable (IANA special-purpose registries, RFC 6890 and RFC 8190), what embeds
 * another address (IPv4-mapped, 6to4, Teredo, NAT64), many receivers, and where clouds answer with credentials. Of the last nobody
 * can be excepted.
 */
public final class AddressGuard {
    /** What is wrong with where something would be sent. */
    public static final class Refused extends UnknownHostException {
        private static final long serialVersionUID = 1L;

        Refused(String sentence) {
            super(sentence);
        }
    }

    /** How a name becomes addresses. */
    @FunctionalInterface
    public interface Resolver {
        List<InetAddress> resolve(String host) throws UnknownHostException;
    }

    private final Set<String> hosts;
    private final Set<String> inner;
    private final Resolver resolver;

    /**
     * @param hosts names of machines that may be asked, each alone (at any port) or with a colon and a port
     * @param inner the same of hosts that may be of the inner network, over plain HTTP too
     */
    public AddressGuard(Set<String> hosts, Set<String> inner, Resolver resolver) {
        this.hosts = lower(hosts);
        this.inner = lower(inner);
        this.resolver = resolver;
    }

    /** As the JDK resolves names. */
    public static AddressGuard of(Set<String> hosts, Set<String> inner) {
        return new AddressGuard(hosts, inner, host -> List.of(InetAddress.getAllByName(host)));
    }

    private static Set<String> lower(Set<String> names) {
        Set<String> lower = new TreeSet<>();
        names.forEach(name -> lower.add(name.strip().toLowerCase(Locale.ROOT)));
        lower.remove("");
        return lower;
    }

    /** Whether the operator named this host as one of the inner network. */
    public boolean isInner(String host, int port) {
        return names(inner, host, port);
    }

    /** Whether the operator named this host, wherever it may be. */
    public boolean isNamed(String host, int port) {
        return isInner(host, port) || names(hosts, host, port);
    }

    private static boolean names(Set<String> list, String host, int port) {
        String lower = host.toLowerCase(Locale.ROOT);
        return list.contains(lower) || list.contains(lower + ":" + port);
    }

    /**
     * The addresses that may be connected to.
     *
     * @throws Refused if the host may not be asked, or one of its addresses may not
     * @throws UnknownHostException if the name is not known
     */
    public List<InetAddress> resolve(String host, int port) throws UnknownHostException {
        boolean isInner = isInner(host, port);
        if (!isNamed(host, port)) {
            throw new Refused("the host " + host + ":" + port + " is not among those the operator allows");
        }
        List<InetAddress> addresses = resolver.resolve(host);
        if (addresses.isEmpty()) {
            throw new UnknownHostException(host);
        }
        for (InetAddress address : addresses) {
            Optional<String> fault = faultOf(address, isInner);
            if (fault.isPresent()) {
                throw new Refused("the host " + host + " is at an address that is not sent to: " + fault.get());
            }
        }
        return addresses;
    }

    /** Why nothing is sent to an address; empty: it may be. */
    static Optional<String> faultOf(InetAddress address, boolean inner) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? faultOf4(bytes, inner) : faultOf6(bytes, inner);
    }

    private static Optional<String> faultOf4(byte[] a, boolean inner) {
        if (within(a, 4, 169, 254) || within(a, 4, 168, 63, 129, 16) || within(a, 4, 100, 100, 100, 200)) {
            return Optional.of("link-local, or a cloud's metadata");
        }
        int first = a[0] & 0xff;
        int second = a[1] & 0xff;
        if (first == 0 || first >= 224) {
            return Optional.of("no single machine");
        }
        boolean isPrivate = first == 10 || first == 127 || (first == 172 && second >= 16 && second <= 31) || (first == 192 && second == 168)
                || (first == 100 && second >= 64 && second <= 127);
        if (isPrivate) {
            return inner ? Optional.empty() : Optional.of("private or loopback");
        }
        boolean special = within(a, 4, 192, 0, 0) || within(a, 4, 192, 0, 2) || within(a, 4, 192, 88, 99) || within(a, 4, 198, 51, 100)
                || within(a, 4, 203, 0, 113) || (first == 198 && (second == 18 || second == 19));
        return special ? Optional.of("a special-purpose range") : Optional.empty();
    }

    private static Optional<String> faultOf6(byte[] a, boolean inner) {
        int first = ((a[0] & 0xff) << 8) | (a[1] & 0xff);
        boolean loopback = within(a, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
        boolean uniqueLocal = (first & 0xfe00) == 0xfc00;
        boolean metadata = within(a, 16, 0xfd, 0x00, 0x0e, 0xc2);
        if ((loopback || uniqueLocal) && !metadata) {
            return inner ? Optional.empty() : Optional.of("private or loopback");
        }
        if (metadata || (first & 0xe000) != 0x2000) {
            // Only 2000::/3 is given out: beyond it are link-local, site-local, multicast, mapped, compatible and NAT64 addresses.
            return Optional.of("not a global address");
        }
        int second = ((a[2] & 0xff) << 8) | (a[3] & 0xff);
        boolean special = first == 0x2002 || (first == 0x2001 && (second < 0x0200 || second == 0x0db8))
                || (first == 0x3fff && (second & 0xf000) == 0);
        return special ? Optional.of("a special-purpose range, or one that embeds another address") : Optional.empty();
    }

    private static boolean within(byte[] address, int length, int... prefix) {
        if (address.length != length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if ((address[i] & 0xff) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
