package cn.jingshu.products.efficacy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What is too few to be told (POLICY 5.5, product 4: a least cell of ten). */
final class Telling {
    /** The least number of persons that is told. */
    static final int LEAST = 10;

    private Telling() {}

    /** True: a group of {@code whole}, {@code part} of which have something, tells of nobody in particular. */
    static boolean tellable(long part, long whole) {
        return part >= LEAST && whole - part >= LEAST;
    }

    /** Rounded down to whole tens, so that the few who separate two populations do not show. */
    static long rounded(long count) {
        return count / LEAST * LEAST;
    }

    /**
     * Which groups of a whole may be told, one boolean each: none that is itself not tellable, and where that leaves a single one
     * out, which anyone could work out from the whole, the smallest of the others neither.
     *
     * @param tellable of each group: it is by itself
     */
    static List<Boolean> told(List<Boolean> tellable, List<Integer> sizes) {
        List<Boolean> told = new ArrayList<>(tellable);
        if (told.size() > 1 && told.stream().filter(t -> !t).count() == 1) {
            IntStream.range(0, told.size()).boxed().filter(told::get).min(Comparator.comparing(sizes::get))
                    .ifPresent(smallest -> told.set(smallest, false));
        }
        return List.copyOf(told);
    }
}
