package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.UsageEvent;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/** Events brought into PostgreSQL by binary COPY and nothing else: what shipping is measured against. */
public final class CopiedRows {
    /** The columns and the key of {@code usage_event}, without partitions, other indexes, triggers or totals. */
    public static final String MAKE_TABLE = """
        CREATE TABLE public.copied_event (LIKE metering.usage_event INCLUDING DEFAULTS,
            CONSTRAINT copied_event_pk PRIMARY KEY (event_id, occurred_at))
        """;

    private static final String COPY = """
        COPY public.copied_event (event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation,
             purpose_class, outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox, protocol)
        FROM STDIN (FORMAT binary)
        """;

    private final List<EventBatch> batches = new ArrayList<>();

    /** @param batch events a transaction at most */
    public CopiedRows(List<UsageEvent> events, int batch) {
        for (int from = 0; from < events.size(); from += batch) {
            batches.add(EventBatch.of(events.subList(from, Math.min(events.size(), from + batch))));
        }
    }

    /** @return rows copied */
    public long copy(DataSource dataSource) throws SQLException, IOException {
        CopyRows rows = new CopyRows();
        long copied = 0;
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            for (EventBatch batch : batches) {
                copied += connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn(COPY, rows.stream(batch, copied + 1), 1 << 16);
                connection.commit();
            }
        }
        return copied;
    }
}
