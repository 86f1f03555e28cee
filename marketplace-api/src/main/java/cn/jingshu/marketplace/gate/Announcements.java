package cn.jingshu.marketplace.gate;

import java.sql.SQLException;
import java.time.Duration;

/** Where changes of the facts are announced. */
@FunctionalInterface
interface Announcements {
    /**
     * Begins to listen: whatever is committed after this returned is announced, until the listening is closed or fails.
     *
     * @throws SQLException when PostgreSQL refuses or is away
     */
    Listening listen() throws SQLException;

    /** One stretch of listening, on a connection of its own. To be used by one thread, but for {@link #cut}. */
    interface Listening extends AutoCloseable {
        /**
         * What was announced since last asked; waits for it when nothing was.
         *
         * @return empty: nothing was announced within {@code atMost}
         * @throws SQLException when the connection is lost; announcements may have been lost with it
         */
        Announced await(Duration atMost) throws SQLException;

        /** Ends the listening from any thread, whatever it waits for. */
        void cut() throws SQLException;

        @Override
        void close() throws SQLException;
    }
}
