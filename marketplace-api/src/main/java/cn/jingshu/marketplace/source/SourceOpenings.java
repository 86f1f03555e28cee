package cn.jingshu.marketplace.source;

import cn.jingshu.products.domain.load.DatabaseEngine;
import cn.jingshu.products.domain.load.HttpSource;
import cn.jingshu.products.domain.load.JdbcSource;
import cn.jingshu.products.domain.load.PageClient;
import cn.jingshu.products.domain.load.RecordSource;
import cn.jingshu.products.domain.load.SourceAddress;
import cn.jingshu.products.domain.load.SourceAddress.Encryption;
import cn.jingshu.products.kind.upstream.AddressGuard;
import cn.jingshu.products.kind.upstream.GuardedPages;
import cn.jingshu.products.kind.upstream.GuardedSockets;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Opens sources as they are set: only at hosts the operator allows their provider, with secrets of this node for just that provider and host. */
final class SourceOpenings implements AutoCloseable {
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
                DatabaseEngine engine = engineOf(source.provider(), table);
                boolean inner = reach.guard().isInner(table.host(), table.port());
                boolean plain = settings.allowsPlain(source.provider(), table.host(), table.port());
                SourceAddress address = new SourceAddress(engine.isGuarded() ? table.host() : pinned(reach.guard(), table), table.port(), table.database(),
                        table.user(), secret, !inner ? Encryption.VERIFIED : plain ? Encryption.PREFERRED : Encryption.ENCRYPTED,
                        inner ? GuardedSockets.Inner.class : GuardedSockets.Outer.class);
                try {
                    yield JdbcSource.of(engine.at(address), new JdbcSource.Table(source.code(), table.schema(), table.table(), table.key()));
                } catch (IllegalArgumentException unfit) {
                    throw new UnreadyException("数据库名称不能用于 " + table.engine() + " 类型的地址。", "Its database is no name for an address of " + table.engine() + ".");
                }
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

    private DatabaseEngine engineOf(String provider, LoadSource.From.Table table) throws UnreadyException {
        try {
            return settings.requireEngine(provider, table);
        } catch (IllegalArgumentException none) {
            throw new UnreadyException("本节点未设置数据库类型 " + table.engine() + ",或不允许在 " + table.host() + ":" + table.port() + " 读取该类型。", "Not on this node: "
                    + none.getMessage() + ".");
        }
    }

    /** The very address that was looked at, for a driver that resolves names itself. */
    private static String pinned(AddressGuard guard, LoadSource.From.Table table) throws UnreadyException {
        try {
            return guard.resolve(table.host(), table.port()).getFirst().getHostAddress();
        } catch (UnknownHostException gone) {
            throw new UnreadyException("主机 " + table.host() + " 无法解析。", "The host " + table.host() + " is not known.");
        }
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
