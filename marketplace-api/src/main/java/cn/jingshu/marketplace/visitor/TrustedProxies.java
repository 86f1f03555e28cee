package cn.jingshu.marketplace.visitor;

import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Value;
import io.micronaut.http.HttpRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose word is taken on where a request came from: proxies of the city's own, by their networks. Each puts the address it was asked from
 * behind what it was told, so the field is read from its end, for as long as whoever says it is trusted; the first address that is not a
 * trusted proxy's is where the request came from. What stands before it, anybody may have written.
 *
 * <p>One field alone is read, the one these proxies write: another they would let through as the caller sent it.
 */
@Context
public final class TrustedProxies {
    /** Addresses that are looked at; nobody has more proxies in a row. */
    private static final int MOST_HOPS = 16;

    private static final Pattern IPV4 = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("(?=.*:.*:)[0-9A-Fa-f:]{2,39}(?:\\d{1,3}(?:\\.\\d{1,3}){3})?");
    /** An address, in brackets or not, and a port behind it if there is one. */
    private static final Pattern WITH_PORT = Pattern.compile("\\[([^\\]]*)\\](?::\\d{1,5})?|([^:\\[\\]]*):\\d{1,5}");

    private final List<Network> networks;
    private final Field field;

    /** Which field the proxies write. */
    enum Field {
        X_FORWARDED_FOR("X-Forwarded-For"),
        FORWARDED("Forwarded");

        private final String header;

        Field(String header) {
            this.header = header;
        }
    }

    /** The addresses whose first {@code bits} are those of {@code address}. */
    private record Network(InetAddress address, int bits) {
        boolean holds(InetAddress other) {
            byte[] ours = address.getAddress();
            byte[] theirs = other.getAddress();
            if (ours.length != theirs.length) {
                return false;
            }
            int whole = bits / 8;
            int rest = bits % 8;
            return Arrays.equals(ours, 0, whole, theirs, 0, whole)
                    && (rest == 0 || ((ours[whole] ^ theirs[whole]) & 0xff & (0xff << (8 - rest))) == 0);
        }
    }

    /**
     * @param networks such as {@code 10.0.0.0/8, fd00::/8, 192.0.2.7}; empty: nobody is trusted
     * @param header {@code X-Forwarded-For} or {@code Forwarded}
     * @throws IllegalArgumentException if one is no network, or is everybody's
     */
    TrustedProxies(@Value("${jingshu.proxies.trusted:}") String networks, @Value("${jingshu.proxies.header:X-Forwarded-For}") String header) {
        List<Network> read = new ArrayList<>();
        for (String each : networks.split(",", -1)) {
            if (!each.isBlank()) {
                read.add(networkOf(each.strip()));
            }
        }
        this.networks = List.copyOf(read);
        this.field = header.equalsIgnoreCase(Field.FORWARDED.header) ? Field.FORWARDED : Field.X_FORWARDED_FOR;
    }

    private static Network networkOf(String text) {
        int slash = text.indexOf('/');
        InetAddress address = literal(slash < 0 ? text : text.substring(0, slash))
                .orElseThrow(() -> new IllegalArgumentException("jingshu.proxies.trusted: " + text + " is no network"));
        int most = 8 * address.getAddress().length;
        int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
        if (bits < 1 || bits > most) {
            throw new IllegalArgumentException("jingshu.proxies.trusted: " + text + " must have 1 to " + most + " bits; with none it is everybody");
        }
        return new Network(address, bits);
    }

    /** The address a request came from, as far as it is known: that of the caller, or of the first proxy that is not trusted. */
    String addressOf(HttpRequest<?> request) {
        InetSocketAddress remote = request.getRemoteAddress();
        return remote.getAddress() == null
                ? remote.getHostString()
                : origin(remote.getAddress(), networks.isEmpty() ? List.of() : request.getHeaders().getAll(field.header)).getHostAddress();
    }

    /**
     * @param from the other end of the connection
     * @param lines of the field, in their order
     */
    InetAddress origin(InetAddress from, List<String> lines) {
        InetAddress known = from;
        int hops = 0;
        for (String line : lines.reversed()) {
            for (String element : fromItsEnd(line)) {
                if (!isTrusted(known)) {
                    return known;
                }
                Optional<InetAddress> before = field == Field.FORWARDED ? ofForwarded(element) : ofHop(element);
                if (before.isEmpty() || ++hops > MOST_HOPS) {
                    return known; // who it was before is not said, or in no way that can be relied on
                }
                known = before.get();
            }
        }
        return known;
    }

    private boolean isTrusted(InetAddress address) {
        return networks.stream().anyMatch(network -> network.holds(address));
    }

    /**
     * The elements of a list, the last one first. It is taken apart from its end, where a trusted proxy wrote: a quotation mark that
     * somebody left open before would swallow what follows, read from the beginning. One behind a backslash is part of a text and ends none.
     */
    private static List<String> fromItsEnd(String line) {
        List<String> elements = new ArrayList<>();
        int end = line.length();
        boolean quoted = false;
        for (int at = line.length() - 1; at >= 0 && elements.size() <= MOST_HOPS; at--) {
            char sign = line.charAt(at);
            if (sign == '"' && !escaped(line, at)) {
                quoted = !quoted;
            } else if (sign == ',' && !quoted) {
                elements.add(line.substring(at + 1, end).strip());
                end = at;
            }
        }
        elements.add(line.substring(0, end).strip());
        return elements;
    }

    /** Whether an odd number of backslashes stands before this place. */
    private static boolean escaped(String line, int at) {
        int before = at;
        while (before > 0 && line.charAt(before - 1) == '\\') {
            before--;
        }
        return (at - before) % 2 == 1;
    }

    /**
     * The {@code for} of an element (RFC 7239, section 4); empty: none, more than one, a name that hides it, or an element that can be read in
     * two ways. A proxy puts the host it was asked for into its element, and that is the visitor's word: quotation marks in it may join the
     * element with what the visitor sent along before.
     */
    private static Optional<InetAddress> ofForwarded(String element) {
        int comma = element.indexOf(',');
        if (comma >= 0 && element.substring(comma).toLowerCase(Locale.ROOT).contains("for=")) {
            return Optional.empty(); // within quotation marks, or the marks of two elements
        }
        String found = null;
        for (String pair : pairsOf(element)) {
            int sign = pair.indexOf('=');
            if (sign > 0 && pair.substring(0, sign).strip().equalsIgnoreCase("for")) {
                if (found != null) {
                    return Optional.empty();
                }
                found = pair.substring(sign + 1).strip();
            }
        }
        if (found == null) {
            return Optional.empty();
        }
        boolean quoted = found.length() >= 2 && found.startsWith("\"") && found.endsWith("\"");
        return ofHop(quoted ? found.substring(1, found.length() - 1) : found);
    }

    /** The pairs of an element; none: quotation marks are not around a whole value, or a comma is outside of them. */
    private static List<String> pairsOf(String element) {
        List<String> pairs = new ArrayList<>();
        int start = 0;
        boolean quoted = false;
        boolean closed = false; // a quoted value has ended, and only the next pair may follow
        for (int at = 0; at < element.length(); at++) {
            char sign = element.charAt(at);
            if (quoted) {
                if (sign == '\\') {
                    at++;
                } else if (sign == '"') {
                    quoted = false;
                    closed = true;
                }
            } else if (sign == ';') {
                pairs.add(element.substring(start, at));
                start = at + 1;
                closed = false;
            } else if (sign == '"' && !closed && at > 0 && element.charAt(at - 1) == '=') {
                quoted = true;
            } else if (sign == '"' || sign == '\\' || sign == ',' || (closed && !Character.isWhitespace(sign))) {
                return List.of();
            }
        }
        if (quoted) {
            return List.of();
        }
        pairs.add(element.substring(start));
        return pairs;
    }

    private static Optional<InetAddress> ofHop(String text) {
        Matcher withPort = WITH_PORT.matcher(text);
        if (!withPort.matches()) {
            return literal(text);
        }
        return literal(withPort.group(1) != null ? withPort.group(1) : withPort.group(2));
    }

    /** An address as it is written out; never a name that would be asked for, nor a short form that is read in several ways. */
    private static Optional<InetAddress> literal(String text) {
        if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }
}
