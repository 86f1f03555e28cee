package cn.jingshu.products.prescription;

import cn.jingshu.products.prescription.v1.Interaction;
import cn.jingshu.products.prescription.v1.Severity;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/**
 * What two drugs do to each other: rules on classes of drugs, from a dated record that names the publication of each. The rules
 * that stop a prescriber are those of the consensus on high-priority interactions (Phansalkar et al. 2012), which are all of
 * them that interrupt: more would be clicked away (van der Sijs et al. 2006, J Am Med Inform Assoc 13:138). Where the consensus on
 * alerts that should not interrupt (Phansalkar et al. 2013) names the same two classes, the alert is shown and does not. An
 * installation may add a list it has licensed; it can add alerts, make one more serious and have one interrupt, against that consensus
 * too, and take none away.
 */
final class InteractionRules {
    private static final String LICENSED = "LICENSED";

    private record Rule(String id, String first, String second, Severity severity, boolean interrupts, String effectZh, String effectEn,
            String adviceZh, String adviceEn, String source) {}

    private record Quiet(String first, String second) {}

    private record Pair(String first, String second) {
        static Pair of(String a, String b) {
            return a.compareTo(b) <= 0 ? new Pair(a, b) : new Pair(b, a);
        }
    }

    private final String version;
    private final Map<String, String> names;
    private final Map<String, Set<String>> classesOf;
    private final List<Rule> rules;
    private final List<Quiet> quiet;
    private final Map<Pair, List<Rule>> licensed;

    private InteractionRules(String version, Map<String, String> names, Map<String, Set<String>> classesOf, List<Rule> rules,
            List<Quiet> quiet, Map<Pair, List<Rule>> licensed) {
        this.version = version;
        this.names = names;
        this.classesOf = classesOf;
        this.rules = rules;
        this.quiet = quiet;
        this.licensed = licensed;
    }

    /** The record as it is shipped. */
    static InteractionRules shipped() {
        JsonNode record = Records.read("interaction-rules.json");
        Map<String, String> names = new HashMap<>();
        record.path("names").properties().forEach(name -> names.put(DrugKinds.normal(name.getKey()), name.getValue().asText()));
        Map<String, Set<String>> classesOf = new HashMap<>();
        record.path("classes").properties().forEach(of -> Records.texts(of.getValue().path("members"))
                .forEach(member -> classesOf.computeIfAbsent(member, _ -> new HashSet<>()).add(of.getKey())));
        List<Rule> rules = new ArrayList<>();
        record.path("rules").forEach(node -> rules.add(new Rule(node.path("id").asText(), node.path("first").asText(),
                node.path("second").asText(), Severity.valueOf(node.path("severity").asText()), node.path("interrupts").asBoolean(),
                node.path("effectZh").asText(), node.path("effectEn").asText(), node.path("adviceZh").asText(),
                node.path("adviceEn").asText(), node.path("source").asText())));
        List<Quiet> quiet = new ArrayList<>();
        record.path("quiet").forEach(node -> quiet.add(new Quiet(node.path("first").asText(), node.path("second").asText())));
        return new InteractionRules(record.path("version").asText(), names, classesOf, rules, quiet, Map.of());
    }

    /**
     * The same with a licensed list: a CSV file in UTF-8 with the columns {@code drug1, drug2, severity, interrupts, effect_zh,
     * effect_en, source}.
     *
     * @throws IllegalArgumentException whose message says in one sentence what is wrong with the file
     */
    InteractionRules with(Path list) {
        CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).setTrim(true).get();
        Map<Pair, List<Rule>> pairs = new HashMap<>();
        try (Reader reader = Files.newBufferedReader(list, StandardCharsets.UTF_8)) {
            for (CSVRecord row : format.parse(reader)) {
                String first = inn(row.get("drug1"));
                String second = inn(row.get("drug2"));
                if (first.isEmpty() || second.isEmpty() || first.equals(second)) {
                    throw new IllegalArgumentException(list + ", record " + row.getRecordNumber() + ": needs two drugs.");
                }
                pairs.computeIfAbsent(Pair.of(first, second), _ -> new ArrayList<>()).add(new Rule(LICENSED, first, second, severity(list, row),
                        interrupts(list, row), row.get("effect_zh"), row.get("effect_en"), "", "", row.get("source")));
            }
        } catch (IOException | IllegalStateException unreadable) {
            throw new IllegalArgumentException("The interaction list " + list + " cannot be read: " + unreadable.getMessage() + ".", unreadable);
        }
        return new InteractionRules(version + "+" + list.getFileName(), names, classesOf, rules, quiet, Map.copyOf(pairs));
    }

    private static Severity severity(Path list, CSVRecord row) {
        for (Severity each : Severity.values()) {
            if (each != Severity.NO_SEVERITY && each != Severity.UNRECOGNIZED && each.name().equals(row.get("severity"))) {
                return each;
            }
        }
        throw new IllegalArgumentException(list + ", record " + row.getRecordNumber()
                + ": the severity is MINOR, MODERATE, SERIOUS or CONTRAINDICATED.");
    }

    /** Anything else than the two words would silence an alert by a slip. */
    private static boolean interrupts(Path list, CSVRecord row) {
        return switch (row.get("interrupts")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(list + ", record " + row.getRecordNumber() + ": interrupts is true or false.");
        };
    }

    String version() {
        return version;
    }

    /** False: no rule and no list holds anything of that name. */
    boolean knows(String drug) {
        String inn = inn(drug);
        return classesOf.containsKey(inn) || names.containsValue(inn)
                || licensed.keySet().stream().anyMatch(pair -> pair.first().equals(inn) || pair.second().equals(inn));
    }

    /** The most serious interaction of every two of the drugs, the most serious first. */
    List<Interaction> check(List<String> drugs) {
        List<String> different = List.copyOf(new LinkedHashSet<>(drugs));
        List<Interaction> found = new ArrayList<>();
        for (int i = 0; i < different.size(); i++) {
            for (int j = i + 1; j < different.size(); j++) {
                between(different.get(i), different.get(j)).ifPresent(found::add);
            }
        }
        found.sort(Comparator.comparing(Interaction::getInterrupts).thenComparingInt(Interaction::getSeverityValue).reversed());
        return found;
    }

    /** The most serious interaction of two drugs; empty: none is known, or they are the same drug. */
    Optional<Interaction> between(String first, String second) {
        String a = inn(first);
        String b = inn(second);
        if (a.equals(b)) {
            return Optional.empty();
        }
        Set<String> ofA = classesOf.getOrDefault(a, Set.of());
        Set<String> ofB = classesOf.getOrDefault(b, Set.of());
        boolean hushed = quiet.stream().anyMatch(q -> joins(q.first(), q.second(), ofA, ofB));
        List<Rule> hits = new ArrayList<>(rules.stream().filter(rule -> joins(rule.first(), rule.second(), ofA, ofB)).toList());
        hits.addAll(licensed.getOrDefault(Pair.of(a, b), List.of()));
        // The consensus on what should not interrupt was weighed against the consensus that does, not against a list a hospital has licensed.
        List<Rule> interrupting = hits.stream().filter(rule -> rule.interrupts() && (!hushed || rule.id().equals(LICENSED))).toList();
        // What stops a prescriber is what he has to read; how serious it is, the most serious of all says.
        List<Rule> speaking = interrupting.isEmpty() ? hits : interrupting;
        return speaking.stream().max(Comparator.comparing(Rule::severity).thenComparing(rule -> rule.id().equals(LICENSED)))
                .map(rule -> Interaction.newBuilder().setFirst(first).setSecond(second)
                        .setSeverity(hits.stream().map(Rule::severity).max(Comparator.naturalOrder()).orElseThrow())
                        .setInterrupts(!interrupting.isEmpty()).setRule(rule.id()).setEffectZh(rule.effectZh()).setEffectEn(rule.effectEn())
                        .setAdviceZh(rule.adviceZh()).setAdviceEn(rule.adviceEn()).setSource(rule.source()).build());
    }

    private static boolean joins(String first, String second, Set<String> ofA, Set<String> ofB) {
        return (ofA.contains(first) && ofB.contains(second)) || (ofB.contains(first) && ofA.contains(second));
    }

    private String inn(String name) {
        String normal = DrugKinds.normal(name);
        return names.getOrDefault(normal, normal);
    }
}
