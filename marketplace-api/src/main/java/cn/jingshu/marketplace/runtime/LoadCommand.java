package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.source.SourceSettings;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.load.CsvSource;
import cn.jingshu.products.domain.load.DatabaseUrl;
import cn.jingshu.products.domain.load.GtfsZip;
import cn.jingshu.products.domain.load.HttpSource;
import cn.jingshu.products.domain.load.JdbcSource;
import cn.jingshu.products.domain.load.JsonLinesSource;
import cn.jingshu.products.domain.load.LoadOutcome;
import cn.jingshu.products.domain.load.LoadRecord;
import cn.jingshu.products.domain.load.LoadRequest;
import cn.jingshu.products.domain.load.LoadTables;
import cn.jingshu.products.domain.load.Loader;
import cn.jingshu.products.domain.load.ParquetSource;
import cn.jingshu.products.domain.load.RecordSource;
import cn.jingshu.products.domain.load.SchemaDrift;
import cn.jingshu.products.domain.load.SinceBefore;
import cn.jingshu.products.domain.load.SourceAddress;
import cn.jingshu.products.domain.load.SourceFile;
import cn.jingshu.products.domain.load.TextEncoding;
import cn.jingshu.products.domain.load.UnfitSourceException;
import cn.jingshu.products.transit.keeping.Timetables;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Loads a table of the data domain from a file, a table of another database or an interface. */
@Command(name = "load", mixinStandardHelpOptions = true,
        description = "Load a table of the data domain: from a file, a table of another database, or an interface that answers pages of JSON."
                + " Loading the same again does nothing; loading again what broke off goes on where it was left.")
final class LoadCommand implements Callable<Integer> {
    /** Where a password or key of a source is read from: an argument would stand in the list of processes. */
    static final String SECRET = "JINGSHU_SOURCE_SECRET";

    @Mixin
    private WorkspaceOptions workspace = new WorkspaceOptions();

    @Option(names = "--table", paramLabel = "TABLE", description = "The table to load; without it and for no GTFS archive, the tables there are are listed.")
    private @Nullable String table;

    @ArgGroup(exclusive = true)
    private @Nullable From from;

    /** Where the rows come from. */
    static final class From {
        @Option(names = "--file", required = true, paramLabel = "FILE", description = "CSV with a header, JSON Lines, Parquet or a GTFS zip.")
        private @Nullable Path file;

        @Option(names = "--jdbc", required = true, paramLabel = "URL", description = "jdbc:postgresql://host/database, jdbc:mysql://host/database (MariaDB too) or of a"
                + " form of jingshu.sources.databases, with ?sslmode= at the most; with --source-table and --key.")
        private @Nullable String jdbc;

        @Option(names = "--url", required = true, paramLabel = "URL", description = "The first page of an interface.")
        private @Nullable URI url;
    }

    @Option(names = "--format", paramLabel = "FORMAT", description = "csv, jsonl, parquet or gtfs (default: by the file's name).")
    private @Nullable Format format;

    @Option(names = "--encoding", paramLabel = "ENCODING", description = "utf-8 or gb18030 (default: found out).")
    private @Nullable String encoding;

    @Option(names = "--separator", defaultValue = ",", description = "Between the fields of a CSV file (default: ${DEFAULT-VALUE}).")
    private char separator;

    @Option(names = "--mode", defaultValue = "REPLACE", description = "replace: the source is the whole; upsert: rows are added and replaced by key (default: ${DEFAULT-VALUE}).")
    private LoadRequest.Mode mode;

    @Option(names = "--drift", defaultValue = "GO_ON", description = "stop: any difference of columns refuses the load; go_on: harmless ones are reported (default: ${DEFAULT-VALUE}).")
    private SchemaDrift.Rule drift;

    @Option(names = "--most-rejected", defaultValue = "0.01", paramLabel = "SHARE", description = "Share of rejected records above which nothing is loaded (default: ${DEFAULT-VALUE}).")
    private double mostRejected;

    @Option(names = "--source-user", paramLabel = "USER", description = "Role at the --jdbc database; its password is read from the environment, " + SECRET + ".")
    private @Nullable String sourceUser;

    @Option(names = "--source-table", paramLabel = "[SCHEMA.]TABLE", description = "The table at the --jdbc database.")
    private @Nullable String sourceTable;

    @Option(names = "--key", split = ",", paramLabel = "COLUMN", description = "The columns the --jdbc table is read by: together unique and never empty.")
    private List<String> key = List.of();

    @Option(names = "--source-name", paramLabel = "NAME", description = "What the source is called in the record (default: its host).")
    private @Nullable String sourceName;

    @Option(names = "--key-header", paramLabel = "HEADER", description = "The header the --url takes its key in; the key is read from the environment, " + SECRET + ".")
    private @Nullable String keyHeader;

    @Option(names = "--cursor", defaultValue = "cursor", description = "The --url's query parameter that says where a page begins (default: ${DEFAULT-VALUE}).")
    private String cursor;

    @Option(names = "--items", defaultValue = "items", description = "The list in a page of the --url (default: ${DEFAULT-VALUE}).")
    private String items;

    @Option(names = "--next", defaultValue = "next", description = "The next page's cursor in a page of the --url (default: ${DEFAULT-VALUE}).")
    private String next;

    @Option(names = "--tag-of-whole", description = "The entity tag of the --url's first page changes whenever any page does.")
    private boolean tagOfWhole;

    @Spec
    private CommandSpec spec;

    /** What a file is. */
    enum Format {
        CSV,
        JSONL,
        PARQUET,
        GTFS
    }

    /** Exit status: 0 when the table holds what the source says, 1 when not. */
    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (CommandContext context = CommandContext.open(workspace)) {
            LoadTables tables = context.get(LoadTables.class);
            if (from == null) {
                tables.list().forEach(each -> out.printf("%-32s %-8s %s%n", each.name(), each.resource(),
                        String.join(", ", each.columns().stream().map(ResourceTable.Column::name).toList())));
                out.flush();
                return 0;
            }
            LoadBar bar = new LoadBar(out, Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent());
            try (HttpClient client = HttpSource.newClient()) {
                LoadOutcome outcome = context.get(Loader.class).load(request(context, tables, client, from), bar);
                bar.finish();
                return say(outcome, out);
            }
        } catch (UnfitSourceException unfit) {
            throw new StartFailure("Nothing was loaded. " + unfit.en(), unfit);
        } catch (DomainException failure) {
            throw new StartFailure("Nothing was loaded: " + failure.getMessage() + ".", failure);
        } catch (java.nio.file.FileSystemException unreadable) {
            throw new StartFailure("The file " + unreadable.getFile() + " cannot be read.", unreadable);
        }
    }

    private LoadRequest request(CommandContext context, LoadTables tables, HttpClient client, From source) throws IOException {
        if (source.file != null) {
            SourceFile file = SourceFile.look(source.file, encoding == null ? null : encodingOf(encoding));
            Format known = format == null ? formatOf(file) : format;
            return switch (known) {
                case GTFS -> timetable(context, file);
                case CSV -> request(tables, CsvSource.of(file, separator));
                case JSONL -> request(tables, JsonLinesSource.of(file));
                case PARQUET -> request(tables, ParquetSource.of(file));
            };
        }
        return request(tables, source.jdbc != null ? database(context, source.jdbc) : service(client, java.util.Objects.requireNonNull(source.url)));
    }

    private LoadRequest request(LoadTables tables, RecordSource.Opening source) {
        return new LoadRequest(List.of(new LoadRequest.Part(tableOf(tables), source)), mode, drift, mostRejected, by());
    }

    private LoadRequest timetable(CommandContext context, SourceFile file) throws IOException {
        if (mode != LoadRequest.Mode.REPLACE || table != null) {
            throw new ParameterException(spec.commandLine(), "a GTFS archive replaces the timetable as a whole: --table and --mode upsert do not go with it");
        }
        return context.get(Timetables.class).request(file, drift, mostRejected, by());
    }

    private static String by() {
        return System.getProperty("user.name", "unknown");
    }

    private TextEncoding encodingOf(String name) {
        return TextEncoding.named(name).orElseThrow(() -> new ParameterException(spec.commandLine(), "--encoding is utf-8 or gb18030, not " + name));
    }

    private static Format formatOf(SourceFile file) throws IOException {
        String name = file.name().toLowerCase(Locale.ROOT);
        return name.endsWith(".parquet") ? Format.PARQUET
                : name.endsWith(".jsonl") || name.endsWith(".ndjson") ? Format.JSONL
                : GtfsZip.isArchive(file) ? Format.GTFS : Format.CSV;
    }

    private ResourceTable tableOf(LoadTables tables) {
        if (table == null) {
            throw new ParameterException(spec.commandLine(), "--table says which table is loaded; without --file, --jdbc and --url they are listed");
        }
        return tables.findLoadable(table).orElseThrow(() -> new StartFailure("There is no table " + table + ": 'load' without options lists them."));
    }

    private RecordSource.Opening database(CommandContext context, String url) {
        if (sourceTable == null || key.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--jdbc has --source-table and --key beside it");
        }
        try {
            DatabaseUrl of = context.get(SourceSettings.class).engines().read(url);
            int dot = sourceTable.indexOf('.');
            return JdbcSource.of(of.engine().at(new SourceAddress(of.host(), of.port(), of.database(), sourceUser, System.getenv(SECRET), of.encryption(), null)),
                    new JdbcSource.Table(sourceName != null ? sourceName : of.host(), dot < 0 ? null : sourceTable.substring(0, dot),
                            sourceTable.substring(dot + 1), key));
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), "--jdbc: " + wrong.getMessage(), wrong);
        }
    }

    private RecordSource.Opening service(HttpClient client, URI url) {
        String secret = System.getenv(SECRET);
        if (keyHeader != null && secret == null) {
            throw new StartFailure("--key-header is given, but the environment has no " + SECRET + ".");
        }
        try {
            return HttpSource.of(client, new HttpSource.Interface(nameOf(url), url,
                    keyHeader == null || secret == null ? Map.of() : Map.of(keyHeader, secret), cursor, items, next, tagOfWhole));
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), "--url: " + wrong.getMessage(), wrong);
        }
    }

    private String nameOf(URI address) {
        return sourceName != null ? sourceName : Optional.ofNullable(address.getHost()).orElse("source");
    }

    private int say(LoadOutcome outcome, PrintWriter out) {
        return switch (outcome) {
            case LoadOutcome.Loaded(var loads) -> {
                loads.forEach(each -> print(each, out));
                yield 0;
            }
            case LoadOutcome.AlreadyLoaded(var loads) -> {
                out.printf("The source has not changed since the newest load%s; nothing was done.%n",
                        loads.isEmpty() ? "" : " at " + loads.getFirst().endedAt());
                out.flush();
                yield 0;
            }
            case LoadOutcome.Refused(var _, var en, var loads) -> failed(en, loads);
            case LoadOutcome.Broken(var _, var en, var loads) -> failed(en, loads);
            case LoadOutcome.Busy(var busy) -> failed("Another load of " + busy + " is running.", List.of());
        };
    }

    private int failed(String sentence, List<LoadRecord> loads) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("jingshu: nothing was loaded. " + sentence);
        loads.forEach(each -> print(each, err));
        return Jingshu.FAILED;
    }

    private static void print(LoadRecord load, PrintWriter out) {
        Double score = load.score();
        out.printf(Locale.ROOT, "%s: %,d records read, %,d accepted, %,d rejected%s%n", load.table(), load.rowsIn(), load.accepted(),
                load.rejected(), score == null ? "" : String.format(Locale.ROOT, ", quality %.1f", score));
        SinceBefore since = load.since();
        if (since != null && !since.isNone()) {
            out.println("  since the load before: " + since.sentence(false));
        }
        if (!load.drift().isNone()) {
            out.println("  columns differ: " + load.drift().sentence(false));
        }
        for (LoadRecord.Rejects each : load.rejects()) {
            out.printf(Locale.ROOT, "  %,d rejected: %s%s (lines %s%s)%n", each.records(), each.column() == null ? "" : each.column() + ": ",
                    each.reason().en(), String.join(", ", each.lines().stream().limit(10).map(String::valueOf).toList()),
                    each.records() > 10 ? ", …" : "");
        }
        out.flush();
    }
}
