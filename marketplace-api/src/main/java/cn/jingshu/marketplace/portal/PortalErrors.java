package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.edge.Problem;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.management.Problems;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Error;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What a visitor sees instead of a page; programs see the problem behind it. */
@Controller
final class PortalErrors {
    private static final String KIND = "jingshu.error-kind";

    private final PageFrame frame;
    private final Pages pages;

    PortalErrors(PageFrame frame, Pages pages) {
        this.frame = frame;
        this.pages = pages;
    }

    @Error(global = true)
    HttpResponse<?> refused(HttpRequest<?> request, PageRefused refused) {
        return switch (refused.reason()) {
            case PageRefused.Reason.NoSuchPage() -> Problems.answer(request, Refusal.NOT_FOUND);
            case PageRefused.Reason.NotAllowed() -> Problems.answer(request, Refusal.FORBIDDEN);
            case PageRefused.Reason.NotReadable() -> Problems.answer(request, Refusal.MALFORMED_REQUEST);
            case PageRefused.Reason.SignInFirst() -> signIn(request);
            case PageRefused.Reason.FormExpired() -> {
                request.setAttribute(KIND, ErrorView.Kind.FORM_EXPIRED);
                yield Problems.answer(request, Refusal.FORBIDDEN);
            }
            case PageRefused.Reason.TooFast(var retryAfter) -> Problems.answer(request, Refusal.RATE_LIMITED)
                    .header("Retry-After", Long.toString(seconds(retryAfter)));
        };
    }

    static long seconds(Duration wait) {
        return Math.max(1, (wait.toMillis() + 999) / 1_000);
    }

    private static HttpResponse<?> signIn(HttpRequest<?> request) {
        if (!wantsPage(request)) {
            return Problems.answer(request, Refusal.NOT_SIGNED_IN);
        }
        String here = request.getMethodName().equals("GET") ? request.getUri().toString() : Links.HOME;
        String to = Links.SIGN_IN + "?next=" + URLEncoder.encode(here, StandardCharsets.UTF_8);
        return request.getHeaders().contains("HX-Request")
                ? HttpResponse.ok().header("HX-Redirect", to) // a part of a page cannot become the sign-in page
                : HttpResponse.seeOther(URI.create(to));
    }

    /** Whether a person sits behind the request and not a program: browsers ask for HTML, and so does our own htmx. */
    static boolean wantsPage(HttpRequest<?> request) {
        String path = request.getPath();
        if (path.equals("/api") || path.startsWith("/api/") || path.startsWith("/portal/")) {
            return false;
        }
        String accept = request.getHeaders().get("Accept");
        return request.getHeaders().contains("HX-Request") || (accept != null && accept.contains("text/html"));
    }

    /** The problem in {@code response} as a page with the same status. */
    void dress(HttpRequest<?> request, MutableHttpResponse<?> response) {
        ErrorView.Kind kind = request.getAttribute(KIND, ErrorView.Kind.class)
                .orElseGet(() -> ErrorView.Kind.of(response.code()));
        ErrorView view = new ErrorView(kind, response.code(), Problems.requestIdOf(request));
        frame.show(request, visitorIfKnown(request), response, page -> pages.error(page, view));
    }

    static boolean isProblem(HttpResponse<?> response) {
        return response.getContentType().filter(type -> type.getName().equals(Problem.CONTENT_TYPE)).isPresent();
    }

    private Visitor visitorIfKnown(HttpRequest<?> request) {
        try {
            return frame.visitorOf(request);
        } catch (DatabaseException away) {
            return new Visitor.Nobody(); // the page that says that the database is away needs no name on it
        }
    }
}
