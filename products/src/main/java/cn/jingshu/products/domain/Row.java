package cn.jingshu.products.domain;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/** One row of an answer, read by the names of its columns. A value that is absent where one is asked for is a broken invariant. */
public interface Row {
    String text(String column);

    Optional<String> findText(String column);

    long integer(String column);

    Optional<Long> findInteger(String column);

    BigDecimal decimal(String column);

    Optional<BigDecimal> findDecimal(String column);

    boolean bool(String column);

    LocalDate date(String column);

    Optional<LocalDate> findDate(String column);

    Instant instant(String column);

    Optional<Instant> findInstant(String column);

    /** The text of a column that is kept sealed, opened. */
    String sealed(String column);

    /** The same where it may be empty. */
    Optional<String> findSealed(String column);
}
