package cn.jingshu.products.claims;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.SharedData;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The facts that are stated for the inpatient file (shared/data/README.md section 7) are found, each of them exactly. */
class InpatientFileTest {
    @Test
    void theStatedFactsAreFound() throws Exception {
        ClaimFile file = ClaimFileReader.read(ClaimLayout.INPATIENT_CSV, SharedData.text("claims/inpatient_claims_a.csv"));
        assertThat(file.claims()).isEqualTo(4_784);
        assertThat(file.rejectedLines()).isZero();
        assertThat(file.stays().stream().map(Stay::person).distinct()).hasSize(4_176);
        assertThat(file.sumFen()).isEqualTo(48_133_140L * 100);
        Map<ClueKind, Integer> counts = ClaimsMessages.count(Screening.stays(file.stays()));
        assertThat(counts).containsExactlyInAnyOrderEntriesOf(Map.of(ClueKind.OVERLAPPING_STAYS, 33, ClueKind.OVERLAP_AT_TWO_PROVIDERS, 3,
                ClueKind.REPEATED_STAY, 2, ClueKind.READMISSION_WITHIN_30_DAYS, 154));
    }

    @Test
    void theOrderOfTheLinesDoesNotMatter() throws Exception {
        List<Stay> stays = new ArrayList<>(ClaimFileReader.read(ClaimLayout.INPATIENT_CSV, SharedData.text("claims/inpatient_claims_a.csv")).stays());
        Map<ClueKind, Integer> before = ClaimsMessages.count(Screening.stays(stays));
        Collections.shuffle(stays, new Random(1));
        assertThat(ClaimsMessages.count(Screening.stays(stays))).isEqualTo(before);
    }
}
