package cn.jingshu.products.kind.sql;

import cn.jingshu.products.kind.Declaration.Field;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.kind.FieldType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A query whose parameters are written {@code :name}, taken apart into words. It only ever stands between parentheses, as what
 * rows are taken from, so it can be one SELECT and nothing else; the words see to it that it cannot leave these parentheses, that
 * it calls only functions that compute from their arguments, and that it names neither the database's own tables nor who asks.
 * What it may read is decided by the role it runs under, not here.
 *
 * @param sql the query with a placeholder, cast to its type, for each use of a parameter
 * @param uses which parameter each placeholder stands for
 */
record SqlTemplate(String sql, List<Field> uses) {
    /** What follows the names of a WITH query's columns. */
    private static final Pattern WITH_QUERY =
            Pattern.compile("\\s*as\\s*(?:(?:not\\s+)?materialized\\s*)?\\(\\s*(?:select|with)\\b", Pattern.CASE_INSENSITIVE);

    private static final int MAX_LENGTH = 20_000;

    /** Words behind which a parenthesis begins no call. */
    private static final Set<String> BEFORE_PARENTHESIS = Set.of("select", "from", "where", "and", "or", "not", "in", "on", "using",
            "as", "by", "when", "then", "else", "case", "between", "having", "limit", "offset", "union", "intersect", "except", "all",
            "any", "some", "exists", "distinct", "join", "lateral", "is", "like", "ilike", "values", "over", "filter", "within", "group",
            "partition", "with", "materialized", "rollup", "cube", "sets", "array", "row", "numeric", "decimal", "varchar", "char", "interval",
            "return", "end", "asc", "desc", "nulls", "first", "last", "inner", "left", "right", "full", "cross", "outer", "order");

    /** Functions that compute from their arguments alone. */
    private static final Set<String> FUNCTIONS = Set.of("abs", "ceil", "ceiling", "floor", "round", "trunc", "mod", "power", "sqrt", "exp",
            "ln", "log", "sign", "greatest", "least", "coalesce", "nullif", "cast", "lower", "upper", "trim", "ltrim", "rtrim", "btrim",
            "length", "char_length", "substring", "substr", "left", "right", "replace", "concat", "concat_ws", "position", "strpos",
            "starts_with", "split_part", "lpad", "rpad", "initcap", "extract", "date_part", "date_trunc", "age", "to_char", "to_date",
            "to_number", "make_date", "justify_days", "count", "sum", "avg", "min", "max", "bool_and", "bool_or", "every", "stddev",
            "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop", "corr", "percentile_cont", "percentile_disc", "mode",
            "string_agg", "array_agg", "array_length", "cardinality", "unnest", "row_number", "rank", "dense_rank", "percent_rank",
            "cume_dist", "ntile", "lag", "lead", "first_value", "last_value", "nth_value", "width_bucket", "grouping", "num_nulls");

    /** Words a query that only reads has no use for, and words that ask who is asking. */
    private static final Set<String> FORBIDDEN = Set.of("insert", "update", "delete", "merge", "create", "drop", "alter", "grant", "revoke",
            "copy", "call", "do", "set", "reset", "show", "listen", "notify", "unlisten", "lock", "truncate", "vacuum", "analyze", "explain",
            "prepare", "execute", "deallocate", "declare", "fetch", "into", "for", "table", "recursive", "commit", "rollback", "begin",
            "savepoint", "current_user", "session_user", "user", "current_role", "current_catalog", "current_schema", "system_user",
            "information_schema", "operator", "collate", "tablesample", "xmltable", "json_table", "xmin", "xmax", "ctid", "cmin", "cmax",
            "tableoid", "refcursor", "txid_snapshot", "only");

    private static final Set<Character> SIGNS = "(),.=<>+-*/%|![]".chars().mapToObj(c -> (char) c).collect(Collectors.toUnmodifiableSet());

    SqlTemplate {
        uses = List.copyOf(uses);
    }

    /** The query taken apart; null where it has faults, which are noted. */
    static @Nullable SqlTemplate read(String query, List<Field> parameters, String place, Faults faults) {
        Reader reader = new Reader(query, parameters.stream().collect(Collectors.toMap(Field::name, Function.identity(), (a, _) -> a)));
        String wrong = query.length() > MAX_LENGTH ? "is longer than " + MAX_LENGTH + " characters" : reader.read();
        if (wrong != null) {
            faults.add(place, "查询语句有误:" + wrong, wrong);
            return null;
        }
        parameters.stream().filter(each -> !reader.uses.contains(each)).forEach(unused -> faults.add(place,
                "参数 " + unused.name() + " 未被使用", "the parameter " + unused.name() + " is not used"));
        return new SqlTemplate(reader.out.toString().strip(), reader.uses);
    }

    /** The name of a type in PostgreSQL. */
    static String typeOf(FieldType type) {
        return switch (type) {
            case STRING -> "text";
            case BOOL -> "boolean";
            case INT32 -> "integer";
            case INT64 -> "bigint";
            case DOUBLE -> "double precision";
            case DECIMAL -> "numeric";
            case DATE -> "date";
            case TIMESTAMP -> "timestamp with time zone";
            case MESSAGE -> throw new IllegalArgumentException("a query knows no messages");
        };
    }

    private static final class Reader {
        private final String query;
        private final Map<String, Field> parameters;
        private final StringBuilder out = new StringBuilder();
        private final List<Field> uses = new ArrayList<>();
        private int at;
        private int depth;
        private boolean begun;

        private Reader(String query, Map<String, Field> parameters) {
            this.query = query;
            this.parameters = parameters;
        }

        /** Why it is wrong; null: it is not. */
        private @Nullable String read() {
            while (at < query.length()) {
                char c = query.charAt(at);
                String wrong;
                if (Character.isWhitespace(c)) {
                    out.append(' ');
                    at++;
                    continue;
                } else if (isNameStart(c)) {
                    wrong = word();
                } else if (c >= '0' && c <= '9') {
                    wrong = number();
                } else if (c == '\'') {
                    wrong = text();
                } else if (c == ':') {
                    wrong = colon();
                } else {
                    wrong = sign(c);
                }
                if (wrong != null) {
                    return wrong;
                }
            }
            return !begun ? "is empty" : depth != 0 ? "a parenthesis is not closed" : null;
        }

        private static boolean isNameStart(char c) {
            return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        }

        private static boolean isName(char c) {
            return isNameStart(c) || (c >= '0' && c <= '9');
        }

        private String name() {
            int start = at;
            while (at < query.length() && isName(query.charAt(at))) {
                at++;
            }
            return query.substring(start, at).toLowerCase(Locale.ROOT);
        }

        private char next() {
            return at < query.length() ? query.charAt(at) : ' ';
        }

        private @Nullable String word() {
            String word = name();
            if (!begun && !word.equals("select") && !word.equals("with")) {
                return "must begin with SELECT or WITH";
            }
            begun = true;
            if (FORBIDDEN.contains(word) || word.startsWith("pg_") || (word.startsWith("reg") && !word.startsWith("region"))
                    || word.startsWith("lo_") || word.startsWith("dblink")) {
                return "the word " + word + " is not allowed";
            }
            if (next() == '\'' || next() == '"' || next() == '&') {
                return "a text of a special form (" + word + "'…') is not allowed";
            }
            int look = at;
            while (look < query.length() && Character.isWhitespace(query.charAt(look))) {
                look++;
            }
            boolean calls = look < query.length() && query.charAt(look) == '(' && !BEFORE_PARENTHESIS.contains(word);
            if (calls && !FUNCTIONS.contains(word) && !namesColumns(look)) {
                return "the function " + word + " is not allowed";
            }
            out.append(word);
            return null;
        }

        /** Whether a parenthesis lists the columns of a WITH query: it is followed by AS and a query, as no value is. */
        private boolean namesColumns(int open) {
            int close = query.indexOf(')', open);
            return close > 0 && query.substring(open + 1, close).matches("[A-Za-z0-9_,\\s]*")
                    && WITH_QUERY.matcher(query).region(close + 1, query.length()).lookingAt()
                    && out.toString().stripTrailing().matches("(?s).*(with|\\)\\s*,)$");
        }

        private @Nullable String number() {
            int start = at;
            while (at < query.length() && (isName(query.charAt(at)) || query.charAt(at) == '.')) {
                at++;
            }
            String number = query.substring(start, at);
            out.append(number);
            return number.matches("[0-9]+(\\.[0-9]+)?([eE][0-9]+)?") ? null : number + " is no number";
        }

        private @Nullable String text() {
            int start = at++;
            while (at < query.length()) {
                if (query.charAt(at) == '\\') {
                    return "a backslash in a text is not allowed";
                }
                if (query.charAt(at++) == '\'') {
                    if (next() != '\'') {
                        out.append(query, start, at);
                        return null;
                    }
                    at++;
                }
            }
            return "a text is not closed";
        }

        private @Nullable String colon() {
            at++;
            if (next() == ':') {
                return "write CAST(x AS type) instead of ::";
            }
            if (!isNameStart(next())) {
                return "a parameter has no name";
            }
            String name = name();
            Field parameter = parameters.get(name);
            if (parameter == null) {
                return "there is no parameter " + name;
            }
            if (parameter.type() == FieldType.MESSAGE) {
                return "the parameter " + name + " is no single value";
            }
            uses.add(parameter);
            out.append("CAST(? AS ").append(typeOf(parameter.type())).append(parameter.repeated() ? "[]" : "").append(')');
            return null;
        }

        private @Nullable String sign(char c) {
            if (!SIGNS.contains(c)) {
                return "the sign " + c + " is not allowed";
            }
            if (query.startsWith("--", at) || query.startsWith("/*", at)) {
                return "comments are not allowed";
            }
            if (c == '(') {
                depth++;
            } else if (c == ')' && --depth < 0) {
                return "a parenthesis is closed that was not opened";
            }
            if (!begun && c != '(') {
                return "must begin with SELECT or WITH";
            }
            out.append(c);
            at++;
            return null;
        }
    }
}
