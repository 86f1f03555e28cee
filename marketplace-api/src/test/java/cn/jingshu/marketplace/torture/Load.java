package cn.jingshu.marketplace.torture;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.scenario.GrpcCaller;
import cn.jingshu.marketplace.scenario.RawConnection;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.echo.EchoProduct;
import cn.jingshu.products.echo.v1.EchoRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Callers that call all nodes of a city over both edges until they are stopped, and keep account of every call. What was
 * sent is in the account before it is sent; what a broken connection took with it stays unknown.
 */
final class Load {
    private static final String ECHO = "jingshu.echo.v1.EchoService/Echo";
    private static final int MOST_PAUSE_MILLIS = 20;
    private static final int MOST_PAUSE_MILLIS_AT_A_START = 300;
    private static final int KEYED_CALLERS = 4;
    private static final int TOO_MANY = 429;
    private static final Pattern USED_UP =
            Pattern.compile("\"(" + Refusal.QUOTA_EXHAUSTED.code() + "|" + Refusal.BUDGET_USED_UP.code() + ")\"");

    /** A call whose quota is used up is tried a few times, also after a run of it died, and then left. */
    private static final int MOST_ATTEMPTS_WITHOUT_QUOTA = 4;

    private static final Contracts CONTRACTS = Contracts.of(List.of(new EchoProduct()));

    private final City city;
    private final List<Thread> callers = new ArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    private Load(City city) {
        this.city = city;
    }

    /** A call with an idempotency key, and whose it is. */
    record Keyed(Account account, Call call) {}

    /**
     * Begins to call.
     *
     * @param wide without a limit that could be reached
     * @param narrow with limits that are reached
     * @param open calls with an idempotency key that were not answered yet: they are tried until they are
     */
    static Load start(City city, Account wide, List<Account> narrow, Queue<Keyed> open, SplittableRandom random) {
        Load load = new Load(city);
        for (TorturedNode node : city.nodes) {
            SplittableRandom first = random.split();
            SplittableRandom second = random.split();
            SplittableRandom third = random.split();
            load.begin(() -> load.overRest(node, List.of(wide), first));
            load.begin(() -> load.overRest(node, narrow, second));
            load.begin(() -> load.overGrpc(node, List.of(wide, narrow.getFirst()), third));
        }
        for (int i = 0; i < KEYED_CALLERS; i++) {
            SplittableRandom own = random.split();
            load.begin(() -> load.withKeys(List.of(wide, wide, wide, narrow.getFirst()), open, own));
        }
        return load;
    }

    /** Only tries what is open. */
    static Load resolve(City city, Queue<Keyed> open, SplittableRandom random) {
        Load load = new Load(city);
        for (int i = 0; i < KEYED_CALLERS; i++) {
            SplittableRandom own = random.split();
            load.begin(() -> load.withKeys(List.of(), open, own));
        }
        return load;
    }

    private interface Calling {
        void run() throws IOException, InterruptedException;
    }

    private void begin(Calling calling) {
        callers.add(Thread.ofPlatform().name("caller-", callers.size()).start(() -> {
            try {
                calling.run();
            } catch (IOException | InterruptedException | RuntimeException | Error failure) {
                failures.add(failure);
            }
        }));
    }

    /** Waits until what is under way has ended. */
    void stop() throws InterruptedException {
        stopped = true;
        for (Thread caller : callers) {
            caller.join();
        }
        Throwable failure = failures.peek();
        if (failure != null) {
            throw new IllegalStateException("a caller failed", failure);
        }
    }

    /** While a node starts again callers call its neighbour less often: a start takes processor time, and a full rush would double it. */
    private void pause(RandomGenerator random) throws InterruptedException {
        boolean whole = city.nodes.stream().noneMatch(node -> node.address() == null);
        Fault.pause(random, 0, whole ? MOST_PAUSE_MILLIS : MOST_PAUSE_MILLIS_AT_A_START);
    }

    private static Account any(List<Account> accounts, RandomGenerator random) {
        return accounts.get(random.nextInt(accounts.size()));
    }

    private void overRest(TorturedNode node, List<Account> accounts, RandomGenerator random)
            throws IOException, InterruptedException {
        try (Line line = new Line(node)) {
            while (!stopped) {
                pause(random);
                Account account = any(accounts, random);
                if (line.isOpen()) {
                    line.send(account, account.open(new Call(null)));
                }
            }
        }
    }

    /** Calls that say which call they are, over any node: what is open first, else a new one of an account. */
    private void withKeys(List<Account> accounts, Queue<Keyed> open, RandomGenerator random)
            throws IOException, InterruptedException {
        List<Line> lines = city.nodes.stream().map(Line::new).toList();
        try {
            while (!stopped) {
                pause(random);
                Line line = lines.get(random.nextInt(lines.size()));
                if (line.isOpen()) {
                    Keyed keyed = nextOpen(open);
                    if (keyed == null && !accounts.isEmpty()) {
                        Account account = any(accounts, random);
                        keyed = new Keyed(account, account.open(new Call(UUID.randomUUID().toString())));
                    }
                    if (keyed != null) {
                        attempt(line, keyed, open, random);
                    }
                }
            }
        } finally {
            for (Line line : lines) {
                line.close();
            }
        }
    }

    private static @Nullable Keyed nextOpen(Queue<Keyed> open) {
        Keyed keyed = open.poll();
        if (keyed != null && !keyed.call().isDue(System.nanoTime())) {
            open.add(keyed);
            return null;
        }
        return keyed;
    }

    private static void attempt(Line line, Keyed keyed, Queue<Keyed> open, RandomGenerator random) throws IOException {
        Call call = keyed.call();
        int status = line.send(keyed.account(), call);
        if (call.isAnswered()) {
            if (random.nextInt(4) == 0 && line.isOpen()) {
                line.send(keyed.account(), call); // a second event, or another one, would be found
            }
        } else if (status != TOO_MANY || call.requestIds().size() < MOST_ATTEMPTS_WITHOUT_QUOTA) {
            call.restUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100));
            open.add(keyed);
        }
    }

    private void overGrpc(TorturedNode node, List<Account> accounts, RandomGenerator random) throws InterruptedException {
        GrpcCaller grpc = null;
        try {
            while (!stopped) {
                pause(random);
                if (grpc == null) {
                    TorturedNode.Address address = node.address();
                    if (address == null) {
                        continue;
                    }
                    grpc = new GrpcCaller(address.grpcPort(), CONTRACTS);
                }
                Account account = any(accounts, random);
                Call call = account.open(new Call(null));
                GrpcCaller.Reply reply = grpc.call(
                        account.attempt(call), ECHO, EchoRequest.getDefaultInstance(), account.apiKey(), new String[0]);
                if (reply.code() == io.grpc.Status.Code.OK) {
                    call.answered(reply.header("jingshu-event-id"));
                } else if (reply.refusedByNode()) {
                    call.refused();
                } else {
                    grpc.close();
                    grpc = null;
                    TimeUnit.MILLISECONDS.sleep(50);
                }
            }
        } finally {
            if (grpc != null) {
                grpc.close();
            }
        }
    }

    /**
     * A connection to a node that is opened again when it broke. Unlike an HTTP client it never sends a request twice by
     * itself.
     */
    static final class Line implements AutoCloseable {
        private final TorturedNode node;
        private @Nullable RawConnection connection;

        Line(TorturedNode node) {
            this.node = node;
        }

        /** Opens it if need be; false: the node cannot be reached now. */
        boolean isOpen() {
            if (connection != null) {
                return true;
            }
            TorturedNode.Address address = node.address();
            if (address == null) {
                return false;
            }
            try {
                connection = new RawConnection(address.httpPort());
                return true;
            } catch (IOException gone) {
                return false; // nothing was sent, so there is nothing to account for
            }
        }

        /**
         * One attempt of a call over the open connection.
         *
         * @return the HTTP status; zero: the connection broke before an answer
         */
        int send(Account account, Call call) throws IOException {
            RawConnection open = connection;
            if (open == null) {
                throw new IllegalStateException("the line to " + node + " is not open");
            }
            String key = call.idempotencyKey();
            String request = "GET /v1/echo HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + account.apiKey()
                    + "\r\nX-Request-Id: " + account.attempt(call)
                    + (key == null ? "" : "\r\nIdempotency-Key: \"" + key + "\"") + "\r\n\r\n";
            try {
                RawConnection.Response response = open.write(request).read();
                if (response.status() == 200) {
                    call.answered(response.header("jingshu-event-id"));
                } else {
                    call.refused();
                    if (USED_UP.matcher(response.body()).find()) {
                        call.refusedForTheMonth();
                    }
                }
                if ("close".equalsIgnoreCase(response.header("connection"))) {
                    close();
                }
                return response.status();
            } catch (IOException unknown) {
                close(); // whether the node took the call on, only what it stored will tell
                return 0;
            }
        }

        @Override
        public void close() throws IOException {
            if (connection != null) {
                connection.close();
                connection = null;
            }
        }
    }
}
