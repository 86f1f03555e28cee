package cn.jingshu.marketplace.catalogue;

import cn.jingshu.marketplace.plan.Plan;
import cn.jingshu.marketplace.plan.Plans;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceList;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What anyone may read: the resources there are, the products offered, their plans, prices and ceilings. */
@Singleton
public final class Catalogue {
    private final DataResourceRepository resources;
    private final Registrations registrations;
    private final Plans plans;
    private final PriceBook priceBook;
    private final Clock clock;

    Catalogue(
            DataResourceRepository resources,
            Registrations registrations,
            Plans plans,
            PriceBook priceBook,
            Clock clock) {
        this.resources = resources;
        this.registrations = registrations;
        this.plans = plans;
        this.priceBook = priceBook;
        this.clock = clock;
    }

    /**
     * A product as the catalogue shows it.
     *
     * @param resources the resources it is built from, in the catalogue's order
     * @param plans the plans on offer now
     * @param prices every ceiling and tariff of the product, past and future
     */
    public record ProductEntry(
            Registration registration, List<DataResource> resources, List<Plan> plans, PriceList prices) {}

    /** The resource catalogue (数据资源目录), blocked resources included with the provision that blocks them. */
    public List<DataResource> listResources() {
        return resources.listInOrder();
    }

    /** The products whose registration is in force now. */
    public List<ProductEntry> listProducts() {
        Instant now = clock.instant();
        List<DataResource> listed = listResources();
        List<Plan> offered = plans.listAll();
        return registrations.listAll().stream()
                .filter(r -> r.inForceAt(now))
                .map(r -> entry(r, listed, offered, now))
                .toList();
    }

    public Optional<ProductEntry> findProduct(String product) {
        return listProducts().stream()
                .filter(entry -> entry.registration().product().equals(product))
                .reduce((_, newer) -> newer);
    }

    private ProductEntry entry(
            Registration registration, List<DataResource> listed, List<Plan> offered, Instant now) {
        return new ProductEntry(registration,
                listed.stream().filter(r -> registration.resources().contains(r.id())).toList(),
                offered.stream()
                        .filter(p -> p.product().equals(registration.product())
                                && p.productVersion() == registration.productVersion() && p.offeredAt(now))
                        .toList(),
                priceBook.priceList(registration.product()));
    }
}
