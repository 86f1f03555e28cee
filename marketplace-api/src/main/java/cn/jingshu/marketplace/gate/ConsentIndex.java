package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.consent.SubjectToken;
import cn.jingshu.marketplace.pricing.Purpose;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The consents that were not withdrawn, found by the person's token. It is never changed; a newer one shares every shard
 * that did not change, so that one consent more or less costs a shard and not all of them.
 */
final class ConsentIndex {
    private static final int SHARDS = 1 << 10;

    static final ConsentIndex EMPTY = new ConsentIndex(emptyShards(), 0, 0);

    private final List<Map<SubjectToken, List<Entry>>> shards;
    private final long size;
    private final long versions;

    private ConsentIndex(List<Map<SubjectToken, List<Entry>>> shards, long size, long versions) {
        this.shards = shards;
        this.size = size;
        this.versions = versions;
    }

    /**
     * A consent as the gate needs it.
     *
     * @param operations operations agreed to; empty: every operation of the product
     * @param version which version of its row this is: it grows whenever the row is written
     */
    record Entry(UUID id, UUID recipientId, UUID scenarioId, Purpose purpose, String product, Set<String> operations,
            Instant startsAt, Instant endsAt, long version) {

        boolean covers(String calledProduct, String operation, Instant moment) {
            return product.equals(calledProduct) && (operations.isEmpty() || operations.contains(operation))
                    && !moment.isBefore(startsAt) && moment.isBefore(endsAt);
        }
    }

    /** A row that changed; it counts no more when {@code withdrawn}. */
    record Change(SubjectToken subject, Entry entry, boolean withdrawn) {}

    private static List<Map<SubjectToken, List<Entry>>> emptyShards() {
        List<Map<SubjectToken, List<Entry>>> shards = new ArrayList<>(SHARDS);
        for (int i = 0; i < SHARDS; i++) {
            shards.add(Map.of());
        }
        return List.copyOf(shards);
    }

    private static int shardOf(SubjectToken subject) {
        return (int) subject.second() & (SHARDS - 1);
    }

    /** The consents of one person; empty: none. */
    List<Entry> of(SubjectToken subject) {
        return shards.get(shardOf(subject)).getOrDefault(subject, List.of());
    }

    /** How many there are. */
    long size() {
        return size;
    }

    /** The sum of their versions: with the size it tells whether anything was missed. */
    long versions() {
        return versions;
    }

    /** This index after these rows changed. */
    ConsentIndex with(Collection<Change> changes) {
        List<Map<SubjectToken, List<Entry>>> next = new ArrayList<>(shards);
        Map<Integer, Map<SubjectToken, List<Entry>>> touched = new HashMap<>();
        long nextSize = size;
        long nextVersions = versions;
        for (Change change : changes) {
            Map<SubjectToken, List<Entry>> shard =
                    touched.computeIfAbsent(shardOf(change.subject()), number -> new HashMap<>(shards.get(number)));
            List<Entry> entries = new ArrayList<>(shard.getOrDefault(change.subject(), List.of()));
            for (Entry before : List.copyOf(entries)) {
                if (before.id().equals(change.entry().id())) {
                    entries.remove(before);
                    nextSize--;
                    nextVersions -= before.version();
                }
            }
            if (!change.withdrawn()) {
                entries.add(change.entry());
                nextSize++;
                nextVersions += change.entry().version();
            }
            if (entries.isEmpty()) {
                shard.remove(change.subject());
            } else {
                shard.put(change.subject(), List.copyOf(entries));
            }
        }
        touched.forEach((number, shard) -> next.set(number, Map.copyOf(shard)));
        return new ConsentIndex(List.copyOf(next), nextSize, nextVersions);
    }
}
