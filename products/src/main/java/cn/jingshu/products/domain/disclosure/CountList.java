package cn.jingshu.products.domain.disclosure;

import java.util.List;

/** Counts of groups that have no subject in common, with their total, as they may be shown. */
public record CountList(List<Cell> cells, Cell total) {
    public CountList {
        cells = List.copyOf(cells);
    }
}
