package cn.jingshu.marketplace.source;

import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What became of the files of watched folders. */
final class SourceFiles {
    private static final String SEE = """
            INSERT INTO market.load_file (source_code, name, bytes, modified_at, source_version, state, seen_at)
            VALUES (?, ?, ?, ?, ?, 'WAITING', ?)
            ON CONFLICT ON CONSTRAINT load_file_pk DO NOTHING
            """;
    /** A file that was being written still, or taken away, waits no more as it was. */
    private static final String FORGET = """
            DELETE FROM market.load_file WHERE source_code = ? AND name = ? AND bytes = ? AND modified_at = ? AND state = 'WAITING'
            """;
    private static final String OF_SOURCE = """
            SELECT name, bytes, modified_at, source_version, state, digest, sentence_zh, sentence_en, load_id, seen_at, settled_at
              FROM market.load_file
             WHERE source_code = ?
             ORDER BY seen_at DESC, name
             LIMIT ?
            """;
    private static final String OF_NAMES = """
            SELECT name, bytes, modified_at, source_version, state, digest, sentence_zh, sentence_en, load_id, seen_at, settled_at
              FROM market.load_file
             WHERE source_code = ? AND (name = ANY (?) OR state = 'WAITING')
            """;
    private static final String SETTLE = """
            UPDATE market.load_file
               SET state = ?, source_version = ?, digest = ?, sentence_zh = ?, sentence_en = ?, load_id = ?, settled_at = ?
             WHERE source_code = ? AND name = ? AND bytes = ? AND modified_at = ?
            """;

    private final Database database;
    private final PlanClock clock;

    SourceFiles(Database database, PlanClock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A file as it lies in its folder now. */
    record Lying(String name, long bytes, Instant modifiedAt) {}

    private static boolean isSame(FolderFile of, Lying file) {
        return of.name().equals(file.name()) && of.bytes() == file.bytes() && of.modifiedAt().equals(file.modifiedAt());
    }

    /**
     * Those that are to be loaded now, in the order of their names.
     *
     * @param lying all that are there and match
     * @param stillFor how long a file has lain unchanged before it counts as whole
     * @param all those that were settled before too
     */
    List<Lying> listReady(LoadSources.Versioned source, List<Lying> lying, Duration stillFor, boolean all) {
        String code = source.source().code();
        return database.inTransaction(t -> {
            Instant now = clock.now(t);
            Set<String> names = new HashSet<>();
            lying.forEach(each -> names.add(each.name()));
            List<FolderFile> known = t.list(OF_NAMES, SourceFiles::file, code, names);
            for (FolderFile each : known) {
                if (each.state() == FolderFile.State.WAITING && lying.stream().noneMatch(file -> isSame(each, file))) {
                    t.change(FORGET, code, each.name(), each.bytes(), each.modifiedAt());
                }
            }
            List<Lying> ready = new ArrayList<>();
            for (Lying file : lying) {
                FolderFile seen = known.stream().filter(each -> isSame(each, file)).findFirst().orElse(null);
                if (seen == null) {
                    t.change(SEE, code, file.name(), file.bytes(), file.modifiedAt(), source.version(), now);
                }
                boolean still = stillFor.isZero() || (seen != null && !seen.seenAt().plus(stillFor).isAfter(now));
                boolean open = seen == null || all || seen.state() == FolderFile.State.WAITING
                        || (seen.state() == FolderFile.State.REFUSED && seen.version() != source.version());
                if (still && open) {
                    ready.add(file);
                }
            }
            return List.copyOf(ready);
        });
    }

    /** Notes what became of a file. */
    void settle(LoadSources.Versioned source, Lying file, FolderFile.State state, @Nullable String digest, @Nullable String zh, @Nullable String en,
            @Nullable UUID load) {
        database.inTransaction(t -> t.change(SETTLE, state, source.version(), digest, zh, en, load, clock.now(t), source.source().code(), file.name(),
                file.bytes(), file.modifiedAt()));
    }

    /** The files of a source, those seen last first. */
    List<FolderFile> list(String code, int most) {
        return database.inTransaction(t -> t.list(OF_SOURCE, SourceFiles::file, code, most));
    }

    private static FolderFile file(Row row) throws SQLException {
        return new FolderFile(row.text("name"), row.number("bytes"), row.instant("modified_at"), row.integer("source_version"),
                row.constant("state", FolderFile.State.class), row.textOrNull("digest"), row.textOrNull("sentence_zh"), row.textOrNull("sentence_en"),
                row.uuidOrNull("load_id"), row.instant("seen_at"), row.instantOrNull("settled_at"));
    }
}
