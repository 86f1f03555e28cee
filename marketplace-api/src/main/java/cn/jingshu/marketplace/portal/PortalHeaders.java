package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.management.Problems;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpHeaders;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every answer behind the framework's router carries, and the page a browser sees in place of a problem. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class PortalHeaders implements Ordered {
    private static final Logger LOG = LoggerFactory.getLogger(PortalHeaders.class);

    /** Nothing inline, nothing from elsewhere; images of the documents' viewer are data in its style sheet. */
    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private final PageFrame frame;
    private final PortalErrors errors;

    PortalHeaders(PageFrame frame, PortalErrors errors) {
        this.frame = frame;
        this.errors = errors;
    }

    @ResponseFilter
    @ExecuteOn(TaskExecutors.BLOCKING)
    void complete(HttpRequest<?> request, MutableHttpResponse<?> response) {
        if (PortalErrors.isProblem(response) && PortalErrors.wantsPage(request)) {
            try {
                errors.dress(request, response);
            } catch (RuntimeException failed) {
                LOG.error("the error page failed (request {})", Problems.requestIdOf(request), failed);
                response.body(Problems.answer(request, Refusal.INTERNAL).body());
            }
        }
        MutableHttpHeaders headers = response.getHeaders();
        headers.set("X-Request-Id", Problems.requestIdOf(request));
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "same-origin");
        if (frame.secureCookies()) {
            headers.set("Strict-Transport-Security", "max-age=31536000");
        }
        boolean page = response.getContentType().filter(type -> type.getName().equals("text/html")).isPresent();
        if (page) {
            headers.set("Content-Security-Policy", POLICY);
            headers.set("Cross-Origin-Opener-Policy", "same-origin");
            headers.set("Cache-Control", "no-store"); // pages show who is signed in, and keys
            headers.set("Vary", "Cookie, Accept-Language");
            headers.set("Content-Language", frame.langOf(request).tag());
            if (request.getParameters().contains("lang")) {
                response.cookie(frame.langCookie(frame.langOf(request)));
            }
        }
    }

    /** Last of all, so that it sees what every other filter made. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
