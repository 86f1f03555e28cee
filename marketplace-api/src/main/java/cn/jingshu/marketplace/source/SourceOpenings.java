package cn.jingshu.marketplace.source;

import cn.jingshu.products.domain.load.HttpSource;
import cn.jingshu.products.domain.load.JdbcSource;
import cn.jingshu.products.domain.load.RecordSource;
import cn.jingshu.products.kind.upstream.AddressGuard;
import cn.jingshu.products.kind.upstream.GuardedPages;
import cn.jingshu.products.kind.upstream.GuardedSockets;
import java.net.UnknownHostException;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;

/** Opens sources as they are set: only at hosts the operator allows, with secrets of this node. */
final class SourceOpenings {
    private static final int CONNECT_SECONDS = 10;
    private static final int SOCKET_SECONDS = 330; // beyond the longest query of JdbcSource

    private final AddressGuard guard;
    private final GuardedPages pages;
    private final SourceSecrets secrets;

    SourceOpenings(AddressGuard guard, GuardedPages pages, SourceSecrets secrets) {
        this.guard = guard;
        this.pages = pages;
        this.secrets = secrets;
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

    RecordSource.Opening open(LoadSource source) throws UnreadyException {
        LoadSource.From from = source.from();
        look(from);
        String name = source.secret();
        String secret = name == null ? null : secrets.find(from.host(), name).orElseThrow(() -> new UnreadyException(
                "本节点没有 " + from.host() + " 的密钥文件 " + name + "。", "This node has no secret " + name + " for " + from.host() + "."));
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
                boolean inner = guard.isInner(table.host(), table.port());
                database.setSocketFactory(GuardedSockets.class.getName());
                database.setSocketFactoryArg(inner ? GuardedSockets.INNER : GuardedSockets.OUTER);
                database.setSslMode(inner ? "prefer" : "verify-full");
                database.setReadOnly(true);
                yield JdbcSource.of(database, new JdbcSource.Table(source.code(), table.schema(), table.table(), table.key()));
            }
            case LoadSource.From.Interface of -> {
                String header = of.keyHeader();
                if ((header == null) != (secret == null)) {
                    throw new UnreadyException("密钥与其请求头须同时设置。", "A secret and its header are set together.");
                }
                yield HttpSource.of(pages, new HttpSource.Interface(source.code(), of.address(),
                        header == null || secret == null ? Map.of() : Map.of(header, secret), of.cursor(), of.items(), of.next(), of.tagOfWhole()));
            }
        };
    }

    /** Names that are allowed and known now; each connection is looked at again. */
    private void look(LoadSource.From from) throws UnreadyException {
        try {
            guard.resolve(from.host(), from.port());
        } catch (AddressGuard.Refused refused) {
            throw new UnreadyException("不允许访问该主机:" + from.host() + ":" + from.port() + "。", "Nothing is asked there: " + refused.getMessage() + ".");
        } catch (UnknownHostException unknown) {
            throw new UnreadyException("主机 " + from.host() + " 无法解析。", "The host " + from.host() + " is not known.");
        }
    }
}
