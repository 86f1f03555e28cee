package cn.jingshu.ledger.journal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** One connection to a database over a line that counts how often the client speaks after the server did: the round trips. */
final class CountedLine implements AutoCloseable {
    private final AtomicLong roundTrips = new AtomicLong();
    private final AtomicBoolean serverSpokeLast = new AtomicBoolean(true);
    private final ServerSocket door;
    private final Connection connection;

    CountedLine(DataSource database) throws IOException, SQLException {
        PGSimpleDataSource real = database.unwrap(PGSimpleDataSource.class);
        door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try (Socket client = door.accept(); Socket server = new Socket("localhost", real.getPortNumbers()[0])) {
                Thread back = Thread.ofVirtual().start(() -> relay(server, client, false));
                relay(client, server, true);
                back.join();
            } catch (IOException | InterruptedException closed) {
                // the connection finds the line closed
            }
        });
        PGSimpleDataSource counted = new PGSimpleDataSource();
        counted.setServerNames(new String[] {"localhost"});
        counted.setPortNumbers(new int[] {door.getLocalPort()});
        counted.setDatabaseName(real.getDatabaseName());
        counted.setUser(real.getUser());
        connection = counted.getConnection();
    }

    private void relay(Socket from, Socket to, boolean ofClient) {
        byte[] bytes = new byte[65_536];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                if (ofClient && serverSpokeLast.getAndSet(false)) {
                    roundTrips.incrementAndGet();
                } else if (!ofClient) {
                    serverSpokeLast.set(true);
                }
                out.write(bytes, 0, length);
                out.flush();
            }
            to.shutdownOutput();
        } catch (IOException closed) {
            // the other end finds the line closed
        }
    }

    long roundTrips() {
        return roundTrips.get();
    }

    /** Always the one connection, which stays open when it is given back. */
    DataSource dataSource() {
        Connection kept = proxy(Connection.class, connection);
        return (DataSource) Proxy.newProxyInstance(CountedLine.class.getClassLoader(), new Class<?>[] {DataSource.class},
                (_, method, _) -> {
                    if (method.getName().equals("getConnection")) {
                        return kept;
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    private static <T> T proxy(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(CountedLine.class.getClassLoader(), new Class<?>[] {type}, (_, method, args) -> {
            try {
                return method.getName().equals("close") ? null : method.invoke(real, args);
            } catch (InvocationTargetException failure) {
                throw failure.getCause();
            }
        }));
    }

    @Override
    public void close() throws IOException, SQLException {
        connection.close();
        door.close();
    }
}
