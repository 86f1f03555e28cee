package cn.jingshu.marketplace.party;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.demo.SeedMarket;
import cn.jingshu.marketplace.store.MarketDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignInIT {
    private final DemoMarket market = new DemoMarket();
    private final Sessions sessions = new Sessions(market.database, market.clock);
    private final SignInSettings settings =
            new SignInSettings(3, Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofHours(12));
    private final SignIn signIn =
            new SignIn(market.database, DemoMarket.PASSWORDS, sessions, settings, market.clock);

    private SignIn.Outcome attempt(String name, String password) {
        return signIn.signIn(name, password.toCharArray());
    }

    private SignIn.Outcome.SignedIn signedIn() {
        assertThat(attempt(" App-Studio ", SeedMarket.DEMO_PASSWORD)).isInstanceOf(SignIn.Outcome.SignedIn.class);
        return (SignIn.Outcome.SignedIn) attempt("app-studio", SeedMarket.DEMO_PASSWORD);
    }

    @Test
    void theRightPasswordOpensASessionThatEndsByItself() {
        SignIn.Outcome.SignedIn in = signedIn();
        assertThat(sessions.find(in.token())).hasValueSatisfying(session ->
                assertThat(session.person().signInName()).isEqualTo("app-studio"));
        market.turnClockBy(Duration.ofHours(12));
        assertThat(sessions.find(in.token())).isEmpty();
    }

    @Test
    void signingOutEndsThisSessionAndNoOther() {
        SignIn.Outcome.SignedIn one = signedIn();
        SignIn.Outcome.SignedIn other = signedIn();
        sessions.end(one.token());
        assertThat(sessions.find(one.token())).isEmpty();
        assertThat(sessions.find(other.token())).isPresent();
    }

    @Test
    void theDatabaseHoldsOnlyAHashOfTheToken() {
        SignIn.Outcome.SignedIn in = signedIn();
        String token = HexFormat.of().formatHex(in.token().value().getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertThat(MarketDatabase.texts(market.dataSource, "SELECT encode(token_hash, 'hex') FROM market.session"))
                .isNotEmpty()
                .noneMatch(token::contains);
    }

    @Test
    void otherRolesEndEverySessionOfThePerson() {
        SignIn.Outcome.SignedIn in = signedIn();
        new People(market.database, DemoMarket.PASSWORDS, market.clock)
                .changeRoles(in.person().id(), Set.of(Role.DEVELOPER), in.person().id());
        assertThat(sessions.find(in.token())).isEmpty();
    }

    @Test
    void aRoleThatDoesNotFitTheOrganisationIsRefused() {
        assertThatThrownBy(() -> new People(market.database, DemoMarket.PASSWORDS, market.clock)
                        .changeRoles(DemoMarket.person("APP_STUDIO"), Set.of(Role.REGULATOR), DemoMarket.person("AUTHORITY")))
                .hasMessageContaining("REGULATOR");
    }

    /** The same sequence of answers, so nobody learns which names exist. */
    @ParameterizedTest
    @ValueSource(strings = {"app-studio", "nobody-of-this-name"})
    void failuresLockANameWhetherOrNotItExists(String name) {
        assertThat(attempt(name, "wrong")).isEqualTo(new SignIn.Outcome.Refused());
        assertThat(attempt(name, "wrong")).isEqualTo(new SignIn.Outcome.Refused());
        assertThat(attempt(name, "wrong")).isEqualTo(new SignIn.Outcome.Refused());
        assertThat(attempt(name, "wrong")).isEqualTo(new SignIn.Outcome.Locked(Duration.ofSeconds(30)));
        market.turnClockBy(Duration.ofSeconds(30));
        assertThat(attempt(name, "wrong")).isEqualTo(new SignIn.Outcome.Refused());
        assertThat(attempt(name, "wrong")).isEqualTo(new SignIn.Outcome.Locked(Duration.ofSeconds(60)));
    }

    @Test
    void aLockedNameDoesNotEvenAcceptTheRightPassword() {
        for (int i = 0; i < 3; i++) {
            attempt("bank", "wrong");
        }
        assertThat(attempt("bank", SeedMarket.DEMO_PASSWORD)).isInstanceOf(SignIn.Outcome.Locked.class);
        market.turnClockBy(Duration.ofSeconds(30));
        assertThat(attempt("bank", SeedMarket.DEMO_PASSWORD)).isInstanceOf(SignIn.Outcome.SignedIn.class);
    }

    @Test
    void successForgetsTheFailuresBefore() {
        for (int round = 0; round < 3; round++) {
            attempt("bank", "wrong");
            attempt("bank", "wrong");
            assertThat(attempt("bank", SeedMarket.DEMO_PASSWORD)).isInstanceOf(SignIn.Outcome.SignedIn.class);
        }
    }

    @Test
    void attemptsMadeAtOnceGetNoMoreGuessesThanOneAfterTheOther() throws Exception {
        List<Callable<SignIn.Outcome>> guesses = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            guesses.add(() -> attempt("institute", "wrong"));
        }
        int refused = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            for (Future<SignIn.Outcome> answer : threads.invokeAll(guesses)) {
                refused += answer.get() instanceof SignIn.Outcome.Refused ? 1 : 0;
            }
        }
        assertThat(refused).isEqualTo(3);
    }

    @Test
    void aFormIsAcceptedOnlyWithTheTokenOfItsOwnSession() {
        SessionToken mine = signedIn().token();
        SessionToken other = signedIn().token();
        assertThat(mine.acceptsCsrf(mine.csrfToken())).isTrue();
        assertThat(mine.acceptsCsrf(other.csrfToken())).isFalse();
        assertThat(mine.acceptsCsrf("")).isFalse();
        assertThat(mine.toString()).doesNotContain(mine.value());
        assertThat(SessionToken.parse(mine.value())).contains(mine);
        assertThat(SessionToken.parse(mine.value() + "x")).isEmpty();
    }
}
