package cn.jingshu.marketplace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.domain.load.DatabaseEngines;
import cn.jingshu.products.domain.load.LoadRequest;
import cn.jingshu.products.domain.load.SchemaDrift;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceSettingsTest {
    @TempDir
    private Path folder;

    private static LoadSource at(String resource, String host, int port, @Nullable String secret) {
        return new LoadSource("register", "a_table", resource, new LoadSource.From.Table(host, port, "a", "b", null, "c", List.of("d")), secret,
                LoadRequest.Mode.REPLACE, SchemaDrift.Rule.GO_ON, BigDecimal.ZERO);
    }

    @Test
    void aHostIsThatOfTheProviderItIsNamedFor() {
        SourceSettings settings = new SourceSettings(Set.of("A2.4@register.example:5432", "*@exchange.example"), Set.of("A2.40@inner.example"),
                Set.of("A2.40@inner.example:5433"), folder);
        assertThat(settings.allows(at("A2.4.6", "register.example", 5432, null))).isTrue();
        assertThat(settings.allows(at("A2.4.6", "Register.Example", 5432, null))).isTrue();
        assertThat(settings.allows(at("A2.4.6", "register.example", 5433, null))).as("another port").isFalse();
        assertThat(settings.allows(at("A2.5.6", "register.example", 5432, null))).as("another provider").isFalse();
        assertThat(settings.allows(at("A2.4.6", "inner.example", 5432, null))).as("a code that only begins alike").isFalse();
        assertThat(settings.allows(at("A2.40.6", "inner.example", 5432, null))).isTrue();
        assertThat(settings.allows(at("A2.5.6", "exchange.example", 443, null))).as("named for all").isTrue();
        assertThat(settings.allowsPlain("A2.40", "inner.example", 5433)).isTrue();
        assertThat(settings.allowsPlain("A2.40", "inner.example", 5432)).isFalse();
        assertThat(settings.allowsPlain("A2.4", "inner.example", 5433)).isFalse();
    }

    /** Links on the way are followed down to the root alone: of two roots the one further down is what the operator meant. */
    @Test
    void ofNestedFoldersTheLongestIsTheRoot() {
        for (List<String> order : List.of(List.of("A2.4@/data", "A2.4@/data/in/housing", "A2.4@/data/in"), List.of("A2.4@/data/in", "A2.4@/data/in/housing", "A2.4@/data"))) {
            SourceSettings settings = new SourceSettings(Set.of(), Set.of(), Set.of(), folder, new LinkedHashSet<>(order), folder,
                    DatabaseEngines.of(Set.of(), folder));
            assertThat(settings.rootOf("A2.4", "/data/in/housing/new")).contains(Path.of("/data/in/housing"));
            assertThat(settings.rootOf("A2.4", "/data/in/other")).contains(Path.of("/data/in"));
            assertThat(settings.rootOf("A2.4", "/data/other")).contains(Path.of("/data"));
            assertThat(settings.rootOf("A2.4", "/database")).isEmpty();
            assertThat(settings.rootOf("A2.5", "/data/in")).isEmpty();
        }
    }

    @Test
    void aHostNamedForNobodyIsRefusedAtTheStart() {
        for (String wrong : List.of("register.example", "@register.example", "A2@register.example", "A2.4@", "A2.4@a@b", "A2.4@a b")) {
            assertThatThrownBy(() -> new SourceSettings(Set.of(), Set.of(wrong), Set.of(), folder)).as(wrong).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("PROVIDER@host");
        }
    }

    @Test
    void aDatabaseWhoseEncryptionIsNotOursLiesWhereNoneIsAskedFor() {
        SourceSettings settings = new SourceSettings(Set.of("A2.4@register.example", "A2.4@plain.example"), Set.of("A2.4@inner.example", "A2.4@plain.example:5236"),
                Set.of("A2.4@plain.example:5236"), folder, Set.of(), folder, DatabaseEngines.of(Set.of("dm@jdbc:dm://{host}:{port}/{database}"), folder));
        assertThat(settings.requireEngine("A2.4", of("dm", "plain.example", 5236)).name()).isEqualTo("dm");
        for (LoadSource.From.Table elsewhere : List.of(of("dm", "register.example", 5236), of("dm", "inner.example", 5236), of("dm", "plain.example", 5237))) {
            assertThatThrownBy(() -> settings.requireEngine("A2.4", elsewhere)).as(elsewhere.place()).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("without TLS");
        }
        assertThatThrownBy(() -> settings.requireEngine("A2.5", of("dm", "plain.example", 5236))).as("another provider's").isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings.requireEngine("A2.4", of("oracle", "plain.example", 5236))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no database engine oracle");
        assertThat(settings.requireEngine("A2.4", of("mysql", "register.example", 3306)).name()).isEqualTo("mysql");
        for (String wrong : List.of("", "x", "MySQL", "my-sql", "a".repeat(21), "../dm")) {
            assertThatThrownBy(() -> of(wrong, "plain.example", 1)).as(wrong).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static LoadSource.From.Table of(String engine, String host, int port) {
        return new LoadSource.From.Table(engine, host, port, "a", "b", null, "c", List.of("d"));
    }

    @Test
    void aSecretIsOneProvidersForOneHostAndPort() throws IOException {
        SourceSecrets secrets = new SourceSecrets(folder);
        Files.writeString(Files.createDirectories(folder.resolve("A2.4/register.example_5432")).resolve("reader"), "word\n");
        Files.writeString(folder.resolve("A2.4/reader"), "word\n");
        assertThat(secrets.find("A2.4", "Register.example", 5432, "reader")).contains("word");
        assertThat(secrets.find("A2.5", "register.example", 5432, "reader")).isEmpty();
        assertThat(secrets.find("A2.4", "register.example", 5433, "reader")).isEmpty();
        assertThat(secrets.find("A2.5", "../A2.4/register.example", 5432, "reader")).as("no way round").isEmpty();
        assertThat(secrets.find("A2.4", "register.example", 5432, "../reader")).isEmpty();
    }
}
