package cn.jingshu.products.domain.disclosure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SmallCellsTest {
    private static final SmallCells TEN = new SmallCells();

    @Test
    void aCountBelowTheThresholdIsWithheldAndZeroIsNot() {
        assertThat(TEN.alone(9)).isEqualTo(new Cell.Withheld());
        assertThat(TEN.alone(1).value()).isEmpty();
        assertThat(TEN.alone(10).value()).hasValue(10);
        assertThat(TEN.alone(0).value()).hasValue(0);
    }

    @Test
    void theSmallCountOfAListTakesOneMoreWithIt() {
        assertThat(line(TEN.list(List.of(100L, 4L, 30L, 500L)).cells())).isEqualTo("100 * * 500");
    }

    @Test
    void aListOfOneSmallCountTakesItsTotal() {
        CountList list = TEN.list(List.of(4L));
        assertThat(list.cells().getFirst().value()).isEmpty();
        assertThat(list.total().value()).isEmpty();
    }

    @Test
    void twoSmallCountsThatCannotMoveFarTakeAThird() {
        // 1 and 2 of a shown total: each would be known to lie between 0 and 3.
        assertThat(line(TEN.list(List.of(1L, 2L, 40L, 60L)).cells())).isEqualTo("* * * 60");
    }

    @Test
    void nothingIsWithheldWhereNothingIsSmall() {
        CountTable table = TEN.table(List.of(List.of(10L, 0L), List.of(25L, 11L)));
        assertThat(table.cells()).allSatisfy(row -> assertThat(row).allMatch(cell -> cell.value().isPresent()));
        assertThat(table.total().value()).hasValue(46);
        assertThat(line(table.rowTotals())).isEqualTo("10 36");
        assertThat(line(table.columnTotals())).isEqualTo("35 11");
    }

    @Test
    void theSmallCountOfATableTakesTheCheapestCycleWithIt() {
        CountTable table = TEN.table(List.of(
                List.of(5L, 80L, 20L),
                List.of(70L, 90L, 60L),
                List.of(15L, 99L, 30L)));
        assertThat(table.cells().stream().map(SmallCellsTest::line)).containsExactly("* 80 *", "70 90 60", "* 99 *");
        assertThat(line(table.rowTotals()) + " " + line(table.columnTotals())).doesNotContain("*");
    }

    @Test
    void aShareOfZeroGivesNoCover() {
        // The zero could not be lower, and below it the 3 could be no higher: the cover is sought elsewhere.
        CountTable table = TEN.table(List.of(List.of(3L, 50L, 60L), List.of(0L, 70L, 80L), List.of(40L, 90L, 95L)));
        assertThat(table.cells().get(1).getFirst().value()).hasValue(0);
        assertThat(table.cells().get(2).getFirst().value()).isEmpty();
    }

    @Test
    void countsBelowZeroAndRaggedTablesAreRefused() {
        assertThatThrownBy(() -> TEN.list(List.of(-1L))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TEN.table(List.of(List.of(1L, 2L), List.of(1L)))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SmallCells(1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Every value a withheld small count may have is counted out, by trying all tables, and they span the threshold. */
    @Test
    void noSmallCountCanBeComputedFromWhatIsShown() {
        long seed = 20261130;
        Random random = new Random(seed);
        int threshold = 3;
        SmallCells three = new SmallCells(threshold);
        int withSmall = 0;
        for (int round = 0; round < 1_500; round++) {
            int rows = 1 + random.nextInt(2);
            int columns = 1 + random.nextInt(3);
            List<List<Long>> counts = IntStream.range(0, rows).mapToObj(_ -> IntStream.range(0, columns)
                    .mapToObj(_ -> (long) random.nextInt(random.nextBoolean() ? 3 : 7)).toList()).toList();
            CountTable shown = three.table(counts);
            List<List<Long>> possible = possible(shown, rows * columns, threshold);
            for (int i = 0; i < rows * columns; i++) {
                long count = counts.get(i / columns).get(i % columns);
                assertThat(possible).as("seed %d, round %d: the table itself is possible", seed, round)
                        .contains(counts.stream().flatMap(List::stream).toList());
                if (three.isSmall(count)) {
                    withSmall++;
                    int at = i;
                    assertThat(shown.cells().get(i / columns).get(i % columns).value()).isEmpty();
                    long least = possible.stream().mapToLong(each -> each.get(at)).min().orElseThrow();
                    long greatest = possible.stream().mapToLong(each -> each.get(at)).max().orElseThrow();
                    assertThat(greatest - least).as("seed %d, round %d, cell %d of %s", seed, round, i, counts)
                            .isGreaterThanOrEqualTo(threshold);
                }
            }
        }
        assertThat(withSmall).isGreaterThan(1_000);
    }

    /** All tables, with counts up to a bound, that agree with what is shown. */
    private static List<List<Long>> possible(CountTable shown, int cells, int threshold) {
        List<List<Long>> found = new ArrayList<>();
        tryAll(shown, new ArrayList<>(), cells, 6 + threshold, found);
        return found;
    }

    private static void tryAll(CountTable shown, List<Long> chosen, int cells, int bound, List<List<Long>> found) {
        int columns = shown.columnTotals().size();
        int at = chosen.size();
        if (at > 0 && at % columns == 0 && !agrees(shown.rowTotals().get(at / columns - 1), chosen.subList(at - columns, at))) {
            return;
        }
        if (at == cells) {
            for (int c = 0; c < columns; c++) {
                int column = c;
                List<Long> inColumn = IntStream.range(0, cells).filter(i -> i % columns == column).mapToObj(chosen::get).toList();
                if (!agrees(shown.columnTotals().get(c), inColumn)) {
                    return;
                }
            }
            if (agrees(shown.total(), chosen)) {
                found.add(List.copyOf(chosen));
            }
            return;
        }
        Cell cell = shown.cells().get(at / columns).get(at % columns);
        long from = cell.value().orElse(0);
        long to = cell.value().orElse(bound);
        for (long value = from; value <= to; value++) {
            chosen.add(value);
            tryAll(shown, chosen, cells, bound, found);
            chosen.removeLast();
        }
    }

    private static boolean agrees(Cell total, List<Long> counts) {
        return total.value().isEmpty() || total.value().getAsLong() == counts.stream().mapToLong(Long::longValue).sum();
    }

    private static String line(List<Cell> cells) {
        return cells.stream().map(cell -> cell.value().isPresent() ? Long.toString(cell.value().getAsLong()) : "*").collect(Collectors.joining(" "));
    }
}
