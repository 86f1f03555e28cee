package cn.jingshu.products.lending.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyBookTest {
    @TempDir
    Path folder;

    @Test
    void aNumberIsInForceFromItsDay() {
        PolicyBook book = PolicyBook.load(null);
        assertThat(book.on(LocalDate.of(2024, 9, 23)).get("mortgage.down-payment.second")).isEqualByComparingTo("0.25");
        assertThat(book.on(LocalDate.of(2024, 9, 24)).get("mortgage.down-payment.second")).isEqualByComparingTo("0.15");
        assertThat(book.on(LocalDate.of(2025, 5, 8)).get("provident-fund.rate.first.over-5y")).isEqualByComparingTo("0.026");
        assertThat(book.on(LocalDate.of(2025, 5, 8)).get("provident-fund.rate.second.up-to-5y")).isEqualByComparingTo("0.02525");
    }

    @Test
    void everyRowNamesItsSourceAndTheCitysFormulaIsNotInvented() {
        PolicyBook book = PolicyBook.load(null);
        assertThat(book.rows()).hasSizeGreaterThan(40).allMatch(row -> !row.source().isBlank());
        PolicyBook.Uses today = book.on(LocalDate.of(2026, 11, 30));
        for (String key : new String[] {"city-cap", "balance-multiple", "capacity-share", "deposit-share"}) {
            assertThat(today.find("provident-fund." + key)).as(key).isEmpty();
        }
        assertThat(today.used()).isEmpty(); // what is not in force was not used
    }

    @Test
    void anInstallationsRowsComeFirst() throws IOException {
        Path file = folder.resolve("policy.csv");
        Files.writeString(file, "key,since,value,source\nprovident-fund.city-cap,2026-01-01,60000000,荆门中心的通知\n");
        PolicyBook book = PolicyBook.load(file);
        assertThat(book.on(LocalDate.of(2025, 12, 31)).find("provident-fund.city-cap")).isEmpty();
        PolicyBook.Uses uses = book.on(LocalDate.of(2026, 1, 1));
        assertThat(uses.fen("provident-fund.city-cap")).isEqualTo(60_000_000);
        assertThat(uses.used()).extracting(PolicyBook.Row::source).containsExactly("荆门中心的通知");
    }

    @Test
    void brokenRowsAreNamed() throws IOException {
        Path file = folder.resolve("policy.csv");
        Files.writeString(file, "key,since,value,source\nno.such.key,2026-01-01,1,x\n");
        assertThatThrownBy(() -> PolicyBook.load(file)).hasMessageContaining("no.such.key");
        Files.writeString(file, "key,since,value,source\nband.a,2026-01-01,much,x\n");
        assertThatThrownBy(() -> PolicyBook.load(file)).hasMessageContaining("no row of policy");
        Files.writeString(file, "key,since,value,source\nband.a,2026-01-01,80,\n");
        assertThatThrownBy(() -> PolicyBook.load(file)).hasMessageContaining("names no source");
        assertThatThrownBy(() -> PolicyBook.load(null).on(LocalDate.of(2026, 1, 1)).find("typo")).isInstanceOf(IllegalArgumentException.class);
    }
}
