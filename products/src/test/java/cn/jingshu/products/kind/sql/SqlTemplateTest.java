package cn.jingshu.products.kind.sql;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.kind.Declaration.Field;
import cn.jingshu.products.kind.Declarations;
import cn.jingshu.products.kind.Faults;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTemplateTest {
    private static final List<Field> PARAMETERS = Declarations.read(Declarations.PARKING).operations().getFirst().parameters();

    private static Faults faultsOf(String query) {
        Faults faults = new Faults();
        SqlTemplate.read(query + " WHERE :district = :district AND :least_places = 0", PARAMETERS, "query", faults);
        return faults;
    }

    @Test
    void eachUseOfAParameterBecomesAPlaceholderOfItsType() {
        Faults faults = new Faults();
        @Nullable SqlTemplate maybe = SqlTemplate.read("SELECT a FROM t WHERE d = :district OR e=:district and n >= :least_places -1", PARAMETERS, "query", faults);
        assertThat(faults.list()).isEmpty();
        SqlTemplate read = Objects.requireNonNull(maybe);
        assertThat(read.sql()).isEqualTo("select a from t where d = CAST(? AS text) or e=CAST(? AS text) and n >= CAST(? AS integer) -1");
        assertThat(read.uses()).extracting(Field::name).containsExactly("district", "district", "least_places");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "WITH w (a) AS (SELECT 1), v (b) AS NOT MATERIALIZED (WITH u (c) AS (SELECT 2) SELECT c FROM u) SELECT a + b FROM w, v",
        "SELECT 1",
        "WITH busy AS (SELECT lot_id FROM t) SELECT count(*) FROM busy",
        "WITH busy (a, b) AS (SELECT x, y FROM t), calm (c) AS (SELECT a FROM busy) SELECT c FROM calm",
        "SELECT sum(x) FILTER (WHERE y > 0) OVER (PARTITION BY z ORDER BY w) FROM t",
        "SELECT 'it''s; -- fine' || a FROM t",
        "SELECT CAST(a AS numeric(10, 2)), extract(year FROM d), a <> b FROM t AS s (a, b) JOIN u USING (d)",
        "SELECT region FROM t"
    })
    void aPlainQueryIsTaken(String query) {
        // the alias with columns, "AS s (a, b)", is the one form of these that is not taken
        assertThat(faultsOf(query).list().isEmpty()).as(query + faultsOf(query).list()).isEqualTo(!query.contains("AS s (a, b)"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "DELETE FROM t", "SELECT 1; DELETE FROM t", "SELECT 1) q; DROP TABLE t; SELECT * FROM (SELECT 1", "SELECT 1)", "SELECT (1",
        "SELECT abs(1), current_setting(a) AS x FROM (SELECT 'port' AS a) s", "SELECT abs(1), ts_rewrite(q, t) AS x FROM (SELECT 1 AS q, 2 AS t) s",
        "WITH w (a) AS NOT MATERIALIZED (VALUES (1)) SELECT a FROM w",
        "SELECT pg_sleep(10)", "SELECT PG_SLEEP (10)", "SELECT set_config('a', 'b', false)", "SELECT \"pg_sleep\"(10)", "SELECT 1 -- x",
        "SELECT /* x */ 1", "SELECT $$x$$", "SELECT $1", "SELECT E'\\047'", "SELECT U&'x'", "SELECT u & 'x'", "SELECT 'a\\'", "SELECT 1 FOR UPDATE",
        "WITH x AS (DELETE FROM t RETURNING a) SELECT a FROM x", "SELECT a INTO b FROM t", "SELECT current_user", "SELECT 'pg_class'::regclass",
        "SELECT CAST('pg_class' AS regclass)", "SELECT * FROM pg_catalog.pg_class", "SELECT * FROM information_schema.tables", "TABLE t",
        "VALUES (1)", "EXPLAIN SELECT 1", "SELECT lo_import('/etc/passwd')", "SELECT dblink('x')", "SELECT query_to_xml('x', true, true, '')",
        "SELECT generate_series(1, 1000000000)", "SELECT repeat('x', 1000000000)", "SELECT ?", "SELECT a @> b", "SELECT txid_current()",
        "WITH RECURSIVE x AS (SELECT 1) SELECT 1", "SELECT 'open", "SELECT :nobody", "SELECT : district", "", "   "
    })
    void whateverIsMoreThanAQueryIsRefused(String query) {
        assertThat(faultsOf(query).list()).as(query).isNotEmpty();
    }

    @Test
    void aParameterThatIsNotUsedIsAMistake() {
        Faults faults = new Faults();
        SqlTemplate.read("SELECT 1 WHERE :district = ''", PARAMETERS, "query", faults);
        assertThat(faults.list()).singleElement().satisfies(fault -> assertThat(fault.en()).contains("least_places"));
    }

    @Test
    void aCursorIsOfUseForItsQuestionAloneAndCannotBeMadeUp() {
        Cursors cursors = new Cursors(new byte[32]);
        String cursor = cursors.write("question", List.of("L1", "二"));
        assertThat(cursors.read("question", cursor)).contains(List.of("L1", "二"));
        assertThat(cursors.read("another", cursor)).isEmpty();
        byte[] other = new byte[32];
        other[0] = 1;
        assertThat(new Cursors(other).read("question", cursor)).isEmpty();
        for (int i = 0; i < cursor.length(); i++) {
            char changed = cursor.charAt(i) == 'A' ? 'B' : 'A';
            String forged = cursor.substring(0, i) + changed + cursor.substring(i + 1);
            // the last character of Base64 may carry bits that say nothing
            assertThat(cursors.read("question", forged).filter(read -> !read.equals(List.of("L1", "二")))).as(forged).isEmpty();
        }
        for (String wrong : List.of("", "x", "====", "not base64!", "AAAA", "A".repeat(5_000))) {
            assertThat(cursors.read("question", wrong)).isEmpty();
        }
    }
}
