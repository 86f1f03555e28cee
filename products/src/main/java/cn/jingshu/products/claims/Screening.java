package cn.jingshu.products.claims;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds clues in stays and visits, person by person. Rules, not a model: what they find is a fact of the records. A stay whose
 * discharge lies before its admission is a clue by itself and left out of the others.
 */
public final class Screening {
    /** A stay that begins so many days after the last one ended, or fewer, is a readmission (the span CMS measures by). */
    public static final int READMISSION_DAYS = 30;
    /** More records of one person than a life holds: a broken or hostile file. */
    public static final int MOST_OF_A_PERSON = 2_000;

    /** More clues than anybody looks at, and than the memory should be asked for: a broken or hostile file. */
    public static final int MOST_CLUES = 100_000;

    private static final Comparator<Stay> BY_TIME =
            Comparator.comparing(Stay::admittedOn).thenComparing(Stay::dischargedOn).thenComparing(Stay::id);

    private Screening() {}

    /** There is more of one person, or there are more clues, than can be screened. */
    public static final class TooMuch extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooMuch(String message) {
            super(message);
        }
    }

    private static void add(List<Clue> clues, Clue clue) {
        if (clues.size() >= MOST_CLUES) {
            throw new TooMuch("more than " + MOST_CLUES + " clues");
        }
        clues.add(clue);
    }

    /**
     * The clues among stays, by person in the order of their first record.
     *
     * @throws TooMuch if one person has more than {@link #MOST_OF_A_PERSON} stays, or there are more than {@link #MOST_CLUES} clues
     */
    public static List<Clue> stays(List<Stay> stays) {
        Map<String, List<Stay>> byPerson = new LinkedHashMap<>();
        for (Stay stay : stays) {
            byPerson.computeIfAbsent(stay.person(), _ -> new ArrayList<>()).add(stay);
        }
        List<Clue> clues = new ArrayList<>();
        for (List<Stay> own : byPerson.values()) {
            if (own.size() > MOST_OF_A_PERSON) {
                throw new TooMuch("one person has " + own.size() + " stays, at most " + MOST_OF_A_PERSON + " are screened");
            }
            for (Stay stay : own) {
                if (stay.reversed()) {
                    add(clues, new Clue(ClueKind.DISCHARGE_BEFORE_ADMISSION, List.of(stay.id()), List.of(stay.provider())));
                }
            }
            List<Stay> sorted = own.stream().filter(s -> !s.reversed()).sorted(BY_TIME).toList();
            overlaps(sorted, clues);
            repeats(sorted, clues);
            readmissions(sorted, clues);
        }
        return clues;
    }

    private static void overlaps(List<Stay> sorted, List<Clue> clues) {
        for (int i = 0; i < sorted.size(); i++) {
            Stay first = sorted.get(i);
            for (int j = i + 1; j < sorted.size() && sorted.get(j).admittedOn().isBefore(first.dischargedOn()); j++) {
                Stay second = sorted.get(j);
                if (first.overlaps(second)) {
                    add(clues, pair(ClueKind.OVERLAPPING_STAYS, first, second));
                    if (!first.provider().equals(second.provider())) {
                        add(clues, pair(ClueKind.OVERLAP_AT_TWO_PROVIDERS, first, second));
                    }
                }
            }
        }
    }

    private static void repeats(List<Stay> sorted, List<Clue> clues) {
        record Same(String provider, LocalDate admittedOn, LocalDate dischargedOn) {}
        Map<Same, Stay> seen = new LinkedHashMap<>();
        for (Stay stay : sorted) {
            Stay before = seen.putIfAbsent(new Same(stay.provider(), stay.admittedOn(), stay.dischargedOn()), stay);
            if (before != null) {
                add(clues, pair(ClueKind.REPEATED_STAY, before, stay));
            }
        }
    }

    private static void readmissions(List<Stay> sorted, List<Clue> clues) {
        for (int i = 1; i < sorted.size(); i++) {
            long gap = ChronoUnit.DAYS.between(sorted.get(i - 1).dischargedOn(), sorted.get(i).admittedOn());
            if (gap >= 0 && gap <= READMISSION_DAYS) {
                add(clues, pair(ClueKind.READMISSION_WITHIN_30_DAYS, sorted.get(i - 1), sorted.get(i)));
            }
        }
    }

    private static Clue pair(ClueKind kind, Stay first, Stay second) {
        return new Clue(kind, List.of(first.id(), second.id()), List.of(first.provider(), second.provider()));
    }

    /** What is recorded after a person's death: stays admitted, and visits, on a later day than it. */
    public static List<Clue> afterDeath(List<Stay> stays, List<Visit> visits, Map<String, LocalDate> deaths) {
        List<Clue> clues = new ArrayList<>();
        for (Stay stay : stays) {
            LocalDate death = deaths.get(stay.person());
            if (death != null && stay.admittedOn().isAfter(death)) {
                add(clues, new Clue(ClueKind.SERVICE_AFTER_DEATH, List.of(stay.id()), List.of(stay.provider())));
            }
        }
        for (Visit visit : visits) {
            LocalDate death = deaths.get(visit.person());
            if (death != null && visit.on().isAfter(death)) {
                add(clues, new Clue(ClueKind.SERVICE_AFTER_DEATH, List.of(visit.id()), List.of(visit.provider())));
            }
        }
        return clues;
    }

    /**
     * Visits at another place on a day strictly inside a stay (not on the days of admission and discharge, when people do come from
     * and go to other doctors), and days with visits at three places or more.
     *
     * @throws TooMuch if there are more than {@link #MOST_CLUES}
     */
    public static List<Clue> severalPlaces(List<Stay> stays, List<Visit> visits) {
        List<Clue> clues = new ArrayList<>();
        Map<String, List<Stay>> byPerson = new LinkedHashMap<>();
        for (Stay stay : stays) {
            byPerson.computeIfAbsent(stay.person(), _ -> new ArrayList<>()).add(stay);
        }
        record Day(String person, LocalDate on) {}
        Map<Day, TreeMap<String, String>> places = new LinkedHashMap<>();
        for (Visit visit : visits) {
            places.computeIfAbsent(new Day(visit.person(), visit.on()), _ -> new TreeMap<>()).putIfAbsent(visit.provider(), visit.id());
            for (Stay stay : byPerson.getOrDefault(visit.person(), List.of())) {
                if (stay.admittedOn().isBefore(visit.on()) && visit.on().isBefore(stay.dischargedOn()) && !stay.provider().equals(visit.provider())) {
                    add(clues, new Clue(ClueKind.TWO_PLACES_ON_ONE_DAY, List.of(stay.id(), visit.id()), List.of(stay.provider(), visit.provider())));
                }
            }
        }
        places.values().stream().filter(p -> p.size() >= 3).forEach(p -> add(clues,
                new Clue(ClueKind.TWO_PLACES_ON_ONE_DAY, List.copyOf(p.values()), List.copyOf(p.keySet()))));
        return clues;
    }

    /** Stays whose charge a day lies far above peers'. */
    public static List<Clue> charges(List<Stay> stays, Peers peers) {
        return stays.stream().filter(s -> !s.reversed() && peers.farAbove(s.chargeADay()))
                .map(s -> new Clue(ClueKind.CHARGE_FAR_FROM_PEERS, List.of(s.id()), List.of(s.provider()))).toList();
    }

    /** Providers of these stays whose median charge a day lies far above that of the other providers. */
    public static List<Clue> providers(List<Stay> stays, Map<String, Double> medianByProvider) {
        Set<String> outliers = new HashSet<>();
        for (String provider : new TreeSet<>(stays.stream().map(Stay::provider).toList())) {
            Optional<Double> own = Optional.ofNullable(medianByProvider.get(provider));
            double[] others = medianByProvider.entrySet().stream().filter(e -> !e.getKey().equals(provider)).mapToDouble(Map.Entry::getValue).toArray();
            if (own.isPresent() && Peers.of(others).filter(p -> p.farAbove(own.get())).isPresent()) {
                outliers.add(provider);
            }
        }
        return stays.stream().filter(s -> outliers.contains(s.provider()))
                .map(s -> new Clue(ClueKind.PROVIDER_OUTLIER, List.of(s.id()), List.of(s.provider()))).toList();
    }

    /** What is claimed against what is on record. */
    public static List<Clue> claimed(Claimed claimed, List<Stay> recorded) {
        List<Stay> same = recorded.stream().filter(s -> s.admittedOn().equals(claimed.admittedOn())
                && s.dischargedOn().equals(claimed.dischargedOn()) && s.provider().equals(claimed.provider())).toList();
        if (same.isEmpty()) {
            return List.of(new Clue(ClueKind.CLAIM_WITHOUT_RECORD, List.of(), List.of(claimed.provider())));
        }
        long most = same.stream().mapToLong(Stay::amountFen).max().orElseThrow();
        return claimed.amountFen() > 0 && claimed.amountFen() * 0.9 >= most && claimed.amountFen() > most
                ? List.of(new Clue(ClueKind.CLAIMED_MORE_THAN_RECORDED, List.of(), List.of(claimed.provider()))) : List.of();
    }

    /**
     * The stay that is claimed.
     *
     * @param amountFen 0: not stated
     */
    public record Claimed(String provider, LocalDate admittedOn, LocalDate dischargedOn, long amountFen) {}
}
