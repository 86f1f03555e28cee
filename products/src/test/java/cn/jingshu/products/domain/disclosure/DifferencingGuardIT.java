package cn.jingshu.products.domain.disclosure;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.domain.DomainNeeds;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Type;
import cn.jingshu.products.domain.TestDomain;
import cn.jingshu.products.domain.disclosure.DifferencingGuard.Judgement;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DifferencingGuardIT {
    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
    private static final ResourceTable TABLE = new ResourceTable("guarded", "A2.2.1",
            List.of(Column.of("id", Type.TEXT, "编号", "id")), List.of("id"), List.of());

    private static TestDomain domain;
    private static ProductData data;
    private final DifferencingGuard guard = new DifferencingGuard(10, Duration.ofDays(30));

    @BeforeAll
    static void open() {
        domain = TestDomain.start();
        data = domain.open(new DomainNeeds("cohorts", 1, Map.of(TABLE, List.of("id")), "db/product/garden", (sink, seed) -> { }));
    }

    @AfterAll
    static void close() {
        domain.close();
    }

    private CompletableFuture<Judgement> asked(String asker, Instant at, List<String> cohort) {
        return data.within(new CallFacts(at, "request", false, CallerRef.MARKET), session -> guard.admit(session, asker, at, "a question", cohort))
                .toCompletableFuture();
    }

    private Judgement ask(String asker, Instant at, List<String> cohort) {
        return asked(asker, at, cohort).join();
    }

    private static List<String> people(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "token" + i).toList();
    }

    @Test
    void aCohortOfFewIsRefused() {
        assertThat(ask("few", NOW, people(0, 9))).isInstanceOf(Judgement.TooSmall.class);
        assertThat(ask("few", NOW, List.of("a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a"))).isInstanceOf(Judgement.TooSmall.class);
        assertThat(ask("few", NOW, people(0, 10))).isInstanceOf(Judgement.Admitted.class);
    }

    @Test
    void aCohortThatIsAnEarlierOneButForAFewIsRefused() {
        assertThat(ask("one", NOW, people(0, 200))).isInstanceOf(Judgement.Admitted.class);
        assertThat(ask("one", NOW, people(0, 200))).as("the same again").isInstanceOf(Judgement.Admitted.class);
        assertThat(ask("one", NOW, people(1, 200))).as("one left out").isInstanceOf(Judgement.TooSimilar.class);
        assertThat(ask("one", NOW, people(5, 204))).as("nine exchanged").isInstanceOf(Judgement.TooSimilar.class);
        assertThat(ask("one", NOW, people(0, 210))).as("ten more").isInstanceOf(Judgement.Admitted.class);
        assertThat(ask("one", NOW, people(0, 205))).as("five from each of two").isInstanceOf(Judgement.TooSimilar.class);
        assertThat(ask("another", NOW, people(1, 200))).as("another asker").isInstanceOf(Judgement.Admitted.class);
    }

    /** Whoever asks for all but those of a trait learns nothing of whether there are any: both are refused, and for as long. */
    @Test
    void aRefusalDoesNotTellWhetherAnybodyStandsBetweenTwoQuestions() {
        assertThat(other("tracker", "all", people(0, 60))).isInstanceOf(Judgement.Admitted.class);
        Judgement nobody = other("tracker", "all but those of a trait nobody has", people(0, 60));
        Judgement one = other("tracker", "all but those of a trait one has", people(1, 60));
        assertThat(nobody).isInstanceOf(Judgement.TooSimilar.class).isEqualTo(one);
        assertThat(other("tracker", "all", people(0, 60))).as("the same question").isInstanceOf(Judgement.Admitted.class);
        assertThat(other("tracker", "all but those of a trait nobody has", people(0, 60))).as("asked again").isEqualTo(nobody);
        assertThat(other("second", "all but those of a trait nobody has", people(0, 60))).as("another asker").isInstanceOf(Judgement.Admitted.class);
    }

    /** What was answered before questions were kept may be asked again, by one question. */
    @Test
    void anAnswerOfBeforeQuestionsWereKeptBelongsToTheFirstThatAsksForIt() {
        assertThat(other("older", "one", people(0, 70))).isInstanceOf(Judgement.Admitted.class);
        data.within(new CallFacts(NOW, "request", false, CallerRef.MARKET), session -> session.change("UPDATE disclosed_cohort SET question = '' WHERE asker = ?", "older"))
                .toCompletableFuture().join();
        assertThat(other("older", "two", people(0, 70))).isInstanceOf(Judgement.Admitted.class);
        assertThat(other("older", "one", people(0, 70))).isInstanceOf(Judgement.TooSimilar.class);
    }

    private static Judgement other(String asker, String question, List<String> cohort) {
        return data.within(new CallFacts(NOW, "request", false, CallerRef.MARKET),
                session -> new DifferencingGuard(10, Duration.ofDays(30)).admit(session, asker, NOW, question, cohort)).toCompletableFuture().join();
    }

    @Test
    void anAnswerIsForgottenAfterTheWindow() {
        assertThat(ask("later", NOW, people(0, 50))).isInstanceOf(Judgement.Admitted.class);
        assertThat(ask("later", NOW.plus(Duration.ofDays(10)), people(1, 50))).as("told when")
                .isEqualTo(new Judgement.TooSimilar(Duration.ofDays(20).plusSeconds(1)));
        assertThat(ask("later", NOW.plus(Duration.ofDays(30)), people(1, 50))).isEqualTo(new Judgement.TooSimilar(Duration.ofSeconds(1)));
        assertThat(ask("later", NOW.plus(Duration.ofDays(30)).plusSeconds(1), people(1, 50))).isInstanceOf(Judgement.Admitted.class);
    }

    /** What was kept under one name for everybody holds for each who asks by name now, and not among them. */
    @Test
    void whatWasAnsweredBeforeAskersWereKnownIsRemembered() {
        assertThat(ask("all", NOW, people(0, 80))).isInstanceOf(Judgement.Admitted.class);
        DifferencingGuard named = guard.rememberingAlso("all");
        assertThat(judged(named, "named", NOW, people(1, 80))).isInstanceOf(Judgement.TooSimilar.class);
        assertThat(judged(named, "named", NOW, people(0, 80))).as("the same again").isInstanceOf(Judgement.Admitted.class);
        assertThat(judged(named, "named", NOW, people(300, 380))).isInstanceOf(Judgement.Admitted.class);
        assertThat(judged(named, "second", NOW, people(301, 380))).as("another's own").isInstanceOf(Judgement.Admitted.class);
        assertThat(judged(named, "third", NOW.plus(Duration.ofDays(31)), people(1, 80))).as("forgotten in time").isInstanceOf(Judgement.Admitted.class);
    }

    private static Judgement judged(DifferencingGuard by, String asker, Instant at, List<String> cohort) {
        return data.within(new CallFacts(at, "request", false, CallerRef.MARKET), session -> by.admit(session, asker, at, "a question", cohort))
                .toCompletableFuture().join();
    }

    @Test
    void whatWasNotAnsweredIsNotRemembered() {
        assertThat(data.within(new CallFacts(NOW, "request", false, CallerRef.MARKET), session -> {
            guard.admit(session, "failed", NOW, "a question", people(0, 50));
            throw new IllegalStateException("the computation fails");
        })).failsWithin(Duration.ofSeconds(20));
        assertThat(ask("failed", NOW, people(1, 50))).isInstanceOf(Judgement.Admitted.class);
    }

    /** Of questions asked at one moment, each of which differs from each other by two, one is answered. */
    @Test
    void questionsAskedAtOneMomentTakeTurns() {
        List<CompletableFuture<Judgement>> answers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            List<String> cohort = new ArrayList<>(people(0, 60));
            cohort.remove(i);
            answers.add(asked("hurry", NOW, cohort));
        }
        assertThat(answers.stream().map(CompletableFuture::join).filter(Judgement.Admitted.class::isInstance)).hasSize(1);
    }
}
