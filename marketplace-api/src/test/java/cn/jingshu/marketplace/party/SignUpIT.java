package cn.jingshu.marketplace.party;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.products.identifier.Uscc;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignUpIT {
    private static final String FREE_USCC = Uscc.complete("91", "420800", "NEWFRM01").code();

    private final DemoMarket market = new DemoMarket();
    private final SignUp signUp = new SignUp(market.database, DemoMarket.PASSWORDS, market.clock);

    private static SignUp.Form form(String uscc, String nameZh, String signInName, String password) {
        return new SignUp.Form(UUID.randomUUID(), UUID.randomUUID(), uscc, nameZh, "New Firm", signInName, "新人", password);
    }

    @Test
    void anOrganisationAndItsOwnerJoinTogetherAsAConsumerThatMayBuy() {
        SignUp.Outcome outcome = signUp.signUp(form(FREE_USCC.toLowerCase(java.util.Locale.ROOT), "新公司", "New.Owner", "long enough"));
        assertThat(outcome).isInstanceOfSatisfying(SignUp.Outcome.SignedUp.class, joined -> {
            assertThat(joined.organisation().mayBuy()).isTrue();
            assertThat(joined.organisation().synthetic()).isFalse();
            assertThat(joined.person().signInName()).isEqualTo("new.owner");
            assertThat(new People(market.database, DemoMarket.PASSWORDS, market.clock).find(joined.person().id()))
                    .contains(joined.person());
            assertThat(new Organisations(market.database, market.clock).find(joined.organisation().id()))
                    .hasValueSatisfying(found -> assertThat(found.uscc()).isEqualTo(joined.organisation().uscc()));
        });
    }

    @ParameterizedTest
    @CsvSource({
        "91420800NEWFRM0100, 新公司, newcomer, long enough, USCC_INVALID",
        "FREE, ' ', newcomer, long enough, NAME_INVALID",
        "FREE, 新公司, ab, long enough, SIGN_IN_NAME_INVALID",
        "FREE, 新公司, 'new comer', long enough, SIGN_IN_NAME_INVALID",
        "FREE, 新公司, bank, long enough, SIGN_IN_NAME_TAKEN",
        "FREE, 新公司, newcomer, short, PASSWORD_UNFIT",
        "FREE, 新公司, newcomer, newcomer-2026, PASSWORD_UNFIT",
        "TAKEN, 新公司, newcomer, long enough, USCC_TAKEN",
    })
    void whatIsWrongIsNamedAndNothingIsStored(
            String uscc, String nameZh, String signInName, String password, SignUp.Fault fault) {
        Organisations organisations = new Organisations(market.database, market.clock);
        int before = organisations.listAll().size();
        String code = switch (uscc) {
            case "FREE" -> FREE_USCC;
            case "TAKEN" -> organisations.find(DemoMarket.organisation("BANK")).orElseThrow().uscc().code();
            default -> uscc;
        };
        assertThat(signUp.signUp(form(code, nameZh, signInName, password)))
                .isEqualTo(new SignUp.Outcome.Refused(fault));
        assertThat(organisations.listAll()).hasSize(before);
    }
}
