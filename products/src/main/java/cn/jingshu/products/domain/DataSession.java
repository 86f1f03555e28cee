package cn.jingshu.products.domain;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One transaction in the domain under a product's role, for the thread that was given it. Tables are named without a
 * schema: those of resources may be read, those of the product's own state also written. Parameters are positional
 * ({@code ?}) and of the types text, whole number, {@code BigDecimal}, {@code Boolean}, {@code LocalDate}, {@code Instant},
 * {@code UUID}, {@code byte[]}, a list of one of these (an array), or null.
 */
public interface DataSession {
    /**
     * The rows of a {@code SELECT}.
     *
     * @throws DomainException if the role may not read what is asked for, the statement takes too long, or the database is
     *     away; its message names no value
     */
    <T> List<T> select(String sql, Function<Row, T> reader, @Nullable Object... parameters);

    /** The one row of a {@code SELECT}, or none. @throws DomainException as {@link #select}, and if there are several */
    <T> Optional<T> find(String sql, Function<Row, T> reader, @Nullable Object... parameters);

    /**
     * How PostgreSQL would run a {@code SELECT}, as JSON of {@code EXPLAIN (VERBOSE)}; nothing is run.
     *
     * @throws DomainException as {@link #select}
     */
    String plan(String sql, @Nullable Object... parameters);

    /**
     * Says whom the transaction is about, by their tokens: a product that reads by subject ({@link DomainNeeds#bySubject()}) sees the rows of these and no
     * other of tables about people. Before it is said, it sees none of them.
     */
    void about(Collection<String> tokens);

    /** Bounds each further statement of the transaction; a bound above that of the role changes nothing. */
    void limit(Duration statement);

    /** Changes the product's own state; rows changed. @throws DomainException as {@link #select} */
    int change(String sql, @Nullable Object... parameters);
}
