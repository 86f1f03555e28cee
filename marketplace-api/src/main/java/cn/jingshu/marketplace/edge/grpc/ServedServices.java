package cn.jingshu.marketplace.edge.grpc;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.Contracts;
import io.grpc.HandlerRegistry;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The services of products that were declared at run time. It is asked for what the server did not have from the start, and by
 * reflection, and looks first whether the contracts served are still those it knows.
 */
final class ServedServices extends HandlerRegistry {
    private final Contracts contracts;
    private final Function<Contract, ServerServiceDefinition> definition;
    private volatile Picture picture;

    /** @param definition the service that answers a contract */
    ServedServices(Contracts contracts, Function<Contract, ServerServiceDefinition> definition) {
        this.contracts = contracts;
        this.definition = definition;
        this.picture = new Picture(List.of(), Map.of(), List.of(), Map.of());
    }

    /**
     * @param of the contracts it was made from
     * @param byContract the service of each, which stays the same object while the contract does
     */
    private record Picture(List<Contract> of, Map<Contract, ServerServiceDefinition> byContract,
            List<ServerServiceDefinition> services, Map<String, ServerMethodDefinition<?, ?>> methods) {}

    @SuppressWarnings("ReferenceEquality") // the same list is the same picture
    private Picture current() {
        Picture known = picture;
        List<Contract> served = contracts.list();
        if (known.of() == served) {
            return known;
        }
        Map<Contract, ServerServiceDefinition> byContract = new HashMap<>();
        Map<String, ServerMethodDefinition<?, ?>> methods = new HashMap<>();
        for (Contract contract : served) {
            if (!contracts.isFixed(contract.code())) {
                ServerServiceDefinition before = known.byContract().get(contract);
                ServerServiceDefinition service = before == null ? definition.apply(contract) : before;
                byContract.put(contract, service);
                service.getMethods().forEach(method -> methods.put(method.getMethodDescriptor().getFullMethodName(), method));
            }
        }
        Picture made = new Picture(served, byContract, List.copyOf(byContract.values()), methods);
        picture = made; // two that make it at the same time make the same
        return made;
    }

    @Override
    public List<ServerServiceDefinition> getServices() {
        return current().services();
    }

    @Override
    public @Nullable ServerMethodDefinition<?, ?> lookupMethod(String methodName, @Nullable String authority) {
        return current().methods().get(methodName);
    }
}
