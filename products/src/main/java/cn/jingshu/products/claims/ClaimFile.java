package cn.jingshu.products.claims;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/**
 * What a file of claims held, whatever its layout.
 *
 * @param stays inpatient claims, one for each claim however many lines it had
 * @param visits outpatient claims, services and dispensed drugs
 * @param deaths day of death by person, where the file tells
 * @param bills bills without days, of a layout that has none
 * @param claims how many claims were read
 * @param lines how many lines they stood on
 * @param rejected lines that could not be read, at most {@link #MOST_REJECTED} of them told one by one
 * @param rejectedLines how many there were
 */
public record ClaimFile(List<Stay> stays, List<Visit> visits, Map<String, LocalDate> deaths, List<Bill> bills,
        int claims, int lines, List<Rejected> rejected, int rejectedLines) {
    /** Rejected lines that are told one by one. */
    public static final int MOST_REJECTED = 50;

    public ClaimFile {
        stays = List.copyOf(stays);
        visits = List.copyOf(visits);
        deaths = Map.copyOf(deaths);
        bills = List.copyOf(bills);
        rejected = List.copyOf(rejected);
    }

    /** A line that could not be read; {@code line} counts from 1, the header included. The reason repeats nothing of the line. */
    public record Rejected(int line, String reason) {}

    /**
     * A bill as a sequence of treatments.
     *
     * @param amount as billed, in hundredths of the file's unit
     * @param treatments codes in their order, {@code <UNK>} where the file hides one
     * @param kinds of the treatments, one each
     */
    public record Bill(String id, long amount, double age, String sex, List<String> treatments, List<String> kinds) {
        public Bill {
            treatments = List.copyOf(treatments);
            kinds = List.copyOf(kinds);
        }
    }

    /** What all stays together came to, fen. */
    public long sumFen() {
        return stays.stream().mapToLong(Stay::amountFen).reduce(0, Math::addExact);
    }
}
