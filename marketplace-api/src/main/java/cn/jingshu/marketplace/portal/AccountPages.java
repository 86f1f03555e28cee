package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.party.Sessions;
import cn.jingshu.marketplace.party.SessionToken;
import cn.jingshu.marketplace.party.SignIn;
import cn.jingshu.marketplace.party.SignUp;
import cn.jingshu.marketplace.visitor.AddressLimits;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.marketplace.visitor.Visitors;
import com.github.f4b6a3.uuid.UuidCreator;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Joining, signing in and signing out. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class AccountPages {
    private static final int PASSWORD_MIN = 10;

    /** A path of this portal; two slashes or a backslash at the beginning would lead to another site. */
    private static final Pattern OWN_PATH = Pattern.compile("/(?![/\\\\])[\\x21-\\x5B\\x5D-\\x7E]*");

    private static final Bilingual REFUSED = new Bilingual("登录名或密码不正确", "wrong sign-in name or password");

    private final PageFrame frame;
    private final Pages pages;
    private final SignUp signUp;
    private final SignIn signIn;
    private final Sessions sessions;
    private final ClientLimits limits;
    private final Clock clock;

    AccountPages(
            PageFrame frame,
            Pages pages,
            SignUp signUp,
            SignIn signIn,
            Sessions sessions,
            ClientLimits limits,
            Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.signUp = signUp;
        this.signIn = signIn;
        this.sessions = sessions;
        this.limits = limits;
        this.clock = clock;
    }

    @Get(Links.SIGN_UP)
    HttpResponse<String> signUpForm(HttpRequest<?> request) {
        return frame.show(request, page -> pages.signUp(page, new SignUpView(Form.EMPTY, PASSWORD_MIN)));
    }

    @Post(Links.SIGN_UP)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> signUp(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        limits.pass(request, AddressLimits.Door.PASSWORD);
        String organisation = posted.text("organisation");
        String english = posted.text("organisationEn");
        SignUp.Outcome outcome = signUp.signUp(new SignUp.Form(UuidCreator.getTimeOrderedEpoch(),
                UuidCreator.getTimeOrderedEpoch(), posted.text("uscc"), organisation,
                english.isEmpty() ? organisation : english, posted.text("signInName"), posted.text("name"),
                posted.typed("password")));
        return switch (outcome) {
            case SignUp.Outcome.Refused(var fault) -> {
                Form form = new Form(posted.shown(), Map.of(fieldOf(fault, posted), new Bilingual(fault.zh(), fault.en())));
                yield frame.show(request, frame.visitorOf(request), HttpResponse.status(HttpStatus.UNPROCESSABLE_ENTITY),
                        page -> pages.signUp(page, new SignUpView(form, PASSWORD_MIN)));
            }
            case SignUp.Outcome.SignedUp _ -> {
                SignIn.Outcome signedIn = signIn.signIn(posted.text("signInName"), posted.typed("password").toCharArray());
                yield signedIn instanceof SignIn.Outcome.SignedIn in
                        ? welcome(request, in.token(), in.expiresAt(), URI.create(Links.CATALOGUE + "?done=" + Done.SIGNED_UP.word()))
                        : HttpResponse.seeOther(URI.create(Links.SIGN_IN));
            }
        };
    }

    private static String fieldOf(SignUp.Fault fault, Posted posted) {
        return switch (fault) {
            case USCC_INVALID, USCC_TAKEN -> "uscc";
            case NAME_INVALID -> posted.text("organisation").isEmpty() ? "organisation" : "name";
            case SIGN_IN_NAME_INVALID, SIGN_IN_NAME_TAKEN -> "signInName";
            case PASSWORD_UNFIT -> "password";
        };
    }

    @Get(Links.SIGN_IN)
    HttpResponse<?> signInForm(HttpRequest<?> request, @Nullable @QueryValue String next) {
        return frame.visitorOf(request) instanceof Visitor.SignedIn in
                ? HttpResponse.seeOther(ownPath(next).orElseGet(() -> frame.startOf(in)))
                : frame.show(request, page -> pages.signIn(page, new SignInView(Form.EMPTY, shown(next))));
    }

    @Post(Links.SIGN_IN)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> signIn(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        limits.pass(request, AddressLimits.Door.PASSWORD);
        String next = posted.text("next");
        return switch (signIn.signIn(posted.text("signInName"), posted.typed("password").toCharArray())) {
            case SignIn.Outcome.SignedIn(var token, var expiresAt, var person) -> welcome(request, token, expiresAt,
                    ownPath(next).orElseGet(() -> frame.startOf(new Visitor.SignedIn(person, token))));
            case SignIn.Outcome.Refused() -> again(request, posted, next, REFUSED, HttpStatus.UNPROCESSABLE_ENTITY);
            case SignIn.Outcome.Locked(var retryAfter) -> {
                long seconds = PortalErrors.seconds(retryAfter);
                yield again(request, posted, next,
                        new Bilingual(REFUSED.zh() + ";请在 " + seconds + " 秒后再试",
                                REFUSED.en() + "; try again in " + seconds + " seconds"),
                        HttpStatus.TOO_MANY_REQUESTS).header("Retry-After", Long.toString(seconds));
            }
        };
    }

    private MutableHttpResponse<String> again(
            HttpRequest<?> request, Posted posted, String next, Bilingual error, HttpStatus status) {
        Map<String, String> values = new LinkedHashMap<>(posted.shown());
        Form form = new Form(values, Map.of("password", error));
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status),
                page -> pages.signIn(page, new SignInView(form, shown(next))));
    }

    private HttpResponse<?> welcome(HttpRequest<?> request, SessionToken token, Instant expiresAt, URI to) {
        if (frame.visitorOf(request) instanceof Visitor.SignedIn(var _, var before)) {
            sessions.end(before); // one browser, one session
        }
        return HttpResponse.seeOther(to)
                .cookie(frame.cookie(Visitors.SESSION_COOKIE, token.value())
                        .maxAge(Duration.between(clock.instant(), expiresAt)))
                .cookie(frame.noCookie(PageFrame.FORM_COOKIE));
    }

    @Post(Links.SIGN_OUT)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> signOut(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        if (!(frame.visitorOf(request) instanceof Visitor.SignedIn(var _, var token))) {
            return HttpResponse.seeOther(URI.create(Links.HOME)); // it had ended already
        }
        frame.posted(request, body);
        sessions.end(token);
        return HttpResponse.seeOther(URI.create(Links.HOME)).cookie(frame.noCookie(Visitors.SESSION_COOKIE));
    }

    /** Where {@code next} leads on this portal; empty: nowhere, to another site, or it is no address. */
    static Optional<URI> ownPath(@Nullable String next) {
        if (next == null || !OWN_PATH.matcher(next).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new URI(next));
        } catch (URISyntaxException notAnAddress) {
            return Optional.empty(); // what a stranger wrote into a link leads where no link would
        }
    }

    /** {@code next} as it stands in the form; empty: the pages of one's own work. */
    private static String shown(@Nullable String next) {
        return ownPath(next).map(URI::toString).orElse("");
    }
}
