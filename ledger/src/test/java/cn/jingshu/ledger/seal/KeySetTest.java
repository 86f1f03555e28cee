package cn.jingshu.ledger.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KeySetTest {
    private static final String ORIGIN = "city.example/log";
    private static final Instant NOON = Instant.parse("2026-11-23T04:00:00Z");
    private static final Sealer FIRST = Sealer.newEd25519(ORIGIN);
    private static final Sealer SECOND = Sealer.newEd25519(ORIGIN);
    private static final Sealer SM2 = Sealer.newSm2(ORIGIN);

    private static KeySet set(long number, Instant from, Sealer... sealers) {
        return new KeySet(ORIGIN, number, from, Stream.of(sealers).map(Sealer::key).toList());
    }

    private static SignedNote note(KeySet set, Sealer... signing) {
        return SignedNote.parse(SignedNote.sign(set.toText(), List.of(signing)).toString());
    }

    @Test
    void aSetIsFollowedFromTheOneBeforeIt() {
        KeySet one = set(1, NOON, FIRST);
        KeySet two = set(2, NOON, FIRST, SM2);
        KeySet three = set(3, NOON.plusSeconds(1), SECOND, SM2);
        assertThat(KeySet.history(List.of(note(one, FIRST), note(two, FIRST, SM2), note(three, SECOND, SM2, FIRST))))
                .containsExactly(one, two, three);
        assertThat(KeySet.history(List.of())).isEmpty();
    }

    @Test
    void aSetThatItsOwnKeysOrThoseBeforeDidNotSignIsRefused() {
        KeySet one = set(1, NOON, FIRST);
        KeySet two = set(2, NOON, SECOND);
        for (List<SignedNote> notes : List.of(
                List.of(note(one, SECOND)),
                List.of(note(one, FIRST), note(two, SECOND)),
                List.of(note(one, FIRST), note(two, FIRST)),
                List.of(note(one, FIRST), note(set(3, NOON, SECOND), SECOND, FIRST)),
                List.of(note(set(2, NOON, FIRST), FIRST)),
                List.of(note(one, FIRST), note(set(2, NOON.minusSeconds(1), SECOND), SECOND, FIRST)))) {
            assertThatIllegalArgumentException().isThrownBy(() -> KeySet.history(notes));
        }
    }

    @Test
    void aSetInPlaceOfLostKeysSaysSoAndIsSignedByItsOwnAlone() {
        KeySet one = set(1, NOON, FIRST);
        KeySet two = new KeySet(ORIGIN, 2, NOON, List.of(SECOND.key()), "机房失火,密钥库无备份");
        assertThat(KeySet.parse(two.toText())).isEqualTo(two);
        assertThat(two.toText()).contains("lost: 机房失火");
        assertThat(KeySet.history(List.of(note(one, FIRST), note(two, SECOND)))).containsExactly(one, two);
        assertThatIllegalArgumentException().as("not by its own").isThrownBy(() -> KeySet.history(List.of(note(one, FIRST), note(two, FIRST))));
        KeySet earlier = new KeySet(ORIGIN, 2, NOON.minusSeconds(1), List.of(SECOND.key()), "lost");
        assertThatIllegalArgumentException().isThrownBy(() -> KeySet.history(List.of(note(one, FIRST), note(earlier, SECOND))));
        for (String bad : List.of("", " ", "two\nlines", " x", "x".repeat(301))) {
            assertThatIllegalArgumentException().as(bad).isThrownBy(() -> new KeySet(ORIGIN, 2, NOON, List.of(SECOND.key()), bad));
        }
        assertThatIllegalArgumentException().as("the first replaces none").isThrownBy(() -> new KeySet(ORIGIN, 1, NOON, List.of(SECOND.key()), "lost"));
        String ordinary = set(2, NOON, SECOND).toText();
        assertThatIllegalArgumentException().as("an ordinary set needs the keys before").isThrownBy(
                () -> KeySet.history(List.of(note(one, FIRST), SignedNote.parse(SignedNote.sign(ordinary, List.of(SECOND)).toString()))));
    }

    @Test
    void aRefusedHistorySaysWhichSetWasExpected() {
        assertThatIllegalArgumentException().isThrownBy(() -> KeySet.history(List.of(note(set(2, NOON, FIRST), FIRST))))
                .withMessage("set 2 where 1 was expected");
        assertThat(new Checkpoint(ORIGIN, 0, LogHash.SHA_256.empty(), LogHash.SM3.empty(), NOON).size()).isZero();
        assertThatIllegalArgumentException().isThrownBy(
                () -> new Checkpoint(ORIGIN, -1, LogHash.SHA_256.empty(), LogHash.SM3.empty(), NOON));
    }

    @Test
    void aSetHasOneEd25519KeyAndAtMostOneOfSm2UnderTheNameOfItsLog() {
        assertThatIllegalArgumentException().isThrownBy(() -> set(1, NOON));
        assertThatIllegalArgumentException().isThrownBy(() -> set(1, NOON, SM2));
        assertThatIllegalArgumentException().isThrownBy(() -> set(1, NOON, FIRST, SECOND));
        assertThatIllegalArgumentException().isThrownBy(() -> set(0, NOON, FIRST));
        assertThatIllegalArgumentException().isThrownBy(() -> set(1, NOON, Sealer.newEd25519("other.example/log")));
    }

    @Test
    void aSetIsWrittenInOneWayOnly() {
        String text = set(1, NOON, FIRST, SM2).toText();
        assertThat(KeySet.parse(text)).isEqualTo(set(1, NOON, FIRST, SM2));
        for (String other : List.of("", text + "\n", text.replace("set 1", "set 01"), text.replace("Z\n", ".000Z\n"), text.replace("keys 1", "keys 2"),
                text.replace("from 2026", "from 20x6"))) {
            assertThatIllegalArgumentException().as(other).isThrownBy(() -> KeySet.parse(other));
        }
    }
}
