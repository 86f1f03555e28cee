package cn.jingshu.marketplace.gate;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * What PostgreSQL announced as changed: names of tables, and of single consents their ids ({@code consent:<id>,<id>}).
 * Several announcements add up to one.
 */
final class Announced {
    private static final String CONSENT = "consent";

    private final Set<String> tables = new HashSet<>();
    private final Set<UUID> consents = new HashSet<>();

    /** @throws IllegalArgumentException if the announcement is none of ours */
    void add(String announcement) {
        int ids = announcement.indexOf(':');
        if (ids < 0) {
            tables.add(announcement);
        } else if (announcement.startsWith(CONSENT + ":")) {
            Arrays.stream(announcement.substring(ids + 1).split(",", -1)).map(UUID::fromString).forEach(consents::add);
        } else {
            throw new IllegalArgumentException("an announcement of the form " + announcement.substring(0, ids) + ":…");
        }
    }

    /** Whether a table was announced as a whole. */
    boolean names(String table) {
        return tables.contains(table);
    }

    /** Consents announced one by one. */
    Set<UUID> consents() {
        return Set.copyOf(consents);
    }

    /** Whether anything but consents was announced. */
    boolean beyondConsents() {
        return tables.stream().anyMatch(table -> !table.equals(CONSENT));
    }

    boolean isEmpty() {
        return tables.isEmpty() && consents.isEmpty();
    }
}
