package cn.jingshu.marketplace.source;

import cn.jingshu.products.domain.load.HttpSource;
import cn.jingshu.products.domain.load.JdbcSource;
import cn.jingshu.products.domain.load.PageClient;
import cn.jingshu.products.domain.load.RecordSource;
import cn.jingshu.products.kind.upstream.AddressGuard;
import cn.jingshu.products.kind.upstream.GuardedPages;
import cn.jingshu.products.kind.upstream.GuardedSockets;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** Opens sources as they are set: only at hosts the operator allows their provider, with secrets of this node for just that provider and host. */
final class SourceOpenings implements AutoCloseable {
    private static final int CONNECT_SECONDS = 10;
    private static final int SOCKET_SECONDS = 330; // beyond the longest query of JdbcSource

    /** Of one result, which the driver holds in memory: 5,000 rows. Wider rows break off rather than take the node with them. */
    private static final String MOST_OF_A_RESULT = "128M";

    private final SourceSettings settings;
    private final SourceSecrets secrets;
    private final Map<String, Reach> reaches = new ConcurrentHashMap<>();

    SourceOpenings(SourceSettings settings) {
        this.settings = settings;
        this.secrets = new SourceSecrets(settings.secrets());
    }

    /** What the sources of one provider may ask, and how. */
    private record Reach(AddressGuard guard, GuardedPages pages) {}

    private Reach reachOf(String provider) {
        return reaches.computeIfAbsent(provider, each -> {
            AddressGuard guard = settings.guardOf(each);
            return new Reach(guard, new GuardedPages(guard));
        });
    }

    /** A source cannot be opened here as it is set. */
    static final class UnreadyException extends Exception {
        private static final long serialVersionUID = 1L;
        private final String zh;

        UnreadyException(String zh, String en) {
            super(en, null, false, false);
            this.zh = zh;
        }

        String zh() {
            return zh;
        }

        String en() {
            return String.valueOf(getMessage());
        }
    }

    /** Whether this node may look where a source lies. */
    boolean isHere(LoadSource source) {
        return settings.allows(source);
    }

    /** The folder the operator allows that a source's folder lies in. */
    Path rootOf(LoadSource source, LoadSource.From.Folder folder) throws UnreadyException {
        return settings.rootOf(source.provider(), folder.path()).orElseThrow(() -> new UnreadyException(
                "本节点不允许 " + source.provider() + " 的数据源读取文件夹 " + folder.path() + "。",
                "Sources of " + source.provider() + " may not read the folder " + folder.path() + " on this node."));
    }

    RecordSource.Opening open(LoadSource source, RunLimits limits) throws UnreadyException {
        if (!(source.from() instanceof LoadSource.From.Remote from)) {
            throw new IllegalArgumentException("a folder is no one source: its files are");
        }
        String provider = source.provider();
        Reach reach = reachOf(provider);
        look(reach.guard(), provider, from);
        String name = source.secret();
        String secret = name == null ? null : secrets.find(provider, from.host(), from.port(), name).orElseThrow(() -> new UnreadyException(
                "本节点没有 " + provider + " 在 " + from.host() + ":" + from.port() + " 的密钥文件 " + name + "。",
                "This node has no secret " + name + " of " + provider + " for " + from.host() + ":" + from.port() + "."));
        return new BoundedOpening(opening(source, from, secret, reach, limits), LoadSources.definitionOf(source), limits);
    }

    private RecordSource.Opening opening(LoadSource source, LoadSource.From.Remote from, @Nullable String secret, Reach reach, RunLimits limits)
            throws UnreadyException {
        return switch (from) {
            case LoadSource.From.Table table -> {
                PGSimpleDataSource database = new PGSimpleDataSource();
                database.setServerNames(new String[] {table.host()});
                database.setPortNumbers(new int[] {table.port()});
                database.setDatabaseName(table.database());
                database.setUser(table.user());
                database.setPassword(secret);
                database.setConnectTimeout(CONNECT_SECONDS);
                database.setSocketTimeout(SOCKET_SECONDS);
                database.setApplicationName("jingshu-load");
                boolean inner = reach.guard().isInner(table.host(), table.port());
                database.setSocketFactory(GuardedSockets.class.getName());
                database.setSocketFactoryArg(inner ? GuardedSockets.INNER : GuardedSockets.OUTER);
                database.setSslMode(!inner ? "verify-full" : settings.allowsPlain(source.provider(), table.host(), table.port()) ? "prefer" : "require");
                database.setMaxResultBuffer(MOST_OF_A_RESULT);
                database.setReadOnly(true);
                yield JdbcSource.of(database, new JdbcSource.Table(source.code(), table.schema(), table.table(), table.key()));
            }
            case LoadSource.From.Interface of -> {
                String header = of.keyHeader();
                if ((header == null) != (secret == null)) {
                    throw new UnreadyException("密钥与其请求头须同时设置。", "A secret and its header are set together.");
                }
                PageClient pages = (address, headers) -> {
                    limits.requireTime(); // pages without a record would go on for ever
                    return reach.pages().get(address, headers);
                };
                yield HttpSource.of(pages, new HttpSource.Interface(source.code(), of.address(),
                        header == null || secret == null ? Map.of() : Map.of(header, secret), of.cursor(), of.items(), of.next(), of.tagOfWhole(),
                        of.continuation()));
            }
        };
    }

    @Override
    public void close() {
        reaches.values().forEach(each -> each.pages().close());
    }

    /** Names that are allowed and known now; each connection is looked at again. */
    private static void look(AddressGuard guard, String provider, LoadSource.From.Remote from) throws UnreadyException {
        try {
            guard.resolve(from.host(), from.port());
        } catch (AddressGuard.Refused refused) {
            throw new UnreadyException("不允许 " + provider + " 的数据源访问该主机:" + from.host() + ":" + from.port() + "。", "Nothing is asked there for " + provider + ": " + refused.getMessage() + ".");
        } catch (UnknownHostException unknown) {
            throw new UnreadyException("主机 " + from.host() + " 无法解析。", "The host " + from.host() + " is not known.");
        }
    }
}
