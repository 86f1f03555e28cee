package cn.jingshu.products.domain.load;

import cn.jingshu.products.domain.load.SourceAddress.Encryption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The kinds of databases this node can load tables from: PostgreSQL, MySQL with MariaDB, and those whose drivers the operator has put in place. */
public final class DatabaseEngines {
    static final DatabaseEngine POSTGRES = new PostgresEngine();

    private static final DatabaseEngine MYSQL = new MySqlEngine();

    /** Those that need nothing of the operator. */
    public static final DatabaseEngines BUILT_IN = new DatabaseEngines(List.of());

    private static final Pattern NAMED = Pattern.compile("(?<name>[a-z][a-z0-9]{1,19})@(?<form>\\S+)");
    private static final Pattern URL = Pattern.compile("jdbc:(?<scheme>postgresql|mysql|mariadb)://(?<host>[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)"
            + "(:(?<port>[0-9]{1,5}))?/(?<database>[\\p{L}\\p{N}_$.-]{1,63})(\\?(?<properties>.*))?");
    private static final Pattern PROPERTY = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,63}");
    private static final Map<String, Encryption> ENCRYPTIONS = Map.of("disable", Encryption.NONE, "prefer", Encryption.PREFERRED, "require", Encryption.ENCRYPTED,
            "verify-full", Encryption.VERIFIED);

    private final List<DatabaseEngine> engines;

    private DatabaseEngines(List<? extends DatabaseEngine> driven) {
        List<DatabaseEngine> all = new ArrayList<>(List.of(POSTGRES, MYSQL));
        all.addAll(driven);
        engines = List.copyOf(all);
    }

    /**
     * With those of an operator.
     *
     * @param named each a name and the form of its address: {@code dm@jdbc:dm://{host}:{port}/{database}}
     * @param drivers folder of their drivers, archives
     * @throws IllegalArgumentException if one is none, or has a name that another has
     */
    public static DatabaseEngines of(Set<String> named, Path drivers) {
        DriverFolder folder = new DriverFolder(drivers);
        List<DrivenEngine> driven = new ArrayList<>();
        for (String each : named.stream().sorted().toList()) {
            Matcher parts = NAMED.matcher(each);
            if (!parts.matches()) {
                throw new IllegalArgumentException("Engines of databases (jingshu.sources.databases) have the form NAME@ADDRESS, such as"
                        + " dm@jdbc:dm://{host}:{port}/{database}, named by 2 to 20 small letters and digits");
            }
            String name = parts.group("name");
            if (BUILT_IN.find(name).isPresent() || driven.stream().anyMatch(other -> other.name().equals(name))) {
                throw new IllegalArgumentException("There are two engines of databases named " + name + " (jingshu.sources.databases)");
            }
            driven.add(new DrivenEngine(name, parts.group("form"), folder));
        }
        return new DatabaseEngines(driven);
    }

    /** By what sources call it. */
    public Optional<DatabaseEngine> find(String name) {
        return engines.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    /**
     * Reads an address: {@code jdbc:postgresql://host:port/database}, {@code jdbc:mysql:…} or {@code jdbc:mariadb:…}, with {@code ?sslmode=} at the most, or one of an
     * operator's form.
     *
     * @throws IllegalArgumentException if it has another form, or a property that is not allowed; its values are not repeated
     */
    public DatabaseUrl read(String url) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            return engines.stream().flatMap(each -> each instanceof DrivenEngine driven ? driven.read(url).stream() : Stream.empty()).findFirst().orElseThrow(() -> new IllegalArgumentException("an address of a database is jdbc:postgresql://host/database, jdbc:mysql://host/database or of a form"
                            + " of jingshu.sources.databases, without a user, a password or several hosts"));
        }
        DatabaseEngine engine = parts.group("scheme").equals("postgresql") ? POSTGRES : MYSQL;
        String port = parts.group("port");
        return new DatabaseUrl(engine, parts.group("host"), port == null ? engine.usualPort().orElseThrow() : Integer.parseInt(port), parts.group("database"),
                encryption(parts.group("properties")));
    }

    private static Encryption encryption(@Nullable String properties) {
        Encryption encryption = Encryption.PREFERRED;
        if (properties == null || properties.isEmpty()) {
            return encryption;
        }
        for (String each : properties.split("&", -1)) {
            int is = each.indexOf('=');
            String name = is < 0 ? each : each.substring(0, is);
            if (!name.equalsIgnoreCase("sslmode")) {
                throw new IllegalArgumentException("an address of a database may have the property sslmode alone, not "
                        + (PROPERTY.matcher(name).matches() ? name : "others"));
            }
            Encryption said = ENCRYPTIONS.get(each.substring(is + 1).toLowerCase(Locale.ROOT));
            if (said == null) {
                throw new IllegalArgumentException("sslmode is disable, prefer, require or verify-full");
            }
            encryption = said;
        }
        return encryption;
    }
}
