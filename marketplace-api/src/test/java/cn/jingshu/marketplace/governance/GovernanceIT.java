package cn.jingshu.marketplace.governance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.MarketBeans;
import cn.jingshu.marketplace.store.MarketDatabase;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class GovernanceIT {
    private final DemoMarket market = new DemoMarket();

    @AutoClose
    private final MarketBeans beans = market.beans();

    @Test
    void anAgreementRunsForAtMostFiveYears() {
        LocalDate start = LocalDate.of(2026, 11, 23);
        Agreements.Agreement longest = new Agreements.Agreement(UUID.randomUUID(), UUID.randomUUID(),
                Agreements.AgreementKind.OPERATOR, start, start.plusYears(5), "协议");
        assertThat(longest.endsOn()).isEqualTo(LocalDate.of(2031, 11, 23));
        assertThatThrownBy(() -> new Agreements.Agreement(UUID.randomUUID(), UUID.randomUUID(),
                        Agreements.AgreementKind.OPERATOR, start, start.plusYears(5).plusDays(1), "协议"))
                .hasMessageContaining("at most five years");
        assertThat(catchThrowableOfType(DatabaseException.class, () -> MarketDatabase.execute(market.dataSource, """
                INSERT INTO market.agreement (id, organisation_id, kind, starts_on, ends_on, citation, signed_at)
                VALUES (gen_random_uuid(), '%s', 'OPERATOR', '2026-11-23', '2031-11-24', 'x', now())
                """.formatted(DemoMarket.organisation("OPERATOR")))))
                .satisfies(refused -> assertThat(refused.violates("agreement_term_at_most_five_years")).isTrue());
    }

    @Test
    void aPolicyNumberHoldsFromItsDateUntilALaterOne() {
        PolicyParameters parameters = beans.get(PolicyParameters.class);
        MarketDatabase.execute(market.dataSource, """
                INSERT INTO market.policy_parameter (name, effective_from, value, citation)
                SELECT 'price.deviation', TIMESTAMPTZ '2028-01-01 00:00+08', '0.25', '测试' FROM set_config('market.numbers_of', 'release', true)
                """);
        assertThat(parameters.getAt("price.deviation", Instant.parse("2026-11-23T00:00:00Z")).decimal())
                .isEqualByComparingTo("0.10");
        assertThat(parameters.getAt("price.deviation", Instant.parse("2028-01-01T00:00:00Z")).decimal())
                .isEqualByComparingTo("0.25");
        assertThatThrownBy(() -> parameters.getAt("price.deviation", Instant.parse("2020-01-01T00:00:00Z")))
                .isInstanceOf(NoSuchElementException.class);
        assertThat(parameters.listAll()).allSatisfy(p -> assertThat(p.citation()).isNotBlank());
    }

    @Test
    void theAuditLogKeepsEveryCharacterItIsGiven() {
        String odd = "quote \" backslash \\ line\nbreak\ttab 荆门 🚌 \u0001 {}";
        market.database.inTransaction(t -> {
            AuditLog.append(t, market.clock, null, "test", "test", "odd", Map.of("b", odd, "a\"", "1"));
            return odd;
        });
        assertThat(MarketDatabase.texts(market.dataSource,
                        "SELECT detail ->> 'b' FROM market.audit_log WHERE subject_id = 'odd'"))
                .containsExactly(odd);
    }
}
