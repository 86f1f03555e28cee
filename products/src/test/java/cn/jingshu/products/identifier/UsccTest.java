package cn.jingshu.products.identifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsccTest {
    private static final String ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    private static final Path VECTORS = Path.of("../../shared/data/identifiers/uscc_vectors.csv");

    @ParameterizedTest
    @ValueSource(strings = {"9144030071526726XG", "91330100799655058B", "91110000802100433B", "914403001922038216",
            "91110108551385082Q"})
    void realCodesPassBothChecks(String code) {
        assertThat(Uscc.parse(code)).hasValueSatisfying(uscc -> assertThat(uscc.code()).isEqualTo(code));
    }

    @Test
    void caseSpacesAndHyphensOfWhatIsTypedDoNotMatter() {
        assertThat(Uscc.parse(" 9144-0300 71526726xg ")).contains(new Uscc("9144030071526726XG"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "9144030071526726X", "9144030071526726XGG", "9144030071526726XI", "914403O071526726XG",
            "9144030071526726XH", "数据局数据局数据局数据局数据局数据局"})
    void anythingElseIsNoCode(String typed) {
        assertThat(Uscc.parse(typed)).isEmpty();
    }

    /** The outer check alone would accept a code whose inner organisation code is wrong. */
    @Test
    void theOrganisationCodeInsideIsCheckedToo() {
        assertThatThrownBy(() -> new Uscc("91440300715267260" + outerCheck("91440300715267260")))
                .hasMessageContaining("organisation code");
    }

    @Test
    void oneWrongCharacterIsAlwaysNoticed() {
        String code = "9144030071526726XG";
        for (int i = 0; i < code.length(); i++) {
            for (int j = 0; j < ALPHABET.length(); j++) {
                char other = ALPHABET.charAt(j);
                if (other != code.charAt(i)) {
                    assertThat(Uscc.parse(code.substring(0, i) + other + code.substring(i + 1)))
                            .as("character %d replaced by %s", i + 1, other)
                            .isEmpty();
                }
            }
        }
    }

    @Test
    void completedCodesPassBothChecks() {
        long seed = 20261123;
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder organisation = new StringBuilder();
            for (int i = 0; i < 8; i++) {
                organisation.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            }
            Uscc uscc = Uscc.complete("91", "420800", organisation.toString());
            assertThat(Uscc.parse(uscc.code())).as("seed %d, round %d", seed, round).contains(uscc);
        }
    }

    @Test
    void theReferenceVectorsAreJudgedAsTheirCollectorsDid() throws IOException {
        boolean present = Files.exists(VECTORS);
        if (!present) {
            System.err.println("NOT RUN: ../shared is absent, the reference tests of credit codes did not run");
        }
        Assumptions.assumeTrue(present, "../shared is absent, the reference tests of credit codes did not run");
        List<String> lines = Files.readAllLines(VECTORS);
        assertThat(lines).hasSizeGreaterThan(30);
        for (String line : lines.subList(1, lines.size())) {
            String[] columns = line.split(",", 3);
            assertThat(Uscc.parse(columns[0]).isPresent()).as(line).isEqualTo(columns[1].equals("valid"));
        }
    }

    private static char outerCheck(String seventeen) {
        int sum = 0;
        int weight = 1;
        for (int i = 0; i < seventeen.length(); i++) {
            sum += ALPHABET.indexOf(seventeen.charAt(i)) * weight;
            weight = weight * 3 % 31;
        }
        return ALPHABET.charAt((31 - sum % 31) % 31);
    }
}
