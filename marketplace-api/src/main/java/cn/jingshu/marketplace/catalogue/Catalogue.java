package cn.jingshu.marketplace.catalogue;

import cn.jingshu.marketplace.plan.Plan;
import cn.jingshu.marketplace.plan.Plans;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What anyone may read: the resources there are, the products offered, their plans, prices and ceilings. */
@Singleton
public final class Catalogue {
    private static final String RESOURCES = """
            SELECT r.id, r.provider_code, v.name_zh AS provider_zh, v.name_en AS provider_en, r.name_zh, r.name_en,
                   r.update_cycle, r.kind, r.note, r.blocked_by
              FROM market.data_resource r
              JOIN market.data_provider v ON v.code = r.provider_code
             ORDER BY r.ordinal
            """;
    private static final String JOIN_PROVIDER = """
            UPDATE market.data_provider SET organisation_id = ? WHERE name_zh = ? AND organisation_id IS NULL
            """;

    private final Database database;
    private final Registrations registrations;
    private final Plans plans;
    private final PriceBook priceBook;
    private final Clock clock;

    public Catalogue(
            Database database, Registrations registrations, Plans plans, PriceBook priceBook, Clock clock) {
        this.database = database;
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
        return database.inTransaction(t -> t.list(RESOURCES, Catalogue::readResource));
    }

    /** The products whose registration is in force now. */
    public List<ProductEntry> listProducts() {
        Instant now = clock.instant();
        List<DataResource> resources = listResources();
        List<Plan> offered = plans.listAll();
        return registrations.listAll().stream()
                .filter(r -> r.inForceAt(now))
                .map(r -> entry(r, resources, offered, now))
                .toList();
    }

    public Optional<ProductEntry> findProduct(String product) {
        return listProducts().stream()
                .filter(entry -> entry.registration().product().equals(product))
                .reduce((_, newer) -> newer);
    }

    private ProductEntry entry(
            Registration registration, List<DataResource> resources, List<Plan> offered, Instant now) {
        return new ProductEntry(registration,
                resources.stream().filter(r -> registration.resources().contains(r.id())).toList(),
                offered.stream()
                        .filter(p -> p.product().equals(registration.product())
                                && p.productVersion() == registration.productVersion() && p.offeredAt(now))
                        .toList(),
                priceBook.priceList(registration.product()));
    }

    /** Ties a provider of the catalogue to the organisation that has joined under its name; false: none is waiting. */
    public boolean joinProvider(String nameZh, UUID organisationId) {
        return database.inTransaction(t -> t.change(JOIN_PROVIDER, organisationId, nameZh) == 1);
    }

    private static DataResource readResource(Row row) throws SQLException {
        return new DataResource(row.text("id"), row.text("provider_code"), row.text("provider_zh"),
                row.text("provider_en"), row.text("name_zh"), row.text("name_en"),
                row.constant("update_cycle", DataResource.UpdateCycle.class),
                row.constant("kind", DataResource.Kind.class), row.textOrNull("note"), row.textOrNull("blocked_by"));
    }
}
