package cn.jingshu.products.domain;

/** Where products come by their data. */
public interface DataDomain {
    /**
     * Makes ready what a product needs (its tables, its own state, its roles, the sandbox twin) and gives it its way in.
     *
     * @throws DomainException if that cannot be done; the start fails with its sentence
     */
    ProductData open(DomainNeeds needs);
}
