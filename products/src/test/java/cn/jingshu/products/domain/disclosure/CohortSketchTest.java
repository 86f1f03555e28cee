package cn.jingshu.products.domain.disclosure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CohortSketchTest {
    private static final int REACH = 10;

    @Test
    void smallDifferencesAreToldExactlyAndGreatOnesAsGreat() {
        long seed = 61;
        Random random = new Random(seed);
        for (int round = 0; round < 400; round++) {
            Set<String> one = new HashSet<>(IntStream.range(0, 50 + random.nextInt(500)).mapToObj(i -> "common " + i).toList());
            Set<String> other = new HashSet<>(one);
            int added = random.nextInt(9);
            int taken = random.nextInt(9);
            IntStream.range(0, added).forEach(i -> other.add("added " + i));
            IntStream.range(0, taken).forEach(i -> other.remove("common " + i));
            assertThat(CohortSketch.of(one, REACH).differenceFrom(CohortSketch.of(other, REACH)))
                    .as("seed %d, round %d: %d added, %d taken", seed, round, added, taken)
                    .isEqualTo(Math.min(added + taken, REACH + 1));
        }
    }

    @Test
    void cohortsWithNobodyInCommonDifferGreatly() {
        CohortSketch one = CohortSketch.of(IntStream.range(0, 20_000).mapToObj(i -> "a" + i).toList(), REACH);
        CohortSketch other = CohortSketch.of(IntStream.range(0, 20_000).mapToObj(i -> "b" + i).toList(), REACH);
        assertThat(one.differenceFrom(other)).isEqualTo(REACH + 1);
        assertThat(one.differenceFrom(CohortSketch.of(List.of(), REACH))).isEqualTo(REACH + 1);
    }

    @Test
    void orderAndRepetitionDoNotCountAndWhatWasStoredIsTheSame() {
        List<String> subjects = new ArrayList<>(List.of("x", "y", "z", "x"));
        CohortSketch sketch = CohortSketch.of(subjects, REACH);
        assertThat(CohortSketch.of(List.of("z", "y", "x"), REACH).bytes()).isEqualTo(sketch.bytes());
        assertThat(CohortSketch.of(sketch.bytes()).differenceFrom(sketch)).isZero();
    }
}
