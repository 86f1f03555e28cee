package cn.jingshu.products.claims;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.claims.CaseEvent.Kind;
import org.junit.jupiter.api.Test;

class CaseStateTest {
    @Test
    void hospitalsAreToldOnlyAfterAnApproval() {
        for (CaseState state : CaseState.values()) {
            assertThat(state.allows(Kind.HOSPITAL_CLUES_TOLD)).as(state.name()).isEqualTo(state == CaseState.RELEASE_APPROVED);
        }
    }

    @Test
    void nothingIsApprovedOrAssignedBeforeCluesWereCounted() {
        assertThat(CaseState.OPEN.allows(Kind.RELEASE_APPROVED)).isFalse();
        assertThat(CaseState.OPEN.allows(Kind.TASK_ASSIGNED)).isFalse();
    }

    @Test
    void aClosedCaseStaysAsItIsAndNoneIsOpenedTwice() {
        for (Kind kind : Kind.values()) {
            assertThat(CaseState.CLOSED.allows(kind)).as(kind.name()).isFalse();
        }
        for (CaseState state : CaseState.values()) {
            assertThat(state.allows(Kind.OPENED)).as(state.name()).isFalse();
        }
    }

    @Test
    void countingAgainTakesNoApprovalBack() {
        assertThat(CaseState.RELEASE_APPROVED.after(Kind.SCREENED)).isEqualTo(CaseState.RELEASE_APPROVED);
        assertThat(CaseState.OPEN.after(Kind.SCREENED)).isEqualTo(CaseState.SCREENED);
        assertThat(CaseState.SCREENED.after(Kind.CLOSED)).isEqualTo(CaseState.CLOSED);
    }

    @Test
    void whatPeopleWriteNamesNobody() {
        assertThat(CaseText.harmless("到院核实住院起止日期,案号 LP20261130001")).isTrue();
        assertThat(CaseText.harmless("患者 420899198001010113 住院")).isFalse();
        assertThat(CaseText.harmless("电话13812345678")).isFalse();
        assertThat(CaseText.harmless("a\nb")).isFalse();
        assertThat(CaseText.harmless("流水号 123456789012345678")).as("18 digits that are no identity number").isTrue();
        assertThat(CaseText.day("2026-02-29")).isEmpty();
        assertThat(CaseText.day("0001-01-01")).isEmpty();
        assertThat(CaseText.digest("a".repeat(64))).isTrue();
        assertThat(CaseText.digest("A".repeat(64))).isFalse();
    }
}
