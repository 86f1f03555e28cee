package cn.jingshu.products.efficacy;

import cn.jingshu.products.domain.disclosure.SmallCells;
import cn.jingshu.products.efficacy.signal.Disproportionality;
import cn.jingshu.products.efficacy.signal.GammaPoisson;
import cn.jingshu.products.efficacy.signal.Interval;
import cn.jingshu.products.efficacy.signal.PairCount;
import cn.jingshu.products.efficacy.signal.PairTable;
import cn.jingshu.products.efficacy.signal.Report;
import cn.jingshu.products.efficacy.v1.OutcomeKind;
import cn.jingshu.products.efficacy.v1.Prior;
import cn.jingshu.products.efficacy.v1.Ratio;
import cn.jingshu.products.efficacy.v1.Signal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * Signals from longitudinal records: each person is a case; a drug is told of together with each diagnosis category that first
 * appears after the drug's first day, within a time, and did not in the twelve months before (distinct-patients counting; Zorych
 * et al. 2013, Stat Methods Med Res 22:39). Expectations are stratified by sex and age band. Adverse events are derived from
 * diagnoses: the city's list of resources has no register of reports; should one be added, it comes in as further events.
 */
final class SignalSearch {
    /** Fewer pairs than this teach no prior of five numbers. */
    private static final int LEAST_PAIRS = 50;
    /** DuMouchel's published starting values, for want of enough pairs to learn from. */
    private static final GammaPoisson PUBLISHED = new GammaPoisson(0.2, 0.1, 2, 4, 1.0 / 3);
    private static final double FLAG = 2;

    private final CohortDefinition cohort;
    private final Map<String, CohortDefinition> byDrug = new HashMap<>();
    private final int months;
    private final LocalDate dataUntil;
    private final PairTable table = new PairTable();
    private final Map<String, Map<String, Set<String>>> casesOfCohort = new HashMap<>();
    private final Set<String> exposed = new HashSet<>();

    /** @param drugs all drugs on the market, in normal form: the background */
    SignalSearch(CohortDefinition cohort, Collection<String> drugs, int months, LocalDate dataUntil) {
        this.cohort = cohort;
        this.months = months;
        this.dataUntil = dataUntil;
        drugs.forEach(drug -> byDrug.put(drug, cohort.withDrugs(Set.of(drug))));
    }

    /**
     * What came of it.
     *
     * @param tables the counts behind each signal, in the order of the signals
     * @param suppressed pairs held back
     * @param exposed persons with one of the cohort's drugs and an event
     * @param background persons with any drug and an event
     */
    record Found(List<Signal> signals, List<PairCount> tables, int suppressed, Prior prior, long exposed, long background) {
        Found {
            signals = List.copyOf(signals);
            tables = List.copyOf(tables);
        }
    }

    void visit(Person person) {
        String stratum = (person.male() ? "M" : "F") + (cohort.from().getYear() - person.birthYear()) / 10;
        Set<String> drugs = new HashSet<>();
        person.dispensings().forEach(dispensing -> drugs.add(dispensing.drug()));
        for (String drug : drugs) {
            Optional<LocalDate> entry = Optional.ofNullable(byDrug.get(drug)).flatMap(definition -> definition.entry(person));
            entry.ifPresent(on -> newEvents(person, on).forEach(event -> {
                table.add(new Report(person.token(), drug, event, stratum));
                if (cohort.drugs().contains(drug)) {
                    exposed.add(person.token());
                    casesOfCohort.computeIfAbsent(drug, _ -> new HashMap<>()).computeIfAbsent(event, _ -> new HashSet<>())
                            .add(person.token());
                }
            }));
        }
    }

    private Set<String> newEvents(Person person, LocalDate on) {
        LocalDate end = on.plusMonths(months).isAfter(dataUntil) ? dataUntil : on.plusMonths(months);
        Set<String> before = new HashSet<>();
        Set<String> after = new HashSet<>();
        for (Person.Diagnosis diagnosis : person.diagnoses()) {
            String category = diagnosis.code().length() < 3 ? diagnosis.code() : diagnosis.code().substring(0, 3);
            if (diagnosis.on().isAfter(on)) {
                if (!diagnosis.on().isAfter(end)) {
                    after.add(category);
                }
            } else if (!diagnosis.on().isBefore(on.minusMonths(12))) {
                before.add(category);
            }
        }
        after.removeAll(before);
        return after;
    }

    /**
     * The signals of the cohort's drugs that may be told, strongest first.
     *
     * @param events prefixes of which an event has one; empty: any
     * @param cells what is too few to be told
     * @param releasable false: too like what was told before; asked for each pair, strongest first, with what its cases are asked for by
     */
    Found found(Set<String> events, int limit, SmallCells cells, BiPredicate<String, Set<String>> releasable) {
        List<PairCount> pairs = table.pairs();
        boolean learnt = pairs.size() >= LEAST_PAIRS;
        GammaPoisson prior = learnt ? GammaPoisson.fit(pairs).prior() : PUBLISHED;
        record Scored(PairCount pair, GammaPoisson.Score score) {}
        List<Scored> own = pairs.stream()
                .filter(pair -> cohort.drugs().contains(pair.product()))
                .filter(pair -> events.isEmpty() || CohortDefinition.startsWithOne(pair.event(), events))
                .map(pair -> new Scored(pair, prior.score(pair)))
                .sorted(Comparator.comparingDouble((Scored s) -> -s.score().eb05())
                        .thenComparingDouble(s -> -s.score().ebgm()).thenComparing(s -> s.pair().event()))
                .toList();
        List<Signal> signals = new ArrayList<>();
        List<PairCount> tables = new ArrayList<>();
        int suppressed = 0;
        for (Scored scored : own) {
            PairCount pair = scored.pair();
            Set<String> cases = casesOfCohort.getOrDefault(pair.product(), Map.of()).getOrDefault(pair.event(), Set.of());
            if (!tellable(cells, pair)) {
                suppressed++;
            } else if (signals.size() < limit) {
                if (releasable.test(questionOf(pair), cases)) {
                    signals.add(signal(pair, scored.score()));
                    tables.add(pair);
                } else {
                    suppressed++;
                }
            }
        }
        return new Found(signals, tables, suppressed, Prior.newBuilder().setAlpha1(prior.alpha1()).setBeta1(prior.beta1())
                .setAlpha2(prior.alpha2()).setBeta2(prior.beta2()).setWeight(prior.weight()).setLearnt(learnt).build(),
                exposed.size(), table.cases());
    }

    /** What is asked by a pair: the same as by a study of that outcome of those who entered by the drug. */
    private String questionOf(PairCount pair) {
        return new Member.Outcome(OutcomeKind.DIAGNOSIS, Set.of(pair.event()), months).text(List.of(cohort.withDrugs(Set.of(pair.product()))));
    }

    /** All four cells have to be: to be told that everybody had an event is to be told of each. */
    private static boolean tellable(SmallCells cells, PairCount pair) {
        return cells.isTellable(pair.observed(), pair.withProduct())
                && cells.isTellable(pair.eventOnly(), pair.total() - pair.withProduct());
    }

    private static Signal signal(PairCount pair, GammaPoisson.Score score) {
        return Signal.newBuilder()
                .setDrug(pair.product()).setEvent(pair.event()).setObserved(pair.observed())
                .setExpected(Numbers.rounded(pair.expected())).setRelativeRate(Numbers.rounded(Disproportionality.relativeRate(pair)))
                .setPrr(ratio(Disproportionality.proportionalReportingRatio(pair)))
                .setChiSquare(Numbers.rounded(Disproportionality.chiSquareYates(pair)))
                .setRor(ratio(Disproportionality.reportingOddsRatio(pair)))
                .setIc(ratio(Disproportionality.informationComponent(pair)))
                .setEbgm(Numbers.ratio(score.ebgm(), score.eb05(), score.eb95()))
                .setFlagged(score.eb05() >= FLAG)
                .build();
    }

    private static Ratio ratio(Interval interval) {
        return Numbers.ratio(interval.estimate(), interval.lower(), interval.upper());
    }
}
