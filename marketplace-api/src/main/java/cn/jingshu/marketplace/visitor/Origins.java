package cn.jingshu.marketplace.visitor;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * The one rule about what another site has a visitor's browser send: a cookie goes along with it, and says nothing of what the visitor
 * wants. Programs that are no browsers say nothing of where they stand, and carry no cookie of somebody else.
 */
public final class Origins {
    private Origins() {}

    /**
     * Whether a browser says that another site than this one sent the request: by {@code Sec-Fetch-Site}, and where it does not know that
     * field, by {@code Origin}. What the visitor typed or chose from a bookmark ({@code none}) is from nowhere else.
     */
    public static boolean isElsewhere(HttpRequest<?> request) {
        String site = request.getHeaders().get("Sec-Fetch-Site");
        if (site != null) {
            return !site.equals("same-origin") && !site.equals("none");
        }
        String origin = request.getHeaders().get(HttpHeaders.ORIGIN);
        return origin != null && !isOf(origin, request.getHeaders().get(HttpHeaders.HOST));
    }

    /** The scheme is not compared: behind a proxy that ends TLS the node knows no {@code https}. */
    private static boolean isOf(String origin, @Nullable String host) {
        int scheme = origin.indexOf("://");
        if (host == null || scheme < 0) {
            return false; // "null" is what a browser says that hides where it stands
        }
        String usualPort = origin.startsWith("https:") ? ":443" : ":80";
        return without(usualPort, origin.substring(scheme + 3)).equalsIgnoreCase(without(usualPort, host));
    }

    private static String without(String port, String authority) {
        return authority.endsWith(port) ? authority.substring(0, authority.length() - port.length()) : authority;
    }
}
