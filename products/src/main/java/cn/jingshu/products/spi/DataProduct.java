package cn.jingshu.products.spi;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.List;
import java.util.Optional;

/**
 * A data product (数据产品): its contract and the operations that answer it. A product is a bean of this type and
 * nothing else; routes, OpenAPI, gRPC service, catalogue page, try-it form and meter are derived from the contract.
 */
public interface DataProduct {
    /** The service of the product's {@code .proto}, annotated with {@code google.api.http} and our options. */
    ServiceDescriptor contract();

    /** One operation for each method of the contract; the start fails when one is missing or too many. */
    List<Operation> operations();

    /** What of the live data behind the product is below what it promises at this moment; empty: nothing is known to be. */
    default List<Shortfall> shortfalls() {
        return List.of();
    }

    /** The models that decide or estimate in this product, always the same objects; empty: none does. Sandbox calls are not counted in them. */
    default List<WatchedModel> watchedModels() {
        return List.of();
    }

    /** That this version is on its way out; empty: it is not. */
    default Optional<Retirement> retirement() {
        return Optional.empty();
    }
}
