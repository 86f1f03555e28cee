package cn.jingshu.products.domain.load;

/** What the values of a column of another database are, whatever that database calls it. */
enum ColumnKind {
    INTEGER(true),
    DECIMAL(true),
    /** Two that are written alike need not be equal, so nothing is read behind one. */
    FLOAT(false),
    BOOLEAN(false),
    DATE(true),
    /** A date and a time of no stated zone: the city's. */
    LOCAL_TIME(true),
    /** A moment, whatever zone it is shown in. */
    MOMENT(true),
    TEXT(true),
    /** Read as far as a value may be long. */
    LONG_TEXT(false),
    BITS(false),
    BYTES(true),
    /** Of which only the database itself knows how to write and compare it. */
    OTHER(false);

    private final boolean ordered;

    ColumnKind(boolean ordered) {
        this.ordered = ordered;
    }

    /** Whether every database orders and compares them alike, so that a table can be read behind one. */
    boolean isOrdered() {
        return ordered;
    }
}
