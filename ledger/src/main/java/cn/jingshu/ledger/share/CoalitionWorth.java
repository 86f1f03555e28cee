package cn.jingshu.ledger.share;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.math3.fraction.BigFraction;

/**
 * What each group of parties brings together (联盟价值): measured and archived numbers, such as revenue reached with the data of
 * that group alone, in one unit for all.
 *
 * @param parties ids in a fixed order, 1 to {@link Shapley#MOST_EXACT}
 * @param worth of every group of one party or more; nobody brings nothing
 */
public record CoalitionWorth(List<String> parties, Map<Set<String>, BigFraction> worth) {

    /** @throws IllegalArgumentException if a party is named twice, a group is missing, or one holds a stranger */
    public CoalitionWorth {
        parties = List.copyOf(parties);
        if (parties.isEmpty() || parties.size() > Shapley.MOST_EXACT) {
            throw new IllegalArgumentException(parties.size() + " parties, allowed: 1 to " + Shapley.MOST_EXACT);
        }
        if (new HashSet<>(parties).size() != parties.size()) {
            throw new IllegalArgumentException("a party is named twice: " + parties);
        }
        Map<Set<String>, BigFraction> copied = new HashMap<>();
        worth.forEach((group, value) -> copied.put(Set.copyOf(group), value));
        worth = Map.copyOf(copied);
        for (int mask = 1; mask < 1 << parties.size(); mask++) {
            Set<String> group = group(parties, mask);
            if (!worth.containsKey(group)) {
                throw new IllegalArgumentException("the worth of " + inOrder(group) + " is missing");
            }
        }
        if (worth.size() != (1 << parties.size()) - 1) {
            throw new IllegalArgumentException("a group holds somebody who is not among " + parties);
        }
    }

    /** The worth of the parties whose bits are set, the first party's lowest. */
    BigFraction of(int mask) {
        if (mask == 0) {
            return BigFraction.ZERO;
        }
        BigFraction value = worth.get(group(parties, mask));
        if (value == null) {
            throw new IllegalStateException("every group was there");
        }
        return value;
    }

    private static Set<String> group(List<String> parties, int mask) {
        Set<String> group = new LinkedHashSet<>();
        for (int i = 0; i < parties.size(); i++) {
            if ((mask >> i & 1) == 1) {
                group.add(parties.get(i));
            }
        }
        return Set.copyOf(group);
    }

    private static List<String> inOrder(Collection<String> group) {
        return group.stream().sorted(Comparator.naturalOrder()).toList();
    }
}
