package cn.jingshu.products.claims;

import cn.jingshu.products.claims.ClaimFile.Bill;
import cn.jingshu.products.claims.ClaimFile.Rejected;
import cn.jingshu.products.identifier.ResidentId;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Reads files of anonymised claims. A line that is wrong is rejected with its number and reason, the others are read. */
final class ClaimFileReader {
    /** Lines of one file; more belong into several calls. */
    static final int MOST_LINES = 20_000;

    private static final DateTimeFormatter RIF_DATE = new DateTimeFormatterBuilder()
            .parseCaseInsensitive().appendPattern("dd-MMM-uuuu").toFormatter(Locale.ENGLISH);
    private static final Pattern LIST_ITEM = Pattern.compile("'([^']{0,100})'|\"([^\"]{0,100})\"");
    private static final BigDecimal MOST_MONEY = new BigDecimal("1e12");

    private final List<Stay> stays = new ArrayList<>();
    private final List<Visit> visits = new ArrayList<>();
    private final Map<String, LocalDate> deaths = new HashMap<>();
    private final List<Bill> bills = new ArrayList<>();
    private final List<Rejected> rejected = new ArrayList<>();
    private int claims;
    private int lines;
    private int rejectedLines;

    private ClaimFileReader() {}

    /** A line, or the file as a whole, is not of the layout; the message repeats nothing of it. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }
    }

    /** @throws Unreadable if the header is not of the layout, or there are too many lines */
    static ClaimFile read(ClaimLayout layout, String content) throws Unreadable {
        var reader = new ClaimFileReader();
        switch (layout) {
            case INPATIENT_CSV -> reader.inpatientCsv(content);
            case CMS_RIF -> reader.rif(content);
            case LABELLED_BILLS -> reader.labelledBills(content);
        }
        return new ClaimFile(reader.stays, reader.visits, reader.deaths, reader.bills, reader.claims, reader.lines, reader.rejected, reader.rejectedLines);
    }

    private void inpatientCsv(String content) throws Unreadable {
        List<CSVRecord> records = csv(content, List.of("BeneID", "ClaimID", "Provider", "AdmissionDt", "DischargeDt", "InscClaimAmtReimbursed"));
        Set<String> ids = new HashSet<>();
        for (CSVRecord record : records) {
            int line = 1 + (int) record.getRecordNumber();
            try {
                String id = field(record, "ClaimID");
                Stay stay = new Stay(id, anonymous(field(record, "BeneID")), field(record, "Provider"),
                        isoDate(field(record, "AdmissionDt")), isoDate(field(record, "DischargeDt")), hundredths(field(record, "InscClaimAmtReimbursed")));
                if (!ids.add(id)) {
                    throw new Unreadable("a claim id stands here a second time");
                }
                stays.add(stay);
                claims++;
            } catch (Unreadable wrong) {
                reject(line, wrong);
            }
        }
    }

    private void labelledBills(String content) throws Unreadable {
        for (CSVRecord record : csv(content, List.of("id", "amount", "age", "sex", "treatments", "types"))) {
            int line = 1 + (int) record.getRecordNumber();
            try {
                List<String> treatments = items(field(record, "treatments"));
                List<String> kinds = items(field(record, "types"));
                if (treatments.size() != kinds.size()) {
                    throw new Unreadable(treatments.size() + " treatments, " + kinds.size() + " types");
                }
                bills.add(new Bill(field(record, "id"), hundredths(field(record, "amount")), number(field(record, "age")),
                        field(record, "sex"), treatments, kinds));
                claims++;
            } catch (Unreadable wrong) {
                reject(line, wrong);
            }
        }
    }

    private List<CSVRecord> csv(String content, List<String> needed) throws Unreadable {
        try (CSVParser parser = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get().parse(new StringReader(content))) {
            if (!new HashSet<>(parser.getHeaderNames()).containsAll(needed)) {
                throw new Unreadable("the header lacks one of the columns " + String.join(", ", needed));
            }
            List<CSVRecord> records = new ArrayList<>();
            for (CSVRecord record : parser) {
                count();
                records.add(record);
            }
            return records;
        } catch (IOException | UncheckedIOException | IllegalArgumentException | IllegalStateException broken) {
            throw new Unreadable("the file is no CSV with a header of distinct names");
        }
    }

    /** Several lines of one claim are one claim; the header fields of its first line count, later lines only add services. */
    private void rif(String content) throws Unreadable {
        List<String> all = content.lines().toList();
        if (all.isEmpty()) {
            throw new Unreadable("the file is empty");
        }
        List<String> header = List.of(all.getFirst().strip().split("\\|", -1));
        RifKind kind = RifKind.of(new HashSet<>(header));
        Map<String, RifLine> byClaim = new LinkedHashMap<>();
        Map<String, Integer> newestYear = new HashMap<>();
        for (int i = 1; i < all.size(); i++) {
            if (all.get(i).isBlank()) {
                continue;
            }
            count();
            try {
                RifLine line = RifLine.of(header, all.get(i));
                if (kind == RifKind.BENEFICIARY) {
                    beneficiary(line, newestYear);
                } else {
                    claim(kind, line, byClaim);
                }
            } catch (Unreadable wrong) {
                reject(i + 1, wrong);
            }
        }
        claims += byClaim.size();
    }

    /** The day of death of the newest year of reference. */
    private void beneficiary(RifLine line, Map<String, Integer> newestYear) throws Unreadable {
        String person = anonymous(line.text("BENE_ID"));
        int year = (int) number(line.text("RFRNC_YR"));
        if (year >= newestYear.getOrDefault(person, Integer.MIN_VALUE)) {
            String death = line.optional("DEATH_DT");
            if (death.isEmpty()) {
                deaths.remove(person);
            } else {
                deaths.put(person, rifDate(death));
            }
            newestYear.put(person, year);
        }
    }

    private void claim(RifKind kind, RifLine line, Map<String, RifLine> byClaim) throws Unreadable {
        String id = line.text(kind.id());
        RifLine before = byClaim.get(id);
        if (before != null) {
            if (!before.text("BENE_ID").equals(line.text("BENE_ID"))) {
                throw new Unreadable("lines of one claim name two people");
            }
            return; // a further line of the same claim
        }
        String person = anonymous(line.text("BENE_ID"));
        switch (kind) {
            case INPATIENT -> {
                String discharged = line.optional("NCH_BENE_DSCHRG_DT");
                stays.add(new Stay(id, person, line.text("PRVDR_NUM"), rifDate(line.text("CLM_ADMSN_DT")),
                        rifDate(discharged.isEmpty() ? line.text("CLM_THRU_DT") : discharged), hundredths(line.text("CLM_PMT_AMT"))));
            }
            case OUTPATIENT -> visits.add(new Visit(id, person, line.text("PRVDR_NUM"), rifDate(line.text("CLM_FROM_DT"))));
            case CARRIER -> visits.add(new Visit(id, person, line.text("CARR_NUM"), rifDate(line.text("CLM_FROM_DT"))));
            case PART_D -> visits.add(new Visit(id, person, line.text("SRVC_PRVDR_ID"), rifDate(line.text("SRVC_DT"))));
            case BENEFICIARY -> throw new IllegalStateException("a beneficiary is no claim");
        }
        byClaim.put(id, line);
    }

    /** The files of the layout, by what only their header has. */
    private enum RifKind {
        PART_D("PDE_ID"),
        INPATIENT("CLM_ID"),
        OUTPATIENT("CLM_ID"),
        CARRIER("CLM_ID"),
        BENEFICIARY("BENE_ID");

        private final String id;

        RifKind(String id) {
            this.id = id;
        }

        String id() {
            return id;
        }

        static RifKind of(Set<String> header) throws Unreadable {
            if (!header.contains("BENE_ID")) {
                throw new Unreadable("the header lacks BENE_ID");
            }
            if (header.contains("PDE_ID")) {
                return PART_D;
            }
            if (header.containsAll(Set.of("CLM_ID", "CLM_ADMSN_DT", "PRVDR_NUM"))) {
                return INPATIENT;
            }
            if (header.containsAll(Set.of("CLM_ID", "PRVDR_NUM"))) {
                return OUTPATIENT;
            }
            if (header.containsAll(Set.of("CLM_ID", "CARR_NUM"))) {
                return CARRIER;
            }
            if (header.containsAll(Set.of("BENE_BIRTH_DT", "RFRNC_YR"))) {
                return BENEFICIARY;
            }
            throw new Unreadable("the header is of none of the files of this layout");
        }
    }

    /** One line by the names of its header; these files end some of their lines with one separator too many. */
    private record RifLine(Map<String, String> values) {
        static RifLine of(List<String> header, String line) throws Unreadable {
            List<String> fields = List.of(line.split("\\|", -1));
            boolean oneMore = fields.size() == header.size() + 1 && fields.getLast().isBlank();
            if (fields.size() != header.size() && !oneMore) {
                throw new Unreadable(fields.size() + " fields, the header has " + header.size());
            }
            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < header.size(); i++) {
                values.put(header.get(i), fields.get(i).strip());
            }
            if (values.getOrDefault("DML_IND", "INSERT").equals("DELETE")) {
                throw new Unreadable("a line that deletes; hand in the file as it stands after it");
            }
            return new RifLine(values);
        }

        String text(String name) throws Unreadable {
            String value = optional(name);
            if (value.isEmpty()) {
                throw new Unreadable(name + " is empty");
            }
            return value;
        }

        String optional(String name) {
            return values.getOrDefault(name, "");
        }
    }

    private void count() throws Unreadable {
        if (++lines > MOST_LINES) {
            throw new Unreadable("more than " + MOST_LINES + " lines");
        }
    }

    private void reject(int line, Unreadable wrong) {
        rejectedLines++;
        if (rejected.size() < ClaimFile.MOST_REJECTED) {
            rejected.add(new Rejected(line, Objects.requireNonNullElse(wrong.getMessage(), "unreadable")));
        }
    }

    private static String field(CSVRecord record, String name) throws Unreadable {
        if (!record.isSet(name)) {
            throw new Unreadable(name + " is missing");
        }
        String value = record.get(name).strip();
        if (value.isEmpty() || value.length() > 20_000) {
            throw new Unreadable(name + " is empty or too long");
        }
        return value;
    }

    /** Claims come without names: whoever hands in an identity number hands in a person. */
    private static String anonymous(String person) throws Unreadable {
        if (ResidentId.parse(person).isPresent()) {
            throw new Unreadable("the person is named by an identity number; anonymise the file first");
        }
        return person;
    }

    private static List<String> items(String list) throws Unreadable {
        if (!list.startsWith("[") || !list.endsWith("]")) {
            throw new Unreadable("a list is not in brackets");
        }
        List<String> items = new ArrayList<>();
        Matcher matcher = LIST_ITEM.matcher(list);
        while (matcher.find()) {
            items.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
        }
        return items;
    }

    private static LocalDate isoDate(String written) throws Unreadable {
        try {
            return LocalDate.parse(written);
        } catch (DateTimeParseException wrong) {
            throw new Unreadable("a date is not of the form 2009-04-13");
        }
    }

    private static LocalDate rifDate(String written) throws Unreadable {
        try {
            return LocalDate.parse(written, RIF_DATE);
        } catch (DateTimeParseException wrong) {
            throw new Unreadable("a date is not of the form 13-APR-2009");
        }
    }

    private static double number(String written) throws Unreadable {
        try {
            double value = Double.parseDouble(written);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException wrong) {
            // told below, like a number that is not finite
        }
        throw new Unreadable("a number is wrong");
    }

    private static long hundredths(String written) throws Unreadable {
        try {
            BigDecimal value = new BigDecimal(written);
            if (value.abs().compareTo(MOST_MONEY) < 0 && value.scale() < 30) {
                return value.movePointRight(2).setScale(0, RoundingMode.HALF_UP).longValueExact();
            }
        } catch (ArithmeticException | NumberFormatException wrong) {
            // told below, like an amount that is too large
        }
        throw new Unreadable("an amount is wrong");
    }
}
