package cn.jingshu.products.claims;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.records.HealthTables;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what one case is about: days, places and charges of one person, and quartiles of everybody's charges. No diagnosis is read. */
final class ClaimRecords {
    /** What the product's grants have to cover. */
    static final Map<ResourceTable, List<String>> READS = Map.of(
            HealthTables.DISCHARGE, List.of("stay_id", "person", "institution", "admitted_on", "discharged_on", "total_fen", "died"),
            HealthTables.OUTPATIENT_VISIT, List.of("visit_id", "person", "institution", "visited_on"),
            HealthTables.OPERATION, List.of("operation_id", "person", "institution", "operated_on"));

    /** So long before the window stays are read, for readmissions and deaths. */
    private static final int DAYS_BEFORE = 365;

    private static final String STAYS = """
            SELECT stay_id, institution, admitted_on, discharged_on, total_fen, died
              FROM discharge WHERE person = ? AND admitted_on >= ? AND admitted_on <= ?
             ORDER BY admitted_on, stay_id LIMIT 2000
            """;
    private static final String VISITS = """
            SELECT visit_id, institution, visited_on
              FROM outpatient_visit WHERE person = ? AND visited_on >= ? AND visited_on <= ?
             ORDER BY visited_on, visit_id LIMIT 5000
            """;
    private static final String OPERATIONS = """
            SELECT operation_id, institution, operated_on
              FROM operation_record WHERE person = ? AND operated_on >= ? AND operated_on <= ?
             ORDER BY operated_on, operation_id LIMIT 2000
            """;
    /** Of other people alone; nothing but three quartiles leaves the database. */
    private static final String PEERS = """
            SELECT count(*) AS cases,
                   CAST(percentile_cont(0.25) WITHIN GROUP (ORDER BY charge) AS numeric) AS low,
                   CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY charge) AS numeric) AS middle,
                   CAST(percentile_cont(0.75) WITHIN GROUP (ORDER BY charge) AS numeric) AS high
              FROM (SELECT ln(CAST(total_fen AS double precision) / greatest(1, discharged_on - admitted_on)) AS charge
                      FROM discharge
                     WHERE admitted_on >= ? AND admitted_on <= ? AND person <> ? AND total_fen > 0 AND discharged_on >= admitted_on) AS charges
            """;
    private static final String PROVIDERS = """
            SELECT institution,
                   CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY CAST(total_fen AS double precision) / greatest(1, discharged_on - admitted_on)) AS numeric) AS middle
              FROM discharge
             WHERE admitted_on >= ? AND admitted_on <= ? AND person <> ? AND total_fen > 0 AND discharged_on >= admitted_on
             GROUP BY institution HAVING count(*) >= 10
            """;

    private ClaimRecords() {}

    /** What was found of one person, and what is usual. */
    record Found(List<Clue> clues, boolean anything) {
        Found {
            clues = List.copyOf(clues);
        }
    }

    /**
     * The clues of a person in a window. A clue counts when one of its records lies in the window.
     *
     * @param claimed empty: no stay was named
     */
    static Found clues(DataSession session, String token, LocalDate from, LocalDate until, Optional<Screening.Claimed> claimed) {
        LocalDate before = from.minusDays(DAYS_BEFORE);
        Map<String, LocalDate> deaths = new HashMap<>();
        List<Stay> stays = session.select(STAYS, r -> {
            Stay stay = new Stay(r.text("stay_id"), "P", r.text("institution"), r.date("admitted_on"), r.date("discharged_on"), r.integer("total_fen"));
            if (r.bool("died")) {
                deaths.merge("P", stay.dischargedOn(), (a, b) -> a.isBefore(b) ? a : b);
            }
            return stay;
        }, token, before, until);
        List<Visit> visits = session.select(VISITS,
                r -> new Visit(r.text("visit_id"), "P", r.text("institution"), r.date("visited_on")), token, from, until);
        List<Visit> services = new ArrayList<>(visits);
        services.addAll(session.select(OPERATIONS,
                r -> new Visit(r.text("operation_id"), "P", r.text("institution"), r.date("operated_on")), token, from, until));
        List<Stay> inWindow = stays.stream().filter(s -> !s.admittedOn().isBefore(from) || !s.dischargedOn().isBefore(from)).toList();
        Set<String> ids = new HashSet<>(inWindow.stream().map(Stay::id).toList());
        services.forEach(s -> ids.add(s.id()));
        List<Clue> clues = new ArrayList<>(Screening.stays(stays));
        clues.addAll(Screening.afterDeath(stays, services, deaths));
        clues.addAll(Screening.severalPlaces(stays, services));
        peers(session, token, before, until).ifPresent(peers -> clues.addAll(Screening.charges(inWindow, peers)));
        clues.addAll(Screening.providers(inWindow, medians(session, token, before, until)));
        clues.removeIf(clue -> clue.records().stream().noneMatch(ids::contains));
        claimed.ifPresent(c -> clues.addAll(Screening.claimed(c, stays)));
        return new Found(clues, !inWindow.isEmpty() || !services.isEmpty());
    }

    private static Optional<Peers> peers(DataSession session, String token, LocalDate from, LocalDate until) {
        return session.find(PEERS, r -> r.integer("cases") < Peers.FEWEST ? Optional.<Peers>empty() : Optional.of(Peers.ofQuartiles(
                r.decimal("low").doubleValue(), r.decimal("middle").doubleValue(), r.decimal("high").doubleValue())), from, until, token)
                .flatMap(peers -> peers);
    }

    private static Map<String, Double> medians(DataSession session, String token, LocalDate from, LocalDate until) {
        Map<String, Double> medians = new HashMap<>();
        session.select(PROVIDERS, r -> medians.put(r.text("institution"), r.decimal("middle").doubleValue()), from, until, token);
        return medians;
    }
}
