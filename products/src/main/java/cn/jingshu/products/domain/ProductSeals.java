package cn.jingshu.products.domain;

import cn.jingshu.products.domain.ResourceTable.Keeping;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Opens sealed values of the columns a product reads, and of no others. */
final class ProductSeals {
    private final SealedValues seals;
    private final List<String> places;

    ProductSeals(SealedValues seals, Map<ResourceTable, List<String>> reads) {
        this.seals = seals;
        this.places = reads.entrySet().stream()
                .flatMap(read -> read.getValue().stream()
                        .filter(name -> read.getKey().column(name).keeping() == Keeping.SEALED)
                        .map(name -> read.getKey().name() + "." + name))
                .toList();
    }

    /**
     * @param column as the answer names it
     * @param origin table and column the value comes from; null: PostgreSQL could not tell, so the column's name must
     * @throws IllegalStateException if the product keeps no sealed column of that name
     * @throws SealedValues.SealBrokenException if it does not open
     */
    String open(String column, @Nullable String origin, byte[] sealed) {
        List<String> possible = origin == null
                ? places.stream().filter(place -> place.endsWith("." + column)).toList()
                : places.stream().filter(place -> place.equals(origin)).toList();
        for (int i = 0; i < possible.size() - 1; i++) {
            try {
                return seals.open(possible.get(i), sealed);
            } catch (SealedValues.SealBrokenException belongsToAnother) {
                // two tables have a column of that name: it is the next one's
            }
        }
        if (possible.isEmpty()) {
            throw new IllegalStateException("column " + column + " is none the product reads sealed");
        }
        return seals.open(possible.getLast(), sealed);
    }
}
