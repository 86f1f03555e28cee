package cn.jingshu.marketplace.gate;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What every operation reads, by the contracts: product code, operation, id of the data resource, its columns. An
 * operation that answers bytes reads whatever its product shows anywhere, for bytes do not say what is in them.
 */
public record Lineage(Map<String, Map<String, Map<String, Set<String>>>> products) {
    public Lineage {
        products = Map.copyOf(products);
    }

    public static Lineage of(Contracts contracts) {
        return of(contracts.list());
    }

    static Lineage of(List<Contract> contracts) {
        Map<String, Map<String, Map<String, Set<String>>>> products = new HashMap<>();
        for (Contract contract : contracts) {
            Map<String, Set<String>> everything = columnsOf(contract);
            Map<String, Map<String, Set<String>>> operations = new HashMap<>();
            for (ContractMethod method : contract.methods()) {
                operations.put(method.name(), method.answersBytes() ? everything : method.answerColumns());
            }
            products.merge(contract.code(), Map.copyOf(operations), Lineage::both);
        }
        return new Lineage(products);
    }

    /** What two versions of a product read together: a grant has to cover both while both are answered. */
    private static Map<String, Map<String, Set<String>>> both(
            Map<String, Map<String, Set<String>>> one, Map<String, Map<String, Set<String>>> other) {
        Map<String, Map<String, Set<String>>> together = new HashMap<>(one);
        other.forEach((operation, columns) -> together.merge(operation, columns, (mine, theirs) -> {
            Map<String, Set<String>> union = new HashMap<>(mine);
            theirs.forEach((resource, names) -> union.merge(resource, names, (a, b) -> {
                Set<String> all = new LinkedHashSet<>(a);
                all.addAll(b);
                return all;
            }));
            return union;
        }));
        return Map.copyOf(together);
    }

    /** Every column a product shows, by resource: what its provider grants have to cover. */
    public static Map<String, Set<String>> columnsOf(Contract contract) {
        Map<String, Set<String>> columns = new LinkedHashMap<>();
        contract.methods().forEach(method -> method.answerColumns().forEach(
                (resource, names) -> columns.computeIfAbsent(resource, _ -> new LinkedHashSet<>()).addAll(names)));
        return columns;
    }

    /** What the operations of one product read; empty: no contract of that code is served here. */
    Map<String, Map<String, Set<String>>> of(String product) {
        return products.getOrDefault(product, Map.of());
    }
}
