package cn.jingshu.products.kind.sql;

import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Keeping;
import cn.jingshu.products.kind.Declaration.Field;
import cn.jingshu.products.kind.Faults;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that the token of a person or an organisation decides which rows are found and is never part of what is found. A token is the
 * same in every product and for years: a pseudonym by which answers of different products could be put together about one person
 * (PIPL Art. 4 and 73).
 *
 * <p>How PostgreSQL would run the query cannot tell it: behind a {@code WITH} that is kept apart, a window or an aggregate of a part of the query, the
 * plan names columns of its own. So the words of the query are held against the few places where a token may stand, and whatever stands
 * elsewhere is refused. A token comes into a query by four doors alone, since {@link SqlTemplate} lets no other in: by the column's name, by {@code *}, by
 * naming the table as a value (its row), and by new names given to the columns of a table; and by a fifth that is no column, the parameter
 * that names a subject, which is asked for by its token. The last four are shut where a query reads such a table; the names and the parameter may stand
 * <ul>
 * <li>in a condition, being equal to one another: {@code holder = :person}, {@code a.holder = b.holder}, {@code holder IN (:one, :other)},
 *     {@code holder = ANY (:people)}
 * <li>in a condition, as {@code holder IS [NOT] NULL}
 * <li>as what is counted: {@code count(holder)}, {@code count(DISTINCT holder)}
 * </ul>
 * A BETWEEN in front of such a condition has to stand in parentheses: its own AND would take the condition's beginning for its upper bound.
 * Rows that belong to one subject can so still be brought together, as joins are for; by what value, nobody learns.
 */
final class SubjectColumns {
    private static final Pattern WORDS = Pattern.compile("CAST\\(\\? AS [a-z ]+(?:\\[\\])?\\)|[a-z_][a-z0-9_]*|[0-9][a-z0-9_.]*|'(?:[^']++|'')*+'|\\S");

    /** What stands before a condition that no operator reaches into. */
    private static final Set<String> BEFORE = Set.of("(", "where", "and", "or", "not", "on", "when", "having");

    /** What stands behind one. */
    private static final Set<String> AFTER = Set.of(")", ",", "and", "or", "then", "where", "group", "having", "order", "limit", "offset", "union",
            "intersect", "except", "join", "inner", "left", "right", "full", "cross", "window", "");

    /** Words behind a table that are no second name of it. */
    private static final Set<String> NO_ALIAS = Set.of("where", "group", "having", "order", "limit", "offset", "union", "intersect", "except", "join",
            "inner", "left", "right", "full", "cross", "natural", "on", "using", "window");

    /** Words behind which a star is no multiplication, and in front of which it is none. */
    private static final Set<String> STAR_FOLLOWS = Set.of("select", "all", "distinct", "from", "where", "group", "having", "order", "limit", "offset", "union",
            "intersect", "except", "window", "as");

    /** Words behind which a value begins. */
    private static final Set<String> BEFORE_VALUE = Set.of("select", "all", "distinct", "where", "and", "or", "not", "on", "when", "then", "else", "case",
            "having", "by", "between", "in", "like", "ilike", "limit", "offset", "is", "from");

    private static final Set<String> CLAUSES = Set.of("select", "from", "where", "group", "having", "order", "limit", "offset", "window");

    private final List<String> words = new ArrayList<>();
    private final Map<Integer, Field> parameters = new HashMap<>();
    private final Map<String, Set<String>> tables = new HashMap<>();
    private final Set<String> columns = new HashSet<>();
    private final Map<String, String> aliases = new HashMap<>();
    private final Set<Integer> declared = new HashSet<>();

    private SubjectColumns(SqlTemplate template, Map<ResourceTable, List<String>> reads) {
        reads.forEach((table, names) -> {
            List<String> kept = names.stream().filter(name -> table.column(name).keeping() == Keeping.TOKEN).toList();
            if (!kept.isEmpty()) {
                tables.put(table.name(), Set.copyOf(names));
                columns.addAll(kept);
            }
        });
        int uses = 0;
        Matcher word = WORDS.matcher(template.sql());
        while (word.find()) {
            if (word.group().startsWith("CAST(?")) {
                parameters.put(words.size(), template.uses().get(uses++));
            }
            words.add(word.group());
        }
    }

    /**
     * Notes where a query lets a subject's token out.
     *
     * @param reads the columns it may read, by table; what is not among them, its role cannot read
     */
    static void check(SqlTemplate template, Map<ResourceTable, List<String>> reads, String place, Faults faults) {
        SubjectColumns query = new SubjectColumns(template, reads);
        String wrong = query.tables.isEmpty() ? null : query.nameTables();
        if (wrong == null) {
            wrong = query.follow();
        }
        if (wrong != null) {
            faults.add(place, "标识列与标识参数只能在条件中相等比较(=、IN、= ANY)或判断是否为空,或用 count 计数;结果不得取自标识列:" + wrong,
                    "a subject's column and a subject's parameter may only be compared for being equal (=, IN, = ANY) or for being null in a condition, or be"
                            + " counted; what is answered must not be taken from the subject's column: " + wrong);
        }
    }

    private String at(int index) {
        return index >= 0 && index < words.size() ? words.get(index) : "";
    }

    private static boolean isName(String word) {
        return !word.isEmpty() && (word.charAt(0) == '_' || (word.charAt(0) >= 'a' && word.charAt(0) <= 'z'));
    }

    /** One pair of parentheses, or the whole. */
    private static final class Frame {
        /** Whether it is a query of its own. */
        private final boolean query;
        /** The part of it that was reached. */
        private String clause = "";

        Frame(boolean query) {
            this.query = query;
        }
    }

    /** Finds the tables where rows are taken from, and what they are called there; what is wrong with it, or null. */
    private @Nullable String nameTables() {
        Deque<Frame> frames = new ArrayDeque<>();
        frames.push(new Frame(true));
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("(") || word.equals("[")) {
                frames.push(new Frame(word.equals("(") && (at(i + 1).equals("select") || at(i + 1).equals("with"))));
                continue;
            } else if (word.equals(")") || word.equals("]")) {
                if (frames.size() == 1) {
                    return "a bracket is closed that was not opened";
                }
                frames.pop();
                continue;
            }
            Frame frame = Objects.requireNonNull(frames.peek());
            boolean distinctFrom = word.equals("from") && at(i - 1).equals("distinct");
            if (CLAUSES.contains(word) && !distinctFrom && !at(i - 1).equals(".")) {
                frame.clause = word;
            }
            if (!tables.containsKey(word) || at(i + 1).equals(".")) {
                continue;
            }
            boolean taken = at(i - 1).equals("join") || at(i - 1).equals(",") || (at(i - 1).equals("from") && !at(i - 2).equals("distinct"));
            if (!frame.query || !frame.clause.equals("from") || !taken) {
                return "the table " + word + " stands where a value is expected, or in parentheses that are no query";
            }
            String wrong = name(word, i);
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    /** Notes what the table at a place is called. */
    private @Nullable String name(String table, int index) {
        int last = index;
        if (at(index + 1).equals("as")) {
            last = index + 2;
        } else if (isName(at(index + 1)) && !NO_ALIAS.contains(at(index + 1))) {
            last = index + 1;
        }
        String alias = at(last);
        if (at(index + 1).equals("*") || at(last + 1).equals("*")) {
            return table + " * is a way of naming a table that is not read"; // with those that inherit from it
        }
        if (at(last + 1).equals("(")) {
            return "the columns of " + table + " are given other names";
        }
        if (columns.contains(alias) || (tables.containsKey(alias) && !alias.equals(table))) {
            return table + " is called " + alias + ", which is the name of something else";
        }
        String before = aliases.putIfAbsent(alias, table);
        declared.add(index);
        declared.add(last);
        return before == null || before.equals(table) ? null : alias + " means " + before + " in one place and " + table + " in another";
    }

    /** Walks through the words; what is wrong, or null. */
    private @Nullable String follow() {
        int i = 0;
        while (i < words.size()) {
            int behind = allowed(i);
            if (behind > i) {
                i = behind;
                continue;
            }
            String wrong = wrong(i);
            if (wrong != null) {
                return wrong;
            }
            i++;
        }
        return null;
    }

    private @Nullable String wrong(int i) {
        String word = words.get(i);
        Field parameter = parameters.get(i);
        if (parameter != null) {
            return parameter.subject() ? "the parameter " + parameter.name() : null;
        }
        if (tables.isEmpty()) {
            return null;
        }
        if (columns.contains(word)) {
            return "the column " + word;
        }
        if (word.equals("natural")) {
            return "NATURAL JOIN compares columns it does not name";
        }
        if (word.equals("*")) {
            return multiplies(i) || (at(i - 1).equals("(") && at(i - 2).equals("count") && at(i + 1).equals(")")) ? null : "name the columns instead of *";
        }
        if (word.equals(".") && at(i - 1).equals(")")) {
            return "a column of a row in parentheses";
        }
        String table = aliases.getOrDefault(word, tables.containsKey(word) ? word : "");
        if (table.isEmpty() || declared.contains(i)) {
            return null;
        }
        if (!at(i + 1).equals(".")) {
            return word + " stands for a whole row";
        }
        return Objects.requireNonNull(tables.get(table)).contains(at(i + 2)) ? null : word + "." + at(i + 2) + " is no column it reads";
    }

    private boolean multiplies(int i) {
        String before = at(i - 1);
        String after = at(i + 1);
        boolean left = before.equals(")") || before.equals("]") || isOperand(before);
        boolean right = after.equals("(") || after.equals("-") || after.equals("+") || isOperand(after);
        return left && right;
    }

    private static boolean isOperand(String word) {
        return word.startsWith("CAST(?") || (!word.isEmpty() && !STAR_FOLLOWS.contains(word)
                && (isName(word) || word.charAt(0) == '\'' || Character.isDigit(word.charAt(0))));
    }

    /** Where what may stand from {@code i} on ends; {@code i} itself: nothing begins there that may. */
    private int allowed(int i) {
        if (words.get(i).equals("count") && at(i + 1).equals("(")) {
            int column = column(at(i + 2).equals("distinct") ? i + 3 : i + 2);
            return column > 0 && at(column).equals(")") && !namesColumns(i, column + 1) ? column + 1 : i;
        }
        int end = condition(i);
        return end > i && BEFORE.contains(at(i - 1)) && AFTER.contains(at(end)) && !isReachedByBetween(i) ? end : i;
    }

    /** Whether {@code count (holder)} at {@code i} is no call but a name that is given to rows, with one for their column. */
    private boolean namesColumns(int i, int behind) {
        String before = at(i - 1);
        boolean given = before.equals(")") || (isName(before) && !BEFORE_VALUE.contains(before));
        boolean queried = at(behind).equals("as")
                && (at(behind + 1).equals("(") || at(behind + 1).equals("not") || at(behind + 1).equals("materialized"));
        return given || queried;
    }

    /** Whether the AND in front of a condition may be that of a BETWEEN, which binds tighter than what the condition is made of. */
    private boolean isReachedByBetween(int i) {
        if (!at(i - 1).equals("and")) {
            return false;
        }
        int depth = 0;
        for (int back = i - 2; back >= 0 && depth >= 0; back--) {
            String word = at(back);
            if (word.equals(")") || word.equals("]")) {
                depth++;
            } else if (word.equals("(") || word.equals("[")) {
                depth--;
            } else if (depth == 0 && word.equals("between")) {
                return true;
            }
        }
        return false;
    }

    private int condition(int i) {
        int left = column(i);
        boolean turned = left < 0;
        if (turned) {
            left = subject(i);
        }
        if (left < 0) {
            return -1;
        }
        if (at(left).equals("=")) {
            int right = column(left + 1);
            return right > 0 ? right : turned ? -1 : at(left + 1).equals("any") ? list(left + 2) : subject(left + 1);
        }
        if (turned) {
            return -1;
        }
        if (at(left).equals("is")) {
            int last = at(left + 1).equals("not") ? left + 2 : left + 1;
            return at(last).equals("null") ? last + 1 : -1;
        }
        int in = at(left).equals("not") ? left + 1 : left;
        return at(in).equals("in") ? list(in + 1) : -1;
    }

    /** Where a list of subjects' parameters in parentheses ends, or -1. */
    private int list(int i) {
        if (!at(i).equals("(")) {
            return -1;
        }
        int next = subject(i + 1);
        while (next > 0 && at(next).equals(",")) {
            next = subject(next + 1);
        }
        return next > 0 && at(next).equals(")") ? next + 1 : -1;
    }

    private int subject(int i) {
        Field parameter = parameters.get(i);
        return parameter != null && parameter.subject() ? i + 1 : -1;
    }

    /** Where a subject's column that is named at {@code i} ends, or -1. */
    private int column(int i) {
        if (columns.contains(at(i))) {
            return i + 1;
        }
        String table = aliases.get(at(i));
        return table != null && at(i + 1).equals(".") && columns.contains(at(i + 2)) && Objects.requireNonNull(tables.get(table)).contains(at(i + 2))
                ? i + 3 : -1;
    }
}
