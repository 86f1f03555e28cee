package cn.jingshu.products.domain.load;

import cn.jingshu.products.domain.ResourceTable;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The tables that can be loaded: those products read, and those of a GTFS archive; and those by which readings of interfaces are measured. */
public final class LoadTables {
    private final Supplier<List<ResourceTable>> read;
    private final List<ResourceTable> observed;

    /**
     * @param read the tables products read, as they stand when asked
     * @param observed tables of interfaces whose rows are not kept: they have rules and a history, and cannot be loaded
     */
    public LoadTables(Supplier<List<ResourceTable>> read, List<ResourceTable> observed) {
        this.read = read;
        this.observed = List.copyOf(observed);
    }

    /** Those that can be loaded, by name. */
    public List<ResourceTable> list() {
        Map<String, ResourceTable> tables = new LinkedHashMap<>();
        GtfsZip.allTables().forEach(each -> tables.put(each.name(), each));
        read.get().forEach(each -> tables.put(each.name(), each));
        return tables.values().stream().sorted(Comparator.comparing(ResourceTable::name)).toList();
    }

    /** One that can be loaded; empty: there is none of that name. */
    public Optional<ResourceTable> findLoadable(String name) {
        return list().stream().filter(each -> each.name().equals(name)).findFirst();
    }

    /** One that has a history, loaded or observed; empty: there is none of that name. */
    public Optional<ResourceTable> find(String name) {
        return Stream.concat(list().stream(), observed.stream()).filter(each -> each.name().equals(name)).findFirst();
    }
}
