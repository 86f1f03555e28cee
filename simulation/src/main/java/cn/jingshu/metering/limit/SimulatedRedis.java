package cn.jingshu.metering.limit;

import cn.jingshu.metering.simulation.Fault;
import cn.jingshu.metering.simulation.SimulatedProcess;
import io.github.bucket4j.redis.consts.LuaScripts;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What Redis keeps and answers, as a model: the commands the shared limits send, each done whole and in the order they
 * arrive. A message takes its time; Redis may be away, answer late or not at all although it did what was asked, be asked
 * twice by a client that connects anew, and come back without what it knew. {@code SimulatedRedisIT} holds it against a
 * real one.
 */
public final class SimulatedRedis {
    /** A Redis that does not keep its word, to show that the simulation notices. */
    public enum Lie {
        NONE,
        /** Now and then says a bucket was written, and did not write it. */
        FORGETS_WRITES,
        /** Writes a bucket whatever was read before. */
        SWAPS_UNCOMPARED
    }

    /** How messages travel between a node and Redis. */
    public interface Wire {
        /** How long one message is on its way. */
        Duration travel();

        /** Runs {@code arrival} after a while, even if whoever sent it is dead by then. */
        void later(Duration wait, Runnable arrival);

        /** Fails {@code answer} with a {@link TimeoutException} after {@code wait}, unless it has come by then. */
        void failAfter(Duration wait, CompletableFuture<?> answer);

        /** Whether Redis cannot be reached now. */
        boolean away();
    }

    /** A value and until when it is kept; its bytes are never changed. */
    private static final class Entry {
        final byte[] value;
        final long expiresAtMillis;

        Entry(byte[] value, long expiresAtMillis) {
            this.value = value;
            this.expiresAtMillis = expiresAtMillis;
        }
    }

    private final LongSupplier millis;
    private final Lie lie;
    private final Map<String, Entry> entries = new HashMap<>();
    private Map<String, Entry> kept = Map.of();
    private int writes;

    /** @param millis what Redis takes for the time, in milliseconds since 1970 */
    public SimulatedRedis(LongSupplier millis, Lie lie) {
        this.millis = millis;
        this.lie = lie;
    }

    /** It loses what it knows. */
    public void forget() {
        entries.clear();
    }

    /** It writes down what it knows, to come back with it. */
    public void keep() {
        kept = Map.copyOf(entries);
    }

    /** It comes back with what it wrote down last. */
    public void comeBackAsKept() {
        entries.clear();
        entries.putAll(kept);
    }

    RedisLink reachedBy(SimulatedProcess process, Wire wire) {
        return new Link(process, wire);
    }

    private byte @Nullable [] get(String key) {
        Entry entry = entries.get(key);
        return entry == null || entry.expiresAtMillis <= millis.getAsLong() ? null : entry.value.clone();
    }

    private boolean eval(String script, String key, byte[][] given) {
        return switch (script) {
            case LuaScripts.SCRIPT_SET_NX -> get(key) == null && put(key, given[0], Long.MAX_VALUE);
            case LuaScripts.SCRIPT_SET_NX_PX -> get(key) == null && put(key, given[0], expiry(given[1]));
            case LuaScripts.SCRIPT_COMPARE_AND_SWAP -> holds(key, given[0]) && put(key, given[1], Long.MAX_VALUE);
            case LuaScripts.SCRIPT_COMPARE_AND_SWAP_PX -> holds(key, given[0]) && put(key, given[1], expiry(given[2]));
            default -> throw new IllegalArgumentException("the model does not know this script: " + script);
        };
    }

    private boolean holds(String key, byte[] value) {
        return lie == Lie.SWAPS_UNCOMPARED || Arrays.equals(get(key), value);
    }

    private long expiry(byte[] millisFromNow) {
        return millis.getAsLong() + Long.parseLong(new String(millisFromNow, StandardCharsets.US_ASCII));
    }

    private boolean put(String key, byte[] value, long expiresAtMillis) {
        if (lie != Lie.FORGETS_WRITES || ++writes % 5 > 0) {
            entries.put(key, new Entry(value.clone(), expiresAtMillis));
        }
        return true;
    }

    /** An answer of Redis. */
    private static final class Reply<T> extends CompletableFuture<T> implements RedisFuture<T> {
        @Override
        public @Nullable String getError() {
            return isCompletedExceptionally() ? "failed" : null;
        }

        @Override
        public boolean await(long timeout, TimeUnit unit) {
            throw new UnsupportedOperationException("nobody waits in a simulation");
        }
    }

    /** One node's connection: what is sent on it arrives, and is answered, in its order. */
    private final class Link implements RedisLink {
        private final SimulatedProcess process;
        private final Wire wire;

        /** Over which the messages now on their way travel; another one when Redis was away in between. */
        private Cable cable = new Cable();

        private Link(SimulatedProcess process, Wire wire) {
            this.process = process;
            this.wire = wire;
        }

        private final class Cable {
            private Duration behind = Duration.ZERO;
            private int onTheWay;

            void carry(Runnable arrival) {
                // Not before what was sent earlier.
                Duration travel = wire.travel();
                behind = onTheWay == 0 || travel.compareTo(behind) > 0 ? travel : behind;
                onTheWay++;
                wire.later(behind, () -> {
                    onTheWay--;
                    arrival.run();
                });
            }
        }

        @Override
        public RedisAsyncCommands<String, byte[]> reach(Duration answerWithin) throws TimeoutException {
            process.cross();
            if (wire.away()) {
                throw new RedisConnectionException("connection refused");
            }
            if (process.meets(Fault.REDIS_SILENT)) {
                throw new TimeoutException("no answer within " + answerWithin);
            }
            return commands();
        }

        @SuppressWarnings("unchecked") // A proxy of this very interface.
        private RedisAsyncCommands<String, byte[]> commands() {
            return (RedisAsyncCommands<String, byte[]>) Proxy.newProxyInstance(
                    RedisAsyncCommands.class.getClassLoader(),
                    new Class<?>[] {RedisAsyncCommands.class},
                    (_, method, given) -> sent(method, given));
        }

        private Object sent(Method method, Object[] given) {
            return switch (method.getName()) {
                case "get" -> ask(() -> get((String) given[0]));
                case "eval" -> {
                    byte[][] values = (byte[][]) given[3];
                    yield ask(() -> eval((String) given[0], (String) ((Object[]) given[2])[0], values));
                }
                default -> throw new UnsupportedOperationException(method.getName());
            };
        }

        private <T> RedisFuture<T> ask(Supplier<@Nullable T> command) {
            process.cross();
            Reply<T> reply = new Reply<>();
            if (wire.away()) {
                reply.completeExceptionally(new RedisConnectionException("not connected"));
                return reply;
            }
            Cable sentOn = cable;
            sentOn.carry(() -> arrives(sentOn, command, reply));
            return reply;
        }

        private <T> void arrives(Cable sentOn, Supplier<@Nullable T> command, Reply<T> reply) {
            if (wire.away()) {
                breakCable(sentOn, reply);
                return;
            }
            T answer = command.get();
            if (process.alive() && process.meets(Fault.REDIS_SILENT)) {
                if (process.meets(Fault.REDIS_ASKED_AGAIN)) {
                    // The client connected anew and asks once more what it had no answer to.
                    cable = new Cable();
                    Cable again = cable;
                    again.carry(() -> arrives(again, command, reply));
                }
                return;
            }
            sentOn.carry(() -> {
                if (!process.alive()) {
                    return;
                }
                if (wire.away()) {
                    breakCable(sentOn, reply);
                } else {
                    reply.complete(answer);
                }
            });
        }

        private void breakCable(Cable broken, Reply<?> reply) {
            if (cable == broken) {
                cable = new Cable();
            }
            if (process.alive()) {
                reply.completeExceptionally(new RedisConnectionException("connection reset"));
            }
        }

        @Override
        public void close() {}
    }
}
