package cn.jingshu.products.health.session;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.health.warning.Topic;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether a person wants to be warned, and of what.
 *
 * @param topics empty: of all
 */
public record Preferences(boolean optedIn, Set<Topic> topics) {
    /** Of someone who has never said so: no warnings (PIPL Art. 14, 24: consent comes first). */
    public static final Preferences UNASKED = new Preferences(false, Set.of());

    private static final String FIND = "SELECT opted_in, topics FROM warning_preference WHERE person = ?";
    private static final String SAVE = """
            INSERT INTO warning_preference (person, opted_in, topics, changed_at)
            VALUES (?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT warning_preference_pk
            DO UPDATE SET opted_in = excluded.opted_in, topics = excluded.topics, changed_at = excluded.changed_at
            """;

    public Preferences {
        topics = Set.copyOf(topics);
    }

    /** Whether a warning about this is wanted. */
    public boolean wants(Topic topic) {
        return optedIn && (topics.isEmpty() || topics.contains(topic));
    }

    /** What a person has chosen. */
    public static Preferences of(DataSession session, String person) {
        return session.find(FIND, row -> new Preferences(row.bool("opted_in"), read(row.text("topics"))), person).orElse(UNASKED);
    }

    /** Keeps it from now on. */
    public void save(DataSession session, String person, Instant now) {
        String text = topics.stream().sorted().map(Topic::name).collect(Collectors.joining(" "));
        session.change(SAVE, person, optedIn, text, now);
    }

    private static Set<Topic> read(String text) {
        Set<Topic> topics = EnumSet.noneOf(Topic.class);
        Arrays.stream(text.split(" ", -1)).filter(name -> !name.isEmpty()).map(Topic::valueOf).forEach(topics::add);
        return topics;
    }
}
