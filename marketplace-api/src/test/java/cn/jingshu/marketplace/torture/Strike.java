package cn.jingshu.marketplace.torture;

import java.io.IOException;
import java.sql.SQLException;
import java.util.random.RandomGenerator;

/** What is done to the city in one round, while it is loaded; when it returns everything runs again. */
interface Strike {
    void strike(City city, RandomGenerator random) throws IOException, InterruptedException, SQLException;

    /** Whole buckets that it may hand out beyond a shared limit: an empty Redis, or a new life of a node without Redis. */
    int extraBursts();
}
