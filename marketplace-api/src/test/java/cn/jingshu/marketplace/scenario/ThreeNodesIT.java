package cn.jingshu.marketplace.scenario;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes behind one PostgreSQL and one Redis. */
class ThreeNodesIT extends NodesTogether {
    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        start(3, folder);
    }
}
