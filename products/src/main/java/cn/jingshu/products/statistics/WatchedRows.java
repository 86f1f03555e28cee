package cn.jingshu.products.statistics;

import cn.jingshu.products.spi.WatchedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Counts the rows of numbers a model is asked about by the bins of its training data. */
public final class WatchedRows {
    private final WatchedModel model;
    private final List<Column> columns;

    /**
     * One column of the rows that is watched.
     *
     * @param at its place in a row, from 0
     * @param edges where one bin ends and the next begins, ascending
     * @param shares of the training values in each bin; empty: not known
     */
    public record Column(int at, String name, List<Double> edges, List<Double> shares) {
        public Column {
            edges = List.copyOf(edges);
            shares = List.copyOf(shares);
        }

        WatchedModel.Input input() {
            return new WatchedModel.Input(name, PopulationStability.labels(edges), shares);
        }
    }

    /** @param trainedOn rows of the training data; 0: not known */
    public WatchedRows(String id, String source, long trainedOn, List<Column> columns) {
        this.columns = List.copyOf(columns);
        this.model = new WatchedModel(id, source, trainedOn, this.columns.stream().map(Column::input).toList());
    }

    /**
     * The rows of a stored model.
     *
     * @param held features that the product holds at one value, so that their distribution says nothing
     */
    public static WatchedRows of(StoredModel model, Set<String> held) {
        List<Column> columns = new ArrayList<>();
        for (int at = 0; at < model.features().size(); at++) {
            StoredModel.Feature feature = model.features().get(at);
            if (!held.contains(feature.name())) {
                columns.add(new Column(at, feature.name(), feature.distribution().edges(), feature.distribution().shares()));
            }
        }
        StoredModel.Provenance from = model.provenance();
        return new WatchedRows(model.id(), from.dataSet() + " sha256:" + from.sha256(), from.rows(), columns);
    }

    /** Counts a row; what is no number in it is not known and not counted. */
    public void count(double[] row) {
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            if (!Double.isNaN(row[column.at()])) {
                model.count(i, PopulationStability.bin(column.edges(), row[column.at()]));
            }
        }
    }

    public WatchedModel model() {
        return model;
    }

    /**
     * Edges of bins of equal width over a range, strictly ascending; fewer where so many numbers do not lie in it.
     *
     * @throws IllegalArgumentException if the range is empty or wider than a number can say
     */
    public static List<Double> equalEdges(double least, double greatest, int bins) {
        if (!(greatest > least) || !Double.isFinite(greatest - least) || bins < 2) {
            throw new IllegalArgumentException("no " + bins + " bins between " + least + " and " + greatest);
        }
        return IntStream.range(1, bins).mapToObj(b -> least + (greatest - least) * b / bins).distinct().toList();
    }
}
