package cn.jingshu.products.domain;

import java.util.List;

/** The tables of the domain that providers declared, beside those that products of the code bring: as they were approved last. */
@FunctionalInterface
public interface DeclaredTables {
    /** What every declared name begins with and none of the code does, so that no later version of the code can take one away. */
    String PREFIX = "r_";

    /** Each table once, in its newest revision. @throws DomainException if they cannot be read now */
    List<ResourceTable> list();
}
