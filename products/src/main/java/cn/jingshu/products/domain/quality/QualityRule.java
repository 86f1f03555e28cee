package cn.jingshu.products.domain.quality;

import cn.jingshu.products.domain.ResourceTable.Identifier;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** One rule about the data of a table: what is looked at, and which dimension it tells about. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "rule")
@JsonSubTypes({
    @JsonSubTypes.Type(value = QualityRule.Accepted.class, name = "accepted"),
    @JsonSubTypes.Type(value = QualityRule.Matches.class, name = "matches"),
    @JsonSubTypes.Type(value = QualityRule.Filled.class, name = "filled"),
    @JsonSubTypes.Type(value = QualityRule.Between.class, name = "between"),
    @JsonSubTypes.Type(value = QualityRule.Identifies.class, name = "identifies"),
    @JsonSubTypes.Type(value = QualityRule.Unique.class, name = "unique"),
    @JsonSubTypes.Type(value = QualityRule.Refers.class, name = "refers"),
    @JsonSubTypes.Type(value = QualityRule.Agrees.class, name = "agrees"),
    @JsonSubTypes.Type(value = QualityRule.InOrder.class, name = "inOrder"),
    @JsonSubTypes.Type(value = QualityRule.Recent.class, name = "recent"),
    @JsonSubTypes.Type(value = QualityRule.OnSchedule.class, name = "onSchedule"),
    @JsonSubTypes.Type(value = QualityRule.LoadsSucceed.class, name = "loadsSucceed")
})
public sealed interface QualityRule {
    /** Names the rule among those of its table. */
    String code();

    Dimension dimension();

    /** The columns of the table it looks at. */
    List<String> columns();

    /** Records are what the table's definition asks for: whole, and of the types of its columns. */
    record Accepted() implements QualityRule {
        @Override
        public String code() {
            return "accepted";
        }

        @Override
        public Dimension dimension() {
            return Dimension.NORMATIVITY;
        }

        @Override
        public List<String> columns() {
            return List.of();
        }
    }

    /**
     * Filled values have a form.
     *
     * @param pattern a regular expression for the whole value, of at most 200 characters
     */
    record Matches(String column, String pattern) implements QualityRule {
        public Matches {
            if (pattern.length() > 200) {
                throw new IllegalArgumentException("a pattern has at most 200 characters");
            }
            try {
                Pattern.compile(pattern);
            } catch (PatternSyntaxException wrong) {
                throw new IllegalArgumentException("the pattern for " + column + " is no regular expression: " + wrong.getDescription(), wrong);
            }
        }

        @Override
        public String code() {
            return "matches " + column;
        }

        @Override
        public Dimension dimension() {
            return Dimension.NORMATIVITY;
        }

        @Override
        public List<String> columns() {
            return List.of(column);
        }
    }

    /**
     * A share of the values is filled.
     *
     * @param share more than 0, at most 1: what is enough for the full score
     */
    record Filled(String column, double share) implements QualityRule {
        public Filled {
            if (!(share > 0 && share <= 1)) {
                throw new IllegalArgumentException("a share is more than 0 and at most 1");
            }
        }

        @Override
        public String code() {
            return "filled " + column;
        }

        @Override
        public Dimension dimension() {
            return Dimension.COMPLETENESS;
        }

        @Override
        public List<String> columns() {
            return List.of(column);
        }
    }

    /**
     * Filled numbers lie in a range.
     *
     * @param least null: no lower end
     * @param most null: no upper end
     */
    record Between(String column, @Nullable BigDecimal least, @Nullable BigDecimal most) implements QualityRule {
        public Between {
            if ((least == null && most == null) || (least != null && most != null && least.compareTo(most) > 0)) {
                throw new IllegalArgumentException("a range has an end, and its least is not above its most");
            }
            least = least == null ? null : least.stripTrailingZeros(); // 1.50 and 1.5 are one range
            most = most == null ? null : most.stripTrailingZeros();
        }

        @Override
        public String code() {
            return "between " + column;
        }

        @Override
        public Dimension dimension() {
            return Dimension.ACCURACY;
        }

        @Override
        public List<String> columns() {
            return List.of(column);
        }
    }

    /** Filled values are identifiers of the form they have, and whose check characters are right. */
    record Identifies(String column, Identifier kind) implements QualityRule {
        @Override
        public String code() {
            return "identifies " + column;
        }

        @Override
        public Dimension dimension() {
            return Dimension.ACCURACY;
        }

        @Override
        public List<String> columns() {
            return List.of(column);
        }
    }

    /** No two records have the same values in these columns. */
    record Unique(List<String> columns) implements QualityRule {
        public Unique {
            columns = List.copyOf(columns);
            if (columns.isEmpty()) {
                throw new IllegalArgumentException("what is unique has columns");
            }
        }

        @Override
        public String code() {
            return "unique " + String.join(",", columns);
        }

        @Override
        public Dimension dimension() {
            return Dimension.CONSISTENCY;
        }
    }

    /** Filled values are found in a column of another table. */
    record Refers(String column, String table, String otherColumn) implements QualityRule {
        @Override
        public String code() {
            return "refers " + column + " " + table + "." + otherColumn;
        }

        @Override
        public Dimension dimension() {
            return Dimension.CONSISTENCY;
        }

        @Override
        public List<String> columns() {
            return List.of(column);
        }
    }

    /**
     * Where another table has a record of the same key, it says the same.
     *
     * @param key columns both tables have by the same names
     */
    record Agrees(String column, String table, String otherColumn, List<String> key) implements QualityRule {
        public Agrees {
            key = List.copyOf(key);
            if (key.isEmpty()) {
                throw new IllegalArgumentException("records of two tables agree by a key");
            }
        }

        @Override
        public String code() {
            return "agrees " + column + " " + table + "." + otherColumn;
        }

        @Override
        public Dimension dimension() {
            return Dimension.CONSISTENCY;
        }

        @Override
        public List<String> columns() {
            return java.util.stream.Stream.concat(java.util.stream.Stream.of(column), key.stream()).distinct().toList();
        }
    }

    /** The first is not above the second where both are filled: nobody is discharged before they were admitted. */
    record InOrder(String first, String second) implements QualityRule {
        @Override
        public String code() {
            return "inOrder " + first + " " + second;
        }

        @Override
        public Dimension dimension() {
            return Dimension.CONSISTENCY;
        }

        @Override
        public List<String> columns() {
            return List.of(first, second);
        }
    }

    /**
     * The newest date or moment is young enough.
     *
     * @param atMost its greatest age when it is loaded
     */
    record Recent(String column, Duration atMost) implements QualityRule {
        @Override
        public String code() {
            return "recent " + column;
        }

        @Override
        public Dimension dimension() {
            return Dimension.TIMELINESS;
        }

        @Override
        public List<String> columns() {
            return List.of(column);
        }
    }

    /**
     * The load comes soon enough behind the one before it, or behind what confirmed that one last.
     *
     * @param atMost null: while what is there is fresh still
     */
    record OnSchedule(@Nullable Duration atMost) implements QualityRule {
        @Override
        public String code() {
            return "onSchedule";
        }

        @Override
        public Dimension dimension() {
            return Dimension.TIMELINESS;
        }

        @Override
        public List<String> columns() {
            return List.of();
        }
    }

    /**
     * The last loads that ended, this one among them, came to rows in the table.
     *
     * @param loads how many are looked at, from 1
     */
    record LoadsSucceed(int loads) implements QualityRule {
        public LoadsSucceed {
            if (loads < 1 || loads > 1_000) {
                throw new IllegalArgumentException("1 to 1,000 loads are looked at");
            }
        }

        @Override
        public String code() {
            return "loadsSucceed";
        }

        @Override
        public Dimension dimension() {
            return Dimension.ACCESSIBILITY;
        }

        @Override
        public List<String> columns() {
            return List.of();
        }
    }
}
