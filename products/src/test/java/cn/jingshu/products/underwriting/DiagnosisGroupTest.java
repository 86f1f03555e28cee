package cn.jingshu.products.underwriting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DiagnosisGroupTest {
    @Test
    void codesFallIntoTheirChapters() {
        assertThat(DiagnosisGroup.lasting(List.of("I10", "i25.103", "E11.900", "C50.9", "N18.3", " J44.9 ")))
                .containsExactlyInAnyOrder(DiagnosisGroup.CIRCULATORY, DiagnosisGroup.ENDOCRINE, DiagnosisGroup.NEOPLASM,
                        DiagnosisGroup.URINARY, DiagnosisGroup.RESPIRATORY);
        assertThat(DiagnosisGroup.serious(List.of("I10", "E11.9", "I25.1", "N18.3"))).containsExactlyInAnyOrder(
                DiagnosisGroup.CIRCULATORY, DiagnosisGroup.URINARY);
    }

    @Test
    void whatPassesOrIsNoCodeBelongsNowhere() {
        assertThat(DiagnosisGroup.lasting(List.of("J06.9", "S93.4", "O80", "", "高血压", "I1", "I10; DROP TABLE", "1234", "Ⅰ10", "I100000000000000000")))
                .isEmpty();
    }

    @Test
    void everySeriousRangeIsAlsoLasting() {
        for (char chapter = 'A'; chapter <= 'Z'; chapter++) {
            for (int category = 0; category < 100; category++) {
                List<String> code = List.of("%c%02d".formatted(chapter, category));
                assertThat(DiagnosisGroup.lasting(code)).as(code.getFirst()).containsAll(DiagnosisGroup.serious(code));
                assertThat(DiagnosisGroup.lasting(code)).as(code.getFirst()).hasSizeLessThanOrEqualTo(1);
            }
        }
    }
}
