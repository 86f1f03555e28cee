package cn.jingshu.marketplace.portal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Serves every sample page on a port of this machine, to look at them in a browser while working on templates and
 * style: {@code /zh-CN/usage-full}, {@code /en/map-full}. A stranger's page has {@code /public} in front.
 */
final class PortalPreview {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private PortalPreview() {}

    public static void main(String[] arguments) throws IOException {
        int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 8099;
        Pages pages = new Pages();
        Assets assets = new Assets();
        Map<String, Record> views = SamplePages.views();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext(Links.ASSETS, exchange -> {
            String path = exchange.getRequestURI().getPath().substring(Links.ASSETS.length());
            var asset = assets.find(path.substring(path.indexOf('/') + 1));
            if (asset.isPresent()) {
                answer(exchange, 200, asset.get().contentType(), asset.get().content());
            } else {
                answer(exchange, 404, "text/plain", new byte[0]);
            }
        });
        for (Lang lang : Lang.values()) {
            PortalTexts texts = PortalTexts.load(lang);
            for (boolean stranger : List.of(false, true)) {
                String prefix = (stranger ? "/public/" : "/") + lang.tag() + "/";
                server.createContext(prefix, exchange -> {
                    Record view = views.get(exchange.getRequestURI().getPath().substring(prefix.length()));
                    if (view == null) {
                        answer(exchange, 404, "text/plain", String.join("\n", views.keySet()).getBytes(StandardCharsets.UTF_8));
                        return;
                    }
                    Page page = stranger ? SamplePages.publicPage(texts, assets, Links.HOME) : SamplePages.page(texts, assets, Links.USAGE);
                    answer(exchange, 200, "text/html; charset=utf-8", SamplePages.render(pages, page, view).getBytes(StandardCharsets.UTF_8));
                });
            }
        }
        server.createContext("/portal/map/", exchange -> {
            String body = switch (exchange.getRequestURI().getPath()) {
                case Links.MAP_NETWORK -> SampleMap.network();
                case Links.MAP_VEHICLES -> SampleMap.vehicles();
                case Links.MAP_STREAM -> "";
                default -> SampleMap.arrivals();
            };
            if (body.isEmpty()) {
                answer(exchange, 204, "text/event-stream", new byte[0]);
            } else {
                answer(exchange, 200, "application/json", body.getBytes(StandardCharsets.UTF_8));
            }
        });
        server.createContext("/products/transit/openapi.json", exchange -> answer(exchange, 200, "application/json", """
                {"openapi":"3.0.1","info":{"title":"transit","version":"1"},"paths":{"/v1/transit/vehicles":{"get":{"summary":"Lists live vehicle positions","responses":{"200":{"description":"ok"}}}}}}
                """.getBytes(StandardCharsets.UTF_8)));
        server.start();
        System.out.println("http://localhost:" + port + "/zh-CN/home-full and " + (views.size() - 1) + " more");
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
