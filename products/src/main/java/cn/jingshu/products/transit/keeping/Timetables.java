package cn.jingshu.products.transit.keeping;

import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.load.GtfsZip;
import cn.jingshu.products.domain.load.KeptArchives;
import cn.jingshu.products.domain.load.LoadHistory;
import cn.jingshu.products.domain.load.LoadOutcome;
import cn.jingshu.products.domain.load.LoadProgress;
import cn.jingshu.products.domain.load.LoadRequest;
import cn.jingshu.products.domain.load.Loader;
import cn.jingshu.products.domain.load.SchemaDrift;
import cn.jingshu.products.domain.load.SourceFile;
import cn.jingshu.products.domain.load.UnfitSourceException;
import cn.jingshu.products.transit.gtfs.GtfsException;
import cn.jingshu.products.transit.gtfs.GtfsImport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The timetable in the data domain. Its rows are tables like any others; the archive they came from is kept beside them in the same
 * transaction, and a node makes of it the network it answers from in memory.
 */
public final class Timetables {
    /** What the archive is kept as. */
    static final String ARCHIVE = "transit-timetable";

    /** Share of rejected records above which a timetable is refused as a whole. */
    public static final double MOST_REJECTED = 0.01;

    private final KeptArchives archives;
    private final LoadHistory history;
    private final Loader loader;
    private final Supplier<Set<String>> granted;

    /**
     * @param granted ids of the resources whose provider lets the product use them at this moment; of these the contract's columns are the
     *     gate's matter, which holds every answer against them
     */
    public Timetables(KeptArchives archives, LoadHistory history, Loader loader, Supplier<Set<String>> granted) {
        this.archives = archives;
        this.history = history;
        this.loader = loader;
        this.granted = granted;
    }

    /** What the domain holds for the product. */
    public sealed interface Held {
        /** No timetable was ever loaded. */
        record Nothing() implements Held {}

        /** There is one, and of a resource it holds the product has no grant in force. */
        record Withheld() implements Held {}

        record Kept(KeptArchives.Kept archive) implements Held {}
    }

    /** What the domain holds now. @throws cn.jingshu.products.domain.DomainException if the database is away */
    public Held held() {
        Optional<KeptArchives.Kept> kept = archives.find(ARCHIVE);
        if (kept.isEmpty()) {
            return new Held.Nothing();
        }
        Set<String> resources = GtfsZip.allTables().stream().map(ResourceTable::resource).collect(Collectors.toSet());
        return granted.get().containsAll(resources) ? new Held.Kept(kept.get()) : new Held.Withheld();
    }

    /**
     * Makes a network of a kept archive.
     *
     * @return empty: another one has taken its place meanwhile
     * @throws GtfsException if this version cannot make one of it
     * @throws IOException if it cannot be read
     */
    public Optional<Timetable> open(KeptArchives.Kept kept) throws IOException {
        Path file = Files.createTempFile("timetable-", ".zip");
        try {
            return archives.copy(kept, file) ? Optional.of(new Timetable(GtfsImport.read(file), kept.fileName())) : Optional.empty();
        } finally {
            Files.delete(file);
        }
    }

    /**
     * The load of a timetable: all of its tables or none, the archive kept with them, refused if no network can be made of it.
     *
     * @throws UnfitSourceException if the archive lacks what the specification requires
     */
    public LoadRequest request(SourceFile archive, SchemaDrift.Rule drift, double mostRejected, @Nullable String by) throws IOException {
        return new LoadRequest(GtfsZip.parts(archive, history::wasLoaded), LoadRequest.Mode.REPLACE, drift, mostRejected, by,
                new LoadRequest.Archive(ARCHIVE, archive, () -> tryOut(archive)));
    }

    private static void tryOut(SourceFile archive) {
        try {
            GtfsImport.read(archive.path());
        } catch (GtfsException unfit) {
            throw new UnfitSourceException("由该压缩包不能生成线网:" + unfit.getMessage(), "No network can be made of the archive: " + unfit.getMessage());
        }
    }

    /** Loads the timetable a node was given as a file; one whose digest is the newest load's is no new load. */
    public LoadOutcome load(Path file, String by) throws IOException {
        LoadRequest request;
        try {
            request = request(SourceFile.look(file, null), SchemaDrift.Rule.GO_ON, MOST_REJECTED, by);
        } catch (UnfitSourceException unfit) {
            return new LoadOutcome.Refused(unfit.zh(), unfit.en(), List.of());
        }
        return loader.load(request, LoadProgress.NONE);
    }

    /** How the readings of feeds are kept. */
    LoadHistory history() {
        return history;
    }

    /** The tables of the timetable whose newest load is below its threshold. @throws cn.jingshu.products.domain.DomainException if the database is away */
    public List<String> degraded() {
        return history.degraded(GtfsZip.allTables().stream().map(ResourceTable::name).toList());
    }
}
