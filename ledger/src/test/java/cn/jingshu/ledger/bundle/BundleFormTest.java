package cn.jingshu.ledger.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of a bundle: what is written is read back as it was, and nothing else is read. */
class BundleFormTest {
    private static final String SHA = "0123456789abcdef".repeat(4);
    private static final String SM3 = "fedcba9876543210".repeat(4);
    private static final Instant MADE = Instant.parse("2026-12-01T02:00:00.123456Z");
    private static final Months OCTOBER = Months.parse("2026-10");

    private static Manifest.File file(String name) {
        return new Manifest.File(name, 17, SHA, SM3);
    }

    private static Manifest manifest(Manifest.File... files) {
        return new Manifest(OCTOBER, MADE, 4711, SHA, List.of(files));
    }

    @Test
    void aManifestIsWrittenLineByLineAndReadBack() {
        Manifest manifest = new Manifest(Months.parse("2026-10..2026-11"), MADE, 4711, SHA,
                List.of(file("accounts.csv"), new Manifest.File("books.journal", 0, SM3, SHA)));
        assertThat(manifest.toText()).isEqualTo("jingshu bundle 1\nmade 2026-12-01T02:00:00.123456Z\nperiod 2026-10..2026-11\n"
                + "archive 4711 " + SHA + "\nfile accounts.csv 17 " + SHA + " " + SM3 + "\nfile books.journal 0 " + SM3 + " " + SHA + "\n");
        assertThat(Manifest.parse(manifest.toText())).isEqualTo(manifest);
        assertThat(Manifest.parse(manifest().toText()).files()).isEmpty();
    }

    @Test
    void aManifestIsWrittenInOneWayOnly() {
        String text = manifest(file("accounts.csv")).toText();
        for (String other : List.of("", "jingshu bundle 1\n", text.replace("bundle 1", "bundle 2"), text.replace("made ", "Made "),
                text.replace("period ", "months "), text.replace("archive 4711", "archive 04711"), text.replace("file ", "File "),
                text.replace("csv 17", "csv 017"), text.replace("456Z", "4560Z"), text.replace("2026-12-01T", "2026-13-01T"),
                text.replace("2026-10", "2026-10..2026-10"), text.replace("2026-10", "2026-14"), text + "\n", text.stripTrailing(),
                text + text.substring(text.indexOf("file ")), text.replace(SM3, SM3.toUpperCase(java.util.Locale.ROOT)))) {
            assertThatIllegalArgumentException().as(other).isThrownBy(() -> Manifest.parse(other));
        }
    }

    @Test
    void aManifestNamesEachFileOnceAndNeverItself() {
        assertThatIllegalArgumentException().isThrownBy(() -> manifest(file("a.csv"), file("a.csv"))).withMessageContaining("a.csv");
        assertThatIllegalArgumentException().isThrownBy(() -> manifest(file(Manifest.NAME))).withMessageContaining(Manifest.NAME);
        assertThatIllegalArgumentException().isThrownBy(() -> new Manifest(OCTOBER, MADE, -1, SHA, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Manifest(OCTOBER, MADE, 1, "ab", List.of()));
        assertThat(new Manifest(OCTOBER, MADE, 0, SHA, List.of()).archiveSize()).isZero();
        List<Manifest.File> most = new ArrayList<>();
        for (int i = 0; i < Manifest.MOST_FILES; i++) {
            most.add(file("f" + i + ".csv"));
        }
        assertThat(new Manifest(OCTOBER, MADE, 1, SHA, most).files()).hasSize(Manifest.MOST_FILES);
        most.add(file("more.csv"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Manifest(OCTOBER, MADE, 1, SHA, most));
    }

    @Test
    void aFileOfAManifestHasASizeAndTwoDigests() {
        assertThat(new Manifest.File("a.csv", 0, SHA, SM3).size()).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> new Manifest.File("a.csv", -1, SHA, SM3));
        assertThatIllegalArgumentException().isThrownBy(() -> new Manifest.File("a.csv", 1, "g" + SHA.substring(1), SM3));
        assertThatIllegalArgumentException().isThrownBy(() -> new Manifest.File("a.csv", 1, SHA, SM3.substring(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Manifest.File("../a.csv", 1, SHA, SM3));
    }

    @ParameterizedTest
    @CsvSource({"entries.csv,true", "gbt24589-ledger.xml,true", "focus-1-2.csv,true", "a.tlog-proof,true", "a.b.c,true", "a.b.c.d,false",
        "noending,false", ".csv,false", "A.csv,false", "a/b.csv,false", "..,false", "-a.csv,false", "a.,false", "a b.csv,false"})
    void aNameIsPlainAndLeadsNowhere(String name, boolean allowed) {
        assertThat(Manifest.isName(name)).isEqualTo(allowed);
    }

    /** SHA-256 and SM3 of "abc" as FIPS 180-4 and GM/T 0004-2012 give them. */
    @Test
    void aFilesDigestsAreThoseOfTheStandards() {
        Digests digests = new Digests();
        byte[] bytes = "xabcx".getBytes(StandardCharsets.US_ASCII);
        digests.update(bytes, 1, 1);
        digests.update(bytes, 2, 2);
        assertThat(digests.of("abc.txt")).isEqualTo(new Manifest.File("abc.txt", 3,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"));
    }

    @ParameterizedTest
    @CsvSource({"2026-11,2026-11,2026-11,2026-11", "2026-Q1,2026-01,2026-03,2026-01..2026-03", "2026-Q4,2026-10,2026-12,2026-10..2026-12",
        "2026,2026-01,2026-12,2026-01..2026-12", "2026-Q3..2026-11,2026-07,2026-11,2026-07..2026-11",
        "2025..2026-Q1,2025-01,2026-03,2025-01..2026-03"})
    void aRangeOfMonthsIsReadAsPeopleWriteIt(String text, YearMonth from, YearMonth through, String written) {
        assertThat(Months.parse(text)).isEqualTo(new Months(from, through)).hasToString(written);
        assertThat(Months.parse(written)).isEqualTo(Months.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2026-13", "2026-Q5", "2026-Q0", "26", "..2026", "2026..", "2026-11..2026-10", "2016..2026", "november"})
    void whatIsNoRangeOfMonthsIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Months.parse(text));
    }

    @Test
    void aRangeHasBothItsEndsAndAtMostTenYears() {
        Months months = Months.parse("2026-11..2027-01");
        assertThat(months.list()).containsExactly(YearMonth.of(2026, 11), YearMonth.of(2026, 12), YearMonth.of(2027, 1));
        assertThat(months.contains(YearMonth.of(2026, 10))).isFalse();
        assertThat(months.contains(YearMonth.of(2026, 11))).isTrue();
        assertThat(months.contains(YearMonth.of(2027, 1))).isTrue();
        assertThat(months.contains(YearMonth.of(2027, 2))).isFalse();
        assertThat(Months.parse("2017..2026").list()).hasSize(120);
        assertThatIllegalArgumentException().isThrownBy(() -> Months.parse("2017..2027-01"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", "'x", "'"})
    void whatASpreadsheetWouldTakeForAFormulaIsGuardedAndReadBack(String text) {
        assertThat(SafeText.guarded(text)).isEqualTo("'" + text);
        assertThat(SafeText.text("'" + text)).isEqualTo(text);
    }

    @Test
    void otherTextStaysAsItIsAndNothingIsAnEmptyCell() {
        assertThat(SafeText.guarded("1 = 1")).isEqualTo("1 = 1");
        assertThat(SafeText.text("1 = 1")).isEqualTo("1 = 1");
        assertThat(SafeText.guarded(null)).isEmpty();
        assertThat(SafeText.guarded("")).isEmpty();
        assertThat(SafeText.text("")).isNull();
    }

    @Test
    void aTableKnowsItsColumnsAndWhatTheyHold() {
        assertThat(Table.KEY_SETS.file()).isEqualTo("key-sets.csv");
        assertThat(Table.KEY_SETS.nameZh()).isEqualTo("公钥沿革");
        assertThat(Table.POSTINGS.indexOf("period")).isZero();
        assertThat(Table.POSTINGS.indexOf("amount_yuan")).isEqualTo(6);
        assertThat(Table.POSTINGS.columns().get(6)).isEqualTo(new Table.Column("amount_yuan", Table.Kind.YUAN));
        assertThat(Table.POSTINGS.columns().get(1)).isEqualTo(new Table.Column("number", Table.Kind.WHOLE));
        assertThat(Table.CEILINGS.columns().get(Table.CEILINGS.indexOf("fen_per_unit")).kind()).isEqualTo(Table.Kind.DECIMAL);
        assertThat(Table.CEILINGS.columns().getFirst().kind()).isEqualTo(Table.Kind.TEXT);
        assertThatIllegalArgumentException().isThrownBy(() -> Table.POSTINGS.indexOf("amount")).withMessageContaining("postings.csv");
    }

    @Test
    void theBooksOwnTablesAreToldFromTheMarkets() {
        assertThat(List.of(Table.values())).filteredOn(Table::isOfTheBooks).containsExactly(Table.ACCOUNTS, Table.PERIODS, Table.ENTRIES,
                Table.POSTINGS, Table.BALANCES, Table.RATES, Table.SETTLEMENTS, Table.KEY_SETS, Table.CHECKPOINTS, Table.LOG);
    }
}
