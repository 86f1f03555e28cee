package cn.jingshu.marketplace.source;

import cn.jingshu.products.domain.load.DatabaseEngine;
import cn.jingshu.products.domain.load.DatabaseEngines;
import cn.jingshu.products.kind.upstream.AddressGuard;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whose sources may lie where. Each entry names the provider of the catalogue whose resources are loaded from there, and a host, alone or with a port:
 * {@code A2.4@register.housing.example:5432}. A host everybody may be loaded from has the provider {@code *}.
 *
 * @param hosts only at addresses of the public internet, over TLS
 * @param innerHosts the same of hosts of the inner network
 * @param plainHosts those inner hosts whose databases may be read without TLS
 * @param secrets folder of secrets, see {@link SourceSecrets}
 * @param folders folders of this node, each with its provider, at and below which a provider's files are put: {@code A2.4@/srv/incoming/housing}
 * @param copies where files lie while they are read
 * @param engines the kinds of databases there are drivers for
 */
public record SourceSettings(Set<String> hosts, Set<String> innerHosts, Set<String> plainHosts, Path secrets, Set<String> folders, Path copies,
        DatabaseEngines engines) {
    private static final Pattern FOLDER = Pattern.compile("(\\*|[A-Z][0-9]{1,3}\\.[0-9]{1,4})@/[^\\n]*");

    private static final Pattern ENTRY = Pattern.compile("(\\*|[A-Z][0-9]{1,3}\\.[0-9]{1,4})@[^@\\s]+");

    /** Without folders. */
    public SourceSettings(Set<String> hosts, Set<String> innerHosts, Set<String> plainHosts, Path secrets) {
        this(hosts, innerHosts, plainHosts, secrets, Set.of(), secrets.resolveSibling("source-copies"));
    }

    /** Without databases of an operator's drivers. */
    public SourceSettings(Set<String> hosts, Set<String> innerHosts, Set<String> plainHosts, Path secrets, Set<String> folders, Path copies) {
        this(hosts, innerHosts, plainHosts, secrets, folders, copies, DatabaseEngines.BUILT_IN);
    }

    /** @throws IllegalArgumentException if an entry names no provider: one provider's host is not everybody's */
    public SourceSettings {
        hosts = Set.copyOf(hosts);
        innerHosts = Set.copyOf(innerHosts);
        plainHosts = Set.copyOf(plainHosts);
        Stream.of(hosts, innerHosts, plainHosts).flatMap(Set::stream).filter(each -> !ENTRY.matcher(each).matches()).findFirst().ifPresent(wrong -> {
            throw new IllegalArgumentException("Hosts of scheduled sources (jingshu.sources.hosts, .inner-hosts, .plain-hosts) have the form"
                    + " PROVIDER@host or PROVIDER@host:port, such as A2.4@register.example:5432, or *@host for all providers; not " + wrong);
        });
        folders = Set.copyOf(folders);
        folders.stream().filter(each -> !FOLDER.matcher(each).matches() || !isPlain(each.substring(each.indexOf('@') + 1))).findFirst().ifPresent(wrong -> {
            throw new IllegalArgumentException("Folders of scheduled sources (jingshu.sources.folders) have the form PROVIDER@/path, such as"
                    + " A2.4@/srv/incoming/housing, or *@/path for all providers, without steps back; not " + wrong);
        });
    }

    private static boolean isPlain(String path) {
        return Path.of(path).normalize().toString().equals(path) && !path.equals("/");
    }

    /** The allowed folder a provider's folder lies in; empty: it lies in none of this node's. */
    Optional<Path> rootOf(String provider, String folder) {
        Path path = Path.of(folder);
        return of(folders, provider).stream().map(Path::of).filter(path::startsWith).max(Comparator.comparingInt(Path::getNameCount));
    }

    private static Set<String> of(Set<String> entries, String provider) {
        return entries.stream().filter(each -> each.startsWith(provider + "@") || each.startsWith("*@"))
                .map(each -> each.substring(each.indexOf('@') + 1)).collect(Collectors.toUnmodifiableSet());
    }

    /** What sources of a provider's resources may reach. */
    AddressGuard guardOf(String provider) {
        return AddressGuard.of(of(hosts, provider), of(innerHosts, provider));
    }

    /** Whether a source lies where those of its provider may. */
    boolean allows(LoadSource source) {
        return switch (source.from()) {
            case LoadSource.From.Remote remote -> guardOf(source.provider()).isNamed(remote.host(), remote.port());
            case LoadSource.From.Folder folder -> rootOf(source.provider(), folder.path()).isPresent();
        };
    }

    /**
     * The kind of a source's database.
     *
     * @throws IllegalArgumentException if the operator named none of that name, or it is one whose encryption is not ours to demand and lies where a database may not
     *     be read without
     */
    DatabaseEngine requireEngine(String provider, LoadSource.From.Table table) {
        DatabaseEngine engine = engines.find(table.engine())
                .orElseThrow(() -> new IllegalArgumentException("the operator has named no database engine " + table.engine()));
        if (!engine.isGuarded() && !(guardOf(provider).isInner(table.host(), table.port()) && allowsPlain(provider, table.host(), table.port()))) {
            throw new IllegalArgumentException("databases of the engine " + table.engine() + " are read at inner hosts alone that may be read without TLS, not at "
                    + table.host() + ":" + table.port());
        }
        return engine;
    }

    /** Whether a database of a provider may be read without TLS. */
    boolean allowsPlain(String provider, String host, int port) {
        return AddressGuard.of(Set.of(), of(plainHosts, provider)).isInner(host, port);
    }
}
