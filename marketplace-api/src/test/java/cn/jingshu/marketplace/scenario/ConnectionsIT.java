package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.edge.Connections;
import cn.jingshu.marketplace.runtime.RunningNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node has so many connections and no more, whichever protocol they are for. */
class ConnectionsIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int MOST = 4;

    @TempDir
    private static Path folder;

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) SOON.toMillis());
        return socket;
    }

    /** Whether it is closed from the other side, though nothing was sent. */
    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    private static String ask(Socket socket) throws IOException {
        socket.getOutputStream().write("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void bothProtocolsShareTheRoomAndWhatIsClosedMakesSomeAgain() throws Exception {
        try (RunningNode node = RunningNode.start(folder.resolve("node"), Clock.systemUTC(), Map.of("jingshu.limits.connections", "" + MOST))) {
            Connections connections = node.get(Connections.class);
            Until.holds(SOON, connections::open, open -> open == 0);
            try (Socket one = connect(node.httpPort()); Socket two = connect(node.httpPort());
                    RawGrpc three = RawGrpc.open(node.grpcPort(), null); RawGrpc four = RawGrpc.open(node.grpcPort(), null)) {
                Until.holds(SOON, connections::open, open -> open == MOST);
                for (int port : new int[] {node.httpPort(), node.grpcPort()}) {
                    try (Socket more = connect(port)) {
                        assertThat(isClosed(more)).as("port %d", port).isTrue();
                    }
                }
                assertThat(connections.refused()).isEqualTo(2);
                assertThat(ask(one)).as("those that are there go on").startsWith("HTTP/1.1 200");
                Until.holds(SOON, connections::open, open -> open == MOST - 1);
                try (Socket again = connect(node.httpPort())) {
                    assertThat(ask(again)).startsWith("HTTP/1.1 200");
                }
                three.close();
                Until.holds(SOON, connections::open, open -> open == 2);
                try (RawGrpc another = RawGrpc.open(node.grpcPort(), null)) {
                    Until.holds(SOON, connections::open, open -> open == MOST - 1);
                    assertThat(another.isKnown()).isFalse();
                }
                assertThat(two.isClosed()).isFalse();
                assertThat(four.isKnown()).isFalse();
            }
            Until.holds(SOON, connections::open, open -> open == 0);
        }
    }
}
