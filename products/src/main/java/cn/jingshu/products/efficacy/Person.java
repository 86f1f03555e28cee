package cn.jingshu.products.efficacy;

import java.time.LocalDate;
import java.util.List;

/**
 * What the domain knows of one person, for as long as one page of people is looked at; it never leaves this package.
 *
 * @param token the domain's token of the person
 * @param dispensings drugs given, by day
 * @param diagnoses diagnoses made, by day
 * @param stays stays in hospitals, by day of admission
 */
record Person(String token, boolean male, int birthYear, List<Dispensing> dispensings, List<Diagnosis> diagnoses, List<Stay> stays) {
    Person {
        dispensings = List.copyOf(dispensings);
        diagnoses = List.copyOf(diagnoses);
        stays = List.copyOf(stays);
    }

    /** @param drug generic name in its {@link DrugNames normal form} */
    record Dispensing(LocalDate on, String drug) {}

    /** @param code ICD-10 without its dot */
    record Diagnosis(LocalDate on, String code) {}

    record Stay(LocalDate admittedOn, LocalDate dischargedOn, boolean died) {}
}
