package cn.jingshu.products.domain.load;

import cn.jingshu.products.domain.ResourceTable;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The tables that can be loaded: those products read, and those of a GTFS archive. */
public final class LoadTables {
    private final Supplier<List<ResourceTable>> read;

    /** @param read the tables products read, as they stand when asked */
    public LoadTables(Supplier<List<ResourceTable>> read) {
        this.read = read;
    }

    /** All of them by name. */
    public List<ResourceTable> list() {
        Map<String, ResourceTable> tables = new LinkedHashMap<>();
        GtfsZip.allTables().forEach(each -> tables.put(each.name(), each));
        read.get().forEach(each -> tables.put(each.name(), each));
        return tables.values().stream().sorted(Comparator.comparing(ResourceTable::name)).toList();
    }

    public Optional<ResourceTable> find(String name) {
        return list().stream().filter(each -> each.name().equals(name)).findFirst();
    }
}
