package cn.jingshu.products.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A model whose inputs are watched for drift (输入漂移): what they were like in training, and how often each fell into which bin since the counts were
 * taken last. A bin and a number is all that is known here of a call. Safe for use by many threads.
 */
public final class WatchedModel {
    private final String id;
    private final String source;
    private final long trainedOn;
    private final List<Input> inputs;
    private final List<AtomicLongArray> counts;

    /**
     * One input.
     *
     * @param bins what each bin holds, in words without a language: {@code <40}, {@code 40–50}; no two alike, counts are kept by them
     * @param shares of the training cases in each bin, adding to one; empty: nothing is known of the training data
     */
    public record Input(String name, List<String> bins, List<Double> shares) {
        /** @throws IllegalArgumentException if there are no bins, two are named alike, or shares are for other bins */
        public Input {
            bins = List.copyOf(bins);
            shares = List.copyOf(shares);
            if (bins.isEmpty() || (!shares.isEmpty() && shares.size() != bins.size())) {
                throw new IllegalArgumentException("input " + name + ": " + shares.size() + " shares for " + bins.size() + " bins");
            }
            if (Set.copyOf(bins).size() < bins.size()) {
                throw new IllegalArgumentException("input " + name + ": two of its bins are named alike: " + bins);
            }
        }
    }

    /** How often an input fell into a bin; more than never. */
    public record Count(int input, int bin, long cases) {}

    /**
     * A model of which nothing is counted yet.
     *
     * @param id name and version as answers give them, unique in its product
     * @param source where the training data come from; empty: not known
     * @param trainedOn rows of the training data; 0: not known
     * @throws IllegalArgumentException if two inputs have one name
     */
    public WatchedModel(String id, String source, long trainedOn, List<Input> inputs) {
        this.id = id;
        this.source = source;
        this.trainedOn = trainedOn;
        this.inputs = List.copyOf(inputs);
        if (this.inputs.stream().map(Input::name).distinct().count() < this.inputs.size()) {
            throw new IllegalArgumentException("model " + id + ": two of its inputs have one name");
        }
        this.counts = this.inputs.stream().map(input -> new AtomicLongArray(input.bins().size())).toList();
    }

    public String id() {
        return id;
    }

    public String source() {
        return source;
    }

    public long trainedOn() {
        return trainedOn;
    }

    public List<Input> inputs() {
        return inputs;
    }

    /** Counts one value. @throws IndexOutOfBoundsException if there is no such input or bin */
    public void count(int input, int bin) {
        add(new Count(input, bin, 1));
    }

    /** Counts what was counted elsewhere, or was taken and could not be kept. */
    public void add(Count count) {
        counts.get(count.input()).addAndGet(count.bin(), count.cases());
    }

    /** What was counted since it was taken last; it is not counted any more. */
    public List<Count> take() {
        List<Count> taken = new ArrayList<>();
        for (int input = 0; input < inputs.size(); input++) {
            AtomicLongArray bins = counts.get(input);
            for (int bin = 0; bin < bins.length(); bin++) {
                long cases = bins.getAndSet(bin, 0);
                if (cases > 0) {
                    taken.add(new Count(input, bin, cases));
                }
            }
        }
        return taken;
    }
}
