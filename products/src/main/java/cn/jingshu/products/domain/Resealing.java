package cn.jingshu.products.domain;

import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Keeping;
import java.util.List;
import javax.sql.DataSource;

/** Seals the values of one table anew where another key or algorithm made them than those in use; some hundred rows a transaction, so that loads go on. */
final class Resealing {
    private static final int BATCH = 500;

    private final DataSource owner;
    private final DomainKeys keys;
    private final String schema;
    private final ResourceTable table;

    Resealing(DataSource owner, DomainKeys keys, String schema, ResourceTable table) {
        this.owner = owner;
        this.keys = keys;
        this.schema = schema;
        this.table = table;
    }

    /** One row's place, and what it holds, for the length of a transaction. */
    private static final class Outdated {
        private final String place;
        private final byte[] value;

        private Outdated(String place, byte[] value) {
            this.place = place;
            this.value = value;
        }
    }

    /** Values sealed anew. */
    long run() {
        long sealed = 0;
        for (Column column : table.columns()) {
            if (column.keeping() == Keeping.SEALED) {
                int batch;
                do {
                    batch = batch(column.name());
                    sealed += batch;
                } while (batch == BATCH);
            }
        }
        return sealed;
    }

    private int batch(String column) {
        String name = OwnerConnection.quoted(column);
        String from = DomainTables.qualified(schema, table);
        String place = table.name() + "." + column;
        return OwnerConnection.run(owner, connection -> {
            List<Outdated> rows = connection.list("SELECT CAST(ctid AS text) AS place, " + name + " AS value FROM " + from
                            + " WHERE pg_catalog.substring(" + name + ", 1, ?) <> ? LIMIT " + BATCH + " FOR UPDATE",
                    row -> new Outdated(row.getString("place"), row.getBytes("value")), SealedValues.HEAD, keys.seals().head());
            for (Outdated row : rows) {
                connection.change("UPDATE " + from + " SET " + name + " = ? WHERE ctid = CAST(? AS tid)",
                        keys.seals().seal(place, keys.seals().open(place, row.value)), row.place);
            }
            return rows.size();
        });
    }
}
