package cn.jingshu.marketplace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.marketplace.source.LoadSource.From;
import cn.jingshu.marketplace.source.SourceFiles.Lying;
import cn.jingshu.products.domain.load.SourceAwayException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class WatchedFolderTest {
    @TempDir
    private Path folder;

    private From.Folder from(From.Folder.Whole whole) {
        return new From.Folder(folder.toString(), "*.csv", whole, whole == From.Folder.Whole.STILL ? Duration.ofSeconds(10) : Duration.ZERO);
    }

    /** Whoever opens a pipe waits until somebody writes into it. */
    private static void pipe(Path path) throws IOException, InterruptedException {
        Files.deleteIfExists(path);
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
    }

    @Test
    @Timeout(30)
    void aPipeInPlaceOfAFileHoldsNobodyUp() throws Exception {
        Path file = Files.writeString(folder.resolve("a.csv"), "id\n1\n");
        try (WatchedFolder watched = WatchedFolder.open(folder, from(From.Folder.Whole.STILL))) {
            List<Lying> lying = watched.list();
            assertThat(lying).extracting(Lying::name).containsExactly("a.csv");
            watched.copy(lying.getFirst(), folder.resolve("copy"), RunLimits.from(Clock.systemUTC()));
            assertThat(folder.resolve("copy")).hasContent("id\n1\n");
            pipe(file);
            assertThatThrownBy(() -> watched.copy(lying.getFirst(), folder.resolve("other"), RunLimits.from(Clock.systemUTC())))
                    .isInstanceOf(SourceAwayException.class).hasMessageContaining("no regular file");
            assertThat(watched.list()).as("and is none of the files").isEmpty();
        }
    }

    @Test
    @Timeout(30)
    void norInPlaceOfADigest() throws Exception {
        Files.writeString(folder.resolve("a.csv"), "id\n1\n");
        Path beside = Files.writeString(folder.resolve("a.csv.sha256"), "0".repeat(64) + "  a.csv\n");
        try (WatchedFolder watched = WatchedFolder.open(folder, from(From.Folder.Whole.DIGEST))) {
            Lying lying = watched.list().getFirst();
            assertThat(watched.statedDigest(lying)).isEqualTo("0".repeat(64));
            pipe(beside);
            assertThatThrownBy(() -> watched.statedDigest(lying)).isInstanceOf(SourceAwayException.class);
        }
    }

    /** As if it were exchanged between the look and the opening: the folder can be closed while the opening waits still. */
    @Test
    @Timeout(30)
    void aPipeThatIsOpenedHoldsNeitherReaderNorFolder() throws Exception {
        Path file = folder.resolve("a.csv");
        pipe(file);
        try (WatchedFolder watched = WatchedFolder.open(folder, from(From.Folder.Whole.STILL))) {
            assertThat(watched.opened("a.csv", Duration.ofMillis(200))).isEmpty();
        }
        try (OutputStream writer = Files.newOutputStream(file, StandardOpenOption.WRITE)) { // whoever waits is let go
            writer.flush();
        }
    }

    @Test
    @Timeout(30)
    void anOpeningThatWaitsIsLeft() throws Exception {
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        InputStream late = new ByteArrayInputStream(new byte[1]) {
            @Override
            public void close() {
                closed.countDown();
            }
        };
        assertThat(BoundedOpen.open(() -> {
            written.await();
            return late;
        }, Duration.ofMillis(50))).isEmpty();
        written.countDown();
        assertThat(closed.await(10, TimeUnit.SECONDS)).as("what comes of it later is closed").isTrue();
        assertThat(BoundedOpen.open(() -> late, Duration.ofSeconds(10))).isEqualTo(Optional.of(late));
        assertThatThrownBy(() -> BoundedOpen.open(() -> {
            throw new NoSuchFileException("gone");
        }, Duration.ofSeconds(10))).isInstanceOf(NoSuchFileException.class);
    }
}
