package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.visitor.Origins;
import cn.jingshu.marketplace.visitor.Visitors;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what would change something by a session's cookie and was sent from another site. A session's cookie is of use to the management
 * interface as it is to the pages, which besides have a token in every form.
 */
@ServerFilter("/api/**")
final class OwnOrigin {
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    @RequestFilter
    @Nullable HttpResponse<?> check(HttpRequest<?> request) {
        boolean refused = !READING.contains(request.getMethodName()) && request.getCookies().findCookie(Visitors.SESSION_COOKIE).isPresent()
                && Origins.isElsewhere(request);
        return refused ? Problems.answer(request, Refusal.FORBIDDEN, "该请求由其他网站发出,未予受理", "the request was sent from another site and is refused")
                : null;
    }
}
