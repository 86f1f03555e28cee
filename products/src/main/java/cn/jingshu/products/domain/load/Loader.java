package cn.jingshu.products.domain.load;

import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.LoadStore;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Type;
import cn.jingshu.products.domain.quality.QualityRules;
import cn.jingshu.products.domain.quality.QualityScore;
import cn.jingshu.products.domain.quality.SetChecks;
import cn.jingshu.products.identifier.ResidentId;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Loads tables: records are read one by one, checked against the table and staged in chunks, each with the source's position; then the
 * staged rows take the place of the live ones in one transaction, together with the load's lineage, its quality and the table's freshness.
 * Until that transaction is committed, products read what was there before.
 */
public final class Loader {
    private static final int CHUNK = 2_000;
    private static final String BOOKMARK = "load.bookmark";

    private final LoadStore store;
    private final LoadHistory history;
    private final Clock clock;
    private final Runnable afterwards;

    /** @param afterwards done when rows of a table changed or were found to be the source's still: lets this node read anew how fresh its tables are */
    public Loader(LoadStore store, LoadHistory history, Clock clock, Runnable afterwards) {
        this.store = store;
        this.history = history;
        this.clock = clock;
        this.afterwards = afterwards;
    }

    private static final class Part {
        private final LoadRequest.Part asked;
        private final ResourceTable table;
        private final QualityRules rules;
        private final Map<String, String> names;
        private final UUID id;
        private Tally tally;
        private SchemaDrift drift = SchemaDrift.NONE;
        private @Nullable SinceBefore since;
        private @Nullable String digest;
        private @Nullable String entityTag;
        private byte @Nullable [] bookmark;

        Part(LoadRequest.Part asked, QualityRules rules, UUID id) {
            this.asked = asked;
            this.table = asked.table();
            this.rules = rules;
            this.names = SchemaDrift.names(asked.table());
            this.id = id;
            this.tally = new Tally(asked.table(), rules);
            this.digest = asked.source().digest();
        }

        /** The table's name of a source's column. */
        String named(String column) {
            String plain = column.strip().toLowerCase(Locale.ROOT);
            return names.getOrDefault(plain, plain);
        }
    }

    /** Stops a load for a rule. */
    private static final class Stopped extends Exception {
        private static final long serialVersionUID = 1L;
        private final String zh;

        Stopped(String zh, String en) {
            super(en, null, false, false);
            this.zh = zh;
        }
    }

    /**
     * Loads what is asked for. Loading the same source again does nothing; loading one again that broke off goes on where it was left.
     *
     * @throws DomainException if the database was away before anything was begun
     */
    public LoadOutcome load(LoadRequest request, LoadProgress progress) {
        List<ResourceTable> tables = LoadHistory.tables(request);
        history.prepare(tables);
        UUID run = UUID.randomUUID();
        List<UUID> ids = new ArrayList<>();
        boolean changed = false;
        try {
            Optional<LoadStore.Session> opened = store.open(tables);
            if (opened.isEmpty()) {
                return new LoadOutcome.Busy(String.join(", ", tables.stream().map(ResourceTable::name).toList()));
            }
            try (LoadStore.Session session = opened.get()) {
                LoadOutcome outcome = load(session, request, run, ids, progress);
                changed = outcome instanceof LoadOutcome.Loaded || outcome instanceof LoadOutcome.AlreadyLoaded;
                return outcome;
            }
        } catch (SQLException failure) {
            DomainException said = LoadStore.failed(failure);
            if (ids.isEmpty()) {
                throw said;
            }
            return broken(run, ids, "数据库连接中断,原有数据未变;可重新装载,将从中断处继续。",
                    "The database was lost (" + said.getMessage() + "); what was there before stands. Load again: it goes on where it was left.");
        } catch (IOException failure) {
            String zh = failure instanceof SourceAwayException away ? away.zh() : failure.getClass().getSimpleName();
            String en = failure instanceof SourceAwayException away ? away.en() : failure.getClass().getSimpleName();
            return broken(run, ids, "数据源读取中断(" + zh + "),原有数据未变;可重新装载,将从中断处继续。",
                    "The source could not be read on (" + en + "); what was there before stands. Load again: it goes on where it was left.");
        } finally {
            if (changed) {
                afterwards.run();
            }
        }
    }

    private LoadOutcome broken(UUID run, List<UUID> ids, String zh, String en) {
        try {
            history.fail(run, zh, en);
            return new LoadOutcome.Broken(zh, en, records(ids));
        } catch (DomainException away) {
            // Nobody can be told now: whoever loads the table next writes it down.
            return new LoadOutcome.Broken(zh, en, List.of());
        }
    }

    private List<LoadRecord> records(List<UUID> ids) {
        return ids.stream().map(history::find).flatMap(Optional::stream).toList();
    }

    /**
     * A source that is read on, behind what its last load ended with, and how.
     *
     * @param behind the load it is read on behind; null: the whole is read
     */
    private record Reading(LoadRequest request, @Nullable UUID behind) {}

    /** What came since is merged by its key, whatever becomes of the rows there are when the whole is read. */
    private static Reading reading(LoadStore.Session session, LoadRequest asked) throws SQLException {
        LoadRequest.Part part = asked.parts().getFirst();
        if (!asked.isContinued() || asked.whole() || session.isSynthetic(part.table())) {
            return new Reading(asked, null);
        }
        LoadHistory.Kept last = LoadHistory.bookmarked(session.connection(), part).orElse(null);
        byte[] sealed = last == null ? null : last.bookmark();
        String bookmark = sealed == null ? null : session.opened(BOOKMARK, sealed).orElse(null);
        if (last == null || bookmark == null) {
            return new Reading(asked, null);
        }
        return new Reading(new LoadRequest(List.of(new LoadRequest.Part(part.table(), part.source().behind(bookmark), true)), LoadRequest.Mode.UPSERT,
                asked.drift(), asked.mostRejected(), asked.by(), asked.archive()), last.id());
    }

    private LoadOutcome load(LoadStore.Session session, LoadRequest asked, UUID run, List<UUID> ids, LoadProgress progress)
            throws SQLException, IOException {
        Connection connection = session.connection();
        for (LoadRequest.Part each : asked.parts()) {
            LoadHistory.bury(connection, each.table().name());
        }
        session.commit();
        Reading reading = reading(session, asked);
        LoadRequest request = reading.request();
        UUID behind = reading.behind();
        if (isThere(connection, request)) {
            return unchanged(session, request, run, ids);
        }
        List<Part> parts = new ArrayList<>();
        Map<UUID, String> positions = new LinkedHashMap<>();
        for (LoadRequest.Part each : request.parts()) {
            parts.add(begun(session, request, each, behind, run, ids, positions));
        }
        session.commit();
        try {
            for (Part part : parts) {
                stage(session, request, part, positions.getOrDefault(part.id, ""), progress);
            }
            boolean nothingNew = behind != null && parts.stream().allMatch(part -> part.tally.rowsIn() == 0);
            if (nothingNew || (parts.stream().allMatch(part -> part.asked.source().digest() == null) && isCurrent(connection, request, parts, behind == null))) {
                for (Part part : parts) {
                    session.drop(part.table);
                    history.end(connection, part.id, LoadRecord.State.UNCHANGED, part.tally, part.drift, null, null, null, part.digest, part.entityTag,
                            part.bookmark);
                    history.freshness().confirm(connection, part.table, part.rules.freshFor());
                }
                session.commit();
                return new LoadOutcome.AlreadyLoaded(records(ids));
            }
            LoadRequest.Archive archive = request.archive();
            if (archive != null) {
                archive.use().tryOut();
            }
            switchOver(session, request, parts, behind == null);
            if (archive != null) {
                KeptArchives.keep(connection, archive, clock.instant());
            }
            session.commit();
            return new LoadOutcome.Loaded(records(ids));
        } catch (Stopped stopped) {
            return refused(session, parts, ids, stopped.zh, String.valueOf(stopped.getMessage()));
        } catch (UnfitSourceException unfit) {
            return refused(session, parts, ids, unfit.zh(), unfit.en());
        }
    }

    /** Whether every table holds just what the sources say: by their digests where these are known beforehand, else by what they say themselves. */
    private static boolean isThere(Connection connection, LoadRequest request) throws SQLException, IOException {
        for (LoadRequest.Part each : request.parts()) {
            String digest = each.source().digest();
            if (digest != null ? !isCurrent(connection, each.table().name(), digest, request.mode(), true) : !saysSo(connection, request, each)) {
                return false;
            }
        }
        LoadRequest.Archive archive = request.archive();
        return archive == null || KeptArchives.has(connection, archive);
    }

    private static boolean saysSo(Connection connection, LoadRequest request, LoadRequest.Part part) throws SQLException, IOException {
        Optional<LoadHistory.Kept> current = LoadHistory.current(connection, part.table().name())
                .filter(each -> each.record().mode() == request.mode() && each.record().source().equals(part.source().description())
                        && Objects.equals(each.definition(), part.source().definition()));
        String tag = current.map(LoadHistory.Kept::entityTag).orElse(null);
        return tag != null && part.source().isUnchanged(tag);
    }

    private static boolean isCurrent(Connection connection, LoadRequest request, List<Part> parts, boolean fromBeginning) throws SQLException {
        for (Part part : parts) {
            if (part.digest == null || !isCurrent(connection, part.table.name(), part.digest, request.mode(), fromBeginning)) {
                return false;
            }
        }
        return !request.parts().isEmpty();
    }

    /** The same records mean another thing when they are all there is than when they are what came since. */
    private static boolean isCurrent(Connection connection, String table, String digest, LoadRequest.Mode mode, boolean fromBeginning) throws SQLException {
        return LoadHistory.current(connection, table)
                .filter(each -> digest.equals(each.record().digest()) && mode == each.record().mode() && (each.beganBehind() == null) == fromBeginning)
                .isPresent();
    }

    private LoadOutcome unchanged(LoadStore.Session session, LoadRequest request, UUID run, List<UUID> ids) throws SQLException {
        List<LoadRecord> current = new ArrayList<>();
        for (LoadRequest.Part each : request.parts()) {
            UUID id = UUID.randomUUID();
            QualityRules rules = history.rulesOf(each.table());
            history.begin(session.connection(), id, run, request, each, null);
            history.end(session.connection(), id, LoadRecord.State.UNCHANGED, new Tally(each.table(), rules), SchemaDrift.NONE, null, null, null, null,
                    null, null);
            history.freshness().confirm(session.connection(), each.table(), rules.freshFor());
            ids.add(id);
            LoadHistory.current(session.connection(), each.table().name()).ifPresent(newest -> current.add(newest.record()));
        }
        session.commit();
        return new LoadOutcome.AlreadyLoaded(current);
    }

    /** A part that begins, or goes on where the last load of the same source was left. */
    private Part begun(LoadStore.Session session, LoadRequest request, LoadRequest.Part asked, @Nullable UUID behind, UUID run,
            List<UUID> ids, Map<UUID, String> positions) throws SQLException {
        QualityRules rules = history.rulesOf(asked.table());
        Optional<LoadHistory.Kept> left = LoadHistory.last(session.connection(), asked.table().name())
                .filter(each -> each.record().state() == LoadRecord.State.FAILED && each.record().mode() == request.mode()
                        && each.record().source().equals(asked.source().description())
                        && Objects.equals(each.definition(), asked.source().definition())
                        && Objects.equals(each.record().digest(), asked.source().digest()) && Objects.equals(each.beganBehind(), behind) && !each.position().isEmpty());
        if (left.isPresent() && session.isStaged(asked.table())) {
            Part part = new Part(asked, rules, left.get().id());
            if (part.tally.resume(left.get(), LoadHistory.rejects(session.connection(), part.id))) {
                session.takeOutBehind(asked.table(), left.get().lastLine());
                history.goOn(session.connection(), part.id, run);
                positions.put(part.id, left.get().position());
                ids.add(part.id);
                return part;
            }
        }
        Part part = new Part(asked, rules, UUID.randomUUID());
        session.begin(asked.table());
        history.begin(session.connection(), part.id, run, request, asked, behind);
        ids.add(part.id);
        return part;
    }

    private void stage(LoadStore.Session session, LoadRequest request, Part part, String position, LoadProgress progress)
            throws SQLException, IOException, Stopped {
        try (RecordSource source = part.asked.source().from(position)) {
            source.columns().forEach(column -> part.tally.saw(part.named(column)));
            requireNoClash(part, source.columns());
            if (!source.columns().isEmpty()) {
                part.drift = SchemaDrift.of(part.table, part.tally.seen(), List.of());
                requireSchema(request, part);
            }
            List<LoadStore.Staged> chunk = new ArrayList<>();
            for (SourceRecord record = source.next(); record != null; record = source.next()) {
                if (take(part, record, chunk)) {
                    source.accepted(record, clock.instant());
                }
                if (part.tally.rowsIn() % CHUNK == 0) {
                    flush(session, part, chunk, source, progress);
                }
            }
            flush(session, part, chunk, source, progress);
            if (part.digest == null) {
                part.digest = source.digest();
            }
            part.entityTag = source.entityTag();
            String bookmark = source.bookmark();
            part.bookmark = bookmark == null ? null : session.sealed(BOOKMARK, bookmark);
        }
        Continuation continuation = part.asked.source().continuation();
        if (continuation != null) {
            session.takeOutOlder(part.table, versionOf(part, continuation));
        } else {
            for (long line : session.takeOutDuplicates(part.table)) {
                part.tally.takeBack(line);
            }
        }
        part.drift = SchemaDrift.of(part.table, new TreeSet<>(part.tally.seen()), part.tally.retyped());
        requireSchema(request, part);
        if (part.tally.rowsIn() == 0 && request.mode() == LoadRequest.Mode.REPLACE && !part.asked.mayBeEmpty()) {
            throw new Stopped("数据源没有任何记录,不以空集替换表 " + part.table.name() + "。",
                    "The source has no record: " + part.table.name() + " is not replaced by nothing.");
        }
        long rejected = part.tally.rejected();
        if (rejected > request.mostRejected() * part.tally.rowsIn()) {
            String share = String.format(Locale.ROOT, "%.2f %%", 100.0 * rejected / part.tally.rowsIn());
            throw new Stopped("表 " + part.table.name() + " 有 " + rejected + " 条记录被拒(" + share + "),超过上限,整批不装载。",
                    rejected + " records of " + part.table.name() + " are rejected (" + share + "), more than the load may have: nothing is loaded.");
        }
    }

    /** The column that says which of two records of one key is the newer; null: the table has none, and the one read later is. */
    private static @Nullable String versionOf(Part part, Continuation continuation) {
        if (!(continuation instanceof Continuation.Since(_, var field, _))) {
            return null;
        }
        String name = part.named(field);
        return part.table.columns().stream().filter(each -> each.name().equals(name) && each.keeping() == ResourceTable.Keeping.PLAIN
                && each.type() != ResourceTable.Type.TEXT && each.type() != ResourceTable.Type.BOOLEAN).map(Column::name).findFirst().orElse(null);
    }

    /** Two columns of a source that mean one of the table's. */
    private static void requireNoClash(Part part, List<String> columns) {
        Map<String, String> by = new LinkedHashMap<>();
        for (String column : columns) {
            if (by.put(part.named(column), column) != null) {
                throw new UnfitSourceException("数据源有两列对应同一列 " + part.named(column) + "。",
                        "Two columns of the source mean " + part.named(column) + ".");
            }
        }
    }

    private static void requireSchema(LoadRequest request, Part part) throws Stopped {
        if (part.drift.stops(part.table, request.drift())) {
            throw new Stopped("数据源结构与表 " + part.table.name() + " 不符:" + part.drift.sentence(true) + "。",
                    "The columns of the source are not those of " + part.table.name() + ": " + part.drift.sentence(false) + ".");
        }
    }

    /** Whether the record was accepted. */
    private static boolean take(Part part, SourceRecord record, List<LoadStore.Staged> chunk) {
        RejectReason broken = record.fault();
        if (broken != null) {
            part.tally.reject(record.line(), null, broken);
            return false;
        }
        Map<String, String> raw = new LinkedHashMap<>();
        for (Map.Entry<String, @Nullable String> each : record.values().entrySet()) {
            String name = part.named(each.getKey());
            part.tally.saw(name);
            String value = each.getValue();
            if (value != null) {
                raw.put(name, value);
            }
        }
        Map<String, String> values = new LinkedHashMap<>();
        String wrongColumn = null;
        RejectReason wrong = null;
        int at = 0;
        for (Column column : part.table.columns()) {
            String value = raw.get(column.name());
            RejectReason fault = null;
            if (value != null) {
                switch (Cells.read(column, value)) {
                    case Cells.Cell.Value(var text) -> {
                        if (column.type() == Type.TEXT && !column.isAboutPeople() && ResidentId.isIn(text)) {
                            fault = RejectReason.NAMES_A_PERSON;
                        } else {
                            values.put(column.name(), text);
                        }
                    }
                    case Cells.Cell.Unfit(var why) -> fault = why;
                }
                part.tally.value(at, fault == null);
            } else if (column.required() || part.table.key().contains(column.name())) {
                fault = RejectReason.MISSING;
            }
            if (fault != null && wrong == null) {
                wrong = fault;
                wrongColumn = column.name();
            }
            at++;
        }
        if (wrong != null) {
            part.tally.reject(record.line(), wrongColumn, wrong);
        } else {
            part.tally.accept(record.line(), values);
            chunk.add(new LoadStore.Staged(record.line(), values));
        }
        return wrong == null;
    }

    private void flush(LoadStore.Session session, Part part, List<LoadStore.Staged> chunk, RecordSource source, LoadProgress progress)
            throws SQLException {
        if (!chunk.isEmpty()) {
            session.add(part.table, chunk);
            chunk.clear();
        }
        history.advance(session.connection(), part.id, part.tally, source);
        session.commit();
        progress.at(part.table.name(), part.tally.rowsIn(), source.bytesRead(), source.bytesTotal());
    }

    /** @param fromBeginning the source told all it holds, so that its word stands, also against a version that calls itself newer */
    private void switchOver(LoadStore.Session session, LoadRequest request, List<Part> parts, boolean fromBeginning) throws SQLException {
        Instant now = clock.instant();
        Map<String, ResourceTable> staged = new LinkedHashMap<>();
        parts.forEach(part -> staged.put(part.table.name(), part.table));
        for (Part part : parts) {
            long duplicates = part.tally.rejects().stream().filter(each -> each.reason() == RejectReason.DUPLICATE_KEY)
                    .mapToLong(LoadRecord.Rejects::records).sum();
            List<QualityScore.Result> results = new ArrayList<>(part.tally.checks().results());
            results.addAll(new SetChecks(session, part.table, other -> {
                ResourceTable with = staged.get(other);
                return with != null ? session.staging(with) : "domain." + session.names(List.of(other));
            }, now, duplicates).results(part.rules));
            QualityScore score = QualityScore.of(part.rules, results);
            part.since = since(session, request, part);
            // Made-up rows of a demonstration never stand beside real ones.
            boolean whole = request.mode() == LoadRequest.Mode.REPLACE || session.isSynthetic(part.table);
            if (whole) {
                session.replace(part.table);
            } else {
                Continuation continuation = part.asked.source().continuation();
                session.upsert(part.table, continuation == null || fromBeginning ? null : versionOf(part, continuation));
            }
            session.remember(part.table, now, part.rules.freshFor() == null ? null : now.plus(part.rules.freshFor()), score.total(),
                    score.isDegraded(part.rules));
            history.end(session.connection(), part.id, LoadRecord.State.LOADED, part.tally, part.drift, null, null, score, part.digest, part.entityTag,
                    part.bookmark);
            SinceBefore since = part.since;
            if (since != null) {
                LoadHistory.compare(session.connection(), part.id, since);
            }
        }
        for (Part part : parts) {
            session.drop(part.table);
        }
    }

    /** What differs from the version the table holds; null: it holds none, or the load is not the whole. */
    private static @Nullable SinceBefore since(LoadStore.Session session, LoadRequest request, Part part) throws SQLException {
        if (request.mode() != LoadRequest.Mode.REPLACE || session.isSynthetic(part.table)) {
            return null;
        }
        Optional<LoadHistory.Kept> before = LoadHistory.current(session.connection(), part.table.name());
        return before.isEmpty() ? null : SinceBefore.of(part.table, before.get().record().drift(), part.drift,
                session.keysNotIn(part.table, true), session.keysNotIn(part.table, false));
    }

    private LoadOutcome refused(LoadStore.Session session, List<Part> parts, List<UUID> ids, String zh, String en) throws SQLException {
        session.rollback();
        for (Part part : parts) {
            session.drop(part.table);
            history.end(session.connection(), part.id, LoadRecord.State.REFUSED, part.tally, part.drift, zh, en, null, part.digest, part.entityTag, null);
        }
        session.commit();
        return new LoadOutcome.Refused(zh, en, records(ids));
    }
}
