package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.edge.Problem;
import cn.jingshu.marketplace.edge.RequestIds;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.store.DatabaseException;
import io.micronaut.core.convert.exceptions.ConversionErrorException;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Error;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import io.micronaut.web.router.exceptions.UnsatisfiedRouteException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns every refusal and failure behind the framework's router into a problem, the framework's own included, so that no
 * error body but ours ever leaves. The portal shows them to browsers as pages.
 */
@Controller("/api")
public final class Problems implements ErrorResponseProcessor<byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final String REQUEST_ID = "jingshu.request-id";

    /** The id of a request: the caller's own or a new one, and the same however often it is asked for. */
    public static String requestIdOf(HttpRequest<?> request) {
        return request.getAttribute(REQUEST_ID, String.class).orElseGet(() -> {
            String id = RequestIds.accept(request.getHeaders().get("X-Request-Id"));
            request.setAttribute(REQUEST_ID, id);
            return id;
        });
    }

    @Error(global = true)
    HttpResponse<byte[]> refused(HttpRequest<?> request, ManagementProblem problem) {
        MutableHttpResponse<byte[]> answer = answer(new Problem(problem.refusal(), problem.zh(), problem.en(), request.getPath(),
                requestIdOf(request), problem.violations(), null));
        Duration retryAfter = problem.retryAfter();
        return retryAfter == null ? answer : answer.header("Retry-After", Long.toString(Math.max(1, retryAfter.plusMillis(999).toSeconds())));
    }

    @Error(global = true)
    HttpResponse<byte[]> databaseAway(HttpRequest<?> request, DatabaseException failure) {
        if (failure.violates("audit_log_actor_may_act")) {
            return answer(new Problem(Refusal.FORBIDDEN, "您所在单位已被暂停或已退出,不能作出决定",
                    "your organisation is suspended or has left and decides nothing", request.getPath(),
                    requestIdOf(request), List.of(), null));
        }
        Optional<String> rule = failure.constraint();
        if (rule.isPresent()) {
            return answer(new Problem(Refusal.RULE_BROKEN, Refusal.RULE_BROKEN.zh() + ":" + rule.get(),
                    Refusal.RULE_BROKEN.en() + ": " + rule.get(), request.getPath(), requestIdOf(request), List.of(), null));
        }
        LOG.error("database failed (request {})", requestIdOf(request), failure);
        return answer(request, Refusal.STORE_UNAVAILABLE);
    }

    /** What the framework refuses or a controller fails at. */
    @Override
    public MutableHttpResponse<byte[]> processResponse(ErrorContext context, MutableHttpResponse<?> base) {
        HttpRequest<?> request = context.getRequest();
        Throwable cause = context.getRootCause().orElse(null);
        boolean unfit = cause instanceof UnsatisfiedRouteException || cause instanceof ConversionErrorException;
        Refusal refusal = unfit ? Refusal.INVALID_REQUEST : ofStatus(base.code());
        String detail = unfit && context.hasErrors() ? context.getErrors().getFirst().getMessage() : refusal.en();
        MutableHttpResponse<byte[]> answer = answer(
                new Problem(refusal, refusal.zh(), detail, request.getPath(), requestIdOf(request), List.of(), null));
        String allowed = base.getHeaders().get("Allow");
        return allowed == null ? answer : answer.header("Allow", allowed);
    }

    /** The refusal that says what a bare status of the framework means. */
    private static Refusal ofStatus(int status) {
        return switch (status) {
            case 401 -> Refusal.NOT_SIGNED_IN;
            case 403 -> Refusal.FORBIDDEN;
            case 404 -> Refusal.NO_SUCH_PATH;
            case 405 -> Refusal.METHOD_NOT_ALLOWED;
            case 406 -> Refusal.NOT_ACCEPTABLE;
            case 413 -> Refusal.BODY_TOO_LARGE;
            case 414 -> Refusal.URI_TOO_LONG;
            case 415 -> Refusal.UNSUPPORTED_MEDIA_TYPE;
            case 431 -> Refusal.HEADERS_TOO_LARGE;
            case 503 -> Refusal.DRAINING;
            default -> status >= 400 && status < 500 ? Refusal.MALFORMED_REQUEST : Refusal.INTERNAL;
        };
    }

    /** The problem of a refusal about which nothing more is known. */
    public static MutableHttpResponse<byte[]> answer(HttpRequest<?> request, Refusal refusal) {
        return answer(Problem.of(refusal, request.getPath(), requestIdOf(request)));
    }

    /** The problem of a refusal with sentences of its own. */
    static MutableHttpResponse<byte[]> answer(HttpRequest<?> request, Refusal refusal, String zh, String en) {
        return answer(new Problem(refusal, zh, en, request.getPath(), requestIdOf(request), List.of(), null));
    }

    private static MutableHttpResponse<byte[]> answer(Problem problem) {
        return HttpResponse.<byte[]>status(HttpStatus.valueOf(problem.refusal().httpStatus()))
                .contentType(MediaType.of(Problem.CONTENT_TYPE))
                .header("X-Request-Id", problem.requestId())
                .header("Cache-Control", "no-store")
                .body(problem.toJson());
    }
}
