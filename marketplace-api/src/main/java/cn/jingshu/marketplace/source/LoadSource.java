package cn.jingshu.marketplace.source;

import cn.jingshu.products.domain.load.Continuation;
import cn.jingshu.products.domain.load.LoadRequest;
import cn.jingshu.products.domain.load.SchemaDrift;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a table of the data domain is loaded from by itself, and how.
 *
 * @param code names it, for ever
 * @param table of the data domain
 * @param resource the data resource that table is of
 * @param secret name of the secret it needs; null: none
 * @param mode what becomes of the rows there are when the whole is read; what is read behind an earlier run is merged by the table's key
 * @param mostRejected share of rejected records, 0 to 1, above which nothing is loaded
 */
public record LoadSource(String code, String table, String resource, From from, @Nullable String secret, LoadRequest.Mode mode,
        SchemaDrift.Rule drift, BigDecimal mostRejected) {
    private static final Pattern CODE = Pattern.compile("[a-z][a-z0-9-]{1,39}");
    private static final Pattern RESOURCE = Pattern.compile("[A-Z][0-9]{1,3}(\\.[0-9]{1,4}){2}");
    private static final Pattern SECRET = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Pattern SECRET_PARAMETER = Pattern.compile("(?i)(^|[?&])[^=&]*(key|token|secret|passw|signature|credential)[^=&]*=");

    /** @throws IllegalArgumentException if a name is none, or the share is no share; what was given is not repeated */
    public LoadSource {
        require(RESOURCE.matcher(resource).matches(), "a source is of a data resource of the catalogue");
        require(CODE.matcher(code).matches(), "a code is 2 to 40 small letters, digits and hyphens");
        require(secret == null || SECRET.matcher(secret).matches(), "a secret's name is 1 to 64 small letters, digits, dots, hyphens and underscores");
        require(secret == null || from instanceof From.Remote, "a folder needs no secret");
        require(mostRejected.signum() >= 0 && mostRejected.compareTo(BigDecimal.ONE) <= 0, "a share of rejected records is from 0 to 1");
    }

    /** Code of the provider whose resource it loads, which the resource's id begins with: {@code A2.4} of {@code A2.4.6}. */
    public String provider() {
        return resource.substring(0, Math.max(0, resource.lastIndexOf('.')));
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }

    /** Where rows come from. */
    public sealed interface From {
        /** Where it lies, for the record: host and port, or folder. */
        default String place() {
            return switch (this) {
                case Remote remote -> remote.host() + ":" + remote.port();
                case Folder folder -> folder.path();
            };
        }

        /** Another machine. */
        sealed interface Remote extends From {
            /** The machine that is asked. */
            String host();

            int port();
        }

        /**
         * A folder of each node, below one the operator allows, that files are put into: CSV, TSV, JSON Lines or Parquet by their names. Each content is loaded
         * once, in the order of the names; files stay where they are.
         *
         * @param path absolute
         * @param names which files: {@code *.csv}
         * @param whole how a file is known to be complete
         * @param stillFor how long it has lain unchanged; none unless {@code whole} is STILL, for which it is 10 seconds to a day
         */
        record Folder(String path, String names, Whole whole, Duration stillFor) implements From {
            /** With many a name that nearly fits is looked at in more ways than anybody can wait for. */
            private static final int MOST_STARS = 2;

            /** Ends the name of an empty file that says that another is complete. */
            static final String DONE = ".done";

            /** Ends the name of a file with the digest of another, as {@code sha256sum} writes it. */
            static final String SHA256 = ".sha256";

            /** How a file is known to be complete. */
            public enum Whole {
                /** It is written under another name and renamed, or has lain unchanged. */
                STILL,
                /** A file of its name and {@value #DONE} lies beside it. */
                DONE,
                /** A file of its name and {@value #SHA256} lies beside it, with its digest. */
                DIGEST
            }

            public Folder {
                require(path.startsWith("/") && path.length() <= 500 && path.chars().noneMatch(Character::isISOControl)
                        && Path.of(path).normalize().toString().equals(path), "a folder is an absolute path without steps back");
                require(!names.isBlank() && names.length() <= 100 && names.indexOf('/') < 0 && names.chars().noneMatch(Character::isISOControl)
                        && names.matches("[^\\\\{}\\[\\]]+") && !names.contains("**") && names.chars().filter(each -> each == '*').count() <= MOST_STARS,
                        "names of files are given as *.csv, with two * at the most");
                require(whole == Whole.STILL ? stillFor.compareTo(Duration.ofSeconds(10)) >= 0 && stillFor.compareTo(Duration.ofDays(1)) <= 0
                        : stillFor.isZero(), "a file has lain unchanged for 10 seconds to a day, unless another says that it is complete");
            }
        }

        /**
         * A table of another database, read by its key.
         *
         * @param engine what kind of database it is: {@code postgresql}, {@code mysql} (MariaDB too), or a name the operator gave to one whose driver is put in place
         * @param schema null: the role's own
         * @param key its columns, together unique and never empty
         */
        record Table(String engine, String host, int port, String database, String user, @Nullable String schema, String table, List<String> key)
                implements Remote {
            /** What a database is of which no engine is stated. */
            public static final String USUAL_ENGINE = "postgresql";

            private static final Pattern ENGINE = Pattern.compile("[a-z][a-z0-9]{1,19}");

            /** One of PostgreSQL. */
            public Table(String host, int port, String database, String user, @Nullable String schema, String table, List<String> key) {
                this(USUAL_ENGINE, host, port, database, user, schema, table, key);
            }

            public Table {
                key = List.copyOf(key);
                require(ENGINE.matcher(engine).matches(), "an engine is 2 to 20 small letters and digits");
                require(HOST.matcher(host).matches() && port >= 1 && port <= 65_535, "a database has a host and a port from 1 to 65535");
                require(named(database) && named(user) && named(table) && (schema == null || named(schema)) && !key.isEmpty()
                        && key.stream().allMatch(Table::named), "database, role, table and key columns are names of 1 to 63 characters");
            }

            private static boolean named(String name) {
                return !name.isBlank() && name.length() <= 63 && name.chars().noneMatch(c -> c < ' ' || c == '/' || c == '?' || c == '&' || c == '"');
            }
        }

        /**
         * An interface that answers pages of JSON by cursor.
         *
         * @param keyHeader the header its secret is sent in; null: it takes none
         * @param tagOfWhole the entity tag of the first page changes whenever any page does
         * @param continuation how each run reads on behind the one before; null: each reads the whole
         */
        record Interface(URI address, String cursor, String items, String next, @Nullable String keyHeader, boolean tagOfWhole,
                @Nullable Continuation continuation) implements Remote {
            /** One of which each run reads the whole. */
            public Interface(URI address, String cursor, String items, String next, @Nullable String keyHeader, boolean tagOfWhole) {
                this(address, cursor, items, next, keyHeader, tagOfWhole, null);
            }

            public Interface {
                String scheme = address.getScheme();
                require(("https".equals(scheme) || "http".equals(scheme)) && address.getHost() != null && address.getRawUserInfo() == null
                        && address.getRawFragment() == null, "an interface has an address of https or http, without a user and a fragment");
                String query = address.getRawQuery();
                require(query == null || !SECRET_PARAMETER.matcher(query).find(), "a key does not belong into an address: name a secret and its header");
                require(keyHeader == null || HEADER.matcher(keyHeader).matches(), "a header is 1 to 64 letters, digits and hyphens");
                require(!cursor.isBlank() && !items.isBlank() && !next.isBlank() && cursor.matches("[A-Za-z0-9_.-]{1,64}"),
                        "cursor, items and next are names");
                require(!tagOfWhole || continuation == null, "an interface that is read on behind its last run has no entity tag of its whole");
                require(!(continuation instanceof Continuation.Since(var parameter, _, _)) || !parameter.equals(cursor),
                        "the parameter of newer records is another one than the cursor's");
            }

            @Override
            public String host() {
                return address.getHost().toLowerCase(Locale.ROOT);
            }

            @Override
            public int port() {
                return address.getPort() != -1 ? address.getPort() : "https".equals(address.getScheme()) ? 443 : 80;
            }
        }
    }
}
