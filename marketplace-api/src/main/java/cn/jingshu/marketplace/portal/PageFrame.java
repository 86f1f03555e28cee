package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.edge.grpc.GrpcEdge;
import cn.jingshu.marketplace.management.Problems;
import cn.jingshu.marketplace.management.Rights;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.OrganisationKind;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Origins;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.marketplace.visitor.Visitors;
import io.micronaut.context.annotation.Value;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.cookie.Cookie;
import io.micronaut.http.cookie.SameSite;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What stands around every page: language, who is looking, the token of its forms, and the cookies that go with them.
 * Everything here asks the database, so nothing of it runs on an event loop.
 */
@Singleton
final class PageFrame {
    /** A stranger's forms carry the value of this cookie; after signing in the session's own token takes its place. */
    static final String FORM_COOKIE = "jingshu_form";

    private static final String VISITOR = "jingshu.visitor";
    private static final List<Role> DECLARERS = List.of(Role.MERCHANT_OFFICER, Role.OPERATIONS, Role.REGULATOR, Role.AUDITOR);
    private static final Pattern HOST = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9.-]+)(:\\d{1,5})?");
    private static final int TOKEN_BYTES = 32;

    private final Map<Lang, PortalTexts> texts = new EnumMap<>(Lang.class);
    private final Assets assets;
    private final Visitors visitors;
    private final Organisations organisations;
    private final Provider<GrpcEdge> grpc;
    private final boolean demo;
    private final boolean secureCookies;
    private final SecureRandom random = new SecureRandom();

    PageFrame(
            Assets assets,
            Visitors visitors,
            Organisations organisations,
            Provider<GrpcEdge> grpc,
            @Value("${jingshu.demo}") boolean demo,
            @Value("${jingshu.datasource.url:}") String externalDatabase,
            @Value("${jingshu.portal.secure-cookies}") boolean secureCookies) {
        for (Lang lang : Lang.values()) {
            texts.put(lang, PortalTexts.load(lang));
        }
        this.assets = assets;
        this.visitors = visitors;
        this.organisations = organisations;
        this.grpc = grpc;
        this.demo = demo && externalDatabase.isBlank(); // the demo city is loaded in the embedded mode only
        this.secureCookies = secureCookies;
    }

    /** Who sent the request; looked up once for each. */
    Visitor visitorOf(HttpRequest<?> request) {
        return request.getAttribute(VISITOR, Visitor.class).orElseGet(() -> {
            Visitor visitor = visitors.of(request);
            request.setAttribute(VISITOR, visitor);
            return visitor;
        });
    }

    /** The person who is signed in; refused as "sign in first" when nobody is. */
    Person personOf(HttpRequest<?> request) {
        if (visitorOf(request) instanceof Visitor.SignedIn(var person, var _)) {
            return person;
        }
        throw new PageRefused(new PageRefused.Reason.SignInFirst());
    }

    /** The person who is signed in, if they hold {@code role}. */
    Person personWith(HttpRequest<?> request, Role role) {
        Person person = personOf(request);
        if (!person.roles().contains(role)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        return person;
    }

    /** Lets only readers of the market's books on. */
    void requireBooks(HttpRequest<?> request) {
        personOf(request);
        if (!Rights.mayReadBooks(visitorOf(request))) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
    }

    Organisation organisationOf(Person person) {
        return organisations.find(person.organisationId())
                .orElseThrow(() -> new IllegalStateException("person " + person.id() + " belongs to no organisation"));
    }

    Lang langOf(HttpRequest<?> request) {
        return Lang.negotiate(
                request.getParameters().get("lang"),
                request.getCookies().findCookie(Lang.COOKIE).map(Cookie::getValue).orElse(null),
                request.getHeaders().get("Accept-Language"));
    }

    /** A page that says 200. */
    MutableHttpResponse<String> show(HttpRequest<?> request, Function<Page, String> template, Notice... notices) {
        return show(request, visitorOf(request), HttpResponse.ok(), template, notices);
    }

    /** A page with another status than 200. */
    <T> MutableHttpResponse<String> show(
            HttpRequest<?> request,
            Visitor visitor,
            MutableHttpResponse<T> response,
            Function<Page, String> template,
            Notice... notices) {
        Optional<String> known = formCookie(request);
        String token = visitor instanceof Visitor.SignedIn(var _, var session)
                ? session.csrfToken()
                : known.orElseGet(this::newToken);
        Page page = new Page(texts(langOf(request)), assets, request.getPath(), queryOf(request), signedIn(request, visitor),
                token, demo, noticesOf(request, notices));
        String html = template.apply(page);
        MutableHttpResponse<String> answer = response.contentType(MediaType.TEXT_HTML_TYPE.toString() + "; charset=utf-8")
                .body(html);
        if (!(visitor instanceof Visitor.SignedIn) && known.isEmpty() && html.contains(token)) {
            answer.cookie(cookie(FORM_COOKIE, token));
        }
        return answer;
    }

    private static List<Notice> noticesOf(HttpRequest<?> request, Notice... notices) {
        return Stream.concat(Done.of(request.getParameters().get("done")).map(Done::notice).stream(),
                        Arrays.stream(notices))
                .toList();
    }

    private PortalTexts texts(Lang lang) {
        PortalTexts found = texts.get(lang);
        if (found == null) {
            throw new IllegalStateException("no texts for " + lang);
        }
        return found;
    }

    private @Nullable SignedIn signedIn(HttpRequest<?> request, Visitor visitor) {
        if (!(visitor instanceof Visitor.SignedIn(var person, var _))) {
            return null;
        }
        Organisation organisation = organisationOf(person);
        return new SignedIn(person.displayName(), nameOf(organisation).in(langOf(request)),
                areasOf(visitor, person, organisation));
    }

    private static Set<SignedIn.Area> areasOf(Visitor visitor, Person person, Organisation organisation) {
        Set<SignedIn.Area> areas = EnumSet.noneOf(SignedIn.Area.class);
        if (organisation.kinds().contains(OrganisationKind.CONSUMER)) {
            areas.add(SignedIn.Area.CONSUMER);
        }
        if (Rights.mayReadBooks(visitor)) {
            areas.add(SignedIn.Area.OPERATOR);
        }
        if (Rights.mayReadBooks(visitor) || person.roles().contains(Role.MERCHANT_OFFICER)) {
            areas.add(SignedIn.Area.SHARER);
        }
        if (DECLARERS.stream().anyMatch(person.roles()::contains)) {
            areas.add(SignedIn.Area.DECLARER);
        }
        if (person.roles().contains(Role.REGULATOR)) {
            areas.add(SignedIn.Area.APPROVER);
        }
        if (DeadlinePages.mayRead(person)) {
            areas.add(SignedIn.Area.TERMS);
        }
        return areas;
    }

    /** Where a person begins who asked for no page: at their own work. */
    URI startOf(Visitor.SignedIn visitor) {
        Set<SignedIn.Area> areas = areasOf(visitor, visitor.person(), organisationOf(visitor.person()));
        return URI.create(areas.contains(SignedIn.Area.CONSUMER) ? Links.DASHBOARD
                : areas.contains(SignedIn.Area.APPROVER) ? Links.APPROVALS
                : areas.contains(SignedIn.Area.OPERATOR) ? Links.OPERATOR
                : areas.contains(SignedIn.Area.SHARER) ? Links.SHARES : Links.CATALOGUE);
    }

    static Bilingual nameOf(Organisation organisation) {
        return new Bilingual(organisation.nameZh(), organisation.nameEn());
    }

    /** Names of data providers by their codes. */
    static Map<String, Bilingual> namesOf(List<DataProviders.DataProvider> providers) {
        return providers.stream().collect(Collectors.toUnmodifiableMap(
                DataProviders.DataProvider::code, each -> new Bilingual(each.nameZh(), each.nameEn())));
    }

    private static String queryOf(HttpRequest<?> request) {
        String query = request.getUri().getRawQuery();
        if (query == null || !request.getMethodName().equals("GET")) {
            return "";
        }
        return Pattern.compile("&").splitAsStream(query)
                .filter(part -> !part.startsWith("lang=") && !part.startsWith("done=") && !part.isEmpty())
                .collect(Collectors.joining("&"));
    }

    /** Reads a form and makes sure it is one this portal gave to this very visitor. */
    Posted posted(HttpRequest<?> request, @Nullable Map<String, Object> body) {
        Posted posted = Posted.of(body);
        String sent = posted.typed("csrf");
        boolean own = switch (visitorOf(request)) {
            case Visitor.SignedIn(var _, var session) -> session.acceptsCsrf(sent);
            case Visitor.Nobody() -> formCookie(request).filter(token -> same(token, sent)).isPresent();
            case Visitor.Key _ -> false; // a program with a key uses the management API
        };
        if (Origins.isElsewhere(request) || !own) {
            throw new PageRefused(new PageRefused.Reason.FormExpired());
        }
        return posted;
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<String> formCookie(HttpRequest<?> request) {
        return request.getCookies().findCookie(FORM_COOKIE).map(Cookie::getValue).filter(value -> value.length() >= 40);
    }

    private String newToken() {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** A cookie no script reads and no other site sends along with a form. */
    Cookie cookie(String name, String value) {
        return Cookie.of(name, value).httpOnly(true).sameSite(SameSite.Lax).secure(secureCookies).path("/");
    }

    /** Takes a cookie back. */
    Cookie noCookie(String name) {
        return cookie(name, "").maxAge(0);
    }

    Cookie langCookie(Lang lang) {
        return cookie(Lang.COOKIE, lang.tag()).maxAge(Duration.ofDays(365));
    }

    boolean secureCookies() {
        return secureCookies;
    }

    /** Where the visitor reached this node; a {@code Host} that is none is not repeated. */
    String baseUrl(HttpRequest<?> request) {
        return (secureCookies ? "https://" : "http://") + host(request);
    }

    private static String host(HttpRequest<?> request) {
        String host = request.getHeaders().get("Host");
        return host != null && HOST.matcher(host).matches() ? host : "localhost";
    }

    /** The first call of a method as the visitor would type it, on the REST and the gRPC edge of this node. */
    FirstCall firstCall(HttpRequest<?> request, String path, String grpcMethod, String key) {
        String host = host(request);
        int port = host.lastIndexOf(':');
        String name = port < 0 || host.endsWith("]") ? host : host.substring(0, port);
        return new FirstCall(baseUrl(request), name + ":" + grpc.get().port(), path, grpcMethod, key);
    }

    /** A figure that could not be read, under the request's id. */
    static <T> Reading<T> unknown(HttpRequest<?> request) {
        return Reading.unknown(Problems.requestIdOf(request));
    }
}
