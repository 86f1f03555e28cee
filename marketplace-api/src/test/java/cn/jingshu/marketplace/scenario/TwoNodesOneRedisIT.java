package cn.jingshu.marketplace.scenario;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes behind one PostgreSQL and one Redis. */
class TwoNodesOneRedisIT extends NodesTogether {
    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        start(2, folder);
    }
}
