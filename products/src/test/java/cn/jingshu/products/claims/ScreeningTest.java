package cn.jingshu.products.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScreeningTest {
    private static final LocalDate DAY = LocalDate.of(2026, 1, 1);

    private static Stay stay(String id, String provider, int from, int until) {
        return new Stay(id, "P", provider, DAY.plusDays(from), DAY.plusDays(until), 100_000);
    }

    private static Map<ClueKind, Integer> counts(Stay... stays) {
        return ClaimsMessages.count(Screening.stays(List.of(stays)));
    }

    @Test
    void staysThatShareANightOverlapAndThoseThatTouchDoNot() {
        assertThat(counts(stay("1", "A", 0, 5), stay("2", "A", 4, 9))).containsExactly(Map.entry(ClueKind.OVERLAPPING_STAYS, 1));
        assertThat(counts(stay("1", "A", 0, 5), stay("2", "B", 4, 9)))
                .containsExactlyInAnyOrderEntriesOf(Map.of(ClueKind.OVERLAPPING_STAYS, 1, ClueKind.OVERLAP_AT_TWO_PROVIDERS, 1));
        assertThat(counts(stay("1", "A", 0, 5), stay("2", "A", 5, 9))).containsExactly(Map.entry(ClueKind.READMISSION_WITHIN_30_DAYS, 1));
        assertThat(counts(stay("1", "A", 0, 5), stay("2", "A", 3, 3))).as("a day case inside a stay").containsExactly(Map.entry(ClueKind.OVERLAPPING_STAYS, 1));
        assertThat(counts(stay("1", "A", 3, 3), stay("2", "B", 3, 3))).as("two day cases share no night").containsExactly(Map.entry(ClueKind.READMISSION_WITHIN_30_DAYS, 1));
    }

    @Test
    void aReadmissionIsTheNextStayWithinThirtyDays() {
        assertThat(counts(stay("1", "A", 0, 5), stay("2", "A", 35, 40))).containsExactly(Map.entry(ClueKind.READMISSION_WITHIN_30_DAYS, 1));
        assertThat(counts(stay("1", "A", 0, 5), stay("2", "A", 36, 40))).isEmpty();
        assertThat(counts(stay("1", "A", 0, 5), stay("2", "A", 10, 12), stay("3", "A", 20, 22)))
                .as("each against the one before alone").containsExactly(Map.entry(ClueKind.READMISSION_WITHIN_30_DAYS, 2));
    }

    @Test
    void repeatsAreCountedWithoutTheFirst() {
        Map<ClueKind, Integer> counts = counts(stay("1", "A", 0, 5), stay("2", "A", 0, 5), stay("3", "A", 0, 5), stay("4", "B", 0, 5));
        assertThat(counts).containsEntry(ClueKind.REPEATED_STAY, 2).containsEntry(ClueKind.OVERLAPPING_STAYS, 6).containsEntry(ClueKind.OVERLAP_AT_TWO_PROVIDERS, 3);
    }

    @Test
    void aReversedStayIsAClueByItselfAlone() {
        assertThat(counts(stay("1", "A", 9, 2), stay("2", "A", 3, 8))).containsExactly(Map.entry(ClueKind.DISCHARGE_BEFORE_ADMISSION, 1));
    }

    @Test
    void peopleAreNeverMixed() {
        assertThat(Screening.stays(List.of(stay("1", "A", 0, 5), new Stay("2", "Q", "A", DAY, DAY.plusDays(5), 1)))).isEmpty();
    }

    /** Against the definitions written out, pair by pair. */
    @Test
    void whatTheSweepFindsIsWhatEveryPairSays() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            List<Stay> stays = new ArrayList<>();
            for (int i = random.nextInt(14); i > 0; i--) {
                int from = random.nextInt(40);
                stays.add(new Stay("C" + i, "P" + random.nextInt(2), "H" + random.nextInt(2), DAY.plusDays(from), DAY.plusDays(from + random.nextInt(12) - 1L), 1));
            }
            Set<Set<String>> overlaps = new HashSet<>();
            for (Stay a : stays) {
                for (Stay b : stays) {
                    boolean straight = !a.dischargedOn().isBefore(a.admittedOn()) && !b.dischargedOn().isBefore(b.admittedOn());
                    long shared = ChronoUnit.DAYS.between(a.admittedOn().isAfter(b.admittedOn()) ? a.admittedOn() : b.admittedOn(),
                            a.dischargedOn().isBefore(b.dischargedOn()) ? a.dischargedOn() : b.dischargedOn());
                    boolean dayCaseInside = shared == 0 && (inside(a, b) || inside(b, a));
                    if (straight && !a.id().equals(b.id()) && a.person().equals(b.person()) && (shared > 0 || dayCaseInside)) {
                        overlaps.add(Set.of(a.id(), b.id()));
                    }
                }
            }
            List<Clue> clues = Screening.stays(stays);
            assertThat(clues.stream().filter(c -> c.kind() == ClueKind.OVERLAPPING_STAYS).map(c -> Set.copyOf(c.records())).toList())
                    .as("seed " + seed + " round " + round).containsExactlyInAnyOrderElementsOf(overlaps);
            Collections.shuffle(stays, random);
            assertThat(ClaimsMessages.count(Screening.stays(stays))).as("seed " + seed + " round " + round).isEqualTo(ClaimsMessages.count(clues));
        }
    }

    /** A stay without a night on a day strictly inside another. */
    private static boolean inside(Stay dayCase, Stay other) {
        return dayCase.admittedOn().equals(dayCase.dischargedOn()) && other.admittedOn().isBefore(dayCase.admittedOn())
                && dayCase.admittedOn().isBefore(other.dischargedOn());
    }

    @Test
    void servicesAfterDeathAreFound() {
        Map<String, LocalDate> deaths = Map.of("P", DAY.plusDays(5));
        assertThat(Screening.afterDeath(List.of(stay("1", "A", 0, 5), stay("2", "A", 6, 8)),
                List.of(new Visit("v", "P", "A", DAY.plusDays(5)), new Visit("w", "P", "A", DAY.plusDays(6)), new Visit("x", "Q", "A", DAY.plusDays(9))), deaths))
                .extracting(Clue::records).containsExactly(List.of("2"), List.of("w"));
    }

    @Test
    void twoPlacesOnOneDay() {
        List<Stay> stays = List.of(stay("1", "A", 0, 5));
        assertThat(Screening.severalPlaces(stays, List.of(new Visit("v", "P", "B", DAY.plusDays(2))))).hasSize(1);
        assertThat(Screening.severalPlaces(stays, List.of(new Visit("v", "P", "A", DAY.plusDays(2))))).as("the same place").isEmpty();
        assertThat(Screening.severalPlaces(stays, List.of(new Visit("v", "P", "B", DAY), new Visit("w", "P", "B", DAY.plusDays(5)))))
                .as("on the way in and out").isEmpty();
        assertThat(Screening.severalPlaces(List.of(), List.of(new Visit("u", "P", "A", DAY), new Visit("v", "P", "B", DAY)))).isEmpty();
        assertThat(Screening.severalPlaces(List.of(), List.of(new Visit("u", "P", "A", DAY), new Visit("v", "P", "B", DAY), new Visit("w", "P", "C", DAY))))
                .hasSize(1);
    }

    @Test
    void chargesFarFromPeers() {
        double[] peers = new Random(3).doubles(200).map(u -> 100_000 * Math.exp(0.3 * (u - 0.5))).toArray();
        Peers usual = Peers.of(peers).orElseThrow();
        assertThat(usual.farAbove(100_000)).isFalse();
        assertThat(usual.farAbove(1_000)).as("cheap is no clue").isFalse();
        assertThat(usual.farAbove(0)).isFalse();
        assertThat(usual.farAbove(300_000)).isTrue();
        assertThat(Peers.of(new double[] {1, 2, 3})).as("too few").isEmpty();
        Stay dear = new Stay("1", "P", "A", DAY, DAY.plusDays(2), 600_000);
        assertThat(Screening.charges(List.of(dear, stay("2", "A", 0, 1), stay("3", "A", 9, 1)), usual)).extracting(Clue::records).containsExactly(List.of("1"));
        assertThat(Peers.of(new double[] {5, 5, 5, 5, 5, 5, 5, 5, 5, 5}).orElseThrow().farAbove(5.5)).as("all alike makes no outlier of a little more").isFalse();
    }

    @Test
    void aClaimIsHeldAgainstTheRecord() {
        List<Stay> recorded = List.of(stay("1", "A", 0, 5));
        assertThat(Screening.claimed(new Screening.Claimed("A", DAY, DAY.plusDays(5), 100_000), recorded)).isEmpty();
        assertThat(Screening.claimed(new Screening.Claimed("A", DAY, DAY.plusDays(5), 0), recorded)).isEmpty();
        assertThat(Screening.claimed(new Screening.Claimed("A", DAY, DAY.plusDays(5), 110_000), recorded)).as("less than a tenth").isEmpty();
        assertThat(Screening.claimed(new Screening.Claimed("A", DAY, DAY.plusDays(5), 120_000), recorded))
                .extracting(Clue::kind).containsExactly(ClueKind.CLAIMED_MORE_THAN_RECORDED);
        assertThat(Screening.claimed(new Screening.Claimed("B", DAY, DAY.plusDays(5), 1), recorded))
                .extracting(Clue::kind).containsExactly(ClueKind.CLAIM_WITHOUT_RECORD);
        assertThat(Screening.claimed(new Screening.Claimed("A", DAY, DAY.plusDays(6), 1), recorded))
                .extracting(Clue::kind).containsExactly(ClueKind.CLAIM_WITHOUT_RECORD);
    }

    @Test
    void aHostileFileOfOnePersonIsRefused() {
        List<Stay> many = new ArrayList<>(Collections.nCopies(Screening.MOST_OF_A_PERSON + 1, stay("1", "A", 0, 5)));
        assertThatThrownBy(() -> Screening.stays(many)).isInstanceOf(Screening.TooMuch.class).hasMessageContaining("one person");
        List<Stay> alike = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            alike.add(stay("C" + i, "H" + i, 0, 5));
        }
        assertThatThrownBy(() -> Screening.stays(alike)).as("124,750 pairs, each at two providers").isInstanceOf(Screening.TooMuch.class)
                .hasMessageContaining("clues");
    }
}
