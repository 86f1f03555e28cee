package cn.jingshu.products.domain.disclosure;

import java.util.List;

/**
 * A table of two ways with its totals, as it may be shown.
 *
 * @param cells row by row
 * @param rowTotals one for each row
 * @param columnTotals one for each column
 */
public record CountTable(List<List<Cell>> cells, List<Cell> rowTotals, List<Cell> columnTotals, Cell total) {
    public CountTable {
        cells = cells.stream().map(List::copyOf).toList();
        rowTotals = List.copyOf(rowTotals);
        columnTotals = List.copyOf(columnTotals);
    }
}
