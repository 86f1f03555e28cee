package cn.jingshu.products.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.SharedData;
import cn.jingshu.products.claims.ClaimFileReader.Unreadable;
import cn.jingshu.products.sandbox.TestSubject;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClaimFileReaderTest {
    private static final String HEADER = "BeneID,ClaimID,Provider,AdmissionDt,DischargeDt,InscClaimAmtReimbursed\n";
    private static final String CARRIER = "DML_IND|BENE_ID|CLM_ID|CARR_NUM|CLM_FROM_DT|LINE_NUM\n";

    @Test
    void theFilesOfCmsAreRead() throws Exception {
        ClaimFile inpatient = rif("cms_rif_sample-a-inpatient.txt");
        assertThat(inpatient.stays()).containsExactly(new Stay("333333222222", "567834", "777776",
                LocalDate.of(2016, 1, 15), LocalDate.of(2016, 1, 27), 769_948));
        assertThat(rif("cms_rif_sample-a-outpatient.txt").visits()).containsExactly(new Visit("1234567890", "567834", "999999", LocalDate.of(2011, 1, 24)));
        assertThat(rif("cms_rif_sample-a-bcarrier.txt").visits()).containsExactly(new Visit("9991831999", "567834", "61026", LocalDate.of(1999, 10, 27)));
        assertThat(rif("cms_rif_sample-a-pde.txt").visits()).containsExactly(new Visit("89", "567834", "1023011079", LocalDate.of(2015, 5, 12)));
        assertThat(rif("cms_rif_sample-a-beneficiaries.txt").deaths()).containsEntry("567834", LocalDate.of(1981, 3, 17));
        assertThat(rif("cms_rif_sample-a-multiple-entries-same-bene.txt").lines()).isEqualTo(6);
    }

    @Test
    void severalLinesOfOneClaimAreOneClaim() throws Exception {
        ClaimFile file = rif("cms_rif_sample-a-bcarrier-multiple-lines.txt");
        assertThat(file.lines()).isEqualTo(7);
        assertThat(file.claims()).isEqualTo(1);
        assertThat(file.visits()).hasSize(1);
        assertThat(file.rejectedLines()).isZero();
    }

    private static ClaimFile rif(String name) throws Exception {
        ClaimFile file = ClaimFileReader.read(ClaimLayout.CMS_RIF, SharedData.text("claims/" + name));
        assertThat(file.rejected()).isEmpty();
        return file;
    }

    @Test
    void labelledBillsAreRead() throws Exception {
        ClaimFile file = ClaimFileReader.read(ClaimLayout.LABELLED_BILLS, SharedData.text("claims/health_claims_labelled_300.csv"));
        assertThat(file.claims()).isEqualTo(300);
        assertThat(file.rejectedLines()).isZero();
        assertThat(file.bills().getFirst()).isEqualTo(
                new ClaimFile.Bill("ID_221227", 268, 44.609818, "1", List.of("A_852"), List.of("AA_13")));
        assertThat(file.bills().stream().mapToInt(b -> b.treatments().size()).max()).hasValue(53);
        assertThat(file.bills()).anyMatch(b -> b.treatments().contains("<UNK>"));
    }

    @Test
    void linesOfOneClaimThatNameTwoPeopleAreRejected() throws Unreadable {
        ClaimFile file = ClaimFileReader.read(ClaimLayout.CMS_RIF, CARRIER
                + "INSERT|1|900|77|27-OCT-1999|1\nINSERT|1|900|77|27-OCT-1999|2|\nINSERT|2|900|77|27-OCT-1999|3\nINSERT|2|901|77|27-oct-1999|1\n");
        assertThat(file.claims()).isEqualTo(2);
        assertThat(file.lines()).isEqualTo(4);
        assertThat(file.rejected()).extracting(ClaimFile.Rejected::line).containsExactly(4);
    }

    @Test
    void aWrongLineIsRejectedWithItsNumberAndTheOthersAreRead() throws Unreadable {
        String person = TestSubject.APPROVE.person().number();
        ClaimFile file = ClaimFileReader.read(ClaimLayout.INPATIENT_CSV, HEADER
                + "P1,C1,H1,2026-01-01,2026-01-09,5000\n"
                + "P1,C2,H1,2026-02-30,2026-01-09,5000\n"
                + "P1,C1,H1,2026-01-01,2026-01-09,5000\n"
                + person + ",C3,H1,2026-01-01,2026-01-09,5000\n"
                + "P1,C4,H1,2026-01-01,2026-01-09,1e400\n"
                + "P1,C5,H1,2026-01-01\n"
                + "P2,C6,H1,2026-01-09,2026-01-01,12.345\n");
        assertThat(file.claims()).isEqualTo(2);
        assertThat(file.stays().getLast().amountFen()).as("to the nearest hundredth").isEqualTo(1_235);
        assertThat(file.rejected()).extracting(ClaimFile.Rejected::line).containsExactly(3, 4, 5, 6, 7);
        assertThat(file.rejected().toString()).doesNotContain(person);
        assertThat(ClaimsMessages.count(Screening.stays(file.stays()))).containsEntry(ClueKind.DISCHARGE_BEFORE_ADMISSION, 1);
    }

    @Test
    void whatIsOfAnotherLayoutIsRefusedInASentence() {
        assertThatThrownBy(() -> ClaimFileReader.read(ClaimLayout.INPATIENT_CSV, "a,b\n1,2\n")).isInstanceOf(Unreadable.class).hasMessageContaining("BeneID");
        assertThatThrownBy(() -> ClaimFileReader.read(ClaimLayout.CMS_RIF, "a|b\n1|2\n")).isInstanceOf(Unreadable.class);
        assertThatThrownBy(() -> ClaimFileReader.read(ClaimLayout.CMS_RIF, "")).isInstanceOf(Unreadable.class);
        assertThatThrownBy(() -> ClaimFileReader.read(ClaimLayout.LABELLED_BILLS, "")).isInstanceOf(Unreadable.class);
        assertThatThrownBy(() -> ClaimFileReader.read(ClaimLayout.INPATIENT_CSV, HEADER + "P,C,H,2026-01-01,2026-01-02,1\n".repeat(20_001)))
                .isInstanceOf(Unreadable.class).hasMessageContaining("20000");
    }

    /** Whatever is handed in is read or refused in a sentence; nothing else is thrown. */
    @Test
    void noFileThrowsAnythingElse() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        String[] pieces = {HEADER, CARRIER, "P1,C1,H1,2026-01-01,2026-01-09,5000\n", "\"", ",", "|", "\n", "\r", "\u0000", "'A_1'", "[", "]", "9".repeat(400),
            "1e999999999", "INSERT|1|900|77|27-OCT-1999|1\n", "\uFEFF", "id,amount,age,sex,treatments,types,target\n", "ID_1,2.5,NaN,1,\"['A']\",\"['B']\",0\n"};
        for (int round = 0; round < 2_000; round++) {
            var content = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                content.append(pieces[random.nextInt(pieces.length)]);
            }
            for (ClaimLayout layout : ClaimLayout.values()) {
                try {
                    ClaimFile file = ClaimFileReader.read(layout, content.toString());
                    assertThat(file.rejectedLines()).as("seed " + seed).isLessThanOrEqualTo(file.lines());
                } catch (Unreadable refused) {
                    assertThat(refused.getMessage()).as("seed " + seed).isNotBlank();
                }
            }
        }
    }
}
