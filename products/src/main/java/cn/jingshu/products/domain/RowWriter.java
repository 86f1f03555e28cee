package cn.jingshu.products.domain;

import cn.jingshu.products.domain.DomainException.Reason;
import cn.jingshu.products.domain.ResourceTable.Column;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes rows of resources in batches, making tokens and seals of what is to be kept as such on the way in. */
final class RowWriter implements DomainNeeds.RowSink {
    private static final int BATCH = 1_000;
    private static final int TOKENS_KEPT = 50_000;

    private final OwnerConnection owner;
    private final String schema;
    private final DomainKeys keys;
    private final boolean skipKnown;
    private final Map<String, String> tokens = new HashMap<>();
    private final Map<ResourceTable, Batch> batches = new LinkedHashMap<>();

    /** @param skipKnown true: a row whose key is there already is left out; false: it is a failure */
    RowWriter(OwnerConnection owner, String schema, DomainKeys keys, boolean skipKnown) {
        this.owner = owner;
        this.schema = schema;
        this.keys = keys;
        this.skipKnown = skipKnown;
    }

    /**
     * @throws IllegalArgumentException if the table has no such column, or a value is none of its type; the value is not repeated
     * @throws DomainException if the database refuses the rows
     */
    @Override
    public void row(ResourceTable table, Map<String, @Nullable String> values) {
        Batch batch = batches.computeIfAbsent(table, Batch::new);
        batch.add(values);
        if (batch.size() == BATCH) {
            flush(batch);
        }
    }

    /** Writes what still waits. */
    void flush() {
        batches.values().forEach(this::flush);
    }

    private void flush(Batch batch) {
        if (batch.size() == 0) {
            return;
        }
        try {
            owner.change(batch.insertion, batch.columns.toArray());
            batch.clear();
        } catch (SQLException failure) {
            DomainException fault = SqlFaults.of(failure);
            throw new DomainException(fault.reason(), "Rows cannot be written to " + schema + "." + batch.table.name() + ": "
                    + fault.getMessage(), fault);
        }
    }

    /** The text PostgreSQL reads as the value. */
    private String stored(ResourceTable table, Column column, String value) {
        return switch (column.keeping()) {
            case TOKEN -> token(value);
            case SEALED -> "\\x" + HexFormat.of().formatHex(keys.seals().seal(table.name() + "." + column.name(), value));
            case PLAIN -> checked(table, column, value);
        };
    }

    /** One subject has many rows. */
    private String token(String identifier) {
        if (tokens.size() == TOKENS_KEPT) {
            tokens.clear();
        }
        return tokens.computeIfAbsent(identifier, keys.tokens()::of);
    }

    private static String checked(ResourceTable table, Column column, String value) {
        try {
            return switch (column.type()) {
                case TEXT -> value;
                case INTEGER -> Long.toString(Long.parseLong(value));
                case DECIMAL -> new BigDecimal(value).toPlainString();
                case DATE -> LocalDate.parse(value).toString();
                case TIMESTAMP -> Instant.parse(value).toString();
                case BOOLEAN -> switch (value) {
                    case "true", "false" -> value;
                    default -> throw new IllegalArgumentException("neither true nor false");
                };
            };
        } catch (DateTimeException | IllegalArgumentException wrong) {
            throw new IllegalArgumentException("a value for " + table.name() + "." + column.name() + " is no " + column.type());
        }
    }

    /** Rows of one table that wait to be written, column by column. */
    private final class Batch {
        private final ResourceTable table;
        private final String insertion;
        private final List<List<@Nullable String>> columns = new ArrayList<>();

        Batch(ResourceTable table) {
            this.table = table;
            String casts = table.columns().stream()
                    .map(column -> "CAST(r." + OwnerConnection.quoted(column.name()) + " AS " + DomainTables.typeOf(column) + ")")
                    .collect(Collectors.joining(", "));
            String names = DomainTables.names(table.columns().stream().map(Column::name).toList());
            String arrays = table.columns().stream().map(_ -> "CAST(? AS text[])").collect(Collectors.joining(", "));
            insertion = "INSERT INTO " + DomainTables.qualified(schema, table) + " (" + names + ") SELECT " + casts
                    + " FROM unnest(" + arrays + ") AS r (" + names + ")" + (skipKnown ? " ON CONFLICT DO NOTHING" : "");
            table.columns().forEach(_ -> columns.add(new ArrayList<>()));
        }

        void add(Map<String, @Nullable String> values) {
            values.keySet().forEach(table::column);
            List<Column> definition = table.columns();
            List<@Nullable String> stored = new ArrayList<>();
            for (Column column : definition) {
                String value = values.get(column.name());
                if (value == null && column.required()) {
                    throw new IllegalArgumentException("a row of " + table.name() + " has no " + column.name());
                }
                stored.add(value == null ? null : stored(table, column, value));
            }
            for (int i = 0; i < definition.size(); i++) {
                columns.get(i).add(stored.get(i));
            }
        }

        int size() {
            return columns.getFirst().size();
        }

        void clear() {
            columns.forEach(List::clear);
        }
    }
}
