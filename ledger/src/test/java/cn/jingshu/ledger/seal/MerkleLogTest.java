package cn.jingshu.ledger.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MerkleLogTest {
    private static final int SIZE = 37;

    private record Place(int level, long index) {}

    /** Refuses what the log must never do: change a node, or ask for one that is not there. */
    private static final class Memory implements LogNodes {
        private final Map<Place, NodeHash> nodes = new HashMap<>();

        @Override
        public NodeHash get(int level, long index) {
            NodeHash node = nodes.get(new Place(level, index));
            if (node == null) {
                throw new IllegalStateException("no node " + level + "/" + index);
            }
            return node;
        }

        @Override
        public void put(int level, long index, NodeHash hash) {
            assertThat(nodes.put(new Place(level, index), hash)).isNull();
        }
    }

    private static byte[] content(int leaf) {
        return ("leaf " + leaf).getBytes(StandardCharsets.UTF_8);
    }

    private static MerkleLog log(LogHash hash, int size) {
        MerkleLog log = new MerkleLog(hash, new Memory(), 0);
        for (int i = 0; i < size; i++) {
            assertThat(log.append(hash.leaf(content(i)))).isEqualTo(i);
        }
        return log;
    }

    /** The definition of RFC 9162, section 2.1.1, word for word: slow, and apart from how the log keeps its nodes. */
    private static NodeHash defined(LogHash hash, List<byte[]> leaves) {
        if (leaves.isEmpty()) {
            return hash.empty();
        }
        if (leaves.size() == 1) {
            return hash.leaf(leaves.getFirst());
        }
        int split = 1;
        while (2 * split < leaves.size()) {
            split *= 2;
        }
        return hash.inner(defined(hash, leaves.subList(0, split)), defined(hash, leaves.subList(split, leaves.size())));
    }

    /** Roots that other logs of this kind publish for these eight leaves. */
    @Test
    void rootsAreThoseOfOtherImplementations() {
        List<String> leaves = List.of("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                "606162636465666768696a6b6c6d6e6f");
        MerkleLog log = new MerkleLog(LogHash.SHA_256, new Memory(), 0);
        leaves.forEach(leaf -> log.append(LogHash.SHA_256.leaf(HexFormat.of().parseHex(leaf))));
        assertThat(log.root(0)).hasToString("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(log.root(1)).hasToString("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        assertThat(log.root(2)).hasToString("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
        assertThat(log.root(3)).hasToString("aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
        assertThat(log.root(7)).hasToString("ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c");
        assertThat(log.root(8)).hasToString("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }

    @ParameterizedTest
    @EnumSource
    void everyRootIsAsDefinedAndStaysAsTheLogGrows(LogHash hash) {
        MerkleLog log = log(hash, SIZE);
        List<byte[]> leaves = new ArrayList<>();
        for (int size = 0; size <= SIZE; size++) {
            assertThat(log.root(size)).isEqualTo(defined(hash, leaves));
            leaves.add(content(size));
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyLeafIsProvedAndNothingElseIs(LogHash hash) {
        MerkleLog log = log(hash, SIZE);
        for (int size = 1; size <= SIZE; size++) {
            NodeHash root = log.root(size);
            for (int index = 0; index < size; index++) {
                List<NodeHash> beside = log.inclusion(index, size);
                NodeHash leaf = hash.leaf(content(index));
                assertThat(LogProofs.includes(hash, leaf, index, size, beside, root)).isTrue();
                assertThat(LogProofs.includes(hash, hash.leaf(content(index + 1)), index, size, beside, root)).isFalse();
                assertThat(LogProofs.includes(hash, leaf, index, size, beside, hash.leaf(content(0)).equals(root)
                        ? hash.empty() : hash.leaf(content(0)))).isFalse();
                for (int other = -1; other <= size; other++) {
                    if (other != index) {
                        assertThat(LogProofs.includes(hash, leaf, other, size, beside, root)).isFalse();
                    }
                }
                for (List<NodeHash> broken : broken(hash, beside)) {
                    assertThat(LogProofs.includes(hash, leaf, index, size, broken, root)).isFalse();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyLogProvesThatItGrewFromEachEarlierOne(LogHash hash) {
        MerkleLog log = log(hash, SIZE);
        for (int later = 0; later <= SIZE; later++) {
            for (int earlier = 0; earlier <= later; earlier++) {
                List<NodeHash> proof = log.consistency(earlier, later);
                NodeHash before = log.root(earlier);
                NodeHash after = log.root(later);
                assertThat(LogProofs.grew(hash, earlier, before, later, after, proof)).isTrue();
                assertThat(LogProofs.grew(hash, earlier, hash.leaf(content(99)), later, after, proof)).isFalse();
                if (earlier > 0) {
                    assertThat(LogProofs.grew(hash, earlier, before, later, hash.leaf(content(99)), proof)).isFalse();
                    assertThat(LogProofs.grew(hash, earlier, before, later, after, List.of())).as("%d of %d without a proof", earlier, later)
                            .isEqualTo(earlier == later);
                    for (List<NodeHash> broken : broken(hash, proof)) {
                        assertThat(LogProofs.grew(hash, earlier, before, later, after, broken)).isFalse();
                    }
                }
                assertThat(LogProofs.grew(hash, later + 1, before, later, after, proof)).isFalse();
            }
        }
    }

    /** A log whose past was rewritten cannot prove that it grew from what it was. */
    @Test
    void aRewrittenLeafBreaksTheProofOfGrowth() {
        MerkleLog honest = log(LogHash.SHA_256, 20);
        MerkleLog forged = new MerkleLog(LogHash.SHA_256, new Memory(), 0);
        for (int i = 0; i < 30; i++) {
            forged.append(LogHash.SHA_256.leaf(content(i == 7 ? 1007 : i)));
        }
        assertThat(LogProofs.grew(LogHash.SHA_256, 20, honest.root(20), 30, forged.root(30), forged.consistency(20, 30)))
                .isFalse();
    }

    @Test
    void aLogGoesOnFromWhatIsKept() {
        Memory kept = new Memory();
        MerkleLog first = new MerkleLog(LogHash.SHA_256, kept, 0);
        for (int i = 0; i < 11; i++) {
            first.append(LogHash.SHA_256.leaf(content(i)));
        }
        MerkleLog second = new MerkleLog(LogHash.SHA_256, kept, 11);
        for (int i = 11; i < SIZE; i++) {
            second.append(LogHash.SHA_256.leaf(content(i)));
        }
        assertThat(second.root(SIZE)).isEqualTo(log(LogHash.SHA_256, SIZE).root(SIZE));
    }

    @Test
    void whatTheLogHasNotIsNotProved() {
        MerkleLog log = log(LogHash.SHA_256, 4);
        assertThatIllegalArgumentException().isThrownBy(() -> log.root(5));
        assertThatIllegalArgumentException().isThrownBy(() -> log.inclusion(4, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> log.inclusion(-1, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> log.consistency(3, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> new MerkleLog(LogHash.SHA_256, new Memory(), -1));
    }

    @Test
    void aLeafCannotPassForAnInnerNode() {
        NodeHash left = LogHash.SHA_256.leaf(content(1));
        NodeHash right = LogHash.SHA_256.leaf(content(2));
        byte[] both = new byte[2 * NodeHash.SIZE];
        System.arraycopy(left.bytes(), 0, both, 0, NodeHash.SIZE);
        System.arraycopy(right.bytes(), 0, both, NodeHash.SIZE, NodeHash.SIZE);
        assertThat(LogHash.SHA_256.leaf(both)).isNotEqualTo(LogHash.SHA_256.inner(left, right));
    }

    /** The list with one more, one less, two swapped, one changed. */
    private static List<List<NodeHash>> broken(LogHash hash, List<NodeHash> proof) {
        List<List<NodeHash>> broken = new ArrayList<>();
        List<NodeHash> more = new ArrayList<>(proof);
        more.add(hash.empty());
        broken.add(more);
        if (!proof.isEmpty()) {
            broken.add(proof.subList(0, proof.size() - 1));
            broken.add(proof.subList(1, proof.size()));
        }
        for (int i = 0; i < proof.size(); i++) {
            List<NodeHash> changed = new ArrayList<>(proof);
            byte[] bytes = changed.get(i).bytes();
            bytes[i % NodeHash.SIZE] ^= 1;
            changed.set(i, NodeHash.of(bytes));
            broken.add(changed);
            if (i > 0 && !proof.get(i).equals(proof.get(i - 1))) {
                List<NodeHash> swapped = new ArrayList<>(proof);
                swapped.set(i, proof.get(i - 1));
                swapped.set(i - 1, proof.get(i));
                broken.add(swapped);
            }
        }
        return broken;
    }
}
