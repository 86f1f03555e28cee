package cn.jingshu.products.kind.sql;

import cn.jingshu.products.kind.Declaration.Field;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The statements of one query. They are put together at registration from the checked query and from names of columns, which are
 * lower-case words; nothing a caller sends comes here.
 */
record SqlStatements(String types, String firstPage, String laterPage, String all) {
    static SqlStatements of(SqlDefinition.Query query) {
        List<Field> columns = query.op().columns();
        String from = " FROM (" + query.template().sql() + ") AS q";
        String select = "SELECT " + columns.stream().map(SqlStatements::column).collect(Collectors.joining(", ")) + from;
        String key = query.key().stream().map(field -> "q.\"" + field.name() + "\"").collect(Collectors.joining(", "));
        String place = query.key().stream().map(field -> "CAST(? AS " + SqlTemplate.typeOf(field.type()) + ")").collect(Collectors.joining(", "));
        String order = " ORDER BY " + key + " LIMIT ?";
        // One row whether the query finds any or not: of nothing, too, PostgreSQL knows the type.
        String types = "SELECT " + columns.stream().map(field -> "CAST(pg_typeof(q.\"" + field.name() + "\") AS text) AS \"" + field.name() + "\"")
                .collect(Collectors.joining(", ")) + " FROM (VALUES (1)) AS one LEFT JOIN (" + query.template().sql() + ") AS q ON false";
        return new SqlStatements(types, select + order, select + " WHERE (" + key + ") > (" + place + ")" + order, select + order);
    }

    private static String column(Field field) {
        return "CAST(q.\"" + field.name() + "\" AS " + SqlTemplate.typeOf(field.type()) + ") AS \"" + field.name() + "\"";
    }
}
