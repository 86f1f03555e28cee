package cn.jingshu.products.domain.load;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How an interface is read on behind what an earlier load of it ended with, so that each load asks for what is new. Where the next one begins is a
 * bookmark: it is kept in the transaction that makes the load's rows the table's, so that whatever dies, nothing is passed by, and what is asked for twice is
 * merged by its key.
 */
public sealed interface Continuation {
    /**
     * By the cursor the last page ended with.
     *
     * @param field of a page: the cursor from which whoever has read all pages begins later; null: pages have none, so the last page is read again, and what
     *     has come to it since, and behind it
     */
    record ByCursor(@Nullable String field) implements Continuation {
        public ByCursor {
            require(field == null || NAME.matcher(field).matches(), "the field of a page's later cursor is a name");
        }
    }

    /**
     * By the greatest value of a field among the records that were accepted: a whole number, a date or a time, the same for all of them. Records with just
     * that value are asked for again.
     *
     * @param parameter of the query, sent with every page
     * @param field of a record
     * @param overlap by how much earlier the next load begins than that value, for providers whose records come late; zero unless values are dates or times
     */
    record Since(String parameter, String field, Duration overlap) implements Continuation {
        /** Longest overlap. */
        public static final Duration LONGEST = Duration.ofDays(31);

        public Since {
            require(NAME.matcher(parameter).matches() && NAME.matcher(field).matches(), "parameter and field are names");
            require(!overlap.isNegative() && overlap.compareTo(LONGEST) <= 0 && overlap.equals(Duration.ofSeconds(overlap.toSeconds())),
                    "an overlap is from none to 31 days, in whole seconds");
        }
    }

    /** A name of a parameter or field. */
    Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
