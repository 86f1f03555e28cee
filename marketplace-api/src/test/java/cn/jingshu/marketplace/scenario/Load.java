package cn.jingshu.marketplace.scenario;

import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.echo.EchoProduct;
import cn.jingshu.products.echo.v1.EchoRequest;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/** Callers that call as fast as they are answered, over both edges, until they are stopped or nobody answers. */
final class Load {
    private final int httpPort;
    private final int grpcPort;
    private final List<Thread> callers = new ArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<String> refused = new ConcurrentLinkedQueue<>();

    Load(int httpPort, int grpcPort) {
        this.httpPort = httpPort;
        this.grpcPort = grpcPort;
    }

    /** Two callers over REST and one over gRPC for each key. */
    Load start(List<String> keys) {
        for (String key : keys) {
            callers.add(Thread.ofPlatform().start(() -> overRest(key)));
            callers.add(Thread.ofPlatform().start(() -> overRest(key)));
            callers.add(Thread.ofPlatform().start(() -> overGrpc(key)));
        }
        return this;
    }

    private void overRest(String key) {
        try (RestCaller rest = new RestCaller(httpPort)) {
            while (!stopped.get()) {
                RestCaller.Reply reply = rest.get("/v1/echo", key);
                if (reply.status() == 200) {
                    answered.add(reply.requestId());
                } else {
                    refused.add(reply.status() + " " + reply.text());
                    if (reply.status() == 503) {
                        return;
                    }
                }
            }
        } catch (IOException gone) {
            // Nobody answers any more: this caller has ended.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void overGrpc(String key) {
        try (GrpcCaller grpc = new GrpcCaller(grpcPort, Contracts.of(List.of(new EchoProduct())))) {
            while (!stopped.get()) {
                GrpcCaller.Reply reply =
                        grpc.call("jingshu.echo.v1.EchoService/Echo", EchoRequest.getDefaultInstance(), key);
                if (reply.code() == Status.Code.OK) {
                    answered.add(reply.requestId());
                } else if (reply.code() == Status.Code.UNAVAILABLE || reply.code() == Status.Code.CANCELLED) {
                    return;
                } else {
                    refused.add(String.valueOf(reply.failure()));
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    int callers() {
        return callers.size();
    }

    /** The request ids of everything answered so far. */
    Set<String> answered() {
        return answered;
    }

    /** What was refused instead of answered. */
    List<String> refused() {
        return List.copyOf(refused);
    }

    void stop() throws InterruptedException {
        stopped.set(true);
        join();
    }

    /** Waits until every caller has ended by itself. */
    void join() throws InterruptedException {
        for (Thread caller : callers) {
            caller.join();
        }
    }
}
