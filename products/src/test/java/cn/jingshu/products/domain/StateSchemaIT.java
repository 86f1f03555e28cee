package cn.jingshu.products.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.junit.jupiter.api.Test;

/** When Flyway is asked about a product's state, and when what it found before is enough. */
class StateSchemaIT {
    private static final StateSchema STATE = new StateSchema(new ProductRole("garden", 1, false).state(), "db/product/garden");
    private static final String HISTORY = "\"" + new ProductRole("garden", 1, false).state() + "\".flyway_schema_history";

    private static boolean isCurrent(TestDomain domain) {
        return OwnerConnection.run(domain.owner(), STATE::isCurrent);
    }

    /** Another node, or this one's next life. */
    private static void openAgain(TestDomain domain) {
        try (JdbcDataDomain next = domain.domain(Clock.systemUTC(), DomainSettings.USUAL)) {
            next.open(Trees.needs());
        }
    }

    @Test
    void whatIsInOrderStaysSoOverTheNextStart() {
        try (TestDomain domain = TestDomain.start()) {
            domain.open(Trees.needs());
            assertThat(isCurrent(domain)).isTrue();
            openAgain(domain);
            assertThat(isCurrent(domain)).isTrue();
        }
    }

    @Test
    void aHistoryThatWasChangedIsLookedAtAgain() {
        try (TestDomain domain = TestDomain.start()) {
            domain.open(Trees.needs());
            domain.execute("UPDATE " + HISTORY + " SET checksum = checksum + 1 WHERE version IS NOT NULL");
            assertThat(isCurrent(domain)).isFalse();
            assertThatThrownBy(() -> openAgain(domain)).isInstanceOf(FlywayValidateException.class);
        }
    }

    @Test
    void otherScriptsAreLookedAt() {
        try (TestDomain domain = TestDomain.start()) {
            domain.open(Trees.needs());
            StateSchema newer = new StateSchema(new ProductRole("garden", 1, false).state(), "db/product/none");
            assertThat(OwnerConnection.<Boolean>run(domain.owner(), newer::isCurrent)).isFalse();
        }
    }

    @Test
    void aSchemaThatWasTakenAwayIsMadeAgain() {
        try (TestDomain domain = TestDomain.start()) {
            domain.open(Trees.needs());
            domain.execute("DROP SCHEMA \"" + new ProductRole("garden", 1, false).state() + "\" CASCADE");
            assertThat(isCurrent(domain)).isFalse();
            openAgain(domain);
            assertThat(isCurrent(domain)).isTrue();
            domain.execute("SELECT * FROM " + HISTORY);
        }
    }
}
