package cn.jingshu.ledger.verify;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.bundle.Digests;
import cn.jingshu.ledger.bundle.Manifest;
import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.seal.Checkpoint;
import cn.jingshu.ledger.seal.LogHash;
import cn.jingshu.ledger.seal.LogLeaf;
import cn.jingshu.ledger.seal.SealKey;
import cn.jingshu.ledger.seal.Sealer;
import cn.jingshu.ledger.seal.SignedNote;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real bundle, and thousands of false ones made of it: none passes, and what is wrong is named. */
class VerifierIT {
    /** How many false bundles whose tables are wrong and signed anew, each verified whole; a longer run by {@code -Djingshu.mutations=20000}. */
    private static final int MUTATIONS = Integer.getInteger("jingshu.mutations", 250);

    /** How many damaged archives: most are refused before a table is read. */
    private static final int DAMAGED = Math.max(MUTATIONS, 2_000);

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static ExampleBundle books;
    private static Verifier auditor;
    private static Path bundle;
    private static Map<String, byte[]> contents;

    @BeforeAll
    static void makeBooks() throws IOException {
        books = new ExampleBundle(12, folder.resolve("keys.p12"));
        auditor = new Verifier(List.of(books.key()));
        bundle = folder.resolve("books.zip");
        books.write(bundle);
        contents = books.contents();
    }

    private static Random random() {
        long seed = Long.getLong("jingshu.seed", System.nanoTime());
        System.out.println("VerifierIT, seed " + seed);
        return new Random(seed);
    }

    @Test
    void aTrueBundleIsVerified() throws IOException {
        Report report = auditor.verify(bundle);
        assertThat(report.findings()).isEmpty();
        assertThat(report.verdict()).isEqualTo(Report.Verdict.VERIFIED);
        for (Check check : Check.values()) {
            assertThat(report.looked(check)).as(check.name()).isPositive();
        }
        for (Language language : Language.values()) {
            StringWriter printed = new StringWriter();
            report.print(new PrintWriter(printed), language);
            assertThat(printed.toString().lines().count()).isGreaterThan(Check.values().length);
        }
    }

    @Test
    void whoeverNamesNoKeyIsToldThatAnybodyCouldHaveSigned() throws IOException {
        Report report = new Verifier(List.of()).verify(bundle);
        assertThat(report.findings()).isEmpty();
        assertThat(report.verdict()).isEqualTo(Report.Verdict.CONSISTENT);
    }

    @Test
    void booksRewrittenWholeUnderANewKeyOfTheSameNameAreToldFromTheRealOnes() throws IOException {
        Path other = folder.resolve("other.zip");
        books.write(contents, List.of(Sealer.newEd25519(books.key().name())), other);
        assertThat(auditor.verify(other).findings()).extracting(Finding::check).containsOnly(Check.SIGNATURE);
        books.write(contents, List.of(), other);
        assertThat(auditor.verify(other).findings()).extracting(Finding::check).containsOnly(Check.SIGNATURE);
        assertThat(new Verifier(List.of()).verify(other).verdict()).as("unsigned is not consistent").isEqualTo(Report.Verdict.FAILED);
    }

    /** What an auditor sees who knows the old keys, the new ones, or both. */
    @Test
    void afterALostKeystoreTheOldKeysVouchForNothingNewAndTheLogGoesOn() throws IOException {
        ExampleBundle lost = new ExampleBundle(3, folder.resolve("lost.p12"));
        SealKey before = lost.key();
        lost.loseKeys(folder.resolve("after-the-loss.p12"), "机房失火");
        Path file = folder.resolve("after-the-loss.zip");
        lost.write(file);
        assertThat(lost.key()).isNotEqualTo(before);
        Report byOld = new Verifier(List.of(before)).verify(file);
        assertThat(byOld.verdict()).isEqualTo(Report.Verdict.FAILED);
        assertThat(byOld.findings()).extracting(Finding::check).containsOnly(Check.SIGNATURE);
        assertThat(new Verifier(List.of()).verify(file).verdict()).isEqualTo(Report.Verdict.CONSISTENT);
        // The checkpoint kept from before the loss is still held against the log, leaf by leaf.
        Report byNew = new Verifier(List.of(lost.key()), List.of(lost.earlier())).verify(file);
        assertThat(byNew.findings()).isEmpty();
        assertThat(byNew.verdict()).isEqualTo(Report.Verdict.VERIFIED);
        StringWriter printed = new StringWriter();
        byNew.print(new PrintWriter(printed), Language.EN);
        assertThat(printed.toString()).contains("keys 2 replace lost ones (机房失火)", "by another way").doesNotContain("what is left");
    }

    /** Who is told one of two keys only: it vouches for the new ones and hands over to none. */
    @Test
    void aKeyThatIsLeftVouchesForTheNewOnesAndIsNamed() throws Exception {
        ExampleBundle partly = new ExampleBundle(3, folder.resolve("whole.p12"));
        SealKey before = partly.key();
        partly.losePart(folder.resolve("whole.p12"), folder.resolve("part.p12"), "密码卡损坏");
        Path file = folder.resolve("after-a-part.zip");
        partly.write(file);
        Report byNew = new Verifier(List.of(partly.key()), List.of(partly.earlier())).verify(file);
        assertThat(byNew.verdict()).isEqualTo(Report.Verdict.VERIFIED);
        StringWriter printed = new StringWriter();
        byNew.print(new PrintWriter(printed), Language.EN);
        assertThat(printed.toString()).contains("keys 2 are signed by what is left of the keys before");
        assertThat(new Verifier(List.of(before)).verify(file).verdict()).as("a stolen key of two would do as much").isEqualTo(Report.Verdict.FAILED);
    }

    /** Whoever may reverse what a bill or a told payment stands on lowers the revenue while the consumer pays: all else of such books agrees. */
    @Test
    void aReversalOfWhatAConsumerWasToldIsNamedAndOneThatWasMendedIsNot() throws IOException {
        ExampleBundle wrong = new ExampleBundle(4, folder.resolve("reversed.p12"), true);
        Path file = folder.resolve("reversed.zip");
        wrong.write(file);
        Report report = new Verifier(List.of(wrong.key())).verify(file);
        UUID line = Objects.requireNonNull(wrong.takenBack().getFirst().reverses());
        assertThat(report.findings()).extracting(Finding::check).containsExactlyInAnyOrder(Check.STATEMENTS, Check.DOCUMENTS);
        assertThat(report.findings()).anySatisfy(finding -> {
            assertThat(finding.place()).isEqualTo("entries.csv (" + line + ")");
            assertThat(finding.en()).contains("the entry of a line of a bill is reversed");
        }).anySatisfy(finding -> {
            assertThat(finding.place()).contains("statements.csv");
            assertThat(finding.en()).contains("is reversed: the statement tells it");
        });
    }

    @Test
    void aCheckpointKeptFromBeforeIsHeldAgainstTheLog() throws IOException {
        Report report = new Verifier(List.of(books.key()), List.of(books.earlier())).verify(bundle);
        assertThat(report.findings()).isEmpty();
        assertThat(report.verdict()).isEqualTo(Report.Verdict.VERIFIED);
        Checkpoint kept = Checkpoint.parse(books.earlier().text());
        SignedNote rewritten = new Checkpoint(kept.origin(), kept.size(), kept.sm3Root(), kept.root(), kept.signedAt()).sign(books.sealers());
        assertThat(new Verifier(List.of(books.key()), List.of(rewritten)).verify(bundle).findings()).singleElement()
                .satisfies(finding -> assertThat(finding.en()).contains("its past was rewritten"));
        SignedNote longer = new Checkpoint(kept.origin(), 1_000_000, kept.root(), kept.sm3Root(), kept.signedAt()).sign(books.sealers());
        assertThat(new Verifier(List.of(books.key()), List.of(longer)).verify(bundle).findings()).singleElement()
                .satisfies(finding -> assertThat(finding.en()).contains("the log has shrunk"));
        SignedNote foreign = kept.sign(List.of(Sealer.newEd25519(kept.origin())));
        assertThat(new Verifier(List.of(books.key()), List.of(foreign)).verify(bundle).findings()).singleElement()
                .satisfies(finding -> assertThat(finding.en()).contains("not signed by this log's keys"));
    }

    @Test
    void noChangedByteOfTheFilePasses() throws IOException {
        Random random = random();
        byte[] whole = Files.readAllBytes(bundle);
        Path file = folder.resolve("bytes.zip");
        for (int i = 0; i < DAMAGED; i++) {
            byte[] changed = changed(whole, random);
            Files.write(file, changed);
            assertFailed(auditor.verify(file), "bytes " + i);
        }
    }

    /** Each byte once: not one is without a guard. */
    @Test
    void everySingleByteOfTheFileCounts() throws IOException {
        byte[] whole = Files.readAllBytes(bundle);
        Path file = folder.resolve("byte.zip");
        // The first headers byte by byte, the rest in steps; a longer run comes to every byte.
        int step = Math.max(1, whole.length / (2 * MUTATIONS));
        for (int at = 0; at < whole.length; at += at < 150 ? 1 : at > whole.length - 4_000 ? Math.min(step, 9) : step) {
            byte[] changed = whole.clone();
            changed[at] ^= 1;
            Files.write(file, changed);
            assertFailed(auditor.verify(file), "byte " + at);
        }
    }

    private static byte[] changed(byte[] whole, Random random) {
        int at = random.nextInt(whole.length);
        int length = 1 + random.nextInt(Math.min(200, whole.length - at));
        return switch (random.nextInt(5)) {
            case 0 -> { // a bit
                byte[] bytes = whole.clone();
                bytes[at] ^= (byte) (1 << random.nextInt(8));
                yield bytes;
            }
            case 1 -> concat(slice(whole, 0, at), slice(whole, at + length, whole.length)); // a piece taken out
            case 2 -> concat(slice(whole, 0, at), slice(whole, at, at + length), slice(whole, at, whole.length)); // a piece twice
            case 3 -> slice(whole, 0, at); // cut off
            default -> concat(whole, slice(whole, at, at + length)); // something behind
        };
    }

    private static byte[] slice(byte[] bytes, int from, int to) {
        return java.util.Arrays.copyOfRange(bytes, from, to);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static void assertFailed(Report report, String what) {
        assertThat(report.verdict()).as(what).isEqualTo(Report.Verdict.FAILED);
        assertThat(report.findings()).as(what).isNotEmpty().allSatisfy(finding -> {
            assertThat(finding.place()).isNotBlank();
            assertThat(finding.zh()).isNotBlank();
            assertThat(finding.en()).isNotBlank();
        });
    }

    /** Cells the books' own arithmetic guards, even against whoever holds the key. */
    private static final Map<Table, Set<String>> UNGUARDED = Map.ofEntries(
            Map.entry(Table.PERIODS, Set.of("closed_at")),
            Map.entry(Table.SETTLEMENTS, Set.of("settled_at")),
            Map.entry(Table.LOG, Set.of()),
            Map.entry(Table.KEY_SETS, Set.of("number")),
            Map.entry(Table.CHECKPOINTS, Set.of("number")),
            Map.entry(Table.CHARGES, Set.of("shadow_yuan")),
            Map.entry(Table.USAGE, Set.of()),
            Map.entry(Table.USAGE_BATCHES, Set.of()),
            // Which event was voided, and by whom, is the house's word; how much was is not.
            Map.entry(Table.USAGE_VOIDS, Set.of("void", "event", "operation", "approved_by", "voided_at")),
            Map.entry(Table.SHARES, Set.of("proposed_by", "proposed_at", "approved_by", "approved_at", "citation")),
            Map.entry(Table.SHARE_PARTIES, Set.of()),
            Map.entry(Table.REFUNDS, Set.of()),
            // A subscription may begin and end on any day of the month whose price it owes.
            Map.entry(Table.SPELLS, Set.of("from", "until")),
            Map.entry(Table.STATEMENTS, Set.of()),
            Map.entry(Table.STATEMENT_TEXTS, Set.of()),
            Map.entry(Table.ENTRIES, Set.of()), Map.entry(Table.POSTINGS, Set.of()), Map.entry(Table.BALANCES, Set.of()),
            // Names that no posting carries; the number of an account nothing was ever booked on.
            Map.entry(Table.ACCOUNTS, Set.of("account", "name_zh", "name_en")),
            // A rate replaced before the months of the bundle is history.
            Map.entry(Table.RATES, Set.of("citation")),
            // Who decided upon what is the house's word, as far as two are two. A ceiling that began earlier still held for every line.
            // Who a party is, no other table says; that one who was billed is a consumer is held.
            Map.entry(Table.PARTIES, Set.of("party", "credit_code", "name_zh", "name_en")),
            // A finding may reach over months in which nothing was charged under it.
            Map.entry(Table.FINDINGS, Set.of("first_month", "last_month", "citation", "proposed_by", "signed_by")),
            Map.entry(Table.CEILINGS, Set.of("effective_from", "citation", "set_by", "signed_by")),
            Map.entry(Table.TARIFFS, Set.of("published_at", "proposed_by", "signed_by")),
            // Yield and margin are policy's; a lower sum of both would be found.
            Map.entry(Table.PERMITTED_REVENUE, Set.of("revenue", "bond_yield", "margin_points", "citation", "proposed_by", "signed_by")));

    /**
     * Tables whose rows stand each for itself: taken out, an account nothing was booked on, a rate nothing used, a permitted revenue in the first full year or a
     * refund that no correction came after, or the names of a party, is no contradiction, and the order of prices is none. Their cells are changed, not their rows.
     */
    private static final Set<Table> OF_SINGLE_ROWS = Set.of(Table.ACCOUNTS, Table.RATES, Table.TARIFFS, Table.PERMITTED_REVENUE, Table.REFUNDS,
            Table.PARTIES);

    /** A table that is drawn never, or that has no rows, would be guarded by nothing here. */
    @Test
    void everyTableIsAmongTheMutationsAndHasRows() throws IOException {
        assertThat(UNGUARDED.keySet()).containsExactlyInAnyOrder(Table.values());
        for (Table table : Table.values()) {
            assertThat(rows(table)).as(table.file()).hasSizeGreaterThan(1);
            assertThat(UNGUARDED.get(table)).as(table.file()).isSubsetOf(table.columns().stream().map(Table.Column::name).toList())
                    .hasSizeLessThan(table.columns().size());
        }
        String finding = rows(Table.FINDINGS).get(1).getFirst();
        assertThat(rows(Table.CHARGES)).anyMatch(row -> row.get(Table.CHARGES.indexOf("ceiling")).equals(finding));
        named(Table.FINDINGS, rows -> edit(rows, 1, "fen_per_unit", Table.FINDINGS, "30"), Check.STATEMENTS, "charges.csv");
        named(Table.PARTIES, rows -> edit(rows, 1, "kinds", Table.PARTIES, "MERCHANT"), Check.DOCUMENTS, "statements.csv");
    }

    /** Whoever holds the key signs anew after the change: only the books themselves can tell. */
    @Test
    void noChangedLineOfTheTablesPassesEvenIfSignedAnew() throws IOException {
        Random random = random();
        Path file = folder.resolve("lines.zip");
        List<Table> tables = UNGUARDED.keySet().stream().sorted().toList(); // a seed draws the same again
        int tried = 0;
        while (tried < MUTATIONS) {
            Table table = tables.get(random.nextInt(tables.size()));
            List<List<String>> rows = rows(table);
            String what = mutate(table, rows, random);
            if (rows.equals(rows(table))) {
                continue; // two that were swapped are one, or alike
            }
            tried++;
            Map<String, byte[]> files = new LinkedHashMap<>(contents);
            files.put(table.file(), bytes(rows));
            books.write(files, books.sealers(), file);
            Report report = auditor.verify(file);
            assertFailed(report, what);
            assertThat(report.findings()).as(what).extracting(Finding::check)
                    .doesNotContain(Check.ARCHIVE, Check.DIGESTS);
        }
    }

    private static String mutate(Table table, List<List<String>> rows, Random random) {
        int at = 1 + random.nextInt(rows.size() - 1);
        int other = 1 + random.nextInt(rows.size() - 1);
        int how = OF_SINGLE_ROWS.contains(table) ? 3 : random.nextInt(4);
        switch (how) {
            // A checkpoint between others says nothing that the last does not: without it everything else is as true as before.
            case 0 -> rows.remove(table == Table.CHECKPOINTS ? rows.size() - 1 : at);
            case 1 -> rows.add(other, rows.get(at));
            case 2 -> java.util.Collections.swap(rows, at, other);
            default -> {
                Set<String> unguarded = Objects.requireNonNull(UNGUARDED.get(table));
                List<Table.Column> columns = table.columns().stream()
                        .filter(column -> !unguarded.contains(column.name())).toList();
                int column = table.indexOf(columns.get(random.nextInt(columns.size())).name());
                List<String> row = new ArrayList<>(rows.get(at));
                String cell = changed(row.get(column), random);
                if (table.columns().get(column).kind() == Table.Kind.DECIMAL && isSameNumber(cell, row.get(column))) {
                    return "the same number"; // a zero less at its end
                }
                row.set(column, cell);
                rows.set(at, row);
                return table + " row " + at + " column " + table.columns().get(column).name() + ": " + rows.get(at);
            }
        }
        return table + (how == 0 ? " without row " + at : how == 1 ? " with row " + at + " again at " + other : " rows swapped: " + at + ", " + other);
    }

    private static boolean isSameNumber(String one, String other) {
        try {
            return new BigDecimal(one).compareTo(new BigDecimal(other)) == 0;
        } catch (NumberFormatException none) {
            return false;
        }
    }

    private static String changed(String cell, Random random) {
        if (cell.isEmpty()) {
            return "x";
        }
        int at = random.nextInt(cell.length());
        char was = cell.charAt(at);
        char now = Character.isDigit(was) ? (char) ('0' + (was - '0' + 1 + random.nextInt(9)) % 10) : (char) (was + 1);
        return random.nextInt(4) == 0 ? cell.substring(0, at) + cell.substring(at + 1) : cell.substring(0, at) + now + cell.substring(at + 1);
    }

    private static List<List<String>> rows(Table table) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        rows.add(table.columns().stream().map(Table.Column::name).toList());
        try (TableReader reader = new TableReader(table, new java.io.ByteArrayInputStream(contents.get(table.file())))) {
            for (TableReader.Row row = reader.next(); row != null; row = reader.next()) {
                rows.add(row.cells());
            }
        }
        return rows;
    }

    private static byte[] bytes(List<List<String>> rows) {
        return rows.stream()
                .map(row -> row.stream().map(cell -> '"' + cell.replace("\"", "\"\"") + '"').collect(Collectors.joining(",")))
                .map(line -> line + "\r\n")
                .collect(Collectors.joining()).getBytes(StandardCharsets.UTF_8);
    }

    /** What the issue names, each by its name. */
    @Test
    void whatIsWrongIsNamed() throws IOException {
        named(Table.POSTINGS, rows -> edit(rows, 1, "amount_yuan", Table.POSTINGS, "0.07"), Check.BALANCED, "2026-10/1");
        named(Table.ENTRIES, rows -> edit(rows, 3, "description", Table.ENTRIES, "另一笔"), Check.ENTRIES, "2026-10/3");
        named(Table.ENTRIES, rows -> without(rows, 4), Check.ENTRIES, "2026-10/5");
        named(Table.ENTRIES, rows -> swapped(rows, 2, 3), Check.ENTRIES, "2026-10/3");
        named(Table.ENTRIES, rows -> edit(rows, 2, "booked_at", Table.ENTRIES, "2026-11-30T02:00:00.123456Z"), Check.CHAIN, "2026-10/2");
        named(Table.BALANCES, rows -> edit(rows, 1, "closing_yuan", Table.BALANCES, "1.00"), Check.TRIAL_BALANCE, "balances.csv:2");
        named(Table.CHARGES, rows -> edit(rows, 1, "amount_yuan", Table.CHARGES, "0.01"), Check.STATEMENTS, "charges.csv:2");
        named(Table.CHARGES, rows -> edit(rows, 2, "total_quantity", Table.CHARGES, "7"), Check.STATEMENTS, "charges.csv:3");
        named(Table.USAGE, rows -> edit(rows, 1, "units", Table.USAGE, "7"), Check.USAGE, "usage.csv:2");
        named(Table.TARIFFS, rows -> edit(rows, 1, "terms", Table.TARIFFS, "{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"901\"}"), Check.PRICES, "tariffs.csv:2");
        for (String other : List.of("2016-01-01", "2026-02-01")) {
            named(Table.RATES, rows -> edit(rows, rowOf(rows, "VAT"), "effective_from", Table.RATES, other), Check.PRICES, "rates.csv");
        }
        named(Table.PERMITTED_REVENUE, rows -> edit(rows, 1, "highest_yuan", Table.PERMITTED_REVENUE, "945100.01"), Check.PERMITTED_REVENUE, "permitted-revenue.csv:2");
        named(Table.PERMITTED_REVENUE, rows -> edit(rows, 1, "rate", Table.PERMITTED_REVENUE, "0.0781"), Check.PERMITTED_REVENUE, "permitted-revenue.csv:2");
        named(Table.PERMITTED_REVENUE, rows -> edit(edit(rows, 1, "platform_yuan", Table.PERMITTED_REVENUE, "0.00"), 1, "highest_yuan",
                Table.PERMITTED_REVENUE, "100.00"), Check.PERMITTED_REVENUE, "permitted-revenue.csv:2"); // less than was earned
        named(Table.SHARES, rows -> edit(rows, 1, "from", Table.SHARES, "2026-08"), Check.SHARES, "shares.csv:2");
        named(Table.SHARES, rows -> edit(rows, 2, "approved_by", Table.SHARES, rows.get(2).get(Table.SHARES.indexOf("proposed_by"))), Check.SHARES, "shares.csv:3");
        named(Table.SHARES, rows -> edit(rows, 2, "approved_at", Table.SHARES, "2026-11-30T16:00:00Z"), Check.SHARES, "shares.csv:3");
        named(Table.SHARES, rows -> edit(rows, 2, "approved_at", Table.SHARES, "2026-10-31T16:00:00Z"), Check.SHARES, "shares.csv:3"); // not the first ones
        named(Table.SHARES, rows -> edit(rows, 1, "approved_at", Table.SHARES, "2026-09-30T16:00:00Z"), Check.SHARES, "shares.csv:2");
        named(Table.SHARES, rows -> edit(rows, 2, "cost_weight", Table.SHARES, "1/2"), Check.SHARES, "shares.csv:3");
        named(Table.SHARES, rows -> edit(rows, 1, "contribution_weight", Table.SHARES, "x"), Check.SHARES, "shares.csv:2"); // agreed ones have none
        named(Table.SHARE_PARTIES, rows -> edit(rows, 1, "portion", Table.SHARE_PARTIES, "46/100"), Check.SHARES, "share-parties.csv:2");
        named(Table.SHARE_PARTIES, rows -> edit(rows, 3, "contribution", Table.SHARE_PARTIES, "53"), Check.SHARES, "share-parties.csv:4");
        named(Table.STATEMENTS, rows -> edit(rows, 1, "closing_yuan", Table.STATEMENTS, "1.00"), Check.DOCUMENTS, "statements.csv:2");
        named(Table.STATEMENTS, rows -> edit(rows, 2, "number", Table.STATEMENTS, "9"), Check.DOCUMENTS, "statements.csv:3");
        named(Table.STATEMENT_TEXTS, rows -> without(rows, 2), Check.DOCUMENTS, "statements.csv:2");
        named(Table.CHARGES, rows -> edit(rows, 1, "operation", Table.CHARGES, "another"), Check.DOCUMENTS, "statements.csv:2");
        List<List<String>> settlements = rows(Table.SETTLEMENTS);
        String result = settlements.get(1).get(Table.SETTLEMENTS.indexOf("result"));
        named(Table.SETTLEMENTS, rows -> edit(rows, 1, "result", Table.SETTLEMENTS, result.replaceFirst("\"treasuryFen\":\\d", "\"treasuryFen\":9")),
                Check.SETTLEMENT, "settlements.csv:2");
    }

    /** Shares that were never approved, in a record that is right by itself, with all its texts and digests. */
    @Test
    void whoSplitsByOtherSharesThanTheApprovedOnesIsNamed() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>(contents);
        files.put(Table.SHARES.file(), bytes(without(rows(Table.SHARES), 2))); // those from November on
        files.put(Table.SHARE_PARTIES.file(), bytes(without(without(rows(Table.SHARE_PARTIES), 4), 3)));
        Path file = folder.resolve("shares.zip");
        books.write(files, books.sealers(), file);
        assertThat(auditor.verify(file).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo(Check.SHARES);
            assertThat(finding.place()).isEqualTo("settlements.csv:3");
            assertThat(finding.en()).contains("2026-11 bus");
        });
    }

    /** Text, digest and row say the same; lines and books do not. */
    @Test
    void aStatementRewrittenWithItsDigestIsToldFromTheLinesAndTheBooks() throws IOException {
        rewritten("\"quantity\":", "\"quantity\":1", "is not the one that was rated");
        rewritten("\"kind\":\"RECEIPT\"", "\"kind\":\"CREDIT_NOTE\"", "not the sum of its movements");
        rewritten("\"uscc\":\"91X\"", "\"uscc\":\"91Y\"", "its number should be 91Y-2026-0001");
        rewritten("\"vatRate\":\"3/50\"", "\"vatRate\":\"3/100\"", "VAT rate 3/100");
        rewritten("\"owedYuan\":\"-5.00\",\"prepaidYuan\":\"1.25\"", "\"owedYuan\":\"-5.25\",\"prepaidYuan\":\"1.00\"",
                "the entry of movement 1 says something else");
        rewritten("\"effectiveOn\":\"2026-10-09\"", "\"effectiveOn\":\"2026-10-10\"", "the entry of movement 1 says something else");
        rewritten("\"effectiveOn\":\"2026-10-09\"", "\"effectiveOn\":\"2026-11-09\"", "the entry of movement 1 says something else");
        rewritten("\"status\":\"FINAL\"", "\"status\":\"PREVIEW\"", "not a final statement");
    }

    /** The first consumer's statement with other contents, its sums, its digest and its row made to fit. */
    private static Report retold(YearMonth month, Consumer<ObjectNode> change) throws IOException {
        List<List<String>> statements = rows(Table.STATEMENTS);
        int row = 1;
        while (!statements.get(row).get(Table.STATEMENTS.indexOf("period")).equals(month.toString())) {
            row++;
        }
        assertThat(statements.get(row).get(Table.STATEMENTS.indexOf("consumer"))).isEqualTo(new UUID(0, 0).toString());
        String id = statements.get(row).get(Table.STATEMENTS.indexOf("statement"));
        List<List<String>> texts = rows(Table.STATEMENT_TEXTS);
        int first = 1;
        while (!texts.get(first).get(Table.STATEMENT_TEXTS.indexOf("statement")).equals(id)) {
            first++;
        }
        StringBuilder whole = new StringBuilder();
        while (first < texts.size() && texts.get(first).get(Table.STATEMENT_TEXTS.indexOf("statement")).equals(id)) {
            whole.append(texts.remove(first).get(Table.STATEMENT_TEXTS.indexOf("text")));
        }
        ObjectNode told = (ObjectNode) JSON.readTree(whole.toString());
        told.put("padding", "");
        change.accept(told);
        JsonNode opening = told.path("opening");
        Money owed = Money.ofYuan(opening.path("owedYuan").asText());
        Money prepaid = Money.ofYuan(opening.path("prepaidYuan").asText());
        ((ObjectNode) opening).put("balanceYuan", owed.minus(prepaid).toYuan());
        String openingYuan = owed.minus(prepaid).toYuan();
        Money received = Money.ZERO;
        long number = opening.path("lastMovement").asLong();
        for (JsonNode each : told.path("movements")) {
            Money moreOwed = Money.ofYuan(each.path("owedYuan").asText());
            Money morePrepaid = Money.ofYuan(each.path("prepaidYuan").asText());
            owed = owed.plus(moreOwed);
            prepaid = prepaid.plus(morePrepaid);
            received = each.path("kind").asText().equals("RECEIPT") ? received.plus(morePrepaid).minus(moreOwed) : received;
            number++;
            ((ObjectNode) each).put("number", number);
        }
        told.put("receivedYuan", received.toYuan());
        told.putObject("closing").put("owedYuan", owed.toYuan()).put("prepaidYuan", prepaid.toYuan()).put("balanceYuan", owed.minus(prepaid).toYuan())
                .put("lastMovement", number);
        String text = JSON.writeValueAsString(told);
        texts.add(first, List.of(id, "1", text));
        edit(statements, row, "opening_yuan", Table.STATEMENTS, openingYuan);
        edit(statements, row, "closing_yuan", Table.STATEMENTS, owed.minus(prepaid).toYuan());
        edit(statements, row, "last_movement", Table.STATEMENTS, Long.toString(number));
        edit(statements, row, "sha256", Table.STATEMENTS,
                HexFormat.of().formatHex(Digests.sha256().digest(text.getBytes(StandardCharsets.UTF_8))));
        Map<String, byte[]> files = new LinkedHashMap<>(contents);
        files.put(Table.STATEMENT_TEXTS.file(), bytes(texts));
        files.put(Table.STATEMENTS.file(), bytes(statements));
        Path file = folder.resolve("retold.zip");
        books.write(files, books.sealers(), file);
        return auditor.verify(file);
    }

    private static ArrayNode movements(ObjectNode told) {
        return (ArrayNode) told.path("movements");
    }

    private static int placeOf(ObjectNode told, String kind) {
        int place = 0;
        while (!movements(told).path(place).path("kind").asText().equals(kind)) {
            assertThat(place++).isLessThan(movements(told).size());
        }
        return place;
    }

    private static ObjectNode movement(String kind, String on, @Nullable String month, String owed, String prepaid) {
        return JSON.createObjectNode().put("id", UUID.randomUUID().toString()).put("kind", kind).put("effectiveOn", on).put("month", month)
                .put("owedYuan", owed).put("prepaidYuan", prepaid).put("document", "d");
    }

    private static void finds(Report report, String place, String says) {
        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo(Check.DOCUMENTS);
            assertThat(finding.place()).startsWith(place);
            assertThat(finding.en()).contains(says);
        });
    }

    private static String notes(Report report) {
        StringWriter printed = new StringWriter();
        report.print(new PrintWriter(printed), Language.EN);
        return printed.toString();
    }

    @Test
    void nothingIsChargedButTheMonthOfTheStatementAndOnce() throws IOException {
        YearMonth month = YearMonth.of(2026, 11);
        assertThat(retold(month, _ -> {}).findings()).as("written anew as it was").isEmpty();
        for (@Nullable String other : Arrays.asList("2020-01", null)) {
            Report report = retold(month, told -> movements(told).add(movement("CHARGES", "2026-11-30", other, "10000.00", "0.00")));
            assertThat(report.findings()).extracting(Finding::check).containsOnly(Check.DOCUMENTS);
            assertThat(report.findings()).extracting(Finding::en).anyMatch(en -> en.contains("is not the charges of the month"))
                    .anyMatch(en -> en.contains("not the sum of its movements"));
        }
        finds(retold(month, told -> movements(told).add(movement("CHARGES", "2026-11-30", "2026-11", "0.00", "0.00"))),
                "statements.csv", "not the only ones");
        finds(retold(month, told -> ((ObjectNode) movements(told).path(placeOf(told, "CHARGES"))).put("prepaidYuan", "-1.25")),
                "statements.csv", "is not the charges of the month");
    }

    @Test
    void whatMovedAnAccountIsToldOnceAndNothingIsLeftOut() throws IOException {
        YearMonth month = YearMonth.of(2026, 11);
        finds(retold(month, told -> movements(told).remove(placeOf(told, "RECEIPT"))), "entries.csv", "is on no statement");
        finds(retold(month, told -> movements(told).add(movements(told).path(placeOf(told, "RECEIPT")).deepCopy())),
                "statements.csv", "was told before");
        Report outside = retold(month, told -> movements(told).add(movement("RECEIPT", "2026-12-03", null, "-5.00", "0.00")));
        assertThat(outside.findings()).isEmpty();
        assertThat(notes(outside)).contains("is booked outside the months of the bundle");
        finds(retold(month, told -> movements(told).add(movement("RECEIPT", "2026-11-03", null, "-5.00", "0.00"))),
                "statements.csv", "says something else, or is missing");
    }

    @Test
    void anAccountBeginsWithNothing() throws IOException {
        Report owing = retold(YearMonth.of(2026, 10), told -> ((ObjectNode) told.path("opening")).put("owedYuan", "100.00"));
        assertThat(owing.findings()).anySatisfy(finding -> {
            assertThat(finding.check()).isEqualTo(Check.DOCUMENTS);
            assertThat(finding.en()).contains("opens with a balance before anything moved");
        });
    }

    private static void rewritten(String part, String by, String because) throws IOException {
        List<List<String>> texts = rows(Table.STATEMENT_TEXTS);
        int column = Table.STATEMENT_TEXTS.indexOf("text");
        String text = texts.get(1).get(column);
        assertThat(text).contains(part);
        edit(texts, 1, "text", Table.STATEMENT_TEXTS, text.replaceFirst(java.util.regex.Pattern.quote(part), java.util.regex.Matcher.quoteReplacement(by)));
        String whole = texts.get(1).get(column) + texts.get(2).get(column);
        String digest = HexFormat.of().formatHex(Digests.sha256().digest(whole.getBytes(StandardCharsets.UTF_8)));
        Map<String, byte[]> files = new LinkedHashMap<>(contents);
        files.put(Table.STATEMENT_TEXTS.file(), bytes(texts));
        files.put(Table.STATEMENTS.file(), bytes(edit(rows(Table.STATEMENTS), 1, "sha256", Table.STATEMENTS, digest)));
        Path file = folder.resolve("rewritten.zip");
        books.write(files, books.sealers(), file);
        assertThat(auditor.verify(file).findings()).anySatisfy(finding -> {
            assertThat(finding.check()).isEqualTo(Check.DOCUMENTS);
            assertThat(finding.place()).startsWith("statements.csv:2");
            assertThat(finding.en()).contains(because);
        });
    }

    private static void named(Table table, UnaryOperator<List<List<String>>> change, Check check, String place) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>(contents);
        files.put(table.file(), bytes(change.apply(rows(table))));
        Path file = folder.resolve("named.zip");
        books.write(files, books.sealers(), file);
        assertThat(auditor.verify(file).findings()).anySatisfy(finding -> {
            assertThat(finding.check()).isEqualTo(check);
            assertThat(finding.place()).contains(place);
        });
    }

    private static List<List<String>> edit(List<List<String>> rows, int at, String column, Table table, String value) {
        List<String> row = new ArrayList<>(rows.get(at));
        row.set(table.indexOf(column), value);
        rows.set(at, row);
        return rows;
    }

    private static List<List<String>> without(List<List<String>> rows, int at) {
        rows.remove(at);
        return rows;
    }

    private static List<List<String>> swapped(List<List<String>> rows, int at, int other) {
        java.util.Collections.swap(rows, at, other);
        return rows;
    }

    @Test
    void aMissingAndAnAddedFileAreNamed() throws IOException {
        Path file = folder.resolve("files.zip");
        Map<String, byte[]> files = new LinkedHashMap<>(contents);
        files.remove(Table.PARTIES.file());
        books.write(files, books.sealers(), file);
        assertThat(auditor.verify(file).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo(Check.DIGESTS);
            assertThat(finding.place()).isEqualTo("parties.csv");
        });
        Manifest listed = books.write(file);
        Map<String, byte[]> more = new LinkedHashMap<>(contents);
        more.put("more.csv", new byte[] {1, 2, 3});
        pack(more, listed.files(), file);
        assertThat(auditor.verify(file).findings()).anySatisfy(finding -> {
            assertThat(finding.check()).isEqualTo(Check.DIGESTS);
            assertThat(finding.place()).isEqualTo("more.csv");
        });
    }

    /** Whoever states other usage, with lines, tables and signature to fit, is told from the sums that the log sealed. */
    @Test
    void swappedUsageIsToldFromTheSealedBatches() throws IOException {
        int units = Table.USAGE.indexOf("units");
        int open = Table.USAGE.indexOf("not_billed_yet");
        for (long more : new long[] {1, -1}) {
            List<List<String>> rows = rows(Table.USAGE);
            long stated = Long.parseLong(rows.get(1).get(units));
            edit(rows, 1, "units", Table.USAGE, Long.toString(stated + more));
            edit(rows, 1, "not_billed_yet", Table.USAGE, Long.toString(Long.parseLong(rows.get(1).get(open)) + more));
            Report report = signedAnew(Map.of(Table.USAGE, rows));
            assertThat(report.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.check()).isEqualTo(Check.USAGE);
                assertThat(finding.place()).isEqualTo("usage.csv:2");
                assertThat(finding.en()).contains((stated + more) + " units are stated, the batches add up to ");
            });
            // And a batch that fits them is not the sealed one.
            List<List<String>> batches = rows(Table.USAGE_BATCHES);
            int row = rowOf(batches, rows.get(1).get(Table.USAGE.indexOf("subscription")));
            edit(batches, row, "units", Table.USAGE_BATCHES,
                    Long.toString(Long.parseLong(batches.get(row).get(Table.USAGE_BATCHES.indexOf("units"))) + more));
            assertThat(signedAnew(Map.of(Table.USAGE, rows, Table.USAGE_BATCHES, batches)).findings()).singleElement().satisfies(finding -> {
                assertThat(finding.check()).isEqualTo(Check.USAGE);
                assertThat(finding.place()).startsWith("usage-batches.csv (node-");
                assertThat(finding.en()).contains("not what the log sealed");
            });
        }
        Report without = signedAnew(Map.of(Table.USAGE, without(rows(Table.USAGE), 1)));
        assertThat(without.findings()).extracting(Finding::en).anyMatch(en -> en.contains("0 units are stated, the batches add up to "));
        Report unvoided = signedAnew(Map.of(Table.USAGE_VOIDS, without(rows(Table.USAGE_VOIDS), 1)));
        assertThat(unvoided.findings()).singleElement().satisfies(finding -> assertThat(finding.en()).contains("of which 0 were voided"));
    }

    /** A price of another plan than the subscription's, in lines that are right by themselves: the times of its plans tell. */
    @Test
    void aLineByAnotherPlansPriceIsNamed() throws IOException {
        for (int row : new int[] {1, rows(Table.SPELLS).size() - 1}) {
            List<List<String>> spells = rows(Table.SPELLS);
            String subscription = spells.get(row).get(Table.SPELLS.indexOf("subscription"));
            String month = spells.get(row).get(Table.SPELLS.indexOf("from")).substring(0, 7);
            edit(spells, row, "plan", Table.SPELLS, "another");
            assertThat(signedAnew(Map.of(Table.SPELLS, spells)).findings()).isNotEmpty().allSatisfy(finding -> {
                assertThat(finding.check()).isEqualTo(Check.STATEMENTS);
                assertThat(finding.en()).contains("not that of a plan the subscription was on in " + month);
            });
            edit(spells, row, "plan", Table.SPELLS, "metered");
            Instant start = YearMonth.parse(month).atDay(1).atStartOfDay(PriceLists.CITY).toInstant();
            edit(spells, row, "from", Table.SPELLS, "2026-09-02T00:00:00Z");
            edit(spells, row, "until", Table.SPELLS, start.toString());
            assertThat(signedAnew(Map.of(Table.SPELLS, spells)).findings()).as("calls under way when it ended").isEmpty();
            edit(spells, row, "until", Table.SPELLS, start.minusSeconds(3_600).toString());
            assertThat(signedAnew(Map.of(Table.SPELLS, spells)).findings()).as(subscription + " ended before").extracting(Finding::check)
                    .containsOnly(Check.STATEMENTS);
        }
    }

    /** A year left out of the permitted revenues, however it is signed: once prices need one it is missed, and before nothing was compared. */
    @Test
    void aYearWithoutItsPermittedRevenueIsNamed() throws IOException {
        Map<Table, List<List<String>>> without = new LinkedHashMap<>();
        without.put(Table.PERMITTED_REVENUE, without(rows(Table.PERMITTED_REVENUE), 1));
        Report firstYear = signedAnew(without);
        assertThat(firstYear.findings()).isEmpty();
        assertThat(notes(firstYear)).contains("2026 has no permitted revenue");
        for (Table table : List.of(Table.CEILINGS, Table.TARIFFS)) { // as if they had been there a year before
            List<List<String>> rows = rows(table);
            for (int row = 1; row < rows.size(); row++) {
                edit(rows, row, "effective_from", table, "2025-08-01T00:00:00Z");
                if (table == Table.TARIFFS) {
                    edit(rows, row, "published_at", table, "2025-08-01T00:00:00Z");
                }
            }
            without.put(table, rows);
        }
        assertThat(signedAnew(without).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo(Check.PERMITTED_REVENUE);
            assertThat(finding.place()).isEqualTo("permitted-revenue.csv");
            assertThat(finding.en()).contains("2026 has revenue of ", "no permitted revenue");
        });
        without.remove(Table.PERMITTED_REVENUE);
        assertThat(signedAnew(without).findings()).as("with its row").isEmpty();
    }

    /** What is under no checkpoint yet is counted, and said to be nobody's proof. */
    @Test
    void usageThatIsNotSealedYetIsSaidToBe() throws IOException {
        List<List<String>> rows = rows(Table.USAGE);
        List<String> stated = rows.get(1);
        edit(rows, 1, "units", Table.USAGE, Long.toString(Long.parseLong(stated.get(Table.USAGE.indexOf("units"))) + 5));
        edit(rows, 1, "not_billed_yet", Table.USAGE, Long.toString(Long.parseLong(stated.get(Table.USAGE.indexOf("not_billed_yet"))) + 5));
        List<List<String>> batches = rows(Table.USAGE_BATCHES);
        batches.add(List.of("", "node-a", "99", stated.get(0), stated.get(1), stated.get(2), "position", stated.get(3), stated.get(4), "5"));
        Report report = signedAnew(Map.of(Table.USAGE, rows, Table.USAGE_BATCHES, batches));
        assertThat(report.findings()).isEmpty();
        assertThat(notes(report)).contains("batches with 5 units are under no checkpoint yet");
    }

    /** Of what a node shipped after the months only what reaches back is shown, and the batch that shows where the months end. */
    @Test
    void whatANodeShippedLaterIsShownAsFarAsItReachesBack() throws IOException {
        List<Long> numbers = rows(Table.LOG).stream().filter(row -> row.get(Table.LOG.indexOf("chain")).equals("node-a"))
                .map(row -> Long.parseLong(row.get(Table.LOG.indexOf("number")))).toList();
        long last = numbers.getLast();
        assertThat(numbers).endsWith(last - 3, last - 2, last).doesNotContain(last - 1);
    }

    /** Of what each node shipped before the months one batch is shown, and only that: with it folded away, the ones behind it might be too. */
    @Test
    void theFirstBatchesOfTheMonthsCannotBeFoldedAway() throws IOException {
        for (String node : List.of("node-a", "node-b")) {
            List<List<String>> log = rows(Table.LOG);
            List<List<String>> sums = rows(Table.USAGE_BATCHES);
            List<Integer> shown = new ArrayList<>();
            for (int row = 1; row < log.size(); row++) {
                if (log.get(row).get(Table.LOG.indexOf("chain")).equals(node)) {
                    shown.add(row);
                }
            }
            assertThat(shippedAt(log.get(shown.getFirst()))).isBefore("2026-09-30T16:00:00Z");
            assertThat(shippedAt(log.get(shown.get(1)))).isAfter("2026-09-30T16:00:00Z");
            fold(log, sums, shown.getFirst());
            Report folded = signedAnew(Map.of(Table.LOG, log, Table.USAGE_BATCHES, sums));
            assertThat(folded.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.check()).isEqualTo(Check.LOG);
                assertThat(finding.en()).contains("the first batch of " + node, "those before it are left out");
            });
            fold(log, sums, shown.get(1));
            assertThat(signedAnew(Map.of(Table.LOG, log, Table.USAGE_BATCHES, sums)).findings()).extracting(Finding::check).contains(Check.LOG);
        }
    }

    private static Instant shippedAt(List<String> leaf) {
        return ((LogLeaf.UsageBatch) LogLeaf.parse(leaf.get(Table.LOG.indexOf("content")))).shippedAt();
    }

    /** Shows a batch's leaf as one that is nothing to the bundle: its hashes alone, as a folded part of the log. */
    private static void fold(List<List<String>> log, List<List<String>> sums, int row) {
        LogLeaf leaf = LogLeaf.parse(log.get(row).get(Table.LOG.indexOf("content")));
        String index = log.get(row).get(Table.LOG.indexOf("leaf"));
        edit(log, row, "sha256", Table.LOG, leaf.hash(LogHash.SHA_256).toBase64());
        edit(log, row, "sm3", Table.LOG, leaf.hash(LogHash.SM3).toBase64());
        for (String cell : List.of("kind", "chain", "number", "content")) {
            edit(log, row, cell, Table.LOG, "");
        }
        sums.removeIf(each -> each.get(Table.USAGE_BATCHES.indexOf("leaf")).equals(index));
    }

    private static int rowOf(List<List<String>> batches, String subscription) {
        int row = 1;
        while (!batches.get(row).contains(subscription)) {
            row++;
        }
        return row;
    }

    private static Report signedAnew(Map<Table, List<List<String>>> changed) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>(contents);
        changed.forEach((table, rows) -> files.put(table.file(), bytes(rows)));
        Path file = folder.resolve("anew.zip");
        books.write(files, books.sealers(), file);
        return auditor.verify(file);
    }

    /** All of what came later, or none of it: a bundle of an earlier build is told from one that something was taken out of. */
    @Test
    void oneOfTheTablesThatCameLaterIsMissedAllOfThemAreAnEarlierBuild() throws IOException {
        Path file = folder.resolve("later.zip");
        Map<String, byte[]> files = new LinkedHashMap<>(contents);
        for (Table table : List.of(Table.SHARES, Table.STATEMENT_TEXTS)) {
            Map<String, byte[]> without = new LinkedHashMap<>(contents);
            without.remove(table.file());
            books.write(without, books.sealers(), file);
            assertThat(auditor.verify(file).findings()).singleElement().satisfies(finding -> assertThat(finding.place()).isEqualTo(table.file()));
        }
        for (Table table : Table.values()) {
            if (table.form() > 1) {
                files.remove(table.file());
            }
        }
        books.write(files, books.sealers(), file);
        Report report = auditor.verify(file);
        assertThat(report.findings()).as("what the log seals was there to be exported").singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo(Check.USAGE);
            assertThat(finding.place()).isEqualTo("usage-batches.csv");
        });
        StringWriter printed = new StringWriter();
        report.print(new PrintWriter(printed), Language.EN);
        assertThat(printed.toString()).contains("an earlier build wrote the bundle");
    }

    /** An archive in the right form whose signed manifest lists whatever one likes. */
    private static void pack(Map<String, byte[]> files, List<Manifest.File> listed, Path to) throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        ZipOutputStream zip = new ZipOutputStream(archive);
        for (Map.Entry<String, byte[]> each : files.entrySet()) {
            ZipEntry entry = new ZipEntry(each.getKey());
            entry.setTimeLocal(LocalDateTime.of(1980, 2, 1, 0, 0));
            zip.putNextEntry(entry);
            zip.write(each.getValue());
            zip.closeEntry();
        }
        byte[] before = archive.toByteArray();
        String text = new Manifest(ExampleBundle.MONTHS, Instant.EPOCH, before.length,
                HexFormat.of().formatHex(Digests.sha256().digest(before)), listed).toText();
        byte[] manifest = SignedNote.sign(text, books.sealers()).toString().getBytes(StandardCharsets.UTF_8);
        ZipEntry entry = new ZipEntry(Manifest.NAME);
        entry.setTimeLocal(LocalDateTime.of(1980, 2, 1, 0, 0));
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(manifest.length);
        CRC32 crc = new CRC32();
        crc.update(manifest);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(manifest);
        zip.finish();
        Files.write(to, archive.toByteArray());
    }

    @Test
    void hostileArchivesAreRefused() throws IOException {
        byte[] whole = Files.readAllBytes(bundle);
        refused(replaced(whole, "rates.csv", "../es.csv"), "plain file names");
        refused(replaced(whole, "rates.csv", "ra/es.csv"), "plain file names");
        refused(replaced(whole, "periods.csv", "entries.csv"), "names that occur once");
        refused(new byte[0], "the length of an archive");
        refused("PK no archive at all, but longer than its end".getBytes(StandardCharsets.UTF_8), "the end of the archive");
        Map<String, byte[]> files = new LinkedHashMap<>(contents);
        files.put("bomb.bin", new byte[50_000_000]);
        Path file = folder.resolve("bomb.zip");
        books.write(files, books.sealers(), file);
        refused(Files.readAllBytes(file), "within the bounds (bomb.bin)");
    }

    @Test
    void aRowWithoutEndIsRefused() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>(contents);
        String head = rows(Table.RATES).getFirst().stream().collect(Collectors.joining(",")) + "\r\n";
        Random random = new Random(1);
        StringBuilder endless = new StringBuilder(head).append('"');
        while (endless.length() < 9_000_000) {
            endless.append((char) ('a' + random.nextInt(26)));
        }
        files.put(Table.ACCOUNTS.file(), endless.toString().replace(head, rows(Table.ACCOUNTS).getFirst().stream()
                .collect(Collectors.joining(",")) + "\r\n").getBytes(StandardCharsets.UTF_8));
        Path file = folder.resolve("endless.zip");
        books.write(files, books.sealers(), file);
        assertThat(auditor.verify(file).findings()).anySatisfy(finding ->
                assertThat(finding.en()).contains("accounts.csv:2").contains("a row of more than"));
    }

    private static void refused(byte[] archive, String because) throws IOException {
        Path file = Files.write(folder.resolve("hostile.zip"), archive);
        assertThat(auditor.verify(file).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo(Check.ARCHIVE);
            assertThat(finding.en()).contains(because);
        });
    }

    private static byte[] replaced(byte[] bytes, String text, String by) {
        return new String(bytes, StandardCharsets.ISO_8859_1).replace(text, by).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The jar alone, in another Java, as on an auditor's desk. */
    @Test
    void theJarVerifiesByItself() throws Exception {
        Path jar = Path.of("target", "jingshu-verify.jar").toAbsolutePath();
        assertThat(jar).as("made by the phase 'package'").exists();
        assertThat(Files.size(jar)).isLessThan(8_000_000);
        try (java.util.jar.JarFile read = new java.util.jar.JarFile(jar.toFile())) {
            assertThat(read.stream().map(java.util.jar.JarEntry::getName))
                    .noneMatch(name -> name.startsWith("org/postgresql") || name.startsWith("org/flywaydb")
                            || name.startsWith("io/micronaut") || name.startsWith("db/") || name.contains("ledger/export/"));
        }
        SealKey key = books.key();
        assertThat(run(jar, bundle.toString(), "--key", key.toVkey(), "--lang", "en")).satisfies(ended -> {
            assertThat(ended.output()).contains("Verdict: everything agrees");
            assertThat(ended.status()).isZero();
        });
        Path keys = Files.writeString(folder.resolve("keys.txt"), "# the city's\n" + key.toVkey() + "\n");
        assertThat(run(jar, bundle.toString(), "--key", keys.toString()).output()).contains("结论:全部相符");
        assertThat(run(jar, bundle.toString()).status()).isEqualTo(3);
        byte[] whole = Files.readAllBytes(bundle);
        whole[whole.length / 2] ^= 4;
        Path flipped = Files.write(folder.resolve("flipped.zip"), whole);
        assertThat(run(jar, flipped.toString(), "--key", key.toVkey(), "--lang", "en")).satisfies(ended -> {
            assertThat(ended.status()).isEqualTo(1);
            assertThat(ended.output()).contains("FAIL", "archive");
        });
        assertThat(run(jar, "no-such-file.zip").status()).isEqualTo(2);
        assertThat(run(jar, bundle.toString(), "--key", "no key+1+1").status()).isEqualTo(2);
    }

    private record Ended(int status, String output) {}

    private static Ended run(Path jar, String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m", "-XX:TieredStopAtLevel=1", "-jar", jar.toString()));
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    @Test
    void theManifestIsWrittenInOneWayOnly() throws IOException {
        Manifest manifest = books.write(folder.resolve("manifest.zip"));
        assertThat(Manifest.parse(manifest.toText())).isEqualTo(manifest);
        for (String other : List.of(manifest.toText() + "\n", manifest.toText().replace("period ", "period  "),
                manifest.toText().replace("file accounts.csv ", "file accounts.csv 0"), "")) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> Manifest.parse(other)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
