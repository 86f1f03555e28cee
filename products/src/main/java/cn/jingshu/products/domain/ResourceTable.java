package cn.jingshu.products.domain;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A table of the domain and the data resource that feeds it.
 *
 * @param name the table's name in SQL, in the singular: {@code lease_contract}
 * @param resource id of the data resource in the catalogue: {@code A2.4.6}
 * @param columns in their order; at least one
 * @param key the columns that identify a row; at least one
 * @param indexes the columns of each further index
 */
public record ResourceTable(
        String name, String resource, List<Column> columns, List<String> key, List<List<String>> indexes) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,58}");

    /** @throws IllegalArgumentException if a name is no name of SQL, is repeated, or an index names no column */
    public ResourceTable {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        indexes = indexes.stream().map(List::copyOf).toList();
        requireName(name);
        Set<String> names = new HashSet<>();
        for (Column column : columns) {
            if (!names.add(column.name())) {
                throw new IllegalArgumentException("table " + name + " has column " + column.name() + " twice");
            }
        }
        List<List<String>> all = new ArrayList<>(indexes);
        all.add(key);
        for (List<String> index : all) {
            if (index.isEmpty() || !names.containsAll(index)) {
                throw new IllegalArgumentException("table " + name + " has no columns " + index + " to index");
            }
        }
    }

    /** The kinds of values a column holds. */
    public enum Type {
        TEXT,
        INTEGER,
        DECIMAL,
        BOOLEAN,
        DATE,
        TIMESTAMP
    }

    /** How a value is kept at rest. */
    public enum Keeping {
        /** As it is. */
        PLAIN,
        /** A subject's identifier: kept as a keyed token that cannot be turned back; asked for by its token. */
        TOKEN,
        /** Sensitive: kept encrypted, opened by {@link Row#sealed}; always of type {@code TEXT}. */
        SEALED
    }

    /** How much a column is protected, from least to most (GB/T 43697; PIPL Art. 28); decides its masking in samples. */
    public enum Protection {
        PUBLIC,
        INTERNAL,
        PERSONAL,
        SENSITIVE_PERSONAL
    }

    /** What the values of a column name, where what they are can be told from themselves. */
    public enum Identifier {
        /** Identity number, GB 11643; its check character is computed again. */
        RESIDENT,
        /** Unified social credit code, GB 32100; its check characters are computed again. */
        ENTERPRISE,
        /** Either of them: a right holder is a person or an organisation. */
        RESIDENT_OR_ENTERPRISE,
        /** Real-estate unit code, GB/T 37346; it has a form and no check character. */
        REAL_ESTATE_UNIT
    }

    /**
     * One column.
     *
     * @param required false: may be empty
     * @param zh what it holds, in Chinese
     * @param en the same in English, with the unit
     * @param identifies what its values name, which its quality is held against; null: nothing that could be told from them
     */
    public record Column(
            String name, Type type, Keeping keeping, Protection protection, boolean required, String zh, String en, @Nullable Identifier identifies) {
        public Column {
            requireName(name);
            if (identifies != null && type != Type.TEXT) {
                throw new IllegalArgumentException("column " + name + " identifies something and is no text");
            }
            if (keeping != Keeping.PLAIN && type != Type.TEXT) {
                throw new IllegalArgumentException("column " + name + " is kept " + keeping + " and is no text");
            }
        }

        /** A column whose values name nothing that could be told from them. */
        public Column(String name, Type type, Keeping keeping, Protection protection, boolean required, String zh, String en) {
            this(name, type, keeping, protection, required, zh, en, null);
        }

        /** A column that nobody is named by, always filled. */
        public static Column of(String name, Type type, String zh, String en) {
            return new Column(name, type, Keeping.PLAIN, Protection.INTERNAL, true, zh, en);
        }

        /** A column about a person, always filled. */
        public static Column personal(String name, Type type, Protection protection, String zh, String en) {
            return new Column(name, type, Keeping.PLAIN, protection, true, zh, en);
        }

        /** The identifier of the person or organisation a row is about. */
        public static Column subject(String name, String zh, String en) {
            return new Column(name, Type.TEXT, Keeping.TOKEN, Protection.PERSONAL, true, zh, en);
        }

        /** A sensitive text, encrypted at rest. */
        public static Column sealed(String name, String zh, String en) {
            return new Column(name, Type.TEXT, Keeping.SEALED, Protection.SENSITIVE_PERSONAL, true, zh, en);
        }

        /** Whether it says of whom a row is, or anything about a person. */
        public boolean isAboutPeople() {
            return keeping == Keeping.TOKEN || protection == Protection.PERSONAL || protection == Protection.SENSITIVE_PERSONAL;
        }

        /** The same column, which may be empty. */
        public Column optional() {
            return new Column(name, type, keeping, protection, false, zh, en, identifies);
        }

        /** The same column, whose values are such identifiers. */
        public Column identifying(Identifier what) {
            return new Column(name, type, keeping, protection, required, zh, en, what);
        }
    }

    /** The column of that name. @throws IllegalArgumentException if there is none */
    public Column column(String columnName) {
        return columns.stream().filter(c -> c.name().equals(columnName)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("table " + name + " has no column " + columnName));
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(name + " is no name of a table or column");
        }
    }
}
