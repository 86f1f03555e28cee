package cn.jingshu.products.domain.load;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Speaks MySQL's protocol as an attacker's server would, without TLS, and keeps what it is sent. */
final class RogueServer implements AutoCloseable {
    /** What it asks of whoever connects. */
    enum Asks {
        /** The password, in the clear. */
        PASSWORD,
        /** A file of the client, in answer to whatever is asked. */
        FILE
    }

    // What a server can do: long passwords, connecting to a database, the protocol of 4.1, transactions, secure passwords, ways to sign in by name.
    private static final int CAN = 0x00000001 | 0x00000004 | 0x00000008 | 0x00000200 | 0x00002000 | 0x00008000 | 0x00080000;

    private final ServerSocket socket;
    private final Asks asks;
    private final String file;
    private final List<String> sent = new CopyOnWriteArrayList<>();
    private final List<Integer> connections = new CopyOnWriteArrayList<>();

    RogueServer(Asks asks, String file) throws IOException {
        this.asks = asks;
        this.file = file;
        this.socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::listen);
    }

    int port() {
        return socket.getLocalPort();
    }

    /** The bodies of all packets it was sent, byte by byte as ISO 8859-1. */
    List<String> sent() {
        return sent;
    }

    int connections() {
        return connections.size();
    }

    private void listen() {
        while (!socket.isClosed()) {
            try (Socket client = socket.accept()) {
                connections.add(client.getPort());
                serve(client);
            } catch (SocketException | EOFException gone) {
                // the client has left, or the test is over
            } catch (IOException failure) {
                sent.add("failed: " + failure);
            }
        }
    }

    private void serve(Socket client) throws IOException {
        DataInputStream in = new DataInputStream(client.getInputStream());
        OutputStream out = client.getOutputStream();
        write(out, 0, greeting());
        int number = read(in);
        if (asks == Asks.PASSWORD) {
            write(out, number + 1, bytes((byte) 0xfe, "mysql_clear_password\0"));
            read(in);
            return;
        }
        write(out, number + 1, new byte[] {0, 0, 0, 2, 0, 0, 0});
        while (true) {
            number = read(in);
            write(out, number + 1, bytes((byte) 0xfb, file));
        }
    }

    private static byte[] greeting() {
        ByteArrayOutputStream of = new ByteArrayOutputStream();
        of.write(10);
        of.writeBytes("8.0.40\0".getBytes(StandardCharsets.US_ASCII));
        of.writeBytes(new byte[] {7, 0, 0, 0});
        of.writeBytes("saltsalt\0".getBytes(StandardCharsets.US_ASCII));
        of.writeBytes(new byte[] {(byte) CAN, (byte) (CAN >> 8), 45, 2, 0, (byte) (CAN >> 16), (byte) (CAN >> 24), 21});
        of.writeBytes(new byte[10]);
        of.writeBytes("saltsaltsalt\0mysql_native_password\0".getBytes(StandardCharsets.US_ASCII));
        return of.toByteArray();
    }

    private static byte[] bytes(byte first, String then) {
        byte[] text = then.getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[text.length + 1];
        all[0] = first;
        System.arraycopy(text, 0, all, 1, text.length);
        return all;
    }

    private int read(DataInputStream in) throws IOException {
        int length = in.readUnsignedByte() | in.readUnsignedByte() << 8 | in.readUnsignedByte() << 16;
        int number = in.readUnsignedByte();
        sent.add(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
        return number;
    }

    private static void write(OutputStream out, int number, byte[] body) throws IOException {
        out.write(new byte[] {(byte) body.length, (byte) (body.length >> 8), (byte) (body.length >> 16), (byte) number});
        out.write(body);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
