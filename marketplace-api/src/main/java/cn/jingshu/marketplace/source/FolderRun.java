package cn.jingshu.marketplace.source;

import cn.jingshu.marketplace.source.LoadSource.From;
import cn.jingshu.marketplace.source.SourceFiles.Lying;
import cn.jingshu.marketplace.source.SourceOpenings.UnreadyException;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.load.CsvSource;
import cn.jingshu.products.domain.load.JsonLinesSource;
import cn.jingshu.products.domain.load.LoadHistory;
import cn.jingshu.products.domain.load.LoadOutcome;
import cn.jingshu.products.domain.load.LoadProgress;
import cn.jingshu.products.domain.load.LoadRecord;
import cn.jingshu.products.domain.load.LoadRequest;
import cn.jingshu.products.domain.load.Loader;
import cn.jingshu.products.domain.load.ParquetSource;
import cn.jingshu.products.domain.load.RecordSource;
import cn.jingshu.products.domain.load.SourceAwayException;
import cn.jingshu.products.domain.load.SourceFile;
import cn.jingshu.products.domain.load.UnfitSourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Loads what has come into a folder since: file by file in the order of their names, each content once. One that is refused is left where it is, and the next
 * is loaded; one that broke off ends the run, which is tried again.
 */
final class FolderRun {
    /** Room left free on the disk a file is copied to. */
    private static final long SPARE_BYTES = 1L << 30;

    private final SourceFiles files;
    private final Loader loader;
    private final LoadHistory history;
    private final Path copies;

    /** @param copies where files lie while they are read, this process's own; what an earlier one has left there goes */
    FolderRun(SourceFiles files, Loader loader, LoadHistory history, Path copies) {
        this.files = files;
        this.loader = loader;
        this.history = history;
        this.copies = copies;
    }

    /** What the files came to: those of this run alone. */
    record Came(int loaded, long records, @Nullable LoadRecord last, List<String> refused, @Nullable LoadOutcome brokenBy) {
        Came {
            refused = List.copyOf(refused);
        }
    }

    Came run(LoadSources.Versioned source, From.Folder from, Path root, ResourceTable table, boolean whole, RunLimits limits)
            throws IOException, UnreadyException {
        int loaded = 0;
        long records = 0;
        LoadRecord last = null;
        List<String> refused = new ArrayList<>();
        try (WatchedFolder folder = WatchedFolder.open(root, from)) {
            for (Lying file : files.listReady(source, folder.list(), from.stillFor(), whole)) {
                LoadOutcome outcome = one(source, folder, file, table, whole, limits);
                switch (outcome) {
                    case LoadOutcome.Loaded(var loads) -> {
                        loaded++;
                        last = loads.getFirst();
                        records += last.rowsIn();
                    }
                    case LoadOutcome.AlreadyLoaded _ -> { }
                    case LoadOutcome.Refused _ -> refused.add(file.name());
                    case LoadOutcome.Broken _, LoadOutcome.Busy _ -> {
                        return new Came(loaded, records, last, refused, outcome);
                    }
                }
            }
        }
        return new Came(loaded, records, last, refused, null);
    }

    private LoadOutcome one(LoadSources.Versioned source, WatchedFolder folder, Lying file, ResourceTable table, boolean whole, RunLimits limits)
            throws IOException, UnreadyException {
        Path place = newPlace(file);
        Path copy = place.resolve(file.name());
        String digest = null;
        try {
            String stated = folder.statedDigest(file);
            folder.copy(file, copy, limits);
            SourceFile read = SourceFile.look(copy, null);
            digest = read.sha256();
            if (stated != null && !stated.equals(digest)) {
                throw new UnfitSourceException("文件 " + file.name() + " 的摘要与旁附的不符。", "The digest of " + file.name() + " is not the one that lies beside it.");
            }
            String by = "source " + source.source().code();
            Optional<LoadRecord> before = whole ? Optional.empty() : history.findLoadedBy(table.name(), by, digest);
            if (before.isPresent()) {
                history.freshness().confirm(table, before.get().id()); // delivered again, so it is what holds
                files.settle(source, file, FolderFile.State.KNOWN, digest, null, null, before.get().id());
                return new LoadOutcome.AlreadyLoaded(List.of(before.get()));
            }
            RecordSource.Opening opening = new BoundedOpening(opened(read), LoadSources.definitionOf(source.source()), limits);
            LoadSource of = source.source();
            LoadOutcome outcome = loader.load(new LoadRequest(List.of(new LoadRequest.Part(table, opening)), of.mode(), of.drift(),
                    of.mostRejected().doubleValue(), by), LoadProgress.NONE);
            settle(source, file, digest, outcome);
            return outcome;
        } catch (UnfitSourceException unfit) {
            files.settle(source, file, FolderFile.State.REFUSED, digest, unfit.zh(), unfit.en(), null);
            return new LoadOutcome.Refused(unfit.zh(), unfit.en(), List.of());
        } catch (SourceAwayException away) {
            return new LoadOutcome.Broken(away.zh() + "。", away.en() + ".", List.of());
        } finally {
            Files.deleteIfExists(copy);
            Files.deleteIfExists(place);
        }
    }

    private void settle(LoadSources.Versioned source, Lying file, String digest, LoadOutcome outcome) {
        switch (outcome) {
            case LoadOutcome.Loaded(var loads) -> files.settle(source, file, FolderFile.State.LOADED, digest, null, null, loads.getFirst().id());
            case LoadOutcome.AlreadyLoaded(var loads) -> files.settle(source, file, FolderFile.State.KNOWN, digest, null, null,
                    loads.isEmpty() ? null : loads.getFirst().id());
            case LoadOutcome.Refused(var zh, var en, var loads) -> files.settle(source, file, FolderFile.State.REFUSED, digest, zh, en,
                    loads.isEmpty() ? null : loads.getFirst().id());
            case LoadOutcome.Broken _, LoadOutcome.Busy _ -> { } // it waits for the next run
        }
    }

    /** A folder for one copy, readable by the process's user alone: what lies in it is what the provider sent, identifiers and all. */
    private Path newPlace(Lying file) throws IOException, UnreadyException {
        Files.createDirectories(copies);
        if (Files.getFileStore(copies).getUsableSpace() < file.bytes() + SPARE_BYTES) {
            throw new UnreadyException("本节点磁盘空间不足以读取文件 " + file.name() + "。", "This node's disk has no room to read the file " + file.name() + ".");
        }
        return Files.createTempDirectory(copies, "copy", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private static RecordSource.Opening opened(SourceFile file) throws IOException {
        String name = file.name().toLowerCase(Locale.ROOT);
        return name.endsWith(".parquet") ? ParquetSource.of(file)
                : name.endsWith(".jsonl") || name.endsWith(".ndjson") ? JsonLinesSource.of(file)
                : CsvSource.of(file, name.endsWith(".tsv") ? '\t' : ',');
    }

    /** Takes away copies of a process that died. */
    void clean() throws IOException {
        if (!Files.isDirectory(copies)) {
            return;
        }
        try (Stream<Path> left = Files.walk(copies)) {
            for (Path each : left.sorted(java.util.Comparator.reverseOrder()).filter(each -> !each.equals(copies)).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
