package cn.jingshu.products.domain;

import java.time.Duration;

/**
 * How much of the database a product may take, the same for each role.
 *
 * @param statementTimeout how long one statement may take
 * @param idleInTransaction how long a transaction may wait for the product between two statements
 * @param workMemoryKb memory of one sort or hash, KiB
 * @param temporaryFilesKb temporary files of one connection, KiB
 * @param connectionsPerRole connections of one role on this node
 * @param connectionLimit connections of one role on all nodes together: the role's CONNECTION LIMIT
 * @param waiting calls of one role that may wait on this node for a connection; beyond, {@code UNAVAILABLE}
 * @param waitAtMost how long one of them waits
 * @param demonstration true: live tables are filled with made-up rows, and labelled so
 */
public record DomainSettings(
        Duration statementTimeout,
        Duration idleInTransaction,
        int workMemoryKb,
        int temporaryFilesKb,
        int connectionsPerRole,
        int connectionLimit,
        int waiting,
        Duration waitAtMost,
        boolean demonstration) {

    /** As an installation runs that says nothing else. */
    public static final DomainSettings USUAL = new DomainSettings(Duration.ofSeconds(15), Duration.ofSeconds(20), 16_384, 262_144,
            4, 64, 256, Duration.ofSeconds(5), false);

    public DomainSettings {
        if (connectionsPerRole < 1 || connectionLimit < connectionsPerRole || waiting < 0 || workMemoryKb < 64) {
            throw new IllegalArgumentException("a role needs a connection, the memory of a sort, and a limit that holds its connections");
        }
    }

    /** The same for a demonstration. */
    public DomainSettings forDemonstration() {
        return new DomainSettings(statementTimeout, idleInTransaction, workMemoryKb, temporaryFilesKb, connectionsPerRole,
                connectionLimit, waiting, waitAtMost, true);
    }
}
