package cn.jingshu.marketplace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.domain.load.JsonLinesSource;
import cn.jingshu.products.domain.load.RecordSource;
import cn.jingshu.products.domain.load.SourceAwayException;
import cn.jingshu.products.domain.load.SourceFile;
import cn.jingshu.products.domain.load.UnfitSourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedOpeningTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-23T02:00:00Z"), ZoneOffset.UTC);

    @TempDir
    private Path folder;

    private RecordSource.Opening three(RunLimits limits) throws IOException {
        Path file = folder.resolve("three.jsonl");
        Files.writeString(file, "{\"a\":\"1\"}\n{\"a\":\"2\"}\n{\"a\":\"3\"}\n");
        return new BoundedOpening(JsonLinesSource.of(SourceFile.look(file, null)), "a definition", limits);
    }

    @Test
    void whatIsWithinTheLimitsIsRead() throws IOException {
        RecordSource.Opening opening = three(new RunLimits(CLOCK, CLOCK.instant(), 3, 1_000));
        assertThat(opening.definition()).isEqualTo("a definition");
        try (RecordSource source = opening.from("")) {
            for (int i = 1; i <= 3; i++) {
                assertThat(source.next()).isNotNull();
            }
            assertThat(source.next()).isNull();
        }
    }

    @Test
    void tooManyRecordsOrBytesAreNotRead() throws IOException {
        try (RecordSource source = three(new RunLimits(CLOCK, CLOCK.instant(), 2, 1_000)).from("")) {
            source.next();
            source.next();
            assertThatThrownBy(source::next).isInstanceOf(UnfitSourceException.class).hasMessageContaining("more than 2 records");
        }
        try (RecordSource source = three(new RunLimits(CLOCK, CLOCK.instant(), 3, 5)).from("")) {
            assertThatThrownBy(source::next).isInstanceOf(UnfitSourceException.class);
        }
    }

    @Test
    void afterItsTimeARunEnds() throws IOException {
        try (RecordSource source = three(new RunLimits(CLOCK, CLOCK.instant().minusMillis(1), 3, 1_000)).from("")) {
            assertThatThrownBy(source::next).isInstanceOf(SourceAwayException.class);
        }
    }
}
