package cn.jingshu.products.domain;

import java.util.Optional;

/** Where products come by their data. */
public interface DataDomain {
    /**
     * Makes ready what a product needs (its tables, its own state, its roles, the sandbox twin) and gives it its way in.
     *
     * @throws DomainException if that cannot be done; the start fails with its sentence
     */
    ProductData open(DomainNeeds needs);

    /**
     * As {@link #open}, of a product that was declared at run time and may have been opened before for other columns or with other
     * made-up rows: what was opened then is given up, calls under way in it fail, and its sandbox twin is filled anew.
     */
    ProductData reopen(DomainNeeds needs);

    /**
     * Takes away what {@link #open} made for a product that keeps nothing of its own: its ways in, its roles and its sandbox twin. The
     * live rows it read stay. What was never opened is taken away too, if it is there, and nothing else happens.
     *
     * @throws IllegalArgumentException if the product keeps a state, which nobody may lose like this
     * @throws DomainException if the database is away
     */
    void giveUp(DomainNeeds needs);

    /** The table of that name, as a product that is open reads it or a provider declared it; empty: there is none. @throws DomainException if the latter cannot be read now */
    Optional<ResourceTable> findTable(String name);
}
