package cn.jingshu.ledger.log;

import cn.jingshu.ledger.Transaction;
import cn.jingshu.ledger.journal.BookedEntry;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.seal.LogLeaf;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;

/** Booked entries as leaves: the months in their order, each by its numbers. */
public final class EntryLeaves implements LeafSource {
    private static final String MONTHS = "SELECT period FROM ledger.period ORDER BY period";

    private static final String AFTER = """
            SELECT e.entry_id, e.period, e.number, e.booked_at, e.content_sha256, e.chain_sha256
              FROM unnest(CAST(? AS date[]), CAST(? AS bigint[])) AS s(period, sealed)
             CROSS JOIN LATERAL (SELECT b.entry_id, b.period, b.number, b.booked_at, b.content_sha256, b.chain_sha256
                                   FROM ledger.entry b
                                  WHERE b.period = s.period AND b.number > s.sealed
                                  ORDER BY b.number
                                  LIMIT ?) e
             ORDER BY e.period, e.number
             LIMIT ?
            """;

    private final DataSource dataSource;
    private final Journal journal;

    public EntryLeaves(DataSource dataSource, Journal journal) {
        this.dataSource = dataSource;
        this.journal = journal;
    }

    @Override
    public LogLeaf.Kind kind() {
        return LogLeaf.Kind.ENTRY;
    }

    @Override
    public List<String> chains() {
        return Transaction.run(dataSource, connection -> {
            try (PreparedStatement months = connection.prepareStatement(MONTHS);
                    ResultSet rows = months.executeQuery()) {
                List<String> chains = new ArrayList<>();
                while (rows.next()) {
                    chains.add(YearMonth.from(rows.getObject("period", LocalDate.class)).toString());
                }
                return chains;
            }
        });
    }

    @Override
    public List<LogLeaf> after(Map<String, Long> sealed, int most) {
        TreeMap<String, Long> ordered = new TreeMap<>(sealed);
        return Transaction.run(dataSource, connection -> {
            Array months = connection.createArrayOf("date",
                    ordered.keySet().stream().map(month -> month + "-01").toArray());
            Array numbers = connection.createArrayOf("bigint", ordered.values().toArray());
            try (PreparedStatement after = connection.prepareStatement(AFTER)) {
                after.setArray(1, months);
                after.setArray(2, numbers);
                after.setInt(3, most);
                after.setInt(4, most);
                try (ResultSet rows = after.executeQuery()) {
                    List<LogLeaf> leaves = new ArrayList<>();
                    while (rows.next()) {
                        leaves.add(leaf(rows));
                    }
                    return leaves;
                }
            }
        });
    }

    @Override
    public List<String> listAltered(String chain, long after, long upTo) {
        List<String> altered = new ArrayList<>();
        for (BookedEntry booked : journal.listEntries(YearMonth.parse(chain), after, Math.toIntExact(upTo - after))) {
            if (!booked.isUnaltered()) {
                altered.add("entry " + booked.entry().entryId() + " is not what its digest says");
            }
        }
        return altered;
    }

    private static LogLeaf leaf(ResultSet row) throws java.sql.SQLException {
        return new LogLeaf.Entry(
                row.getObject("entry_id", UUID.class),
                YearMonth.from(row.getObject("period", LocalDate.class)),
                row.getLong("number"),
                row.getObject("booked_at", OffsetDateTime.class).toInstant(),
                HexFormat.of().formatHex(row.getBytes("content_sha256")),
                HexFormat.of().formatHex(row.getBytes("chain_sha256")));
    }
}
