package cn.jingshu.marketplace.visitor;

import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.apikey.ApiKeys;
import cn.jingshu.marketplace.party.SessionToken;
import cn.jingshu.marketplace.party.Sessions;
import cn.jingshu.marketplace.subscription.Subscriptions;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.cookie.Cookie;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Finds out who sent a request: the API key in its header before the session in its cookie. */
@Singleton
public final class Visitors {
    /** The session cookie: HttpOnly, SameSite=Lax. */
    public static final String SESSION_COOKIE = "jingshu_session";

    private final Sessions sessions;
    private final ApiKeys keys;
    private final Subscriptions subscriptions;

    Visitors(Sessions sessions, ApiKeys keys, Subscriptions subscriptions) {
        this.sessions = sessions;
        this.keys = keys;
        this.subscriptions = subscriptions;
    }

    /** Asks the database: not for the event loop. */
    public Visitor of(HttpRequest<?> request) {
        Optional<String> credential = credential(request);
        if (credential.isPresent()) {
            return ApiKey.parse(credential.get())
                    .flatMap(keys::findLive)
                    .flatMap(key -> subscriptions.find(key.subscriptionId())
                            .<Visitor>map(subscription -> new Visitor.Key(key, subscription)))
                    .orElseGet(Visitor.Nobody::new);
        }
        return request.getCookies()
                .findCookie(SESSION_COOKIE)
                .map(Cookie::getValue)
                .flatMap(SessionToken::parse)
                .flatMap(sessions::find)
                .<Visitor>map(session -> new Visitor.SignedIn(session.person(), session.token()))
                .orElseGet(Visitor.Nobody::new);
    }

    private static Optional<String> credential(HttpRequest<?> request) {
        String authorization = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
        if (authorization != null) {
            return Optional.of(authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                    ? authorization.substring(7).strip()
                    : authorization);
        }
        return Optional.ofNullable(request.getHeaders().get("X-API-Key"));
    }
}
