package cn.jingshu.marketplace.usagepush;

import cn.jingshu.marketplace.billing.Voids;
import cn.jingshu.metering.usage.Usage;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Value;
import io.micronaut.data.connection.jdbc.advice.DelegatingDataSource;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;

/** The installation's usage sink, if one is configured. The node starts and stops it. */
@Factory
final class UsagePushBeans {
    private static final String INSTALLATION = "installation";

    @Singleton
    @Bean(preDestroy = "close") // also where a start fails half-way; closing twice does nothing
    UsagePush usagePush(
            DataSource dataSource,
            Usage usage,
            Voids voids,
            Clock clock,
            @Value("${jingshu.usage-push.sink:}") String sink,
            @Value("${jingshu.usage-push.secret:}") String secret,
            @Value("${jingshu.usage-push.source}") String source,
            @Value("${jingshu.usage-push.interval}") Duration every,
            @Value("${jingshu.usage-push.answer-timeout}") Duration answerWithin) {
        PushSettings settings = PushSettings.usual(source, every, answerWithin);
        Optional<Sink> to = Optional.of(sink)
                .filter(address -> !address.isBlank())
                .map(address -> new Sink(SinkAddress.parse(address), secrets(secret), answerWithin, clock));
        return new UsagePush(to, new PushPositions(DelegatingDataSource.unwrapDataSource(dataSource), INSTALLATION),
                usage, voids, settings, clock, RandomGenerator.getDefault());
    }

    private static WebhookSecrets secrets(String text) {
        try {
            return WebhookSecrets.parse(text);
        } catch (IllegalArgumentException unusable) {
            throw new IllegalArgumentException("jingshu.usage-push.secret cannot be used: " + unusable.getMessage(), unusable);
        }
    }
}
