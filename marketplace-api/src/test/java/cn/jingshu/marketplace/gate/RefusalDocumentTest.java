package cn.jingshu.marketplace.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code docs/refusals.md} says exactly what the code says. */
class RefusalDocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/refusals.md");

    /** Names of the gRPC status codes that can refuse. */
    private static final Set<String> GRPC = Set.of("INVALID_ARGUMENT", "NOT_FOUND", "PERMISSION_DENIED",
            "UNAUTHENTICATED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "UNIMPLEMENTED", "INTERNAL",
            "UNAVAILABLE", "DEADLINE_EXCEEDED");

    private static String row(Refusal refusal) {
        String basis = refusal.legalBasis();
        return "| <a id=\"%s\"></a>`%s` | %d | `%s` | %s | %s | %s | %s |".formatted(
                refusal.code().toLowerCase(Locale.ROOT), refusal.code(), refusal.httpStatus(), refusal.grpcStatus(),
                refusal.fault(), refusal.zh(), refusal.en(), basis == null ? "" : basis);
    }

    @Test
    void theTableListsEveryRefusalInOrderAndNothingElse() throws IOException {
        List<String> rows = Files.readAllLines(DOCUMENT).stream().filter(line -> line.startsWith("| <a id=")).toList();
        assertThat(rows).containsExactlyElementsOf(Arrays.stream(Refusal.values()).map(RefusalDocumentTest::row).toList());
    }

    @ParameterizedTest
    @EnumSource
    void everyRefusalHasAFitStatusAndBothLanguages(Refusal refusal) {
        assertThat(refusal.httpStatus()).isBetween(400, 599);
        assertThat(GRPC).contains(refusal.grpcStatus());
        assertThat(refusal.zh()).isNotBlank().matches(".*\\p{IsHan}.*").doesNotContain("|");
        assertThat(refusal.en()).isNotBlank().doesNotContain("|").matches("[\\x20-\\x7e]+");
        switch (refusal.fault()) {
            case LIMIT -> assertThat(refusal.httpStatus()).isEqualTo(429);
            case INTERNAL -> assertThat(refusal.httpStatus()).isIn(403, 500, 503, 504);
            case CALLER -> assertThat(refusal.httpStatus()).isLessThan(500);
        }
    }

    @Test
    void theSentencesAreTheirOwn() {
        assertThat(Stream.of(Refusal.values()).map(Refusal::zh)).doesNotHaveDuplicates();
        assertThat(Stream.of(Refusal.values()).map(Refusal::en)).doesNotHaveDuplicates();
    }
}
