package cn.jingshu.marketplace.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TransactionIT {
    private final Database database = new Database(MarketDatabase.create());

    @Test
    void aMomentIsCutToWhatPostgresqlKeepsAndNeverRoundedIntoTheFuture() {
        Instant moment = Instant.parse("2026-11-01T00:00:00.123456999Z");
        Optional<Instant> kept = database.inTransaction(
                t -> t.find("SELECT CAST(? AS timestamptz) AS kept", row -> row.instant("kept"), moment));
        assertThat(kept).hasValue(Instant.parse("2026-11-01T00:00:00.123456Z"));
    }
}
