package cn.jingshu.products.domain;

/** What providers let products read of their resources; whoever keeps the grants answers. */
@FunctionalInterface
public interface DomainGrants {
    /** The grants in force at this moment, read once. @throws DomainException with {@code UNAVAILABLE} if they cannot be read */
    InForce inForce();

    /** Grants as they stood at one moment. */
    @FunctionalInterface
    interface InForce {
        /**
         * Whether {@code product} may read a column.
         *
         * @param resource id of the data resource that feeds the table: {@code A2.4.6}
         */
        boolean covers(String product, String resource, String table, String column);
    }

    /** Everything is granted: for a domain whose provider is whoever runs it. */
    static DomainGrants everything() {
        return () -> (product, resource, table, column) -> true;
    }
}
