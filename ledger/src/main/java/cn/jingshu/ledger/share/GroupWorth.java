package cn.jingshu.ledger.share;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.math3.fraction.BigFraction;

/**
 * What some groups of parties bring together, where there are too many groups to measure each.
 *
 * @param parties ids, kept in their order
 * @param worth of the groups that were measured
 */
public record GroupWorth(List<String> parties, Map<Set<String>, BigFraction> worth) {

    public GroupWorth {
        parties = parties.stream().sorted().toList();
        Map<Set<String>, BigFraction> copied = new HashMap<>();
        for (Map.Entry<Set<String>, BigFraction> each : worth.entrySet()) {
            if (each.getKey().isEmpty() || !Set.copyOf(parties).containsAll(each.getKey())) {
                throw new IllegalArgumentException("a group is empty or holds somebody who is not among " + parties);
            }
            copied.put(Set.copyOf(each.getKey()), each.getValue());
        }
        worth = Map.copyOf(copied);
    }

    /** @throws IllegalArgumentException if the group was not measured */
    BigFraction of(Set<String> group) {
        BigFraction value = worth.get(group);
        if (value == null) {
            throw new IllegalArgumentException("the worth of " + group.stream().sorted().toList() + " is missing");
        }
        return value;
    }
}
