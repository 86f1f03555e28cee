package cn.jingshu.marketplace.pricing;

import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.kind.DescriptorSets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * In which unit a price by the month counts what operations used together. It is one, and fixed by whoever can say it first: the
 * publication of the price, or else the approval of the first version of its product.
 */
public final class CountedUnits {
    /** The unit of a price over operations of several, as they could be published once. */
    public static final String MIXED = "MIXED";

    /** The same that is held where a version is approved: so none is while a price is published that it would change. */
    private static final String LOCK_CODE = """
            SELECT pg_advisory_xact_lock(hashtextextended('declared:' || ?, 0))
            """;
    private static final String DECLARED_VERSIONS = """
            SELECT DISTINCT ON (version) contract
              FROM market.declared_product
             WHERE product_code = ? AND status IN ('APPROVED', 'WITHDRAWN')
             ORDER BY version, revision DESC
            """;
    private static final String FIX = """
            INSERT INTO market.tariff_unit (tariff_id, unit) VALUES (?, ?) ON CONFLICT ON CONSTRAINT tariff_unit_pk DO NOTHING
            """;

    private CountedUnits() {}

    /** Whether a price counts operations together, so that they have to count in one unit. */
    static boolean together(Tariff tariff) {
        return !tariff.isByUnitAlone();
    }

    /** The units of the operations that a line of the price list is for; empty: there are none yet. */
    static SortedSet<String> of(String operation, Collection<Contract> versions) {
        SortedSet<String> units = new TreeSet<>();
        for (Contract version : versions) {
            for (ContractMethod method : version.methods()) {
                if (operation.equals(PriceBook.EVERY_OPERATION) || method.name().equals(operation)) {
                    units.add(method.meterUnit().name());
                }
            }
        }
        return units;
    }

    /** Every version of a product, whether this node has heard of it or not; until the transaction ends none is approved. */
    static List<Contract> lockVersions(Transaction t, String product, Contracts known) throws SQLException {
        t.list(LOCK_CODE, _ -> true, product);
        Map<Integer, Contract> versions = new HashMap<>();
        known.listVersions(product).forEach(each -> versions.put(each.version(), each));
        for (Contract each : t.list(DECLARED_VERSIONS,
                row -> Contract.of(DescriptorSets.service(DescriptorSets.parse(row.bytes("contract")))), product)) {
            versions.put(each.version(), each);
        }
        return versions.values().stream().sorted(Comparator.comparingInt(Contract::version)).toList();
    }

    /** A price that holds or will hold, and the units it would count together. */
    public record Mixed(PublishedTariff tariff, SortedSet<String> units) {}

    /** The prices by the month that would count in several units if {@code version} were served, too; empty: it may be. */
    public static List<Mixed> mixedBy(Transaction t, Contract version, Instant now) throws SQLException {
        PriceList list = PriceBook.readList(t, version.code());
        List<Mixed> mixed = new ArrayList<>();
        for (PublishedTariff each : list.tariffs()) {
            String unit = each.unit();
            SortedSet<String> units = of(each.operation(), List.of(version));
            if (unit != null && !units.isEmpty()) {
                units.add(unit);
            }
            if (together(each.tariff()) && units.size() > 1 && !units.contains(MIXED) && !list.isOver(each, now)) {
                mixed.add(new Mixed(each, units));
            }
        }
        return mixed;
    }

    /**
     * Fixes the units of a product's prices that have none yet and that {@code versions} tell.
     *
     * @param versions the oldest first: of a price that was published while nobody asked, and that later versions have mixed, it is the unit of the first
     */
    public static void fix(Transaction t, String product, Collection<Contract> versions) throws SQLException {
        for (PublishedTariff each : PriceBook.readList(t, product).tariffs()) {
            if (each.unit() == null && together(each.tariff())) {
                for (Contract version : versions) {
                    SortedSet<String> units = of(each.operation(), List.of(version));
                    if (!units.isEmpty()) {
                        fix(t, each, units);
                        break;
                    }
                }
            }
        }
    }

    private static void fix(Transaction t, PublishedTariff tariff, SortedSet<String> units) throws SQLException {
        t.change(FIX, tariff.id(), units.size() == 1 ? units.getFirst() : MIXED);
    }
}
