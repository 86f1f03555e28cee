package cn.jingshu.marketplace.usagepush;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Where usage is pushed to. It is set by who runs the installation, who may well mean a machine of their own network;
 * refused is what can only be a mistake or a trap: addresses of this link alone (where clouds answer with credentials),
 * of many or of no machine, user names in the URL, and plain HTTP to anything but this machine.
 */
record SinkAddress(URI uri) {
    SinkAddress {
        String scheme = uri.getScheme();
        String host = uri.getHost();
        if (host == null || !("https".equals(scheme) || "http".equals(scheme))
                || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "jingshu.usage-push.sink must be an https URL without user name and fragment, not " + plain(uri));
        }
        boolean thisMachine = host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]");
        if ("http".equals(scheme) && !thisMachine) {
            throw new IllegalArgumentException(
                    "jingshu.usage-push.sink must be https: plain http is taken for this machine alone, not " + plain(uri));
        }
    }

    /** @throws IllegalArgumentException if it is no URL, or one that is refused */
    static SinkAddress parse(String text) {
        return new SinkAddress(URI.create(text.strip()));
    }

    private static String plain(URI uri) {
        return uri.getScheme() + "://" + uri.getHost() + "/…"; // a path or a query may hold a token
    }

    /**
     * Why nothing may be sent there now; empty: it may.
     *
     * @throws UnknownHostException if the name is not known
     */
    Optional<String> fault() throws UnknownHostException {
        for (InetAddress address : InetAddress.getAllByName(uri.getHost())) {
            if (address.isLinkLocalAddress() || address.isMulticastAddress() || address.isAnyLocalAddress()) {
                return Optional.of("the address " + address.getHostAddress() + " is not sent to");
            }
            if ("http".equals(uri.getScheme()) && !address.isLoopbackAddress()) {
                return Optional.of("plain http is sent to this machine alone, not to " + address.getHostAddress());
            }
        }
        return Optional.empty();
    }
}
