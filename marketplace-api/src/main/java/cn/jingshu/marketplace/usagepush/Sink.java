package cn.jingshu.marketplace.usagepush;

import java.io.IOException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Sends signed messages to the sink over HTTP. Redirects are not followed, and of an answer only the status is looked at. */
final class Sink implements AutoCloseable {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
    private static final long MOST_ANSWER_BYTES = 64 * 1024;
    private static final Duration MOST_RETRY_AFTER = Duration.ofHours(1);
    private static final Pattern SECONDS = Pattern.compile("\\d{1,7}");

    private final SinkAddress address;
    private final WebhookSecrets secrets;
    private final Duration answerWithin;
    private final Clock clock;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_WITHIN)
            .build();

    /** @param answerWithin how long a message may take, from the connection to the end of the answer */
    Sink(SinkAddress address, WebhookSecrets secrets, Duration answerWithin, Clock clock) {
        this.address = address;
        this.secrets = secrets;
        this.answerWithin = answerWithin;
        this.clock = clock;
    }

    String url() {
        return address.uri().toString();
    }

    /** Sends a message and waits for the answer. */
    Delivery send(UsageBatch batch) throws InterruptedException {
        try {
            Optional<String> fault = address.fault();
            if (fault.isPresent()) {
                return failed(fault.get());
            }
        } catch (UnknownHostException unknown) {
            return failed("the host of the sink is not known");
        }
        CompletableFuture<ResponseInfo> head = new CompletableFuture<>();
        CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(request(batch), info -> {
            head.complete(info);
            return BodyHandlers.limiting(BodyHandlers.discarding(), MOST_ANSWER_BYTES).apply(info);
        });
        try {
            answer.get(answerWithin.toMillis(), TimeUnit.MILLISECONDS);
            return delivery(head.join());
        } catch (TimeoutException slow) {
            // The status says whether it was taken, however long or broken the rest of the answer is.
            return head.isDone() ? delivery(head.join()) : failed("no answer within " + answerWithin.toMillis() + " ms");
        } catch (ExecutionException e) {
            return head.isDone() ? delivery(head.join())
                    : failed(e.getCause() instanceof IOException broken
                            ? broken.getClass().getSimpleName()
                            : String.valueOf(e.getCause()));
        } finally {
            answer.cancel(true); // ends the exchange, so that a sink that never ends its answer holds nothing here
        }
    }

    private HttpRequest request(UsageBatch batch) {
        long timestamp = clock.instant().getEpochSecond();
        return HttpRequest.newBuilder(address.uri())
                .header("Content-Type", UsageBatch.CONTENT_TYPE)
                .header("webhook-id", batch.messageId())
                .header("webhook-timestamp", Long.toString(timestamp))
                .header("webhook-signature", secrets.sign(batch.messageId(), timestamp, batch.body()))
                .header("User-Agent", "Jingshu")
                .POST(HttpRequest.BodyPublishers.ofByteArray(batch.body()))
                .build();
    }

    private static Delivery delivery(ResponseInfo answer) {
        int status = answer.statusCode();
        if (status >= 200 && status < 300) {
            return new Delivery.Taken();
        }
        if (status == 410) {
            return new Delivery.Gone();
        }
        Optional<Duration> retryAfter = answer.headers()
                .firstValue("Retry-After")
                .filter(text -> SECONDS.matcher(text).matches())
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .map(wait -> wait.compareTo(MOST_RETRY_AFTER) > 0 ? MOST_RETRY_AFTER : wait);
        String what = status >= 300 && status < 400 ? "HTTP " + status + ", redirects are not followed" : "HTTP " + status;
        return new Delivery.Failed(what, retryAfter);
    }

    private static Delivery failed(String reason) {
        return new Delivery.Failed(reason, Optional.empty());
    }

    /** Breaks off what is under way. */
    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
