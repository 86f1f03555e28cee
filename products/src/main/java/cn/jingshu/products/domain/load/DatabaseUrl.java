package cn.jingshu.products.domain.load;

/**
 * What the address of a database says, read by us and by no driver: a driver's own properties are not among it, since of MySQL's and PostgreSQL's some read files,
 * make objects of any class or send elsewhere what they are given (decision 0067).
 *
 * @param database its name
 */
public record DatabaseUrl(DatabaseEngine engine, String host, int port, String database, SourceAddress.Encryption encryption) {}
