package cn.jingshu.products.domain.disclosure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Withholds counts from one up to a threshold, and as many others as are needed that nobody can compute one of these from what
 * is shown. Zero is shown: it is about nobody. (The rule of the threshold and of zero is that of official statistics, for
 * instance the cell size policy of the US Centers for Medicare and Medicaid Services, eleven, and chapter 4 of Hundepool et
 * al., Statistical Disclosure Control, 2012; the number is POLICY §5.5's.)
 *
 * <p>A count that is withheld is safe when, for a reader who knows every shown count and that none is below zero, the values
 * it may have span at least the threshold. The interval is computed exactly: with its totals a table is a circulation in a
 * network, whose cells are arcs, and how far one arc can rise or fall is a maximum flow (D. Gusfield, A graph theoretic approach
 * to statistical data security, SIAM J. Comput. 17, 1988). Where it is too narrow, the counts on a cheapest cycle through the
 * cell are withheld too, so that as little as is easily found goes, not the provable least. Equal tables are always treated alike.
 *
 * <p>It judges one table. Several tables of one cohort with different groupings can tell together what none tells alone; what
 * may be asked at all is the product's to bound, and {@link DifferencingGuard} guards cohorts.
 */
public final class SmallCells {
    /** The threshold of research on patients, in subjects (POLICY §5.5 row 4). */
    public static final int USUAL_THRESHOLD = 10;

    private final int threshold;

    /** @param threshold the smallest count above zero that is shown; at least 2 */
    public SmallCells(int threshold) {
        if (threshold < 2) {
            throw new IllegalArgumentException("a threshold of " + threshold + " withholds nothing");
        }
        this.threshold = threshold;
    }

    /** With the usual threshold. */
    public SmallCells() {
        this(USUAL_THRESHOLD);
    }

    public int threshold() {
        return threshold;
    }

    /** Whether a count must not be shown; a figure computed from such a count must not either. */
    public boolean isSmall(long count) {
        return count > 0 && count < threshold;
    }

    /**
     * Whether a whole may be told together with the part of it that has something: both the part and the rest are as many as the
     * threshold. Here zero is too few as well, for to be told that nobody, or everybody, has it is to be told of each.
     */
    public boolean isTellable(long part, long whole) {
        return part >= threshold && whole - part >= threshold;
    }

    /** Rounded down to a multiple of the threshold, so that the few who separate two cohorts do not show. */
    public long rounded(long count) {
        return count / threshold * threshold;
    }

    /**
     * Which groups of a whole that is known may be told, one boolean each: none that is not tellable by itself, and where that leaves
     * a single one out, which anyone could work out from the whole, the smallest of the others neither.
     *
     * @param tellable of each group: it is by itself
     * @param sizes of each group its subjects
     */
    public static List<Boolean> tellableGroups(List<Boolean> tellable, List<Integer> sizes) {
        List<Boolean> told = new ArrayList<>(tellable);
        if (told.size() > 1 && told.stream().filter(t -> !t).count() == 1) {
            IntStream.range(0, told.size()).boxed().filter(told::get).min(Comparator.comparing(sizes::get))
                    .ifPresent(smallest -> told.set(smallest, false));
        }
        return List.copyOf(told);
    }

    /** A count that stands alone: no total of it and others is shown anywhere. */
    public Cell alone(long count) {
        return isSmall(count) ? new Cell.Withheld() : new Cell.Shown(count);
    }

    /** Counts whose total is shown beside them, or known from elsewhere. @throws IllegalArgumentException if one is below zero */
    public CountList list(List<Long> counts) {
        List<Arc> arcs = new ArrayList<>();
        long total = 0;
        for (long count : counts) {
            arcs.add(new Arc(0, 1, count));
            total = Math.addExact(total, count);
        }
        Arc totalArc = new Arc(1, 0, total);
        arcs.add(totalArc);
        protect(arcs, 2);
        return new CountList(arcs.subList(0, counts.size()).stream().map(Arc::shown).toList(), totalArc.shown());
    }

    /**
     * Counts of a table whose row and column totals are shown beside them, or known from elsewhere.
     *
     * @param counts row by row, each of the same length
     * @throws IllegalArgumentException if a count is below zero or the rows are of different lengths
     */
    public CountTable table(List<List<Long>> counts) {
        int rows = counts.size();
        int columns = rows == 0 ? 0 : counts.getFirst().size();
        // Nodes: the rows, the row of totals, the columns, the column of totals.
        int totalRow = rows;
        int totalColumn = rows + 1 + columns;
        List<Arc> arcs = new ArrayList<>();
        List<List<Arc>> cells = new ArrayList<>();
        long[] ofColumn = new long[columns];
        List<Arc> rowTotals = new ArrayList<>();
        long total = 0;
        for (int r = 0; r < rows; r++) {
            if (counts.get(r).size() != columns) {
                throw new IllegalArgumentException("row " + r + " has " + counts.get(r).size() + " counts, the first " + columns);
            }
            List<Arc> row = new ArrayList<>();
            long ofRow = 0;
            for (int c = 0; c < columns; c++) {
                long count = counts.get(r).get(c);
                row.add(new Arc(r, rows + 1 + c, count));
                ofRow = Math.addExact(ofRow, count);
                ofColumn[c] = Math.addExact(ofColumn[c], count);
            }
            cells.add(row);
            arcs.addAll(row);
            rowTotals.add(new Arc(totalColumn, r, ofRow));
            total = Math.addExact(total, ofRow);
        }
        List<Arc> columnTotals = new ArrayList<>();
        for (int c = 0; c < columns; c++) {
            columnTotals.add(new Arc(rows + 1 + c, totalRow, ofColumn[c]));
        }
        Arc totalArc = new Arc(totalRow, totalColumn, total);
        arcs.addAll(rowTotals);
        arcs.addAll(columnTotals);
        arcs.add(totalArc);
        protect(arcs, totalColumn + 1);
        return new CountTable(cells.stream().map(row -> row.stream().map(Arc::shown).toList()).toList(),
                rowTotals.stream().map(Arc::shown).toList(), columnTotals.stream().map(Arc::shown).toList(), totalArc.shown());
    }

    private void protect(List<Arc> arcs, int nodes) {
        for (Arc arc : arcs) {
            if (arc.count < 0) {
                throw new IllegalArgumentException("a count of " + arc.count + " subjects");
            }
            arc.withheld = isSmall(arc.count);
        }
        List<Arc> small = arcs.stream().filter(arc -> arc.withheld).toList();
        for (Arc arc : small) {
            Circulation circulation = new Circulation(arcs, nodes);
            while (circulation.span(arc, threshold) < threshold && circulation.withholdAround(arc)) {
                // each turn withholds at least one more count, so this ends
            }
        }
    }

    /** One count as an arc of the circulation. */
    static final class Arc {
        final int from;
        final int to;
        final long count;
        boolean withheld;

        Arc(int from, int to, long count) {
            this.from = from;
            this.to = to;
            this.count = count;
        }

        Cell shown() {
            return withheld ? new Cell.Withheld() : new Cell.Shown(count);
        }
    }
}
