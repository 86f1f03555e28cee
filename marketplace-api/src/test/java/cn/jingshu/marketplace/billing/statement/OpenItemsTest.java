package cn.jingshu.marketplace.billing.statement;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class OpenItemsTest {
    private static List<Statements.Listed> statements(List<Long> fen) {
        List<Statements.Listed> statements = new ArrayList<>();
        for (int i = 0; i < fen.size(); i++) {
            statements.add(new Statements.Listed(new UUID(0, i), new UUID(1, 1), "x", YearMonth.of(2026, 1).plusMonths(i),
                    Instant.EPOCH, LocalDate.EPOCH, Money.ofFen(fen.get(i)), Money.ZERO, Money.ZERO, ""));
        }
        return statements;
    }

    private static List<Long> open(List<Long> fen, long owed) {
        Map<UUID, Money> open = OpenItems.of(statements(fen), Money.ofFen(owed));
        return statements(fen).stream().map(each -> open.getOrDefault(each.id(), Money.ZERO).fen()).toList();
    }

    @Test
    void theOldestIsPaidFirst() {
        assertThat(open(List.of(100L, 50L, 30L), 180)).containsExactly(100L, 50L, 30L);
        assertThat(open(List.of(100L, 50L, 30L), 79)).containsExactly(0L, 49L, 30L);
        assertThat(open(List.of(100L, 50L, 30L), 0)).containsExactly(0L, 0L, 0L);
        assertThat(open(List.of(100L, 50L, 30L), -7)).containsExactly(0L, 0L, 0L);
    }

    @Test
    void whatGivesBackIsNeverOpen() {
        assertThat(open(List.of(100L, -40L), 60)).containsExactly(60L, 0L);
    }

    @Property
    void theOpenPartsAddUpToWhatIsOwed(@ForAll @Size(max = 12) List<@LongRange(min = 0, max = 10_000) Long> fen,
            @ForAll @LongRange(min = 0, max = 100) long percent) {
        long whole = fen.stream().mapToLong(Long::longValue).sum();
        long owed = whole * percent / 100;
        List<Long> open = open(fen, owed);
        assertThat(open.stream().mapToLong(Long::longValue).sum()).isEqualTo(owed);
        for (int i = 0; i < open.size(); i++) {
            assertThat(open.get(i)).isBetween(0L, fen.get(i));
        }
    }
}
